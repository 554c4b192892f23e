"""Pure: which groups fit the Fablab's group windows, and when they meet.

Each pathway takes as many weekly lanes (a weekday and an hour) as it has sessions a week, the longest pathway first;
the pathway with the shortest sessions takes what is left. In a lane groups follow each other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bookings.values import Slot
from fablab import clock

Lane = tuple[int, time]


@dataclass(frozen=True)
class Offer:
    """What a pathway asks of the calendar; ``wanted`` groups a year."""

    code: str
    title: str
    sessions: int
    minutes: int
    per_week: int
    wanted: int


@dataclass(frozen=True)
class Meeting:
    """One session: its time in the Fablab, and the end of what goes on elsewhere (None: nothing does)."""

    number: int
    slot: Slot
    elsewhere_until: datetime | None = None


@dataclass(frozen=True)
class PlannedGroup:
    """A group and all its sessions, in order."""

    code: str
    name: str
    meetings: tuple[Meeting, ...]

    @property
    def start(self) -> datetime:
        """When it first meets."""
        return self.meetings[0].slot.start

    @property
    def end(self) -> datetime:
        """When it last meets."""
        return self.meetings[-1].slot.end


@dataclass(frozen=True)
class YearPlan:
    """The groups of a school year that fit, in order of start."""

    windows: int
    groups: tuple[PlannedGroup, ...]

    def of(self, code: str) -> list[PlannedGroup]:
        """The groups of one pathway."""
        return [group for group in self.groups if group.code == code]


def plan_year(windows: Sequence[Slot], offers: Iterable[Offer], label: str) -> YearPlan:
    """Fill a year's group windows; ``label`` makes names unique («2026»). No more groups than wanted."""
    by_lane: dict[Lane, list[Slot]] = defaultdict(list)
    for window in sorted(windows):
        local = clock.to_local(window.start)
        by_lane[local.weekday(), local.time()].append(window)
    free = sorted(by_lane)
    groups: list[PlannedGroup] = []
    in_order = sorted(offers, key=lambda offer: (-offer.sessions * offer.minutes, offer.code))
    for offer in in_order:
        last = offer is in_order[-1]
        lanes = free if last else _lanes_for(offer, free, by_lane)
        free = [lane for lane in free if lane not in lanes]
        found = _groups_in_turn(offer, [by_lane[lane] for lane in lanes], each=last)
        found.sort(key=lambda meetings: meetings[0].slot)
        groups += [
            PlannedGroup(offer.code, f"{offer.title} {label}-{number}", meetings)
            for number, meetings in enumerate(found[: offer.wanted], 1)
        ]
    return YearPlan(len(windows), tuple(sorted(groups, key=lambda group: group.start)))


def _lanes_for(offer: Offer, free: Sequence[Lane], by_lane: dict[Lane, list[Slot]]) -> list[Lane]:
    """Lanes on different weekdays, the longest windows first, then the same hour, then the earliest."""

    def longest(lane: Lane) -> int:
        return min(offer.minutes, max(slot.minutes for slot in by_lane[lane]))

    chosen: list[Lane] = []
    for _number in range(offer.per_week):
        left = [lane for lane in free if lane[0] not in {weekday for weekday, _hour in chosen}]
        if left:
            hour = chosen[0][1] if chosen else None
            chosen.append(min(left, key=lambda lane: (-longest(lane), lane[1] != hour, lane)))
    return chosen


def _groups_in_turn(offer: Offer, lanes: Sequence[Sequence[Slot]], *, each: bool) -> list[tuple[Meeting, ...]]:
    """Groups that follow each other: in each lane for itself, a week later from lane to lane, or in all of them."""
    if each:
        queues = [list(lane[number:]) for number, lane in enumerate(lanes)]
    else:
        queues = [sorted(slot for lane in lanes for slot in lane)]
    found = []
    for queue in queues:
        for start in range(0, len(queue) - offer.sessions + 1, offer.sessions):
            slots = queue[start : start + offer.sessions]
            found.append(tuple(_meeting(offer, number, slot) for number, slot in enumerate(slots, 1)))
    return found


def _meeting(offer: Offer, number: int, window: Slot) -> Meeting:
    end = window.start + timedelta(minutes=offer.minutes)
    if end <= window.end:
        return Meeting(number, Slot(window.start, end))
    # The Fablab's window is shorter than the session: the rest is lived elsewhere in the house.
    return Meeting(number, window, end)


def nearest_start(groups: Iterable[PlannedGroup], day: date) -> PlannedGroup | None:
    """The group that begins nearest to a day."""
    return min(groups, key=lambda group: abs((clock.local_day(group.start) - day).days), default=None)
