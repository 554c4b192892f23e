"""The demonstration's news of those who left: the day before today the coordination asks some where they stand."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import cycle

from fablab import clock
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from pathways import actions, queries_exits

#: what is answered, in turn; the last third of the list waits for a call
ANSWERS = (
    "still_in_school",
    "training",
    "other_support",
    "apprenticeship",
    "unknown",
    "back_to_school",
    "civic_service",
)


@dataclass
class AskingAfter:
    """Situations noted in the demonstration."""

    story: Story
    day: date
    team: dict[str, int]

    def prepare(self) -> None:
        """Put the calls into the story."""
        self.story.at_work(clock.at(self.day - timedelta(days=1), time(11)), self._ask)

    def _ask(self, now: datetime) -> None:
        session, today = db.session(), clock.local_day(now)
        nadia = session.get_one(Person, self.team["nadia"])
        asked = queries_exits.due(session, today)
        known = {one.code for one in queries_exits.situations(session)}
        answers = cycle([one for one in ANSWERS if one in known])
        for one in asked[: 2 * len(asked) // 3]:
            actions.note_situation(one.enrolment, one.step.code, next(answers), today, nadia, now)
