"""Finding people: three letters, accents ignored, twenty at most, no name in an address, an index seek at size."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from fablab.people import queries
from tests.make import log_in, make_staff, make_young


def found(client: FlaskClient, typed: str) -> list[str]:
    page = BeautifulSoup(client.post("/recherche", data={"q": typed}).text, "html.parser")
    return [name.text for name in page.select(".rows bdi")]


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    return log_in(client, make_staff("Inesco", "Haddad"))


@pytest.mark.parametrize("typed", ["ine", "INÈS", "inès b", "ben", "Benali Inès", "chamois-33", "cham", "33 cham"])
def test_a_person_is_found_by_the_beginning_of_any_word(desk: FlaskClient, typed: str) -> None:
    make_young("Inès", "Benali", handle="chamois-33")
    make_young("Tom", "Perrin", handle="loutre-12")
    assert found(desk, typed) == ["Inès Benali"]


@pytest.mark.parametrize("typed", ["in", "nès", "inès tom", "%%%", "___", "🦊🦊🦊", "", "' OR 1=1"])
def test_what_fits_nobody_finds_nobody(desk: FlaskClient, typed: str) -> None:
    make_young("Inès", "Benali", handle="chamois-33")
    assert found(desk, typed) == []


def test_a_name_in_another_script_is_found(desk: FlaskClient) -> None:
    make_young("محمد", "العربي")
    assert found(desk, "محم") == ["محمد العربي"]


def test_twenty_at_most_and_the_page_says_so(desk: FlaskClient, count_statements: list[str]) -> None:
    for number in range(25):
        make_young("Inès", f"Nom{chr(65 + number)}")
    count_statements.clear()
    assert len(found(desk, "inès")) == 20
    assert len(count_statements) <= 4
    assert "Les 20 premières" in desk.post("/recherche", data={"q": "ines"}).text


def test_a_search_in_an_address_is_not_made(desk: FlaskClient) -> None:
    make_young("Inès", "Benali")
    assert "Benali" not in desk.get("/recherche?q=benali").text


def test_every_page_of_the_team_has_the_search(desk: FlaskClient) -> None:
    assert 'href="/recherche"' in desk.get("/jeunes").text


def test_the_search_seeks_in_the_index(session: Session) -> None:
    for number in range(3):
        make_young("Inès", f"Nom{chr(65 + number)}")
    statement = queries.searching(["ine", "nom"])
    compiled = statement.compile(session.connection(), compile_kwargs={"literal_binds": True})
    if session.connection().dialect.name == "sqlite":
        plan = "\n".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))
        assert plan.count("SEARCH person_word") == 2
        assert "SCAN person_word" not in plan
        assert "SCAN person\n" not in plan
        assert "SCAN person'" not in plan
    else:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(row[0] for row in session.execute(text(f"EXPLAIN {compiled}")))
        assert "Seq Scan" not in plan
        assert plan.count("Index Cond: (((word)::text >= ") >= 1 or "word >=" in plan
