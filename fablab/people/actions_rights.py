"""What people do with what is held about them, and how the house answers."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from fablab import clock, journal, outbox
from fablab.db import db, transaction
from fablab.i18n import _
from fablab.people import queries_rights, rules_agreements, upkeep, upkeep_access
from fablab.people.models import Person
from fablab.people.models_rights import DataRequest, FileOpening
from fablab.refusals import Refused, refuse

#: how long it is known who opened a file (CNIL, deliberation 2021-122: logs are kept six months to a year)
OPENINGS_KEPT = timedelta(days=365)


def note_opening(person: Person, reader: Person, now: datetime) -> bool:
    """Remember that somebody opened a young person's file today; False when it was known already: nothing written."""
    today = clock.local_day(now)
    mine = (FileOpening.person_id == person.id, FileOpening.reader_id == reader.id, FileOpening.day == today)
    if db.session().scalar(select(FileOpening.id).where(*mine)) is not None:
        return False
    with transaction() as session:
        insert = upkeep_access.insert_into(session, FileOpening)
        values = {"person_id": person.id, "reader_id": reader.id, "day": today, "first_at": now}
        session.execute(insert.values(**values).on_conflict_do_nothing())
    return True


def forget_openings(today: date) -> int:
    """Delete what is known of files opened more than a year ago; how many."""
    with transaction() as session:
        gone = session.execute(delete(FileOpening).where(FileOpening.day < today - OPENINGS_KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]  # a DELETE says how many


def ask(person: Person, kind: str, text: str, now: datetime) -> DataRequest:
    """Ask that something be mended or erased. Raises Refused: kind, text_missing, already_asked."""
    if kind not in ("correction", "erasure"):
        raise refuse("kind", _("Je choisis ce que je demande."), field="kind")
    if kind == "correction" and not text:
        raise refuse("text_missing", _("J’écris ce qui est faux."), field="text")
    with transaction() as session:
        upkeep.lock(session, person)
        waiting = select(DataRequest.id).where(
            DataRequest.person_id == person.id, DataRequest.kind == kind, DataRequest.answered_at.is_(None)
        )
        if session.scalar(waiting) is not None:
            raise refuse("already_asked", _("J’ai déjà demandé cela. L’équipe va répondre."), field="kind")
        request = DataRequest(person_id=person.id, kind=kind, text=text or None, asked_at=now)
        session.add(request)
        session.flush()
        journal.note(
            session,
            "data.ask",
            "data_request",
            request.id,
            by=person,
            now=now,
            about=journal.people([person.id]),
            kind=kind,
        )
    return request


def answer(request: DataRequest, said: str, by: Person, now: datetime) -> None:
    """Say what was done; the young person is told. Raises Refused: answered."""
    with transaction() as session:
        session.refresh(request, with_for_update={"of": DataRequest})
        if request.answered_at is not None:
            raise refuse("answered", _("Quelqu’un a déjà répondu à cette demande."))
        request.answered_at, request.answered_by_id, request.answer = now, by.id, said
        journal.note(
            session,
            "data.answer",
            "data_request",
            request.id,
            by=by,
            now=now,
            about=journal.people([request.person_id]),
        )
        outbox.tell(
            session,
            session.get_one(Person, request.person_id),
            "data-answered",
            key=f"data-answered:{request.public_id}",
            now=now,
            link="/mes-donnees",
            said=said,
        )


def refuse_photos(person: Person, by: Person, now: datetime) -> None:
    """No more photos from today on; those that exist are listed, to be deleted."""
    with transaction() as session:
        upkeep.lock(session, person)
        upkeep.end_photos(session, person, by, now)


def answer_photos(person: Person, *, allowed: bool, by: Person, now: datetime) -> None:
    """What a young person says when asked about photos; a no after a yes, or after a paper, ends what was agreed."""
    with transaction() as session:
        upkeep.lock(session, person)
        if person.photos_allowed is allowed:
            return
        if not allowed and (person.photos_allowed or upkeep.agreed_to_photos(session, person)):
            upkeep.end_photos(session, person, by, now)
            return
        person.photos_allowed = allowed
        journal.note(session, "photos.answer", "person", person.id, by=by, now=now, allowed=allowed)


def take_photos_answer_back(person: Person, by: Person, now: datetime) -> None:
    """An answer noted by mistake: not asked yet. Raises Refused (stands) when it ended what was agreed."""
    with transaction() as session:
        upkeep.lock(session, person)
        if person.photos_allowed is None:
            return
        ended = person.photos_allowed is False and queries_rights.ended_photos(session, person.id)
        if refusals := rules_agreements.photos_back_refusals(ended=ended):
            raise Refused(refusals)
        person.photos_allowed = None
        journal.note(session, "photos.unanswer", "person", person.id, by=by, now=now)


def note_copy(person: Person, now: datetime) -> None:
    """Remember that somebody took a copy of everything held about them."""
    with transaction() as session:
        journal.note(session, "data.copy", "person", person.id, by=person, now=now)
