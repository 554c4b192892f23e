"""Who watches over whom: levels deduced from age and shifts. No database."""

from dataclasses import replace

import pytest

from machines import supervision
from machines.values import Day, Level
from tests.machines.given import ASK, CHLOE, NADIA, SAMIR, SHEET, day, lead, slot, use, watch

BESIDE_AGE, ROOM_AGE, ALONE_AGE = 12, 15, 16


def level(age: int, happening: Day, start: str = "14:00", end: str = "15:00") -> Level | None:
    """The level of somebody of an age on a machine: beside from 12, in the room from 15, alone from 16."""
    machine = replace(SHEET, min_age_beside=BESIDE_AGE, min_age_in_room=ROOM_AGE, min_age_autonomous=ALONE_AGE)
    return supervision.deduce(machine, age, slot(start, end), happening)


@pytest.mark.parametrize(
    ("age", "expected"), [(11, None), (12, "beside"), (14, "beside"), (15, "in_room"), (16, "autonomous")]
)
def test_the_level_is_the_freest_that_age_allows(age: int, expected: Level | None) -> None:
    assert level(age, day(watch())) == expected


def test_an_adult_only_in_the_building_is_enough_for_who_may_be_alone() -> None:
    building = day(watch(in_room=False))
    assert level(16, building) == "autonomous"
    assert level(15, building) is None


def test_autonomous_is_only_inside_open_lab_hours_then_the_room_is_looked_at() -> None:
    assert level(16, day(watch(), open_lab=())) == "in_room"
    assert level(16, day(watch(in_room=False), open_lab=())) is None
    assert level(16, day(watch(in_room=False), open_lab=(slot("14:30", "18:00"),))) is None


def test_shifts_of_two_people_may_follow_each_other_in_the_room() -> None:
    relay = day(watch(end="14:30"), watch(CHLOE, start="14:30"))
    assert level(15, relay) == "in_room"
    assert level(15, day(watch(end="14:30"), watch(CHLOE, start="14:31"))) is None


def test_beside_takes_one_and_the_same_facilitator_for_the_whole_slot() -> None:
    relay = day(watch(end="14:30"), watch(CHLOE, start="14:30"))
    assert level(12, relay) is None
    assert level(12, day(watch(end="14:30"), watch(SAMIR, start="14:30"))) == "beside"


def test_a_facilitator_is_beside_one_person_at_once() -> None:
    assert level(12, day(watch(), use(level="beside"))) is None
    assert level(12, day(watch(), watch(CHLOE), use(level="beside"))) == "beside"
    assert level(12, day(watch(), use("15:00", "16:00", level="beside"))) == "beside"
    assert level(12, day(watch(), use(level="in_room"))) == "beside"


def test_a_facilitator_who_leads_a_session_is_not_free_but_is_in_the_room() -> None:
    assert level(12, day(watch(), lead())) is None
    assert level(12, day(watch(), lead(end="14:00"))) == "beside"
    assert level(15, day(watch(), lead())) == "in_room"


def test_a_facilitator_who_leads_elsewhere_is_not_in_the_room() -> None:
    assert level(15, day(watch(), lead(in_room=False))) is None


def test_who_is_beside_whom_is_arranged_so_that_as_many_as_possible_fit() -> None:
    # Chloé leaves at 15:00: she must take the short one, Samir the long one.
    shifts = watch(end="18:00"), watch(CHLOE, end="15:00")
    assert level(12, day(*shifts, use("14:30", "16:00", level="beside"))) == "beside"
    assert level(12, day(*shifts, use("14:30", "16:00", level="beside")), "14:45", "15:30") is None


def test_three_slots_in_a_chain_fit_two_facilitators_however_they_were_booked() -> None:
    chain = [use("13:30", "14:30", number=1, level="beside"), use("14:30", "15:30", number=2, level="beside")]
    assert level(12, day(watch(), watch(CHLOE), *chain)) == "beside"
    full = [*chain, use("14:00", "15:00", number=3, level="beside")]
    assert level(12, day(watch(), watch(CHLOE), *full)) is None
    assert level(12, day(watch(), watch(CHLOE), watch(NADIA), *full)) == "beside"


def test_a_slot_uncovered_in_the_morning_does_not_close_the_afternoon() -> None:
    morning = use("10:00", "11:00", number=1, level="beside")
    assert level(12, day(watch(), morning)) == "beside"


def test_the_booking_being_moved_does_not_take_its_own_facilitator() -> None:
    happening = day(watch(), use(number=9, level="beside"))
    assert supervision.deduce(SHEET, 12, ASK.slot, happening, moving=9) == "beside"


def test_minors_are_counted_at_every_moment_against_the_adults_then_there() -> None:
    crowd = [use("14:30", "15:30", number=number, minor=True) for number in range(8)]
    assert supervision.minors_over(ASK.slot, day(watch(), *crowd), 8)
    assert not supervision.minors_over(ASK.slot, day(watch(), watch(CHLOE), *crowd), 8)
    assert supervision.minors_over(ASK.slot, day(watch(), watch(CHLOE, end="14:45"), *crowd), 8)
    assert not supervision.minors_over(slot("13:30", "14:30"), day(watch(), *crowd), 8)


def test_a_facilitator_is_free_who_is_there_for_the_whole_slot() -> None:
    there = day(watch(), watch(CHLOE, end="14:30"))
    assert [person for person in (SAMIR, CHLOE) if supervision.is_free(person, ASK.slot, there)] == [SAMIR]


def test_a_level_without_age_is_never_possible() -> None:
    assert supervision.allowed_levels(SHEET, 40) == ["in_room", "beside"]
