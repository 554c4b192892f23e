"""Pure: when a place is open, from its weekly windows and the school calendar, and what is free in that time."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.values import Slot
from fablab import clock


@dataclass(frozen=True)
class Window:
    """A weekly window of a place, in wall time; ``nth`` empty: every week, [1, 3]: first and third of the month."""

    place_id: int
    use: str
    season: str
    weekday: int
    opens: time
    closes: time
    nth: tuple[int, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    def opens_on(self, day: date, season: str) -> bool:
        """Whether it applies on a day of this season («school» or «holidays»)."""
        return (
            self.season == season
            and self.weekday == day.weekday()
            and (not self.nth or (day.day - 1) // 7 + 1 in self.nth)
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


def on(day: date, windows: Iterable[Window], season: str) -> list[Slot]:
    """The open times of a day, in UTC, in order; windows that touch become one."""
    found = [
        Slot(_moment(day, window.opens), _moment(day, window.closes))
        for window in windows
        if window.opens_on(day, season)
    ]
    return merged(found)


def merged(slots: Iterable[Slot]) -> list[Slot]:
    """The same time with slots that touch or overlap made one, in order."""
    result: list[Slot] = []
    for slot in sorted(slots):
        if result and slot.start <= result[-1].end:
            result[-1] = Slot(result[-1].start, max(result[-1].end, slot.end))
        else:
            result.append(slot)
    return result


def without(slots: Iterable[Slot], away: Iterable[Slot]) -> list[Slot]:
    """What is left of ``slots`` once ``away`` is taken out, in order."""
    left = list(slots)
    for gone in away:
        kept = []
        for slot in left:
            if not slot.overlaps(gone):
                kept.append(slot)
                continue
            if slot.start < gone.start:
                kept.append(Slot(slot.start, gone.start))
            if gone.end < slot.end:
                kept.append(Slot(gone.end, slot.end))
        left = kept
    return sorted(left)


def on_step(moment: datetime, step: int) -> bool:
    """Whether a moment falls on the step of the wall clock (minutes since local midnight)."""
    local = clock.to_local(moment)
    return (local.hour * 60 + local.minute) % step == 0 and local.second == 0


def free_starts(
    windows: Iterable[Slot], taken: Iterable[Slot], minutes: int, turnaround: int, step: int
) -> list[datetime]:
    """Starts at which ``minutes`` fit in a window and, cleaning included, cross nothing taken.

    On the step, and at the first free minute after something taken; in order.
    """
    length, cleaning = timedelta(minutes=minutes), timedelta(minutes=turnaround)
    busy, found = merged(taken), []
    ends = [one.end for one in busy]  # in order, as what is merged is
    for window in windows:
        start, beyond = _rounded(window.start, step), window.end + cleaning
        for one in busy[bisect_right(ends, start) :]:
            if one.start >= beyond:
                break
            found += _starts(start, min(window.end, one.start - cleaning) - length, step)
            start = max(start, one.end)
        found += _starts(start, window.end - length, step)
    return found


def _starts(first: datetime, last: datetime, step: int) -> list[datetime]:
    """The first moment, then every step of the wall clock up to the last."""
    if last < first:
        return []
    found, moment = [first], _rounded(first + timedelta(minutes=1), step)
    while moment <= last:
        found.append(moment)
        moment += timedelta(minutes=step)
    return found


def _rounded(moment: datetime, step: int) -> datetime:
    """The moment, or the next one on the step of the wall clock."""
    local = clock.to_local(moment)
    return moment + timedelta(minutes=-(local.hour * 60 + local.minute) % step)


def _moment(day: date, hour: time) -> datetime:
    try:
        return clock.at(day, hour)
    except clock.NoSuchTime:
        # The hour that spring skips: what should open in it opens as it ends.
        return clock.at(day, hour.replace(hour=hour.hour + 1, minute=0))
