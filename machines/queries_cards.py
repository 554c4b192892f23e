"""What somebody can do with each machine now: its group, its first free slot, what is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import Date, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings import asking
from bookings.asking import Choice
from bookings.reading import Answer, Reading
from bookings.values import Ask, Scope, Slot
from fablab import clock
from fablab.db import as_read, columns_of
from fablab.people.models import Person
from fablab.people.rules import age_on
from fablab.ready import rows
from fablab.refusals import Refusal
from machines import rules, supervision
from machines.models import Machine
from machines.queries import rules_of, sheet_of
from machines.values import Level, MachineRules, known_level
from pathways.values_badges import Gap

Group = Literal["possible", "with_facilitator", "not_yet"]
#: how many free slots of each machine are weighed
_LOOKED_AT = 30
#: how far the first of them is looked for before the whole month is
_SOON = timedelta(days=4)
#: codes that say nothing of an hour: the machine is shown as free all the same, and one notice says why
QUOTA = frozenset(("suspended_for_absences", "too_many_bookings"))


@dataclass(frozen=True)
class Breakdown:
    """A machine out of service, and the day it should be back."""

    reason: str
    back_on: date | None


@dataclass(frozen=True)
class Card:
    """A machine as one person sees it: ``slot`` the first one free for them, ``refusals`` what stands in the way
    whatever the hour, ``quota`` what stands in the way of any booking today."""

    machine: Machine
    group: Group
    minutes: int
    slot: Slot | None = None
    level: Level | None = None
    refusals: tuple[Refusal, ...] = ()
    quota: tuple[Refusal, ...] = ()
    gap: Gap | None = None
    breakdown: Breakdown | None = None


def machines_in_use(session: Session, today: date) -> Sequence[Machine]:
    """The machines of the house, in its order, with their badges; retired ones left out."""
    found = select(Machine).where(or_(Machine.retired_on.is_(None), Machine.retired_on > today))
    return session.scalars(found.order_by(Machine.position, Machine.id).options(joinedload(Machine.badge))).all()


_MACHINE = columns_of(Machine)
_IN_USE = or_(Machine.retired_on.is_(None), Machine.retired_on > bindparam("today", type_=Date()))
_BY_CODE = (
    select(*(column.label(name) for name, column in _MACHINE.items()))
    .select_from(Machine)
    .where(Machine.code == bindparam("code"), _IN_USE)
)


def machine_by_code(session: Session, code: str, today: date) -> Machine | None:
    """A machine that is still in the house, by its code."""
    found = rows(session, _BY_CODE, {"code": code, "today": today})
    return as_read(session, Machine, dict(zip(_MACHINE, found[0], strict=True))) if found else None


def machine_for_team(session: Session, code: str) -> Machine | None:
    """A machine by its code, with its badge; retired ones too, for their past."""
    found = select(Machine).where(Machine.code == code)
    return session.scalar(found.options(joinedload(Machine.badge)))


def usual_minutes(machine: Machine) -> int:
    """The length proposed first: an hour, where the machine allows it."""
    return max(machine.min_minutes, min(60, machine.max_minutes))


def cards_for(session: Session, person: Person, now: datetime) -> list[Card]:
    """Every machine for one person, in the house's order; the number of statements does not grow with them."""
    machines = machines_in_use(session, clock.local_day(now))
    span = coming(rules_of(session), now)
    people = frozenset((person.id,))
    # From now on, not from the first moment to book: what is out of service now is read with it.
    since_now = Slot(min(now, span.start), span.end)
    reading = asking.read(session, Scope(since_now, frozenset(one.id for one in machines), people, people), now)
    return [_card(machine, person, _choice(reading, machine, person, span), reading, now) for machine in machines]


def _choice(reading: Reading, machine: Machine, person: Person, span: Slot) -> Choice:
    """The first good slot of a machine among the first free ones; looked for in the coming days before the month."""
    minutes = usual_minutes(machine)
    soon = reading.free_slots(machine.id, Slot(span.start, min(span.end, span.start + _SOON)), minutes)
    if soon and _good(answer := reading.answer(first := Ask(machine.id, soon[0], holder_id=person.id))):
        return Choice(first, answer)
    slots = _first_and_last(reading.free_slots(machine.id, span, minutes))
    # Without any, the first moment of all says why not.
    probe = Slot(span.start, span.start + timedelta(minutes=minutes))
    asks = [Ask(machine.id, slot, holder_id=person.id) for slot in slots or [probe]]
    return asking.first_good(reading, asks, good=_good, hopeless=_about_me)


def next_slots(session: Session, machine: Machine, person: Person, now: datetime) -> list[Slot]:
    """The first three slots of a machine, each of another day, that every rule accepts for somebody."""
    span, people = coming(rules_of(session), now), frozenset((person.id,))
    reading = asking.read(session, Scope(span, frozenset((machine.id,)), people, people), now)
    found: dict[date, Slot] = {}
    for slot in reading.free_slots(machine.id, span, usual_minutes(machine))[:_LOOKED_AT]:
        day = clock.local_day(slot.start)
        if day not in found and _good(reading.answer(Ask(machine.id, slot, holder_id=person.id))):
            found[day] = slot
    return list(found.values())[:3]


def coming(limits: MachineRules, now: datetime) -> Slot:
    """From the first moment that one may book to the end of the last day."""
    start = now + timedelta(hours=limits.min_notice_hours)
    start += timedelta(minutes=-start.minute % 30, seconds=-start.second)
    last = clock.local_day(now) + timedelta(days=limits.horizon_days)
    return Slot(start, clock.day_bounds(last)[1])


def about_me(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """The refusals that stand whatever the hour."""
    return tuple(refusal for refusal in refusals if refusal.code in rules.ABOUT_ME)


def gap_in(refusals: Iterable[Refusal]) -> Gap | None:
    """What is missing for a badge, as the rule counted it."""
    said = (dict(refusal.facts).get("gap") for refusal in refusals)
    return next((gap for gap in said if isinstance(gap, Gap)), None)


def _first_and_last(slots: list[Slot]) -> list[Slot]:
    """The first slots, a week or more of them, and the last: beyond, the card says that it is full for now."""
    return slots if len(slots) <= _LOOKED_AT else [*slots[:_LOOKED_AT], slots[-1]]


def _card(machine: Machine, person: Person, choice: Choice, reading: Reading, now: datetime) -> Card:
    shut = reading.broken_at(machine.id, now)
    broken = Breakdown(shut.reason, shut.back_on) if shut else None
    quota = tuple(refusal for refusal in choice.answer.refusals if refusal.code in QUOTA)
    card = Card(machine, "not_yet", usual_minutes(machine), quota=quota, breakdown=broken)
    mine = about_me(choice.answer.refusals)
    if choice.ask is None and mine:
        return replace(card, refusals=mine, gap=gap_in(mine))
    if broken is not None:
        return card
    slot = choice.ask.slot if choice.ask else None
    level = known_level(choice.answer.supervision) if choice.ask else None
    if level is None and person.birth_date is not None:
        allowed = supervision.allowed_levels(sheet_of(machine), age_on(person.birth_date, clock.local_day(now)))
        level = allowed[0] if allowed else None
    group: Group = "with_facilitator" if level == "beside" else "possible"
    return replace(card, group=group, slot=slot, level=level)


def _good(answer: Answer) -> bool:
    return all(refusal.code in QUOTA for refusal in answer.refusals)


def _about_me(answer: Answer) -> bool:
    return bool(about_me(answer.refusals))
