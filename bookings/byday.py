"""Pure: many things that take time, found by the days they touch."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bookings.values import Slot

T = TypeVar("T")
_DAY = 24 * 60 * 60


class ByDay(Generic[T]):
    """Among a month of things that take time, one slot looks at those of its own days only."""

    def __init__(self, every: Sequence[T], slot_of: Callable[[T], Slot]) -> None:
        self.every = every
        self._order = {id(one): number for number, one in enumerate(every)}
        self._days: dict[int, list[T]] = defaultdict(list)
        self._spans: dict[range, list[T]] = {}
        for one in every:
            for day in _days(slot_of(one)):
                self._days[day].append(one)

    def during(self, span: Slot) -> Sequence[T]:
        """What touches the days of a span, in the order given; some of it may lie outside the span."""
        days = _days(span)
        if days not in self._spans:
            found = {id(one): one for day in days for one in self._days.get(day, ())}
            self._spans[days] = sorted(found.values(), key=lambda one: self._order[id(one)])
        return self._spans[days]


def _days(slot: Slot) -> range:
    """The days of UTC that a slot touches, its end included: what ends as it begins may still stand in the way."""
    return range(int(slot.start.timestamp()) // _DAY, int(slot.end.timestamp()) // _DAY + 1)
