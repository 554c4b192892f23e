"""Statements made ready once: the same rows as the ORM's, and what never changes stands in the text."""

from sqlalchemy import String, bindparam, literal, literal_column, select
from sqlalchemy.orm import Session

from fablab.people.models import Person, RoleGrant
from fablab.permissions import Role
from fablab.ready import rows
from tests.conftest import Statements
from tests.make import make_staff, make_young

_CALLED = select(Person.first_name, literal("d’ici, l'autre? 100 %").label("said"), literal(3).label("number")).where(
    Person.first_name == bindparam("called"), Person.id.in_(bindparam("people", expanding=True))
)
_WITH_ROLE = select(RoleGrant.person_id).where(RoleGrant.role.in_((Role.FACILITATOR, Role.COORDINATOR)))
_MARKED = select(literal_column("'?'", String()).label("mark"), literal("word").label("word"))


def test_constants_come_back_as_they_were_said(session: Session) -> None:
    ines = make_young("Inès")
    (line,) = rows(session, _CALLED, {"called": "Inès", "people": [ines.id, ines.id + 1]})
    assert line == ("Inès", "d’ici, l'autre? 100 %", 3)
    samir = make_staff("Samir", roles=(Role.FACILITATOR,))
    assert [line.person_id for line in rows(session, _WITH_ROLE)] == [samir.id]


def test_a_question_mark_of_the_text_stays_one(session: Session) -> None:
    assert rows(session, _MARKED) == [("?", "word")]


def test_sqlite_is_told_constants_in_the_text(session: Session, count_statements: Statements) -> None:
    """A value bound that an index's condition was held against makes SQLite prepare the statement anew each time."""
    rows(session, _WITH_ROLE)
    said = str(count_statements[-1])
    assert ("IN ('facilitator', 'coordinator')" in said) is (session.get_bind().dialect.name == "sqlite")
