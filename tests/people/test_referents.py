"""Referents: invited for one young person by a link of 7 days, they read their own and nobody else, until the end."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.outbox import Letter
from fablab.people.models import FollowUp, Person
from fablab.permissions import Role
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_file import make_structure
from tests.people.test_staff import CHOSEN, follow, link_sent


@pytest.fixture
def nadia(client: FlaskClient) -> Person:
    """A coordinator, logged in."""
    person = make_staff("Nadia", roles=(Role.COORDINATOR,))
    log_in(client, person)
    return person


def invite(client: FlaskClient, person: Person, email: str = "Remi@Example.org", **more: str) -> int:
    return client.post(f"/jeunes/{person.public_id}/referents", data={"email": email, **more}).status_code


def test_a_referent_is_invited_opens_an_account_and_reads_only_their_own(
    app: Flask, client: FlaskClient, nadia: Person, session: Session
) -> None:
    ines, _lou, desk = make_young("Inès", "Benali"), make_young("Lou", "Durand"), app.test_client()
    assert invite(client, ines, structure=make_structure().public_id) == 302
    page = client.get(f"/jeunes/{ines.public_id}/referents").text
    assert "<bdi>remi<wbr>@example.org</bdi>" in page, "a narrow column cuts the address before its @"
    assert "Mission Locale" in page
    link = link_sent(session)
    assert follow(desk, link, **CHOSEN).location == "/", "a referent enters in one step"
    home = desk.get("/").text
    assert "Inès B." in home
    assert "Lou" not in home
    for where in (f"/jeunes/{ines.public_id}", "/jeunes", f"/jeunes/{ines.public_id}/referents"):
        assert desk.get(where).status_code == 403


def test_the_invitation_is_worth_seven_days_and_is_sent_again(
    app: Flask, client: FlaskClient, nadia: Person, session: Session
) -> None:
    ines, desk = make_young(), app.test_client()
    invite(client, ines)
    first, link_id = link_sent(session), session.scalars(select(FollowUp.id)).one()
    with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
        assert follow(desk, first).status_code == 410
    assert client.post(f"/jeunes/{ines.public_id}/referents/{link_id}/lien").status_code == 302
    assert follow(desk, first).status_code == 410
    assert follow(desk, link_sent(session)).status_code == 200


def test_ending_a_follow_up_closes_it_at_once(app: Flask, client: FlaskClient, nadia: Person, session: Session) -> None:
    ines, remi = make_young("Inès"), make_staff("Rémi", roles=(Role.REFERENT,), email="remi@example.org")
    desk = log_in(app.test_client(), remi)
    invite(client, ines)
    assert "Inès" in desk.get("/").text
    link_id = session.scalars(select(FollowUp.id)).one()
    client.post(f"/jeunes/{ines.public_id}/referents/{link_id}/fin")
    assert "Inès" not in desk.get("/").text
    assert "Terminé" in client.get(f"/jeunes/{ines.public_id}/referents").text
    assert invite(client, ines) == 302, "who followed before may follow again"
    assert "Inès" in desk.get("/").text


def test_a_follow_up_ends_by_itself_after_its_last_day(app: Flask, client: FlaskClient, nadia: Person) -> None:
    ines, remi = make_young("Inès"), make_staff("Rémi", roles=(Role.REFERENT,), email="remi@example.org")
    invite(client, ines, last_day="2026-11-25")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert "Inès" in log_in(client, remi).get("/").text
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert "Inès" not in log_in(client, remi).get("/").text


def test_a_referent_who_has_an_account_is_told_without_a_name(
    client: FlaskClient, nadia: Person, session: Session
) -> None:
    make_staff("Rémi", roles=(Role.REFERENT,), email="remi@example.org")
    invite(client, make_young("Inès"))
    letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert letter is not None
    assert "Inès" not in letter.body + letter.subject


@pytest.mark.parametrize(
    ("email", "more", "said"),
    [
        ("samir@example.org", {}, "un autre compte"),
        ("ines@example.org", {}, "un autre compte"),
        ("remi", {}, "incomplète"),
        ("remi@example.org", {"last_day": "2026-11-23"}, "déjà passé"),
        ("follows@example.org", {}, "Cette personne suit déjà ce jeune."),
    ],
)
def test_who_cannot_be_invited(client: FlaskClient, nadia: Person, email: str, more: dict[str, str], said: str) -> None:
    make_staff(email="samir@example.org")
    make_staff("Rose", roles=(Role.REFERENT,), email="follows@example.org")
    ines = make_young(email="ines@example.org")
    invite(client, ines, "follows@example.org")
    answer = client.post(f"/jeunes/{ines.public_id}/referents", data={"email": email, **more})
    assert answer.status_code == 422
    assert said in answer.text


def test_the_follow_up_of_somebody_else_is_not_found(client: FlaskClient, nadia: Person, session: Session) -> None:
    ines, lou = make_young(), make_young("Lou")
    invite(client, ines)
    link_id = session.scalars(select(FollowUp.id)).one()
    for act in ("fin", "lien"):
        assert client.post(f"/jeunes/{lou.public_id}/referents/{link_id}/{act}").status_code == 404
    assert session.get_one(FollowUp, link_id).since == date(2026, 11, 24)


def test_who_has_come_gets_no_other_invitation(client: FlaskClient, nadia: Person, session: Session) -> None:
    make_staff("Rémi", roles=(Role.REFERENT,), email="remi@example.org")
    ines = make_young()
    invite(client, ines)
    link_id = session.scalars(select(FollowUp.id)).one()
    answer = client.post(f"/jeunes/{ines.public_id}/referents/{link_id}/lien", follow_redirects=True)
    assert "déjà ouvert son compte" in answer.text
