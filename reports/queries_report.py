"""What a funder's report adds to the figures: a line a young person, a line a group, a line a call of the roll."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from sqlalchemy import and_, case, func, literal_column, select
from sqlalchemy.orm import Session

from fablab.ready import rows
from machines.queries_year import seconds_between
from pathways.models_groups import Group
from pathways.models_pathways import PathwayVersion
from pathways.values import short_title
from reports.queries_figures import PRESENT, attended_seconds
from reports.queries_scope import FIRST, LAST, Rows, sources, values_of
from reports.values_periods import Period
from reports.values_public import Filters

_ONE: Any = literal_column("1")
_ZERO: Any = literal_column("0")


@dataclass(frozen=True)
class Young:
    """A young person without a name: a code, how they are described, what they did in the period."""

    code: str
    answers: Sequence[str]
    is_new: bool
    started: int
    finished: int
    expected: int
    present: int
    seconds: int


@dataclass(frozen=True)
class Lived:
    """A group in the period: its pathway, its sessions, its hours, who was called and who came."""

    name: str
    pathway: str
    sessions: int
    seconds: int
    expected: int
    present: int


@dataclass(frozen=True)
class Call:
    """Somebody at a session: when, which group, who by code, how, for how long."""

    at: datetime
    group: str
    code: str
    status: str
    seconds: int


#: what a person is described by, in the order of ``Young.answers``
ANSWERS = ("band", "gender", "district", "situation", "sender")


def code_of(person_id: int, secret: str) -> str:
    """What a report calls somebody: always the same in a house, and nobody finds who without its key."""
    return "J-" + blake2b(str(person_id).encode(), key=secret.encode()[:64], digest_size=5).hexdigest().upper()


def young(session: Session, period: Period, filters: Filters, now: datetime, secret: str) -> list[Young]:
    """A line a young person followed, in the order of their codes. One statement."""
    engine = session.get_bind().dialect.name
    found = []
    for id_, new, started, finished, expected, present, seconds, *answers in rows(
        session, _young(engine, filters.names), values_of(period, filters, now)
    ):
        counts = [int(one or 0) for one in (started, finished, expected, present, seconds)]
        found.append(Young(code_of(id_, secret), answers, bool(new), *counts))
    return sorted(found, key=lambda one: one.code)


@lru_cache(64)
def _young(engine: str, names: frozenset[str]) -> Rows:
    of = sources(names)
    one, lived = of.attendances.c, of.enrolments.c
    came = one.status.in_(PRESENT)
    called = (
        select(
            one.person_id,
            func.count().label("expected"),
            func.sum(case((came, _ONE), else_=_ZERO)).label("present"),
            func.sum(case((came, attended_seconds(engine, one)), else_=_ZERO)).label("seconds"),
        )
        .group_by(one.person_id)
        .subquery("called")
    )
    finished = and_(lived.status == "finished", lived.ended_on.between(FIRST, LAST))
    paths = (
        select(
            lived.person_id,
            func.sum(case((lived.first_attended_on >= FIRST, _ONE), else_=_ZERO)).label("started"),
            func.sum(case((finished, _ONE), else_=_ZERO)).label("finished"),
        )
        .group_by(lived.person_id)
        .subquery("paths")
    )
    people = of.people
    return (
        select(
            people.c.id,
            people.c.new,
            paths.c.started,
            paths.c.finished,
            called.c.expected,
            called.c.present,
            called.c.seconds,
            *(people.c[name] for name in ANSWERS),
        )
        .outerjoin(paths, paths.c.person_id == people.c.id)
        .outerjoin(called, called.c.person_id == people.c.id)
    )


def groups(session: Session, period: Period, filters: Filters, now: datetime) -> list[Lived]:
    """A line a group that had a session, by name. One statement."""
    engine = session.get_bind().dialect.name
    found = rows(session, _groups(engine, filters.names), values_of(period, filters, now))
    return [Lived(name, short_title(title), *(int(one or 0) for one in counts)) for name, title, *counts in found]


@lru_cache(64)
def _groups(engine: str, names: frozenset[str]) -> Rows:
    of = sources(names)
    held, one = of.sessions.c, of.attendances.c
    called = (
        select(
            one.session_id,
            func.count().label("expected"),
            func.sum(case((one.status.in_(PRESENT), _ONE), else_=_ZERO)).label("present"),
        )
        .group_by(one.session_id)
        .subquery("called")
    )
    return (
        select(
            Group.name,
            PathwayVersion.title,
            func.count(),
            func.sum(seconds_between(engine, held.ends_at, held.starts_at)),
            func.sum(called.c.expected),
            func.sum(called.c.present),
        )
        .select_from(of.sessions)
        .join(Group, Group.id == held.group_id)
        .join(PathwayVersion, PathwayVersion.id == Group.version_id)
        .outerjoin(called, called.c.session_id == held.id)
        .group_by(Group.id, Group.name, PathwayVersion.title)
        .order_by(Group.name)
    )


def calls(session: Session, period: Period, filters: Filters, now: datetime, secret: str) -> list[Call]:
    """A line a person called at a session, by time. One statement."""
    engine = session.get_bind().dialect.name
    found = rows(session, _calls(engine, filters.names), values_of(period, filters, now))
    codes: dict[int, str] = {}
    told = []
    for at, group, person_id, status, seconds in found:
        if person_id not in codes:
            codes[person_id] = code_of(person_id, secret)
        told.append(Call(at, group, codes[person_id], status, int(seconds)))
    return told


@lru_cache(64)
def _calls(engine: str, names: frozenset[str]) -> Rows:
    one = sources(names).attendances.c
    there = case((one.status.in_(PRESENT), attended_seconds(engine, one)), else_=_ZERO)
    return (
        select(one.starts_at, Group.name, one.person_id, one.status, there)
        .select_from(sources(names).attendances)
        .join(Group, Group.id == one.group_id)
        .order_by(one.starts_at, Group.name, one.id)
    )
