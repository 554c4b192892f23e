"""The projection of validations, made anew: for a repair, and to prove that it is one."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.db import transaction
from pathways import upkeep, upkeep_mastery
from pathways.models_validations import Mastery, Validation


def rebuild_mastery() -> int:
    """Write every current level anew from the validations. Gives how many were wrong, missing or too many."""
    with transaction() as session:
        upkeep.lock_people(session, session.scalars(select(Validation.person_id).distinct()))
        before = _projection(session)
        known = session.execute(select(Validation.person_id, Validation.competency_id).distinct())
        upkeep_mastery.project_mastery(
            session, {*((person_id, competency_id) for person_id, competency_id in known), *before}
        )
        after = _projection(session)
    return sum(before.get(pair) != after.get(pair) for pair in {*before, *after})


def _projection(session: Session) -> dict[tuple[int, int], tuple[int, int]]:
    rows = session.execute(select(Mastery.person_id, Mastery.competency_id, Mastery.level, Mastery.validation_id))
    return {(person_id, competency_id): (level, line) for person_id, competency_id, level, line in rows}
