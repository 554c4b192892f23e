from datetime import UTC, date, datetime, time

from bookings import opening
from bookings.opening import Window
from tests.make_bookings import slot

THURSDAY, SATURDAY = date(2026, 11, 26), date(2026, 11, 7)


def window(opens: str, closes: str, **fields: object) -> Window:
    values: dict[str, object] = {"season": "school", "weekday": 3, **fields}
    return Window(1, "open_lab", opens=time.fromisoformat(opens), closes=time.fromisoformat(closes), **values)  # type: ignore[arg-type]


def test_a_window_opens_on_its_weekday_and_in_its_season() -> None:
    rules = [window("17:00", "20:00"), window("14:00", "17:30", season="holidays")]
    assert opening.on(THURSDAY, rules, "school") == [slot("17:00", "20:00")]
    assert opening.on(THURSDAY, rules, "holidays") == [slot("14:00", "17:30")]
    assert opening.on(date(2026, 11, 25), rules, "school") == []


def test_first_and_third_saturday_of_the_month() -> None:
    rule = window("10:00", "13:00", weekday=5, nth=(1, 3))
    opened = [day for day in (7, 14, 21, 28) if opening.on(date(2026, 11, day), [rule], "school")]
    assert opened == [7, 21]


def test_a_window_holds_between_its_own_first_and_last_day() -> None:
    rule = window("17:00", "20:00", valid_from=date(2026, 11, 27), valid_until=date(2026, 12, 3))
    assert opening.on(THURSDAY, [rule], "school") == []
    assert opening.on(date(2026, 12, 3), [rule], "school") != []


def test_windows_that_touch_become_one() -> None:
    assert opening.on(THURSDAY, [window("14:00", "17:00"), window("17:00", "20:00")], "school") == [
        slot("14:00", "20:00")
    ]


def test_a_window_in_the_hour_that_spring_skips_opens_as_it_ends() -> None:
    found = opening.on(date(2027, 3, 28), [window("02:30", "04:00", weekday=6)], "school")
    assert [one.start for one in found] == [datetime(2027, 3, 28, 1, tzinfo=UTC)]


def test_a_window_across_the_doubled_hour_is_longer() -> None:
    (found,) = opening.on(date(2026, 10, 25), [window("01:00", "04:00", weekday=6)], "school")
    assert found.minutes == 240


def test_what_is_taken_out_leaves_the_rest() -> None:
    left = opening.without([slot("14:00", "18:00")], [slot("15:00", "16:00"), slot("17:30", "19:00")])
    assert left == [slot("14:00", "15:00"), slot("16:00", "17:30")]


def starts(*taken: tuple[str, str], minutes: int = 60, turnaround: int = 0) -> list[str]:
    found = opening.free_starts([slot("14:00", "17:00")], [slot(*one) for one in taken], minutes, turnaround, 30)
    return [f"{one.astimezone(slot('14:00', '15:00').start.tzinfo):%H:%M}" for one in found]


def test_free_slots_are_offered_on_the_step_and_after_a_booking() -> None:
    # In UTC: Chambéry is one hour ahead in November.
    assert starts() == ["13:00", "13:30", "14:00", "14:30", "15:00"]
    assert starts(("14:00", "15:10")) == ["14:10", "14:30", "15:00"]


def test_cleaning_must_fit_before_the_next_booking_and_may_run_past_closing() -> None:
    assert starts(("15:30", "16:00"), turnaround=10) == ["13:00", "15:00"]
    assert starts(("15:00", "16:00"), turnaround=10) == ["15:00"]


def test_nothing_is_free_when_everything_is_taken() -> None:
    assert starts(("13:00", "18:00")) == []
