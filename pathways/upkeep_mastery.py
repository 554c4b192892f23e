"""Current levels: a projection of the validations, and of what counts for what since somebody was moved. A helper."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from pathways.models_moves import CarriedLevel
from pathways.models_validations import Mastery, Validation
from pathways.rules_validating import current_level
from pathways.values_validating import Line


def project_mastery(session: Session, pairs: Collection[tuple[int, int]]) -> None:
    """Write the current level of these (person, competency) anew from their validations.

    Since somebody was moved to another version, what they hold in a competency may count for another one too.
    The people must be locked. Three statements to read, whatever their number.
    """
    session.flush()
    people = {person_id for person_id, _competency_id in pairs}
    carried = _carried(session, people)
    pairs = {*pairs, *((person_id, to) for person_id, from_id in pairs for to in carried[person_id].get(from_id, ()))}
    counted = {pair: {pair[1]} for pair in pairs}
    for person_id, targets in carried.items():
        for from_id, to_ids in targets.items():
            for to_id in to_ids:
                if (person_id, to_id) in counted:
                    counted[person_id, to_id].add(from_id)
    competencies = {competency_id for sources in counted.values() for competency_id in sources}
    lines: dict[tuple[int, int], list[Line]] = defaultdict(list)
    rows = session.execute(
        select(
            Validation.person_id,
            Validation.competency_id,
            Validation.id,
            Validation.level,
            Validation.corrects_id,
            Validation.author_id,
            Validation.needs_second,
        ).where(Validation.person_id.in_(people), Validation.competency_id.in_(competencies))
    )
    for person_id, competency_id, id_, level, corrects_id, author_id, needs_second in rows:
        lines[person_id, competency_id].append(Line(id_, level, corrects_id, author_id, needs_second))
    known = {
        (row.person_id, row.competency_id): row
        for row in session.scalars(
            select(Mastery).where(Mastery.person_id.in_(people), Mastery.competency_id.in_(competencies))
        )
    }
    for pair in sorted(pairs):
        told = [line for competency_id in counted[pair] for line in lines[pair[0], competency_id]]
        _write(session, pair, known.get(pair), *current_level(sorted(told, key=lambda line: line.id)))
    session.flush()


def _carried(session: Session, people: Collection[int]) -> dict[int, dict[int, set[int]]]:
    """What counts for what, by person: {competency: those for which its level counts too}."""
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    links = select(CarriedLevel.person_id, CarriedLevel.from_id, CarriedLevel.to_id)
    links = links.where(CarriedLevel.person_id.in_(people), CarriedLevel.ended_at.is_(None))
    for person_id, from_id, to_id in session.execute(links):
        found[person_id][from_id].add(to_id)
    return found


def _write(session: Session, pair: tuple[int, int], row: Mastery | None, level: int, validation_id: int | None) -> None:
    if validation_id is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(Mastery(person_id=pair[0], competency_id=pair[1], level=level, validation_id=validation_id))
    else:
        row.level, row.validation_id = level, validation_id
