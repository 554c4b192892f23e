"""A secret is shown once, on a page of its own: asked again that page says so, and no half of it is kept in clear."""

import re
from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.db import db
from fablab.home import jobs
from fablab.people import actions_once, queries
from fablab.people.models import Person
from fablab.people.models_access import ShownOnce
from fablab.permissions import Role
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_machines import make_fablab, make_machine
from tests.people.test_cards import card_code
from tests.people.test_races import at_once
from tests.people.test_second_step import with_phone

SECRET = "GEZDGNBVGY3TQOJQ"


@pytest.fixture
def lucie(client: FlaskClient) -> Person:
    """Somebody of the reception, logged in."""
    lucie = make_staff("Lucie", roles=(Role.RECEPTION,))
    log_in(client, lucie)
    return lucie


def waiting(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(ShownOnce)) or 0


def new_card(client: FlaskClient, person: Person) -> str:
    """Ask for a new card; the address that the answer leads to."""
    answer = client.post(f"/jeunes/{person.public_id}/carte")
    assert answer.status_code == 303
    assert "print-square" not in answer.text
    return str(answer.location)


def test_a_card_has_a_page_that_shows_it_once_and_then_says_how_to_make_another(
    client: FlaskClient, lucie: Person, session: Session
) -> None:
    person = make_young()
    address = new_card(client, person)
    assert address == f"/jeunes/{person.public_id}/carte"
    first = client.get(address)
    code = card_code(first.text)
    assert first.headers["Cache-Control"] == "no-store"
    assert waiting(session) == 0
    again = client.get(address)
    assert again.status_code == 200
    assert "le carré ne se montre qu’une fois" in again.text
    assert code not in again.text
    page = BeautifulSoup(again.text, "html.parser")
    assert page.select_one(f'form[action$="/{person.public_id}/carte"]'), "a new card"
    assert page.select_one(f'a[href$="/{person.public_id}/code"]'), "a new PIN"


def test_the_secret_is_in_clear_neither_in_the_database_nor_in_the_cookie_nor_in_an_address(
    client: FlaskClient, lucie: Person, session: Session
) -> None:
    address = new_card(client, make_young())
    (sealed,) = session.scalars(select(ShownOnce.sealed))
    with client.session_transaction() as cookie:
        held = dict(cookie["shown_once"])
    code = card_code(client.get(address).text)
    for half in (sealed, held["pad"]):
        assert len(bytes.fromhex(half)) == len(code)
        assert code.encode() not in bytes.fromhex(half)
    assert code not in f"{address} {held}"
    crossed = zip(bytes.fromhex(sealed), bytes.fromhex(held["pad"]), strict=True)
    assert bytes(one ^ other for one, other in crossed).decode() == code, "both halves together are the secret"


def test_a_copy_of_the_cookie_used_later_finds_nothing(app: Flask, client: FlaskClient, lucie: Person) -> None:
    address = new_card(client, make_young())
    copy = app.test_client()
    with client.session_transaction() as held, copy.session_transaction() as other:
        other.update(held)
    assert "print-square" in client.get(address).text
    late = copy.get(address)
    assert late.status_code == 200
    assert "print-square" not in late.text


def test_nobody_else_is_shown_it_and_it_waits_ten_minutes(session: Session) -> None:
    lucie, samir = make_staff("Lucie", roles=(Role.RECEPTION,)), make_staff()
    half = actions_once.hold(SECRET, lucie, NOW)
    assert actions_once.take(half, samir, NOW) is None
    assert actions_once.take(half, lucie, NOW + timedelta(minutes=9)) == SECRET
    assert actions_once.take(half, lucie, NOW) is None
    late = actions_once.hold(SECRET, lucie, NOW)
    assert actions_once.take(late, lucie, NOW + actions_once.WAITS) is None
    first = actions_once.hold(SECRET, lucie, NOW)
    actions_once.hold("another", lucie, NOW)
    assert actions_once.take(first, lucie, NOW) is None, "only the last one waits"


def test_what_nobody_came_to_see_is_forgotten(session: Session) -> None:
    actions_once.hold(SECRET, make_staff(), NOW)
    with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
        assert jobs.forget_tries(NOW + timedelta(minutes=9)) == "0 forgotten"
    assert waiting(session) == 1
    assert jobs.forget_tries(NOW + actions_once.WAITS) == "1 forgotten"
    assert waiting(session) == 0


def test_of_two_pages_asked_at_once_one_has_it(shared_database: Flask) -> None:
    lucie = make_staff("Lucie")
    half, public_id = actions_once.hold(SECRET, lucie, NOW), lucie.public_id

    def look(_number: int) -> str | None:
        me = queries.by_public_id(db.session(), public_id)
        assert me is not None
        return actions_once.take(half, me, NOW)

    assert sorted(map(str, at_once(shared_database, look, times=4))) == [SECRET, "None", "None", "None"]


def test_leaving_forgets_it(client: FlaskClient, lucie: Person) -> None:
    address = new_card(client, make_young())
    client.post("/sortir")
    log_in(client, lucie)
    assert "print-square" not in client.get(address).text


def test_recovery_codes_asked_again_say_that_they_are_shown_no_more(client: FlaskClient) -> None:
    samir = make_staff(email="samir@example.org")
    old = with_phone(samir)
    log_in(client, samir)
    answer = client.post("/mon-compte/deux-etapes/codes", data={"code": old[0]})
    assert (answer.status_code, answer.location) == (303, "/mon-compte/deux-etapes/codes")
    assert len(re.findall(r"<li>([A-Z2-7-]{19})</li>", client.get(answer.location).text)) == 8
    again = client.get(answer.location)
    assert "ils ne se montrent qu’une fois" in again.text
    assert not re.findall(r"<li>([A-Z2-7-]{19})</li>", again.text)
    assert 'href="/mon-compte/deux-etapes"' in again.text


def test_a_readers_key_is_shown_once_and_a_refused_form_keeps_it_for_later(client: FlaskClient) -> None:
    make_machine(make_fablab(), "VIN-01")
    log_in(client, make_staff("Marc", roles=(Role.ADMINISTRATOR,)))
    told = {"machine": "VIN-01", "name": "Boîtier rouge"}
    answer = client.post("/lecteurs", data=told)
    assert (answer.status_code, answer.location) == (303, "/lecteurs")
    assert "La clé du nouveau lecteur" not in client.post("/lecteurs", data=told | {"name": ""}).text
    assert "La clé du nouveau lecteur" in client.get("/lecteurs").text
    assert "La clé du nouveau lecteur" not in client.get("/lecteurs").text


def test_the_page_after_asking_for_another_password_is_one_of_its_own(client: FlaskClient) -> None:
    answer = client.post("/entrer/equipe/oublie", data={"email": "samir@example.org"})
    assert (answer.status_code, answer.location) == (303, "/entrer/equipe/oublie/recu")
    assert "samir@example.org" in client.get(answer.location).text
    again = client.get(answer.location)
    assert "Demande reçue" in again.text
    assert "samir@example.org" not in again.text
