"""The journal at size: every search is index seeks, and a page asks as many statements whatever it shows."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text

from fablab import journal, journal_queries
from fablab.db import db, transaction
from fablab.journal import JournalAbout, JournalEntry
from fablab.journal_queries import Mark, Wanted
from fablab.journal_words import SAID
from fablab.people.models import Person
from fablab.permissions import Role
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.plans import steps

LINES = 20_000
VERBS = sorted(SAID)


@pytest.fixture
def person(shared_database: Flask) -> Person:
    """Somebody of thirty in a journal of twenty thousand acts."""
    people = [make_young() for _ in range(30)]
    first = max((id_ for (id_,) in db.session.execute(text("SELECT max(id) FROM journal_entry"))), default=0) or 0
    lines: list[dict[str, Any]] = [
        {
            "id": first + number + 1, "at": NOW + timedelta(minutes=number), "actor_id": people[number % 30].id,
            "verb": VERBS[number % len(VERBS)], "thing": "booking", "thing_id": number, "details": {},
        }
        for number in range(LINES)
    ]  # fmt: skip
    about = [
        {"thing": "person", "thing_id": people[n // len(VERBS) % 30].id, "at": line["at"], "entry_id": line["id"]}
        for n, line in enumerate(lines)
    ]
    with transaction() as session:
        session.execute(insert(JournalEntry), lines)
        session.execute(insert(JournalAbout), about)
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ANALYZE"))
    return people[0]


def test_every_search_of_the_journal_seeks(person: Person, said: list[tuple[str, Any]]) -> None:
    day, middle = NOW + timedelta(days=2), Mark(NOW + timedelta(days=3), 9000)
    about = ("person", person.id)
    searches = {
        "latest": Wanted(),
        "next page": Wanted(before=middle),
        "days": Wanted(since=day, until=day + timedelta(days=1)),
        "act": Wanted(verb="badge.revoke", before=middle),
        "person": Wanted(about=about),
        "person, next page": Wanted(about=about, before=middle),
        "person, act and days": Wanted(about=about, verb="badge.revoke", since=day, until=day + timedelta(days=9)),
        "booking": Wanted(about=("booking", 40)),
    }
    walks = []
    for name, wanted in searches.items():
        said.clear()
        found = journal_queries.find(db.session(), wanted, 41)
        journal_queries.touched(db.session(), found)
        assert found
        for statement, parameters in list(said):
            walks += [(name, walk) for walk in _walks(statement, parameters)]
    assert walks == []


def _walks(statement: str, parameters: Any) -> list[str]:
    """The steps of a plan that read or sort all of the journal; the first lines of an index are no walk."""
    found = [step for step in steps(statement, parameters) if step.startswith(("SCAN journal", "Seq Scan"))]
    return [step for step in found if "USING" not in step or "ix_journal_entry_at" not in step]


def test_a_page_of_the_journal_asks_as_many_statements_whatever_it_shows(
    client: FlaskClient, count_statements: Statements
) -> None:
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    counts = []
    for more in (1, 30):
        people = [make_young() for _ in range(more)]
        with transaction() as session:
            for one in people:
                journal.note(session, "card.renew", "person", one.id, by=None, now=NOW, about=[("resource", 1)])
        client.get("/journal")
        count_statements.clear()
        assert client.get("/journal").status_code == 200
        counts.append(len(count_statements))
    assert counts[0] == counts[1] <= 10
