"""Dates that come back, in wall time: which days, and what each is worth. Frozen, pure."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal

from bookings.values import Slot
from fablab import clock
from fablab.refusals import Refusal

FREQUENCIES = ("weekly", "even_weeks", "odd_weeks", "monthly_1", "monthly_2", "monthly_3", "monthly_4")


def falls_on(frequency: str, day: date) -> bool:
    """Whether a frequency meets this day, on the weekday it is meant for."""
    if frequency == "weekly":
        return True
    if frequency in ("even_weeks", "odd_weeks"):
        return (day.isocalendar().week % 2 == 0) == (frequency == "even_weeks")
    return (day.day - 1) // 7 + 1 == int(frequency.removeprefix("monthly_"))


#: how long dates may come back in one request: a season
LONGEST_REPEAT = timedelta(days=366)


@dataclass(frozen=True)
class Repeat:
    """Every week, odd or even ISO weeks, or the nth weekday of the month: from a first day to a last, both included."""

    first: date
    until: date
    starts: time
    ends: time
    frequency: str = "weekly"
    in_holidays: bool = False

    def days(self) -> list[date]:
        """Every day it falls on, holidays and closed days included; the week number is that of each day's own year."""
        weeks = (self.until - self.first).days // 7
        every = (self.first + timedelta(weeks=number) for number in range(weeks + 1))
        return [day for day in every if falls_on(self.frequency, day)]

    def slot_on(self, day: date) -> Slot | None:
        """The same hours on the clock each time; None on a day whose clock skips one of them."""
        try:
            return Slot(clock.at(day, self.starts), clock.at(day, self.ends))
        except clock.NoSuchTime:
            return None


@dataclass(frozen=True)
class Dated:
    """One date of a repeat before it is asked for. ``holidays``: school holidays, for which nobody asked."""

    day: date
    slot: Slot | None
    state: Literal["possible", "holidays", "refused"]
    refusals: tuple[Refusal, ...] = ()
