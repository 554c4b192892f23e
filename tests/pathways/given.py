"""What tests of validations and badges start from, and read."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.people.models import Person
from pathways import queries
from pathways.models import Validation
from pathways.values_badges import BadgeState, award_state
from pathways.values_validating import Cell
from tests.conftest import NOW
from tests.make_pathways import make_competency

LATER = NOW + timedelta(minutes=5)
DAY = timedelta(days=1)


def cell(person: Person, code: str, level: int) -> Cell:
    """A level to validate."""
    return Cell(person.id, make_competency(code).id, level)


def lines(session: Session) -> list[Validation]:
    """Every validation, in the order written."""
    return list(session.scalars(select(Validation).order_by(Validation.id)))


def state(session: Session, person: Person, code: str, at: datetime) -> BadgeState:
    """How somebody's badge stands at a moment."""
    return award_state(queries.badge_standings(session, [person.id])[person.id][code], at)
