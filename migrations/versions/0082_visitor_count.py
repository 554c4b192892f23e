"""How many people came to an activity or through the door, by age band.

Revision 0082, after 0071.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0082"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "visitor_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True, comment="empty: at the door"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("band", sa.String(10), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("counted_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True, comment="counted by mistake"),
        sa.CheckConstraint(
            "band IN ('3_15', '15_25', '25_60', '60_plus')", name=op.f("ck_visitor_count_band_known")
        ),
        sa.CheckConstraint("people <> 0", name=op.f("ck_visitor_count_people_some")),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_visitor_count_activity_id")),
        sa.ForeignKeyConstraint(["counted_by_id"], ["person.id"], name=op.f("fk_visitor_count_counted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_count")),
    )
    op.create_index("ix_visitor_count_day", "visitor_count", ["day", "activity_id"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("visitor_count")
