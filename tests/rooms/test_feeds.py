"""The calendar of a room followed from outside: whoever has the address reads it; sensitive bodies stay masked."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking
from fablab.people.models import Person
from fablab.permissions import Role
from rooms.models import Room
from tests.conftest import NOW
from tests.home.test_feeds import address_on, events, followed, outside
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_rooms import lend, make_contact_of, make_room, make_tenant

DAY = date(2026, 12, 15)
PAGE = "/salles/SAL-08/calendrier"


@pytest.fixture
def nadia() -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


@pytest.fixture
def theirs(leysse: Room) -> Booking:
    return lend(leysse, make_tenant("Chœurs du Quai"), slot("17:00", "19:00", DAY))


def test_the_calendar_of_a_room_says_which_organisation_has_it_and_what_is_cancelled(
    app: Flask, client: FlaskClient, session: Session, theirs: Booking, nadia: Person
) -> None:
    assert "/calendrier" in log_in(client, nadia).get("/salles/SAL-08").text
    address = followed(client, nadia, PAGE)
    name = f"booking-{theirs.public_id}"
    found = events(outside(app).get(address))
    assert {key: (str(one["SUMMARY"]), str(one["STATUS"])) for key, one in found.items()} == {
        name: ("Chœurs du Quai", "CONFIRMED")
    }
    assert str(found[name]["URL"]).endswith("/salles/SAL-08")
    actions.cancel(theirs, [{"code": "room_house"}], nadia, NOW)
    assert str(events(outside(app).get(address))[name]["STATUS"]) == "CANCELLED"


def test_a_sensitive_organisation_is_a_mask_in_it_and_no_purpose_is_said(
    app: Flask, client: FlaskClient, leysse: Room, nadia: Person
) -> None:
    hidden = make_tenant("Phare bleu", sensitive=True, masked_label="Structure protégée")
    lend(leysse, hidden, slot("17:00", "19:00", DAY), purpose="groupe de parole")
    answer = outside(app).get(followed(client, nadia, PAGE))
    assert [str(one["SUMMARY"]) for one in events(answer).values()] == [f"Structure protégée {hidden.id}"]
    assert "Phare" not in answer.text
    assert "parole" not in answer.text


def test_of_another_room_nothing_is_in_it(
    app: Flask, client: FlaskClient, leysse: Room, theirs: Booking, nadia: Person
) -> None:
    bauges = make_room(leysse.place, "SAL-09", name="Salle Bauges")
    lend(bauges, make_tenant("Théâtre"), slot("17:00", "19:00", DAY))
    assert len(events(outside(app).get(followed(client, nadia, PAGE)))) == 1


def test_the_address_is_changed_and_stopped(app: Flask, client: FlaskClient, theirs: Booking, nadia: Person) -> None:
    first = followed(client, nadia, PAGE)
    second = followed(client, nadia, PAGE)
    assert [outside(app).get(one).status_code for one in (first, second)] == [404, 200]
    mark = outside(app).get(second).headers["ETag"]
    assert outside(app).get(second, headers={"If-None-Match": mark}).status_code == 304
    client.post(f"{PAGE}/arreter")
    assert outside(app).get(second).status_code == 404
    assert address_on(client, PAGE) is None


def test_the_calendar_of_a_room_is_the_houses_to_give(client: FlaskClient, theirs: Booking, nadia: Person) -> None:
    log_in(client, make_contact_of(make_tenant("Théâtre")))
    assert [client.get(PAGE).status_code, client.post(PAGE).status_code] == [403, 403]
    log_in(client, nadia)
    assert client.get("/salles/RIEN/calendrier").status_code == 404
