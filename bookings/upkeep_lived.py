"""What other parts do to a booking that they made, inside their own transactions: how many come, and that it was."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.journal import note
from fablab.people.models import Person


def change_heads(session: Session, booking: Booking, heads: int, by: Person | None, now: datetime) -> None:
    """Fewer people come than planned: the gauge counts those who do. The house must be locked."""
    booking.headcount = heads
    note(session, "booking.heads", "booking", booking.id, by=by, now=now, heads=heads)


def lived(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    """It took place: it keeps the time it took. The house must be locked."""
    booking.status, booking.checked_in_at, booking.ended_at = "done", booking.starts_at, now
    booking.attention = None
    note(session, "booking.done", "booking", booking.id, by=by, now=now)
