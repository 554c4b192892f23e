"""Holidays: the library's, the house's word over its own school year, and where both differ."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Closure, Holiday
from bookings.official_calendar import KNOWN_UNTIL, OfficialHoliday, disagreements, merged, official
from fablab import clock
from fablab.catalogue_items import Difference, Item
from fablab.db import transaction
from fablab.home.catalogue import STORES
from tests.conftest import NOW

YEAR = (date(2026, 9, 1), date(2027, 8, 31))
TOUSSAINT = OfficialHoliday("school", "Toussaint", date(2026, 10, 17), date(2026, 11, 1), "house")


@pytest.fixture
def template_app(furnished_app: Flask) -> Flask:
    """The shipped catalogue is there already."""
    return furnished_app


@pytest.fixture
def loaded(session: Session) -> Session:
    return session


def test_the_library_knows_zone_a_from_the_year_before_to_the_last_decree() -> None:
    known = official("A", 2025)
    winter = next(day for day in known if day.kind == "school" and day.starts_on >= date(2027, 2, 1))
    assert (winter.starts_on, winter.ends_on) == (date(2027, 2, 13), date(2027, 2, 28))
    noel = next(day for day in known if day.kind == "school")
    assert (noel.starts_on, noel.ends_on) == (date(2024, 12, 21), date(2025, 1, 5))
    assert max(day.starts_on for day in known) <= KNOWN_UNTIL


def test_another_zone_has_another_winter() -> None:
    winters = {zone: next(d for d in official(zone, 2027) if "hiver" in d.name).starts_on for zone in "ABC"}
    assert winters == {"A": date(2027, 2, 13), "B": date(2027, 2, 20), "C": date(2027, 2, 6)}


def test_the_house_wins_where_it_speaks_and_the_library_elsewhere() -> None:
    moved = OfficialHoliday("school", "Toussaint", date(2026, 10, 24), date(2026, 11, 8), "house")
    found = [day for day in merged([moved], YEAR, zone="A", since=2026) if day.kind == "school"]
    of_the_year = [day for day in found if YEAR[0] <= day.starts_on <= YEAR[1]]
    assert of_the_year == [moved]
    assert any(day.starts_on == date(2027, 10, 23) and day.source == "library" for day in found)


def test_the_same_dates_are_no_disagreement_and_other_dates_are() -> None:
    assert TOUSSAINT not in [one.house for one in disagreements([TOUSSAINT], YEAR, zone="A")]
    longer = OfficialHoliday("school", "Toussaint", date(2026, 10, 17), date(2026, 11, 3), "house")
    found = [one for one in disagreements([longer], YEAR, zone="A") if one.house == longer]
    assert "2026-11-03 for the house" in str(found[0])
    assert "2026-11-01 in the official calendar: the house wins" in str(found[0])


def test_the_loaded_calendar_covers_the_year_before_to_the_last_known_one(loaded: Session) -> None:
    days = loaded.scalars(select(Holiday).order_by(Holiday.starts_on)).all()
    assert days[0].ends_on.year == 2025
    assert max(day.ends_on for day in days) == date(2029, 9, 2)
    mine = [day.name for day in days if day.source == "house" and day.kind == "school"]
    assert mine == ["Toussaint", "Noël", "Hiver", "Printemps", "Été"]


def test_a_holiday_moved_in_the_file_takes_the_place_of_the_old_one(loaded: Session) -> None:
    values = {"name": "Toussaint", "ends_on": date(2026, 11, 8), "source": "house", "data_status": "documented"}
    moved = Difference(Item("holiday", "school.2026-10-24", values), None, None, None)
    with transaction() as session:
        STORES["holiday"].add(session, moved.item, NOW)
    autumn = select(Holiday).where(Holiday.kind == "school", Holiday.starts_on.between(date(2026, 9, 1), NOW.date()))
    assert [(day.starts_on, day.ends_on) for day in loaded.scalars(autumn)] == [(date(2026, 10, 24), date(2026, 11, 8))]


def test_a_bridge_closes_the_house_for_the_whole_local_day(loaded: Session) -> None:
    bridge = loaded.scalars(select(Closure).where(Closure.key == "bridge.2027-05-07")).one()
    assert (bridge.starts_at, bridge.ends_at) == clock.day_bounds(date(2027, 5, 7))
    summer = loaded.scalars(select(Closure).where(Closure.key == "yearly.2027-08-02")).one()
    assert summer.ends_at == clock.day_bounds(date(2027, 8, 22))[1]


def test_a_closure_made_longer_is_laid_anew_and_the_first_is_lifted(loaded: Session) -> None:
    with transaction() as session:
        STORES["closure"].change(session, "yearly.2027-08-02", {"last_on": date(2027, 8, 29)}, NOW)
    laid = loaded.scalars(select(Closure).where(Closure.reason.startswith("fermeture")).order_by(Closure.id)).all()
    assert [(one.key, one.lifted_at is None) for one in laid] == [(None, False), ("yearly.2027-08-02", True)]
    assert laid[1].ends_at == clock.day_bounds(date(2027, 8, 29))[1]
    assert laid[1].ends_at - laid[1].starts_at == timedelta(days=28)
