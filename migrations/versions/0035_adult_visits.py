"""Adults who come to the open lab without an account, counted by age band.

Revision 0035, after 0034.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "adult_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("age_band", sa.String(length=10), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("counted_by_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True, comment="counted by mistake"),
        sa.CheckConstraint("age_band IN ('18_24', '25_59', '60_more')", name=op.f("ck_adult_visit_age_band_known")),
        sa.ForeignKeyConstraint(["counted_by_id"], ["person.id"], name=op.f("fk_adult_visit_counted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adult_visit")),
    )
    op.create_index("ix_adult_visit_day", "adult_visit", ["counted_at"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("adult_visit")
