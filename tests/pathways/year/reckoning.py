"""What a year of training adds up to, worked out apart: from the acts sent and the catalogue's files, nothing else.

It imports nothing of the program. Each act of the year is said to it as it was sent; what follows is worked out anew
for the people it touches, by the rules as pathways.yaml says them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.pathways.year.facts import Course, Held, Lesson, Line, age_on, local_day
from tests.pathways.year.pace import OwnPace

FULL = ("referred", "dropped", "interrupted", "redirected", "moved_away")


@dataclass
class Reckoning(OwnPace):
    """The year so far."""

    situations: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    courses: dict[str, list[Course]] = field(default_factory=lambda: defaultdict(list))
    lessons: dict[str, Lesson] = field(default_factory=dict)
    batches: dict[str, list[Line]] = field(default_factory=dict)
    seen: dict[tuple[str, str], str] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)

    # --- people and groups ---

    def arrive(self, who: str, birth: date, situation: str) -> None:
        """An account is made."""
        self.births[who], self.situations[who] = birth, situation

    def enrol(self, who: str, pathway: str, group: str | None, at: datetime, reason: str | None, status: str) -> None:
        """Somebody is referred or enrolled; referred before, that is over."""
        course = self.course(who, pathway)
        if course is None or course.status != "referred":
            course = Course(who, pathway, group, status, local_day(at))
            self.courses[who].append(course)
        course.status, course.since, course.reason, course.group = status, local_day(at), reason, group

    def course(self, who: str, pathway: str) -> Course | None:
        """What somebody follows, or followed last, of a pathway."""
        mine = [one for one in self.courses[who] if one.pathway == pathway]
        return mine[-1] if mine else None

    def followed(self, who: str, pathway: str) -> Course:
        """The same, where there must be one."""
        found = self.course(who, pathway)
        assert found is not None
        return found

    def of_group(self, group: str) -> list[Course]:
        """Whoever is or was in a group."""
        return [one for mine in self.courses.values() for one in mine if one.group == group]

    def members(self, group: str, day: date) -> list[str]:
        """Who is expected in a group on a day."""
        return [
            one.who
            for one in self.of_group(group)
            if one.status != "referred" and one.since <= day and (one.ended_on is None or day <= one.ended_on)
        ]

    def is_full(self, group: str) -> bool:
        """Whether a group has no place left."""
        most: int = self.pathways[self.groups[group]]["group"]["max"]
        return sum(one.status not in FULL for one in self.of_group(group)) >= most

    def is_unusual(self, who: str, pathway: str, day: date) -> bool:
        """Whether somebody is outside the age or the situation that a pathway foresees."""
        audience = self.pathways[pathway]["audience"]
        fits = audience["min_age"] <= age_on(self.births[who], day) <= audience["max_age"]
        return not (fits and self.situations[who] in audience["statuses"])

    def leave(self, who: str, pathway: str, status: str, at: datetime, towards: str | None = None) -> None:
        """Somebody leaves before the end."""
        course = self.followed(who, pathway)
        course.status, course.ended_on, course.towards = status, local_day(at), towards

    def come_back(self, who: str, pathway: str, at: datetime) -> None:
        """It was a mistake: they go on."""
        course = self.followed(who, pathway)
        course.status, course.ended_on, course.towards = "enrolled", None, None
        self.follow([who], at)

    def close(self, group: str, at: datetime) -> None:
        """A group is over."""
        self.closed.add(group)
        self.follow([one.who for one in self.of_group(group)], at)

    def choose(self, who: str, pathway: str, chosen: dict[str, list[str]], at: datetime) -> None:
        """Somebody chooses in their pathway."""
        self.chosen[who, pathway] = chosen
        self.follow([who], at)

    def give(self, who: str, badge: str, at: datetime) -> None:
        """A safety badge is handed over: a pathway that waited for it may be finished."""
        super().give(who, badge, at)
        self.follow([who], at)

    # --- presence ---

    def call(self, key: str, marks: Mapping[str, tuple[str, int]], at: datetime) -> None:
        """Who was there; said again, only the last time counts."""
        lesson = self.lessons[key]
        lesson.marks = dict(marks)
        for who in marks:
            if lesson not in self.attended[who]:
                self.attended[who].append(lesson)
        self.follow(marks, at)

    def visits(self, course: Course) -> list[Lesson]:
        """The sessions of an enrolment that somebody came to: its group's, and others of the pathway since."""
        return [
            one
            for one in self.attended[course.who]
            if one.came(course.who)
            and self.groups[one.group] == course.pathway
            and (one.group == course.group or local_day(one.start) >= course.since)
        ]

    def days(self, course: Course) -> list[date]:
        """What counts as presence: sessions; and days of the open lab, for who has no group."""
        came = [local_day(one.start) for one in self.visits(course)]
        if course.group is None:
            came += sorted({*self.stretches(course), *self.seen_on(course)})
        return came

    def presence(self, course: Course) -> int:
        """How many sessions in a group, how many hours at one's own pace."""
        return self.hours(course) if course.group is None else len(self.visits(course))

    def minutes(self, course: Course) -> int:
        """The time spent in sessions, lateness taken off."""
        return sum(
            int((one.end - one.start).total_seconds()) // 60 - (one.marks or {})[course.who][1]
            for one in self.visits(course)
        )

    def needed(self, course: Course) -> int:
        """How many presences the pathway asks; of a group that is over, a part of the sessions that took place."""
        asked = self.pathways[course.pathway]
        count = asked["hours"] if course.group is None else asked["sessions"]["count"]
        if course.group in self.closed:
            mine = [one for one in self.lessons.values() if one.group == course.group]
            count = min(count, sum(one.marks is not None and not one.cancelled for one in mine))
        hundredths: int = asked["min_attendance_pct"] * count
        return hundredths // 100 + (hundredths % 100 > 0)

    # --- levels ---

    def level(self, who: str, competency: str) -> int:
        """The highest level that stands; one to be seen twice counts once somebody else saw as much."""
        standing = [one for one in self.lines[who][competency] if one.stands]
        return max((one.level for one in standing if not one.twice or _seconded(one, standing)), default=0)

    def levels(self, who: str) -> dict[str, int]:
        """All the levels of somebody, those at 0 left out."""
        return {code: level for code in sorted(self.lines[who]) if (level := self.level(who, code))}

    def reached(self, who: str, competency: str, author: str) -> int:
        """What an author need not say again: the level that counts, or one that they gave themselves."""
        own = [one.level for one in self.lines[who][competency] if one.stands and one.author == author]
        return max([self.level(who, competency), *own])

    def validate(
        self, key: str, author: str, lesson: str | None, cells: Iterable[tuple[str, str, int]], at: datetime
    ) -> None:
        """Levels are saved at once; what is reached already is not written again."""
        written = [
            Line(who, competency, level, author, at, lesson, twice=competency in self.twice)
            for who, competency, level in cells
            if level > self.reached(who, competency, author)
        ]
        for line in written:
            self.lines[line.who][line.competency].append(line)
            if self.seen.get((line.who, line.competency)) == "waiting":
                self.seen[line.who, line.competency] = "validated"
        self.batches[key] = written
        self.follow({line.who for line in written}, at)

    def correct(self, line: Line, level: int, author: str, at: datetime) -> None:
        """A level was wrong: this one, or none."""
        line.stands = False
        if level:
            mended = Line(line.who, line.competency, level, author, at, line.lesson, mends=True)
            self.lines[line.who][line.competency].append(mended)
        self.follow([line.who], at)

    def take_back(self, key: str, at: datetime) -> None:
        """All that was saved at once does not count."""
        for line in self.batches[key]:
            line.stands = False
        self.follow({line.who for line in self.batches[key]}, at)

    # --- what follows by itself ---

    def follow(self, people: Iterable[str], at: datetime) -> None:
        """Places, stage badges, pathway badges and endings of these people."""
        for who in sorted(set(people)):
            for course in self.courses[who]:
                self._follow(course, at)

    def _follow(self, course: Course, at: datetime) -> None:
        days, who, pathway = self.days(course), course.who, course.pathway
        if course.status in ("enrolled", "under_way"):
            course.first_on = min(days, default=None)
            course.status = "under_way" if days else "enrolled"
        earns = course.status in ("under_way", "finished")
        stages = [
            self._hold(
                who, self.stage_code.format(pathway=pathway, stage=one["code"]), self._done(course, one), earns, at
            )
            for one in self.pathways[pathway]["stages"]
        ]
        code = self.pathway_code.format(pathway=pathway)
        finished = any(one.badge == code and one.ended is None for one in self.held[who])
        due = all(stages) and self.presence(course) >= self.needed(course) and (finished or self.chose_well(course))
        whole = self._hold(who, code, due, earns, at)
        if whole and course.status == "under_way":
            course.status, course.ended_on = "finished", local_day(at)
        elif not whole and course.status == "finished":
            course.status, course.ended_on = "under_way", None

    def _done(self, course: Course, stage: Mapping[str, Any]) -> bool:
        if any(self.level(course.who, one["code"]) < one["level"] for one in stage["competencies"]):
            return False
        asked = stage.get("chosen_competencies")
        if asked is None:
            return True
        among, count = self.choice(course, stage["code"], asked["among"], asked["count"])
        return len([code for code in among if self.level(course.who, code) >= asked["level"]]) >= count

    def _hold(self, who: str, badge: str, due: bool, earns: bool, at: datetime) -> bool:
        """Whether a skill badge is held after this: given when due, ended when no longer due."""
        now = next((one for one in self.held[who] if one.badge == badge and one.ended is None), None)
        if now is not None and not due:
            now.ended = at
        elif now is None and due and earns:
            self.held[who].append(Held(who, badge, at))
        else:
            return now is not None
        return due


def _seconded(line: Line, standing: Iterable[Line]) -> bool:
    return any(one.author != line.author and one.level >= line.level for one in standing)
