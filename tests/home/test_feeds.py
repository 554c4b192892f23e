"""Calendars followed from outside: only who has the address reads them; they name nobody and say what is cancelled."""

import io
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, actions_feeds
from bookings.models import Booking
from bookings.models_feeds import Feed
from fablab import clock, logs
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person
from machines.models import Machine
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import enrol, make_group, make_session

DAY = date(2026, 11, 25)


@pytest.fixture
def fablab(session: Session) -> Fablab:
    """Samir is there on Wednesday."""
    made = make_fablab()
    make_shift(make_staff(), made.place, on(DAY, "13:30"), on(DAY, "18:00"))
    return made


@pytest.fixture
def vinyl(fablab: Fablab) -> Machine:
    return make_machine(fablab, "VIN-01", simple_name="La découpe vinyle")


@pytest.fixture
def ines(vinyl: Machine) -> Person:
    person = make_young("Inès", "Benali")
    give_badge(person, vinyl.badge)
    return person


@pytest.fixture
def booked(vinyl: Machine, ines: Person) -> Booking:
    return make_booking(vinyl, slot("14:00", "15:00", DAY), ines)


def address_on(client: FlaskClient, page: str) -> str | None:
    """The secret address as its owner's page shows it, without the house's own."""
    box = BeautifulSoup(client.get(page).text, "html.parser").select_one("input#address")
    return "/calendriers/" + str(box["value"]).partition("/calendriers/")[2] if box else None


def followed(client: FlaskClient, person: Person, page: str = "/mon-agenda") -> str:
    """The address of a calendar that somebody asks for."""
    log_in(client, person)
    assert client.post(page).status_code == 303
    found = address_on(client, page)
    assert found is not None
    return found


def outside(app: Flask) -> FlaskClient:
    """A calendar program: it has no session."""
    return app.test_client()


def events(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.text)
    return {str(event["UID"]).partition("@")[0]: event for event in found.walk("VEVENT")}


def test_my_agenda_holds_my_bookings_and_the_sessions_of_my_group(
    app: Flask, client: FlaskClient, ines: Person, booked: Booking
) -> None:
    group = make_group()
    other = make_group(group.version)
    enrol(ines, group)
    lesson = make_session(group, on(DAY, "16:00"), title="Le premier autocollant")
    make_session(other, on(DAY, "16:00"), title="Une autre séance")
    found = events(outside(app).get(followed(client, ines)))
    assert set(found) == {f"booking-{booked.public_id}", f"session-{lesson.public_id}"}
    mine = found[f"booking-{booked.public_id}"]
    assert (str(mine["SUMMARY"]), str(mine["STATUS"])) == ("La découpe vinyle", "CONFIRMED")
    assert str(mine["URL"]).endswith(f"/reservations/{booked.public_id}")


def test_somebody_of_the_team_has_the_sessions_that_they_lead(app: Flask, client: FlaskClient) -> None:
    lou = make_staff("Lou")
    lesson = make_session(make_group(), on(DAY, "16:00"), leads=[lou])
    assert set(events(outside(app).get(followed(client, lou)))) == {f"session-{lesson.public_id}"}


def test_what_is_cancelled_stays_as_cancelled_under_the_same_name(
    app: Flask, client: FlaskClient, ines: Person, booked: Booking
) -> None:
    address = followed(client, ines)
    before = events(outside(app).get(address))
    actions.cancel(booked, "", ines, NOW)
    after = events(outside(app).get(address))
    assert set(before) == set(after)
    assert [str(one["STATUS"]) for one in after.values()] == ["CANCELLED"]


def test_what_was_done_is_not_said_to_be_cancelled(
    app: Flask, client: FlaskClient, ines: Person, booked: Booking
) -> None:
    with transaction():
        booked.status = "done"
    found = events(outside(app).get(followed(client, ines)))
    assert [str(one["STATUS"]) for one in found.values()] == ["CONFIRMED"]


def test_the_calendar_of_a_machine_names_nobody(
    app: Flask, client: FlaskClient, vinyl: Machine, ines: Person, booked: Booking
) -> None:
    with transaction():
        booked.purpose = "Affiche de Kheira"
    answer = outside(app).get(followed(client, make_staff("Lou"), f"/machines/{vinyl.code}/calendrier"))
    [event] = events(answer).values()
    assert str(event["SUMMARY"]) == "Réservée"
    assert not any(word in answer.text for word in ("Inès", "Benali", str(ines.handle), "Kheira"))


def test_unchanged_it_is_not_sent_again(app: Flask, client: FlaskClient, ines: Person, booked: Booking) -> None:
    address, program = followed(client, ines), outside(app)
    mark = program.get(address).headers["ETag"]
    again = program.get(address, headers={"If-None-Match": mark})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", mark)
    actions.cancel(booked, "", ines, NOW)
    changed = program.get(address, headers={"If-None-Match": mark})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != mark


@pytest.mark.parametrize(("day", "hours"), [("2026-10-25", 1), ("2027-03-28", 2)])
def test_hours_are_those_of_the_house_on_the_days_when_clocks_change(
    app: Flask, client: FlaskClient, ines: Person, day: str, hours: int
) -> None:
    starts = datetime.fromisoformat(f"{day}T14:00").replace(tzinfo=clock.ZONE)
    group = make_group()
    enrol(ines, group)
    make_session(group, starts, hours=2)
    [event] = events(outside(app).get(followed(client, ines))).values()
    assert event["DTSTART"].dt == starts
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)
    assert starts.utcoffset() == timedelta(hours=hours)


def test_a_new_address_closes_the_old_one_and_stopped_none_is_left(
    app: Flask, client: FlaskClient, session: Session, ines: Person
) -> None:
    first = followed(client, ines)
    second = followed(client, ines)
    assert first != second
    assert outside(app).get(first).status_code == 404
    assert outside(app).get(second).status_code == 200
    client.post("/mon-agenda/arreter")
    assert outside(app).get(second).status_code == 404
    assert address_on(client, "/mon-agenda") is None
    verbs = session.scalars(select(JournalEntry.verb).where(JournalEntry.thing == "calendar_feed"))
    assert sorted(verbs) == ["feed.open", "feed.open", "feed.stop"]


def test_the_calendar_of_a_machine_is_changed_and_stopped_by_the_team(
    app: Flask, client: FlaskClient, vinyl: Machine
) -> None:
    page = f"/machines/{vinyl.code}/calendrier"
    address = followed(client, make_staff("Lou"), page)
    assert page in client.get(f"/machines/{vinyl.code}").text
    assert outside(app).get(address).status_code == 200
    client.post(f"{page}/arreter")
    assert outside(app).get(address).status_code == 404


def test_who_has_left_is_followed_no_more(app: Flask, client: FlaskClient, ines: Person) -> None:
    address = followed(client, ines)
    with transaction():
        ines.left_at = NOW
    assert outside(app).get(address).status_code == 404


@pytest.mark.parametrize("change", [lambda key: ("A" if key[0] != "A" else "B") + key[1:], lambda key: key[1:]])
def test_an_address_nearly_right_opens_nothing(app: Flask, client: FlaskClient, ines: Person, change: Any) -> None:
    key = followed(client, ines).removeprefix("/calendriers/").removesuffix(".ics")
    assert outside(app).get(f"/calendriers/{change(key)}.ics").status_code == 404
    assert outside(app).get("/calendriers/é.ics").status_code == 404


def test_it_is_read_only(app: Flask, client: FlaskClient, ines: Person) -> None:
    address = followed(client, ines)
    assert {outside(app).open(address, method=one).status_code for one in ("POST", "PUT", "DELETE")} == {405}


def test_the_database_alone_does_not_say_the_address(client: FlaskClient, session: Session, ines: Person) -> None:
    address = followed(client, ines)
    feed = session.scalars(select(Feed)).one()
    assert address != f"/calendriers/{feed.nonce}.ics"
    assert client.get(f"/calendriers/{feed.nonce}.ics").status_code == 404


@pytest.fixture
def heard(app: Flask) -> Iterator[io.StringIO]:
    """What the program logs."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logs.JsonLines())
    root, level = logging.getLogger(), logs.requests_log.level
    root.addHandler(handler)
    logs.requests_log.setLevel(logging.INFO)
    yield text
    root.removeHandler(handler)
    logs.requests_log.setLevel(level)


def test_no_log_holds_the_address(app: Flask, client: FlaskClient, ines: Person, heard: io.StringIO) -> None:
    key = followed(client, ines).removeprefix("/calendriers/").removesuffix(".ics")
    outside(app).get(f"/calendriers/{key}.ics")
    assert "/calendriers/<key>.ics" in heard.getvalue()
    assert key not in heard.getvalue()
    assert key.partition(".")[0] not in heard.getvalue()


def test_it_is_read_in_few_statements_whatever_is_in_it(
    app: Flask, client: FlaskClient, fablab: Fablab, ines: Person, booked: Booking, count_statements: Statements
) -> None:
    group = make_group()
    enrol(ines, group)
    make_session(group, on(DAY, "16:00"))
    address, said = followed(client, ines), []
    for number in (1, 2):
        outside(app).get(address)  # what the house is, is read again after each change
        count_statements.clear()
        assert len(events(outside(app).get(address))) == 2 * number
        said.append(len(count_statements))
        if number == 1:
            make_session(group, on(DAY, "17:00"))
            make_booking(make_machine(fablab, "VIN-02"), slot("15:00", "16:00", DAY), ines)
    assert said[0] == said[1]
    assert said[0] <= 10


def test_an_address_is_asked_for_twice_at_once_as_once(session: Session, ines: Person) -> None:
    actions_feeds.open_mine(ines, NOW)
    actions_feeds.open_mine(ines, NOW)
    assert len(session.scalars(select(Feed)).all()) == 1
