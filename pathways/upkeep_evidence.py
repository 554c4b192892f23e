"""What actions on evidence share: writing a piece in the caller's transaction, and what it shows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from fablab import journal
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways.models_evidence import Evidence, EvidenceShows, ProjectSheet, ValidationEvidence
from pathways.models_pathways import Competency
from pathways.models_validations import Validation
from pathways.rules_evidence import adding_refusals, form_refusals
from pathways.values_evidence import AddingFacts


@dataclass(frozen=True)
class Piece:
    """A piece to add: its kind and words, the address of a link, the files made ready and their name."""

    kind: str
    text: str = ""
    url: str = ""
    contents: Mapping[str, bytes] = field(default_factory=dict)
    file_name: str | None = None

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(len(content) for content in self.contents.values())


def added_before(session: Session, key: str, owner_id: int) -> Evidence | None:
    """The piece that this form added already. Raises Refused when the key is of somebody else's form."""
    found = session.scalar(select(Evidence).where(Evidence.request_key == key))
    if found is not None and (refusals := form_refusals(found.owner_id, owner_id)):
        raise Refused(refusals)
    return found


def add_piece(
    session: Session, owner: Person, by: Person, piece: Piece, now: datetime, *, key: str | None, file_key: str | None
) -> Evidence:
    """Write a piece of somebody's, once the rules allow it. Raises Refused."""
    kept = select(func.count(), func.coalesce(func.sum(Evidence.file_size), 0))
    count, size = session.execute(kept.where(Evidence.owner_id == owner.id, Evidence.removed_at.is_(None))).one()
    facts = AddingFacts(owner.id == by.id, by.may("validation.write"), count, int(size))
    if refusals := adding_refusals(piece.kind, piece.text, piece.url, piece.size, facts):
        raise Refused(refusals)
    made = Evidence(
        owner_id=owner.id,
        kind=piece.kind,
        text=piece.text.strip(),
        url=piece.url or None,
        file_key=file_key,
        file_name=piece.file_name,
        file_size=piece.size,
        added_by_id=by.id,
        added_at=now,
        request_key=key,
    )
    session.add(made)
    return made


def set_shows(session: Session, evidence_id: int, competency_ids: Collection[int]) -> None:
    """What a piece shows from now on; a competency that the house does not know is left out."""
    known = session.execute(select(Competency.id, Competency.title).where(Competency.id.in_(set(competency_ids)))).all()
    session.execute(delete(EvidenceShows).where(EvidenceShows.evidence_id == evidence_id))
    if known:
        session.execute(
            insert(EvidenceShows),
            [{"evidence_id": evidence_id, "competency_id": id_, "title": title} for id_, title in known],
        )


def rest_on(session: Session, batch_id: int, pieces: Mapping[tuple[int, int], Iterable[int]]) -> None:
    """Say on which pieces the validations just written rest: those that show the competency, as they are today."""
    if not pieces:
        return
    written = session.execute(
        select(Validation.id, Validation.person_id, Validation.competency_id).where(Validation.batch_id == batch_id)
    )
    lines = [
        {"validation_id": line_id, "evidence_id": evidence_id}
        for line_id, person_id, competency_id in written
        for evidence_id in pieces.get((person_id, competency_id), ())
    ]
    if lines:
        session.execute(insert(ValidationEvidence), lines)


def carry_over(session: Session, from_id: int, to_id: int) -> None:
    """A correction rests on what the line it corrects rested on."""
    held = session.scalars(
        select(ValidationEvidence.evidence_id).where(ValidationEvidence.validation_id == from_id)
    ).all()
    if held:
        session.execute(insert(ValidationEvidence), [{"validation_id": to_id, "evidence_id": one} for one in held])


def blank(pieces: Iterable[Evidence], by: Person | None, now: datetime) -> list[str]:
    """Take the words and files of these pieces away; the keys of the files to delete once that is saved."""
    keys, by_id = [], by.id if by else None
    for piece in pieces:
        if piece.file_key:
            keys.append(piece.file_key)
        piece.file_key = piece.file_name = piece.url = None
        piece.text, piece.file_size = piece.text if piece.stage_id else "", 0
        piece.removed_at, piece.removed_by_id = now, by_id
    return keys


@dataclass(frozen=True)
class Erased:
    """How many pieces and sheets of somebody were emptied; the keys of their files, to delete once that is saved."""

    pieces: int
    sheets: int
    keys: Sequence[str]


def erase(session: Session, person_id: int, by: Person | None, now: datetime) -> Erased:
    """Take away every piece and sheet of somebody just locked, whatever rests on it: they are being erased."""
    pieces = session.scalars(select(Evidence).where(Evidence.owner_id == person_id, Evidence.removed_at.is_(None)))
    held = pieces.all()
    keys = blank(held, by, now)
    mine = select(Evidence.id).where(Evidence.owner_id == person_id)
    session.execute(delete(EvidenceShows).where(EvidenceShows.evidence_id.in_(mine)))
    session.execute(update(Evidence).where(Evidence.owner_id == person_id, Evidence.stage_id.is_(None)).values(text=""))
    emptied = session.execute(
        update(ProjectSheet)
        .where(ProjectSheet.owner_id == person_id)
        .values(title="", steps="", materials="", minutes=None, shown_at=None, hidden_why=None)
    )
    journal.note(session, "evidence.erase", "person", person_id, by=by, now=now, pieces=len(held))
    return Erased(len(held), int(emptied.rowcount), keys)  # type: ignore[attr-defined]  # an UPDATE says how many
