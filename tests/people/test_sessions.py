"""Sessions: each browser is a row, listed, closed from elsewhere, closed with the access."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.people import actions, actions_sessions
from fablab.people.models_access import OpenSession
from fablab.people.values import device_words
from fablab.permissions import Role
from machines import actions_team
from tests.conftest import NOW
from tests.make import PASSWORD, PIN, log_in, make_staff, make_young

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36"
)


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/mon-compte").status_code == 200)


def enter(app: Flask, handle: str, agent: str = PHONE) -> FlaskClient:
    """A new browser in which a young person has entered by the form."""
    browser = app.test_client()
    answer = browser.post("/entrer", data={"handle": handle, "secret": PIN}, headers={"User-Agent": agent})
    assert answer.status_code == 302
    return browser


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (PHONE, "Chrome, Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("curl/8.0", ""),
        (None, ""),
    ],
)
def test_a_device_is_said_in_two_words_and_nothing_finer(said: str | None, words: str) -> None:
    assert device_words(said) == words


def test_i_see_my_devices_and_close_the_one_i_left_behind(app: Flask, client: FlaskClient) -> None:
    make_young(handle="renard-42")
    lent, mine = enter(app, "renard-42", "Mozilla/5.0 (X11; Linux) Firefox/128.0"), enter(app, "renard-42")
    page = mine.get("/mon-compte/appareils").text
    assert "Firefox, Linux" in page
    assert "Chrome, Android" in page
    assert page.count("Cet appareil") == 1
    other = page.split("appareils/")[-1].split("/fermer")[0]
    assert mine.post(f"/mon-compte/appareils/{other}/fermer").location == "/mon-compte/appareils"
    assert is_in(mine)
    assert not is_in(lent)


def test_closing_the_session_of_this_browser_leads_out(app: Flask) -> None:
    make_young(handle="renard-42")
    mine = enter(app, "renard-42")
    own = mine.get("/mon-compte/appareils").text.split("appareils/")[1].split("/fermer")[0]
    assert mine.post(f"/mon-compte/appareils/{own}/fermer").location == "/entrer"
    assert not is_in(mine)


def test_a_cookie_copied_before_leaving_opens_nothing_after(app: Flask) -> None:
    make_young(handle="renard-42")
    mine, thief = enter(app, "renard-42"), app.test_client()
    with mine.session_transaction() as cookie:
        stolen = dict(cookie)
    with thief.session_transaction() as cookie:
        cookie.update(stolen)
    assert is_in(thief)
    mine.post("/sortir")
    assert not is_in(thief)


def test_entering_again_in_the_same_browser_ends_the_session_before(app: Flask, session: Session) -> None:
    make_young(handle="renard-42")
    browser = enter(app, "renard-42")
    browser.post("/entrer", data={"handle": "renard-42", "secret": PIN})
    assert session.scalar(select(func.count()).where(OpenSession.closed_at.is_(None))) == 1


def test_a_session_ends_at_its_hour_whatever_the_cookie_says(app: Flask) -> None:
    make_young(handle="renard-42")
    browser = enter(app, "renard-42")
    with time_machine.travel(NOW + timedelta(days=29), tick=False):
        assert is_in(browser)
    with browser.session_transaction() as cookie:
        kept = dict(cookie)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        with browser.session_transaction() as cookie:
            cookie.update(kept)
        assert not is_in(browser)


def test_the_administration_closes_the_sessions_of_somebody_of_the_team(app: Flask, client: FlaskClient) -> None:
    samir, tablet = make_staff(), app.test_client()
    log_in(tablet, samir)
    log_in(client, make_staff("Nour", roles=(Role.ADMINISTRATOR,)))
    assert "1 session ouverte" in client.get(f"/equipe/{samir.public_id}").text
    assert client.post(f"/equipe/{samir.public_id}/sessions/fermer").status_code == 302
    assert not is_in(tablet)
    assert "Aucune session ouverte." in client.get(f"/equipe/{samir.public_id}").text
    assert client.post(f"/equipe/{make_young().public_id}/sessions/fermer").status_code == 404


def test_who_leaves_has_no_session_left(app: Flask, session: Session) -> None:
    samir, nour = make_staff(email="samir@example.org"), make_staff("Nour", roles=(Role.ADMINISTRATOR,))
    browser = app.test_client()
    browser.post("/entrer/equipe", data={"email": "samir@example.org", "secret": PASSWORD})
    assert is_in(browser)
    actions_team.end_mission(samir, nour, NOW)
    assert not is_in(browser)
    assert session.scalars(select(OpenSession.closed_at)).all() == [NOW]


def test_a_new_pin_closes_every_device(app: Flask) -> None:
    person = make_young(handle="renard-42")
    phone = enter(app, "renard-42")
    actions.renew_pin(person, "739146", make_staff(), NOW)
    assert not is_in(phone)


def test_sessions_long_over_are_forgotten(app: Flask, session: Session) -> None:
    person = make_young()
    for days in (1, 20):
        actions_sessions.open_one(person, "Firefox", timedelta(days=days), NOW)
    assert actions_sessions.forget_old(NOW + timedelta(days=32)) == 1
    assert session.scalar(select(func.count()).select_from(OpenSession)) == 1
