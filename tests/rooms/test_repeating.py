"""Dates of a room that come back: each shown with what would become of it, the possible ones asked for in one act."""

from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bookings.models import Booking
from fablab.outbox import Letter, Message
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from rooms.models import Room
from tests.conftest import Statements
from tests.make import log_in, make_staff
from tests.make_bookings import make_holiday, slot
from tests.make_rooms import lend, make_contact_of, make_tenant

PATH = "/salles/SAL-08/plusieurs-dates"


@pytest.fixture
def choir() -> Structure:
    """An association whose papers are in order until 10 January."""
    return make_tenant(insurance_until=date(2027, 1, 10))


@pytest.fixture
def solene(choir: Structure) -> Person:
    """She acts for the choir."""
    return make_contact_of(choir)


def send(client: FlaskClient, structure: Structure, act: str = "send", **fields: Any) -> TestResponse:
    """Every Tuesday evening from 8 December to 12 January, unless these fields say otherwise."""
    values = {"structure": structure.public_id, "people": "8", "day": "2026-12-08", "starts": "17:00", "ends": "19:00"}
    values |= {"until": "2027-01-12", "frequency": "weekly", "key": "one-form", "act": act}
    return client.post(PATH, data={**values, **fields})


def lines(answer: TestResponse) -> dict[str, str]:
    """What the preview says of each date."""
    assert answer.status_code == 200, answer.text
    rows = BeautifulSoup(answer.text, "html.parser").select("#dates li")
    found = {}
    for one in rows:
        head = one.select_one("b")
        assert head is not None
        found[head.get_text()] = " ".join(one.get_text(" ").replace(head.get_text(), "").split())
    return found


def asked(session: Session) -> list[tuple[date, str]]:
    session.rollback()
    found = select(Booking).where(Booking.purpose.is_(None)).order_by(Booking.starts_at)
    return [(one.starts_at.date(), one.status) for one in session.scalars(found)]


def test_the_preview_says_of_each_date_what_would_become_of_it_and_writes_nothing(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    lend(leysse, make_tenant("Théâtre"), slot("18:00", "20:00", date(2026, 12, 15)), purpose="mise en scène")
    make_holiday("school", date(2026, 12, 19), date(2027, 1, 3))
    log_in(client, solene)
    said = lines(send(client, choir, "see"))
    assert list(said) == [
        "Mardi 8 décembre",
        "Mardi 15 décembre",
        "Mardi 22 décembre",
        "Mardi 29 décembre",
        "Mardi 5 janvier",
        "Mardi 12 janvier",
    ]
    assert said["Mardi 8 décembre"] == said["Mardi 5 janvier"] == "Libre"
    assert said["Mardi 15 décembre"].startswith("Ce créneau est pris.")
    assert said["Mardi 22 décembre"] == "Vacances scolaires, pas demandée."
    assert said["Mardi 12 janvier"].startswith("L’assurance de la structure s’arrête")
    assert asked(session) == []


def test_the_possible_dates_are_booked_in_one_act_and_told_in_one_letter(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    lend(leysse, make_tenant("Théâtre"), slot("18:00", "20:00", date(2026, 12, 15)), purpose="mise en scène")
    other = make_contact_of(choir, "Paul")
    log_in(client, solene)
    answer = send(client, choir)
    assert (answer.status_code, answer.location) == (303, "/salles/SAL-08?semaine=2026-12-08")
    days = [date(2026, 12, 8), date(2026, 12, 22), date(2026, 12, 29), date(2027, 1, 5)]
    assert asked(session) == [(day, "confirmed") for day in days]
    letters = session.execute(select(Letter.person_id, Letter.notice).order_by(Letter.person_id)).all()
    assert [tuple(one) for one in letters] == [(one.id, "room-dates") for one in (solene, other)]
    letter = session.scalars(select(Letter).where(Letter.person_id == solene.id)).one()
    assert "4 dates réservées" in letter.subject
    assert len(letter.calendar or ()) == 4
    assert session.scalars(select(Message.person_id)).all() == [other.id]


def test_without_a_signed_convention_every_date_waits_for_an_answer(
    client: FlaskClient, session: Session, leysse: Room
) -> None:
    choir = make_tenant(agreement="to_sign")
    log_in(client, make_contact_of(choir))
    page = client.get(send(client, choir).location or "")
    assert "6 dates demandées." in page.text
    assert {status for _day, status in asked(session)} == {"requested"}


def test_a_form_sent_twice_asks_and_tells_once(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    log_in(client, solene)
    send(client, choir)
    before = asked(session)
    send(client, choir)
    assert asked(session) == before
    assert session.scalar(select(func.count(Letter.id))) == 1


def test_odd_weeks_and_school_holidays_are_as_the_form_says(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    make_holiday("school", date(2026, 12, 19), date(2027, 1, 3))
    log_in(client, solene)
    said = lines(send(client, choir, "see", frequency="odd_weeks", in_holidays="y"))
    assert list(said) == ["Mardi 15 décembre", "Mardi 29 décembre", "Mardi 5 janvier"]
    assert "pas demandée" not in said["Mardi 29 décembre"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"until": ""}, "Choisir un jour."),
        ({"until": "2026-12-01"}, "Le dernier jour vient après le premier"),
        ({"until": "2028-01-12"}, "Le dernier jour vient après le premier"),
        ({"frequency": "monthly_4", "until": "2026-12-10"}, "Aucune date ne tombe avant ce jour."),
        ({"frequency": "daily"}, "Choisir une des réponses proposées."),
    ],
)
def test_a_form_that_is_not_whole_is_shown_again(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person, fields: Any, said: str
) -> None:
    log_in(client, solene)
    answer = send(client, choir, **fields)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert 'value="2026-12-08"' in answer.text
    assert asked(session) == []


def test_a_contact_repeats_nothing_for_another_organisation(
    client: FlaskClient, session: Session, leysse: Room, solene: Person
) -> None:
    log_in(client, solene)
    assert send(client, make_tenant("Théâtre")).status_code == 422
    assert asked(session) == []


def test_the_coordination_passes_the_horizon_for_a_season_with_a_reason(
    client: FlaskClient, session: Session, leysse: Room
) -> None:
    choir = make_tenant()
    season = {"frequency": "monthly_1", "until": "2027-06-30", "day": "2027-01-05"}
    log_in(client, make_contact_of(choir))
    assert sum(one == "Libre" for one in lines(send(client, choir, "see", **season)).values()) == 5
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    send(client, choir, override="Créneau de la saison.", **season)
    assert [day.month for day, _status in asked(session)] == [1, 2, 3, 4, 5, 6]


def test_a_preview_asks_few_statements_whatever_the_dates(
    client: FlaskClient, leysse: Room, choir: Structure, solene: Person, count_statements: Statements
) -> None:
    log_in(client, solene)
    send(client, choir, "see", until="2027-05-11")
    count_statements.clear()
    assert len(lines(send(client, choir, "see", until="2027-05-11"))) == 23
    assert len(count_statements) <= 10, list(count_statements)


def test_a_room_leads_to_its_dates(client: FlaskClient, leysse: Room, solene: Person) -> None:
    log_in(client, solene)
    assert f'href="{PATH}"' in client.get("/salles/SAL-08").text
    assert f'href="{PATH}"' in client.get("/salles/SAL-08/demander").text
