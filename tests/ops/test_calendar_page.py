"""The calendar's page: days off are added and taken away, in the journal, and bookings to come are asked again."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking, Holiday
from fablab.home import days_off_actions
from fablab.home.days_off_actions import Days
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, make_holiday, make_hours, make_place, make_resource, slot

FAIR = {"kind": "public", "name": "Foire", "starts_on": "2026-12-03", "ends_on": "2026-12-04"}


@pytest.fixture
def boss(app: Flask) -> Person:
    return make_staff(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def administrator(client: FlaskClient, boss: Person) -> FlaskClient:
    return log_in(client, boss)


def shown(client: FlaskClient) -> str:
    text = BeautifulSoup(client.get("/reglages/calendrier").text, "html.parser").get_text(" ")
    return " ".join(text.replace("\u00a0", " ").split())


def test_days_are_added_shown_and_taken_away(administrator: FlaskClient, session: Session) -> None:
    assert administrator.post("/reglages/calendrier", data=FAIR).status_code == 303
    (kept,) = session.scalars(select(Holiday).where(Holiday.name == "Foire"))
    assert (kept.starts_on, kept.ends_on, kept.source) == (date(2026, 12, 3), date(2026, 12, 4), "house")
    assert "Foire · du 3 décembre 2026 au 4 décembre 2026" in shown(administrator)
    assert administrator.post(f"/reglages/calendrier/{kept.id}/retirer").status_code == 303
    assert "Foire" not in shown(administrator)
    verbs = select(JournalEntry.verb).where(JournalEntry.thing == "holiday").order_by(JournalEntry.id)
    assert list(session.scalars(verbs)) == ["calendar.add", "calendar.remove"]


def test_days_that_are_over_are_not_shown(administrator: FlaskClient) -> None:
    make_holiday("public", date(2026, 11, 11), date(2026, 11, 11), "Armistice")
    assert "Armistice" not in shown(administrator)


@pytest.mark.parametrize(
    ("days", "code"),
    [
        (Days("public", "x", date(2026, 12, 4), date(2026, 12, 3)), "ends_first"),
        (Days("school", "x", date(2026, 12, 4), date(2027, 4, 3)), "too_long"),
        (Days("school", "x", date(2027, 1, 1), date(2027, 1, 9)), "days_cross"),
    ],
)
def test_days_that_cannot_be_are_refused(boss: Person, session: Session, days: Days, code: str) -> None:
    make_holiday("school", date(2026, 12, 19), date(2027, 1, 3), "Noël")
    with pytest.raises(Refused) as refused:
        days_off_actions.add_days(days, boss, NOW)
    assert [one.code for one in refused.value.refusals] == [code]
    assert len(session.scalars(select(Holiday)).all()) == 1


def test_the_other_kind_may_fall_on_the_same_days(boss: Person, session: Session) -> None:
    make_holiday("school", date(2026, 12, 19), date(2027, 1, 3), "Noël")
    days_off_actions.add_days(Days("public", "Noël", date(2026, 12, 25), date(2026, 12, 25)), boss, NOW)
    assert len(session.scalars(select(Holiday)).all()) == 2


def test_a_form_that_lacks_something_is_kept(administrator: FlaskClient, session: Session) -> None:
    answer = administrator.post("/reglages/calendrier", data={**FAIR, "ends_on": ""})
    assert answer.status_code == 422
    assert "Foire" in answer.text
    assert session.scalars(select(Holiday)).all() == []


def test_bookings_to_come_are_asked_again(boss: Person, session: Session) -> None:
    place = make_place()
    make_hours(place, 2, "14:00", "18:00", use="open")
    booking = make_booking(make_resource(place), slot("14:00", "15:00", date(2026, 11, 25)), make_young())
    days_off_actions.add_days(Days("public", "Foire", date(2026, 11, 25), date(2026, 11, 25)), boss, NOW)
    session.expire_all()
    asked = session.get_one(Booking, booking.id)
    assert asked.attention or asked.status == "cancelled"


def test_days_that_do_not_exist_are_not_found(administrator: FlaskClient) -> None:
    assert administrator.post("/reglages/calendrier/999/retirer").status_code == 404
