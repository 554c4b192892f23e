"""The demonstration's upkeep of machines: planned, done or due, and words in the logs. All through the actions."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from machines import actions_care
from machines.models import Machine
from machines.models_care import Care
from machines.values_care import CareWish, Rhythm
from pathways.queries_helpers import may_help

#: machine, what, steps, how often, how many days ago it was done, the latest first: the first one is due
PLANNED = (
    ("LAS-01", "Nettoyer les lentilles", ("Laser froid", "Lentille propre", "Miroirs propres"), Rhythm(days=30), (33,)),
    ("LAS-01", "Changer le filtre", ("Ancien filtre emballé", "Joint remis"), Rhythm(hours=100), (60,)),
    ("LAS-02", "Nettoyer les lentilles", ("Laser froid", "Lentille propre"), Rhythm(days=30), (26, 57)),
    ("FDM-01", "Graisser les axes", ("Axes essuyés", "Graisse mise", "Un essai imprimé"), Rhythm(90, 200), (20,)),
    ("BRO-01", "Huiler", ("Poussière enlevée", "Une goutte par point"), Rhythm(days=60), (12,)),
)
WORDS = ("Plateau remis à niveau.", "Buse nettoyée, le fil passe bien.")
NOTED = "FDM-02"


@dataclass
class Upkeep:
    """What the upkeep of the demonstration knows while it is told."""

    story: Story
    day: date
    team: dict[str, int]

    def prepare(self) -> None:
        """Put plans, what was done and words into the story."""
        for number, (code, name, steps, rhythm, done) in enumerate(PLANNED):
            at = self._at(66, number)
            self.story.at_work(at, partial(self._plan, code, CareWish(name, steps, rhythm)))
            for ago in done:
                self.story.at_work(self._at(ago, number), partial(self._do, code, name))
        for number, words in enumerate(WORDS):
            self.story.at_work(self._at(5 - number, 30 + number), partial(self._write, words, number))

    def _at(self, ago: int, minute: int) -> datetime:
        return clock.at(self.day - timedelta(days=ago), time(17, minute))

    def _plan(self, code: str, wish: CareWish, now: datetime) -> None:
        if machine := _machine(db.session(), code):
            actions_care.plan(machine, wish, self._chloe(), now)

    def _do(self, code: str, name: str, now: datetime) -> None:
        found = select(Care).join(Care.machine).where(Machine.code == code, Care.name == name)
        if care := db.session.scalars(found).one_or_none():
            actions_care.do(care, care.steps, None, f"demo-{care.id}-{now:%Y%m%d}", self._chloe(), now)

    def _write(self, words: str, number: int, now: datetime) -> None:
        """A word by somebody who follows a pathway at their own pace, else by the team."""
        if machine := _machine(db.session(), NOTED):
            passeurs = may_help(db.session())
            by = passeurs[number % len(passeurs)] if passeurs else self._chloe()
            actions_care.write(machine, words, f"demo-word-{number}", by, now)

    def _chloe(self) -> Person:
        return db.session.get_one(Person, self.team["chloe"])


def _machine(session: Session, code: str) -> Machine | None:
    return session.scalars(select(Machine).where(Machine.code == code)).one_or_none()
