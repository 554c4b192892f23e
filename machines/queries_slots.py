"""The days and hours of one machine for one person: what is free, and why the rest is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings import asking
from bookings.queries_house import house_of
from bookings.reading import Answer
from bookings.values import Ask, Scope, Slot
from fablab import clock
from fablab.refusals import Refusal
from machines.models import Machine
from machines.queries import rules_of
from machines.queries_cards import about_me as standing_always
from machines.values import Level, MachineRules, known_level

#: lengths that people think in, in minutes
LENGTHS = (30, 60, 90, 120, 180, 240, 360, 480)
#: days shown at once
DAYS = 4


@dataclass(frozen=True)
class Hour:
    """One start of a day, and what stands in its way."""

    slot: Slot
    level: Level | None
    refusals: tuple[Refusal, ...]

    @property
    def free(self) -> bool:
        """Whether it can be booked."""
        return not self.refusals


@dataclass(frozen=True)
class DayOfHours:
    """An open day and its hours."""

    day: date
    hours: tuple[Hour, ...]

    @property
    def free(self) -> tuple[Hour, ...]:
        """The hours that can be booked."""
        return tuple(hour for hour in self.hours if hour.free)


@dataclass(frozen=True)
class Wish:
    """Who wants an hour, and the booking that would move to it."""

    person_id: int
    moving: int | None


@dataclass(frozen=True)
class Choices:
    """What somebody chooses among: some open days, one of them chosen, and a way to earlier and later ones."""

    limits: MachineRules
    minutes: int
    lengths: tuple[int, ...]
    days: tuple[DayOfHours, ...]
    chosen: DayOfHours | None
    earlier: date | None
    later: date | None


def lengths_of(machine: Machine) -> tuple[int, ...]:
    """The lengths that a machine allows, the shortest first."""
    allowed = [minutes for minutes in LENGTHS if machine.min_minutes <= minutes <= machine.max_minutes]
    return tuple(sorted({machine.min_minutes, *allowed}))


def choices(
    session: Session,
    machine: Machine,
    person_id: int,
    minutes: int,
    day: date | None,
    now: datetime,
    *,
    moving: int | None = None,
) -> Choices:
    """The hours of four open days around the one asked for; without one, of the first days with something free.

    Every rule is asked of every hour shown, of one reading.
    """
    limits = rules_of(session)
    open_days = _open_days(session, machine, now)
    index = _index(open_days, day)
    shown = open_days[index : index + DAYS]
    days = _hours_of(session, machine, shown, minutes, Wish(person_id, moving), now) if shown else ()
    return Choices(
        limits,
        minutes,
        lengths_of(machine),
        days,
        _chosen(days, day),
        open_days[max(index - DAYS, 0)] if index else None,
        open_days[index + DAYS] if index + DAYS < len(open_days) else None,
    )


def _open_days(session: Session, machine: Machine, now: datetime) -> list[date]:
    """The days still to come, as far as one may book, on which this machine's room is open."""
    house = house_of(session)
    first = clock.local_day(now)
    last = first + timedelta(days=rules_of(session).horizon_days)
    windows = house.open(machine.place_id, "open_lab", first, last) or ()
    days = {clock.local_day(window.start) for window in windows if window.end > now}
    return sorted(day for day in days if house.public_holiday(day) is None)


def _hours_of(
    session: Session, machine: Machine, days: Sequence[date], minutes: int, wish: Wish, now: datetime
) -> tuple[DayOfHours, ...]:
    span = Slot(clock.day_bounds(days[0])[0], clock.day_bounds(days[-1])[1])
    people = frozenset((wish.person_id,))
    reading = asking.read(session, Scope(span, frozenset((machine.id,)), people, people), now)
    free = reading.free_slots(machine.id, span, minutes)
    windows = house_of(session).open(machine.place_id, "open_lab", days[0], days[-1]) or ()
    found = []
    for day in days:
        asks = _asks(machine, minutes, day, windows, free, wish, now)
        found.append(DayOfHours(day, tuple(_hour(ask, reading.answer(ask)) for ask in asks)))
    return tuple(found)


def _hour(ask: Ask, answer: Answer) -> Hour:
    return Hour(ask.slot, known_level(answer.supervision), answer.refusals)


def about_me(found: Choices) -> tuple[Refusal, ...]:
    """What stands in the way whatever the hour: the same on the first and on the last hour shown."""
    shown = [hour for day in found.days for hour in day.hours]
    if not shown or not standing_always(shown[-1].refusals):
        return ()
    return standing_always(shown[0].refusals)


def _index(open_days: Sequence[date], day: date | None) -> int:
    """Where to begin, so that pages of four days stay the same while one chooses among them."""
    before = sum(1 for one in open_days if day is not None and one < day)
    return min(before, max(len(open_days) - 1, 0)) // DAYS * DAYS


def _chosen(days: Sequence[DayOfHours], day: date | None) -> DayOfHours | None:
    asked = next((one for one in days if one.day == day), None)
    with_room = next((one for one in days if one.free), None)
    return asked or with_room or (days[0] if days else None)


def _asks(
    machine: Machine,
    minutes: int,
    day: date,
    windows: Sequence[Slot],
    free: Sequence[Slot],
    wish: Wish,
    now: datetime,
) -> list[Ask]:
    """One ask for each step of the day's open hours, and for each first free minute after a booking."""
    length, (begins, ends) = timedelta(minutes=minutes), clock.day_bounds(day)
    starts = {slot.start for slot in free if begins <= slot.start < ends}
    for window in windows:
        if begins <= window.start < ends:
            moment = window.start
            while moment < window.end:
                starts.add(moment)
                moment += timedelta(minutes=machine.step_minutes)
    return [
        Ask(machine.id, Slot(start, start + length), holder_id=wish.person_id, moving=wish.moving)
        for start in sorted(starts)
        if start > now
    ]
