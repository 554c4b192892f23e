"""Pieces of evidence: somebody's, those that show a competency, those behind a validation, and their files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fablab import house
from fablab.ready import rows
from pathways.models_evidence import Evidence, EvidenceShows, ProjectSheet, ValidationEvidence
from pathways.models_groups import Enrolment
from pathways.models_pathways import Competency, Stage, StageTarget
from pathways.models_validations import Validation
from pathways.queries_kept import teaching
from pathways.values_evidence import CHECKLIST, PIECES, PREFIX, ProofFacts, ProofLevels
from pathways.values_validating import BatchFacts, Cell

#: pathways whose competencies somebody may say that a piece shows
LIVED = ("enrolled", "under_way", "finished")


def pieces_of(session: Session, owner_id: int, limit: int = 300) -> Sequence[Evidence]:
    """Somebody's pieces, the latest first, with what they show; the photos of a sheet are with their sheet."""
    own = (Evidence.kind == "sheet") | Evidence.sheet_id.is_(None)
    found = select(Evidence).where(Evidence.owner_id == owner_id, Evidence.removed_at.is_(None), own)
    wanted = (
        selectinload(Evidence.shows).joinedload(EvidenceShows.competency),
        joinedload(Evidence.sheet),
        joinedload(Evidence.added_by),
    )
    return session.scalars(found.options(*wanted).order_by(Evidence.id.desc()).limit(limit)).all()


def piece(session: Session, public_id: str, owner_id: int) -> Evidence | None:
    """One piece of somebody's that was not taken away."""
    found = select(Evidence).where(
        Evidence.public_id == public_id, Evidence.owner_id == owner_id, Evidence.removed_at.is_(None)
    )
    wanted = (
        selectinload(Evidence.shows).joinedload(EvidenceShows.competency),
        joinedload(Evidence.sheet),
        joinedload(Evidence.added_by),
    )
    return session.scalar(found.options(*wanted))


def resting_on(session: Session, evidence_id: int) -> Sequence[Validation]:
    """The validations that rest on a piece, the latest first."""
    found = select(Validation).join(ValidationEvidence, ValidationEvidence.validation_id == Validation.id)
    found = found.where(ValidationEvidence.evidence_id == evidence_id)
    found = found.options(joinedload(Validation.competency), joinedload(Validation.author))
    return session.scalars(found.order_by(Validation.id.desc()).limit(100)).all()


@dataclass(frozen=True)
class SeenPiece:
    """A piece behind a validation, as a line names it; no ``public_id`` once it was taken away."""

    text: str
    public_id: str | None
    sheet_id: str | None = None


def seen_behind(session: Session, validation_ids: Collection[int]) -> dict[int, tuple[SeenPiece, ...]]:
    """The pieces on which each of these validations rests, as plain values. One statement, of columns."""
    found = rows(session, _BEHIND, {"validations": list(validation_ids)}, tuple)
    by_line: dict[int, tuple[SeenPiece, ...]] = {}
    for line_id, public_id, text, removed_at, sheet_id, title in found:
        seen = SeenPiece("", None) if removed_at else SeenPiece(title or text, public_id, sheet_id)
        by_line[line_id] = (*by_line.get(line_id, ()), seen)
    return by_line


_BEHIND = (
    select(
        ValidationEvidence.validation_id,
        Evidence.public_id,
        Evidence.text,
        Evidence.removed_at,
        ProjectSheet.public_id,
        ProjectSheet.title,
    )
    .join(Evidence, Evidence.id == ValidationEvidence.evidence_id)
    .outerjoin(ProjectSheet, (ProjectSheet.id == Evidence.sheet_id) & (Evidence.kind == "sheet"))
    .where(ValidationEvidence.validation_id.in_(bindparam("validations", expanding=True)))
    .order_by(Evidence.id)
)


def showing(
    session: Session, person_ids: Collection[int], competency_ids: Collection[int]
) -> dict[tuple[int, int], tuple[int, ...]]:
    """The pieces that show each of these competencies, by person and competency: ids, oldest first. One statement."""
    return _showing(session, person_ids, competency_ids)[0]


def _showing(
    session: Session, person_ids: Collection[int], competency_ids: Collection[int]
) -> tuple[dict[tuple[int, int], tuple[int, ...]], dict[tuple[int, int], tuple[int, ...]]]:
    """The pieces that show each of these, and what was ticked, by person and competency."""
    found = session.execute(
        select(Evidence.owner_id, EvidenceShows.competency_id, Evidence.id, Evidence.kind)
        .join(EvidenceShows, EvidenceShows.evidence_id == Evidence.id)
        .where(
            Evidence.owner_id.in_(list(person_ids)),
            EvidenceShows.competency_id.in_(list(competency_ids)),
            Evidence.removed_at.is_(None),
            Evidence.kind.in_((*PIECES, CHECKLIST)),
        )
        .order_by(Evidence.id)
    )
    pieces: dict[tuple[int, int], tuple[int, ...]] = {}
    ticked: dict[tuple[int, int], tuple[int, ...]] = {}
    for owner_id, competency_id, evidence_id, kind in found:
        by_cell = ticked if kind == CHECKLIST else pieces
        by_cell[owner_id, competency_id] = (*by_cell.get((owner_id, competency_id), ()), evidence_id)
    return pieces, ticked


def levels_asked(session: Session) -> ProofLevels:
    """From which levels the house asks more than words."""
    return ProofLevels.of(house.read_prefix(session, PREFIX))


def proof_facts(session: Session, cells: Sequence[Cell], facts: BatchFacts) -> ProofFacts:
    """What the rule of minimum evidence must know of these cells. One statement beside what is kept."""
    known = teaching(session)
    competencies = {cell.competency_id for cell in cells}
    pieces, ticked = _showing(session, {cell.person_id for cell in cells}, competencies)
    return ProofFacts(
        expected={one: known.competencies[one].evidence_code for one in competencies if one in known.competencies},
        with_file=frozenset(kind.code for kind in known.kinds if kind.file == "possible"),
        pieces=pieces,
        ticked=ticked,
        names=facts.names,
        titles=facts.titles,
        levels=levels_asked(session),
    )


def offered(session: Session, person_id: int) -> list[Competency]:
    """The competencies that somebody may say that a piece shows: those of the pathways they live or lived."""
    versions = (
        select(Enrolment.version_id).where(Enrolment.person_id == person_id, Enrolment.status.in_(LIVED)).distinct()
    )
    aimed = select(StageTarget.competency_id).join(Stage).where(Stage.version_id.in_(versions))
    chosen = session.scalars(select(Stage.choice).where(Stage.version_id.in_(versions)))
    codes = {code for choice in chosen if choice for code in choice["among"]}
    found = select(Competency).where(Competency.id.in_(aimed) | Competency.code.in_(codes))
    return list(session.scalars(found.order_by(Competency.position, Competency.id)))


def competencies(session: Session, ids: Collection[int]) -> Sequence[Competency]:
    """These competencies, in the order of the catalogue; no statement when there are none."""
    if not ids:
        return []
    found = select(Competency).where(Competency.id.in_(ids))
    return session.scalars(found.order_by(Competency.position, Competency.id)).all()


def keys_of(session: Session, person_id: int) -> list[tuple[Evidence, str]]:
    """Every piece of somebody's that has files, with its key: all there is of them in the folder, in one place."""
    found = select(Evidence).where(Evidence.owner_id == person_id, Evidence.file_key.is_not(None))
    return [(one, one.file_key) for one in session.scalars(found.order_by(Evidence.id)) if one.file_key]


def all_keys(session: Session) -> set[str]:
    """The keys of every file that a row names."""
    return set(session.scalars(select(Evidence.file_key).where(Evidence.file_key.is_not(None))).all())  # type: ignore[arg-type]  # none is empty
