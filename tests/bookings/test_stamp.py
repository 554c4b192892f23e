"""What the rules said before the lock is believed under it only when nobody wrote anything between."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from bookings import actions, kinds, queries, upkeep_placing
from bookings.kinds import NOTHING, Kind, Known
from bookings.models import OpeningRule
from bookings.queries import TakenRow
from bookings.queries_house import house_of
from bookings.reading import Answer, Reading
from bookings.values import Ask, Scope
from fablab import house
from fablab.db import db, transaction
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import make_young
from tests.make_bookings import make_hours, make_place, make_resource, slot


def elsewhere(app: Flask, act: Callable[[], object]) -> None:
    """Do something on another connection, and wait until it is done."""

    def run() -> None:
        with app.app_context():
            act()
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def write_something() -> None:
    with transaction() as session:
        house.write(session, "anything", 1)


def test_nothing_written_leaves_the_same_stamp(shared_database: Flask) -> None:
    write_something()
    before = queries.stamp(db.session())
    queries.booking_by_key(db.session(), "k")
    db.session.rollback()
    with transaction() as session:
        queries.lock_house(session)
        assert queries.stamp(session) == before


def test_what_another_connection_wrote_changes_the_stamp(shared_database: Flask) -> None:
    before = queries.stamp(db.session())
    db.session.rollback()
    elsewhere(shared_database, write_something)
    with transaction() as session:
        queries.lock_house(session)
        assert queries.stamp(session) != before


def test_what_the_same_connection_wrote_changes_the_stamp(shared_database: Flask) -> None:
    before = queries.stamp(db.session())
    write_something()
    with transaction() as session:
        queries.lock_house(session)
        assert queries.stamp(session) != before


def test_somebody_who_books_between_the_two_readings_is_seen(shared_database: Flask) -> None:
    resource, ada, tom = make_resource(), make_young(), make_young("Tom")
    mine = Ask(resource.id, slot("14:00", "15:00"), holder_id=ada.id)
    theirs = Ask(resource.id, slot("14:30", "15:30"), holder_id=tom.id)
    asked = upkeep_placing.ask_before_the_lock(db.session(), mine, None, NOW)
    assert isinstance(asked, upkeep_placing.Asked)
    db.session.rollback()
    elsewhere(shared_database, lambda: actions.book(theirs, None, NOW))
    with pytest.raises(Refused, match="taken"), transaction() as session:
        upkeep_placing.place(session, mine, None, NOW, asked=asked)


def test_hours_changed_between_a_look_of_the_page_and_the_stamp_are_seen(shared_database: Flask) -> None:
    place = make_place()
    rule = make_hours(place, 3, "14:00", "18:00", use="open")
    resource, rule_id = make_resource(place), rule.id
    house_of(db.session())

    def close_earlier() -> None:
        with transaction() as session:
            session.get_one(OpeningRule, rule_id).closes = time(16)

    elsewhere(shared_database, close_earlier)
    with pytest.raises(Refused, match="closed"):
        actions.book(Ask(resource.id, slot("17:00", "18:00")), None, NOW)


def test_alone_the_rules_are_read_once(shared_database: Flask) -> None:
    resource, ada = make_resource(), make_young()
    make_resource()
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: said.append(statement))
    actions.book(Ask(resource.id, slot("14:00", "15:00"), holder_id=ada.id, key="k"), ada, NOW)
    assert sum("FROM closure" in statement for statement in said) == 1
    locks = sum("FOR NO KEY UPDATE" in statement for statement in said)  # none on SQLite, which is alone already
    assert len([one for one in said if not one.startswith(("BEGIN", "PRAGMA", "SELECT pg_current"))]) - locks <= 17


def asked_while_another_day_is_booked(app: Flask) -> tuple[Ask, upkeep_placing.Asked]:
    """Somebody's ask, its answer before the lock, and meanwhile somebody else's booking of another day."""
    resource, ada, tom = make_resource(), make_young(), make_young("Tom")
    theirs = Ask(resource.id, slot("14:00", "15:00", day=NOW.date() + timedelta(days=9)), holder_id=tom.id)
    mine = Ask(resource.id, slot("14:00", "15:00"), holder_id=ada.id)
    upkeep_placing.ask_before_the_lock(db.session(), mine, None, NOW)  # the house's facts are kept from here on
    asked = upkeep_placing.ask_before_the_lock(db.session(), mine, None, NOW)
    assert isinstance(asked, upkeep_placing.Asked)
    db.session.rollback()
    elsewhere(app, lambda: actions.book(theirs, None, NOW))
    return mine, asked


def test_what_the_rules_looked_at_reads_the_same_so_they_are_not_asked_again(
    shared_database: Flask, answers: list[Ask]
) -> None:
    mine, asked = asked_while_another_day_is_booked(shared_database)
    answers.clear()
    with transaction() as session:
        assert queries.stamp(session) != asked.stamp
        assert upkeep_placing.place(session, mine, None, NOW, asked=asked).id
    assert answers == []


def test_a_rule_that_looks_at_something_in_another_way_is_always_asked_again(
    shared_database: Flask, answers: list[Ask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds._KINDS, "odd", WhileTheWordIsSaid())
    mine, asked = asked_while_another_day_is_booked(shared_database)
    answers.clear()
    with transaction() as session:
        upkeep_placing.place(session, mine, None, NOW, asked=asked)
    assert answers == [mine]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Ask]:
    """Every ask that the rules are asked of."""
    seen: list[Ask] = []
    answer = Reading.answer

    def hear(reading: Reading, ask: Ask) -> Answer:
        seen.append(ask)
        return answer(reading, ask)

    monkeypatch.setattr(Reading, "answer", hear)
    return seen


class WhileTheWordIsSaid(Kind):
    """A kind that reads through the ORM, as one may."""

    def read(self, session: Session, scope: Scope, taken: Sequence[TakenRow], now: datetime) -> Known:
        house.read(session, "anything")
        return NOTHING
