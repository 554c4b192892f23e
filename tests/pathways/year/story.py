"""What happens in the year: who comes, what is learnt, who leaves, drawn by a chance that is the same each time."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from tests.pathways.year.agenda import Agenda
from tests.pathways.year.facts import local
from tests.pathways.year.living import Living
from tests.pathways.year.passeurs import Passeurs
from tests.pathways.year.renewing import Renewing
from tests.pathways.year.workshop import Workshop

#: places of a year -> groups of each pathway and how many live each; the others are Passeurs at their own pace
PLANS: Mapping[int, Mapping[str, tuple[int, int]]] = {
    500: {"TREMPLIN": (6, 12), "REBOND": (12, 8), "DECLIC": (28, 10), "PASSEUR": (1, 12)},
    120: {"TREMPLIN": (1, 12), "REBOND": (3, 8), "DECLIC": (7, 10)},
    50: {"TREMPLIN": (1, 10), "REBOND": (1, 8), "DECLIC": (2, 12)},
    24: {"REBOND": (1, 8), "DECLIC": (1, 11)},
}


def places_of(places: int) -> dict[str, int]:
    """The places of each pathway: those of its groups, and of Passeurs at their own pace."""
    found = {code: groups * size for code, (groups, size) in PLANS[places].items()}
    return found | {"PASSEUR": found.get("PASSEUR", 0) + places - sum(found.values())}


OPENS = local(date(2026, 9, 1), "08:00")
ENDS = local(date(2027, 6, 30), "20:00")


@dataclass
class Story:
    """The acts to come, in order of time."""

    play: Workshop
    move: Callable[[datetime], None]
    team: Mapping[str, int]
    chance: Random = field(default_factory=lambda: Random(2026))
    coming: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    #: who was redirected to a pathway and waits for a group
    redirected: dict[str, list[str]] = field(default_factory=dict)
    recruits: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        """The present moment of the story."""
        return self.play.clock()

    def at(self, moment: datetime, act: Callable[[], None]) -> None:
        """Something will happen."""
        heapq.heappush(self.coming, (moment, next(self.numbers), act))

    def happens(self, probability: float) -> bool:
        """Whether something with this probability does."""
        return self.chance.random() < probability

    def leads(self, track: int) -> tuple[str, str]:
        """Who leads the groups of a track; the first one validates."""
        names = list(self.team)
        return names[track * 2], names[track * 2 + 1]

    def tell(self, places: int) -> None:
        """The whole year."""
        plan = PLANS[places]
        self.at(OPENS, self._begin)
        for group in Agenda().groups({pathway: number for pathway, (number, _size) in plan.items()}):
            opening = max(OPENS + timedelta(hours=1), group.meetings[0].start - timedelta(days=6))
            living = Living(self, group, plan[group.pathway][1])
            self.at(opening, living.open)
        Passeurs(self).plan(places - sum(number * size for number, size in plan.values()))
        Renewing(self).plan(OPENS.date(), ENDS.date())
        while self.coming:
            moment, _number, act = heapq.heappop(self.coming)
            self.move(moment)
            act()
        self.move(ENDS)

    def _begin(self) -> None:
        """The team's rights, and the open lab of each Wednesday."""
        first, last = date(2026, 9, 2), ENDS.date()
        for name in list(self.team)[::2]:
            for badge in self.play.year.safety:
                self.play.right("chloe", self.team[name], badge)
        for name in (*self.leads(0)[:1], *self.leads(1)[:1]):
            self.play.shift(name, self.team[name], first, "13:30", "18:00", last)
