"""Waiting for a machine: how long an offer lasts, what is kept for whom. Frozen, pure."""

from datetime import datetime, timedelta
from typing import NamedTuple

from bookings.values import Slot

#: how long an hour is kept for whoever it is offered to
OFFER_LASTS = timedelta(hours=1)
#: an offer that would last less is not made
LEAST = timedelta(minutes=10)
#: so many waits at once for one person
MOST = 5


class Kept(NamedTuple):
    """An hour of a machine offered to somebody who waits, and until when it is kept for them."""

    resource_id: int
    starts_at: datetime
    minutes: int
    person_id: int
    until: datetime

    @property
    def slot(self) -> Slot:
        """The time offered."""
        return Slot(self.starts_at, self.starts_at + timedelta(minutes=self.minutes))


def kept_until(start: datetime, notice: timedelta, now: datetime) -> datetime | None:
    """Until when an hour offered now is kept: it must still be early enough to book it; None: too short to be asked."""
    until = min(now + OFFER_LASTS, start - notice)
    return until if until - now >= LEAST else None
