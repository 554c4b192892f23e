"""What is read of the uses of machines."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings import asking
from bookings.models import Booking
from fablab.refusals import Refusal
from machines.models import Machine
from machines.models_use import MachineUse
from machines.values_use import Handling


def use_of(session: Session, booking_id: int) -> MachineUse | None:
    """What was done in a booking, who began and who ended; None: not begun, or begun by mistake."""
    found = select(MachineUse).where(MachineUse.booking_id == booking_id, MachineUse.taken_back_at.is_(None))
    return session.scalar(found.options(joinedload(MachineUse.started_by), joinedload(MachineUse.ended_by)))


def uses_of_person(session: Session, person_id: int, limit: int) -> list[MachineUse]:
    """What somebody did on machines, the latest first, with the bookings and machines."""
    found = select(MachineUse).join(Booking).where(Booking.holder_id == person_id)
    found = found.options(joinedload(MachineUse.booking).joinedload(Booking.resource))
    return list(session.scalars(found.order_by(MachineUse.started_at.desc(), MachineUse.id.desc()).limit(limit)))


def unsaid(session: Session, booking_ids: Collection[int]) -> set[int]:
    """Of these bookings, those that were begun and whose end nobody has said."""
    if not booking_ids:
        return set()
    found = select(MachineUse.booking_id).where(
        MachineUse.booking_id.in_(booking_ids), MachineUse.taken_back_at.is_(None), MachineUse.ended_at.is_(None)
    )
    return set(session.scalars(found))


def handling_of(machine: Machine) -> Handling:
    """What a machine asks of whoever begins."""
    return Handling(
        tuple(machine.materials_allowed),
        tuple(machine.materials_forbidden),
        tuple(machine.protections),
        tuple(machine.checks),
    )


def ends_offered(session: Session, booking: Booking, now: datetime) -> tuple[list[datetime], Sequence[Refusal]]:
    """Until when a use may go on: four steps at most, each asked of every rule; without any, why not the first."""
    step = timedelta(minutes=booking.resource.step_minutes)
    ends = [booking.ends_at + turn * step for turn in range(1, 5)]
    asks = {end: asking.longer(booking, end) for end in ends}
    answers = asking.weigh(session, list(asks.values()), now)
    good = [end for end, ask in asks.items() if not answers[ask].refusals]
    return good, () if good else answers[asks[ends[0]]].refusals
