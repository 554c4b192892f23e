"""Figures of training for the coordination: places of the year, groups, what waits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock
from pathways.models import (
    OPEN_ENROLMENT,
    Award,
    Badge,
    Enrolment,
    Group,
    Pathway,
    PathwayVersion,
    SessionLead,
    TrainingSession,
)
from pathways.values import SOON_DAYS, school_year


@dataclass(frozen=True)
class Places:
    """Places of a pathway in a school year: filled by a first attendance, out of those planned."""

    code: str
    title: str
    css_class: str
    filled: int
    planned: int


@dataclass(frozen=True)
class GroupLine:
    """A group that runs: how many people, sessions held and to come."""

    group: Group
    people: int
    held: int
    to_come: int

    @property
    def free(self) -> int:
        """Places left in the group."""
        return max(self.group.version.group_max - self.people, 0)


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody of the team, as numbers."""

    roll_calls: int
    never_came: int
    without_lead: int
    badges_ending: int


def places_filled(session: Session, day: date) -> list[Places]:
    """Places of each published pathway in the school year of a day (1 September to 31 August). Two statements.

    A place is filled on the day of a first attendance; it stays filled when somebody leaves, and a person who
    begins two pathways fills two places.
    """
    first, last = school_year(day)
    rows = session.execute(
        select(PathwayVersion.pathway_id, func.count())
        .join(Enrolment, Enrolment.version_id == PathwayVersion.id)
        .where(Enrolment.first_attended_on.between(first, last))
        .group_by(PathwayVersion.pathway_id)
    )
    filled = {pathway_id: count for pathway_id, count in rows}
    published = session.scalars(
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(PathwayVersion.status == "published")
        .order_by(Pathway.position, Pathway.id)
        .options(joinedload(PathwayVersion.pathway))
    )
    return [
        Places(
            version.pathway.code,
            version.short_title,
            version.css_class,
            filled.get(version.pathway_id, 0),
            version.places_per_year,
        )
        for version in published
    ]


def running_groups(session: Session, now: datetime) -> list[GroupLine]:
    """Groups not closed, by pathway then name, with their people and sessions. Three statements."""
    groups = session.scalars(
        select(Group)
        .join(Group.version)
        .join(PathwayVersion.pathway)
        .where(Group.closed_at.is_(None))
        .order_by(Pathway.position, Group.name)
        .options(joinedload(Group.version).joinedload(PathwayVersion.pathway))
    ).all()
    ids = [group.id for group in groups]
    members = session.execute(
        select(Enrolment.group_id, func.count())
        .where(Enrolment.group_id.in_(ids), Enrolment.status.in_((*OPEN_ENROLMENT, "finished")))
        .group_by(Enrolment.group_id)
    )
    people = {group_id: count for group_id, count in members}
    sessions = session.execute(
        select(TrainingSession.group_id, _count(TrainingSession.ends_at <= now), _count(TrainingSession.ends_at > now))
        .where(TrainingSession.group_id.in_(ids), TrainingSession.status == "planned")
        .group_by(TrainingSession.group_id)
    )
    lived = {group_id: (held, to_come) for group_id, held, to_come in sessions}
    return [GroupLine(group, people.get(group.id, 0), *lived.get(group.id, (0, 0))) for group in groups]


def what_waits(session: Session, now: datetime) -> Waiting:
    """Roll calls not made, people enrolled for 30 days who never came, sessions without a lead, badges that end.

    Four statements.
    """
    today = clock.local_day(now)
    soon = clock.day_bounds(today + timedelta(days=SOON_DAYS))[1]
    led = exists().where(SessionLead.session_id == TrainingSession.id)
    planned = TrainingSession.status == "planned"
    renewed = select(Award.renews_id).where(Award.renews_id.is_not(None))
    return Waiting(
        roll_calls=_how_many(
            session, TrainingSession, planned, TrainingSession.ends_at <= now, TrainingSession.attendance_at.is_(None)
        ),
        never_came=_how_many(
            session, Enrolment, Enrolment.status == "enrolled", Enrolment.enrolled_on <= today - timedelta(days=30)
        ),
        without_lead=_how_many(session, TrainingSession, planned, TrainingSession.starts_at > now, ~led),
        badges_ending=_how_many(
            session,
            Award,
            Award.ended_at.is_(None),
            Award.expires_at > now,
            Award.expires_at <= soon,
            Award.id.not_in(renewed),
            exists().where(and_(Badge.id == Award.badge_id, Badge.kind == "safety")),
        ),
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _how_many(
    session: Session, table: type[TrainingSession] | type[Enrolment] | type[Award], *conditions: ColumnElement[bool]
) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0
