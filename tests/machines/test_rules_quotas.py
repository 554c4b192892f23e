"""The rules of machines about how much somebody books, accepted and refused. No database."""

from dataclasses import replace
from datetime import date

import pytest

from bookings.values import Ask
from machines import rules_quotas
from tests.machines.given import (
    ASK,
    GIVEN,
    codes,
    holder,
    own,
    refusals,
    slot,
    watch,
)

pytestmark = pytest.mark.usefixtures("words")


def test_too_many_bookings_accepts_a_second_booking() -> None:
    assert codes(holder(own=(own("16:00", "16:30"),))) == []


def test_too_many_bookings_refuses_a_third_one() -> None:
    two = (own("16:00", "16:30"), own("16:30", "17:00", date(2026, 12, 2), booking_id=51))
    assert codes(holder(own=two)) == ["too_many_bookings"]


def test_too_many_bookings_does_not_count_the_booking_being_moved() -> None:
    two = (own("16:00", "16:30"), own("16:30", "17:00", date(2026, 12, 2), booking_id=51))
    assert codes(holder(own=two), replace(ASK, moving=51)) == []


def test_too_many_bookings_does_not_count_what_is_over() -> None:
    over = tuple(own("10:00", "10:30", date(2026, 11, 3), booking_id=number, active=False) for number in range(5))
    assert codes(holder(own=over)) == []


def test_week_hours_all_accepts_four_hours_in_a_week() -> None:
    facts = holder(own=(own("09:00", "12:00", date(2026, 11, 24), machine_id=2, active=False),))
    assert codes(facts) == []


def test_week_hours_all_refuses_more_than_four_hours_in_a_week() -> None:
    facts = holder(own=(own("09:00", "12:30", date(2026, 11, 24), machine_id=2, active=False),))
    assert codes(facts) == ["week_hours_all"]


def test_week_hours_all_begins_again_on_monday() -> None:
    facts = holder(own=(own("09:00", "13:00", date(2026, 11, 22), machine_id=2, active=False),))
    assert codes(facts) == []


def test_weeks_are_iso_weeks_also_over_new_year() -> None:
    monday, sunday = date(2026, 12, 28), date(2027, 1, 3)
    ask = Ask(1, slot("14:00", "15:00", sunday), holder_id=7)
    facts = replace(GIVEN, day=replace(GIVEN.day, watches=(replace(watch(), slot=slot("13:00", "18:00", sunday)),)))
    assert codes(holder(facts, own=(own("09:00", "12:30", monday, machine_id=2, active=False),)), ask) == [
        "week_hours_all"
    ]


def test_a_machine_that_runs_alone_counts_only_its_first_and_last_half_hours() -> None:
    night_print = own("09:00", "13:00", date(2026, 11, 24), machine_id=2, constant_watch=False, active=False)
    more = own("09:00", "11:00", date(2026, 11, 26), machine_id=3, booking_id=51, active=False)
    assert codes(holder(own=(night_print, more))) == []
    assert rules_quotas.counted_minutes(slot("09:00", "13:00"), constant_watch=False) == 60
    assert rules_quotas.counted_minutes(slot("09:00", "09:30"), constant_watch=False) == 30


def test_week_hours_machine_accepts_the_last_hour_left_on_that_machine() -> None:
    assert codes(holder(own=(own("16:00", "17:00", active=False),))) == []


def test_week_hours_machine_refuses_more_than_that_machine_allows() -> None:
    facts = holder(own=(own("16:00", "17:30", active=False),))
    [refusal] = refusals(facts)
    assert refusal.code == "week_hours_machine"
    assert refusal.sentence == "Cette machine, c’est 2\u00a0h par semaine. J’ai déjà 1\u00a0h\u00a030 cette semaine-là."
