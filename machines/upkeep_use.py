"""What the actions of beginning and ending at a machine share. Inside the caller's transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.people.models import Person
from machines import queries_repair, queries_supplies, upkeep_repair, upkeep_supplies
from machines.models_use import MachineUse
from machines.values_use import Left, Start


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


def write_end(session: Session, use: MachineUse, left: Left, by: Person, at: datetime, now: datetime) -> None:
    """Write down when it ended, how the machine was left, and what it took of its material."""
    use.ended_at, use.ended_by_id = max(at, use.started_at), by.id
    use.state, use.material_used, use.remark = left.state, left.material_used, left.remark
    upkeep_supplies.write_use(session, use, left.quantity, by, now)


def take_back_end(session: Session, use: MachineUse, by: Person, now: datetime) -> None:
    """Its end is as if nobody had said it: what it took is given back, and so is the problem it told, while open."""
    use.ended_at, use.ended_by_id, use.state, use.material_used, use.remark = None, None, None, None, None
    if took := queries_supplies.use_of(session, use.booking_id):
        upkeep_supplies.take_back(session, took, by, now)
    told = queries_repair.left_by(session, use.booking_id)
    if told is not None and told.closed_at is None:
        upkeep_repair.take_back(session, [told], by, now)


def report_fault(session: Session, booking: Booking, left: Left, by: Person, now: datetime) -> None:
    """A machine left with a fault is a problem for the team to look at."""
    if left.state == "fault" and left.remark:
        upkeep_repair.write_left(session, booking, left.remark, by, now)
