"""Keys and access badges that organisations hold.

Revision 0142, after 0165.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0142"
down_revision = "0165"
branch_labels = None
depends_on = None

TABLE = "access_key"
OUT = "returned_at IS NULL AND cancelled_at IS NULL"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("structure_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("label", sa.String(40), nullable=False, comment="what is written on it"),
        sa.Column("held_by", sa.String(80), comment="who has it; forgotten after it came back"),
        sa.Column("due_on", sa.Date(), comment="empty: as long as the organisation is there"),
        sa.Column("request_key", sa.String(64), nullable=False, comment="a form sent twice hands one over"),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("returned_at", UtcDateTime()),
        sa.Column("returned_by_id", sa.Integer()),
        sa.Column("lost_on", sa.Date()),
        sa.Column("lost_by_id", sa.Integer(), comment="who noted it"),
        sa.Column("cancelled_at", UtcDateTime(), comment="it opens nothing any more"),
        sa.Column("cancelled_by_id", sa.Integer()),
        sa.CheckConstraint("kind IN ('badge', 'key')", name=op.f("ck_access_key_kind_known")),
        sa.CheckConstraint("(returned_at IS NULL) = (returned_by_id IS NULL)", name=op.f("ck_access_key_returned_by")),
        sa.CheckConstraint("(lost_on IS NULL) = (lost_by_id IS NULL)", name=op.f("ck_access_key_lost_by")),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)", name=op.f("ck_access_key_cancelled_by")
        ),
        sa.CheckConstraint("cancelled_at IS NULL OR lost_on IS NOT NULL", name=op.f("ck_access_key_lost_first")),
        sa.CheckConstraint("returned_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_access_key_ends_once")),
        sa.ForeignKeyConstraint(["structure_id"], ["structure.id"], name=op.f("fk_access_key_structure_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_access_key_given_by_id")),
        sa.ForeignKeyConstraint(["returned_by_id"], ["person.id"], name=op.f("fk_access_key_returned_by_id")),
        sa.ForeignKeyConstraint(["lost_by_id"], ["person.id"], name=op.f("fk_access_key_lost_by_id")),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["person.id"], name=op.f("fk_access_key_cancelled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_access_key_public_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_access_key_request_key")),
    )
    op.create_index(
        "uq_access_key_out",
        TABLE,
        ["kind", "label"],
        unique=True,
        postgresql_where=sa.text(OUT),
        sqlite_where=sa.text(OUT),
    )
    op.create_index("ix_access_key_of", TABLE, ["structure_id", "given_at"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table(TABLE)
