"""The demonstration's calls: two days before today the coordination calls back those who drift away."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fablab import clock
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from pathways import actions, queries_drifting

#: what comes of each call, in turn, and for how many days that person is then set aside; the others wait for a call
CALLS: tuple[tuple[str, int | None], ...] = (("no_answer", None), ("coming_back", 7), ("body_told", None))


@dataclass
class CallingBack:
    """Calls noted in the demonstration."""

    story: Story
    day: date
    team: dict[str, int]

    def prepare(self) -> None:
        """Put the calls into the story."""
        self.story.at_work(clock.at(self.day - timedelta(days=2), time(16)), self._call)

    def _call(self, now: datetime) -> None:
        session = db.session()
        chloe = session.get_one(Person, self.team["chloe"])
        for one, (outcome, days) in zip(queries_drifting.drifting(session, now), CALLS, strict=False):
            until = self.day + timedelta(days=days) if days else None
            actions.note_call(one.enrolment, outcome, until, chloe, now)
