"""A machine that goes on past closing: until when somebody is by it, and who agreed.

Revision 0096, after 0121.
"""

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0096"
down_revision = "0121"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns."""
    # Not in a batch: the table made anew would lose its triggers.
    until = "from then on it runs with nobody by it; empty: never"
    op.add_column("booking", sa.Column("there_until", UtcDateTime(), nullable=True, comment=until))
    column = "agreed_by_id INTEGER CONSTRAINT fk_booking_agreed_by_id REFERENCES person (id)"
    op.execute(f"ALTER TABLE booking ADD COLUMN {column}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("COMMENT ON COLUMN booking.agreed_by_id IS 'who said yes to the request'")


def downgrade() -> None:
    """Forget them."""
    op.drop_column("booking", "agreed_by_id")
    op.drop_column("booking", "there_until")
