"""The day at the desk: opened, closed, and its log.

Revision 0081, after 0061.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0081"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "desk_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_desk_day_opened_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_desk_day_closed_by_id")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_desk_day")),
    )
    op.create_table(
        "desk_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("said", sa.String(300), nullable=False),
        sa.Column("handover", sa.Boolean(), nullable=False, comment="the next colleague must know"),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_desk_note_written_by_id")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["person.id"], name=op.f("fk_desk_note_seen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_note")),
    )
    op.create_index("ix_desk_note_day", "desk_note", ["day"])
    op.create_index(
        "ix_desk_note_waiting",
        "desk_note",
        ["written_at"],
        postgresql_where=sa.text("handover AND seen_at IS NULL"),
        sqlite_where=sa.text("handover = 1 AND seen_at IS NULL"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("desk_note")
    op.drop_table("desk_day")
