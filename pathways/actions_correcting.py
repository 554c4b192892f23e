"""Validations taken back: a whole batch undone the same day, or one line corrected with a reason. Only ever added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fablab import clock, journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_evidence, upkeep_mastery
from pathways.models_badges import Award, Badge
from pathways.models_validations import Validation, ValidationBatch
from pathways.queries_kept import asked_by
from pathways.queries_rights import rights_of
from pathways.queries_validations import level_labels
from pathways.rules_restoring import take_back_refusals
from pathways.rules_validating import correction_refusals, may_validate, undo_refusals
from pathways.values_validating import CorrectionFacts, UndoFacts


@dataclass(frozen=True)
class Corrected:
    """What a correction or an undoing did; ``leaning`` are safety badges still held that rested on what it took away.

    They stand until somebody takes them back: a named person handed them over.
    """

    batch: ValidationBatch
    leaning: tuple[Award, ...] = ()


def undo_batch(batch: ValidationBatch, by: Person, now: datetime) -> Corrected:
    """Take back everything a batch wrote, by corrections to level 0; the same day, by who saved it.

    A batch already undone is left as it is. Lines corrected meanwhile keep their correction. Raises Refused.
    """
    with transaction() as session:
        lines = session.scalars(select(Validation).where(Validation.batch_id == batch.id).order_by(Validation.id)).all()
        people = upkeep.lock_people(session, [by.id, *(line.person_id for line in lines)])
        undone = session.scalar(select(ValidationBatch).where(ValidationBatch.key == f"undo:{batch.id}"))
        facts = UndoFacts(
            batch.author_id, clock.local_day(batch.at), any(line.corrects_id is not None for line in lines)
        )
        if refusals := undo_refusals(facts, by.id, clock.local_day(now)):
            raise Refused(refusals)
        if undone is not None:
            return Corrected(undone)
        undo = _correct_all(session, batch, lines, _("Enregistré par erreur\u00a0: défait le jour même."), by, now)
        _follow(session, lines, {person_id: one for person_id, one in people.items() if person_id != by.id}, now)
        touched = journal.people(sorted({line.person_id for line in lines}))
        journal.note(session, "validation.undo", "validation_batch", batch.id, by=by, now=now, about=touched)
        leaning = _leaning(session, lines)
    return Corrected(undo, leaning)


def take_back_batch(batch: ValidationBatch, reason: str, by: Person, now: datetime) -> Corrected:
    """Take back everything a batch wrote, whoever saved it and whenever: by the coordination, with a reason.

    A batch already undone is left as it is. Lines corrected meanwhile keep their correction. Raises Refused.
    """
    with transaction() as session:
        lines = session.scalars(select(Validation).where(Validation.batch_id == batch.id).order_by(Validation.id)).all()
        people = upkeep.lock_people(session, [by.id, *(line.person_id for line in lines)])
        undone = session.scalar(select(ValidationBatch).where(ValidationBatch.key == f"undo:{batch.id}"))
        is_correction = any(line.corrects_id is not None for line in lines)
        may = by.may("validation.take_back")
        if refusals := take_back_refusals(may=may, is_correction=is_correction, reason=reason):
            raise Refused(refusals)
        if undone is not None:
            return Corrected(undone)
        undo = _correct_all(session, batch, lines, reason.strip(), by, now)
        concerned = {line.person_id for line in lines}
        _follow(session, lines, {id_: one for id_, one in people.items() if id_ in concerned}, now)
        touched = journal.people(sorted(concerned))
        journal.note(session, "validation.take_back", "validation_batch", batch.id, by=by, now=now, about=touched)
        leaning = _leaning(session, lines)
    return Corrected(undo, leaning)


def _correct_all(
    session: Session, batch: ValidationBatch, lines: Sequence[Validation], reason: str, by: Person, now: datetime
) -> ValidationBatch:
    """The batch of corrections that brings every line not corrected yet to level 0."""
    undo = ValidationBatch(key=f"undo:{batch.id}", author_id=by.id, session_id=batch.session_id, at=now)
    session.add(undo)
    session.get_one(ValidationBatch, batch.id).undone_at = now
    session.flush()
    corrected = _corrected(session, [line.id for line in lines])
    nothing = level_labels(session)[0]
    session.add_all(_correction(undo, line, 0, nothing, reason) for line in lines if line.id not in corrected)
    return undo


def correct(validation: Validation, level: int, reason: str, by: Person, now: datetime) -> Corrected:
    """Correct one validation with a reason: a new line says what level it really was (0: it does not count).

    Whoever could validate this competency may correct it. Raises Refused.
    """
    with transaction() as session:
        people = upkeep.lock_people(session, [by.id, validation.person_id])
        needed_by = asked_by(session, [validation.competency_id])
        facts = CorrectionFacts(
            author_id=by.id,
            person_id=validation.person_id,
            may_validate=by.may("validation.write"),
            rights_ok=may_validate(validation.competency_id, needed_by, rights_of(session, by.id, now)),
            level_now=validation.level,
            already_corrected=bool(_corrected(session, [validation.id])),
        )
        if refusals := correction_refusals(facts, level, reason):
            raise Refused(refusals)
        batch = ValidationBatch(
            key=f"correct:{validation.id}", author_id=by.id, session_id=validation.session_id, at=now
        )
        session.add(batch)
        session.flush()
        line = _correction(batch, validation, level, level_labels(session)[level], reason.strip())
        session.add(line)
        session.flush()
        upkeep_evidence.carry_over(session, validation.id, line.id)
        _follow(session, [validation], {validation.person_id: people[validation.person_id]}, now)
        touched = journal.people([validation.person_id])
        journal.note(
            session, "validation.correct", "validation", validation.id, by=by, now=now, about=touched, level=level
        )
        leaning = _leaning(session, [validation])
    return Corrected(batch, leaning)


def _corrected(session: Session, ids: Sequence[int]) -> set[int | None]:
    return set(session.scalars(select(Validation.corrects_id).where(Validation.corrects_id.in_(ids))))


def _correction(batch: ValidationBatch, line: Validation, level: int, label: str, reason: str) -> Validation:
    return Validation(
        batch_id=batch.id,
        person_id=line.person_id,
        competency_id=line.competency_id,
        level=level,
        level_label=label,
        author_id=batch.author_id,
        at=batch.at,
        session_id=line.session_id,
        evidence_code=line.evidence_code,
        criteria=list(line.criteria),
        title=line.title,
        i_can=line.i_can,
        corrects_id=line.id,
        reason=reason,
        needs_second=line.needs_second,
    )


def _follow(session: Session, lines: Sequence[Validation], people: Mapping[int, Person], now: datetime) -> None:
    upkeep_mastery.project_mastery(session, {(line.person_id, line.competency_id) for line in lines})
    upkeep.settle(session, people, now)


def _leaning(session: Session, lines: Sequence[Validation]) -> tuple[Award, ...]:
    """Safety badges still held whose proof names one of these validations."""
    people, ids = {line.person_id for line in lines}, {line.id for line in lines}
    held = session.scalars(
        select(Award)
        .join(Award.badge)
        .where(Award.person_id.in_(people), Badge.kind == "safety", Award.ended_at.is_(None))
        .order_by(Award.id)
        .options(joinedload(Award.badge), joinedload(Award.person))
    )
    return tuple(award for award in held if any(proof.get("validation") in ids for proof in award.proof))
