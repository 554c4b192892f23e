"""Pieces of evidence: added, said to show something, taken away, with their files."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from fablab import journal, kept_files
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_evidence
from pathways.models_evidence import Evidence, EvidenceShows, ValidationEvidence
from pathways.rules_evidence import changing_refusals, removing_refusals
from pathways.upkeep_evidence import Piece


def add(owner: Person, by: Person, piece: Piece, shows: Collection[int], *, key: str, now: datetime) -> Evidence:
    """Add a piece to somebody's evidence, saying which competencies it shows; once only by ``key``. Raises Refused."""
    with kept_files.keeping(piece.contents) as files, transaction() as session:
        people = upkeep.lock_people(session, [owner.id, by.id])
        if before := upkeep_evidence.added_before(session, key, owner.id):
            return before
        made = upkeep_evidence.add_piece(
            session, people[owner.id], people[by.id], piece, now, key=key, file_key=files.key
        )
        session.flush()
        files.used = True
        upkeep_evidence.set_shows(session, made.id, shows)
        journal.note(session, "evidence.add", "evidence", made.id, by=by, now=now, kind=piece.kind)
    return made


def say_shows(evidence: Evidence, shows: Collection[int], by: Person, now: datetime) -> None:
    """Say anew which competencies a piece shows; validations saved before keep theirs. Raises Refused."""
    with transaction() as session:
        people = upkeep.lock_people(session, [evidence.owner_id, by.id])
        piece = session.get_one(Evidence, evidence.id)
        team = people[by.id].may("validation.write")
        if refusals := changing_refusals(by_owner=_own(piece, by), by_team=team, removed=piece.removed_at is not None):
            raise Refused(refusals)
        upkeep_evidence.set_shows(session, piece.id, shows)
        journal.note(session, "evidence.shows", "evidence", piece.id, by=by, now=now)


def remove(evidence: Evidence, by: Person, now: datetime) -> None:
    """Take a piece away with its files; its row stays, empty. One already taken away stays so. Raises Refused."""
    with transaction() as session:
        people = upkeep.lock_people(session, [evidence.owner_id, by.id])
        piece = session.get_one(Evidence, evidence.id)
        rests = session.scalar(
            select(ValidationEvidence.evidence_id).where(ValidationEvidence.evidence_id == piece.id).limit(1)
        )
        team = people[by.id].may("validation.write")
        if refusals := removing_refusals(by_owner=_own(piece, by), by_team=team, in_use=rests is not None):
            raise Refused(refusals)
        if piece.removed_at:
            return
        keys = upkeep_evidence.blank([piece], by, now)
        session.execute(delete(EvidenceShows).where(EvidenceShows.evidence_id == piece.id))
        journal.note(session, "evidence.remove", "evidence", piece.id, by=by, now=now)
    # Once nothing points at them any more: a file too many is found at night, one too few is a loss.
    kept_files.remove(keys)


def _own(piece: Evidence, by: Person) -> bool:
    """Whether a piece is theirs to change: what the team ticked about them is the team's."""
    return piece.owner_id == by.id and piece.stage_id is None
