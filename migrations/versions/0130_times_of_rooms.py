"""Who is in the rooms of machines at an hour is found by that hour: shifts, and training slots that stand.

Revision 0130, after 0140.
"""

import sqlalchemy as sa
from alembic import op

revision = "0130"
down_revision = "0140"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_index("ix_shift_starts", "shift", ["starts_at"])
    training = sa.text("kind = 'training'")
    op.create_index(
        "ix_booking_training", "booking", ["status", "starts_at"], postgresql_where=training, sqlite_where=training
    )


def downgrade() -> None:
    """Go back to the one before."""
    op.drop_index("ix_booking_training", "booking")
    op.drop_index("ix_shift_starts", "shift")
