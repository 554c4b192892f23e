"""A need weighed against a room, and rooms sorted out. No database."""

from dataclasses import replace
from datetime import date, time

import pytest

from bookings.values import Slot
from fablab import clock
from fablab.refusals import Refusal
from rooms.values_finding import Found, Need, sorted_out
from tests.rooms.test_rules import SHEET

SLOT = Slot(clock.at(date(2026, 12, 15), time(17)), clock.at(date(2026, 12, 15), time(19)))


@pytest.mark.parametrize(
    ("need", "lacks"),
    [
        (Need(12), ()),
        (Need(13), ("small",)),
        (Need(8, equipment="écran"), ()),
        (Need(8, equipment="batterie"), ("equipment",)),
        (Need(8, step_free=True), ()),
    ],
)
def test_a_room_lacks_what_it_has_not(need: Need, lacks: tuple[str, ...]) -> None:
    assert need.lacks(replace(SHEET, equipment=("écran",), step_free=True)) == lacks


def test_a_room_with_steps_lacks_access_only_when_it_is_needed() -> None:
    steps = replace(SHEET, step_free=False)
    assert (Need(8).lacks(steps), Need(8, step_free=True).lacks(steps)) == ((), ("steps",))


def test_the_best_room_has_all_is_confirmed_at_once_and_is_the_smallest() -> None:
    small, big = replace(SHEET, code="S", usual_capacity=12), replace(SHEET, code="B", usual_capacity=60)
    rooms = [
        Found(big, SLOT, (), (), ()),
        Found(replace(small, code="W"), SLOT, (), (), ("coordination",)),
        Found(small, SLOT, (), (), ()),
        Found(replace(small, code="L"), SLOT, ("steps",), (), ()),
        Found(replace(small, code="R"), SLOT, (), (Refusal("taken", "Pris."),), ()),
    ]
    search = sorted_out(rooms, [])
    assert [one.room.code for one in search.fits] == ["S", "B", "W"]
    assert [one.room.code for one in search.almost] == ["L"]
    assert [one.room.code for one in search.others] == ["R"]
