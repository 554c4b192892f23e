"""How long rooms are lent in a month: an hour of a hall is one room-hour, an hour of a half is counted apart."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.values import Slot
from fablab import clock
from rooms import queries

_HELD = ("confirmed", "checked_in", "done")


@dataclass(frozen=True)
class LentHours:
    """The minutes of rooms, and those of parts of halls, which are no room-hours."""

    rooms: int
    parts: int


def of_month(session: Session, day: date) -> LentHours:
    """What organisations have, or had, in the month of a day. One statement."""
    first = day.replace(day=1)
    start = clock.day_bounds(first)[0]
    end = clock.day_bounds((first + timedelta(days=32)).replace(day=1))[0]
    rows = session.execute(
        select(Booking.resource_id, Booking.starts_at, Booking.ends_at).where(
            Booking.kind == "rental",
            Booking.status.in_(_HELD),
            ~Booking.suspended,
            Booking.starts_at >= start,
            Booking.starts_at < end,
        )
    )
    sheets = queries.sheets(session)
    minutes = {True: 0, False: 0}
    for resource_id, begins, ends in rows:
        minutes[sheets[resource_id].whole_id is None] += Slot(begins, ends).minutes
    return LentHours(minutes[True], minutes[False])
