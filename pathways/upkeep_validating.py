"""Saving validations, in the transaction of whoever asks: the grid, the open lab, the end of a training slot."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from fablab import journal
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_evidence, upkeep_mastery, upkeep_requests
from pathways.models_badges import Award
from pathways.models_groups import PRESENT, Attendance, Enrolment, Group, TrainingSession
from pathways.models_validations import LINE_OF, Validation, ValidationBatch
from pathways.queries_evidence import proof_facts
from pathways.queries_kept import KeptCompetency, Teaching, teaching
from pathways.queries_rights import rights_of
from pathways.rules_evidence import behind, proof_refusals
from pathways.rules_saving import crossed_refusals, key_refusals, session_unknown, unknown_refusals, written_refusals
from pathways.rules_validating import batch_refusals, crossed_cells, reached_by, split_reached
from pathways.values_validating import BatchFacts, Cell, Line


@dataclass(frozen=True)
class Saved:
    """What saving a grid did. ``again``: this key was already saved, nothing was written now."""

    batch: ValidationBatch
    written: int
    reached: tuple[Cell, ...] = ()
    awards: tuple[Award, ...] = ()
    again: bool = False


def save_batch(
    session: Session,
    session_id: int | None,
    author: Person,
    cells: Sequence[Cell],
    *,
    key: str,
    now: datetime,
    seen_at: datetime | None = None,
    compared_at: datetime | None = None,
) -> Saved:
    """Save filled cells in the author's name: all or nothing, once only by ``key``. Raises Refused.

    See ``actions_validating.validate_batch``. What young people had asked to be seen for is answered by it.
    """
    people = upkeep.lock_people(session, [author.id, *(cell.person_id for cell in cells)])
    if saved := _saved_before(session, key, author):
        return saved
    training_session, version_id = _session(session, session_id)
    known = teaching(session)
    pieces = _check(session, training_session, author, cells, people, known, now)
    to_write, reached = _split(session, cells, author, now, seen_at, compared_at)
    batch = ValidationBatch(key=key, author_id=author.id, session_id=session_id, at=now)
    session.add(batch)
    session.flush()
    _write(session, batch, to_write, known, known.words_in(version_id))
    upkeep_evidence.rest_on(session, batch.id, pieces)
    awards = _follow(session, to_write, people, author, now)
    about = journal.people(sorted({cell.person_id for cell in to_write}))
    lines = len(to_write)
    journal.note(session, "validation.save", "validation_batch", batch.id, by=author, now=now, about=about, lines=lines)
    return Saved(batch, lines, tuple(reached), tuple(awards))


def _follow(
    session: Session, written: Sequence[Cell], people: Mapping[int, Person], author: Person, now: datetime
) -> list[Award]:
    """What follows from new validations: levels, requests that they answer, badges that come."""
    pairs = {(cell.person_id, cell.competency_id) for cell in written}
    upkeep_mastery.project_mastery(session, pairs)
    upkeep_requests.answer_seen(session, pairs, people, author, now)
    return upkeep.settle(session, {cell.person_id: people[cell.person_id] for cell in written}, now)


# --- what is read to decide ---------------------------------------------------------------------


def _saved_before(session: Session, key: str, author: Person) -> Saved | None:
    batch = session.scalar(select(ValidationBatch).where(ValidationBatch.key == key))
    if batch is None:
        return None
    if refusals := key_refusals(batch.author_id, author.id):
        raise Refused(refusals)
    written = session.scalar(select(func.count()).select_from(Validation).where(Validation.batch_id == batch.id))
    return Saved(batch, written or 0, again=True)


def _split(
    session: Session,
    cells: Sequence[Cell],
    author: Person,
    now: datetime,
    seen_at: datetime | None,
    compared_at: datetime | None,
) -> tuple[Sequence[Cell], Sequence[Cell]]:
    """The cells to write, and those whose level is reached already. Raises Refused: crossed, or nothing to write."""
    lines = _lines(session, cells)
    if seen_at is not None and (crossed := crossed_cells(cells, lines, compared_at or seen_at, author.id)):
        raise Refused(crossed_refusals(crossed))
    to_write, reached = split_reached(cells, _levels_at(lines, seen_at or now, author))
    if refusals := written_refusals(to_write):
        raise Refused(refusals)
    return to_write, reached


def _session(session: Session, session_id: int | None) -> tuple[TrainingSession | None, int | None]:
    """The session, and the version that its group lives."""
    if session_id is None:
        return None, None
    wanted = select(TrainingSession, Group.version_id).join(TrainingSession.group)
    found = session.execute(wanted.where(TrainingSession.id == session_id)).one_or_none()
    if found is None:
        raise Refused([session_unknown()])
    lesson, version_id = found
    return lesson, version_id


def _check(
    session: Session,
    training_session: TrainingSession | None,
    author: Person,
    cells: Sequence[Cell],
    people: Mapping[int, Person],
    known: Teaching,
    now: datetime,
) -> Mapping[tuple[int, int], tuple[int, ...]]:
    """The pieces there are for these cells. Raises Refused with everything that stands in the way of them."""
    competencies = {cell.competency_id for cell in cells}
    titles = {one: known.competencies[one].title for one in competencies if one in known.competencies}
    unknown = unknown_refusals(cells, set(people), set(titles), {kind.code for kind in known.kinds})
    facts = BatchFacts(
        author_id=author.id,
        may_validate=author.may("validation.write"),
        absent=_absent(session, training_session, people),
        expected=_expected(session, training_session),
        begun=training_session is None or training_session.starts_at <= now,
        cancelled=training_session is not None and training_session.status == "cancelled",
        asked_by=known.asked_by,
        rights=rights_of(session, author.id, now),
        names={person.id: person.short_name for person in people.values()},
        titles=titles,
    )
    proofs = proof_facts(session, cells, facts)
    if refusals := [*unknown, *batch_refusals(cells, facts), *proof_refusals(cells, proofs)]:
        raise Refused(refusals)
    return behind(cells, proofs)


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


def _lines(session: Session, cells: Sequence[Cell]) -> dict[tuple[int, int], list[Line]]:
    """What was validated already, by person and competency of these cells."""
    lines: dict[tuple[int, int], list[Line]] = defaultdict(list)
    rows = session.execute(
        select(*LINE_OF, Validation.at)
        .where(
            Validation.person_id.in_({cell.person_id for cell in cells}),
            Validation.competency_id.in_({cell.competency_id for cell in cells}),
        )
        .order_by(Validation.id)
    )
    for person_id, competency_id, id_, level, corrects_id, by_id, needs_second, at in rows:
        lines[person_id, competency_id].append(Line(id_, level, corrects_id, by_id, needs_second, at))
    return lines


def _levels_at(
    lines: Mapping[tuple[int, int], Sequence[Line]], seen_at: datetime, author: Person
) -> dict[tuple[int, int], int]:
    """Levels already reached, as they were when the grid was opened: those that count, and the author's own.

    A level that waits for a second person is reached for who gave it first, not for anybody else. What the author
    saved since counts too: a sending whose answer was lost is not written again.
    """
    return {
        pair: reached_by(author.id, found, {line.id for line in found if line.came_after(seen_at, author.id)})
        for pair, found in lines.items()
    }


# --- what is written ----------------------------------------------------------------------------


def _write(
    session: Session,
    batch: ValidationBatch,
    cells: Sequence[Cell],
    known: Teaching,
    words: Mapping[int, KeptCompetency],
) -> None:
    competencies, labels = known.competencies, {one.level: one.label for one in known.levels}
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
                # A copy: the words may change later, what was seen that day does not.
                "criteria": list(words[cell.competency_id].criteria),
                "title": words[cell.competency_id].title,
                "i_can": words[cell.competency_id].i_can,
                "note": (cell.note or "").strip() or None,
                "needs_second": competencies[cell.competency_id].second_check,
            }
            for cell in cells
        ],
    )
