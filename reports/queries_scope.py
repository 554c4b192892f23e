"""Who and what is counted: each source once, as a statement of rows. Figures add them up, lists print them.

So that a figure and its list cannot differ, both stand on the same source. Each source takes its period and its
filters as bound values: it is put together once for each set of filters.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from bookings.models import Booking, Resource
from fablab import clock
from fablab.db import UtcDateTime
from fablab.people.models import Person, Structure
from fablab.people.models_file import Answer, Referral
from pathways.models import Award, Badge
from pathways.models_groups import Attendance, Enrolment, Group, TrainingSession
from pathways.models_pathways import PathwayVersion
from reports.values_periods import Period
from reports.values_public import BANDS, OF_PEOPLE, OF_TRAINING, UNKNOWN, Filters, latest_birthday
from rooms.models_counts import VisitorCount

FIRST, LAST = bindparam("first", type_=Date), bindparam("last", type_=Date)
_START, _END = bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
_NOW = bindparam("now", type_=UtcDateTime())
_YES: Any = literal_column("1")
_NO: Any = literal_column("0")
#: rows of any columns
Rows = Select[*tuple[Any, ...]]


class Sources(NamedTuple):
    """Everything that is counted in a period, for one set of filters."""

    enrolments: Subquery
    people: CTE
    sessions: Subquery
    attendances: Subquery
    awards: Subquery
    bookings: Subquery
    rentals: Subquery
    visitors: Subquery


def values_of(period: Period, filters: Filters, now: datetime) -> Mapping[str, Any]:
    """What the sources of a period ask for."""
    youngest = {f"born_{age}": latest_birthday(period.last, age) for band in BANDS for age in (band[1], band[2] + 1)}
    return {
        "first": period.first,
        "last": period.last,
        "start": clock.day_bounds(period.first)[0],
        "end": clock.day_bounds(period.last)[1],
        "now": now,
        **youngest,
        **{name: int(value) if name in OF_TRAINING else value for name, value in filters.values.items()},
    }


@lru_cache(256)
def sources(names: frozenset[str]) -> Sources:
    """The sources, narrowed by the filters of these names."""
    narrowed = bool(names & set(OF_PEOPLE))
    people = _people(names)
    kept = select(people.c.id)
    enrolments = _scope(names)
    if narrowed:
        enrolments = enrolments.where(Enrolment.person_id.in_(kept))
    return Sources(
        enrolments.subquery("enrolments"),
        people,
        _sessions(names, kept if narrowed else None).subquery("sessions"),
        _attendances(names, kept if narrowed else None).subquery("attendances"),
        _awards(kept if names else None).subquery("awards"),
        _bookings(kept if names else None).subquery("bookings"),
        _rentals().subquery("rentals"),
        _visitors().subquery("visitors"),
    )


def _scope(names: frozenset[str]) -> Rows:
    """Enrolments lived in the period: begun by a first attendance before its end, not over before its beginning."""
    found: Rows = (
        select(
            Enrolment.id,
            Enrolment.person_id,
            Enrolment.group_id,
            Enrolment.status,
            Enrolment.first_attended_on,
            Enrolment.ended_on,
            Enrolment.situation_at_entry,
            PathwayVersion.pathway_id,
        )
        .join(PathwayVersion, PathwayVersion.id == Enrolment.version_id)
        .where(Enrolment.first_attended_on <= LAST, or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= FIRST))
    )
    return _of_training(found, names, Enrolment.group_id)


def _of_training(found: Rows, names: frozenset[str], group_id: Any) -> Rows:
    if "pathway" in names:
        found = found.where(PathwayVersion.pathway_id == bindparam("pathway"))
    if "funder" in names:
        found = found.where(group_id.in_(select(Group.id).where(Group.scheme_id == bindparam("funder"))))
    return found.where(group_id == bindparam("group")) if "group" in names else found


def _people(names: frozenset[str]) -> CTE:
    """Each person of the scope once, as they were at their first place in it; what changes, as of the last day."""
    scope = _scope(names).subquery("scope")
    order = func.row_number().over(partition_by=scope.c.person_id, order_by=(scope.c.first_attended_on, scope.c.id))
    ranked = select(scope.c.person_id, scope.c.situation_at_entry, order.label("rank")).subquery("ranked")
    earliest = select(func.min(Enrolment.first_attended_on)).where(Enrolment.person_id == ranked.c.person_id)
    described = (
        select(
            Person.id,
            func.coalesce(ranked.c.situation_at_entry, literal_column(f"'{UNKNOWN}'")).label("situation"),
            _answered("gender", Person.id).label("gender"),
            _answered("priority_district", Person.id).label("district"),
            _band().label("band"),
            func.coalesce(_sender(), literal_column(f"'{UNKNOWN}'")).label("sender"),
            case((earliest.scalar_subquery() >= FIRST, _YES), else_=_NO).label("new"),
        )
        .select_from(ranked.join(Person, Person.id == ranked.c.person_id))
        .where(ranked.c.rank == _YES)
        .subquery("described")
    )
    asked = [described.c[name] == bindparam(name, type_=String) for name in OF_PEOPLE if name in names]
    return select(described).where(*asked).cte("people")


def _answered(kind: str, person_id: Any) -> ColumnElement[str]:
    """The latest answer given by the last day, whoever asks later."""
    said = (
        select(Answer.value)
        .where(Answer.person_id == person_id, Answer.kind == literal_column(f"'{kind}'"), Answer.since <= LAST)
        .order_by(Answer.since.desc(), Answer.id.desc())
        .limit(_YES)
        .scalar_subquery()
    )
    return func.coalesce(said, literal_column(f"'{UNKNOWN}'"))


def _sender() -> Any:
    """The kind of body that sent somebody, the latest one by the last day."""
    return (
        select(Structure.kind)
        .join(Referral, Referral.structure_id == Structure.id)
        .where(
            Referral.person_id == Person.id,
            Referral.since <= LAST,
            or_(Referral.until.is_(None), Referral.until > FIRST),
        )
        .order_by(Referral.since.desc(), Referral.id.desc())
        .limit(_YES)
        .scalar_subquery()
    )


def _band() -> ColumnElement[str]:
    def born(age: int) -> Any:
        return bindparam(f"born_{age}", type_=Date)

    bands: list[Any] = [
        (and_(Person.birth_date <= born(youngest), Person.birth_date > born(oldest + 1)), literal_column(f"'{code}'"))
        for code, youngest, oldest in BANDS
    ]
    return case((Person.birth_date.is_(None), literal_column(f"'{UNKNOWN}'")), *bands, else_=literal_column("'other'"))


def _held() -> tuple[ColumnElement[bool], ...]:
    """Sessions of the period that took place."""
    return (
        TrainingSession.status == literal_column("'planned'"),
        TrainingSession.starts_at >= _START,
        TrainingSession.starts_at < _END,
        TrainingSession.ends_at <= _NOW,
    )


def _sessions(names: frozenset[str], kept: Rows | None) -> Rows:
    found: Rows = (
        select(
            TrainingSession.id,
            TrainingSession.group_id,
            TrainingSession.starts_at,
            TrainingSession.ends_at,
            TrainingSession.attendance_at,
        )
        .join(Group, Group.id == TrainingSession.group_id)
        .join(PathwayVersion, PathwayVersion.id == Group.version_id)
        .where(*_held())
    )
    found = _of_training(found, names, TrainingSession.group_id)
    if kept is not None:
        expected = select(Attendance.session_id).where(Attendance.person_id.in_(kept))
        found = found.where(TrainingSession.id.in_(expected))
    return found


def _attendances(names: frozenset[str], kept: Rows | None) -> Rows:
    found: Rows = (
        select(
            Attendance.id,
            Attendance.person_id,
            Attendance.session_id,
            Attendance.status,
            Attendance.minutes_late,
            TrainingSession.group_id,
            TrainingSession.starts_at,
            TrainingSession.ends_at,
        )
        .join(TrainingSession, TrainingSession.id == Attendance.session_id)
        .where(*_held())
    )
    if names & set(OF_TRAINING):
        found = found.join(Group, Group.id == TrainingSession.group_id)
        found = found.join(PathwayVersion, PathwayVersion.id == Group.version_id)
        found = _of_training(found, names, TrainingSession.group_id)
    return found if kept is None else found.where(Attendance.person_id.in_(kept))


def _awards(kept: Rows | None) -> Rows:
    found: Rows = (
        select(Award.id, Award.person_id, Award.badge_name, Award.awarded_at, Badge.kind)
        .join(Badge, Badge.id == Award.badge_id)
        .where(Award.awarded_at >= _START, Award.awarded_at < _END, Award.undone_at.is_(None))
    )
    return found if kept is None else found.where(Award.person_id.in_(kept))


def _bookings(kept: Rows | None) -> Rows:
    """Machines booked by young people for themselves, as the hours of the year count them."""
    found: Rows = (
        select(
            Booking.id,
            Booking.public_id,
            Booking.holder_id,
            Booking.resource_id,
            Booking.status,
            Booking.starts_at,
            Booking.ends_at,
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(
            Resource.kind == literal_column("'machine'"),
            Booking.kind == literal_column("'own'"),
            Booking.starts_at >= _START,
            Booking.starts_at < _END,
            *_counted(),
        )
    )
    return found if kept is None else found.where(Booking.holder_id.in_(kept))


def _counted() -> tuple[ColumnElement[bool], ...]:
    refused: list[Any] = [literal_column(f"'{status}'") for status in ("requested", "cancelled", "refused")]
    return ~Booking.suspended, Booking.status.not_in(refused)


def _rentals() -> Rows:
    """Rooms lent to organisations."""
    return (
        select(
            Booking.id,
            Booking.public_id,
            Booking.structure_id,
            Booking.resource_id,
            Resource.whole_id,
            Booking.status,
            Booking.starts_at,
            Booking.ends_at,
        )
        .join(Resource, Resource.id == Booking.resource_id)
        .where(
            Resource.kind == literal_column("'room'"),
            Booking.kind == literal_column("'rental'"),
            Booking.starts_at >= _START,
            Booking.starts_at < _END,
            *_counted(),
            Booking.status != literal_column("'no_show'"),
        )
    )


def _visitors() -> Rows:
    return select(
        VisitorCount.id, VisitorCount.day, VisitorCount.band, VisitorCount.people, VisitorCount.activity_id
    ).where(VisitorCount.day.between(FIRST, LAST), VisitorCount.taken_back_at.is_(None))


def text_of(column: Any) -> ColumnElement[str]:
    """A key of any type as text, so that sources of different kinds can be added up in one statement."""
    return cast(column, String)
