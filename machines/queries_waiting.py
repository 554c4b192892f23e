"""Who waits for which machine, in order; what is offered to whom, deduced from the hour it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from bookings import asking
from bookings.values import Ask, Scope, Slot
from fablab.people.models import Person
from machines.models_waiting import Waiting
from machines.queries import rules_of
from machines.queries_kept import booked
from machines.values_waiting import kept_until

#: lines and wishes that one run of the job looks at
_A_RUN = 200


def _open(one: type[Waiting], now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Waits that are not over at a moment."""
    return one.ends_at > now, or_(one.offered_until.is_(None), one.offered_until > now), ~booked(one)


def mine(session: Session, person_id: int, now: datetime) -> list[tuple[Waiting, int]]:
    """What somebody waits for, soonest first, each with how many are before them in its line. One statement."""
    ahead = aliased(Waiting)
    before = (
        select(func.count(ahead.id))
        .where(ahead.resource_id == Waiting.resource_id, ahead.starts_at == Waiting.starts_at, ahead.in_line)
        .where(ahead.id < Waiting.id, *_open(ahead, now))
        .correlate(Waiting)
        .scalar_subquery()
    )
    found = select(Waiting, before).where(Waiting.person_id == person_id, *_open(Waiting, now))
    found = found.options(joinedload(Waiting.machine)).order_by(Waiting.starts_at, Waiting.id)
    return [(one, count) for one, count in session.execute(found)]


def by_public_id(session: Session, public_id: str, person_id: int, now: datetime) -> Waiting | None:
    """Somebody's own wait that is not over, with its machine."""
    found = select(Waiting).where(Waiting.public_id == public_id, Waiting.person_id == person_id, *_open(Waiting, now))
    return session.scalar(found.options(joinedload(Waiting.machine)))


def line(session: Session, resource_id: int, start: datetime, now: datetime) -> Sequence[Waiting]:
    """Who waits in the line of a machine and day, in order, as the database now has it."""
    found = (
        select(Waiting)
        .join(Waiting.person)
        .where(Waiting.resource_id == resource_id, Waiting.starts_at == start, Waiting.in_line)
        .where(Person.left_at.is_(None), *_open(Waiting, now))
        .options(joinedload(Waiting.person), joinedload(Waiting.machine))
        .order_by(Waiting.id)
    )
    return session.scalars(found, execution_options={"populate_existing": True}).all()


def lines(session: Session, now: datetime) -> list[tuple[int, datetime]]:
    """The lines in which somebody waits and nothing is offered: machine, beginning of the day; soonest first."""
    found = (
        select(Waiting.resource_id, Waiting.starts_at)
        .where(Waiting.in_line, *_open(Waiting, now))
        .group_by(Waiting.resource_id, Waiting.starts_at)
        .having(func.count(Waiting.offered_until) == 0)
        .order_by(Waiting.starts_at, Waiting.resource_id)
    )
    return [(resource_id, start) for resource_id, start in session.execute(found.limit(_A_RUN))]


def wishes(session: Session, now: datetime) -> Sequence[int]:
    """The ids of the wishes to be told when a machine has room, first come first."""
    found = select(Waiting.id).join(Waiting.person).where(Person.left_at.is_(None), *_open(Waiting, now))
    return session.scalars(found.where(~Waiting.in_line).order_by(Waiting.id).limit(_A_RUN)).all()


def wish(session: Session, id_: int, now: datetime) -> Waiting | None:
    """One of them, if it is not over."""
    return session.scalar(select(Waiting).where(Waiting.id == id_, *_open(Waiting, now)))


def open_of(session: Session, person_id: int, now: datetime) -> Sequence[Waiting]:
    """What somebody waits for."""
    found = select(Waiting).where(Waiting.person_id == person_id, *_open(Waiting, now))
    return session.scalars(found.order_by(Waiting.id)).all()


@dataclass(frozen=True)
class Chance:
    """Somebody who waits, an hour that every rule accepts for them, and until when it would be kept."""

    who: Waiting
    slot: Slot
    until: datetime


def first_chance(session: Session, waiting: Sequence[Waiting], now: datetime) -> Chance | None:
    """The first of these, who wait for one machine and time, for whom there is an hour. Of one reading."""
    if not waiting:
        return None
    notice = timedelta(hours=rules_of(session).min_notice_hours)
    machine_id, end = waiting[0].resource_id, waiting[0].ends_at
    start = max(now, waiting[0].starts_at)
    people = frozenset(one.person_id for one in waiting)
    span = Slot(start, end)
    reading = asking.read(session, Scope(span, frozenset((machine_id,)), people, people), now)
    for one in waiting:
        for slot in reading.free_slots(machine_id, span, one.minutes):
            until = kept_until(slot.start, notice, now)
            if until and not reading.answer(Ask(machine_id, slot, holder_id=one.person_id)).refusals:
                return Chance(one, slot, until)
    return None
