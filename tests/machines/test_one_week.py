"""The week of one machine: its bookings, its free stretches, what is shut; few statements whatever there is."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.models import Booking, Claim, Resource
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.people.models import Person
from fablab.permissions import Role
from machines.models import Machine
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_closure, make_holiday, make_hours
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on

WEDNESDAY = date(2026, 11, 25)
ADDRESS = "/machines/VIN-01/semaine?semaine=2026-11-25"


@pytest.fixture
def samir(session: Session) -> Person:
    return make_staff()


@pytest.fixture
def fablab(samir: Person) -> Fablab:
    made = make_fablab()
    for day in (WEDNESDAY, WEDNESDAY + timedelta(days=1)):
        make_shift(samir, made.place, on(day, "09:00"), on(day, "20:00"))
    return made


@pytest.fixture
def vinyl(fablab: Fablab) -> Machine:
    return make_machine(fablab, simple_name="La découpe vinyle", max_week_minutes=9999)


@pytest.fixture
def ines(vinyl: Machine) -> Person:
    person = make_young(handle="loutre-7")
    give_badge(person, vinyl.badge)
    return person


@pytest.fixture
def desk(client: FlaskClient, samir: Person) -> FlaskClient:
    return log_in(client, samir)


def book(machine: Machine, holder: Person, start: str, end: str, day: date = WEDNESDAY) -> Booking:
    return engine.book(Ask(machine.id, Slot(on(day, start), on(day, end)), holder_id=holder.id), holder, NOW)


def days(client: FlaskClient, address: str = ADDRESS) -> dict[str, str]:
    """The words of each line by its day."""
    answer = client.get(address)
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    lines = page.select("table.one-week tbody tr")
    said = [" ".join(line.get_text(" ").replace("\u00a0", " ").split()) for line in lines]
    return {line.split(" ", 1)[0]: line for line in said}


def test_a_day_says_its_bookings_with_short_names_and_every_free_stretch(
    desk: FlaskClient, vinyl: Machine, ines: Person
) -> None:
    made = book(vinyl, ines, "14:00", "15:00")
    said = days(desk)
    assert list(said) == ["Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi"]
    assert said["Mercredi"] == "Mercredi 25 novembre 14 h – 15 h Inès B. Libre : 13 h 30 – 14 h, 15 h – 18 h"
    assert said["Jeudi"] == "Jeudi 26 novembre aucune réservation Libre : 17 h – 20 h"
    assert said["Lundi"] == "Lundi 23 novembre aucune réservation fermé"
    assert f"/reservations/{made.public_id}" in desk.get(ADDRESS).text


def test_each_state_is_said_and_what_was_cancelled_is_not_shown(
    desk: FlaskClient, session: Session, vinyl: Machine, ines: Person, samir: Person
) -> None:
    gone, missed = book(vinyl, ines, "14:00", "14:30"), book(vinyl, ines, "15:00", "15:30")
    engine.cancel(gone, "", ines, NOW)
    engine.mark_no_show(missed, samir, on(WEDNESDAY, "15:20"))
    paul = make_young("Paul", "Zola")
    give_badge(paul, vinyl.badge)
    book(vinyl, paul, "17:00", "18:00", WEDNESDAY + timedelta(days=1))
    make_closure(
        on(WEDNESDAY + timedelta(days=1), "16:00"),
        on(WEDNESDAY + timedelta(days=1), "22:00"),
        reason="Courroie cassée.",
        kind="breakdown",
        resource_id=vinyl.id,
        expected_back=date(2026, 11, 27),
    )
    said = days(desk)
    assert "14 h" not in said["Mercredi"].split("Libre")[0]
    assert "15 h – 15 h 30 Inès B. Absent" in said["Mercredi"]
    assert "En panne Courroie cassée. – retour vendredi 27 novembre" in said["Jeudi"]
    assert "17 h – 18 h Paul Z. Suspendue" in said["Jeudi"]
    assert said["Jeudi"].endswith("en panne")


def test_a_group_session_that_takes_the_machine_is_shown_by_its_name(
    desk: FlaskClient, fablab: Fablab, vinyl: Machine, samir: Person
) -> None:
    ask = Ask(
        fablab.floor.id,
        Slot(on(WEDNESDAY, "10:00"), on(WEDNESDAY, "12:00")),
        kind="session",
        headcount=8,
        resource_ids=(fablab.floor.id, vinyl.id),
        staff_ids=(samir.id,),
        purpose="Découverte, Rebond 2",
    )
    engine.book(ask, samir, NOW)
    assert "10 h – 12 h Découverte, Rebond 2" in days(desk)["Mercredi"]


def test_a_closure_of_the_house_and_a_public_holiday_are_said(
    desk: FlaskClient, fablab: Fablab, vinyl: Machine
) -> None:
    make_closure(on(WEDNESDAY, "08:00"), on(WEDNESDAY, "22:00"), reason="Inventaire.", place_id=fablab.house.id)
    make_holiday("public", date(2026, 11, 26), date(2026, 11, 26), "Fête de la maison")
    said = days(desk)
    assert "Fermé Inventaire." in said["Mercredi"]
    assert said["Mercredi"].endswith("fermé")
    assert "Férié Fête de la maison" in said["Jeudi"]


def test_the_week_of_all_machines_leads_to_it_and_it_to_the_weeks_around(desk: FlaskClient, vinyl: Machine) -> None:
    page = BeautifulSoup(desk.get("/machines/semaine?semaine=2026-11-26").text, "html.parser")
    name = page.select_one("table.week tbody th a")
    assert name is not None
    assert name["href"] == "/machines/VIN-01/semaine?semaine=2026-11-23"
    week = desk.get(str(name["href"])).text
    for monday in ("2026-11-16", "2026-11-30"):
        assert f"/machines/VIN-01/semaine?semaine={monday}" in week
    assert "/machines/semaine?semaine=2026-11-23" in week
    assert "/machines/VIN-01/2026-11-25" in week


@pytest.mark.parametrize("used", ["hours", "booking", "shift"])
def test_a_sunday_that_is_used_is_shown(
    desk: FlaskClient, fablab: Fablab, vinyl: Machine, ines: Person, samir: Person, used: str
) -> None:
    sunday = WEDNESDAY + timedelta(days=4)
    addresses = (ADDRESS, "/machines/semaine?semaine=2026-11-25", "/machines/semaine/liste?jour=2026-11-25")
    said = "Du lundi 23 novembre au samedi 28 novembre"
    for address in addresses:
        assert said in " ".join(BeautifulSoup(desk.get(address).text, "html.parser").get_text(" ").split())
    assert len(days(desk)) == 6
    if used == "hours":
        make_hours(fablab.place, 6, "14:00", "18:00")
    elif used == "shift":
        make_shift(samir, fablab.place, on(sunday, "14:00"), on(sunday, "18:00"))
    else:
        book(vinyl, ines, "14:00", "15:00")
        with transaction() as session:  # as when the hours of that Sunday were taken away since
            moved = {"starts_at": on(sunday, "14:00"), "ends_at": on(sunday, "15:00")}
            for table in (Booking, Claim):
                session.execute(update(table).values(moved))
    assert len(days(desk)) == 7
    for address in addresses:
        page = BeautifulSoup(desk.get(address).text, "html.parser")
        assert said.replace("samedi 28", "dimanche 29") in " ".join(page.get_text(" ").split())
    grid = BeautifulSoup(desk.get(addresses[1]).text, "html.parser")
    assert len(grid.select("table.week thead th")) == 8
    assert len(grid.select("table.week tbody tr")[0].select("td")) == 7


@pytest.mark.parametrize("query", ["semaine=abc", "semaine=2026-02-30", "semaine=2026-10-25", "semaine=2027-03-28", ""])
def test_any_week_of_a_machine_can_be_asked_for(desk: FlaskClient, vinyl: Machine, query: str) -> None:
    assert len(days(desk, f"/machines/VIN-01/semaine?{query}")) == 6


def test_a_retired_machine_keeps_its_past_weeks_and_an_unknown_one_is_not_found(
    desk: FlaskClient, vinyl: Machine, ines: Person
) -> None:
    book(vinyl, ines, "14:00", "15:00")
    with transaction() as session:
        session.execute(update(Resource).values(retired_on=date(2026, 11, 20)))
    assert "Inès B." in days(desk)["Mercredi"]
    assert desk.get("/machines/XXX-99/semaine").status_code == 404


@pytest.mark.parametrize("role", [Role.YOUNG, Role.REFERENT, Role.STRUCTURE, Role.ADMINISTRATOR])
def test_only_who_may_see_the_machines_opens_it(client: FlaskClient, vinyl: Machine, ines: Person, role: Role) -> None:
    reader = ines if role is Role.YOUNG else make_staff("Autre", roles=(role,))
    assert log_in(client, reader).get(ADDRESS).status_code == 403


def test_it_takes_the_same_statements_whatever_the_bookings(
    desk: FlaskClient, vinyl: Machine, ines: Person, count_statements: Statements
) -> None:
    said = []
    for times in (0, 4):
        for number in range(times):
            person = make_young(f"P{number}")
            give_badge(person, vinyl.badge)
            book(vinyl, person, f"{14 + number}:00", f"{14 + number}:30")
        desk.get(ADDRESS)  # the house has changed: its facts are read again, once
        count_statements.clear()
        assert desk.get(ADDRESS).status_code == 200
        said.append(len(count_statements))
    assert said[0] == said[1]
    assert said[0] <= 8
