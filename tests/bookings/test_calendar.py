from datetime import date

import pytest
from flask import Flask

from bookings import calendar
from bookings.values import Booked, Slot
from tests.conftest import NOW
from tests.make_bookings import slot

THURSDAY = date(2026, 11, 26)
WINDOWS = [slot("14:00", "19:00")]


def booked(start: str, end: str, *, resource: int = 1, public: str = "a", main: int = 1, kind: str = "own") -> Booked:
    when = slot(start, end)
    return Booked(resource, when.start, when.end, public, kind, "confirmed", 5, 1, None, None, main, when.start)


@pytest.fixture(autouse=True)
def in_french(app: Flask) -> None:
    """Words need a language."""


def cell_of(*rows: Booked, shut: tuple[Slot, ...] = (), windows: list[Slot] = WINDOWS) -> calendar.Cell:
    grid = calendar.grid([(1, "Laser")], rows, [THURSDAY], windows, {1: shut}, NOW)
    return grid.rows[0].cells[0]


def test_an_empty_day_is_free_from_opening_to_closing() -> None:
    cell = cell_of()
    assert cell.free == slot("14:00", "19:00")
    assert cell.words.replace("\u00a0", " ") == "14 h – 19 h"
    assert cell.bands == ()


def test_the_longest_free_stretch_is_said_and_the_booking_drawn_in_minutes_from_opening() -> None:
    cell = cell_of(booked("15:00", "16:30"))
    assert cell.free == slot("16:30", "19:00")
    assert cell.bands == (calendar.Band(60, 90, "g-1"),)
    assert cell.bookings == 1


def test_a_full_day_and_a_closed_day_say_so() -> None:
    assert cell_of(booked("14:00", "19:00")).words == "complet"
    closed = cell_of(windows=[])
    assert closed.words == "fermé"
    assert [band.cls for band in closed.bands] == ["closed"], "in stripes, from edge to edge"
    assert closed.bands[0].x == 0
    assert closed.bands[0].width > 0


def test_a_closure_is_drawn_and_not_free() -> None:
    cell = cell_of(shut=(slot("14:00", "18:00"),))
    assert cell.free == slot("18:00", "19:00")
    assert cell.bands == (calendar.Band(0, 240, "closed"),)


def test_a_breakdown_is_not_a_closed_house() -> None:
    out = (slot("00:00", "23:00"),)
    grid = calendar.grid([(1, "Laser")], [], [THURSDAY], WINDOWS, {1: out}, NOW, {1: out})
    assert grid.rows[0].cells[0].words == "en panne"
    assert cell_of(shut=out).words == "fermé"


def test_a_closure_of_several_days_covers_each_of_them() -> None:
    long = Slot(slot("12:00", "13:00", date(2026, 11, 25)).start, slot("12:00", "13:00", date(2026, 11, 27)).start)
    assert cell_of(shut=(long,)).free is None


def test_what_is_over_is_not_free() -> None:
    today = date(2026, 11, 24)
    grid = calendar.grid([(1, "Laser")], [], [today], [slot("09:00", "12:00", today)], {}, NOW)
    assert grid.rows[0].cells[0].free == slot("10:00", "12:00", today)


def test_the_list_says_a_booking_once_with_everything_it_takes() -> None:
    rows = [
        booked("14:00", "16:00", resource=2, main=1),
        booked("14:00", "16:00"),
        booked("9:00".zfill(5), "10:00", public="b"),
    ]
    lines = calendar.lines({1: "Le Fablab", 2: "La laser"}, rows)
    assert [line.names for line in lines] == ["Le Fablab", "Le Fablab, La laser"]
