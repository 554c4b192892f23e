"""Figures of training for the coordination: places of the year, how people stand, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock
from fablab.people.models import Person
from pathways.models_badges import Award, Badge
from pathways.models_groups import OPEN_ENROLMENT, Enrolment, Group, SessionLead, TrainingSession
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.values import school_year
from pathways.values_badges import SOON_DAYS

#: how far around today sessions that wait for something are shown
NEAR = timedelta(days=14)
#: enrolled for so long without coming once, somebody is called
SILENCE = timedelta(days=30)


@dataclass(frozen=True)
class PathwayYear:
    """One pathway over a school year, all its versions together: places filled, and how people stand in it."""

    code: str
    name: str
    css_class: str
    filled: int
    places: int
    running: int
    finished: int
    left: int
    groups: int


def pathway_years(session: Session, day: date) -> list[PathwayYear]:
    """The published pathways in the school year of a day (1 September to 31 August). Three statements.

    A place is filled on the day of a first attendance; it stays filled when somebody leaves, and a person who
    begins two pathways fills two places.
    """
    first, last = school_year(day)
    filled = Enrolment.first_attended_on.between(first, last)
    ended = Enrolment.ended_on.between(first, last)
    running = Enrolment.status.in_(OPEN_ENROLMENT)
    finished = and_(Enrolment.status == "finished", ended)
    left = and_(Enrolment.status.in_(("dropped", "interrupted", "redirected", "moved_away")), ended)
    rows = session.execute(
        select(
            PathwayVersion.pathway_id,
            *(func.count(Enrolment.id).filter(condition) for condition in (filled, running, finished, left)),
        )
        .join(PathwayVersion, PathwayVersion.id == Enrolment.version_id)
        .where(or_(filled, running, ended))
        .group_by(PathwayVersion.pathway_id)
    )
    figures = {pathway_id: numbers for pathway_id, *numbers in rows}
    counted = session.execute(
        select(PathwayVersion.pathway_id, func.count(Group.id))
        .join(PathwayVersion, PathwayVersion.id == Group.version_id)
        .where(Group.closed_at.is_(None))
        .group_by(PathwayVersion.pathway_id)
    )
    groups = {pathway_id: count for pathway_id, count in counted}
    published = session.scalars(
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(PathwayVersion.status == "published")
        .order_by(Pathway.position, Pathway.id)
        .options(joinedload(PathwayVersion.pathway))
    )
    return [_year(version, figures.get(version.pathway_id, [0] * 4), groups) for version in published]


def _year(version: PathwayVersion, numbers: list[int], groups: dict[int, int]) -> PathwayYear:
    filled, running, finished, left = numbers
    return PathwayYear(
        code=version.pathway.code,
        name=version.short_title,
        css_class=version.css_class,
        filled=filled,
        places=version.places_per_year,
        running=running,
        finished=finished,
        left=left,
        groups=groups.get(version.pathway_id, 0),
    )


def sessions_without_lead(session: Session, now: datetime, limit: int = 4) -> list[TrainingSession]:
    """Sessions of the next two weeks that nobody of the team leads, soonest first."""
    led = exists().where(SessionLead.session_id == TrainingSession.id)
    soon = TrainingSession.starts_at.between(now, now + NEAR)
    return _sessions(session, limit, soon, ~led)


def sessions_not_called(session: Session, now: datetime, limit: int = 4) -> list[TrainingSession]:
    """Sessions of the last two weeks of which attendance was not taken, oldest first."""
    over = TrainingSession.ends_at.between(now - NEAR, now)
    return _sessions(session, limit, over, TrainingSession.attendance_at.is_(None))


def _sessions(session: Session, limit: int, *conditions: ColumnElement[bool]) -> list[TrainingSession]:
    found = select(TrainingSession).where(TrainingSession.status == "planned", *conditions)
    return list(
        session.scalars(
            found.options(joinedload(TrainingSession.group))
            .order_by(TrainingSession.starts_at, TrainingSession.id)
            .limit(limit)
        )
    )


def never_came(session: Session, now: datetime) -> int:
    """How many people are enrolled for 30 days or more without having come once."""
    since = clock.local_day(now) - SILENCE
    silent = select(func.count()).where(Enrolment.status == "enrolled", Enrolment.enrolled_on <= since)
    return session.scalar(silent) or 0


def badges_ending(session: Session, now: datetime) -> int:
    """How many safety badges expire within 30 days and are not renewed."""
    return session.scalar(select(func.count()).select_from(Award).where(*_ending(now))) or 0


def awards_ending(session: Session, now: datetime, *, page: int, length: int = 30) -> Sequence[Award]:
    """The same, with people and badges, the first to end first; ``page`` counts from 1."""
    found = select(Award).where(*_ending(now)).options(joinedload(Award.person), joinedload(Award.badge))
    ordered = found.join(Person, Person.id == Award.person_id).order_by(
        Award.expires_at, Person.first_name, Person.last_name, Award.id
    )
    return session.scalars(ordered.limit(length).offset((page - 1) * length)).all()


def _ending(now: datetime) -> tuple[ColumnElement[bool], ...]:
    soon = clock.day_bounds(clock.local_day(now) + timedelta(days=SOON_DAYS))[1]
    renewed = select(Award.renews_id).where(Award.renews_id.is_not(None))
    return (
        Award.ended_at.is_(None),
        Award.expires_at > now,
        Award.expires_at <= soon,
        Award.id.not_in(renewed),
        exists().where(Badge.id == Award.badge_id, Badge.kind == "safety"),
        exists().where(Person.id == Award.person_id, Person.left_at.is_(None)).correlate(Award),
    )
