"""Whoever said that they cannot come, or was noted absent, holds no place of the gauge and no adult's attention."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import asking
from bookings.rules import full_refusals
from bookings.values import Ask, Gauge, Presence, Scope, Slot
from fablab.people.models import Person
from fablab.refusals import Refused
from machines.queries_room import happening
from pathways import actions
from pathways.models import Apology, SessionHelper, TrainingSession
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.make import make_authorisation, make_minor, make_staff, make_young
from tests.make_machines import Fablab, make_fablab
from tests.make_own_pace import make_passeur
from tests.make_pathways import enrol, make_group, make_pathway

HOUR = timedelta(hours=1)


@pytest.fixture
def samir() -> Person:
    return make_staff("Samir")


@pytest.fixture
def fablab() -> Fablab:
    """Room for three young people, one who leads, and nobody more."""
    return make_fablab(gauge=4)


def three(*, minors: bool = False) -> list[Person]:
    """Three young people; minors come with the agreement of their parents."""
    found = [make_minor(name) if minors else make_young(name) for name in ("Ada", "Bob", "Cyd")]
    for one in found if minors else ():
        make_authorisation(one, "participation")
    return found


def planned(samir: Person, people: list[Person], *, begins: timedelta = HOUR) -> TrainingSession:
    """A session of their group, of three hours on the floor."""
    group = make_group(make_pathway(group_max=12))
    for one in people:
        enrol(one, group)
    start = NOW + begins
    wish = PartWish(start, start + 3 * HOUR)
    return actions.plan_session(group, "", [wish], [samir.id], samir, start - 2 * HOUR).session


def heads(session: Session, fablab: Fablab, lesson: TrainingSession) -> int:
    """The most people in the Fablab while a session lasts, as the engine reads it."""
    session.expire_all()
    asking.read_anew(session)
    slot = Slot(lesson.starts_at, lesson.ends_at)
    ask = Ask(fablab.floor.id, slot, kind="session", resource_ids=(fablab.floor.id,))
    return asking.read(session, Scope.of([ask]), NOW).heads(fablab.floor.id, slot)


def minors(session: Session, lesson: TrainingSession) -> int:
    """How many minors of groups are watched over while a session lasts."""
    asking.read_anew(session)
    there = happening(session, [], Slot(lesson.starts_at, lesson.ends_at), [], NOW)
    return sum(one.count for _place, one in there.groups)


def test_who_says_no_frees_a_place_and_takes_it_again_by_coming_after_all(
    session: Session, fablab: Fablab, samir: Person
) -> None:
    people = three(minors=True)
    lesson = planned(samir, people)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (4, 3)
    actions.say_cannot_come(lesson, people[0], NOW)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (3, 2)
    actions.take_apology_back(lesson, people[0], NOW)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (4, 3)


def test_the_call_frees_the_absent_and_gives_a_place_to_who_came_after_all(
    session: Session, fablab: Fablab, samir: Person
) -> None:
    people = three(minors=True)
    lesson = planned(samir, people)
    actions.say_cannot_come(lesson, people[0], NOW)
    begun = NOW + HOUR
    actions.take_attendance(lesson, {people[0].id: ("late", 10), people[1].id: ("absent", 0)}, samir, begun)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (3, 2), "one came after all, one is absent"
    actions.take_attendance(lesson, {people[1].id: ("late", 30)}, samir, begun)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (4, 3)
    actions.take_attendance(lesson, {one.id: ("excused", 0) for one in people}, samir, begun)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (1, 0), "the one who leads"


def test_somebody_more_is_added_on_the_spot_in_the_place_of_an_absent(
    session: Session, fablab: Fablab, samir: Person
) -> None:
    people = three()
    lesson = planned(samir, people, begins=timedelta())
    dan = make_young("Dan")
    with pytest.raises(Refused) as refused:
        actions.add_on_the_spot(lesson, dan, samir, NOW, reason="team")
    assert refused.value.codes == ["place_full"]
    actions.take_attendance(lesson, {people[0].id: ("absent", 0)}, samir, NOW)
    actions.add_on_the_spot(lesson, dan, samir, NOW, reason="team")
    assert heads(session, fablab, lesson) == 4


def test_who_comes_after_all_finds_the_place_taken(session: Session, fablab: Fablab, samir: Person) -> None:
    people = three()
    lesson = planned(samir, people)
    actions.say_cannot_come(lesson, people[0], NOW)
    julie, _enrolment = make_passeur("Julie")
    actions.name_helper(lesson, julie, samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.take_apology_back(lesson, people[0], NOW)
    assert refused.value.codes == ["place_full"]
    assert session.scalars(select(Apology.withdrawn_at)).all() == [None]
    helper = session.scalars(select(SessionHelper)).one()
    actions.helps_no_more(helper, samir, NOW)
    actions.take_apology_back(lesson, people[0], NOW)
    assert heads(session, fablab, lesson) == 4


def test_a_helper_who_did_not_come_is_no_head(session: Session, fablab: Fablab, samir: Person) -> None:
    people = three()[:2]
    lesson = planned(samir, people, begins=timedelta())
    minor, _enrolment = make_passeur("Julie", birth_date=date(2010, 5, 3))
    make_authorisation(minor, "participation")
    actions.name_helper(lesson, minor, samir, NOW)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (4, 1)
    actions.say_helper_came(session.scalars(select(SessionHelper)).one(), False, samir, NOW)
    assert (heads(session, fablab, lesson), minors(session, lesson)) == (3, 0)


def test_places_freed_at_one_hour_do_not_hide_that_another_is_full() -> None:
    """The heads freed are negative: they must not make up for a crowd at another moment of the slot."""
    whole = Slot(NOW, NOW + 2 * HOUR)
    first, second = Slot(NOW, NOW + HOUR), Slot(NOW + HOUR, NOW + 2 * HOUR)
    crowd = [Presence(1, first, 3), Presence(1, first, -3), Presence(1, second, 5)]
    gauge = Gauge("Fablab", 4, frozenset((1,)))
    assert [one.code for one in full_refusals(whole, crowd, [gauge])] == ["place_full"]
    assert full_refusals(first, crowd, [gauge]) == []
