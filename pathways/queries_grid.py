"""What the validation grid of a session is made of, each in a bounded number of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock
from pathways.grid import Column
from pathways.models_validations import Mastery, Validation, ValidationBatch
from pathways.queries_kept import KeptStage, evidence_kinds, scale, stages_of, teaching
from pathways.rules_validating import may_validate

__all__ = [
    "BatchLine",
    "batches_of",
    "columns_of",
    "evidence_kinds",
    "levels_held",
    "lines_by_ids",
    "scale",
    "stages_of",
]


def columns_of(session: Session, stage: KeptStage, rights: Collection[int]) -> list[Column]:
    """The competencies of a stage as columns: those aimed at, then those to choose among.

    ``rights`` are the badges for which the reader holds the dated right: other columns are shown, not open.
    """
    known = {one.id for one, _level in stage.aims}
    wanted = [*stage.aims, *((one, level) for one, level in stage.among if one.id not in known)]
    needed = teaching(session).asked_by
    return [
        Column(one.id, one.title, level, one.criteria, may_validate(one.id, needed, rights), one.evidence_code)
        for one, level in wanted
    ]


def levels_held(
    session: Session, person_ids: Iterable[int], competency_ids: Iterable[int]
) -> dict[tuple[int, int], int]:
    """The level that each of these people holds in each of these competencies; nothing seen, no entry."""
    # Core on purpose: a grid has hundreds of cells, and an entity for each costs more than the query.
    found = session.execute(
        select(Mastery.person_id, Mastery.competency_id, Mastery.level).where(
            Mastery.person_id.in_(list(person_ids)), Mastery.competency_id.in_(list(competency_ids)), Mastery.level > 0
        )
    )
    return {(person_id, competency_id): level for person_id, competency_id, level in found}


@dataclass(frozen=True)
class BatchLine:
    """What somebody saved at once: how many cells, and whether its author may still undo it today."""

    batch: ValidationBatch
    count: int
    undoable: bool


def batches_of(session: Session, session_id: int, reader_id: int, today: date) -> list[BatchLine]:
    """What was saved in a session, newest first, with its authors; corrections are left out."""
    cells = (
        select(func.count())
        .where(Validation.batch_id == ValidationBatch.id, Validation.corrects_id.is_(None))
        .correlate(ValidationBatch)
        .scalar_subquery()
    )
    found = session.execute(
        select(ValidationBatch, cells)
        .where(ValidationBatch.session_id == session_id, cells > 0)
        .options(joinedload(ValidationBatch.author))
        .order_by(ValidationBatch.id.desc())
    )
    return [
        BatchLine(
            batch,
            count,
            batch.author_id == reader_id and batch.undone_at is None and clock.local_day(batch.at) == today,
        )
        for batch, count in found
    ]


def lines_by_ids(session: Session, ids: Collection[int]) -> Sequence[Validation]:
    """These validations with their authors, by person and competency."""
    found = select(Validation).where(Validation.id.in_(ids)).options(joinedload(Validation.author))
    return session.scalars(found.order_by(Validation.person_id, Validation.competency_id, Validation.id)).all()
