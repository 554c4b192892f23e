"""Loading the catalogue into a house: once, twice, and with differences."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.models import OpeningRule
from fablab.catalogue import Catalogue, read
from fablab.db import Model, transaction
from fablab.home import catalogue as house_catalogue
from fablab.people.models import Structure
from machines.models import Machine
from pathways.models import Badge, BadgeOpening
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import give_badge, make_shift, on


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return read(house_catalogue.SOURCES)


@pytest.fixture
def template_app(furnished_app: Flask) -> Flask:
    """The shipped catalogue is there already."""
    return furnished_app


@pytest.fixture
def loaded(session: Session) -> Session:
    return session


def everything(session: Session) -> dict[str, list[Any]]:
    """Every row of every table but the journal."""
    tables = [table for table in Model.metadata.sorted_tables if table.name != "journal_entry"]
    return {table.name: [tuple(row) for row in session.execute(select(table))] for table in tables}


def test_the_shipped_files_have_no_fault(shipped: Catalogue) -> None:
    assert [str(fault) for fault in shipped.faults] == []


def test_the_first_load_makes_the_whole_house(loaded: Session) -> None:
    counts = {name: len(rows) for name, rows in everything(loaded).items()}
    # Fifteen rooms, and the two halves of the great hall.
    expected = {"machine": 16, "room": 17, "structure": 106, "series": 232, "activity": 41, "competency": 42}
    expected |= {"pathway_version": 4, "stage": 16, "badge": 30, "scheme": 13, "badge_opening": 16, "place": 7}
    assert {name: counts[name] for name in expected} == expected


def test_loading_twice_changes_nothing(loaded: Session, shipped: Catalogue) -> None:
    before = everything(loaded)
    assert house_catalogue.compare(loaded, shipped, NOW + timedelta(days=400)) == []
    assert house_catalogue.take_differences(shipped, [], by=None, now=NOW) == []
    assert everything(loaded) == before


def test_a_machine_has_its_badge_and_the_badge_opens_it(loaded: Session) -> None:
    laser = loaded.scalars(select(Machine).where(Machine.code == "LAS-01")).one()
    assert (laser.badge.code, laser.min_age_in_room, laser.turnaround, laser.place.gauge) == ("BS-LASER", 16, 10, 19)
    openings = select(func.count()).select_from(BadgeOpening).join(Badge).where(Badge.code == "BS-LASER")
    assert loaded.scalar(openings) == 2


def test_the_insurance_date_is_set_at_the_first_load_and_never_again(loaded: Session, shipped: Catalogue) -> None:
    organisation = loaded.scalars(select(Structure).where(Structure.code == "ST-002")).one()
    assert organisation.insurance_until == date(2026, 11, 24) + timedelta(days=93)
    house_catalogue.take_differences(shipped, ["structure:ST-002/insurance_days"], by=None, now=NOW + timedelta(days=9))
    assert organisation.insurance_until == date(2026, 11, 24) + timedelta(days=93)


def test_what_the_house_changed_differs_and_is_taken_only_when_asked(loaded: Session, shipped: Catalogue) -> None:
    with transaction() as session:
        session.scalars(select(Machine).where(Machine.code == "LAS-01")).one().max_minutes = 60
    found = house_catalogue.compare(loaded, shipped, NOW)
    assert [(one.key, one.in_file, one.in_house) for one in found] == [("machine:LAS-01/slot.max_minutes", 120, 60)]
    house_catalogue.take_differences(shipped, [found[0].key], by=None, now=NOW)
    assert house_catalogue.compare(loaded, shipped, NOW) == []


def test_bookings_to_come_are_asked_again_when_something_is_taken(loaded: Session, shipped: Catalogue) -> None:
    cutter = loaded.scalars(select(Machine).where(Machine.code == "VIN-01")).one()
    evening = (OpeningRule.place_id == cutter.place_id) & (OpeningRule.weekday == 1) & (OpeningRule.use == "open_lab")
    with transaction() as session:
        for rule in session.scalars(select(OpeningRule).where(evening, OpeningRule.season == "school")):
            rule.closes = time(21)
    young, day = make_young(), date(2026, 12, 1)
    for code in ("BS-ATELIER", "BS-VINYLE"):
        give_badge(young, loaded.scalars(select(Badge).where(Badge.code == code)).one())
    make_shift(make_staff(), cutter.place, on(day, "16:00"), on(day, "21:00"))
    booking = make_booking(cutter, slot("19:30", "20:30", day), young)
    house_catalogue.take_differences(shipped, ["opening_hours:ESP-01.school.tuesday/windows"], by=None, now=NOW)
    loaded.refresh(booking)
    assert (booking.status, booking.attention) == ("confirmed", "outside_hours")
