"""Dates that come back: odd weeks over a week 53, fifth weekdays, changes of the clock. No database."""

from datetime import UTC, date, datetime, time

import pytest

from rooms.values_repeating import Repeat

SEVEN, NINE = time(19), time(21)


def days(first: date, until: date, frequency: str) -> list[date]:
    return Repeat(first, until, SEVEN, NINE, frequency).days()


def test_every_week_has_both_ends() -> None:
    found = days(date(2026, 12, 1), date(2026, 12, 15), "weekly")
    assert found == [date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 15)]


def test_a_last_day_on_another_weekday_is_not_one_of_them() -> None:
    assert days(date(2026, 12, 1), date(2026, 12, 14), "weekly") == [date(2026, 12, 1), date(2026, 12, 8)]
    assert days(date(2026, 12, 1), date(2026, 12, 1), "weekly") == [date(2026, 12, 1)]


def test_odd_weeks_meet_twice_running_over_week_53_and_even_weeks_wait_three() -> None:
    first, until = date(2026, 12, 15), date(2027, 1, 19)  # Tuesdays of weeks 51, 52, 53, 1, 2 and 3
    odd, even = days(first, until, "odd_weeks"), days(first, until, "even_weeks")
    assert odd == [date(2026, 12, 15), date(2026, 12, 29), date(2027, 1, 5), date(2027, 1, 19)]
    assert even == [date(2026, 12, 22), date(2027, 1, 12)]


def test_a_fifth_weekday_belongs_to_no_nth_of_the_month() -> None:
    first, until = date(2026, 12, 1), date(2027, 1, 5)  # 29 December is the fifth Tuesday
    met = [days(first, until, f"monthly_{number}") for number in (1, 2, 3, 4)]
    assert met[0] == [date(2026, 12, 1), date(2027, 1, 5)]
    assert [one[0] for one in met[1:]] == [date(2026, 12, 8), date(2026, 12, 15), date(2026, 12, 22)]
    assert date(2026, 12, 29) not in {day for one in met for day in one}


@pytest.mark.parametrize(("day", "hour"), [(date(2027, 3, 27), 18), (date(2027, 3, 29), 17), (date(2026, 10, 26), 18)])
def test_seven_in_the_evening_stays_seven_over_the_changes_of_the_clock(day: date, hour: int) -> None:
    slot = Repeat(day, day, SEVEN, NINE).slot_on(day)
    assert slot is not None
    assert slot.start == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    assert slot.minutes == 120


def test_an_hour_that_the_clock_skips_is_no_slot() -> None:
    night = Repeat(date(2027, 3, 21), date(2027, 3, 28), time(2, 30), time(4))
    assert [night.slot_on(day) is None for day in night.days()] == [False, True]
