"""Who is in a session as its page, its list to print and its call read them, and what is written about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fablab import clock
from fablab.people.models import Person
from fablab.people.rules import may_take_part
from pathways.models_groups import Apology, Attendance, Enrolment, Group, TrainingSession
from pathways.models_pathways import PathwayVersion
from pathways.models_sessions import SessionNote


@dataclass(frozen=True)
class RosterLine:
    """Somebody expected at a session: what was noted, whether they said that they cannot come, papers missing."""

    person: Person
    noted: Attendance | None = None
    sorry: bool = False
    #: kinds of authorisation that a minor lacks on the day of the session, unless a school keeps them
    missing: tuple[str, ...] = field(default=())


def roll_of(session: Session, lesson: TrainingSession) -> list[RosterLine]:
    """Everybody expected at a session, by first name, with what was noted and by whom. One statement."""
    found = session.execute(_expected(lesson).options(joinedload(Attendance.taken_by)))
    return [RosterLine(person, noted, apology is not None) for person, noted, apology in found]


def roster(session: Session, lesson: TrainingSession) -> list[RosterLine]:
    """The same with the authorisations that are missing. Two statements."""
    day = clock.local_day(lesson.starts_at)
    found = session.execute(_expected(lesson).options(selectinload(Person.authorisations)))
    kinds: tuple[str, ...] = ("participation", "machines") if takes_machines(lesson) else ("participation",)
    if lesson.group.authorisations_held_by:
        kinds = ()  # the school that sends the group keeps what parents signed
    return [
        RosterLine(
            person,
            noted,
            apology is not None,
            tuple(one for one in kinds if not may_take_part(person.birth_date, person.authorisations, one, day)),
        )
        for person, noted, apology in found
    ]


def _expected(lesson: TrainingSession) -> Select[Person, Attendance, int]:
    day = clock.local_day(lesson.starts_at)
    followed = select(Enrolment.person_id).where(
        Enrolment.group_id == lesson.group_id,
        Enrolment.status != "referred",
        Enrolment.enrolled_on <= day,
        or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= day),
    )
    return (
        select(Person, Attendance, Apology.id)
        .outerjoin(Attendance, (Attendance.person_id == Person.id) & (Attendance.session_id == lesson.id))
        .outerjoin(
            Apology,
            (Apology.person_id == Person.id) & (Apology.session_id == lesson.id) & Apology.withdrawn_at.is_(None),
        )
        .where(Person.id.in_(followed))
        .order_by(Person.first_name, Person.last_name, Person.id)
    )


def takes_machines(lesson: TrainingSession) -> bool:
    """Whether a session claims machines, so that minors need the authorisation for them."""
    return any(
        claim.resource.kind == "machine" for part in lesson.parts if part.booking for claim in part.booking.claims
    )


def notes_of(session: Session, session_id: int) -> Sequence[SessionNote]:
    """What is written about a session, oldest first, with who wrote it."""
    found = select(SessionNote).where(SessionNote.session_id == session_id).options(joinedload(SessionNote.author))
    return session.scalars(found.order_by(SessionNote.at, SessionNote.id)).all()


def note_by_id(session: Session, session_id: int, note_id: int) -> SessionNote | None:
    """One line written about this session, or None."""
    return session.scalar(select(SessionNote).where(SessionNote.id == note_id, SessionNote.session_id == session_id))


def lesson_of_group(session: Session, public_id: str) -> TrainingSession | None:
    """A session with its group and pathway, and no more: what its grid and its call print. One statement."""
    wanted = joinedload(TrainingSession.group).joinedload(Group.version).joinedload(PathwayVersion.pathway)
    return session.scalar(select(TrainingSession).where(TrainingSession.public_id == public_id).options(wanted))
