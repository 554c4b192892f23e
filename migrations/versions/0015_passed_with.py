"""Every reason written to pass a rule is kept, not the last one only.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add booking.passed_with; of the bookings there are, override_reason says it still."""
    what = "every reason written to pass a rule, with its moment; empty: override_reason"
    op.add_column("booking", sa.Column("passed_with", sa.JSON(none_as_null=True), nullable=True, comment=what))


def downgrade() -> None:
    """Keep the last one only."""
    op.drop_column("booking", "passed_with")
