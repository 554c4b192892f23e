"""The team's accounts: one link, once; roles given and ended; leaving cuts at once."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.i18n import say_address
from fablab.outbox import Letter
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_team
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young

FORM = {"email": "Samir@Example.org", "roles": ["facilitator"]}
CHOSEN = {
    "first_name": "Samir",
    "last_name": "Haddad",
    "password": "trois vélos bleus",
    "password_again": "trois vélos bleus",
}


@pytest.fixture
def admin(client: FlaskClient) -> Person:
    """The administrator, logged in with ``client``."""
    person = make_staff("Nour", "Ziani", roles=(Role.ADMINISTRATOR,))
    log_in(client, person)
    return person


def link_sent(session: Session) -> str:
    """The path of the last link sent."""
    letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert letter is not None
    found = re.search(r"https?://[^/]+(/\S+)", letter.body)
    assert found is not None
    return found.group(1)


def follow(client: FlaskClient, link: str, **typed: str) -> Any:
    """What the page of a link sends: the token from after the #, then what is typed."""
    path, token = link.split("#")
    assert client.get(path).status_code == 200
    return client.post(path, data={"link": token, **typed})


def test_a_new_account_chooses_its_password_by_a_link_that_serves_once(
    app: Flask, client: FlaskClient, admin: Person, session: Session
) -> None:
    assert client.post("/equipe/nouveau", data=FORM).status_code == 302
    samir = session.scalars(select(Person).where(Person.email == "samir@example.org")).one()
    assert samir.roles == [Role.FACILITATOR]
    assert samir.full_name == "samir@example.org", "who has not come yet is known by the address"
    phone = app.test_client()
    link = link_sent(session)
    assert follow(phone, link).status_code == 200
    assert follow(phone, link, **{"password": "court", "password_again": "court"}).status_code == 422
    assert follow(phone, link, **{**CHOSEN, "first_name": "💡"}).status_code == 422
    assert follow(phone, link, **CHOSEN).status_code == 302
    assert phone.get("/mon-compte").status_code == 200
    session.expire_all()
    assert samir.full_name == "Samir Haddad"
    assert follow(phone, link).status_code == 410
    assert follow(phone, link, **CHOSEN).status_code == 410


def test_a_link_is_worth_a_week(client: FlaskClient, admin: Person, session: Session) -> None:
    client.post("/equipe/nouveau", data=FORM)
    link = link_sent(session)
    client.post("/sortir")
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert follow(client, link).status_code == 200
    with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
        assert follow(client, link).status_code == 410


def test_another_link_ends_the_one_before_and_the_password(
    app: Flask, client: FlaskClient, admin: Person, session: Session
) -> None:
    samir = make_staff(email="samir@example.org")
    phone = log_in(app.test_client(), samir)
    client.post(f"/equipe/{samir.public_id}/lien")
    first = link_sent(session)
    assert phone.get("/mon-compte").status_code == 302
    client.post(f"/equipe/{samir.public_id}/lien")
    assert follow(phone, first).status_code == 410
    assert follow(phone, link_sent(session)).status_code == 200
    session.expire_all()
    assert samir.secret_hash is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "samir"}, "incomplète"),
        ({"email": "nour@example.org"}, "a déjà un compte"),
        ({"roles": []}, "au moins un rôle"),
        ({"roles": ["young"]}, ""),
    ],
)
def test_an_account_that_cannot_be_made(client: FlaskClient, changes: dict[str, object], said: str) -> None:
    log_in(client, make_staff("Nour", roles=(Role.ADMINISTRATOR,), email="nour@example.org"))
    answer = client.post("/equipe/nouveau", data={**FORM, **changes})
    assert answer.status_code == 422
    assert said in answer.text


def test_roles_are_given_and_ended_at_once_and_stay_in_the_record(
    app: Flask, client: FlaskClient, admin: Person, session: Session
) -> None:
    samir = make_staff()
    phone = log_in(app.test_client(), samir)
    assert phone.get("/jeunes").status_code == 200
    client.post(f"/equipe/{samir.public_id}", data={"roles": ["referent"]})
    assert phone.get("/jeunes").status_code == 403
    session.expire_all()
    assert samir.roles == [Role.REFERENT]
    assert [(grant.role, grant.ended_at is not None) for grant in samir.grants] == [
        ("facilitator", True),
        ("referent", False),
    ]


def test_who_is_also_a_young_person_stays_one(client: FlaskClient, admin: Person, session: Session) -> None:
    both = make_staff(roles=(Role.YOUNG, Role.FACILITATOR))
    client.post(f"/equipe/{both.public_id}", data={"roles": ["coordinator"]})
    session.expire_all()
    assert both.roles == [Role.YOUNG, Role.COORDINATOR]


def test_the_last_administrator_keeps_the_role_and_stays(client: FlaskClient, admin: Person) -> None:
    answer = client.post(f"/equipe/{admin.public_id}", data={"roles": ["coordinator"]})
    assert "dernière personne" in answer.text
    with pytest.raises(Refused, match="last_administrator"):
        actions_team.end_mission(admin, admin, NOW)
    other = make_staff(roles=(Role.ADMINISTRATOR,))
    actions_team.end_mission(other, admin, NOW)
    with pytest.raises(Refused, match="last_administrator"):
        actions_team.end_mission(admin, admin, NOW)


def test_who_left_may_return(client: FlaskClient, admin: Person, session: Session) -> None:
    samir = make_staff()
    client.post(f"/equipe/{samir.public_id}/fin")
    session.expire_all()
    assert not samir.is_active
    assert "Parti" in client.get("/equipe").text
    client.post(f"/equipe/{samir.public_id}/retour")
    session.expire_all()
    assert samir.is_active


def test_a_young_person_is_not_in_the_pages_of_the_team(client: FlaskClient, admin: Person) -> None:
    assert client.get(f"/equipe/{make_young().public_id}").status_code == 404


def test_the_first_administrator_of_a_house_is_made_by_a_command(app: Flask, client: FlaskClient) -> None:
    said = app.test_cli_runner().invoke(args=["administrator", "Nour@Example.org", "Nour", "Ziani"])
    assert said.exit_code == 0, said.output
    link = said.output.splitlines()[0].removeprefix("http://127.0.0.1:8000")
    assert follow(client, link, **CHOSEN).location == "/entrer/equipe/activer", "an administrator enters in two steps"
    again = app.test_cli_runner().invoke(args=["administrator", "nour@example.org", "Nour", "Ziani"])
    assert again.exit_code == 1
    assert app.test_cli_runner().invoke(args=["administrator", "nour", "Nour", "Ziani"]).exit_code == 1


def test_the_link_leads_to_the_houses_own_address_whatever_the_request_says(
    client: FlaskClient, admin: Person, session: Session
) -> None:
    client.post("/equipe/nouveau", data=FORM, headers={"X-Forwarded-Host": "evil.example"})
    letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert letter is not None
    assert "http://127.0.0.1:8000/entrer/premier#" in letter.body


def test_a_narrow_column_cuts_an_address_before_its_at_sign_and_nothing_of_it_is_markup() -> None:
    assert say_address("samir@example.org") == "<bdi>samir<wbr>@example.org</bdi>"
    assert say_address("<b>@example.org") == "<bdi>&lt;b&gt;<wbr>@example.org</bdi>"


def test_only_an_account_that_is_locked_is_offered_to_be_unlocked(
    app: Flask, client: FlaskClient, admin: Person, session: Session
) -> None:
    samir = make_staff("Samir")
    page = f"/equipe/{samir.public_id}"
    assert "Débloquer" not in client.get(page).text
    guessing = app.test_client()
    for _turn in range(5):
        guessing.post("/entrer/equipe", data={"email": samir.email, "secret": "jamais le bon"})
    shown = client.get(page).text
    assert "Débloquer" in shown
    assert "Trop d’essais : une pause est en cours." in shown
    client.post(f"{page}/debloquer")
    assert "Débloquer" not in client.get(page).text


def test_who_was_invited_is_named_by_their_address_once(client: FlaskClient, admin: Person, session: Session) -> None:
    client.post("/equipe/nouveau", data=FORM)
    samir = session.scalars(select(Person).where(Person.email == "samir@example.org")).one()
    main = BeautifulSoup(client.get(f"/equipe/{samir.public_id}").text, "html.parser").select_one("main")
    assert main is not None
    assert main.get_text().count("samir@example.org") == 1
