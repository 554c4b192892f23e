"""Young people whose file comes to its end: since when it is said, and whether somebody keeps it longer.

Revision 0121, after 0120.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "file_ending",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("kept_why", sa.String(length=20), nullable=True, comment="code of a reason"),
        sa.Column("kept_by_id", sa.Integer(), nullable=True),
        sa.Column("kept_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "kept_why IN ('comes_back', 'asked', 'dispute', 'funder')", name=op.f("ck_file_ending_kept_why_known")
        ),
        sa.CheckConstraint(
            "(kept_until IS NULL) = (kept_why IS NULL)", name=op.f("ck_file_ending_kept_says_why")
        ),
        sa.ForeignKeyConstraint(["kept_by_id"], ["person.id"], name=op.f("fk_file_ending_kept_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_file_ending_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_file_ending")),
    )


def downgrade() -> None:
    """Go back to the one before."""
    op.drop_table("file_ending")
