"""Who was noted at the open lab is one head of the Fablab, a minor to watch over, and nobody is counted twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import asking
from bookings.values import Ask, Scope, Slot
from fablab.people.models import Person
from fablab.refusals import Refused
from machines.models import Machine
from machines.queries_room import happening, there_during
from pathways import actions
from pathways.models import Enrolment, TrainingSession, Visit
from pathways.rules_own_pace import there_until
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift
from tests.make_pathways import enrol, make_group, make_pathway

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SOON = Slot(NOW, NOW + HOUR)


@pytest.fixture
def samir() -> Person:
    return make_staff()


def heads(session: Session, fablab: Fablab, slot: Slot = SOON) -> int:
    """The most people in the Fablab at one moment, as the engine reads it."""
    asking.read_anew(session)
    ask = Ask(fablab.floor.id, slot, kind="session", resource_ids=(fablab.floor.id,))
    return asking.read(session, Scope.of([ask]), NOW).heads(fablab.floor.id, slot)


def minors(session: Session) -> int:
    """How many minors are watched over in the Fablab now."""
    asking.read_anew(session)
    there = happening(session, [], SOON, [], NOW)
    return sum(one.count for _place, one in there.groups) + sum(one.minor for _place, one in there.visitors)


def now_on(samir: Person, *young: Person, begins: timedelta = -HOUR) -> TrainingSession:
    """A session of a group on the floor; it began an hour ago unless said otherwise."""
    group = make_group(make_pathway(group_max=12))
    for one in young:
        enrol(one, group)
    start = NOW + begins
    planned_at = start - 2 * HOUR
    return actions.plan_session(
        group, "Découper", [PartWish(start, start + 3 * HOUR)], [samir.id], samir, planned_at
    ).session


def test_a_visit_lasts_until_the_departure_else_until_the_lab_closes_or_now() -> None:
    lab = [Slot(NOW - HOUR, NOW + HOUR)]
    assert there_until(NOW, NOW + MINUTE, lab, NOW) == NOW + MINUTE
    assert there_until(NOW, None, lab, NOW) == NOW + HOUR
    assert there_until(NOW, None, [], NOW) == NOW + HOUR, "outside the open lab, an hour"
    late = NOW + 3 * HOUR
    assert there_until(NOW, None, lab, late) == late + MINUTE, "nobody said that they left: they are there"
    assert there_until(NOW - timedelta(days=1), None, [], NOW) == NOW - timedelta(hours=23), "forgotten yesterday"


def test_who_arrived_is_one_head_until_they_leave(session: Session, samir: Person) -> None:
    fablab = make_fablab(gauge=19)
    assert heads(session, fablab) == 0
    visits = [actions.arrive(make_young(), samir, NOW) for _one in range(3)]
    assert heads(session, fablab) == 3
    actions.not_there(visits[0], samir, NOW)
    assert heads(session, fablab) == 2
    actions.leave_lab(visits[1], samir, NOW)
    later = Slot(NOW + 2 * MINUTE, NOW + HOUR)
    assert heads(session, fablab, later) == 1


def test_a_visitor_with_a_booking_or_on_shift_is_not_a_second_head(session: Session, samir: Person) -> None:
    fablab = make_fablab(gauge=2)
    machine = make_machine(fablab)
    on_shift(fablab, samir)
    ines = trained(machine)
    actions.arrive(ines, samir, NOW)
    assert heads(session, fablab) == 2
    mine = Ask(machine.id, SOON, holder_id=ines.id)
    assert "place_full" not in codes(session, mine), "already there, already counted"
    other = Ask(machine.id, SOON, holder_id=trained(machine).id)
    assert "place_full" in codes(session, other)


def test_a_member_of_the_session_who_arrived_before_it_is_one_head(session: Session, samir: Person) -> None:
    fablab = make_fablab(gauge=19)
    ada, bob = make_young("Ada"), make_young("Bob")
    now_on(samir, ada, bob, begins=HOUR / 2)
    assert heads(session, fablab) == 3
    actions.arrive(ada, samir, NOW)
    assert heads(session, fablab, Slot(NOW, NOW + 10 * MINUTE)) == 1, "before the session"
    assert heads(session, fablab, Slot(NOW + HOUR / 2, NOW + HOUR)) == 3, "during it"
    actions.arrive(make_young(), samir, NOW)
    assert heads(session, fablab, Slot(NOW + HOUR / 2, NOW + HOUR)) == 4


def test_when_the_lab_is_full_nobody_more_arrives_until_somebody_left(session: Session, samir: Person) -> None:
    make_fablab(gauge=2)
    first = actions.arrive(make_young(), samir, NOW)
    actions.arrive(make_young(), samir, NOW)
    third = make_young()
    with pytest.raises(Refused) as refused:
        actions.arrive(third, samir, NOW)
    assert refused.value.codes == ["lab_full"]
    assert len(session.scalars(select(Visit)).all()) == 2
    actions.leave_lab(first, samir, NOW + MINUTE)
    actions.arrive(third, samir, NOW + 2 * MINUTE)
    actions.stay(first, samir, NOW + 3 * MINUTE)  # they never left: what is written is what is
    assert [one.left_at for one in session.scalars(select(Visit))] == [None] * 3


def test_over_the_gauge_nobody_is_added_on_the_spot_whatever_the_reason(session: Session, samir: Person) -> None:
    make_fablab(gauge=4)
    lesson = now_on(samir, make_young(), make_young())
    visit = actions.arrive(make_young(), samir, NOW)
    added = make_young()
    with pytest.raises(Refused) as refused:
        actions.add_on_the_spot(lesson, added, samir, NOW, reason="team")
    assert refused.value.codes == ["place_full"]
    assert session.scalars(select(Enrolment).where(Enrolment.person_id == added.id)).all() == []
    actions.leave_lab(visit, samir, NOW + MINUTE)
    actions.add_on_the_spot(lesson, added, samir, NOW + 2 * MINUTE)


def test_a_visitor_who_joins_the_session_is_no_head_more(session: Session, samir: Person) -> None:
    fablab = make_fablab(gauge=4)
    lesson, ada = now_on(samir, make_young(), make_young()), make_young()
    actions.arrive(ada, samir, NOW)
    assert heads(session, fablab) == 4
    actions.add_on_the_spot(lesson, ada, samir, NOW)
    assert heads(session, fablab) == 4


def test_minors_who_arrived_or_were_added_are_among_those_watched_over(session: Session, samir: Person) -> None:
    make_fablab(gauge=19)
    born = date(2011, 5, 3)
    lesson, ada = now_on(samir, make_young(birth_date=born)), make_young(birth_date=born)
    assert minors(session) == 1
    actions.arrive(ada, samir, NOW)
    actions.arrive(make_young(birth_date=date(1990, 1, 1)), samir, NOW)
    assert minors(session) == 2, "the adult visitor is watched over by nobody"
    actions.add_on_the_spot(lesson, ada, samir, NOW)
    assert minors(session) == 2, "in the session from now on, once"
    actions.add_on_the_spot(lesson, make_young(birth_date=born), samir, NOW)
    assert minors(session) == 3


def test_eight_minors_per_adult_counts_visitors_and_not_the_one_who_asks(session: Session, samir: Person) -> None:
    fablab = make_fablab(gauge=19)
    machine = make_machine(fablab)
    on_shift(fablab, samir)
    born = date(2010, 5, 3)
    ines = trained(machine, birth_date=born)
    actions.arrive(ines, samir, NOW)
    for _one in range(7):
        actions.arrive(make_young(birth_date=born), samir, NOW)
    mine = Ask(machine.id, SOON, holder_id=ines.id)
    assert "too_many_minors" not in codes(session, mine), "eight with her"
    actions.arrive(make_young(birth_date=born), samir, NOW)
    assert "too_many_minors" in codes(session, mine)


def test_the_same_visitors_are_read_with_and_without_machines(session: Session, samir: Person) -> None:
    fablab = make_fablab(gauge=19)
    ada = make_young("Ada")
    now_on(samir, ada, begins=HOUR / 2)
    for one in (ada, make_young()):
        actions.arrive(one, samir, NOW)
    day = Slot(NOW, NOW + 4 * HOUR)
    there = [(one.person_id, place, one.slot) for place, one in happening(session, [], day, [], NOW).visitors]
    assert there == there_during(session, day, [], NOW)
    assert {place for _person, place, _slot in there} == {fablab.place.id}


def test_the_page_says_how_many_are_there_and_what_to_do_when_it_is_full(client: FlaskClient, samir: Person) -> None:
    make_fablab(gauge=1)
    log_in(client, samir)
    ada, bob = make_young("Ada"), make_young("Bob")
    assert "0 personne sur 1" in client.get("/presents").text
    client.post("/presents/arrivee", data={"person": ada.public_id})
    assert "C’est complet" in client.get("/presents").text
    refused = client.post("/presents/arrivee", data={"person": bob.public_id}, follow_redirects=True).text
    assert "Noter d’abord qui est parti" in refused
    assert "1 jeune là" in refused


def codes(session: Session, ask: Ask) -> list[str]:
    asking.read_anew(session)
    return asking.weigh_one(session, ask, NOW).codes


def on_shift(fablab: Fablab, person: Person) -> None:
    make_shift(person, fablab.place, NOW - HOUR, NOW + 3 * HOUR)


def trained(machine: Machine, **fields: Any) -> Person:
    """Somebody who has the badge of a machine."""
    person = make_young(**fields)
    give_badge(person, machine.badge)
    return person
