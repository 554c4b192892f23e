"""What happens in the demonstration, told in order of time, so that each action finds the past it needs."""

import heapq
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

from fablab import clock

Happening = Callable[[datetime], None]


def at_work(moment: datetime, day_off: Callable[[date], bool], *, late: bool = False) -> datetime:
    """The same hour on the nearest day that is not off, going back (``late``: going on)."""
    while day_off(clock.local_day(moment)):
        moment += timedelta(days=1 if late else -1)
    return moment


class Story:
    """Happenings to come, by their moment; while it is told they may add others, later ones."""

    def __init__(self, seed: int, day_off: Callable[[date], bool]) -> None:
        self.seed, self._day_off = seed, day_off
        self._to_come: list[tuple[datetime, int, Happening]] = []
        self._number = 0

    def at(self, moment: datetime, happening: Happening) -> None:
        """Something that happens at a moment; of two at the same, the first said is the first told."""
        self._number += 1
        heapq.heappush(self._to_come, (moment, self._number, happening))

    def at_work(self, moment: datetime, happening: Happening, *, late: bool = False) -> None:
        """Something that the team does: when nobody works that day, the day before (``late``: the day after)."""
        self.at(at_work(moment, self._day_off, late=late), happening)

    def chance(self, *about: object) -> random.Random:
        """Chance of its own for one subject: the same for the same seed, whatever else happens."""
        return random.Random(":".join(str(part) for part in (self.seed, *about)))

    def tell(self, until: datetime) -> int:
        """Let everything before ``until`` happen, in order of time. Says how much did."""
        told = 0
        while self._to_come and self._to_come[0][0] < until:
            moment, _number, happening = heapq.heappop(self._to_come)
            happening(moment)
            told += 1
        return told
