"""What the actions of beginning at a machine share. Inside the caller's transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.people.models import Person
from machines.models_use import MachineUse
from machines.values_use import Start


def begin(session: Session, booking: Booking, start: Start, by: Person, now: datetime) -> MachineUse:
    """Write down what was said as somebody began."""
    use = MachineUse(
        booking_id=booking.id,
        material=start.material or None,
        ticked=[*start.protections, *start.checks],
        planned_end=booking.ends_at,
        started_at=now,
        started_by_id=by.id,
    )
    session.add(use)
    return use
