"""Wrong tries count by identifier and device: whoever knows a name from afar locks nobody out of their own phone."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.people import actions, actions_account, actions_second, actions_sessions, actions_tries, rules_secrets
from fablab.people.models import Lockout, Person
from fablab.people.rules_secrets import Tries
from fablab.refusals import Refused
from tests.conftest import NOW, Browser
from tests.make import PASSWORD, PIN, log_in, make_staff, make_young
from tests.people.test_second_step import code_at, with_phone


@pytest.fixture
def ines(app: Flask) -> Person:
    return make_young("Inès", handle="renard-42")


def browser(app: Flask) -> FlaskClient:
    """A browser that has opened the log-in page, and so has a name."""
    app.test_client_class = Browser
    fresh = app.test_client()
    fresh.get("/entrer")
    return fresh


def knock(client: FlaskClient, pin: str = PIN, handle: str = "renard-42") -> Any:
    return client.post("/entrer", data={"handle": handle, "secret": pin})


def phone_of(app: Flask, _person: Person) -> FlaskClient:
    """A browser from which somebody has entered, and gone out."""
    mine = browser(app)
    assert knock(mine).status_code == 302
    mine.post("/sortir")
    return mine


def attack(app: Flask, *, from_hour: int = 0) -> None:
    """Ten wrong codes from browsers that nobody knows, one of which keeps no cookie."""
    for turn in range(10):
        with time_machine.travel(NOW + timedelta(hours=from_hour + turn // 5), tick=False):
            stranger = app.test_client() if turn % 2 else browser(app)
            assert knock(stranger, "111222").status_code == 422


def test_an_attack_from_afar_leaves_the_phone_used_before_open(app: Flask, ines: Person) -> None:
    mine = phone_of(app, ines)
    attack(app)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert knock(browser(app)).status_code == 422, "a phone never seen waits for the team"
        assert knock(mine).status_code == 302


def test_the_phone_used_before_has_a_small_count_of_its_own(app: Flask, ines: Person) -> None:
    mine = phone_of(app, ines)
    for left in (4, 3, 2, 1):
        assert f"Encore {left} essai" in knock(mine, "111222").text
    assert "pause de 15\u00a0min" in knock(mine, "111222").text
    assert knock(mine).status_code == 422
    assert knock(browser(app)).status_code == 302, "nor does it lock the others"


def test_a_cookie_made_up_names_no_device(app: Flask, ines: Person, session: Session) -> None:
    forged = app.test_client()
    forged.set_cookie("device", "abc.def")
    assert knock(forged).status_code == 302
    assert session.scalar(select(func.count()).where(Lockout.device_of.is_not(None))) == 0


def test_the_team_unlocks_every_device_at_once(client: FlaskClient, app: Flask, ines: Person) -> None:
    mine = phone_of(app, ines)
    attack(app)
    for _turn in range(5):
        knock(mine, "111222")
    samir = make_staff()
    assert "Trop" in knock(mine).text
    page = log_in(client, samir).get(f"/jeunes/{ines.public_id}").text
    assert "débloquer" in page.lower()
    actions.unlock(ines, samir, NOW)
    assert knock(mine).status_code == 302
    assert knock(browser(app)).status_code == 302


def test_closing_everything_makes_every_device_a_stranger(app: Flask, ines: Person) -> None:
    lost = phone_of(app, ines)
    actions_sessions.close_all(ines, ines, NOW)
    attack(app)
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert knock(lost).status_code == 422


def test_who_changes_their_code_keeps_the_device_in_their_hand(app: Flask, ines: Person, session: Session) -> None:
    phone_of(app, ines)
    mine = browser(app)
    knock(mine)
    new = {"secret": PIN, "pin": "739164", "pin_again": "739164"}
    assert mine.post("/mon-compte/code", data=new).status_code == 302
    assert session.scalar(select(func.count()).where(Lockout.device_of.is_not(None))) == 1


def test_five_devices_are_known_and_the_oldest_is_forgotten_first(app: Flask, ines: Person, session: Session) -> None:
    phones = []
    for day in range(6):
        with time_machine.travel(NOW + timedelta(days=day), tick=False):
            phones.append(phone_of(app, ines))
    session.rollback()
    assert session.scalar(select(func.count()).where(Lockout.device_of.is_not(None))) == 5
    attack(app, from_hour=24 * 6)
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert [knock(phone).status_code for phone in phones] == [422, 302, 302, 302, 302, 302]


def test_a_device_stays_known_for_400_days_without_entering(app: Flask, ines: Person, session: Session) -> None:
    phone_of(app, ines)
    actions_tries.forget_old(NOW + timedelta(days=400))
    assert session.scalar(select(func.count()).where(Lockout.device_of.is_not(None))) == 1
    actions_tries.forget_old(NOW + timedelta(days=400, seconds=1))
    assert session.scalar(select(func.count()).where(Lockout.device_of.is_not(None))) == 0


def test_twenty_wrong_codes_a_day_are_weighed_whatever_right_ones_come_between(app: Flask, ines: Person) -> None:
    heard = 0
    for turn in range(30):
        with time_machine.travel(NOW + timedelta(minutes=16 * turn), tick=False):
            heard += "ne va pas" in knock(app.test_client(), "111222").text
            knock(app.test_client())  # the holder, from a phone never seen, with the right code each time
    assert heard == 19, "the twentieth is weighed too, and answered by the pause"
    with time_machine.travel(NOW + timedelta(hours=23, minutes=59), tick=False):
        assert "pause de 1\u00a0min" in knock(app.test_client()).text
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert knock(app.test_client()).status_code == 302


def test_the_pause_until_the_day_ends_is_said_in_hours() -> None:
    tries = rules_secrets.after_wrong(Tries(3, None, 19, NOW - timedelta(hours=2)), NOW)
    assert tries == Tries(4, NOW + timedelta(hours=22), 20, NOW - timedelta(hours=2))
    closed = rules_secrets.lock(tries, NOW + timedelta(minutes=1), help_after=10)
    assert closed is not None
    assert "pause de 22\u00a0h" in closed.sentence
    assert rules_secrets.tries_left(Tries(1, None, 18, NOW)) == 2


def test_the_computer_of_the_team_stays_open_while_others_guess_its_password(app: Flask) -> None:
    make_staff(email="samir@example.org")

    def say(client: FlaskClient, password: str) -> int:
        return client.post("/entrer/equipe", data={"email": "samir@example.org", "secret": password}).status_code

    mine = browser(app)
    assert say(mine, PASSWORD) == 302
    mine.post("/sortir")
    for _turn in range(5):
        say(browser(app), "x")
    assert say(browser(app), PASSWORD) == 422
    assert say(mine, PASSWORD) == 302


def test_the_phone_code_has_the_same_two_counts(app: Flask) -> None:
    nadia = make_staff(email="nadia@example.org")
    with_phone(nadia)
    actions_second.pass_step(nadia, code_at(NOW), NOW, device="hers")
    for device in (None, "a", "b", "c", "d"):
        with pytest.raises(Refused):
            actions_second.pass_step(nadia, "000000", NOW, device=device)
    later = NOW + timedelta(minutes=1)
    with pytest.raises(Refused, match="locked"):
        actions_second.pass_step(nadia, code_at(later), later, device="a")
    actions_second.pass_step(nadia, code_at(later), later, device="hers")


def test_a_wrong_card_of_nobody_makes_no_device_known(app: Flask, ines: Person, session: Session) -> None:
    with pytest.raises(Refused, match="wrong"):
        actions_account.enter_with_card("A" * 32, PIN, NOW, device="any")
    assert session.scalar(select(func.count()).where(Lockout.device_of.is_not(None))) == 0
