"""Each rule of rooms, accepted and refused. No database."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from bookings.values import Ask, Slot
from fablab import clock
from rooms import rules
from rooms.values import Cover, Facts, RoomRules, Sheet, Tenant
from tests.make_rooms import APPLICANTS

pytestmark = pytest.mark.usefixtures("words")

DAY = date(2026, 12, 15)
SLOT = Slot(clock.at(DAY, time(17)), clock.at(DAY, time(19)))
ASK = Ask(1, SLOT, kind="rental", structure_id=3, headcount=12)
SHEET = Sheet(
    1, "SAL-08", "Leysse", 1, "meeting", 24, 1, 19, 12, 1, True, False, (), (), None, "low",
    "automatic_with_convention", "none",
)  # fmt: skip
CHOIR = Tenant(3, "x", "Chœurs du Quai", "association", "signed", True, date(2027, 8, 31))
GIVEN = Facts(SHEET, CHOIR, RoomRules.of({"applicants": APPLICANTS}))


def given(*, sheet: dict[str, Any] | None = None, **tenant: Any) -> Facts:
    """The choir in the meeting room, but for these facts."""
    return replace(GIVEN, sheet=replace(SHEET, **(sheet or {})), tenant=replace(CHOIR, **tenant))


def codes(facts: Facts = GIVEN, ask: Ask = ASK) -> list[str]:
    return [refusal.code for refusal in rules.refusals(ask, facts)]


def test_only_rentals_are_judged_by_the_rules_of_rooms() -> None:
    assert codes(replace(GIVEN, tenant=None), replace(ASK, kind="session", headcount=0)) == []


def test_structure_missing_accepts_a_known_organisation() -> None:
    assert codes() == []


def test_structure_missing_refuses_a_booking_for_nobody() -> None:
    assert codes(replace(GIVEN, tenant=None)) == ["structure_missing"]


def test_applicant_refused_accepts_a_kind_of_which_the_house_says_nothing() -> None:
    assert codes(given(kind="school")) == []


def test_applicant_refused_refuses_the_kind_that_the_house_excludes() -> None:
    assert codes(given(kind="private_person")) == ["applicant_refused"]


def test_headcount_missing_accepts_somebody_alone() -> None:
    assert codes(GIVEN, replace(ASK, headcount=1)) == []


def test_headcount_missing_refuses_nobody_at_all() -> None:
    assert codes(GIVEN, replace(ASK, headcount=0)) == ["headcount_missing"]


def test_over_gauge_accepts_exactly_the_safety_gauge() -> None:
    assert codes(GIVEN, replace(ASK, headcount=19)) == []


def test_over_gauge_refuses_one_more_and_nobody_passes_it() -> None:
    [refusal] = rules.refusals(replace(ASK, headcount=20), GIVEN)
    assert (refusal.code, refusal.soft, refusal.field) == ("over_gauge", False, "people")


def test_insurance_missing_accepts_an_organisation_of_which_none_is_asked() -> None:
    assert codes(given(insurance_required=False, insurance_until=None)) == []


def test_insurance_missing_refuses_without_a_certificate_and_the_team_may_pass_it() -> None:
    [refusal] = rules.refusals(ASK, given(insurance_until=None))
    assert (refusal.code, refusal.soft, refusal.effect) == ("insurance_missing", True, "warn")


def test_insurance_ends_accepts_one_that_ends_on_the_day_of_the_slot() -> None:
    assert codes(given(insurance_until=DAY)) == []


def test_insurance_ends_refuses_one_that_ends_the_day_before_the_slot() -> None:
    assert codes(given(insurance_until=date(2026, 12, 14))) == ["insurance_ends"]


def test_an_insurance_that_begins_after_the_slot_does_not_cover_it_and_a_later_one_names_what_ended() -> None:
    begins = Cover(date(2027, 8, 31), date(2026, 12, 16))
    assert codes(given(insurance_until=begins.last, insurances=(begins,))) == ["insurance_begins"]
    both = (Cover(date(2026, 12, 1)), begins)
    assert codes(given(insurance_until=begins.last, insurances=both)) == ["insurance_ends"]
    assert codes(given(insurance_until=begins.last, insurances=(replace(begins, first=DAY),))) == []


def test_insurance_ends_looks_at_the_last_day_of_a_slot_over_two_days() -> None:
    night = replace(ASK, slot=Slot(clock.at(DAY, time(20)), clock.at(date(2026, 12, 16), time(2))))
    assert codes(given(insurance_until=DAY), night) == ["insurance_ends"]
    until_midnight = replace(ASK, slot=Slot(clock.at(DAY, time(20)), clock.at(date(2026, 12, 16), time(0))))
    assert codes(given(insurance_until=DAY), until_midnight) == []


def test_over_usual_warns_above_the_comfortable_capacity_only() -> None:
    def told(people: int) -> list[str]:
        return [one.code for one in rules.warnings(replace(ASK, headcount=people), GIVEN)]

    assert (told(12), told(13), told(19), told(20)) == ([], ["over_usual"], ["over_usual"], [])


def test_a_booking_is_confirmed_at_once_where_the_room_says_so_and_the_convention_is_signed() -> None:
    assert rules.waits_for(GIVEN, DAY) == []


@pytest.mark.parametrize("agreement", ["to_sign", "expired", None])
def test_without_a_signed_convention_somebody_must_approve(agreement: str | None) -> None:
    assert rules.waits_for(given(agreement=agreement), DAY) == ["convention"]


def test_a_municipal_service_needs_no_convention() -> None:
    assert rules.waits_for(given(kind="municipal_service", agreement="not_applicable"), DAY) == []


def test_a_private_body_waits_for_the_committee_and_some_rooms_for_the_coordination() -> None:
    assert rules.waits_for(given(kind="private_body", sheet={"approval": "coordination"}), DAY) == [
        "coordination",
        "committee",
    ]


def test_the_coordination_says_yes_by_asking_and_papers_are_waited_for_all_the_same() -> None:
    facts = given(agreement="to_sign", sheet={"approval": "coordination"})
    assert rules.waits_for(facts, DAY, by_coordination=True) == ["convention"]


def test_not_your_structure_accepts_ones_own_and_leaves_nobody_to_another_rule() -> None:
    assert rules.for_others(3, [2, 3]) == []
    assert rules.for_others(None, []) == []


def test_not_your_structure_refuses_another() -> None:
    assert [one.code for one in rules.for_others(4, [2, 3])] == ["not_your_structure"]


def test_the_house_says_how_early_and_late_a_room_may_be_asked_for() -> None:
    assert RoomRules.of({}) == RoomRules(10, 180)
    assert RoomRules.of({"one_off": {"min_notice_days": 3}}) == RoomRules(3, 180)
