"""«On me prévient»: who asked is told once when a machine is back, and may change their mind before."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions_returns
from bookings.models_returns import ReturnWish
from fablab.outbox import Letter, Message
from fablab.people.models import Person
from machines import actions
from machines.models import Machine
from tests.conftest import NOW
from tests.machines.pages import read, text
from tests.make import make_staff
from tests.make_machines import break_down


@pytest.fixture
def broken(vinyl: Machine) -> Machine:
    """The vinyl cutter, out of service since just now."""
    break_down(vinyl, "La lame est cassée.", None, make_staff(), NOW)
    return vinyl


def wishes(session: Session) -> list[ReturnWish]:
    session.expire_all()
    return list(session.scalars(select(ReturnWish)))


def told(session: Session, person: Person) -> list[str]:
    found = select(Message.text).where(Message.person_id == person.id, Message.notice == "machine-back")
    return list(session.scalars(found))


def test_one_tap_asks_and_one_takes_it_back(phone: FlaskClient, session: Session, broken: Machine) -> None:
    page = read(phone, "/reserver")
    form = page.select_one("form[action$='/on-me-previent']")
    assert form is not None
    assert phone.post(str(form["action"]), data={"next": "/reserver"}).location == "/reserver"
    assert len(wishes(session)) == 1
    page = read(phone, f"/reserver/{broken.code}")
    back = page.select_one("main section.card form[action$='/ne-plus-me-prevenir']")
    assert back is not None
    assert "Ne plus me prévenir" in text(page)
    phone.post(str(back["action"]))
    assert wishes(session) == []


def test_asked_twice_it_is_asked_once(session: Session, broken: Machine, ines: Person) -> None:
    assert actions_returns.ask_to_be_told(ines, broken, NOW)
    assert actions_returns.ask_to_be_told(ines, broken, NOW)
    assert len(wishes(session)) == 1


def test_who_asked_is_told_once_when_it_is_back(session: Session, broken: Machine, ines: Person) -> None:
    actions_returns.ask_to_be_told(ines, broken, NOW)
    actions.back_in_service(broken, make_staff(), NOW)
    (said,) = told(session, ines)
    assert broken.simple_name in said
    assert wishes(session) == []
    break_down(broken, "Encore la lame.", None, make_staff(), NOW)
    actions.back_in_service(broken, make_staff(), NOW)
    assert len(told(session, ines)) == 1


def test_who_changed_their_mind_is_told_nothing(session: Session, broken: Machine, ines: Person) -> None:
    actions_returns.ask_to_be_told(ines, broken, NOW)
    actions_returns.tell_me_no_more(ines, broken, NOW)
    actions.back_in_service(broken, make_staff(), NOW)
    assert told(session, ines) == []
    assert session.scalars(select(Letter)).all() == []


def test_a_breakdown_noted_by_mistake_tells_who_asked_too(session: Session, vinyl: Machine, ines: Person) -> None:
    samir = make_staff()
    break_down(vinyl, "La lame est cassée.", None, samir, NOW)
    actions_returns.ask_to_be_told(ines, vinyl, NOW)
    actions.undo_out_of_service(vinyl, samir, NOW)
    assert len(told(session, ines)) == 1


def test_of_a_machine_that_works_nothing_is_kept(phone: FlaskClient, session: Session, vinyl: Machine) -> None:
    answer = phone.post(f"/reserver/{vinyl.code}/on-me-previent", follow_redirects=True)
    assert "Cette machine marche de nouveau" in answer.text.replace("\u00a0", " ")
    assert wishes(session) == []
    assert phone.post("/reserver/XXX-99/on-me-previent").status_code == 404
