from datetime import UTC, datetime, timedelta

import pytest

from bookings.values import Slot

NINE = datetime(2026, 11, 26, 9, tzinfo=UTC)


def hours(start: float, end: float) -> Slot:
    return Slot(NINE + timedelta(hours=start), NINE + timedelta(hours=end))


@pytest.mark.parametrize(
    ("other", "crosses"),
    [
        (hours(-2, -1), False),
        (hours(-1, 0), False),
        (hours(-1, 0.5), True),
        (hours(0, 2), True),
        (hours(0.5, 1.5), True),
        (hours(-1, 3), True),
        (hours(1.5, 3), True),
        (hours(2, 3), False),
    ],
    ids=["before", "ends as I start", "crosses my start", "the same", "inside", "around", "crosses my end", "after"],
)
def test_two_slots_share_a_moment_or_not(other: Slot, crosses: bool) -> None:
    assert hours(0, 2).overlaps(other) is crosses
    assert other.overlaps(hours(0, 2)) is crosses


def test_a_slot_is_never_empty_reversed_or_naive() -> None:
    for start, end in ((NINE, NINE), (NINE, NINE - timedelta(hours=1)), (NINE.replace(tzinfo=None), NINE)):
        with pytest.raises(ValueError, match="slot"):
            Slot(start, end)


def test_a_slot_lasts_real_minutes_when_the_clock_changes() -> None:
    # 25 October 2026: wall time 01:30 to 04:30 in Chambéry is four hours.
    assert Slot(datetime(2026, 10, 24, 23, 30, tzinfo=UTC), datetime(2026, 10, 25, 3, 30, tzinfo=UTC)).minutes == 240
