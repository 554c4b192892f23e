"""Merges at the same moment as other merges, bookings and validations: one order or the other, nothing in between."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bookings import actions as bookings
from bookings.models import Booking
from bookings.values import Ask
from fablab import clock
from fablab.db import db
from fablab.home import merging_actions
from fablab.people import queries
from fablab.people.models import Person
from fablab.people.models_merging import Merge
from fablab.permissions import Role
from pathways.models import Mastery, Validation
from tests.make import make_staff, make_young
from tests.make_bookings import make_place, make_resource, slot
from tests.make_pathways import validate
from tests.people.test_races import at_once


def somebody(public_id: str) -> Person:
    person = queries.by_public_id(db.session(), public_id)
    assert person is not None
    return person


def test_two_merges_of_the_same_accounts_at_once_make_one(shared_database: Flask) -> None:
    nadia = make_staff(roles=(Role.COORDINATOR,)).public_id
    one, other = make_young("Inès").public_id, make_young("Ines").public_id

    def act(number: int) -> Any:
        kept, gone = (one, other) if number % 2 else (other, one)
        return merging_actions.merge(somebody(kept), somebody(gone), (), somebody(nadia), clock.now()).id

    answers = at_once(shared_database, act, times=6)
    assert answers.count(["merged"]) == 3, "the other way round it is refused"
    assert len({answer for answer in answers if isinstance(answer, int)}) == 1
    db.session.remove()
    assert db.session().scalar(select(func.count()).select_from(Merge)) == 1


def test_a_merge_undone_twice_at_once_is_undone_once(shared_database: Flask) -> None:
    nadia = make_staff(roles=(Role.COORDINATOR,))
    one, other = make_young("Inès"), make_young("Ines")
    validate(other, {"SEC-01": 2})
    made, by = merging_actions.merge(one, other, (), nadia, clock.now()).id, nadia.public_id

    def act(_number: int) -> Any:
        merge = db.session().get_one(Merge, made)
        return merging_actions.undo(merge, somebody(by), clock.now()).id

    answers = at_once(shared_database, act, times=4)
    assert sorted(map(str, answers)) == sorted([str(made), *[str(["undone"])] * 3])


def test_what_is_validated_while_accounts_merge_is_held_by_the_one_that_stays_or_refused(
    shared_database: Flask,
) -> None:
    nadia = make_staff(roles=(Role.COORDINATOR,)).public_id
    for turn in range(4):
        one, other = make_young("Inès").public_id, make_young("Ines").public_id
        code = f"SEC-{turn:02d}"
        validate(somebody(one), {code: 1})

        def act(number: int, one: str = one, other: str = other, code: str = code) -> Any:
            if number:
                return validate(somebody(other), {code: 2}) and "validated"
            return merging_actions.merge(somebody(one), somebody(other), (), somebody(nadia), clock.now()).id

        answers = at_once(shared_database, act, times=2)
        assert answers[1] in ("validated", ["merged"])
        db.session.remove()
        gone = somebody(other).id
        for model in (Validation, Mastery):
            assert db.session().scalar(select(func.count()).where(model.person_id == gone)) == 0
        level = select(Mastery.level).where(Mastery.person_id == somebody(one).id)
        assert db.session().scalar(level) == (2 if answers[1] == "validated" else 1)


def test_what_is_booked_while_accounts_merge_is_held_by_the_one_that_stays_or_refused(
    shared_database: Flask,
) -> None:
    nadia = make_staff(roles=(Role.COORDINATOR,)).public_id
    place = make_place()
    for turn in range(4):
        thing = make_resource(place).id
        one, other = make_young("Inès").public_id, make_young("Ines").public_id
        wish = slot("14:00", "15:00", clock.local_day(clock.now()).replace(year=clock.now().year + 1))

        def act(number: int, one: str = one, other: str = other, thing: int = thing, wish: Any = wish) -> Any:
            if number:
                holder = somebody(other)
                return bookings.book(Ask(thing, wish, holder_id=holder.id), holder, clock.now()) and "booked"
            return merging_actions.merge(somebody(one), somebody(other), (), somebody(nadia), clock.now()).id

        answers = at_once(shared_database, act, times=2)
        assert isinstance(answers[0], int), turn
        assert answers[1] in ("booked", ["merged"]), turn
        db.session.remove()
        assert db.session().scalar(select(func.count()).where(Booking.holder_id == somebody(other).id)) == 0
