"""Who opened which file, and what young people ask about their data.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from fablab.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=True, comment="in the words of the young person"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True, comment="read by the young person"),
        sa.CheckConstraint("kind IN ('correction', 'erasure', 'photos')", name=op.f("ck_data_request_kind_known")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_data_request_answered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_data_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_data_request_public_id")),
    )
    with op.batch_alter_table("data_request", schema=None) as batch_op:
        batch_op.create_index(
            "ix_data_request_open",
            ["asked_at"],
            unique=False,
            postgresql_where=sa.text("answered_at IS NULL"),
            sqlite_where=sa.text("answered_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_data_request_person_id"), ["person_id"], unique=False)

    op.create_table(
        "file_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_opening_person_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_file_opening_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_opening")),
        sa.UniqueConstraint("person_id", "reader_id", "day", name="uq_file_opening"),
    )
    with op.batch_alter_table("file_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_opening_day"), ["day"], unique=False)


def downgrade() -> None:
    """Go back to the one before."""

    with op.batch_alter_table("file_opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_file_opening_day"))

    op.drop_table("file_opening")
    with op.batch_alter_table("data_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_data_request_person_id"))
        batch_op.drop_index(
            "ix_data_request_open",
            postgresql_where=sa.text("answered_at IS NULL"),
            sqlite_where=sa.text("answered_at IS NULL"),
        )

    op.drop_table("data_request")
