"""The coordination's pages: likely pairs, the merge seen before, done, and undone."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.home import merging_words
from fablab.home.jobs import JOBS
from fablab.people.models import Person
from fablab.people.models_merging import Merge
from fablab.people.rules_merging import Known, likeness, near, pairs_among
from fablab.permissions import Role
from fablab.scheduler import run_job
from tests.conftest import NOW, Statements
from tests.make import PIN, log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, validate

MAY = date(2007, 5, 3)


@pytest.fixture
def nadia(client: FlaskClient) -> Person:
    """A coordinator, entered."""
    person = make_staff("Nadia", roles=(Role.COORDINATOR,))
    log_in(client, person)
    return person


@pytest.fixture
def ines(app: Flask) -> Person:
    return make_young("Inès", "Benali", handle="renard-42", situation="in_school")


@pytest.fixture
def twin(app: Flask) -> Person:
    return make_young("Ines", "Benalli", handle="loutre-11", situation="integration")


def known(number: int, first: str, last: str = "Benali", birth: date | None = MAY, phone: str | None = None) -> Known:
    return Known(number, first, last, birth, phone)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (known(2, "Ines", "Martin", date(2007, 5, 30)), ["month"]),
        (known(2, "Ines", "Martin", date(2007, 6, 3)), []),
        (known(2, "Inés", "Bénali"), ["month", "names"]),
        (known(2, "Benali", "Inès", date(2010, 1, 1)), ["names"]),
        (known(2, "Inez", "Benali"), ["spelling"]),
        (known(2, "Inez", "Benali", date(2007, 5, 4)), []),
        (known(2, "Lou", "Martin", None, "0612345678"), ["phone"]),
        (known(2, "Lou", "Martin", None, None), []),
    ],
)
def test_what_makes_two_accounts_look_alike(other: Known, why: list[str]) -> None:
    assert likeness(known(1, "Inès", phone="0612345678"), other) == why


def test_spellings_are_near_by_two_slips_and_short_names_never() -> None:
    assert near("mohamed benali", "mohammed benalli")
    assert not near("mohamed benali", "mohammed bennalli")
    assert not near("lea", "lia")


def test_pairs_are_found_once_and_not_again_once_said_apart() -> None:
    people = [known(1, "Inès"), known(2, "Ines"), known(3, "Tom", "Perrin", None)]
    assert [(one.id, other.id) for one, other, _why in pairs_among(people, [])] == [(1, 2)]
    assert pairs_among(people, [(1, 2)]) == []


def test_the_list_shows_likely_pairs_and_forgets_those_that_are_two_people(
    client: FlaskClient, nadia: Person, ines: Person, twin: Person
) -> None:
    assert "/jeunes/doublons" in client.get("/jeunes").text
    page = client.get("/jeunes/doublons").text
    assert "1 paire à regarder" in page
    assert "Même prénom, même mois de naissance" in page
    assert client.post(f"/jeunes/{ines.public_id}/distinct/{twin.public_id}").status_code == 302
    assert "0 paire" in client.get("/jeunes/doublons").text.replace("\u00a0", " ")


def test_the_merge_is_seen_before_then_done_then_undone(
    client: FlaskClient, session: Session, nadia: Person, ines: Person, twin: Person
) -> None:
    group = make_group(name="Groupe du mardi")
    enrol(ines, group)
    enrol(twin, group)
    validate(twin, {"SEC-01": 2})
    where = f"/jeunes/{ines.public_id}/reunir/{twin.public_id}"
    page = BeautifulSoup(client.get(where).text, "html.parser")
    assert "Inscription en double" in page.text
    assert "Groupe du mardi" in page.text
    assert [box["name"] for box in page.select("input[type=radio][value=gone]")] == [
        "first_name",
        "last_name",
        "situation",
    ]
    assert session.scalar(select(func.count()).select_from(Merge)) == 0
    done = client.post(where, data={"first_name": "kept", "last_name": "kept", "situation": "gone"})
    assert done.location.startswith("/fusions/")
    shown = client.get(done.location).text
    assert "Chaque compte retrouve exactement" in shown
    assert client.get(f"/jeunes/{twin.public_id}").location == f"/jeunes/{ines.public_id}"
    assert client.get(where).status_code == 404
    person_page = client.get(f"/jeunes/{ines.public_id}").text
    assert "loutre-11" in person_page
    assert "En insertion" in person_page
    assert "loutre-11" not in client.get("/jeunes").text
    assert client.post(done.location).location == f"/jeunes/{ines.public_id}"
    assert client.get(f"/jeunes/{twin.public_id}").status_code == 200
    assert "Deux comptes depuis" in client.get(done.location).text
    assert client.post(done.location).status_code == 422


def test_what_differs_must_be_chosen_and_nothing_is_done_otherwise(
    client: FlaskClient, session: Session, nadia: Person, ines: Person, twin: Person
) -> None:
    answer = client.post(
        f"/jeunes/{ines.public_id}/reunir/{twin.public_id}", data={"first_name": "both", "last_name": "gone"}
    )
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(Merge)) == 0


def test_after_thirty_days_it_is_said_and_stays(
    client: FlaskClient, session: Session, nadia: Person, ines: Person, twin: Person
) -> None:
    done = client.post(
        f"/jeunes/{ines.public_id}/reunir/{twin.public_id}",
        data={"first_name": "kept", "last_name": "kept", "situation": "kept"},
    )
    (job,) = (one for one in JOBS if one.name == "merges past")
    assert run_job(job, NOW + timedelta(days=29)).result == "0 forgotten"
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        log_in(client, nadia)
        assert "Les 30 jours sont passés" in client.get(done.location).text
        assert client.post(done.location).status_code == 422
        assert run_job(job, NOW + timedelta(days=30)).result == "1 forgotten"
        assert client.get(done.location).status_code == 200


def test_two_accounts_are_found_by_their_identifiers(
    client: FlaskClient, nadia: Person, ines: Person, twin: Person
) -> None:
    def ask(kept: str, gone: str) -> Any:
        return client.post("/jeunes/doublons", data={"kept": kept, "gone": gone})

    assert ask("Renard 42", "loutre11").location == f"/jeunes/{ines.public_id}/reunir/{twin.public_id}"
    assert "Aucun jeune n’a cet identifiant" in ask("renard-42", "nobody-1").text
    assert "deux fois le même" in ask("renard-42", "renard-42").text
    assert ask("renard-42", "nobody-1").status_code == 422


def test_the_young_person_is_told_where_to_enter(
    client: FlaskClient, nadia: Person, ines: Person, twin: Person
) -> None:
    client.post(
        f"/jeunes/{ines.public_id}/reunir/{twin.public_id}",
        data={"first_name": "kept", "last_name": "kept", "situation": "kept"},
    )
    client.post("/sortir")
    answer = client.post("/entrer", data={"handle": "loutre-11", "secret": PIN})
    assert answer.status_code == 422
    assert "J’ai un seul compte maintenant" in answer.text
    assert "renard-42" in answer.text


def test_the_pages_ask_as_much_of_many_as_of_few(
    client: FlaskClient, nadia: Person, ines: Person, twin: Person, count_statements: Statements
) -> None:
    def asked(path: str) -> int:
        count_statements.clear()
        assert client.get(path).status_code == 200
        return len(count_statements)

    where = f"/jeunes/{ines.public_id}/reunir/{twin.public_id}"
    assert asked(where)  # the house's own facts are kept from here on
    few = asked("/jeunes/doublons"), asked(where)
    group = make_group()
    for _turn in range(6):
        make_young("Inès", "Benali")
    for person in (ines, twin):
        enrol(person, group)
        validate(person, {"SEC-01": 1, "SEC-02": 2})
    assert asked(where)  # new competencies: the facts are read again
    many = asked("/jeunes/doublons"), asked(where)
    assert many == few, count_statements
    assert max(many) <= 14


def test_why_two_accounts_look_alike_is_one_sentence(app: Flask) -> None:
    with app.test_request_context():
        assert merging_words.why(["month", "names"]) == "Même prénom, même mois de naissance, mêmes noms"
