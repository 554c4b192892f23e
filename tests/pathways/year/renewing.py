"""What happens beside the groups: badges that end and are renewed, taken back; what young people ask and are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tests.pathways.year.agenda import Agenda
from tests.pathways.year.facts import age_on, local, local_day

if TYPE_CHECKING:
    from tests.pathways.year.story import Story

#: badges that end within a year, the machine on which each is renewed, and how many learn at once
RENEWED = {"BS-CNC": ("CNC-01", 1), "BS-LASER": ("LAS-02", 2), "BS-OUTILS": ("OUT-01", 2)}


@dataclass
class Renewing:
    """Wednesdays of the open lab, and what is asked between them."""

    story: Story

    def __post_init__(self) -> None:
        self.play, self.chance, self.year = self.story.play, self.story.chance, self.story.play.year
        self.teacher, self.other = self.story.leads(0)[0], self.story.leads(1)[0]

    def plan(self, first: date, last: date) -> None:
        """Every second Wednesday: a training; every second Friday: requests and their answers; some are taken back."""
        day, number, agenda = first, 0, Agenda()
        while day < last:
            if day.weekday() == 2 and agenda.is_school(day) and day > first + timedelta(days=30):
                number += 1
                if number % 2:
                    self.story.at(local(day, "08:30"), self._renew)
                if number % 9 == 5:
                    self.story.at(local(day, "18:30"), self._revoke)
                if number % 12 == 3:
                    self.story.at(local(day, "18:40"), self._by_mistake)
            if day.weekday() == 4 and day > first + timedelta(days=14):
                self.story.at(local(day, "18:00"), self._think)
            day += timedelta(days=1)

    def _renew(self) -> None:
        """Badges that ended, or will soon: asked for, a slot in the afternoon, and how it went."""
        now = self.story.now
        day = local_day(now)
        for turn, (badge, (machine, places)) in enumerate(RENEWED.items()):
            wanting = [
                who
                for who in self.play.people
                if self.year.state(who, badge, now) in ("expires_soon", "expired", "lapsed", "revoked")
                and age_on(self.year.births[who], day) >= 18
            ]
            people = self.chance.sample(wanting, min(places, len(wanting)))
            if people:
                for who in people:
                    self.play.ask(who, badge)
                start = local(day, ("13:30", "15:00", "16:30")[turn])
                slot = self.play.train(self.teacher, badge, people, machine, self.story.team[self.teacher], start, 60)
                result = {who: self.chance.choice(("validated",) * 4 + ("again", "absent")) for who in people}
                self._record(slot, badge, result, start + timedelta(minutes=65))

    def _record(self, slot: str, badge: str, results: dict[str, str], at: datetime) -> None:
        self.story.at(at, lambda: self.play.results(self.teacher, slot, badge, results))

    def _revoke(self) -> None:
        """From several at once, or from one."""
        now = self.story.now
        for badge, several in (("BS-LASER", 2), ("BS-CNC", 2), ("BS-OUTILS", 1)):
            holding = [who for who in self.play.people if self.year.valid(who, badge, now)]
            if len(holding) > several:
                self.play.revoke(self.other, badge, self.chance.sample(holding, several))

    def _by_mistake(self) -> None:
        """Handed to the wrong person, undone at once; and one that cannot be handed over yet."""
        now = self.story.now
        for badge in self.year.safety:
            able = [who for who in self.play.people if self.year.ready(who, badge, now)]
            if able:
                self.play.hand_over(self.teacher, badge, able[:1])
                self.play.undo(self.teacher, badge, able[0])
                break
        lacking = [who for who in self.play.people if self.year.lacks(who, "BS-CNC")]
        self.play.not_handed(self.teacher, "BS-CNC", lacking[0])

    def _think(self) -> None:
        """«Je pense y arriver», and its answer the next Tuesday."""
        under_way = [one for mine in self.year.courses.values() for one in mine if one.status == "under_way"]
        if not under_way:
            return
        course = self.chance.choice(under_way)
        stages = self.year.pathways[course.pathway]["stages"]
        lacking = [
            (aim["code"], aim["level"])
            for stage in stages
            for aim in stage["competencies"]
            if self.year.level(course.who, aim["code"]) < aim["level"]
            and self.year.seen.get((course.who, aim["code"])) != "waiting"
        ]
        if not lacking:
            return
        code, level = self.chance.choice(lacking)
        self.play.think(course.who, code, level)
        outcome = self.chance.choice(("validated", "validated", "to_complete", "not_yet"))
        self.story.at(self.story.now + timedelta(days=4), lambda: self._answer(course.who, code, level, outcome))

    def _answer(self, who: str, code: str, level: int, outcome: str) -> None:
        if self.year.seen[who, code] == "waiting" and self.year.reached(who, code, self.other) < level:
            self.play.answer(self.other, who, code, outcome, level)
