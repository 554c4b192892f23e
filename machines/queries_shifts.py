"""What is read of shifts and of the state of machines, for the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Closure, Place
from bookings.values import Slot
from fablab.people.models import Person, RoleGrant
from fablab.permissions import Role
from machines.models import Machine, Shift
from pathways.models import Group, SessionLead, SessionPart, TrainingSession


@dataclass(frozen=True)
class SessionLine:
    """A session that somebody leads, for a list."""

    id: int
    public_id: str
    group: str
    title: str
    start: datetime
    end: datetime


def leads_of(session: Session, lesson_public_id: str) -> list[str]:
    """First names of those who lead a session, in order."""
    found = (
        select(Person.first_name)
        .join(SessionLead, SessionLead.person_id == Person.id)
        .join(TrainingSession, TrainingSession.id == SessionLead.session_id)
        .where(TrainingSession.public_id == lesson_public_id)
    )
    return list(session.scalars(found.order_by(Person.first_name)))


def shifts_in(session: Session, span: Slot) -> Sequence[Shift]:
    """The shifts of a span that were not withdrawn, by start then name, with person and place."""
    found = select(Shift).where(
        Shift.withdrawn_at.is_(None), Shift.starts_at > span.start - timedelta(hours=24), Shift.starts_at < span.end
    )
    found = found.where(Shift.ends_at > span.start).options(joinedload(Shift.person), joinedload(Shift.place))
    return session.scalars(found.order_by(Shift.starts_at, Shift.id)).all()


def shifts_of(session: Session, person_id: int, span: Slot) -> Sequence[Shift]:
    """Somebody's shifts that touch a span and were not withdrawn."""
    found = select(Shift).where(Shift.person_id == person_id, Shift.withdrawn_at.is_(None), Shift.starts_at < span.end)
    found = found.where(Shift.starts_at > span.start - timedelta(hours=24), Shift.ends_at > span.start)
    return session.scalars(found.order_by(Shift.starts_at)).all()


def shifts_to_come(session: Session, person_id: int, now: datetime) -> Sequence[Shift]:
    """Somebody's shifts that are not over and were not withdrawn, soonest first."""
    found = select(Shift).where(Shift.person_id == person_id, Shift.withdrawn_at.is_(None), Shift.ends_at > now)
    # No shift lasts a day: the index on (person, start) then reads nothing old.
    return session.scalars(found.where(Shift.starts_at > now - timedelta(hours=24)).order_by(Shift.starts_at)).all()


def shifts_withdrawn_at(session: Session, person_id: int, moment: datetime, now: datetime) -> Sequence[Shift]:
    """Somebody's shifts still to come that were withdrawn at this moment, soonest first."""
    found = select(Shift).where(Shift.person_id == person_id, Shift.withdrawn_at == moment, Shift.starts_at > now)
    return session.scalars(found.order_by(Shift.starts_at)).all()


def shift_by_public_id(session: Session, public_id: str) -> Shift | None:
    """A shift with its person and place."""
    found = select(Shift).where(Shift.public_id == public_id)
    return session.scalar(found.options(joinedload(Shift.person), joinedload(Shift.place)))


def sessions_led(session: Session, person_id: int, span: Slot) -> list[SessionLine]:
    """Sessions that somebody leads in the Fablab during a span, soonest first."""
    inside = (SessionPart.booking_id.is_not(None), SessionPart.starts_at < span.end, SessionPart.ends_at > span.start)
    return _sessions(session, person_id, *inside)


def sessions_to_lead(session: Session, person_id: int, now: datetime) -> list[SessionLine]:
    """Sessions to come that somebody leads, wherever, soonest first."""
    return _sessions(session, person_id, TrainingSession.starts_at > now)


def _sessions(session: Session, person_id: int, *conditions: ColumnElement[bool]) -> list[SessionLine]:
    found = (
        select(
            TrainingSession.id,
            TrainingSession.public_id,
            Group.name,
            TrainingSession.title,
            TrainingSession.starts_at,
            TrainingSession.ends_at,
        )
        .join(Group, Group.id == TrainingSession.group_id)
        .join(SessionLead, SessionLead.session_id == TrainingSession.id)
        .join(SessionPart, SessionPart.session_id == TrainingSession.id)
        .where(SessionLead.person_id == person_id, TrainingSession.status == "planned")
        .where(*conditions)
        .order_by(TrainingSession.starts_at)
        .distinct()
    )
    return [SessionLine(*row) for row in session.execute(found)]


def breakdown_of(session: Session, machine_id: int, now: datetime) -> Closure | None:
    """The breakdown that keeps a machine out of service now."""
    found = select(Closure).where(
        Closure.resource_id == machine_id,
        Closure.kind == "breakdown",
        Closure.lifted_at.is_(None),
        or_(Closure.ends_at.is_(None), Closure.ends_at > now),
    )
    return session.scalars(found.order_by(Closure.id)).first()


def team(session: Session) -> Sequence[Person]:
    """Facilitators and coordinators who are still there, by name."""
    roles = (Role.FACILITATOR, Role.COORDINATOR)
    found = select(Person).where(
        Person.left_at.is_(None),
        select(RoleGrant.id)
        .where(RoleGrant.person_id == Person.id, RoleGrant.ended_at.is_(None), RoleGrant.role.in_(roles))
        .exists(),
    )
    return session.scalars(found.order_by(Person.first_name, Person.last_name, Person.id)).all()


def places_of_machines(session: Session) -> Sequence[Place]:
    """Where an adult may be on shift: the room of the machines, and the house around it."""
    rooms = select(Machine.place_id)
    found = select(Place).where(or_(Place.id.in_(rooms), Place.parent_id.is_(None)))
    return session.scalars(found.order_by(Place.parent_id.is_(None), Place.id)).all()
