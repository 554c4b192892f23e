"""The demonstration's materials: counted since the autumn, one of them nearly gone. All through the actions."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from fablab import clock
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from machines import actions_supplies
from machines.models_supplies import Supply
from machines.values_supplies import Move, Wish

#: name as the sheets of machines write it, unit, told under, then what came: quantity and cents
COUNTED = (
    ("PLA", "g", 1000, 4000, 9960),
    ("PETG", "g", 500, 1000, 2790),
    ("vinyle adhésif", "cm", 500, 2500, 5450),
)
#: counted again a few days ago: some was lost
COUNTED_AGAIN, LEFT = "PETG", 420


@dataclass
class Materials:
    """What the stock of the demonstration knows while it is told."""

    story: Story
    day: date
    team: dict[str, int]

    def prepare(self) -> None:
        """Put materials, what came and a count into the story."""
        for number, counted in enumerate(COUNTED):
            at = clock.at(self.day - timedelta(days=69), time(9, number))
            self.story.at_work(at, partial(self._begin, *counted))

    def _begin(self, name: str, unit: str, low_at: int, quantity: int, cents: int, now: datetime) -> None:
        by = self._samir()
        supply = actions_supplies.make(Wish(name, unit, low_at), by, now)
        actions_supplies.move(supply, Move("in", quantity, f"demo-in-{name}", cents), by, now)
        if name == COUNTED_AGAIN:
            again = clock.at(self.day - timedelta(days=3), time(17, 45))
            self.story.at_work(again, partial(self._count, supply.id))

    def _count(self, supply_id: int, now: datetime) -> None:
        supply = db.session.get_one(Supply, supply_id)
        what = Move("count", LEFT, "demo-count", words="Une bobine humide, jetée.")
        actions_supplies.move(supply, what, self._samir(), now)

    def _samir(self) -> Person:
        return db.session.get_one(Person, self.team["samir"])
