"""A forgotten password: the same answer for everybody, a link that serves once, few letters."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.outbox import Letter
from fablab.people import actions_links, secrets
from fablab.people.rules_access import after_letter, too_many_letters
from fablab.people.rules_secrets import Tries
from fablab.permissions import Role
from machines import actions_team
from tests.conftest import NOW
from tests.make import PASSWORD, log_in, make_person, make_staff, make_young
from tests.people.test_races import at_once
from tests.people.test_staff import follow, link_sent

ANOTHER = {"password": "quatre lampes en bois", "password_again": "quatre lampes en bois"}


def ask(client: FlaskClient, email: str) -> Any:
    return client.post("/entrer/equipe/oublie", data={"email": email}, follow_redirects=True)


def letters(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Letter)) or 0


def test_the_answer_is_the_same_whether_anybody_has_the_address(client: FlaskClient, session: Session) -> None:
    make_staff(email="samir@example.org")
    known, unknown = ask(client, "Samir@Example.org"), ask(client, "nobody@example.org")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.text.replace("samir@", "nobody@") == unknown.text
    assert letters(session) == 1


def test_a_link_chooses_another_password_once(app: Flask, client: FlaskClient, session: Session) -> None:
    samir = make_staff(email="samir@example.org")
    tablet = log_in(app.test_client(), samir)
    ask(client, "samir@example.org")
    link = link_sent(session)
    assert tablet.get("/mon-compte").status_code == 200, "asking closes nothing: anybody may ask"
    assert follow(client, link).status_code == 200
    assert follow(client, link, **{"password": "court", "password_again": "court"}).status_code == 422
    assert follow(client, link, **ANOTHER).location == "/entrer/equipe"
    assert tablet.get("/mon-compte").status_code == 302
    assert follow(client, link, **ANOTHER).status_code == 410
    entry = {"email": "samir@example.org"}
    assert client.post("/entrer/equipe", data={**entry, "secret": PASSWORD}).status_code == 422
    assert client.post("/entrer/equipe", data={**entry, "secret": ANOTHER["password"]}).status_code == 302


def test_a_link_is_worth_an_hour(client: FlaskClient, session: Session) -> None:
    make_staff(email="samir@example.org")
    ask(client, "samir@example.org")
    link = link_sent(session)
    with time_machine.travel(NOW + timedelta(minutes=60), tick=False):
        assert follow(client, link).status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=60, seconds=1), tick=False):
        assert follow(client, link).status_code == 410


def test_only_who_enters_with_a_password_gets_a_letter(client: FlaskClient, session: Session) -> None:
    nour = make_staff("Nour", roles=(Role.ADMINISTRATOR,))
    gone = make_staff(email="gone@example.org")
    actions_team.end_mission(gone, nour, NOW)
    make_person(email="invited@example.org", roles=(Role.FACILITATOR,))
    for email in ("gone@example.org", "invited@example.org"):
        assert ask(client, email).status_code == 200
    assert letters(session) == 0


def test_a_link_of_one_kind_is_none_of_another(client: FlaskClient) -> None:
    samir = make_staff(email="samir@example.org")
    token = secrets.sign_invitation(samir.public_id, samir.enter_version)
    assert follow(client, f"/entrer/equipe/autre#{token}").status_code == 410
    assert follow(client, f"/entrer/premier#{secrets.sign_reset(samir.public_id, 1)}").status_code == 410
    assert follow(client, f"/entrer/equipe/autre#{token[:-2]}AA").status_code == 410


def test_three_letters_then_an_hours_wait_for_an_address_known_or_not(client: FlaskClient, session: Session) -> None:
    make_staff(email="samir@example.org")
    for email in ("samir@example.org", "nobody@example.org"):
        assert [ask(client, email).status_code for _turn in range(4)] == [200, 200, 200, 422]
    assert letters(session) == 3
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert ask(client, "samir@example.org").status_code == 200


def test_asked_a_hundred_times_at_once_three_letters_leave(shared_database: Flask) -> None:
    make_staff(email="samir@example.org")
    at_once(shared_database, lambda _n: actions_links.ask_reset("samir@example.org", clock.now()), times=20)
    db.session.remove()
    assert letters(db.session()) <= 3


@pytest.mark.parametrize("asked", [Tries(), Tries(2), Tries(3, NOW), Tries(9, NOW - timedelta(days=1))])
def test_a_letter_may_leave(asked: Tries) -> None:
    assert too_many_letters(asked, NOW) is None


def test_the_wait_is_said_in_minutes() -> None:
    refusal = too_many_letters(Tries(3, NOW + timedelta(minutes=59, seconds=30)), NOW)
    assert refusal is not None
    assert (refusal.code, refusal.field) == ("too_many_letters", "email")
    assert "60\u00a0min" in refusal.sentence
    assert after_letter(Tries(3, NOW), NOW) == Tries(1, None)


def test_a_young_person_has_no_link(client: FlaskClient, session: Session) -> None:
    make_young(email="ines@example.org")
    ask(client, "ines@example.org")
    assert letters(session) == 0


def test_no_address_holds_a_token_and_looking_uses_nothing_up(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """A scanner of letters opens links; proxies, histories and the Referer header keep addresses."""
    make_staff(email="samir@example.org")
    ask(client, "samir@example.org")
    link = link_sent(session)
    path, token = link.split("#")
    for _turn in range(2):
        page = follow(client, link)
        assert page.status_code == 200
    assert token not in page.headers.get("Location", "") + page.request.path
    assert [f for f in re.findall(r'(?:action|href)="([^"]*)"', page.text) if token in f] == []
    assert page.headers["Cache-Control"] == "no-store"
    assert client.post(path, data={"link": ""}).status_code == 422
    assert client.post(path, data={"link": f"http://127.0.0.1:8000{link}"}).status_code == 200, "pasted whole"
    assert client.get(f"{path}/{token}").status_code == 404
    assert follow(client, link, **ANOTHER).status_code == 302
