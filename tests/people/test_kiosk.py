"""Kiosks: a device enrolled by the administration, four digits there and nowhere else, out when left alone."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.journal import JournalEntry
from fablab.people import actions, actions_account, actions_kiosk, actions_links, actions_sessions
from fablab.people.models import Person
from fablab.people.models_access import Kiosk, OpenSession
from fablab.people.rules_secrets import short_refusals
from fablab.permissions import Role
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import PASSWORD, PIN, log_in, make_staff, make_young

SHORT = "7391"


@pytest.fixture
def ines(app: Flask) -> Person:
    """A young person with a short code."""
    person = make_young("Inès", handle="renard-42")
    actions_account.choose_short(person, PIN, SHORT, NOW)
    return person


@pytest.fixture
def borne(app: Flask, ines: Person) -> FlaskClient:
    """The browser of an enrolled kiosk."""
    browser = app.test_client()
    key = actions_kiosk.enrol("Borne du Fablab", make_staff("Nour", roles=(Role.ADMINISTRATOR,)), NOW)
    browser.set_cookie("kiosk", key)
    return browser


def knock(client: FlaskClient, code: str = SHORT, where: str = "/borne") -> Any:
    return client.post(where, data={"handle": "renard-42", "secret": code})


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/mon-compte").status_code == 200)


def later(**more: int) -> Any:
    return time_machine.travel(NOW + timedelta(**more), tick=False)


def test_a_card_shown_to_a_reader_says_who_it_is_and_its_code_leaves_the_screen(
    borne: FlaskClient, ines: Person
) -> None:
    code = actions.renew_card(ines, make_staff(), NOW)
    scanned = f"https://dynamo.example/carte#{code}"
    shown = borne.post("/borne", data={"handle": scanned, "secret": ""})
    assert shown.status_code == 422
    assert 'value="renard-42"' in shown.text
    assert code not in shown.text
    assert not is_in(borne)
    assert borne.post("/borne", data={"handle": scanned, "secret": SHORT}).status_code == 302
    assert is_in(borne)


@pytest.mark.parametrize("scanned", ["https://dynamo.example/carte#AAAA-BBBB-CCCC", "#", "renard-42#"])
def test_a_card_nobody_knows_opens_nothing(borne: FlaskClient, scanned: str) -> None:
    answer = borne.post("/borne", data={"handle": scanned, "secret": SHORT})
    assert answer.status_code == 422
    assert "J’écris mon identifiant." in answer.text
    assert not is_in(borne)


def test_the_administration_makes_a_tablet_a_kiosk_and_leaves_it(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    nour = make_staff("Nour", roles=(Role.ADMINISTRATOR,))
    log_in(client, nour)
    assert client.post("/bornes", data={"name": ""}).status_code == 422
    answer = client.post("/bornes", data={"name": "Borne du Fablab", "use": "young"})
    assert answer.location == "/borne"
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert not is_in(client)
    assert client.get("/borne").status_code == 200
    assert client.get("/").location == "/borne", "a visitor of a kiosk finds the log-in"
    desk = log_in(app.test_client(), nour)
    assert "Borne du Fablab" in desk.get("/bornes").text
    kiosk_id = session.scalars(select(Kiosk.id)).one()
    desk.post(f"/bornes/{kiosk_id}/retirer")
    assert client.get("/borne").status_code == 404
    assert desk.post("/bornes/999/retirer").status_code == 404


@pytest.mark.parametrize("code", [SHORT, "73 91", PIN])
def test_four_digits_are_enough_on_a_kiosk_and_six_work_too(borne: FlaskClient, code: str) -> None:
    assert knock(borne, code).location == "/"
    assert is_in(borne)


def test_four_digits_open_nothing_elsewhere(client: FlaskClient, ines: Person) -> None:
    assert knock(client, where="/entrer").status_code == 422
    assert knock(client).status_code == 404
    client.set_cookie("kiosk", "made up")
    assert knock(client).status_code == 404


def test_a_kiosk_signs_out_after_two_minutes_without_a_sign_of_life(borne: FlaskClient) -> None:
    knock(borne)
    with later(seconds=110):
        assert borne.get("/borne/la").status_code == 204
    with later(seconds=225):
        assert is_in(borne), "the sign of life began the wait anew"
    with later(seconds=346):
        assert borne.get("/borne/la").status_code == 205
        assert not is_in(borne)


def test_a_phone_is_not_signed_out(client: FlaskClient, ines: Person) -> None:
    knock(client, PIN, "/entrer")
    with later(hours=3):
        assert is_in(client)
    assert "data-kiosk-warning" not in client.get("/").text


def test_every_page_of_a_kiosk_warns_and_hands_over_in_one_gesture(borne: FlaskClient) -> None:
    knock(borne)
    page = borne.get("/mon-compte").text
    assert "data-kiosk-warning" in page
    assert "Quelqu’un d’autre" in page
    assert 'content="125;url=/borne"' in page, "without JavaScript too"
    assert borne.post("/borne/suivant").location == "/borne"
    assert not is_in(borne)


def test_the_cookie_of_a_kiosk_ends_with_the_browser(borne: FlaskClient) -> None:
    assert "Expires" not in knock(borne).headers["Set-Cookie"]


def test_who_locks_a_handle_from_a_phone_locks_nobody_out_of_the_kiosk_nor_the_other_way(
    client: FlaskClient, borne: FlaskClient
) -> None:
    for _turn in range(5):
        knock(client, "111222", "/entrer")
    assert knock(client, PIN, "/entrer").status_code == 422
    assert knock(borne).status_code == 302
    borne.post("/borne/suivant")
    for _turn in range(5):
        knock(borne, "1112")
    assert knock(borne).status_code == 422


def test_ten_wrong_codes_on_a_kiosk_need_the_team(borne: FlaskClient, client: FlaskClient, ines: Person) -> None:
    for turn in range(10):
        with later(hours=turn // 5):
            knock(borne, "1112")
    with later(days=30):
        assert "quelqu’un de l’équipe" in knock(borne).text
    log_in(client, make_staff())
    assert "Bloqué" in client.get(f"/jeunes/{ines.public_id}").text
    client.post(f"/jeunes/{ines.public_id}/debloquer")
    assert knock(borne).status_code == 302


def test_a_code_forgotten_is_made_again_and_the_short_one_with_it(borne: FlaskClient, ines: Person) -> None:
    actions.renew_pin(ines, "739146", make_staff(), NOW)
    assert knock(borne).status_code == 422
    assert knock(borne, "739146").status_code == 302


@pytest.mark.parametrize("short", ["123", "1234", "1111", "1212", "2010", "0305", "0510", "4829", "12a4"])
def test_short_codes_that_cannot_be_chosen(short: str) -> None:
    assert short_refusals(short, PIN, date(2010, 5, 3))


def test_i_choose_my_short_code_with_my_pin(client: FlaskClient) -> None:
    log_in(client, make_young(handle="renard-42"))
    told = {"secret": PIN, "pin": SHORT, "pin_again": SHORT}
    assert client.post("/mon-compte/code-court", data={**told, "secret": "111222"}).status_code == 422
    assert client.post("/mon-compte/code-court", data={**told, "pin_again": "7392"}).status_code == 422
    assert client.post("/mon-compte/code-court", data={**told, "pin": "1234", "pin_again": "1234"}).status_code == 422
    assert client.post("/mon-compte/code-court", data=told).status_code == 302


@pytest.mark.parametrize(("short", "code"), [("12", "short_shape"), ("1234", "short_easy")])
def test_why_a_short_code_is_refused(app: Flask, short: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        actions_account.choose_short(make_young(), PIN, short, NOW)


def test_the_team_does_not_enter_with_four_digits(borne: FlaskClient, session: Session) -> None:
    samir = make_staff(handle="loutre-11")
    assert borne.post("/borne", data={"handle": "loutre-11", "secret": SHORT}).status_code == 422
    assert samir.short_hash is None


# the team's tablet


def say_password(tablet: FlaskClient, person: Person) -> None:
    answer = tablet.post("/entrer/equipe", data={"email": person.email, "secret": PASSWORD})
    assert answer.location == "/"


def row_of(tablet: FlaskClient, name: str) -> str:
    """What the page sends for somebody: the id of their waiting session."""
    page = BeautifulSoup(tablet.get("/tablette").text, "html.parser")
    [label] = [tick for tick in page.select("label.tick") if name in tick.text]
    return str(label.input["value"]) if label.input else ""


@pytest.fixture
def team(app: Flask) -> tuple[Person, Person]:
    """Two facilitators with a short code each."""
    samir, chloe = make_staff("Samir", "Haddad"), make_staff("Chloé", "Marchand")
    actions_account.choose_short(samir, PASSWORD, SHORT, NOW)
    actions_account.choose_short(chloe, PASSWORD, "8264", NOW)
    return samir, chloe


@pytest.fixture
def tablet(app: Flask, team: tuple[Person, Person]) -> FlaskClient:
    """A tablet of the team, on which both said their password this morning; Chloé is in."""
    browser = app.test_client()
    nour = make_staff("Nour", roles=(Role.ADMINISTRATOR,))
    browser.set_cookie("kiosk", actions_kiosk.enrol("Atelier", nour, NOW, for_team=True))
    for person in team:
        browser.post("/borne/suivant")
        say_password(browser, person)
    return browser


def test_a_shared_tablet_changes_person_by_code_and_the_journal_names_a_human(
    tablet: FlaskClient, team: tuple[Person, Person], session: Session
) -> None:
    assert "Tablette partagée\u00a0: Chloé M." in tablet.get("/").text
    assert tablet.post("/borne/suivant").location == "/tablette"
    assert not is_in(tablet)
    assert tablet.get("/").location == "/tablette"
    assert tablet.post("/tablette", data={"who": row_of(tablet, "Samir"), "secret": SHORT}).location == "/"
    assert "Samir H." in tablet.get("/").text
    tom = make_young("Tom")
    tablet.post(f"/jeunes/{tom.public_id}/carte")
    last = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert last is not None
    assert (last.verb, last.actor_id) == ("card.renew", team[0].id)


def test_a_code_of_one_opens_nothing_of_another_and_tries_are_counted(
    tablet: FlaskClient, team: tuple[Person, Person]
) -> None:
    tablet.post("/borne/suivant")
    who = row_of(tablet, "Samir")
    for _turn in range(5):
        assert tablet.post("/tablette", data={"who": who, "secret": "8264"}).status_code == 422
    assert "pause" in tablet.post("/tablette", data={"who": who, "secret": SHORT}).text


def test_the_code_serves_until_the_evening_and_not_after_leaving(
    app: Flask, tablet: FlaskClient, team: tuple[Person, Person]
) -> None:
    tablet.post("/sortir")
    assert "Chloé" not in tablet.get("/tablette").text, "who leaves says the password again"
    who = row_of(tablet, "Samir")
    with later(hours=12):
        assert "Samir" not in tablet.get("/tablette").text
        assert tablet.post("/tablette", data={"who": who, "secret": SHORT}).status_code == 422
    elsewhere = app.test_client()
    assert elsewhere.get("/tablette").status_code == 404


def test_who_loses_the_access_is_no_longer_offered(tablet: FlaskClient, team: tuple[Person, Person]) -> None:
    actions_sessions.close_all(team[0], team[0], NOW)
    tablet.post("/borne/suivant")
    assert "Samir" not in tablet.get("/tablette").text


def test_a_session_that_ended_meanwhile_is_not_taken_up(
    tablet: FlaskClient, team: tuple[Person, Person], session: Session
) -> None:
    opened = session.scalars(select(OpenSession).where(OpenSession.person_id == team[0].id)).one()
    actions_sessions.close_all(team[0], team[0], NOW)
    with pytest.raises(Refused, match="over"):
        actions_account.take_up(opened, SHORT, "key", NOW)


def test_ending_a_tablet_ends_its_sessions(tablet: FlaskClient, session: Session) -> None:
    assert is_in(tablet)
    actions_kiosk.end(session.scalars(select(Kiosk.id)).one(), make_staff(), NOW)
    assert not is_in(tablet)


def test_another_password_forgets_the_short_code(
    tablet: FlaskClient, team: tuple[Person, Person], session: Session
) -> None:
    actions_links.reset_password(team[0], team[0].enter_version, "quatre lampes en bois", NOW)
    session.expire_all()
    assert team[0].short_hash is None


def test_the_team_chooses_a_short_code_with_the_password(client: FlaskClient) -> None:
    log_in(client, make_staff())
    told = {"secret": PASSWORD, "pin": SHORT, "pin_again": SHORT}
    assert client.get("/mon-compte/code-court").status_code == 200
    assert client.post("/mon-compte/code-court", data={**told, "secret": "x"}).status_code == 422
    assert client.post("/mon-compte/code-court", data=told).status_code == 302


def test_the_administration_enrols_a_tablet_of_the_team(client: FlaskClient) -> None:
    log_in(client, make_staff("Nour", roles=(Role.ADMINISTRATOR,)))
    assert client.post("/bornes", data={"name": "Atelier", "use": "team"}).location == "/tablette"
    assert "Connexion avec mot de passe" in client.get("/tablette").text
    assert client.get("/borne").status_code == 404
