"""What is behind a figure, line by line: the same sources as the figure, so that they add up to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, literal_column, null, select
from sqlalchemy.orm import Session

from bookings.models import Resource
from fablab.people.models import Person, Structure
from fablab.ready import rows
from machines.queries_year import seconds_between
from pathways.models import Group, PathwayVersion
from pathways.models_groups import Enrolment
from pathways.models_pathways import Pathway
from reports.queries_figures import ENROLMENTS, PRESENT, USED, attended_seconds, enrolment_conditions
from reports.queries_scope import Rows, Sources, sources, values_of
from reports.values_indicators import EXIT_STEPS, Indicator
from reports.values_periods import Period
from reports.values_public import Filters
from rooms.models import Activity

#: lines of a page
LENGTH = 50


@dataclass(frozen=True)
class Line:
    """One line behind a figure. ``weight``: what it adds to it (1, seconds, or people); ``status``: a code."""

    weight: int
    person: tuple[str, str, str] | None = None
    thing: str | None = None
    thing_id: str | None = None
    status: str | None = None
    on: date | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Listed:
    """A page of the lines behind a figure, how many there are in all, and what they add up to."""

    lines: Sequence[Line]
    count: int
    total: int


def listed(
    session: Session, indicator: Indicator, period: Period, filters: Filters, now: datetime, *, page: int
) -> Listed:
    """The lines of one indicator, latest first; ``page`` counts from 1. Two statements."""
    engine = session.get_bind().dialect.name
    values = values_of(period, filters, now)
    found, summed = _statements(engine, indicator.code, filters.names)
    ((count, total),) = rows(session, summed, values)
    asked = {**values, "length": LENGTH, "from": (page - 1) * LENGTH}
    return Listed([_line(one) for one in rows(session, found, asked)], count, int(total or 0))


def _line(row: Any) -> Line:
    person = (row.person_id, row.first_name, row.last_name) if row.person_id else None
    return Line(int(row.weight), person, row.thing, row.thing_id, row.status, row.on_day, row.at_moment)


@lru_cache(512)
def _statements(engine: str, code: str, names: frozenset[str]) -> tuple[Rows, Rows]:
    body = _BODIES[code](engine, sources(names), code).subquery("lines")
    one = body.c
    ordered = (
        select(body)
        .order_by(one.at_moment.desc(), one.on_day.desc(), one.last_name, one.first_name, one.line_id)
        .limit(bindparam("length"))
        .offset(bindparam("from"))
    )
    return ordered, select(func.count(), func.sum(one.weight)).select_from(body)


def _body(of: Any, line_id: Any, *, weight: Any = None, **said: Any) -> Rows:
    """Lines of one shape; ``person``: whose it is, by id."""
    person = said.pop("person", None)
    columns = {"thing": null(), "thing_id": null(), "status": null(), "on_day": null(), "at_moment": null(), **said}
    names = (Person.public_id, Person.first_name, Person.last_name) if person is not None else (null(), null(), null())
    found = select(
        line_id.label("line_id"),
        (literal_column("1") if weight is None else weight).label("weight"),
        *(one.label(name) for one, name in zip(names, ("person_id", "first_name", "last_name"), strict=True)),
        *(one.label(name) for name, one in columns.items()),
    ).select_from(of)
    return found if person is None else found.join(Person, Person.id == person)


def _people(_engine: str, found: Sources, code: str) -> Rows:
    one = found.people.c
    body = _body(found.people, one.id, person=one.id, status=one.situation)
    return body.where(one.new == literal_column("1")) if code == "new_people" else body


def _enrolments(_engine: str, found: Sources, code: str) -> Rows:
    one = found.enrolments.c
    day = one.first_attended_on if code in ("places", "open") else one.ended_on
    of = (
        found.enrolments.join(Enrolment, Enrolment.id == one.id)
        .join(PathwayVersion, PathwayVersion.id == Enrolment.version_id)
        .join(Pathway, Pathway.id == PathwayVersion.pathway_id)
    )
    body = _body(
        of,
        one.id,
        person=one.person_id,
        thing=PathwayVersion.title,
        thing_id=Pathway.code,
        status=one.status,
        on_day=day,
    )
    return body.where(enrolment_conditions(found)[code])


def _groups(_engine: str, found: Sources, _code: str) -> Rows:
    held = select(found.sessions.c.group_id)
    return _body(
        Group, Group.id, thing=Group.name, thing_id=Group.public_id, on_day=Group.starts_on
    ).where(Group.id.in_(held))  # fmt: skip


def _sessions(engine: str, found: Sources, code: str) -> Rows:
    one = found.sessions.c
    of = found.sessions.join(Group, Group.id == one.group_id)
    length = seconds_between(engine, one.ends_at, one.starts_at) if code == "hours_offered" else None
    return _body(of, one.id, weight=length, thing=Group.name, thing_id=Group.public_id, at_moment=one.starts_at)


def _attendances(engine: str, found: Sources, code: str) -> Rows:
    one = found.attendances.c
    of = found.attendances.join(Group, Group.id == one.group_id)
    length = attended_seconds(engine, one) if code == "hours_attended" else None
    body = _body(
        of, one.id, weight=length, person=one.person_id, thing=Group.name, thing_id=Group.public_id,
        status=one.status, at_moment=one.starts_at,
    )  # fmt: skip
    return body.where(one.status.in_(PRESENT)) if code == "hours_attended" else body


def _awards(_engine: str, found: Sources, code: str) -> Rows:
    one = found.awards.c
    body = _body(found.awards, one.id, person=one.person_id, thing=one.badge_name, at_moment=one.awarded_at)
    return body.where(one.kind == literal_column(f"'{code.removeprefix('badges_')}'"))


def _bookings(engine: str, found: Sources, code: str) -> Rows:
    one = found.bookings.c
    length = seconds_between(engine, one.ends_at, one.starts_at) if code.startswith("hours") else None
    of = found.bookings.join(Resource, Resource.id == one.resource_id)
    body = _body(
        of, one.id, weight=length, person=one.holder_id, thing=Resource.simple_name, thing_id=one.public_id,
        status=one.status, at_moment=one.starts_at,
    )  # fmt: skip
    narrowed = {"hours_used": one.status.in_(USED), "no_shows": one.status == literal_column("'no_show'")}
    return body.where(narrowed[code]) if code in narrowed else body


def _rentals(engine: str, found: Sources, _code: str) -> Rows:
    one = found.rentals.c
    of = found.rentals.join(Structure, Structure.id == one.structure_id)
    length = seconds_between(engine, one.ends_at, one.starts_at)
    body = _body(of, one.id, weight=length, thing=Structure.name, thing_id=one.public_id, at_moment=one.starts_at)
    return body.where(one.whole_id.is_(None))


def _structures(_engine: str, found: Sources, _code: str) -> Rows:
    lent = select(found.rentals.c.structure_id)
    return _body(Structure, Structure.id, thing=Structure.name).where(Structure.id.in_(lent))


def _visitors(_engine: str, found: Sources, _code: str) -> Rows:
    one = found.visitors.c
    of = found.visitors.outerjoin(Activity, Activity.id == one.activity_id)
    return _body(of, one.id, weight=one.people, thing=Activity.title, status=one.band, on_day=one.day)


_BODIES: Mapping[str, Callable[[str, Sources, str], Rows]] = {
    **dict.fromkeys(("people", "new_people"), _people),
    **dict.fromkeys((*ENROLMENTS, *(f"known_{step}" for step in EXIT_STEPS)), _enrolments),
    "groups": _groups,
    **dict.fromkeys(("sessions", "hours_offered"), _sessions),
    **dict.fromkeys(("hours_attended", "attendance"), _attendances),
    **dict.fromkeys(("badges_safety", "badges_stage", "badges_pathway"), _awards),
    **dict.fromkeys(("bookings", "hours_booked", "hours_used", "no_shows"), _bookings),
    "room_hours": _rentals,
    "organisations": _structures,
    "visitors": _visitors,
}
#: the indicators that a list stands behind
WITH_ROWS = frozenset(_BODIES)
