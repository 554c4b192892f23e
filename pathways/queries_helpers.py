"""Who helps in sessions, who may, and what a helper sees."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fablab import clock
from fablab.db import UtcDateTime
from fablab.people.models import Person
from fablab.ready import rows
from pathways.models_groups import OPEN_ENROLMENT, Enrolment, Group, TrainingSession
from pathways.models_own_pace import SessionHelper
from pathways.models_pathways import PathwayVersion
from pathways.queries_groups import members_on
from pathways.rules_own_pace import last_day


def follows_own_pace(session: Session, person_id: int, day: date) -> bool:
    """Whether somebody follows a pathway at their own pace on a day, within its months."""
    found = session.execute(
        select(Enrolment.enrolled_on, PathwayVersion.max_months)
        .join(Enrolment.version)
        .where(
            Enrolment.person_id == person_id,
            Enrolment.group_id.is_(None),
            Enrolment.status.in_(OPEN_ENROLMENT),
            PathwayVersion.own_pace.is_(True),
        )
    )
    return any((last := last_day(since, months)) is None or day <= last for since, months in found)


def may_help(session: Session) -> Sequence[Person]:
    """The young people who follow a pathway at their own pace, by first name: among them a helper is chosen."""
    running = (
        select(Enrolment.person_id)
        .join(Enrolment.version)
        .where(
            Enrolment.group_id.is_(None),
            Enrolment.status.in_(OPEN_ENROLMENT),
            Enrolment.ended_on.is_(None),
            PathwayVersion.own_pace.is_(True),
        )
    )
    found = select(Person).where(Person.id.in_(running), Person.left_at.is_(None))
    return session.scalars(found.order_by(Person.first_name, Person.last_name, Person.id)).all()


def helpers_of(session: Session, session_id: int) -> Sequence[SessionHelper]:
    """Who helps in a session, by first name."""
    found = select(SessionHelper).join(SessionHelper.person)
    found = found.where(SessionHelper.session_id == session_id, SessionHelper.ended_at.is_(None))
    return session.scalars(found.options(joinedload(SessionHelper.person)).order_by(Person.first_name, Person.id)).all()


def helper_by_id(session: Session, session_id: int, helper_id: int) -> SessionHelper | None:
    """Somebody who helps, or helped, in this session, or None."""
    found = select(SessionHelper).where(SessionHelper.id == helper_id, SessionHelper.session_id == session_id)
    return session.scalar(found.options(joinedload(SessionHelper.person)))


class Helped(NamedTuple):
    """A session as whoever helps in it reads it on their path."""

    public_id: str
    title: str
    starts_at: datetime
    ends_at: datetime


def i_help(session: Session, person_id: int, now: datetime) -> list[Helped]:
    """The sessions to come in which somebody helps, soonest first, ten at most."""
    return rows(session, _I_HELP, {"person": person_id, "now": now}, Helped._make)


_I_HELP = (
    select(TrainingSession.public_id, TrainingSession.title, TrainingSession.starts_at, TrainingSession.ends_at)
    .join(SessionHelper, SessionHelper.session_id == TrainingSession.id)
    .where(
        SessionHelper.person_id == bindparam("person", type_=Integer()),
        SessionHelper.ended_at.is_(None),
        TrainingSession.status == "planned",
        TrainingSession.ends_at > bindparam("now", type_=UtcDateTime()),
    )
    .order_by(TrainingSession.starts_at, TrainingSession.id)
    .limit(10)
)


def my_helped_session(session: Session, public_id: str, person_id: int) -> TrainingSession | None:
    """A session in which somebody is named to help, with its leads, or None: it is not theirs to know."""
    helped = select(SessionHelper.session_id).where(
        SessionHelper.person_id == person_id, SessionHelper.ended_at.is_(None)
    )
    found = select(TrainingSession).where(TrainingSession.public_id == public_id, TrainingSession.id.in_(helped))
    return session.scalar(
        found.options(
            joinedload(TrainingSession.group).joinedload(Group.version).joinedload(PathwayVersion.pathway),
            joinedload(TrainingSession.stage),
            selectinload(TrainingSession.leads),
            selectinload(TrainingSession.parts),
        )
    )


def first_names_in(session: Session, lesson: TrainingSession) -> list[str]:
    """The first names of the young people of a session, in order, and nothing else of them."""
    people = members_on(session, lesson.group_id, clock.local_day(lesson.starts_at))
    return sorted(person.first_name for person in people)
