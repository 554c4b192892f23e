"""Who can help somebody further, and when: the next session of their groups, who hands badges over by the machines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, Integer, String, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from bookings.values import Slot
from fablab import clock
from fablab.db import UtcDateTime
from fablab.people.models import Person, RoleGrant
from fablab.permissions import Role
from fablab.ready import rows
from machines.models import Machine, Shift
from pathways.models import Enrolment, TrainingRequest, TrainingSession
from pathways.models_badges import ValidatorRight

#: shifts to come, each once for every badge its person may hand over, among which helpers are looked for
_SHIFTS_LOOKED_AT = 300


@dataclass(frozen=True)
class NextLesson:
    """The next session of somebody's groups."""

    public_id: str
    title: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Helpers:
    """Who stands by the machines next: first names, and when."""

    names: tuple[str, ...]
    slot: Slot


@dataclass(frozen=True)
class Ahead:
    """The next session of somebody's groups; by badge id who may hand it over, now or next; badges asked for, by id."""

    lesson: NextLesson | None
    helpers: dict[int, Helpers]
    asked: frozenset[int]


_NOW = bindparam("now", type_=UtcDateTime())
_lesson = (
    select(TrainingSession.public_id, TrainingSession.title, TrainingSession.starts_at, TrainingSession.ends_at)
    .join(Enrolment, Enrolment.group_id == TrainingSession.group_id)
    .where(Enrolment.person_id == bindparam("person"), Enrolment.ended_on.is_(None))
    .where(TrainingSession.status == "planned", TrainingSession.starts_at > _NOW)
    .order_by(TrainingSession.starts_at)
    .limit(1)
    .subquery()
)
_shifts = (
    select(
        Person.first_name,
        Shift.starts_at,
        Shift.ends_at,
        ValidatorRight.badge_id,
        ValidatorRight.since,
        ValidatorRight.until,
    )
    .join(Person, Person.id == Shift.person_id)
    .join(RoleGrant, RoleGrant.person_id == Person.id)
    .join(ValidatorRight, ValidatorRight.person_id == Person.id)
    .where(RoleGrant.role == Role.FACILITATOR, RoleGrant.ended_at.is_(None), Person.left_at.is_(None))
    .where(Shift.withdrawn_at.is_(None), Shift.ends_at > _NOW)
    .where(Shift.starts_at > bindparam("earliest", type_=UtcDateTime()))
    .where(Shift.place_id.in_(select(Machine.place_id)))
    .order_by(Shift.starts_at, Person.first_name)
    .limit(_SHIFTS_LOOKED_AT)
    .subquery()
)
_asked = (
    select(TrainingRequest.badge_id, TrainingRequest.asked_at)
    .where(TrainingRequest.person_id == bindparam("person"), TrainingRequest.closed_at.is_(None))
    .subquery()
)
# The nulls are cast for PostgreSQL.
_NO_NUMBER, _NO_WORD, _NO_DAY = cast(null(), Integer), cast(null(), String), cast(null(), Date)
_AHEAD = union_all(
    select(
        literal("lesson").label("what"),
        _lesson.c.public_id,
        _lesson.c.title.label("word"),
        _lesson.c.starts_at.label("starts"),
        _lesson.c.ends_at.label("ends"),
        _NO_NUMBER.label("badge_id"),
        _NO_DAY.label("since"),
        _NO_DAY.label("until"),
    ),
    select(literal("helper"), _NO_WORD, *_shifts.c),
    select(
        literal("asked"), _NO_WORD, _NO_WORD, _asked.c.asked_at, _asked.c.asked_at, _asked.c.badge_id, _NO_DAY, _NO_DAY
    ),
).order_by("starts", "word")


def ahead(session: Session, person_id: int, now: datetime) -> Ahead:
    """What comes next for somebody: their session, who may hand over which badge, those by the machines now first.

    With it the badges they asked to be trained for and wait for. One statement.
    """
    lesson: NextLesson | None = None
    helpers: dict[int, Helpers] = {}
    asked: set[int] = set()
    found = rows(session, _AHEAD, {"person": person_id, "now": now, "earliest": now - timedelta(hours=24)})
    for what, public_id, word, start, end, badge_id, since, until in found:
        if what == "lesson":
            lesson = NextLesson(public_id, word, start, end)
        elif what == "asked":
            asked.add(badge_id)
        elif since <= clock.local_day(start) <= (until or date.max):
            first = helpers.get(badge_id)
            if first is None:
                helpers[badge_id] = Helpers((word,), Slot(start, end))
            elif first.slot.start == start and word not in first.names:
                helpers[badge_id] = Helpers((*first.names, word), first.slot)
    return Ahead(lesson, helpers, frozenset(asked))
