"""One Tuesday of open lab, 16:30 to 19:30, by its pages alone: two facilitators, 25 young people, no rule passed over.

Three come without a booking, an adult without an account; a PIN is forgotten, a machine breaks, a shift is withdrawn,
somebody does not come, and a print goes on past closing. The story is in story.py, played by played.py; what it must
leave is added up in facts.py without anything of the house.
"""

from collections.abc import Callable

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from tests.tuesday.facts import counted, found
from tests.tuesday.played import Evening, moment
from tests.tuesday.story import STORY, VISITORS, in_order

pytestmark = pytest.mark.slow


@pytest.fixture
def evening(app: Flask, session: Session) -> Evening:
    return Evening(app)


def play(evening: Evening, goes_on: Callable[[str], bool]) -> None:
    """The lines whose hour is one of those."""
    for line in in_order():
        if goes_on(line.at):
            evening.play(line)


def card(page: BeautifulSoup, title: str) -> str:
    """What one card of the board says."""
    for one in page.select("main .card"):
        heading = one.select_one("h2")
        if heading is not None and heading.get_text(strip=True) == title:
            return " ".join(one.get_text(" ").split())
    return ""


def test_twenty_five_come() -> None:
    came = {line.who for line in STORY if line.act in ("begin", "walk_in", "arrive")}
    assert len(came) == 25
    assert sum(line.act == "walk_in" for line in STORY) == 3


def test_every_fact_of_the_evening_is_right_at_its_end(evening: Evening, session: Session) -> None:
    play(evening, lambda _at: True)
    session.expire_all()
    expected, there = counted(), found(session)
    assert there.statuses == expected.statuses
    assert there.uses == expected.uses
    assert there.visits == expected.visits
    assert there.adults == expected.adults
    assert there.problems == expected.problems
    assert there.letters == expected.letters
    assert +there.journal == +expected.journal
    bookings = session.scalars(select(Booking)).all()
    assert [one.id for one in bookings if one.override_reason or one.passed_with] == []
    with time_machine.travel(moment("34:30"), tick=False):
        absent = evening.read(evening.samir, "/equipe/absences").get_text(" ")
    assert [name for name in evening.people if f"{name} D." in absent] == ["Dina"]


def test_the_board_says_who_is_on_what_and_who_is_here(evening: Evening) -> None:
    play(evening, lambda at: at <= "17:45")
    on_machines = {"Chloé": "FDM-01", "Ilyes": "FDM-04", "Karim": "FDM-02", "Elio": "LAS-01", "Jade": "VIN-02"}
    here = {who for who, came, _left in VISITORS if came <= "17:45"}
    with time_machine.travel(moment("17:45"), tick=False):
        page = evening.read(evening.samir, "/open-lab")
    board, without = card(page, "Sur une machine"), card(page, "Là sans machine")
    assert {name for name in evening.people if f"{name} D." in board} == set(on_machines)
    assert {name for name in evening.people if f"{name} D." in without} == here
    for code in on_machines.values():
        assert f"La machine {code}" in board
    # Two facilitators, five on machines, eight without; of the places booked, none is lost to whoever comes late.
    assert f"{2 + len(on_machines) + len(here)} personnes sur 19" in page.get_text(" ").replace("\u00a0", " ")


def test_the_card_of_the_end_says_who_is_left_and_what_goes_on(evening: Evening) -> None:
    play(evening, lambda at: at <= "19:26")
    with time_machine.travel(moment("19:26"), tick=False):
        left = card(evening.read(evening.samir, "/open-lab"), "Avant de fermer")
    assert {name for name in evening.people if f"{name} D." in left} == {"Zacharie"}
    assert "La machine FDM-04" in left
    assert "accord de Samir" in left
    others = ("VIN-01", "VIN-02", "FDM-01", "FDM-02", "PRE-01", "LAS-01")
    assert not [code for code in others if code in left]
