"""What happens in the demonstration, told in order of time, so that each action finds the past it needs."""

import heapq
import random
from collections.abc import Callable
from datetime import datetime

Happening = Callable[[datetime], None]


class Story:
    """Happenings to come, by their moment; while it is told they may add others, later ones."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._to_come: list[tuple[datetime, int, Happening]] = []
        self._number = 0

    def at(self, moment: datetime, happening: Happening) -> None:
        """Something that happens at a moment; of two at the same, the first said is the first told."""
        self._number += 1
        heapq.heappush(self._to_come, (moment, self._number, happening))

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
