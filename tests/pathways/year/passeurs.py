"""Passeurs at their own pace: charter and choices, afternoons of the open lab, sessions in which they help."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.pathways.year.agenda import Agenda
from tests.pathways.year.facts import age_on, local, local_day
from tests.pathways.year.pace import BADGES

if TYPE_CHECKING:
    from tests.pathways.year.story import Story

CODE = "PASSEUR"
SINCE, UNTIL = date(2027, 1, 6), date(2027, 3, 24)
AFTERNOONS = 9
#: helpers of one session: twelve young people, two who lead and three more stay under the Fablab's 19
HELPERS = 3


@dataclass
class Passeurs:
    """All of them, one after the other."""

    story: Story

    def __post_init__(self) -> None:
        self.play, self.chance, self.year = self.story.play, self.story.chance, self.story.play.year
        self.lead = self.story.leads(2)[0]
        self.asked: Any = self.year.pathways[CODE]
        agenda = Agenda()
        days = [SINCE + timedelta(weeks=number) for number in range(26)]
        self.wednesdays = [day for day in days if agenda.is_school(day)]
        self.named: Counter[str] = Counter()

    def plan(self, number: int) -> None:
        """So many begin, from January to March."""
        first = [day for day in self.wednesdays if day <= UNTIL]
        for turn in range(number):
            self.story.at(local(first[turn * len(first) // number], "14:00"), self._begin)

    def candidate(self) -> str | None:
        """Who has finished a first pathway, with a badge for the workshop that holds."""
        now = self.story.now
        for who, courses in self.year.courses.items():
            done = any(one.status == "finished" for one in courses) and self.year.course(who, CODE) is None
            if done and self.year.valid(who, "BS-ATELIER", now):
                return who
        return None

    def _begin(self) -> None:
        who = self.candidate()
        assert who is not None, "nobody has finished a first pathway"
        now = self.story.now
        unusual = self.year.is_unusual(who, CODE, local_day(now))
        self.play.enrol_alone(self.lead, who, CODE, "team" if unusual else None)
        self.play.charter(who, CODE)
        [choosing] = [one for one in self.asked["stages"] if "chosen_competencies" in one]
        offered, badges = choosing["chosen_competencies"], self.asked["chosen_badges"]
        age = age_on(self.year.births[who], local_day(now))
        able = [code for code in badges["among"] if age >= self.year.safety[code]["min_age"]]
        chosen = {
            choosing["code"]: self.chance.sample(offered["among"], offered["count"]),
            BADGES: self.chance.sample(able, badges["count"]),
        }
        if self.story.happens(0.8):
            self.play.choose(who, CODE, chosen)
        coming = [day for day in self.wednesdays if day > local_day(now)][:AFTERNOONS]
        for turn, day in enumerate(coming):
            if self.story.happens(0.85):
                self._afternoon(who, day, turn, chosen)
            if self.story.happens(0.2):
                self._help(who, day)

    def _afternoon(self, who: str, day: date, turn: int, chosen: dict[str, list[str]]) -> None:
        if self.story.happens(0.2):
            at = local(day, self.chance.choice(("13:40", "14:10", "14:45")))
            self.story.at(at, lambda: self.play.enter_lab(self.lead, who))
            self.story.at(
                at + timedelta(minutes=self.chance.randint(70, 190)), lambda: self.play.leave_lab(self.lead, who)
            )
        self.story.at(local(day, "17:30"), lambda: self._validate(who, turn, chosen))

    def _validate(self, who: str, turn: int, chosen: dict[str, list[str]]) -> None:
        """What was seen that afternoon: two stages' worth of it at most; at the end, what the badges chosen ask."""
        if self.year.followed(who, CODE).status not in ("enrolled", "under_way"):
            return
        aims: dict[str, int] = {}
        for stage in self.asked["stages"][: 1 + turn // 2]:
            for aim in stage["competencies"]:
                aims[aim["code"]] = max(aim["level"], aims.get(aim["code"], 0))
            if "chosen_competencies" in stage:
                aims |= {code: stage["chosen_competencies"]["level"] for code in chosen[stage["code"]]}
        if turn >= 5:
            for badge in chosen[BADGES]:
                for code, level in self.year.lacks(who, badge):
                    aims[code] = max(level, aims.get(code, 0))
        missing = [(code, level) for code, level in aims.items() if level > self.year.reached(who, code, self.lead)]
        picked = [one for one in missing if turn >= 7 or self.story.happens(0.5)] or missing[:1]
        if picked:
            self.play.validate_alone(self.lead, who, [(who, code, level) for code, level in picked])
        for badge in chosen[BADGES]:
            if self.year.state(who, badge, self.story.now) is None and self.year.ready(who, badge, self.story.now):
                self.play.hand_over(self.lead, badge, [who])

    def _help(self, who: str, day: date) -> None:
        """The next session of another group, in the Fablab or not, within a week: named that morning, and there."""
        week = range(8)
        keys = [
            key
            for key, one in self.year.lessons.items()
            if (local_day(one.start) - day).days in week and not one.cancelled
        ]
        if keys:
            key = min(keys, key=lambda one: self.year.lessons[one].start)
            self.story.at(local(local_day(self.year.lessons[key].start), "08:30"), lambda: self._name(who, key))

    def _name(self, who: str, key: str) -> None:
        lesson = self.year.lessons[key]
        if lesson.cancelled or self.year.followed(who, CODE).status not in ("enrolled", "under_way"):
            return
        if self.named[key] == HELPERS:
            return
        self.named[key] += 1
        self.play.name_helper(self.lead, who, key)
        self.story.at(lesson.start + timedelta(minutes=30), lambda: self.play.helper_came(self.lead, who, key))
