"""The verbs of a machine's photo and documents. One transaction each; Raises Refused."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import queries as engine
from fablab import kept_files
from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.rules_forms import form_used
from machines import queries_docs, rules_docs
from machines.models import Machine
from machines.models_docs import MachineDoc
from pathways.upkeep_evidence import Piece


def add(machine: Machine, piece: Piece, key: str, by: Person, now: datetime) -> MachineDoc:
    """Put a photo, a file or a link on a machine's page. Once by the form's key.

    Raises Refused: docs_many, doc_not_pdf, link_wrong, form_used, disk_full.
    """
    with kept_files.keeping(piece.contents) as files, transaction() as session:
        engine.lock_house(session)
        if before := _added_before(session, machine, piece, key, by):
            return before
        there = len(queries_docs.docs_of(session, machine.id).papers)
        _stop_for(rules_docs.add_refusals(piece.kind, piece.url, piece.file_name or "", there=there))
        doc = MachineDoc(
            machine_id=machine.id,
            kind=piece.kind,
            title=piece.text.strip(),
            url=piece.url or None,
            file_key=files.key,
            file_name=piece.file_name,
            file_size=piece.size,
            added_at=now,
            added_by_id=by.id,
            request_key=key,
        )
        session.add(doc)
        session.flush()
        note(session, "machine_doc.add", "machine_doc", doc.id, by=by, now=now, about=doc.touches)
        files.used = True
    return doc


def remove(doc: MachineDoc, by: Person, now: datetime) -> None:
    """Take it off the page; it is kept. Raises Refused: doc_gone."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(doc)
        _stop_for(rules_docs.remove_refusals(gone=doc.removed_at is not None))
        doc.removed_at, doc.removed_by_id = now, by.id
        note(session, "machine_doc.remove", "machine_doc", doc.id, by=by, now=now, about=doc.touches)


def put_back(doc: MachineDoc, by: Person, now: datetime) -> None:
    """Put it on the page again. Raises Refused: doc_there, docs_many."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(doc)
        there = len(queries_docs.docs_of(session, doc.machine_id).papers)
        found = rules_docs.put_back_refusals(gone=doc.removed_at is not None)
        _stop_for([*found, *rules_docs.add_refusals(doc.kind, doc.url or "", doc.file_name or "", there=there)])
        doc.removed_at, doc.removed_by_id = None, None
        note(session, "machine_doc.put_back", "machine_doc", doc.id, by=by, now=now, about=doc.touches)


def _added_before(session: Session, machine: Machine, piece: Piece, key: str, by: Person) -> MachineDoc | None:
    """What this form added already. Raises Refused when it is somebody else's, or adds something else (back)."""
    found = queries_docs.by_key(session, key)
    asked = (machine.id, piece.kind, piece.text.strip(), piece.url or None, piece.file_name, by.id)
    if found is not None:
        made = (found.machine_id, found.kind, found.title, found.url, found.file_name, found.added_by_id)
        if made != asked:
            raise Refused([form_used()])
    return found


def _stop_for(found: Sequence[Refusal]) -> None:
    if found:
        raise Refused(list(found))
