"""The hours of machines that are offered to somebody who waits: lines among what happens in their rooms."""

from sqlalchemy import ColumnElement, bindparam, select

from bookings.models import Booking
from fablab.db import UtcDateTime
from machines.models_waiting import Waiting
from machines.queries_lines import EARLIEST, END, NO_WORD, line


def booked(one: type[Waiting]) -> ColumnElement[bool]:
    """They booked it since they asked: what they waited for is there, whatever became of it."""
    made = select(Booking.id).where(
        Booking.holder_id == one.person_id,
        Booking.resource_id == one.resource_id,
        Booking.created_at >= one.asked_at,
        Booking.starts_at >= one.starts_at,
        Booking.starts_at < one.ends_at,
    )
    return made.exists()


#: to whom, of which machine, from when, until when it is kept for them; for how many minutes
KEPT = (
    line("kept", Waiting.person_id, Waiting.resource_id, NO_WORD, Waiting.offered_start, Waiting.offered_until)
    .add_columns(Waiting.minutes.label("machine_id"), NO_WORD.label("status"))
    .where(
        Waiting.offered_until > bindparam("now", type_=UtcDateTime()),
        Waiting.offered_start > EARLIEST,
        Waiting.offered_start < END,
        ~booked(Waiting),
    )
)
