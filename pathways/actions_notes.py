"""What is written about a session: notes, near-misses, accidents. The coordination is told of the last two."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock, journal
from fablab.db import transaction
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.rules_forms import form_used
from pathways.models_groups import TrainingSession
from pathways.models_sessions import SessionNote
from pathways.queries_sessions import expected_at
from pathways.rules_notes import erase_refusals, note_refusals
from pathways.upkeep_leads import coordinators
from pathways.values_sessions import NoteFacts


def write_note(
    training_session: TrainingSession,
    kind: str,
    text: str,
    told: Sequence[str],
    by: Person,
    now: datetime,
    *,
    key: str | None = None,
) -> SessionNote:
    """Write a line about a session; a form sent twice (``key``) writes once. Raises Refused."""
    with transaction() as session:
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        if key and (made := session.scalar(select(SessionNote).where(SessionNote.request_key == key))):
            return _same_form(made, training_session, by)
        told = list(dict.fromkeys(told)) if kind != "note" else []
        facts = NoteFacts(by.may("session.lead"), training_session.starts_at <= now, _names(session, training_session))
        if refusals := note_refusals(text, kind, told, facts):
            raise Refused(refusals)
        note = SessionNote(
            session_id=training_session.id,
            kind=kind,
            text=text.strip(),
            told=told,
            at=now,
            author_id=by.id,
            request_key=key,
        )
        session.add(note)
        session.flush()
        group = [("training_group", training_session.group_id)]
        journal.note(
            session, "session.note", "training_session", training_session.id, by=by, now=now, about=group, kind=kind
        )
        if kind != "note":
            _tell_coordination(session, training_session, note, by, now)
    return note


def erase_note(note: SessionNote, by: Person, now: datetime) -> None:
    """Take a line away: what it said is kept nowhere. Raises Refused."""
    with transaction() as session:
        found = session.get(SessionNote, note.id, populate_existing=True)
        if found is None:
            return
        written_on, today = clock.local_day(found.at), clock.local_day(now)
        may_lead = by.may("session.lead")
        if refusals := erase_refusals(found.kind, found.author_id, written_on, by.id, today, may_lead=may_lead):
            raise Refused(refusals)
        session_id, kind = found.session_id, found.kind
        session.delete(found)
        journal.note(session, "session.note_erase", "training_session", session_id, by=by, now=now, kind=kind)


def _same_form(made: SessionNote, training_session: TrainingSession, by: Person) -> SessionNote:
    if (made.session_id, made.author_id) != (training_session.id, by.id):
        raise Refused([form_used()])
    return made


def _names(session: Session, training_session: TrainingSession) -> frozenset[str]:
    """First and last names of whoever is expected; the team's own may be written."""
    ids = expected_at(session, [training_session])[training_session.id]
    rows = session.execute(select(Person.first_name, Person.last_name).where(Person.id.in_(ids)))
    return frozenset(name for row in rows for name in row if name)


def _tell_coordination(
    session: Session, training_session: TrainingSession, note: SessionNote, by: Person, now: datetime
) -> None:
    for person in sorted(coordinators(session), key=lambda one: one.id):
        if person.id == by.id:
            continue
        tell(
            session,
            person,
            "session-incident",
            key=f"session-incident:{note.id}:{person.id}",
            now=now,
            link=f"/seances/{training_session.public_id}",
            accident=note.kind == "accident",
            group=training_session.group,
            title=training_session.title,
            when=training_session.starts_at,
        )
