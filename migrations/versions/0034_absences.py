"""Absences that do not count, and why. Bookings of before that nobody began are taken to have taken place.

Revision 0034, after 0055.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from fablab.db import UtcDateTime

revision = "0034"
down_revision = "0055"
branch_labels = None
depends_on = None

_booking = sa.table(
    "booking",
    sa.column("kind", sa.String),
    sa.column("status", sa.String),
    sa.column("suspended", sa.Boolean),
    sa.column("ends_at", UtcDateTime()),
    sa.column("ended_at", UtcDateTime()),
)


def upgrade() -> None:
    """Add the column; nobody is suspended for bookings made when coming was not always noted."""
    # Not in a batch: the table made anew would lose its triggers.
    why = sa.Column("excused", sa.String(length=300), nullable=True, comment="why its absence does not count")
    op.add_column("booking", why)
    over = (_booking.c.kind == "own") & (_booking.c.status == "confirmed") & ~_booking.c.suspended
    over &= _booking.c.ends_at <= datetime.now(UTC).replace(microsecond=0)
    op.execute(_booking.update().where(over).values(status="done", ended_at=_booking.c.ends_at))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("booking", "excused")
