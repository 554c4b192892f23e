"""One reading answers for many asks, is used again by the same page, and never after somebody wrote."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from bookings import actions, asking
from bookings.models import OpeningRule
from bookings.queries_house import house_of
from bookings.values import Ask, Scope, Slot
from fablab import house
from fablab.db import db, transaction
from fablab.refusals import Refused
from tests.conftest import NOW, Statements
from tests.make import make_young
from tests.make_bookings import make_booking, make_hours, make_place, make_resource, slot

AFTERNOON = slot("14:00", "18:00")


def test_a_booking_of_several_things_counts_its_heads_once(session: Session) -> None:
    place = make_place(gauge=9)
    floor, other, mine = make_resource(place), make_resource(place), make_resource(place)
    make_booking(floor, slot("14:00", "15:00"), resource_ids=(floor.id, other.id), headcount=8)
    ask = Ask(mine.id, slot("14:00", "15:00"))
    assert asking.weigh_one(session, ask, NOW).codes == []
    assert asking.weigh_one(session, replace(ask, headcount=2), NOW).codes == ["place_full"]


def test_a_booking_that_moves_does_not_stand_in_its_own_way(session: Session) -> None:
    resource, person = make_resource(make_place(gauge=1)), make_young()
    mine = make_booking(resource, slot("14:00", "15:00"), person)
    later = Ask(resource.id, slot("14:30", "15:30"), holder_id=person.id)
    assert asking.weigh_one(session, later, NOW).codes == ["taken", "two_places", "place_full"]
    assert asking.weigh_one(session, replace(later, moving=mine.id), NOW).codes == []


def test_a_page_that_asks_twice_reads_once(session: Session, count_statements: Statements) -> None:
    resource, person = make_resource(), make_young()
    people = frozenset((person.id,))
    asking.read(session, Scope(AFTERNOON, frozenset((resource.id,)), people, people), NOW)
    ask = Ask(resource.id, slot("14:00", "15:00"), holder_id=person.id)
    count_statements.clear()
    asking.weigh_one(session, ask, NOW)
    reading = asking.read(session, Scope(slot("15:00", "17:00"), frozenset((resource.id,))), NOW)
    assert reading.free_slots(resource.id, slot("15:00", "17:00"), 120) == [slot("15:00", "17:00")]
    assert count_statements == []
    asking.weigh_one(session, replace(ask, slot=slot("19:00", "20:00")), NOW)
    assert count_statements != [], "another evening was not read"


def test_nothing_read_before_an_action_answers_after_it(session: Session) -> None:
    resource = make_resource()
    ask = Ask(resource.id, slot("14:00", "15:00"))
    assert asking.weigh_one(session, ask, NOW).codes == []
    make_booking(resource, ask.slot)
    assert asking.weigh_one(db.session(), ask, NOW).codes == ["taken"]


def test_nothing_is_answered_twice_inside_an_action(session: Session) -> None:
    resource, other = make_resource(), make_resource()
    with transaction() as writing:
        reading = asking.read(writing, Scope(AFTERNOON, frozenset((resource.id,))), NOW)
        assert asking.read(writing, Scope(AFTERNOON, frozenset((resource.id,))), NOW) is not reading
        assert reading.free_slots(resource.id, AFTERNOON, 240) == [AFTERNOON]
    with pytest.raises(KeyError):
        reading.answer(Ask(other.id, AFTERNOON))


def test_a_refusal_says_the_nearest_slots_of_the_day_else_of_the_week(session: Session) -> None:
    place = make_place()
    for weekday in (2, 3, 4):
        make_hours(place, weekday, "13:00", "18:00")
    resource = make_resource(place)
    make_booking(resource, slot("14:00", "16:30"))
    ask = Ask(resource.id, slot("15:00", "16:00"))
    with pytest.raises(Refused) as refused:
        actions.book(ask, None, NOW)
    assert nearest(refused.value) == [slot("16:30", "17:30"), slot("13:00", "14:00"), slot("17:00", "18:00")]
    make_booking(resource, slot("13:00", "14:00"))
    make_booking(resource, slot("16:30", "18:00"))
    with pytest.raises(Refused) as refused:
        actions.book(ask, None, NOW)
    wednesday = date(2026, 11, 25)
    assert nearest(refused.value)[0] == slot("17:00", "18:00", wednesday)


def nearest(refused: Refused) -> list[Slot]:
    found = dict(refused.refusals[0].facts)["nearest"]
    assert isinstance(found, tuple)
    return list(found)


def test_hours_changed_are_seen_at_once_and_those_of_a_change_given_up_never(session: Session) -> None:
    place = make_place()
    rule = make_hours(place, 3, "14:00", "18:00", use="open")
    day = AFTERNOON.start.date()
    assert house_of(session).open(place.id, "open", day, day) == (AFTERNOON,)
    with pytest.raises(RuntimeError, match="given up"), transaction() as writing:
        writing.get_one(OpeningRule, rule.id).closes = rule.opens.replace(hour=16)
        writing.flush()
        assert house_of(writing).open(place.id, "open", day, day) == (slot("14:00", "16:00"),)
        raise RuntimeError("given up")
    assert house_of(db.session()).open(place.id, "open", day, day) == (AFTERNOON,)
    with transaction() as writing:
        house.write(writing, "machines.rules.horizon_days", 3)
    assert house.settings(db.session())["machines.rules.horizon_days"] == 3


def test_hours_changed_and_not_yet_written_are_seen_by_the_action_that_changes_them(session: Session) -> None:
    place = make_place()
    rule = make_hours(place, 3, "14:00", "18:00", use="open")
    day = AFTERNOON.start.date()
    with transaction() as writing:
        changed = writing.get_one(OpeningRule, rule.id)
        assert house_of(writing).open(place.id, "open", day, day) == (AFTERNOON,)
        changed.closes = rule.opens.replace(hour=16)
        assert house_of(writing).open(place.id, "open", day, day) == (slot("14:00", "16:00"),)


def test_hours_of_a_savepoint_given_up_are_forgotten(session: Session) -> None:
    place = make_place()
    rule = make_hours(place, 3, "14:00", "18:00", use="open")
    day = AFTERNOON.start.date()
    with transaction() as writing:
        inside = writing.begin_nested()
        writing.get_one(OpeningRule, rule.id).closes = rule.opens.replace(hour=16)
        assert house_of(writing).open(place.id, "open", day, day) == (slot("14:00", "16:00"),)
        inside.rollback()
        assert house_of(writing).open(place.id, "open", day, day) == (AFTERNOON,)
