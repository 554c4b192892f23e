"""Hours by machine over a school year: a small house counted by hand, the bounds of the year, who reads it."""

import csv
from datetime import date, datetime, time
from io import StringIO

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim, Closure, Resource
from fablab import clock
from fablab.db import transaction
from fablab.permissions import Role
from machines import queries_year
from machines.models import Machine
from machines.values_year import Hours, SchoolYear
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff
from tests.make_bookings import make_holiday
from tests.make_machines import Fablab, make_fablab, make_machine

#: the year before this one
YEAR = 2025


@pytest.fixture
def fablab(session: Session) -> Fablab:
    return make_fablab()


@pytest.fixture
def laser(fablab: Fablab) -> Machine:
    return make_machine(fablab, "LAS-01", simple_name="La grande laser", position=1)


@pytest.fixture
def vinyl(fablab: Fablab) -> Machine:
    return make_machine(fablab, "VIN-01", simple_name="La découpe vinyle", position=2)


def at(text: str) -> datetime:
    """The moment of a wall time: at("2026-01-13 14:00")."""
    day, hour = text.split()
    return clock.at(date.fromisoformat(day), time.fromisoformat(hour))


def put(
    *taken: Resource, start: str, end: str, status: str = "done", kind: str = "own", suspended: bool = False
) -> None:
    """A booking as the engine leaves it, whatever its day; the first thing taken is the main one."""
    holds = status in ("requested", "confirmed", "checked_in", "done") and not suspended
    with transaction() as session:
        booking = Booking(
            kind=kind,
            resource_id=taken[0].id,
            place_id=taken[0].place_id,
            starts_at=at(start),
            ends_at=at(end),
            status=status,
            suspended=suspended,
            created_at=NOW,
        )
        booking.claims = [Claim(resource_id=one.id, starts_at=at(start), ends_at=at(end), holds=holds) for one in taken]
        session.add(booking)


def break_down(machine: Machine, start: str, end: str | None, *, lifted: str | None = None) -> None:
    with transaction() as session:
        session.add(
            Closure(
                kind="breakdown",
                resource_id=machine.id,
                starts_at=at(start),
                ends_at=at(end) if end else None,
                lifted_at=at(lifted) if lifted else None,
                reason="Panne.",
                made_at=NOW,
            )
        )


def year(session: Session, begins: int | None = YEAR) -> dict[str, Hours]:
    session.rollback()
    return {one.code: one.hours for one in queries_year.hours_of_year(session, begins, NOW).machines}


def fill(fablab: Fablab, laser: Machine, vinyl: Machine) -> None:
    """The small house: laser 90 + 60 + 30 minutes of young people and 180 of a group, vinyl 45 and 180."""
    put(laser, start="2026-01-13 14:00", end="2026-01-13 15:30")
    put(laser, start="2026-01-14 14:00", end="2026-01-14 15:00", status="no_show")
    put(laser, start="2026-01-15 14:00", end="2026-01-15 14:30", status="checked_in")
    put(vinyl, start="2026-01-15 14:00", end="2026-01-15 14:45", status="confirmed")
    put(
        fablab.floor, laser, vinyl, start="2026-02-03 09:00", end="2026-02-03 12:00", kind="session", status="confirmed"
    )
    for number, status in enumerate(("requested", "cancelled", "refused")):
        put(laser, start=f"2026-03-1{number} 14:00", end=f"2026-03-1{number} 15:00", status=status)
    put(laser, start="2026-03-17 14:00", end="2026-03-17 15:00", status="confirmed", suspended=True)
    put(fablab.floor, laser, start="2026-03-18 09:00", end="2026-03-18 12:00", kind="session", status="cancelled")
    put(laser, start="2026-03-20 14:00", end="2026-03-20 15:00", kind="training")
    put(laser, start="2026-03-21 14:00", end="2026-03-21 15:00", kind="training", status="cancelled")
    put(fablab.floor, start="2026-03-19 09:00", end="2026-03-19 12:00", kind="session", status="confirmed")


def test_a_small_house_counted_by_hand(session: Session, fablab: Fablab, laser: Machine, vinyl: Machine) -> None:
    fill(fablab, laser, vinyl)
    found = year(session)
    assert found == {
        "LAS-01": Hours(own=180, groups=180, training=60, bookings=3, missed=1, came=2),
        "VIN-01": Hours(own=45, groups=180, bookings=1),
    }
    assert found["LAS-01"].missed_percent == 33
    assert found["VIN-01"].missed_percent is None
    total = queries_year.hours_of_year(session, YEAR, NOW).total
    assert total == Hours(own=225, groups=360, training=60, bookings=4, missed=1, came=2)


def test_what_lies_over_midnight_of_31_august_is_shared_and_counted_where_it_begins(
    session: Session, fablab: Fablab, laser: Machine
) -> None:
    put(laser, start="2026-08-31 23:00", end="2026-09-01 01:30")
    put(fablab.floor, laser, start="2026-08-31 21:00", end="2026-08-31 22:00", kind="session")
    put(laser, start="2025-08-31 22:00", end="2025-09-01 02:00")
    assert year(session, 2024)["LAS-01"] == Hours(own=120, bookings=1, came=1)
    assert year(session, 2025)["LAS-01"] == Hours(own=60 + 120, groups=60, bookings=1, came=1)
    assert year(session, 2026)["LAS-01"] == Hours(own=90)


def test_a_session_over_the_midnight_is_shared_too(session: Session, fablab: Fablab, laser: Machine) -> None:
    put(fablab.floor, laser, start="2026-08-31 22:00", end="2026-09-01 00:30", kind="session")
    assert year(session, 2025)["LAS-01"] == Hours(groups=120)
    assert year(session, 2026)["LAS-01"] == Hours(groups=30)


def test_what_ends_or_begins_at_that_midnight_is_of_one_year_only(session: Session, laser: Machine) -> None:
    put(laser, start="2026-08-31 23:00", end="2026-09-01 00:00")
    put(laser, start="2026-09-01 00:00", end="2026-09-01 00:30")
    assert year(session, 2025)["LAS-01"] == Hours(own=60, bookings=1, came=1)
    assert year(session, 2026)["LAS-01"] == Hours(own=30, bookings=1, came=1)


def test_an_hour_doubled_or_skipped_by_the_clocks_is_counted_as_it_lasts(session: Session, laser: Machine) -> None:
    put(laser, start="2025-10-25 23:30", end="2025-10-26 03:30")
    assert year(session)["LAS-01"].own == 5 * 60
    put(laser, start="2026-03-28 23:30", end="2026-03-29 03:30")
    assert year(session)["LAS-01"].own == 5 * 60 + 3 * 60


def test_a_breakdown_counts_the_hours_when_the_fablab_is_open(session: Session, laser: Machine, vinyl: Machine) -> None:
    put(laser, start="2025-09-02 14:00", end="2025-09-02 15:00")
    put(vinyl, start="2025-09-02 14:00", end="2025-09-02 15:00")
    # Tuesday 13 January from 15:00: 15:00-19:30; Wednesday: 10:00-12:00 and 13:30-18:00, back at 14:00.
    break_down(laser, "2026-01-13 15:00", None, lifted="2026-01-14 14:00")
    # Lies over the one before: an hour more, until 15:00. Lifted before it begins: nothing.
    break_down(laser, "2026-01-14 13:00", "2026-01-14 15:00")
    break_down(vinyl, "2026-02-03 09:00", "2026-02-05 09:00", lifted="2026-02-01 09:00")
    found = year(session)
    assert found["LAS-01"].out == 270 + 120 + 90
    assert found["VIN-01"].out == 0
    make_holiday("public", date(2026, 1, 14), date(2026, 1, 14))
    assert year(session)["LAS-01"].out == 270


def test_a_breakdown_that_lasts_counts_up_to_now(session: Session, laser: Machine) -> None:
    # NOW is Tuesday 24 November, 10:00; the Monday is closed, the Saturday 21 is the third: 10:00-13:00.
    break_down(laser, "2026-11-21 12:00", None)
    assert year(session, 2026)["LAS-01"] == Hours(out=60 + 60)


def test_a_machine_is_shown_in_the_years_that_it_was_there(session: Session, laser: Machine, vinyl: Machine) -> None:
    put(laser, start="2024-10-01 14:00", end="2024-10-01 15:00")
    put(vinyl, start="2025-10-01 14:00", end="2025-10-01 15:00")
    with transaction() as writing:
        writing.execute(update(Resource).where(Resource.id == laser.id).values(retired_on=date(2025, 8, 31)))
    assert set(year(session, 2024)) == {"LAS-01"}
    assert set(year(session, 2025)) == {"VIN-01"}
    put(laser, start="2025-09-03 14:00", end="2025-09-03 15:00")
    assert set(year(session, 2025)) == {"LAS-01", "VIN-01"}
    assert set(year(session, 2026)) == {"VIN-01"}


def test_the_years_run_from_the_first_booking_to_this_one(session: Session, laser: Machine) -> None:
    assert queries_year.hours_of_year(session, None, NOW).years == (SchoolYear(2026),)
    put(laser, start="2024-08-31 14:00", end="2024-08-31 15:00")
    found = queries_year.hours_of_year(session, 1999, NOW)
    assert [one.begins for one in found.years] == [2026, 2025, 2024, 2023]
    assert found.year == SchoolYear(2026)


def test_a_school_year_runs_from_midnight_to_midnight_of_the_house() -> None:
    span = SchoolYear.of(date(2026, 8, 31)).span
    assert (span.start, span.end) == (at("2025-09-01 00:00"), at("2026-09-01 00:00"))
    assert SchoolYear.of(date(2026, 9, 1)) == SchoolYear(2026)


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.FACILITATOR, 200),
        (Role.COORDINATOR, 200),
        (Role.ADMINISTRATOR, 200),
        (Role.RECEPTION, 403),
        (Role.REFERENT, 403),
        (Role.STRUCTURE, 403),
    ],
)
def test_who_reads_the_hours(client: FlaskClient, laser: Machine, role: Role, code: int) -> None:
    log_in(client, make_staff("Autre", roles=(role,)))
    for address in ("/machines/heures", "/machines/heures.csv"):
        assert client.get(address).status_code == code
    week = client.get("/machines/semaine")
    assert ("/machines/heures" in week.text) == (role in (Role.FACILITATOR, Role.COORDINATOR, Role.ADMINISTRATOR))


def test_the_page_says_the_hours_the_share_and_the_totals(
    client: FlaskClient, fablab: Fablab, laser: Machine, vinyl: Machine
) -> None:
    fill(fablab, laser, vinyl)
    log_in(client, make_staff())
    page = BeautifulSoup(client.get("/machines/heures?annee=2025").text, "html.parser")
    lines = [
        [" ".join(cell.get_text(" ").replace("\u00a0", " ").split()) for cell in line.select("th, td")]
        for line in page.select("tbody tr")
    ]
    assert lines == [
        ["La grande laser LAS-01", "3 h", "3 h", "1 h", "3", "33 %", "– aucune"],
        ["La découpe vinyle VIN-01", "45 min", "3 h", "– aucune", "1", "– on ne sait pas", "– aucune"],
        ["Toutes les machines", "3 h 45", "6 h", "1 h", "4", "33 %", "– aucune"],
    ]
    chosen = page.select_one("select[name=annee] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "2025"


@pytest.mark.parametrize("asked", ["", "abcd", "٢٠٢٥", "-999", "99999", "0000"])
def test_a_year_that_is_none_shows_this_one(client: FlaskClient, laser: Machine, asked: str) -> None:
    log_in(client, make_staff())
    answer = client.get("/machines/heures", query_string={"annee": asked})
    assert answer.status_code == 200
    assert "2026\u20112027" in answer.text


def test_the_file_is_quoted_names_nobody_and_begins_no_formula(
    client: FlaskClient, fablab: Fablab, laser: Machine, vinyl: Machine
) -> None:
    fill(fablab, laser, vinyl)
    with transaction() as session:
        session.execute(update(Resource).where(Resource.id == vinyl.id).values(simple_name='=1+1;"x"'))
    log_in(client, make_staff())
    answer = client.get("/machines/heures.csv?annee=2025")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="heures-machines-2025-2026.csv"'
    assert answer.mimetype == "text/csv"
    text = answer.get_data(as_text=True)
    assert text.startswith('\ufeff"Code";"Machine";')
    lines = list(csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert lines[1:] == [
        ["LAS-01", "La grande laser", "3,00", "3,00", "1,00", "3", "2", "1", "0,00"],
        ["VIN-01", '\'=1+1;"x"', "0,75", "3,00", "0,00", "1", "0", "0", "0,00"],
    ]


def test_it_takes_the_same_statements_whatever_the_machines_and_bookings(
    client: FlaskClient, fablab: Fablab, laser: Machine, vinyl: Machine, count_statements: Statements
) -> None:
    log_in(client, make_staff())
    said = []
    for number in (0, 6):
        for code in range(number):
            put(make_machine(fablab, f"M-{code}"), start="2026-01-13 14:00", end="2026-01-13 15:30")
        if number:
            fill(fablab, laser, vinyl)
            break_down(laser, "2026-01-13 15:00", "2026-01-14 15:00")
        client.get("/machines/heures?annee=2025")  # the house has changed: its facts are read again, once
        count_statements.clear()
        client.get("/machines/heures?annee=2025")
        said.append(len(count_statements))
    assert said[1] - said[0] <= 1  # the house's hours are looked at when something broke
    assert said[1] <= 8
