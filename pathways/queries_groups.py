"""Groups, who follows them, and their sessions as pages list them, each in a bounded number of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from bookings.models import Booking, Claim, Resource
from fablab import clock
from fablab.people.models import Person
from pathways.models_groups import Apology, Attendance, Enrolment, Group, SessionLead, SessionPart, TrainingSession
from pathways.models_pathways import Pathway, PathwayVersion

_SESSION = (
    joinedload(TrainingSession.group).joinedload(Group.version).joinedload(PathwayVersion.pathway),
    joinedload(TrainingSession.stage),
    selectinload(TrainingSession.leads).joinedload(SessionLead.person),
    selectinload(TrainingSession.parts)
    .joinedload(SessionPart.booking)
    .selectinload(Booking.claims)
    .joinedload(Claim.resource),
)


@dataclass(frozen=True)
class GroupLine:
    """A group in the list: how many people are enrolled, and its next session if one is planned."""

    group: Group
    members: int
    next_session: TrainingSession | None


def group_lines(session: Session, now: datetime) -> list[GroupLine]:
    """The groups still open, by pathway then name: 3 statements."""
    open_groups = session.scalars(
        select(Group)
        .join(Group.version)
        .join(PathwayVersion.pathway)
        .where(Group.closed_at.is_(None))
        .options(joinedload(Group.version).joinedload(PathwayVersion.pathway))
        .order_by(Pathway.position, Group.starts_on, Group.name)
    ).all()
    ids = [group.id for group in open_groups]
    counted = session.execute(
        select(Enrolment.group_id, func.count())
        .where(Enrolment.group_id.in_(ids), Enrolment.ended_on.is_(None), Enrolment.status != "referred")
        .group_by(Enrolment.group_id)
    )
    members = {group_id: count for group_id, count in counted}
    upcoming: dict[int, TrainingSession] = {}
    coming = select(TrainingSession).where(
        TrainingSession.group_id.in_(ids), TrainingSession.status == "planned", TrainingSession.ends_at > now
    )
    for one in session.scalars(coming.order_by(TrainingSession.starts_at, TrainingSession.id)):
        upcoming.setdefault(one.group_id, one)
    return [GroupLine(group, members.get(group.id, 0), upcoming.get(group.id)) for group in open_groups]


def group_by_public_id(session: Session, public_id: str) -> Group | None:
    """A group with its pathway and its sessions in order of time, or None."""
    return session.scalar(
        select(Group)
        .where(Group.public_id == public_id)
        .options(
            joinedload(Group.version).joinedload(PathwayVersion.pathway),
            joinedload(Group.scheme),
            selectinload(Group.sessions).joinedload(TrainingSession.stage),
        )
    )


def enrolments_of(session: Session, group_id: int) -> Sequence[Enrolment]:
    """Who follows a group now, by first name, with the person."""
    return session.scalars(
        select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.group_id == group_id, Enrolment.ended_on.is_(None), Enrolment.status != "referred")
        .options(joinedload(Enrolment.person))
        .order_by(Person.first_name, Person.last_name, Person.id)
    ).all()


def enrolments_in(person_public_id: str, pathway_code: str) -> Select[Enrolment]:
    """What somebody follows or followed of a pathway, with the person, the group and the version."""
    return (
        select(Enrolment)
        .join(Enrolment.person)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(Person.public_id == person_public_id, Pathway.code == pathway_code)
        .options(
            contains_eager(Enrolment.person),
            contains_eager(Enrolment.version).contains_eager(PathwayVersion.pathway),
            joinedload(Enrolment.group),
        )
    )


def open_enrolment(session: Session, person_public_id: str, pathway_code: str) -> Enrolment | None:
    """What somebody follows now of a pathway, or is referred to, with person, group and version, or None."""
    now_open = enrolments_in(person_public_id, pathway_code).where(Enrolment.ended_on.is_(None))
    return session.scalar(now_open.order_by(Enrolment.id).limit(1))


def closed_groups(session: Session, limit: int = 30) -> Sequence[Group]:
    """The groups that are over, the last closed first."""
    return session.scalars(
        select(Group)
        .where(Group.closed_at.is_not(None))
        .options(joinedload(Group.version).joinedload(PathwayVersion.pathway))
        .order_by(Group.closed_at.desc(), Group.id.desc())
        .limit(limit)
    ).all()


def not_called(lessons: Iterable[TrainingSession], now: datetime) -> list[TrainingSession]:
    """Those of these sessions that have begun and whose attendance nobody took."""
    return [one for one in lessons if one.status == "planned" and one.starts_at <= now and one.attendance_at is None]


def versions_to_open(session: Session) -> Sequence[PathwayVersion]:
    """The published versions, in which a group may be opened, with their pathways."""
    return session.scalars(
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(PathwayVersion.status == "published")
        .options(joinedload(PathwayVersion.pathway))
        .order_by(Pathway.position)
    ).all()


def machines(session: Session) -> Sequence[Resource]:
    """The machines that a session can take, in the house's order."""
    # Columns of the base only: what a machine is beside belongs to the part above.
    wanted = select(Resource).where(Resource.kind == "machine", Resource.retired_on.is_(None))
    return session.scalars(wanted.order_by(Resource.position, Resource.id)).all()


def session_by_public_id(session: Session, public_id: str) -> TrainingSession | None:
    """A session with its group, stage, facilitators, parts and the things they claim, or None."""
    return session.scalar(select(TrainingSession).where(TrainingSession.public_id == public_id).options(*_SESSION))


def sessions_during(session: Session, start: datetime, end: datetime) -> Sequence[TrainingSession]:
    """The sessions planned that touch a time, first first, ready to print."""
    return session.scalars(
        select(TrainingSession)
        .where(TrainingSession.status == "planned", TrainingSession.starts_at < end, TrainingSession.ends_at > start)
        .options(*_SESSION)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    ).all()


def next_session(session: Session, after: datetime) -> TrainingSession | None:
    """The first session planned that begins after a moment, with its group."""
    return session.scalar(
        select(TrainingSession)
        .where(TrainingSession.status == "planned", TrainingSession.starts_at > after)
        .options(joinedload(TrainingSession.group))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(1)
    )


def sessions_to_validate(session: Session, person_id: int, now: datetime) -> Sequence[TrainingSession]:
    """The sessions that somebody leads and that have begun or will today, newest first, twelve at most."""
    return session.scalars(
        select(TrainingSession)
        .join(SessionLead, SessionLead.session_id == TrainingSession.id)
        .where(
            SessionLead.person_id == person_id,
            TrainingSession.status == "planned",
            TrainingSession.starts_at <= clock.day_bounds(clock.local_day(now))[1],
        )
        .options(*_SESSION)
        .order_by(TrainingSession.starts_at.desc())
        .limit(12)
    ).all()


def members_on(session: Session, group_id: int, day: date) -> Sequence[Person]:
    """Who followed a group on a day, by first name."""
    followed = select(Enrolment.person_id).where(
        Enrolment.group_id == group_id,
        Enrolment.status != "referred",
        Enrolment.enrolled_on <= day,
        or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= day),
    )
    return session.scalars(
        select(Person).where(Person.id.in_(followed)).order_by(Person.first_name, Person.last_name, Person.id)
    ).all()


def attendance_of(session: Session, session_id: int) -> dict[int, Attendance]:
    """What was noted of each person at a session, by person."""
    found = session.scalars(select(Attendance).where(Attendance.session_id == session_id))
    return {attendance.person_id: attendance for attendance in found}


def apologies_of(session: Session, session_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(session, person) of those who said that they cannot come, and did not take it back."""
    found = session.execute(
        select(Apology.session_id, Apology.person_id).where(
            Apology.session_id.in_(list(session_ids)), Apology.withdrawn_at.is_(None)
        )
    )
    return {(session_id, person_id) for session_id, person_id in found}


def people_by_ids(session: Session, ids: Collection[int]) -> Sequence[Person]:
    """These people, by first name; no statement for nobody."""
    if not ids:
        return []
    return session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.first_name, Person.id)).all()
