"""What organisations have in a season, and deposits that are asked, are found without reading every booking.

Revision 0143, after 0167.
"""

import sqlalchemy as sa
from alembic import op

revision = "0143"
down_revision = "0167"
branch_labels = None
depends_on = None

STRUCTURE, DEPOSIT = sa.text("structure_id IS NOT NULL"), sa.text("deposit_cents > 0")


def upgrade() -> None:
    """Make the indexes."""
    op.create_index(
        "ix_booking_structure",
        "booking",
        ["structure_id", "starts_at"],
        postgresql_where=STRUCTURE,
        sqlite_where=STRUCTURE,
    )
    op.create_index(
        "ix_booking_deposit", "booking", ["status", "ends_at"], postgresql_where=DEPOSIT, sqlite_where=DEPOSIT
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_booking_deposit", "booking")
    op.drop_index("ix_booking_structure", "booking")
