"""The soonest hours of several machines for one person, across days: one for each machine and day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import merge

from sqlalchemy.orm import Session

from bookings import asking
from bookings.reading import Reading
from bookings.values import Ask, Scope, Slot
from fablab import clock
from fablab.refusals import Refusal
from machines.models import Machine
from machines.queries import rules_of
from machines.queries_cards import about_me, coming

#: hours shown at once: more than a house has machines, so that a page ends on another day than it begins
SHOWN = 20
#: hours weighed at most, whatever is free
_WEIGHED = 600


@dataclass(frozen=True)
class Found:
    """The soonest hours that every rule accepts; ``able``: the machines that allow the length.

    ``against``: those of which no hour is possible, and what stands in the way.
    """

    hours: tuple[tuple[Machine, Slot], ...]
    against: tuple[tuple[Machine, Refusal], ...]
    able: tuple[Machine, ...]
    more: bool


def soonest(
    session: Session, machines: Sequence[Machine], person_id: int, minutes: int, after: date | None, now: datetime
) -> Found:
    """The first hours for so many minutes from a day on, soonest first, at most one for each machine and day.

    Of one reading, in a number of statements that does not grow with the machines. A machine that stands against
    somebody whatever the hour (badge, age) is left out, and says so.
    """
    span = coming(rules_of(session), now)
    if after is not None and span.start < (start := clock.day_bounds(after)[0]) < span.end:
        span = Slot(start, span.end)
    able = [one for one in machines if one.min_minutes <= minutes <= one.max_minutes]
    people = frozenset((person_id,))
    reading = asking.read(session, Scope(span, frozenset(one.id for one in able), people, people), now)
    free = {one: reading.free_slots(one.id, span, minutes) for one in able}
    against = {one: why for one in able if (why := _whatever_the_hour(reading, one, free[one], person_id))}
    found: dict[tuple[Machine, date], Slot] = {}
    weighed = merge(*(_starts(one, free[one]) for one in able if one not in against), key=lambda each: each[1].start)
    for number, (machine, slot) in enumerate(weighed):
        if len(found) > SHOWN or number >= _WEIGHED:
            break
        key = (machine, clock.local_day(slot.start))
        if key not in found and not reading.answer(Ask(machine.id, slot, holder_id=person_id)).refusals:
            found[key] = slot
    hours = [(machine, slot) for (machine, _day), slot in found.items()]
    return Found(tuple(hours[:SHOWN]), tuple(against.items()), tuple(able), len(hours) > SHOWN)


def _starts(machine: Machine, slots: Sequence[Slot]) -> Iterator[tuple[Machine, Slot]]:
    return ((machine, slot) for slot in slots)


def _whatever_the_hour(reading: Reading, machine: Machine, slots: Sequence[Slot], person_id: int) -> Refusal | None:
    """What stands in the way of the first and of the last free hour alike: badge, age, papers."""
    if not slots:
        return None
    ends = (slots[0], slots[-1])
    first, last = (about_me(reading.answer(Ask(machine.id, one, holder_id=person_id)).refusals) for one in ends)
    return first[0] if first and last else None
