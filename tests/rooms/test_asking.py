"""A room found by need and asked for: who may, for whom, what is confirmed at once, who is written to."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bookings.models import Booking, Place
from fablab.db import transaction
from fablab.outbox import Letter, Message
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from rooms.models import Room
from tests.conftest import Statements
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_rooms import lend, make_contact_of, make_room, make_tenant

DAY = date(2026, 12, 15)


@pytest.fixture
def choir() -> Structure:
    """An association whose papers are in order."""
    return make_tenant()


@pytest.fixture
def solene(choir: Structure) -> Person:
    """She acts for the choir."""
    return make_contact_of(choir)


def wish(structure: Structure, **fields: Any) -> dict[str, str]:
    """A form filled in for eight people, on Tuesday evening."""
    values = {"structure": structure.public_id, "people": "8", "day": DAY.isoformat()}
    return {**values, "starts": "17:00", "ends": "19:00", "key": "one-form", **fields}


def send(client: FlaskClient, room: Room, structure: Structure, **fields: Any) -> TestResponse:
    return client.post(f"/salles/{room.code}/demander", data=wish(structure, **fields))


def found(client: FlaskClient, structure: Structure, **fields: Any) -> str:
    answer = client.get("/salles/trouver", query_string=wish(structure, **fields))
    assert answer.status_code == 200, answer.text
    return " ".join(BeautifulSoup(answer.text, "html.parser").select_one("main").get_text(" ").split())  # type: ignore[union-attr]  # every page has one


def between(said: str, start: str, end: str) -> str:
    return said.partition(start)[2].partition(end)[0]


def made(session: Session) -> Booking:
    session.rollback()
    return session.scalars(select(Booking)).one()


def test_a_contact_books_for_their_organisation_and_is_confirmed_at_once(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    log_in(client, solene)
    answer = send(client, leysse, choir, purpose="répétition")
    booking = made(session)
    assert (answer.status_code, answer.location) == (303, f"/salles/reservations/{booking.public_id}")
    assert (booking.status, booking.structure_id, booking.headcount) == ("confirmed", choir.id, 8)
    assert (booking.holder_id, booking.purpose, booking.created_by_id) == (None, "répétition", solene.id)
    [letter] = session.scalars(select(Letter)).all()
    assert (letter.notice, letter.person_id) == ("room-made", solene.id)
    assert "la salle est réservée" in letter.body
    assert letter.calendar
    assert session.scalars(select(Message)).all() == []  # the page said it


def test_without_a_signed_convention_it_is_a_request_that_already_holds_the_room(
    client: FlaskClient, session: Session, leysse: Room
) -> None:
    choir = make_tenant(agreement="to_sign")
    log_in(client, make_contact_of(choir))
    page = client.get(send(client, leysse, choir).location or "")
    booking = made(session)
    assert (booking.status, [claim.holds for claim in booking.claims]) == ("requested", [True])
    assert "la convention signée" in page.text
    assert "la coordination va y répondre" in session.scalars(select(Letter.body)).one()
    other = make_tenant("Théâtre")
    log_in(client, make_contact_of(other))
    assert send(client, leysse, other, key="another").status_code == 409


def test_a_room_that_the_coordination_answers_for_is_requested_by_others_and_booked_by_themselves(
    client: FlaskClient, session: Session, dynamo: Place, choir: Structure, solene: Person
) -> None:
    hall = make_room(dynamo, "SAL-01", approval="coordination")
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    send(client, hall, choir)
    assert made(session).status == "requested"
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    send(client, hall, choir, starts="14:00", ends="16:00", key="another")
    assert set(session.scalars(select(Booking.status))) == {"requested", "confirmed"}
    told = session.execute(select(Message.notice, Message.person_id)).all()
    assert [tuple(one) for one in told] == [("room-made", solene.id)] * 2


def test_a_contact_asks_for_no_other_organisation(
    client: FlaskClient, session: Session, leysse: Room, solene: Person
) -> None:
    log_in(client, solene)
    answer = send(client, leysse, make_tenant("Théâtre"))
    assert answer.status_code == 422
    assert "Théâtre" not in answer.text
    assert session.scalars(select(Booking)).all() == []


def test_a_contact_whose_access_ended_asks_for_nothing(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure
) -> None:
    log_in(client, make_contact_of(choir, "Paul", until=date(2026, 11, 23)))
    assert send(client, leysse, choir).status_code == 422
    assert session.scalars(select(Booking)).all() == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"people": ""}, "Dire combien de personnes viennent."),
        ({"people": "20"}, "19 personnes au plus"),
        ({"people": "huit"}, "Écrire un nombre entier."),
        ({"day": "2026-12-03"}, "Demander au moins 10 jours avant."),
        ({"day": "2027-06-15"}, "On peut réserver jusqu’au"),
        ({"ends": "16:00"}, "La fin vient après le début."),
        ({"starts": "23:00", "ends": "23:30"}, "La maison est fermée à cette heure."),
        ({"purpose": "a" * 201}, "200 caractères au plus."),
    ],
)
def test_what_stands_in_the_way_is_said_beside_its_field_and_what_was_typed_stays(
    client: FlaskClient,
    session: Session,
    leysse: Room,
    choir: Structure,
    solene: Person,
    fields: dict[str, str],
    said: str,
) -> None:
    log_in(client, solene)
    answer = send(client, leysse, choir, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    for name, value in wish(choir, **fields).items():
        if name not in ("key", "structure"):
            assert f'value="{value}"' in answer.text, name
    assert session.scalars(select(Booking)).all() == []


def test_only_the_coordination_passes_a_notice_and_says_why(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure
) -> None:
    late = {"day": "2026-12-01", "override": "Le gymnase a été inondé."}
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    assert "Raison de passer outre" not in client.get("/salles/SAL-08/demander").text
    assert send(client, leysse, choir, **late).status_code == 422
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    assert send(client, leysse, choir, **late).status_code == 303
    assert made(session).override_reason == "Le gymnase a été inondé."


def test_a_form_sent_twice_books_once(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    log_in(client, solene)
    first, second = send(client, leysse, choir), send(client, leysse, choir)
    assert first.location == second.location == f"/salles/reservations/{made(session).public_id}"


def test_a_search_proposes_only_what_would_be_accepted_the_smallest_that_is_enough_first(
    client: FlaskClient, dynamo: Place, choir: Structure, solene: Person
) -> None:
    make_room(dynamo, "SAL-01", name="Grande", usual_capacity=60, safety_gauge=80, exits=2)
    make_room(dynamo, "SAL-02", name="Moyenne", usual_capacity=20, safety_gauge=30, exits=2)
    make_room(dynamo, "SAL-03", name="Tassée", usual_capacity=12, safety_gauge=19)
    make_room(dynamo, "SAL-04", name="Cagibi", usual_capacity=4, safety_gauge=6)
    make_room(dynamo, "SAL-05", name="Accordée", usual_capacity=20, safety_gauge=30, exits=2, approval="coordination")
    log_in(client, solene)
    said = found(client, choir, people="15")
    fits = between(said, "Conviennent", "Presque")
    assert [fits.index(name) for name in ("Moyenne", "Grande", "Accordée")] == sorted(
        fits.index(name) for name in ("Moyenne", "Grande", "Accordée")
    )
    assert "Tassée · un peu petite" in between(said, "Presque", "Pas possible, et pourquoi")
    assert "Cagibi Trop de monde pour cette salle" in said.partition("Pas possible, et pourquoi")[2]


def test_what_is_needed_in_a_room_puts_the_others_aside(
    client: FlaskClient, dynamo: Place, leysse: Room, choir: Structure, solene: Person
) -> None:
    make_room(dynamo, "SAL-10", name="Studio", step_free=False, equipment=["batterie"])
    log_in(client, solene)
    assert "Studio" in between(found(client, choir, equipment="batterie"), "Conviennent", "Presque")
    steps = found(client, choir, step_free="y")
    assert "Leysse" in between(steps, "Conviennent", "Presque")
    assert "Studio · avec des marches" in steps.partition("Presque")[2]


def test_a_room_taken_at_that_hour_is_proposed_at_the_nearest_one_and_that_one_is_accepted(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    lend(leysse, make_tenant("Théâtre"), slot("16:00", "18:00", DAY))
    log_in(client, solene)
    answer = client.get("/salles/trouver", query_string=wish(choir))
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Théâtre" not in answer.text
    [link] = [one["href"] for one in page.select("main a.btn") if "demander" in str(one["href"])]
    assert "starts=18:00&ends=20:00" in str(link)
    form = BeautifulSoup(client.get(str(link)).text, "html.parser").select_one("main form")
    assert form is not None
    sent = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    assert client.post("/salles/SAL-08/demander", data={**sent, "structure": choir.public_id}).status_code == 303
    session.rollback()
    assert session.scalars(select(Booking.structure_id).order_by(Booking.id.desc())).first() == choir.id


def test_the_desk_finds_rooms_for_any_organisation_a_mask_for_the_sensitive(
    client: FlaskClient, leysse: Room, choir: Structure
) -> None:
    make_tenant("Vie libre", sensitive=True, masked_label="Association de santé")
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    said = client.get("/salles/trouver").text
    assert "Chœurs du Quai" in said
    assert "Association de santé" in said
    assert "Vie libre" not in said
    assert "Leysse" in found(client, choir)


def test_a_search_asks_few_statements_whatever_the_rooms(
    client: FlaskClient, dynamo: Place, choir: Structure, solene: Person, count_statements: Statements
) -> None:
    for number in range(1, 16):
        lend(make_room(dynamo, f"SAL-{number:02}"), choir, slot("17:00", "19:00", DAY))
    log_in(client, solene)
    found(client, choir)
    count_statements.clear()
    found(client, choir)
    assert len(count_statements) <= 10, list(count_statements)


def test_a_room_retired_meanwhile_is_not_found(client: FlaskClient, leysse: Room, choir: Structure) -> None:
    log_in(client, make_contact_of(choir))
    with transaction():
        leysse.retired_on = date(2026, 11, 1)
    assert send(client, leysse, choir).status_code == 404


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.REFERENT, Role.ADMINISTRATOR])
def test_others_ask_for_no_room(client: FlaskClient, leysse: Room, choir: Structure, role: Role) -> None:
    log_in(client, make_staff(roles=(role,)))
    assert client.get("/salles/trouver").status_code == 403
    assert send(client, leysse, choir).status_code == 403


def test_pages_lead_to_the_search_and_a_room_to_its_form(client: FlaskClient, leysse: Room, solene: Person) -> None:
    log_in(client, solene)
    for page in ("/", "/salles", "/salles/semaine"):
        assert 'href="/salles/trouver"' in client.get(page).text, page
    assert 'href="/salles/SAL-08/demander"' in client.get("/salles/SAL-08").text
