"""Validations: saved for a whole group at once, undone the same day, corrected one by one. Only ever added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock, journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused, refuse
from pathways import upkeep
from pathways.models_badges import Award, Badge
from pathways.models_groups import PRESENT, Attendance, Enrolment, TrainingSession
from pathways.models_pathways import Competency, EvidenceKind, Level
from pathways.models_validations import Validation, ValidationBatch
from pathways.queries_rights import asked_by, rights_of
from pathways.rules_validating import batch_refusals, correction_refusals, may_validate, split_reached, undo_refusals
from pathways.values import BatchFacts, Cell, CorrectionFacts, UndoFacts


@dataclass(frozen=True)
class Saved:
    """What saving a grid did. ``again``: this key was already saved, nothing was written now."""

    batch: ValidationBatch
    written: int
    reached: tuple[Cell, ...] = ()
    awards: tuple[Award, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class Corrected:
    """What a correction or an undoing did; ``leaning`` are safety badges still held that rested on what it took away.

    They stand until somebody takes them back: a named person handed them over.
    """

    batch: ValidationBatch
    leaning: tuple[Award, ...] = ()


def validate_batch(
    session_id: int | None,
    author: Person,
    cells: Sequence[Cell],
    *,
    key: str,
    now: datetime,
    seen_at: datetime | None = None,
) -> Saved:
    """Save the filled cells of a grid in the author's name: all or nothing, once only by ``key``.

    Cells at or below a level already reached are not written but given back in ``reached``. ``seen_at`` is when
    the author opened the grid: what a colleague saved since does not count as reached, so that both are kept.
    Raises Refused with every reason; code "already_reached" when nothing is left to write, "key_taken" when the
    key is another author's.
    """
    with transaction() as session:
        people = upkeep.lock_people(session, [author.id, *(cell.person_id for cell in cells)])
        if saved := _saved_before(session, key, author):
            return saved
        training_session = _session(session, session_id)
        _check(session, training_session, author, cells, people, now)
        to_write, reached = split_reached(cells, _levels_at(session, cells, seen_at or now))
        if not to_write:
            raise refuse("already_reached", _("Tout cela est déjà validé à ce niveau."))
        batch = ValidationBatch(key=key, author_id=author.id, session_id=session_id, at=now)
        session.add(batch)
        session.flush()
        _write(session, batch, to_write)
        upkeep.project_mastery(session, {(cell.person_id, cell.competency_id) for cell in to_write})
        validated = {cell.person_id for cell in to_write}
        awards = upkeep.settle(session, {person_id: people[person_id] for person_id in validated}, now)
        journal.note(session, "validation.save", "validation_batch", batch.id, by=author, now=now, lines=len(to_write))
    return Saved(batch, len(to_write), tuple(reached), tuple(awards))


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
        undo = ValidationBatch(key=f"undo:{batch.id}", author_id=by.id, session_id=batch.session_id, at=now)
        session.add(undo)
        session.get_one(ValidationBatch, batch.id).undone_at = now
        session.flush()
        corrected = _corrected(session, [line.id for line in lines])
        labels = _labels(session)
        for line in lines:
            if line.id not in corrected:
                session.add(
                    _correction(undo, line, 0, labels[0], _("Enregistré par erreur\u00a0: défait le jour même."))
                )
        _follow(session, lines, {person_id: one for person_id, one in people.items() if person_id != by.id}, now)
        journal.note(session, "validation.undo", "validation_batch", batch.id, by=by, now=now)
        leaning = _leaning(session, lines)
    return Corrected(undo, leaning)


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
        session.add(_correction(batch, validation, level, _labels(session)[level], reason.strip()))
        _follow(session, [validation], {validation.person_id: people[validation.person_id]}, now)
        journal.note(session, "validation.correct", "validation", validation.id, by=by, now=now, level=level)
        leaning = _leaning(session, [validation])
    return Corrected(batch, leaning)


# --- what is read to decide ---------------------------------------------------------------------


def _saved_before(session: Session, key: str, author: Person) -> Saved | None:
    batch = session.scalar(select(ValidationBatch).where(ValidationBatch.key == key))
    if batch is None:
        return None
    if batch.author_id != author.id:
        raise refuse("key_taken", _("Cette page a déjà servi à quelqu’un d’autre\u00a0: rouvrez la grille."))
    written = session.scalar(select(func.count()).select_from(Validation).where(Validation.batch_id == batch.id))
    return Saved(batch, written or 0, again=True)


def _session(session: Session, session_id: int | None) -> TrainingSession | None:
    if session_id is None:
        return None
    found = session.get(TrainingSession, session_id, options=[joinedload(TrainingSession.group)])
    if found is None:
        raise refuse("session_unknown", _("Cette séance n’existe pas."))
    return found


def _check(
    session: Session,
    training_session: TrainingSession | None,
    author: Person,
    cells: Sequence[Cell],
    people: Mapping[int, Person],
    now: datetime,
) -> None:
    """Raise Refused with everything that stands in the way of these cells."""
    competencies = {cell.competency_id for cell in cells}
    titles = dict(session.execute(select(Competency.id, Competency.title).where(Competency.id.in_(competencies))).all())
    chosen = {cell.evidence for cell in cells if cell.evidence is not None}
    unknown = []
    if {cell.person_id for cell in cells} - set(people):
        unknown.append(Refusal("person_unknown", _("Une personne de la grille n’existe pas.")))
    if competencies - set(titles):
        unknown.append(Refusal("competency_unknown", _("Une compétence de la grille n’existe pas.")))
    if chosen and chosen - set(session.scalars(select(EvidenceKind.code).where(EvidenceKind.code.in_(chosen)))):
        unknown.append(Refusal("evidence_unknown", _("Choisissez une preuve de la liste."), field="evidence"))
    facts = BatchFacts(
        author_id=author.id,
        may_validate=author.may("validation.write"),
        absent=_absent(session, training_session, people),
        expected=_expected(session, training_session),
        begun=training_session is None or training_session.starts_at <= now,
        cancelled=training_session is not None and training_session.status == "cancelled",
        asked_by=asked_by(session, competencies),
        rights=rights_of(session, author.id, now),
        names={person.id: person.short_name for person in people.values()},
        titles=titles,
    )
    if refusals := [*unknown, *batch_refusals(cells, facts)]:
        raise Refused(refusals)


def _expected(session: Session, training_session: TrainingSession | None) -> frozenset[int] | None:
    """Everybody who was ever enrolled in the group: those who left may still get what they did that day."""
    if training_session is None:
        return None
    members = select(Enrolment.person_id).where(Enrolment.group_id == training_session.group_id)
    return frozenset(session.scalars(members))


def _absent(session: Session, training_session: TrainingSession | None, people: Mapping[int, Person]) -> frozenset[int]:
    """Once attendance is taken, whoever was not seen there; before, nobody."""
    if training_session is None or training_session.attendance_at is None:
        return frozenset()
    present = select(Attendance.person_id).where(
        Attendance.session_id == training_session.id, Attendance.status.in_(PRESENT)
    )
    return frozenset(people) - frozenset(session.scalars(present))


def _levels_at(session: Session, cells: Sequence[Cell], seen_at: datetime) -> dict[tuple[int, int], int]:
    """Levels that count, as they were when the grid was opened."""
    corrected = select(Validation.corrects_id).where(Validation.corrects_id.is_not(None))
    rows = session.execute(
        select(Validation.person_id, Validation.competency_id, func.max(Validation.level))
        .where(
            Validation.person_id.in_({cell.person_id for cell in cells}),
            Validation.competency_id.in_({cell.competency_id for cell in cells}),
            Validation.at <= seen_at,
            Validation.id.not_in(corrected),
        )
        .group_by(Validation.person_id, Validation.competency_id)
    )
    return {(person_id, competency_id): level for person_id, competency_id, level in rows}


def _corrected(session: Session, ids: Sequence[int]) -> set[int | None]:
    return set(session.scalars(select(Validation.corrects_id).where(Validation.corrects_id.in_(ids))))


def _labels(session: Session) -> dict[int, str]:
    return dict(session.execute(select(Level.level, Level.label)).all())


# --- what is written ----------------------------------------------------------------------------


def _write(session: Session, batch: ValidationBatch, cells: Sequence[Cell]) -> None:
    wanted = select(Competency).where(Competency.id.in_({cell.competency_id for cell in cells}))
    competencies = {competency.id: competency for competency in session.scalars(wanted)}
    labels = _labels(session)
    # One statement for the whole grid: through the ORM, a table that points at itself is written row by row.
    session.execute(
        insert(Validation),
        [
            {
                "batch_id": batch.id,
                "person_id": cell.person_id,
                "competency_id": cell.competency_id,
                "level": cell.level,
                "level_label": labels[cell.level],
                "author_id": batch.author_id,
                "at": batch.at,
                "session_id": batch.session_id,
                "evidence_code": cell.evidence or competencies[cell.competency_id].evidence_code,
                # A copy: the catalogue may change its words later, what was seen that day does not.
                "criteria": competencies[cell.competency_id].criteria,
                "note": (cell.note or "").strip() or None,
            }
            for cell in cells
        ],
    )


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
        corrects_id=line.id,
        reason=reason,
    )


def _follow(session: Session, lines: Sequence[Validation], people: Mapping[int, Person], now: datetime) -> None:
    upkeep.project_mastery(session, {(line.person_id, line.competency_id) for line in lines})
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
