"""What happens at the same moment: wrong tries all count, a form sent twice at once makes one person."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from flask import Flask, session
from sqlalchemy import func, select, update

from fablab import clock
from fablab.db import db, transaction
from fablab.people import (
    actions,
    actions_account,
    actions_kiosk,
    actions_referents,
    actions_sessions,
    actions_staff,
    entering,
    queries,
    upkeep,
)
from fablab.people.models import Lockout, Person
from fablab.people.models_access import Kiosk, OpenSession
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_team
from tests.make import PIN, make_staff, make_young

AT_ONCE = 12


def at_once(app: Flask, act: Callable[[int], Any], times: int = AT_ONCE) -> list[Any]:
    """What ``act(0)`` … returned, or the codes of its refusals, all begun together in threads of their own."""
    start = Barrier(times)

    def one(number: int) -> Any:
        with app.app_context():
            start.wait()
            try:
                return act(number)
            except Refused as refused:
                return refused.codes
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def test_wrong_tries_at_the_same_moment_all_count(shared_database: Flask) -> None:
    make_young(handle="chamois-33")
    answers = at_once(
        shared_database, lambda _n: actions_account.enter_with_handle("chamois-33", "111222", clock.now())
    )
    assert Counter(code for codes in answers for code in codes) == {"wrong": 4, "locked": AT_ONCE - 4}
    db.session.remove()
    assert db.session().scalars(select(Lockout.tries)).all() == [5]


def test_guesses_made_at_once_are_weighed_one_after_the_other(shared_database: Flask) -> None:
    make_young(handle="chamois-33")
    at_once(shared_database, lambda _n: wrong_try(), times=4)
    guesses = ["111222"] * (AT_ONCE - 1) + [PIN]
    answers = at_once(
        shared_database, lambda n: actions_account.enter_with_handle("chamois-33", guesses[n], clock.now())
    )
    # Either the right one came first and the count began again, or the pause came first and it was not heard.
    assert answers.count(["wrong"]) <= 4
    db.session.remove()
    assert db.session().scalars(select(Lockout.tries)).one() == 5


def wrong_try() -> Any:
    return actions_account.enter_with_handle("chamois-33", "111222", clock.now())


def test_the_same_form_sent_twice_at_once_makes_one_person(shared_database: Flask) -> None:
    desk = make_staff(roles=(Role.RECEPTION,)).public_id

    def send(_number: int) -> bool:
        by = queries.by_public_id(db.session(), desk)
        assert by is not None
        asked = actions.NewYoungPerson("Inès", "Benali", date(2010, 5, 3), "in_school", None, PIN, "k" * 24)
        return actions.make_young_person(asked, by, clock.now()).card_code is not None

    answers = at_once(shared_database, send, times=4)
    assert sorted(answers) == [False, False, False, True]
    db.session.remove()
    assert db.session().scalar(select(func.count()).where(Person.request_key.is_not(None))) == 1


def test_one_address_given_twice_at_once_makes_one_account_and_one_refusal(shared_database: Flask) -> None:
    admin = make_staff(roles=(Role.ADMINISTRATOR,)).public_id

    def make(_number: int) -> Any:
        by = queries.by_public_id(db.session(), admin)
        asked = actions_staff.NewStaff("Samir", "Haddad", "samir@example.org", [Role.FACILITATOR])
        return actions_staff.make_staff(asked, by, clock.now()).email

    answers = at_once(shared_database, make, times=4)
    assert answers.count("samir@example.org") == 1
    assert answers.count(["email_taken"]) == 3


def test_a_referent_invited_at_once_for_several_young_people_follows_them_all(shared_database: Flask) -> None:
    nadia = make_staff(roles=(Role.COORDINATOR,)).public_id
    young = [make_young().public_id for _turn in range(4)]

    def invite(number: int) -> Any:
        by, person = (queries.by_public_id(db.session(), known) for known in (nadia, young[number]))
        assert by is not None
        assert person is not None
        asked = actions_referents.NewReferent("remi@example.org", None, None)
        return actions_referents.follow(person, asked, by, clock.now()).referent_id

    assert len(set(at_once(shared_database, invite, times=4))) == 1


def test_two_administrators_cannot_put_each_other_out_at_the_same_moment(shared_database: Flask) -> None:
    both = [make_staff(roles=(Role.ADMINISTRATOR,)).public_id for _turn in range(2)]

    def put_out(number: int) -> Any:
        me, other = (queries.by_public_id(db.session(), both[n]) for n in (number, 1 - number))
        assert me is not None
        assert other is not None
        return actions_team.end_mission(other, me, clock.now())

    answers = at_once(shared_database, put_out, times=2)
    assert answers.count(["last_administrator"]) == 1
    db.session.remove()
    assert queries.administrators(db.session()) == 1


def test_a_code_renewed_while_its_holder_tries_it_stops_neither(shared_database: Flask) -> None:
    ines = make_young(handle="chamois-33").public_id
    at_once(shared_database, lambda _n: wrong_try(), times=1)
    holds, waits = Event(), Event()

    def both(number: int) -> Any:
        if number:
            holds.wait(5)
            waits.set()
            return wrong_try()
        person = queries.by_public_id(db.session(), ines)
        assert person is not None
        with transaction() as writing:
            upkeep.lock(writing, person)
            holds.set()
            waits.wait(5)
            sleep(0.5)  # the other one now waits for this lock
            upkeep.forget_tries(writing, person)
        return "renewed"

    assert at_once(shared_database, both, times=2) == ["renewed", ["wrong"]]


@pytest.mark.parametrize("two_steps", [False, True])
def test_a_secret_said_before_everything_was_closed_opens_nothing_after(
    shared_database: Flask, two_steps: bool
) -> None:
    ines = make_young(handle="chamois-33").public_id

    def close(_number: int) -> None:
        person = queries.by_public_id(db.session(), ines)
        assert person is not None
        actions_sessions.close_all(person, person, clock.now())

    with shared_database.test_request_context("/entrer"):
        person = actions_account.enter_with_handle("chamois-33", PIN, clock.now())
        version = person.enter_version
        at_once(shared_database, close, times=1)
        if two_steps:  # the code of the phone reads the person again
            db.session.refresh(person)
        entering.open_session(person, clock.now(), version if two_steps else None)
        assert entering.KEY not in session
        assert "_user_id" not in session
        assert "entrer avec le nouveau" in str(session["_flashes"])
        entering.open_session(actions_account.enter_with_handle("chamois-33", PIN, clock.now()), clock.now())
        assert session[entering.KEY]


def test_a_session_that_begins_on_a_tablet_and_the_end_of_the_tablet_do_not_wait_for_each_other(
    shared_database: Flask,
) -> None:
    samir, boss = make_staff(), make_staff(roles=(Role.ADMINISTRATOR,)).public_id
    actions_kiosk.enrol("Atelier", samir, clock.now(), for_team=True)
    kiosk_id = db.session().scalars(select(Kiosk.id)).one()
    actions_sessions.open_one(samir, "Firefox", timedelta(hours=1), clock.now(), kiosk_id=kiosk_id)
    known, holds = samir.public_id, Event()
    on_it = (OpenSession.kiosk_id == kiosk_id, OpenSession.closed_at.is_(None))

    def both(number: int) -> Any:
        if number:
            holds.wait(5)
            by = queries.by_public_id(db.session(), boss)
            assert by is not None
            return actions_kiosk.end(kiosk_id, by, clock.now())
        person = queries.by_public_id(db.session(), known)
        assert person is not None
        now = clock.now()
        with transaction() as writing:  # as open_one: its rows first, then one that refers to the kiosk
            writing.execute(update(OpenSession).where(*on_it).values(closed_at=now))
            holds.set()
            sleep(0.5)  # the other one now has the kiosk and waits for these rows
            new = {"person_id": person.id, "kiosk_id": kiosk_id, "opened_at": now, "ends_at": now}
            writing.add(OpenSession(key_digest="0" * 64, device="Firefox", **new))
        return None

    assert at_once(shared_database, both, times=2) == [None, None]
