"""The proofs that a stage expects, ticked one by one by the team: each tick is a piece of somebody's evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fablab import journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_evidence
from pathways.models_evidence import Evidence
from pathways.queries_kept import KeptStage
from pathways.queries_proofs import standing_ticks
from pathways.queries_stage import aimed, lived_stage
from pathways.rules_evidence import tick_refusals
from pathways.upkeep_evidence import Piece
from pathways.values_evidence import CHECKLIST, TickFacts


@dataclass(frozen=True)
class _Found:
    """The two people as locked, the stage, what it aims at, and the same tick if it is there."""

    owner: Person
    by: Person
    stage: KeptStage
    shows: Sequence[int]
    there: Sequence[Evidence]


def tick(person: Person, code: str, position: int, proof: str, by: Person, now: datetime) -> None:
    """Tick a proof that a stage expects: it shows what the stage aims at. Ticked already: nothing. Raises Refused."""
    with transaction() as session:
        found = _found(session, person, code, position, proof, by)
        if found.there:
            return
        words = Piece(CHECKLIST, proof)
        made = upkeep_evidence.add_piece(session, found.owner, found.by, words, now, key=None, file_key=None)
        made.stage_id = found.stage.id
        session.flush()
        upkeep_evidence.set_shows(session, made.id, found.shows)
        about = journal.people([person.id])
        journal.note(session, "proof.tick", "evidence", made.id, by=by, now=now, about=about)


def untick(person: Person, code: str, position: int, proof: str, by: Person, now: datetime) -> None:
    """Take a tick back: its row stays, with who took it back and when. Not ticked: nothing. Raises Refused."""
    with transaction() as session:
        for piece in _found(session, person, code, position, proof, by).there:
            piece.removed_at, piece.removed_by_id = now, by.id
            about = journal.people([person.id])
            journal.note(session, "proof.untick", "evidence", piece.id, by=by, now=now, about=about)


def _found(session: Session, person: Person, code: str, position: int, proof: str, by: Person) -> _Found:
    people = upkeep.lock_people(session, [person.id, by.id])
    lived = lived_stage(session, person.id, code, position)
    expected = lived.stage.proofs if lived else ()
    facts = TickFacts(people[by.id].may("validation.write"), person.id == by.id, expected)
    refusals = tick_refusals(proof, facts)
    if lived is None or refusals:
        raise Refused(refusals)
    ticks = standing_ticks(session, person.id, lived.enrolment.version.pathway_id, lived.stage.code)
    there = [one for one in ticks if one.text == proof]
    return _Found(people[person.id], people[by.id], lived.stage, aimed(session, lived), there)
