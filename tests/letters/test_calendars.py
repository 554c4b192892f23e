"""What a letter carries for the reader's own calendar, right in every time zone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar

from fablab import calendars, clock
from fablab.calendars import Entry
from fablab.envelopes import envelope
from fablab.outbox import Letter
from fablab.people.models import Person
from tests.conftest import NOW
from tests.letters.notices import WHEN
from tests.make import make_staff


def event_of(person: Person, entries: list[Entry], at: datetime = NOW) -> Any:
    """The one event of the .ics as a mail program gets it, beside its method."""
    letter = Letter(key="k", to_address="zed@example.org", subject="S", body="B", language="fr", written_at=at)
    letter.calendar = calendars.kept(entries)
    message = envelope(letter, "La Dynamo", "la-dynamo@house.test", "https://house.test")
    [part] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert part.get_param("method") == str(calendar["METHOD"])
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_a_calendar_gets_the_same_thing_again_with_a_greater_number(app: Flask) -> None:
    person = make_staff()
    one = Entry("booking-1", "La petite laser", WHEN, WHEN + timedelta(hours=1), link="/reservations/1")
    first_method, first = event_of(person, [one])
    later = NOW + timedelta(hours=3)
    gone = Entry("booking-1", "La petite laser", WHEN, WHEN + timedelta(hours=1), "cancelled")
    last_method, last = event_of(person, [gone], later)
    assert (first_method, last_method) == ("PUBLISH", "CANCEL")
    assert first["UID"] == last["UID"] == "booking-1@house.test"
    assert last["SEQUENCE"] > first["SEQUENCE"] > 0
    assert (first["STATUS"], last["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert first["URL"] == "https://house.test/reservations/1"
    assert "ATTENDEE" not in first
    assert str(first["ORGANIZER"]) == "mailto:la-dynamo@house.test"


@pytest.mark.parametrize("day", ["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25", "2026-07-14", "2026-12-24"])
def test_a_calendar_shows_the_hour_of_the_house_before_and_after_the_clocks_change(app: Flask, day: str) -> None:
    starts = datetime.fromisoformat(f"{day}T14:00").replace(tzinfo=clock.ZONE)
    entry = Entry("x", "x", starts.astimezone(UTC), (starts + timedelta(hours=2)).astimezone(UTC))
    _method, event = event_of(make_staff(), [entry])
    assert event["DTSTART"].dt.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") == f"{day} 14:00"
    assert event["DTEND"].dt.astimezone(clock.ZONE).strftime("%H:%M") == "16:00"
    assert event["DTSTART"].dt.tzinfo is not None
