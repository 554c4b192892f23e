"""Sessions whose lead will not be there: who is told. Helpers that take the session and open no transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fablab import journal
from fablab.journal import JournalAbout, JournalEntry
from fablab.outbox import tell
from fablab.people.models import Person, RoleGrant
from fablab.permissions import Role
from pathways.models_groups import SessionLead, TrainingSession


@dataclass(frozen=True)
class Loss:
    """A session to come that loses a lead, and whether others still lead it."""

    training_session: TrainingSession
    still_led: bool


def leave_sessions(session: Session, person: Person, by: Person, now: datetime) -> list[Loss]:
    """Take somebody off the sessions to come that they lead, soonest first; whoever must find another is told."""
    led = _led(session, person.id, TrainingSession.starts_at > now)
    found = []
    for one in led:
        for lead in [lead for lead in one.leads if lead.person_id == person.id]:
            one.leads.remove(lead)
            session.delete(lead)
        journal.note(
            session,
            "session.lead_left",
            "training_session",
            one.id,
            by=by,
            now=now,
            about=journal.people([person.id]),
            person=person.id,
        )
        found.append(Loss(one, bool(one.leads)))
    session.flush()
    tell_of_absence(session, person, led, by, now)
    return found


def lead_again(
    session: Session, person: Person, left_at: datetime, by: Person, now: datetime
) -> Sequence[TrainingSession]:
    """Give somebody back the sessions still to come that they left at this moment, soonest first."""
    left = select(JournalEntry.thing_id).where(
        JournalEntry.verb == "session.lead_left", JournalEntry.at == left_at, JournalEntry.thing == "training_session"
    )
    mine = select(JournalAbout.entry_id).where(
        JournalAbout.thing == "person", JournalAbout.thing_id == person.id, JournalAbout.at == left_at
    )
    found = _read(
        session,
        TrainingSession.id.in_(left.where(JournalEntry.id.in_(mine))),
        TrainingSession.status == "planned",
        TrainingSession.starts_at > now,
    )
    back = [one for one in found if person.id not in {lead.person_id for lead in one.leads}]
    for one in back:
        one.leads.append(SessionLead(session_id=one.id, person_id=person.id))
        about = journal.people([person.id])
        journal.note(session, "session.lead_back", "training_session", one.id, by=by, now=now, about=about)
    session.flush()
    return back


def tell_of_absence(
    session: Session, person: Person, lessons: Sequence[TrainingSession], by: Person, now: datetime
) -> None:
    """Tell the leads of these sessions and the coordination that somebody will not be there to lead them.

    One message and letter each, with all their sessions; not to whoever did it.
    """
    if not lessons:
        return
    concerned = {lead.person for lesson in lessons for lead in lesson.leads}
    coordination = coordinators(session)
    for reader in sorted({*concerned, *coordination}, key=lambda one: one.id):
        theirs = [one for one in lessons if reader in coordination or reader in {lead.person for lead in one.leads}]
        if reader.id == by.id or reader.left_at is not None:
            continue
        tell(
            session,
            reader,
            "lead-away",
            key=f"lead-away:{person.id}:{theirs[0].id}:{reader.id}:{int(now.timestamp())}",
            now=now,
            link=f"/seances/{theirs[0].public_id}",
            absent=person,
            lessons=theirs,
        )


def lessons(session: Session, ids: Collection[int]) -> Sequence[TrainingSession]:
    """These sessions with their groups and leads, soonest first."""
    return _read(session, TrainingSession.id.in_(ids))


def _led(session: Session, person_id: int, *conditions: ColumnElement[bool]) -> Sequence[TrainingSession]:
    mine = select(SessionLead.session_id).where(SessionLead.person_id == person_id)
    return _read(session, TrainingSession.id.in_(mine), TrainingSession.status == "planned", *conditions)


def _read(session: Session, *conditions: ColumnElement[bool]) -> Sequence[TrainingSession]:
    found = select(TrainingSession).where(*conditions)
    found = found.options(
        joinedload(TrainingSession.group), selectinload(TrainingSession.leads).joinedload(SessionLead.person)
    )
    return session.scalars(found.order_by(TrainingSession.starts_at, TrainingSession.id)).all()


def coordinators(session: Session) -> set[Person]:
    """Who coordinates the house now."""
    holding = select(RoleGrant.person_id).where(RoleGrant.role == Role.COORDINATOR, RoleGrant.ended_at.is_(None))
    return set(session.scalars(select(Person).where(Person.id.in_(holding), Person.left_at.is_(None))))
