"""Training slots that every rule accepts: looked for over the shifts of those who may teach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from bookings import asking
from bookings.values import Ask, Scope, Slot
from fablab import clock
from fablab.people.models import Person
from machines.models import Machine, Shift
from pathways.models import ValidatorRight

#: how far ahead, how many are shown, how many of each shift are weighed
AHEAD, MOST, TRIES = timedelta(days=21), 6, 6


@dataclass(frozen=True)
class Proposal:
    """A machine, somebody who teaches, and a time that is good for all."""

    machine: Machine
    teacher: Person
    slot: Slot

    @property
    def value(self) -> str:
        """What a form sends for it."""
        return f"{self.machine.id}|{self.teacher.id}|{self.slot.start.isoformat()}|{self.slot.minutes}"


def proposals(
    session: Session, badge_id: int, machines: Sequence[Machine], people: Sequence[int], minutes: int, now: datetime
) -> list[Proposal]:
    """The first good slots, soonest first, one a shift: nine statements or so, whatever the number of shifts."""
    shifts = _shifts(session, badge_id, {machine.place_id for machine in machines}, now)
    if not shifts or not machines or not people:
        return []
    last = max(shift.ends_at for shift in shifts)
    teachers = {shift.person_id for shift in shifts}
    scope = Scope(
        Slot(now, last), frozenset(one.id for one in machines), people=frozenset({*people, *teachers}), training=True
    )
    reading = asking.read(session, scope, now)
    found: list[Proposal] = []
    for shift in shifts:
        if len(found) == MOST:
            break
        span = Slot(max(shift.starts_at, now), shift.ends_at)
        for machine in machines:
            free = reading.free_slots(machine.id, span, minutes, kind="training")[:TRIES]
            asks = [_ask(machine, shift.person_id, slot, people) for slot in free]
            good = next((ask for ask in asks if not reading.answer(ask).refusals), None)
            if good is not None:
                found.append(Proposal(machine, shift.person, good.slot))
                break
    return sorted(found, key=lambda one: one.slot)


def _ask(machine: Machine, teacher_id: int, slot: Slot, people: Sequence[int]) -> Ask:
    return Ask(
        machine.id,
        slot,
        kind="training",
        headcount=len(people),
        person_ids=tuple(people),
        staff_ids=(teacher_id,),
    )


def _shifts(session: Session, badge_id: int, places: set[int], now: datetime) -> Sequence[Shift]:
    """The shifts to come, in the room, of people who may teach this badge that day."""
    today = clock.local_day(now)
    shifts = session.scalars(
        select(Shift)
        .where(Shift.withdrawn_at.is_(None), Shift.place_id.in_(places))
        .where(Shift.ends_at > now, Shift.starts_at > now - timedelta(hours=24), Shift.starts_at < now + AHEAD)
        .where(
            Shift.person_id.in_(
                select(ValidatorRight.person_id).where(
                    ValidatorRight.badge_id == badge_id,
                    or_(ValidatorRight.until.is_(None), ValidatorRight.until >= today),
                )
            )
        )
        .options(joinedload(Shift.person))
        .order_by(Shift.starts_at, Shift.id)
        .limit(60)
    ).all()
    return [shift for shift in shifts if shift.ends_at - max(shift.starts_at, now) >= timedelta(minutes=15)]
