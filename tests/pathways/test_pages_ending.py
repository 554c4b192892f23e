"""Closing a group and noting that somebody leaves, as pages; and what somebody who is enrolled is told."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.outbox import Letter, Message
from fablab.people.models import Person
from fablab.permissions import Role
from pathways import actions
from pathways.models import Enrolment
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway, make_session


@pytest.fixture
def samir(client: FlaskClient) -> Person:
    """A facilitator, logged in."""
    samir = make_staff()
    log_in(client, samir)
    return samir


def test_a_group_is_closed_from_its_page_and_still_found(client: FlaskClient, samir: Person, session: Session) -> None:
    group = make_group(name="Rebond 4")
    enrol(make_young("Inès", "Benali"), group)
    address = f"/groupes/{group.public_id}"
    assert f"{address}/fermer" in client.get(address).get_data(as_text=True)
    assert client.get(f"{address}/fermer").status_code == 200
    assert client.post(f"{address}/fermer").status_code == 302
    session.refresh(group)
    assert group.closed_at == NOW
    page = client.get(address).get_data(as_text=True)
    assert "Fermé le" in page
    assert "Inscrire un jeune" not in page
    assert "Prévoir une séance" not in page
    assert "Inès B." in page, "somebody still enrolled is still shown, to note how it ended"
    listed = client.get("/groupes").get_data(as_text=True)
    assert "Groupes fermés" in listed
    assert address in listed


def test_a_group_with_a_session_to_come_is_not_closed(client: FlaskClient, samir: Person, session: Session) -> None:
    group = make_group()
    make_session(group, NOW + timedelta(days=3))
    answer = client.post(f"/groupes/{group.public_id}/fermer")
    assert answer.status_code == 422
    assert "1 séance est encore prévue" in answer.get_data(as_text=True)
    session.refresh(group)
    assert group.closed_at is None


def test_closing_says_which_roll_calls_are_missing(client: FlaskClient, samir: Person) -> None:
    group = make_group()
    lesson = make_session(group, NOW - timedelta(days=3))
    page = client.get(f"/groupes/{group.public_id}/fermer").get_data(as_text=True)
    assert f"/seances/{lesson.public_id}/appel" in page


def test_an_ending_is_noted_from_the_group_or_from_the_person(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group, ines = make_group(make_pathway("REBOND")), make_young("Inès", "Benali")
    enrolment = enrol(ines, group)
    address = f"/jeunes/{ines.public_id}/parcours/REBOND/sortie"
    for page in (f"/groupes/{group.public_id}", f"/jeunes/{ines.public_id}"):
        assert address in client.get(page).get_data(as_text=True)
    assert "Abandon" in client.get(address).get_data(as_text=True)
    refused = client.post(address, data={"status": ""})
    assert refused.status_code == 422
    assert "Choisir comment" in refused.get_data(as_text=True)
    assert client.post(address, data={"status": "finished"}).status_code == 422
    done = client.post(address, data={"status": "moved_away"})
    assert done.headers["Location"].endswith(f"/groupes/{group.public_id}")
    session.refresh(enrolment)
    assert (enrolment.status, enrolment.ended_on) == ("moved_away", NOW.date())
    assert client.get(address).status_code == 404, "nothing is left to end"


def test_somebody_at_their_own_pace_leaves_too(client: FlaskClient, samir: Person) -> None:
    ines = make_young("Inès")
    enrol(ines, version=make_pathway("PASSEUR"))
    done = client.post(f"/jeunes/{ines.public_id}/parcours/PASSEUR/sortie", data={"status": "dropped"})
    assert done.headers["Location"].endswith(f"/jeunes/{ines.public_id}")


@pytest.mark.parametrize("role", [Role.YOUNG, Role.REFERENT, Role.RECEPTION])
def test_others_neither_close_nor_end(client: FlaskClient, session: Session, role: Role) -> None:
    group, ines = make_group(make_pathway("REBOND")), make_young("Inès")
    enrol(ines, group)
    log_in(client, ines if role is Role.YOUNG else make_staff(roles=(role,)))
    assert client.post(f"/groupes/{group.public_id}/fermer").status_code == 403
    address = f"/jeunes/{ines.public_id}/parcours/REBOND/sortie"
    assert client.post(address, data={"status": "dropped"}).status_code == 403
    assert session.scalars(select(Enrolment.ended_on)).one() is None


def test_somebody_enrolled_is_told_the_next_sessions_and_nobody_else_is(session: Session) -> None:
    samir, group = make_staff(), make_group(make_pathway("REBOND"))
    make_session(group, NOW - timedelta(days=7))
    make_session(group, NOW + timedelta(days=2, hours=4), status="cancelled")
    for days in (7, 14, 21, 28):
        make_session(group, NOW + timedelta(days=days, hours=4))
    ines = make_young("Inès", email="ines@example.org")
    actions.enrol(ines, group.version, samir, NOW, group=group)
    message = session.scalars(select(Message)).one()
    assert message.person_id == ines.id
    assert message.link == "/mon-parcours"
    assert "Ma prochaine séance est mardi 1er décembre à 14\u00a0h" in message.text
    letter = session.scalars(select(Letter)).one()
    assert letter.to_address == "ines@example.org"
    assert letter.body.count("à 14\u00a0h") == 3, "the next three are enough"
    assert "Inès" in letter.body
    assert "Inès" not in letter.subject


def test_without_a_session_planned_the_words_promise_none(session: Session) -> None:
    actions.enrol(make_young(), make_pathway("PASSEUR"), make_staff(), NOW)
    assert "séance" not in session.scalars(select(Message)).one().text
