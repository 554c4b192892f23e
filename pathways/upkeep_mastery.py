"""Current levels: a projection of the validations, and of what counts for what since somebody was moved. A helper."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Select, and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from pathways.models_moves import CarriedLevel
from pathways.models_validations import Mastery, Validation
from pathways.rules_validating import current_level
from pathways.values_validating import Line


def project_mastery(session: Session, pairs: Collection[tuple[int, int]]) -> None:
    """Write the current level of these (person, competency) anew from their validations.

    Since somebody was moved to another version, what they hold in a competency may count for another one too, which
    is then written as well. The people must be locked. Two statements to read, whatever their number.
    """
    session.flush()
    people = {person_id for person_id, _competency_id in pairs}
    lines: dict[tuple[int, int], dict[int, Line]] = defaultdict(dict)
    wanted = set(pairs)
    rows = session.execute(_lines(people, {competency_id for _person_id, competency_id in pairs}))
    for person_id, competency_id, counts_for, id_, level, corrects_id, author_id, needs_second in rows:
        line = Line(id_, level, corrects_id, author_id, needs_second)
        lines[person_id, competency_id][id_] = line
        if counts_for is not None:
            lines[person_id, counts_for][id_] = line
            if (person_id, competency_id) in pairs:
                wanted.add((person_id, counts_for))
    held = select(Mastery.person_id, Mastery.competency_id, Mastery.level, Mastery.validation_id)
    held = held.where(Mastery.person_id.in_(people))
    held = held.where(Mastery.competency_id.in_({competency_id for _person_id, competency_id in wanted}))
    known = {(person_id, one): (level, line_id) for person_id, one, level, line_id in session.execute(held)}
    _write(session, {pair: current_level(lines[pair].values()) for pair in sorted(wanted)}, known)


def _lines(
    people: Collection[int], competencies: Collection[int]
) -> Select[int, int, int, int, int, int | None, int, bool]:
    """The validations in these competencies, in those for which they count, and in those that count for either."""
    standing = and_(CarriedLevel.person_id.in_(people), CarriedLevel.ended_at.is_(None))
    targets = select(CarriedLevel.to_id).where(standing, CarriedLevel.from_id.in_(competencies))
    reached = or_(CarriedLevel.to_id.in_(competencies), CarriedLevel.to_id.in_(targets))
    sources = select(CarriedLevel.from_id).where(standing, reached)
    counts = and_(
        CarriedLevel.person_id == Validation.person_id,
        CarriedLevel.from_id == Validation.competency_id,
        CarriedLevel.ended_at.is_(None),
    )
    return (
        select(
            Validation.person_id,
            Validation.competency_id,
            CarriedLevel.to_id,
            Validation.id,
            Validation.level,
            Validation.corrects_id,
            Validation.author_id,
            Validation.needs_second,
        )
        .outerjoin(CarriedLevel, counts)
        .where(
            Validation.person_id.in_(people),
            or_(
                Validation.competency_id.in_(competencies),
                Validation.competency_id.in_(targets),
                Validation.competency_id.in_(sources),
            ),
        )
    )


def _write(
    session: Session,
    levels: Mapping[tuple[int, int], tuple[int, int | None]],
    known: Mapping[tuple[int, int], tuple[int, int]],
) -> None:
    # Plain statements: a grid has hundreds of rows, and an entity for each costs more than all the rest.
    new, changed = [], []
    for pair, (level, line_id) in levels.items():
        row = {"person_id": pair[0], "competency_id": pair[1], "level": level, "validation_id": line_id}
        if line_id is None:
            if pair in known:
                gone = (Mastery.person_id == pair[0]) & (Mastery.competency_id == pair[1])
                session.execute(delete(Mastery).where(gone))
        elif pair not in known:
            new.append(row)
        elif known[pair] != (level, line_id):
            changed.append(row)
    if new:
        session.execute(insert(Mastery), new)
    if changed:
        session.execute(update(Mastery), changed)
