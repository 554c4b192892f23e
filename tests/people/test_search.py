"""Finding people: three letters, accents ignored, twenty at most, no name in an address, an index seek at size."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from fablab.db import transaction
from fablab.people import queries
from fablab.people.models import Person, PersonWord, RoleGrant
from fablab.permissions import Role
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young

pytestmark = pytest.mark.both  # each engine finds words in its own way


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


@pytest.mark.parametrize("typed", ["", "  ", "i", "\u00a0"])
def test_too_little_to_look_for_is_said(desk: FlaskClient, typed: str) -> None:
    page = desk.post("/recherche", data={"q": typed})
    assert "Pas assez de lettres" in page.text
    assert "Pas assez de lettres" not in desk.get("/recherche").text


def test_somebody_who_left_is_not_offered(desk: FlaskClient) -> None:
    make_young("Inès", "Benali", left_at=NOW)
    make_young("Inès", "Colin")
    assert found(desk, "inès") == ["Inès Colin"]


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


def test_the_search_seeks_in_the_index_among_many_people(session: Session) -> None:
    many = range(1, 5001)
    with transaction() as writing:
        rows = [{"id": n, "first_name": "x", "last_name": f"y{n}", "handle": f"h-{n}", "created_at": NOW} for n in many]
        writing.execute(insert(Person), rows)
        writing.execute(insert(PersonWord), [{"person_id": n, "word": f"{chr(97 + n % 26)}{n}"} for n in many])
        writing.execute(insert(RoleGrant), [{"person_id": n, "role": Role.YOUNG, "granted_at": NOW} for n in many])
    connection = session.connection()
    connection.execute(text("ANALYZE"))
    compiled = str(queries.searching(["c10", "c1"]).compile(connection, compile_kwargs={"literal_binds": True}))
    on_sqlite = connection.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
    plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {compiled}".replace("%", "%%")))
    assert ("word>? AND word<?" if on_sqlite else "Index Cond: ((word >= 'c10'::text)") in plan, plan
    assert "SCAN" not in plan, plan
    assert "Seq Scan on person" not in plan, plan


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        (("Sinead", "O’Brien"), "obrien"),
        (("Sinead", "O'Brien"), "obr"),
        (("Sinead", "O’Brien"), "o’brien"),
        (("Charles", "d’Artagnan"), "dartagnan"),
        (("Jean-Noël", "Petit"), "jeannoel"),
        (("Jean Noël", "Petit"), "JEANNOEL"),
        (("Jean-Noël", "Petit"), "noel petit"),
    ],
)
def test_names_are_found_with_or_without_what_parts_them(session: Session, name: tuple[str, str], typed: str) -> None:
    person = make_young(*name)
    make_young("Ada", "Autre")
    assert [one.id for one in queries.search(session, typed)] == [person.id]


def test_a_handle_is_found_in_capitals_and_without_its_hyphen(session: Session) -> None:
    person = make_young("Ada", "Autre", handle="renard-42")
    for typed in ("RENARD-42", "renard42", "RENARD42", "renard 42"):
        assert [one.id for one in queries.search(session, typed)] == [person.id]
