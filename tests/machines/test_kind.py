"""Machines booked through the engine, on a real database: facts gathered, rules asked, level written."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, asking, upkeep_again
from bookings.models import Booking, Place
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.house import write
from fablab.outbox import Message
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_team
from machines.models import Machine
from machines.queries_room import names_on_shift, there_during
from pathways.models import Award
from tests.conftest import NOW, Statements
from tests.make import make_authorisation, make_minor, make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_badge, make_fablab, make_machine, make_shift, on

WEDNESDAY = date(2026, 11, 25)
SLOT = Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00"))


@pytest.fixture
def fablab(session: Session) -> Fablab:
    """A Fablab with Samir on shift on Wednesday afternoon."""
    made = make_fablab()
    make_shift(make_staff(), made.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    return made


@pytest.fixture
def machine(fablab: Fablab) -> Machine:
    """A vinyl cutter: beside from 8, in the room from 11, alone from 15."""
    return make_machine(fablab)


def ask_for(machine: Machine, person_id: int, slot: Slot = SLOT) -> Ask:
    return Ask(machine.id, slot, holder_id=person_id)


def codes(session: Session, ask: Ask, now: datetime = NOW) -> list[str]:
    return asking.weigh_one(session, ask, now).codes


def test_an_adult_with_the_badge_books_and_the_level_is_written(session: Session, machine: Machine) -> None:
    ines = make_young()
    give_badge(ines, machine.badge)
    booking = actions.book(ask_for(machine, ines.id), ines, NOW)
    assert booking.status == "confirmed"
    assert booking.supervision == "autonomous"


def test_without_badge_the_number_of_things_held_is_counted(session: Session, machine: Machine) -> None:
    ines = make_young()
    with pytest.raises(Refused) as refused:
        actions.book(ask_for(machine, ines.id), ines, NOW)
    assert refused.value.codes == ["badge_missing"]


def test_a_minor_needs_a_paper_for_machines_that_covers_the_day(session: Session, machine: Machine) -> None:
    tom = make_minor()
    give_badge(tom, machine.badge)
    make_authorisation(tom, "participation")
    assert codes(session, ask_for(machine, tom.id)) == ["authorisation_missing"]
    make_authorisation(tom, "machines", valid_until=WEDNESDAY)
    assert codes(session, ask_for(machine, tom.id)) == []


def test_edge_case_1_a_badge_that_ends_in_the_middle_of_the_slot_is_refused(session: Session, machine: Machine) -> None:
    ines = make_young()
    give_badge(ines, machine.badge, expires_at=SLOT.start + timedelta(minutes=30))
    assert codes(session, ask_for(machine, ines.id)) == ["badge_expires"]
    assert codes(session, ask_for(machine, ines.id, Slot(SLOT.start, SLOT.start + timedelta(minutes=30)))) == []


def test_edge_case_2_the_birthday_between_booking_and_slot_counts(session: Session, fablab: Fablab) -> None:
    machine = make_machine(fablab, "FDM-04", ages=(11, 15, 18))
    tom = make_minor(birth_date=date(2008, 11, 25))
    give_badge(tom, machine.badge)
    assert codes(session, ask_for(machine, tom.id)) == []
    assert actions.book(ask_for(machine, tom.id), tom, NOW).supervision == "autonomous"
    lea = make_minor(first_name="Léa", birth_date=date(2008, 11, 26))
    give_badge(lea, machine.badge)
    later = Slot(SLOT.end + timedelta(minutes=30), SLOT.end + timedelta(minutes=90))
    assert codes(session, ask_for(machine, lea.id, later)) == ["authorisation_missing"]


def test_edge_case_3_a_minor_without_paper_does_not_book_alone(session: Session, machine: Machine) -> None:
    tom = make_minor()
    give_badge(tom, machine.badge)
    with pytest.raises(Refused) as refused:
        actions.book(ask_for(machine, tom.id), tom, NOW)
    assert refused.value.codes == ["authorisation_missing"]


def test_a_child_takes_the_facilitator_and_the_next_child_waits(session: Session, fablab: Fablab) -> None:
    first, second = make_machine(fablab, "SER-01", ages=(8, 13, 18)), make_machine(fablab, "SER-02", ages=(8, 13, 18))
    for name, machine, expected in (("Nour", first, []), ("Adam", second, ["supervision_missing"])):
        child = make_minor(first_name=name, birth_date=date(2015, 1, 1))
        give_badge(child, machine.badge)
        make_authorisation(child)
        assert codes(session, ask_for(machine, child.id)) == expected
        if not expected:
            assert actions.book(ask_for(machine, child.id), child, NOW).supervision == "beside"


def test_nobody_on_shift_means_no_booking(session: Session, machine: Machine) -> None:
    ines = make_young()
    give_badge(ines, machine.badge)
    thursday = Slot(on(date(2026, 11, 26), "17:00"), on(date(2026, 11, 26), "18:00"))
    assert codes(session, ask_for(machine, ines.id, thursday)) == ["supervision_missing"]


@pytest.mark.parametrize("how", ["leaves", "changes roles"])
def test_a_facilitator_no_longer_of_the_team_watches_nobody(session: Session, machine: Machine, how: str) -> None:
    admin = make_staff("Aline", roles=(Role.ADMINISTRATOR,))
    chloe, child = make_staff("Chloé"), make_minor(birth_date=date(2015, 1, 1))
    give_badge(child, machine.badge)
    make_authorisation(child)
    slot = Slot(on(date(2026, 11, 26), "17:00"), on(date(2026, 11, 26), "18:00"))
    place = session.get_one(Place, machine.place_id)
    make_shift(chloe, place, slot.start, slot.end)
    ask = ask_for(machine, child.id, slot)
    assert codes(session, ask) == []
    assert names_on_shift(session, [slot]) == {slot: ["Chloé"]}
    if how == "leaves":
        actions_team.end_mission(chloe, admin, NOW)
    else:
        actions_team.set_roles(chloe, [Role.RECEPTION], admin, NOW)
    assert codes(session, ask) == ["supervision_missing"]
    assert names_on_shift(session, [slot]) == {slot: []}
    assert there_during(session, slot, [], NOW) == []


def test_adults_on_shift_count_in_the_gauge_of_the_room(session: Session) -> None:
    small = make_fablab(gauge=1)
    machine = make_machine(small)
    ines = make_young()
    give_badge(ines, machine.badge)
    make_shift(make_staff(), small.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    assert codes(session, ask_for(machine, ines.id)) == ["place_full"]


def test_an_override_outside_open_lab_never_leaves_somebody_alone(session: Session, fablab: Fablab) -> None:
    machine = make_machine(fablab)
    samir, ines = make_staff(), make_young()
    give_badge(ines, machine.badge)
    morning = Slot(on(WEDNESDAY, "08:30"), on(WEDNESDAY, "09:30"))
    make_shift(samir, fablab.house, morning.start, morning.end)
    ask = replace(ask_for(machine, ines.id, morning), override="Finir une commande")
    with pytest.raises(Refused) as refused:
        actions.book(ask, samir, NOW)
    assert "supervision_missing" in refused.value.codes
    make_shift(samir, fablab.place, morning.start, morning.end)
    assert actions.book(ask, samir, NOW).supervision == "in_room"


def test_the_house_sets_its_own_limits(session: Session, machine: Machine) -> None:
    ines = make_young()
    give_badge(ines, machine.badge)
    assert codes(session, ask_for(machine, ines.id)) == []
    with transaction() as writing:
        write(writing, "machines.rules.min_notice_hours", 48)
        write(writing, "machines.rules.max_active_bookings", 0)
    assert codes(session, ask_for(machine, ines.id)) == ["too_soon", "too_many_bookings"]


def test_facts_of_sixteen_machines_take_no_more_statements_than_those_of_two(
    session: Session, fablab: Fablab, count_statements: Statements
) -> None:
    ines = make_young()
    badge = make_badge()
    give_badge(ines, badge)
    machines = [make_machine(fablab, f"M-{number:02}", badge=badge) for number in range(16)]
    asks = [ask_for(machine, ines.id) for machine in machines]
    asking.weigh(session, asks, NOW)
    said = []
    for several in (asks[:2], asks):
        session.rollback()  # what was read before answers no more
        count_statements.clear()
        answers = asking.weigh(session, several, NOW)
        assert all(not answer.refusals for answer in answers.values())
        said.append(len(count_statements))
    assert said[0] == said[1]
    assert said[0] <= 8


def booked(machine: Machine, **award: object) -> tuple[Booking, Award]:
    """Somebody's booking of Wednesday, and the badge it rests on."""
    ines = make_young()
    badge = give_badge(ines, machine.badge, **award)
    return actions.book(ask_for(machine, ines.id), ines, NOW), badge


def test_edge_case_1_a_badge_that_falls_asleep_under_a_booking_marks_it_and_tells(
    session: Session, machine: Machine
) -> None:
    booking, _award = booked(machine, awarded_at=NOW - timedelta(days=40))
    with transaction() as writing:
        machine.badge.disuse_months = 1
        outcome = upkeep_again.ask_again(writing, [booking], NOW)
    assert outcome.warned == (booking,)
    assert (booking.status, booking.attention) == ("confirmed", "badge_lapsed")
    assert [message.person_id for message in session.scalars(select(Message))] == [booking.holder_id]


def test_a_badge_taken_back_cancels_the_bookings_it_no_longer_covers(session: Session, machine: Machine) -> None:
    booking, award = booked(machine)
    with transaction() as writing:
        award.ended_at, award.ended_reason = NOW, "Essai à refaire"
        outcome = upkeep_again.ask_again(writing, [booking], NOW)
    assert outcome.cancelled == (booking,)
    assert booking.status == "cancelled"


def test_edge_case_2_a_paper_that_ends_before_the_slot_refuses_even_if_it_covers_today(
    session: Session, machine: Machine
) -> None:
    tom = make_minor()
    give_badge(tom, machine.badge)
    make_authorisation(tom, valid_until=date(2026, 11, 24))
    assert codes(session, ask_for(machine, tom.id)) == ["authorisation_missing"]


def test_a_shift_only_in_the_house_lets_work_alone_who_may_and_nobody_else(session: Session) -> None:
    fablab = make_fablab()
    make_shift(make_staff(), fablab.house, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    alone, watched = make_machine(fablab, "FDM-01"), make_machine(fablab, "LAS-02", ages=(12, 15, None))
    ines = make_young()
    give_badge(ines, alone.badge)
    assert codes(session, ask_for(alone, ines.id)) == []
    assert codes(session, ask_for(watched, ines.id)) == ["supervision_missing"]


def test_a_machine_of_high_risk_needs_two_adults_in_the_room(session: Session, fablab: Fablab) -> None:
    laser = make_machine(fablab, "LAS-01", ages=(14, 16, None), risk="high")
    ines = make_young()
    give_badge(ines, laser.badge)
    assert codes(session, ask_for(laser, ines.id)) == ["two_adults"]
    make_shift(make_staff("Chloé"), fablab.place, SLOT.start, SLOT.end)
    assert codes(session, ask_for(laser, ines.id)) == []
