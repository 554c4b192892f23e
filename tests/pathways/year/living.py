"""A group of the year: who joins it, what is seen in its sessions, who leaves, how it ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.pathways.year.agenda import Meeting, Planned
from tests.pathways.year.facts import Lesson, local_day
from tests.pathways.year.naming import FIRST_NAMES, last_name
from tests.pathways.year.passeurs import Passeurs

if TYPE_CHECKING:
    from tests.pathways.year.story import Story

#: age at the beginning of the school year, and situation, of who usually comes
USUAL = {"DECLIC": (11, 17, "in_school"), "REBOND": (16, 24, "dropped_out"), "TREMPLIN": (16, 24, "integration")}
WAYS_OUT = ("dropped", "interrupted", "moved_away", "redirected")
#: where somebody of a pathway is redirected
ELSEWHERE = {"DECLIC": "REBOND", "REBOND": "TREMPLIN", "TREMPLIN": "REBOND"}
HANDS_ON = ("LAS-01", "FDM-01", "OUT-01", "CNC-01")


@dataclass
class Living:
    """A group while it is lived."""

    story: Story
    group: Planned
    size: int
    diligence: dict[str, float] = field(default_factory=dict)
    ghosts: set[str] = field(default_factory=set)
    sorry: set[tuple[int, str]] = field(default_factory=set)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.play, self.chance, self.name = self.story.play, self.story.chance, self.group.name
        self.year = self.play.year
        self.lead, self.second = self.story.leads(self.group.track)
        self.asked: Any = self.year.pathways[self.group.pathway]
        self.stages: list[Any] = self.asked["stages"]
        aimed = {*self.asked["aimed_badges"], *self.asked.get("chosen_badges", {}).get("among", ())}
        self.badges = [code for code in self.year.safety if code in aimed]

    # --- before ---

    def open(self) -> None:
        """The group is opened, its sessions are planned, its people come to the desk."""
        story, last = self.story, self.group.meetings[-1]
        self.play.open_group(self.lead, self.name, self.group.pathway, local_day(self.group.meetings[0].start))
        for meeting in self.group.meetings:
            self._plan(meeting)
        for number in range(self.size):
            self._join(number)
        if self.size >= 10 and self.size + 1 < self.asked["group"]["max"] and story.happens(0.3):
            self.ghosts.add(self._newcomer())
            self._enrol(max(self.ghosts))
        elif self.year.is_full(self.name):
            stranger = next(
                (who for who in self.play.people if self.year.course(who, self.group.pathway) is None), None
            )
            if stranger is not None:
                self.play.not_enrolled(self.lead, stranger, self.name)
        if story.happens(0.6) and len(self.group.meetings) > 5:
            at = self.chance.randrange(2, len(self.group.meetings) - 1)
            story.at(self.group.meetings[at].start - timedelta(hours=20), self._somebody_leaves)
        if story.happens(0.08):
            lost = self.chance.choice(self.group.meetings[2:-1])
            story.at(lost.start - timedelta(days=2), lambda: self.play.cancel(self.lead, self.key(lost)))
        story.at((last.until or last.end) + timedelta(hours=20), self._open_lab)
        story.at((last.until or last.end) + timedelta(days=2), lambda: self.play.close(self.second, self.name))

    def key(self, meeting: Meeting) -> str:
        """What a session is called in the reckoning."""
        return f"{self.name} · {meeting.number}"

    def _plan(self, meeting: Meeting) -> None:
        stage = self._stage(meeting)
        inside = self.group.track == 0
        machines = self._machines(stage) if inside else ()
        end = meeting.until or meeting.end
        lesson = Lesson(self.name, meeting.start, end, machines)
        leads = [self.story.team[one] for one in (self.lead, self.second)]
        self.play.plan(self.lead, self.key(meeting), stage["code"], lesson, meeting.end if inside else None, leads)
        if self.story.happens(0.12):
            self.story.at(meeting.start - timedelta(hours=15), lambda: self._apologise(meeting))
        self.story.at(meeting.start + timedelta(minutes=20), lambda: self._call(meeting))
        self.story.at(end - timedelta(minutes=5), lambda: self._validate(meeting))

    def _stage(self, meeting: Meeting) -> Any:
        return next(one for one in self.stages if meeting.number in one["sessions"])

    def _machines(self, stage: Any) -> tuple[str, ...]:
        """What is learnt in a stage is done on its machines; what was learnt, on some of those before."""
        aimed = {one["code"] for one in stage["competencies"]}
        found = [
            self.year.safety[badge]["opens"][0]
            for badge in self.badges
            if aimed & {one["code"] for one in self.year.safety[badge]["competencies"] if one["code"][:3] != "SEC"}
        ]
        usual = HANDS_ON if self.group.pathway == "TREMPLIN" else HANDS_ON[:3]
        return tuple(dict.fromkeys(found or (usual if stage["code"] in ("FAB", "PAR") else ())))

    def _join(self, number: int) -> None:
        waiting = self.story.redirected.get(self.group.pathway, [])
        if self.group.pathway == "PASSEUR":
            who = self._passeur()
        elif waiting:
            who = waiting.pop(0)
        else:
            who = self._newcomer()
        self.diligence[who] = self.chance.choice((1.0, 0.97, 0.95, 0.9, 0.85, 0.7))
        if number % 5 == 3:
            self.play.enrol(self.lead, who, self.name, act="refer")
            self.story.at(self.story.now + timedelta(hours=30), lambda: self._admit(who))
        else:
            self._enrol(who)

    def _reason(self, who: str) -> str | None:
        unusual = self.year.is_unusual(who, self.group.pathway, local_day(self.story.now))
        return self.chance.choice(("prescriber", "team", "with_group")) if unusual else None

    def _enrol(self, who: str) -> None:
        self.play.enrol(self.lead, who, self.name, reason=self._reason(who))

    def _admit(self, who: str) -> None:
        self.play.admit(self.second, who, self.name, reason=self._reason(who))

    def _passeur(self) -> str:
        who = Passeurs(self.story).candidate()
        assert who is not None, "nobody has finished a first pathway"
        return who

    def _newcomer(self) -> str:
        """Somebody comes to the desk: nearly always of the age and situation foreseen."""
        youngest, oldest, situation = USUAL[self.group.pathway]
        age = self.chance.randint(youngest, oldest) + (2 if self.story.happens(0.04) else 0)
        if self.story.happens(0.03):
            situation = "integration" if situation != "integration" else "dropped_out"
        birth = date(2026 - age, self.chance.randint(1, 8), self.chance.randint(1, 28))
        who = last_name(next(self.story.recruits))
        self.play.arrive(self.second, who, self.chance.choice(FIRST_NAMES), birth, situation)
        if age < 18:
            self.play.agree(self.second, who, "participation")
        return who

    # --- sessions ---

    def _going(self, meeting: Meeting) -> list[str]:
        return self.year.members(self.name, local_day(meeting.start))

    def _apologise(self, meeting: Meeting) -> None:
        if self.year.lessons[self.key(meeting)].cancelled or meeting.number == 1:
            return
        who = self.chance.choice([one for one in self._going(meeting) if one not in self.ghosts])
        self.play.sorry(who, self.key(meeting))
        if self.story.happens(0.2):
            self.play.after_all(who, self.key(meeting))
        else:
            self.sorry.add((meeting.number, who))

    def _call(self, meeting: Meeting) -> None:
        if self.year.lessons[self.key(meeting)].cancelled:
            return
        marks = {who: self._mark(who, meeting) for who in self._going(meeting)}
        self.play.call(self.lead, self.key(meeting), marks)
        late = next((who for who, (status, _minutes) in marks.items() if status == "absent"), None)
        if late is not None and late not in self.ghosts and self.story.happens(0.25):
            # Noted absent, and there after all: the roll is sent again.
            self.play.call(self.second, self.key(meeting), marks | {late: ("late", 45)})

    def _mark(self, who: str, meeting: Meeting) -> tuple[str, int]:
        if who in self.ghosts:
            return ("absent", 0)
        if (meeting.number, who) in self.sorry:
            return ("excused", 0)
        if meeting.number > 1 and not self.story.happens(self.diligence.get(who, 1)):
            return self.chance.choice((("absent", 0), ("absent", 0), ("excused", 0)))
        return ("late", self.chance.choice((5, 10, 20))) if self.story.happens(0.05) else ("present", 0)

    def _validate(self, meeting: Meeting) -> None:
        """What was seen in the session, what was missed before, and the badges that follow."""
        lesson = self.year.lessons[self.key(meeting)]
        if lesson.cancelled:
            return
        present = [who for who in lesson.marks or {} if lesson.came(who)]
        stage = self._stage(meeting)
        turn = stage["sessions"].index(meeting.number)
        aims = [one for at in range(turn + 1) for one in stage["competencies"][at :: len(stage["sessions"])]]
        self._grid(meeting, stage, [(who, one) for who in present for one in [*aims, *self._chosen(who, stage)]])
        if meeting.number == len(self.group.meetings) // 2 + 1 or meeting is self.group.meetings[-1]:
            for one in self.stages[: self.stages.index(stage)]:
                aims = one["competencies"]
                self._grid(meeting, one, [(who, aim) for who in present for aim in [*aims, *self._chosen(who, one)]])
        if meeting.number == stage["sessions"][-1]:
            self._hand_over(present)

    def _chosen(self, who: str, stage: Any) -> list[dict[str, Any]]:
        choice = stage.get("chosen_competencies")
        if choice is None:
            return []
        mine = self.choices.setdefault(who, self.chance.sample(choice["among"], choice["count"]))
        return [{"code": code, "level": choice["level"]} for code in mine]

    def _grid(self, meeting: Meeting, stage: Any, aims: list[tuple[str, dict[str, Any]]]) -> None:
        cells = []
        for who, aim in aims:
            drawn = self.chance.random()
            level = aim["level"] if drawn < 0.93 else aim["level"] - 1 if drawn < 0.97 else 0
            if level and drawn < 0.03:
                level = min(4, level + 1)
            if level > self.year.reached(who, aim["code"], self.lead):
                cells.append((who, aim["code"], level))
        if not cells:
            return
        form_key = self.play.validate(self.lead, self.key(meeting), stage["code"], cells)
        if self.story.happens(0.06):
            self.story.at(self.story.now + timedelta(days=1), lambda: self._correct(form_key))
        elif self.story.happens(0.02):
            self.play.take_back(self.lead, form_key, same_day=True)
        elif self.story.happens(0.02):
            self.story.at(
                self.story.now + timedelta(days=1), lambda: self.play.take_back("chloe", form_key, same_day=False)
            )

    def _correct(self, form_key: str) -> None:
        standing = [line for line in self.year.batches[form_key] if line.stands]
        if standing:
            line = self.chance.choice(standing)
            level = self.chance.choice([one for one in (0, 1, 2, 3) if one != line.level])
            self.play.correct(self.lead, form_key, line, level)

    def _hand_over(self, present: list[str]) -> None:
        now = self.story.now
        for badge in self.badges:
            able = [
                who for who in present if self.year.state(who, badge, now) is None and self.year.ready(who, badge, now)
            ]
            able = [who for who in able if self.story.happens(0.9)]
            if able:
                self.play.hand_over(self.lead, badge, able)

    # --- after ---

    def _somebody_leaves(self) -> None:
        now, pathway = self.story.now, self.group.pathway
        staying = [
            who
            for who in self.year.members(self.name, local_day(now))
            if self.year.followed(who, pathway).status == "under_way"
        ]
        if not staying:
            return
        who, way = self.chance.choice(staying), self.chance.choice(WAYS_OUT)
        towards = ELSEWHERE.get(pathway) if way == "redirected" else None
        if way == "redirected" and (towards is None or self.year.course(who, towards) is not None):
            way, towards = "dropped", None
        self.play.leave(self.second, who, pathway, way, towards)
        if towards:
            self.story.redirected.setdefault(towards, []).append(who)
        elif self.story.happens(0.3) and not self.year.is_full(self.name):
            self.story.at(now + timedelta(hours=4), lambda: self.play.come_back(self.second, who, pathway))

    def _open_lab(self) -> None:
        """Who has nearly finished shows the rest in the open lab."""
        for course in self.year.of_group(self.name):
            if course.status != "under_way" or not self.story.happens(0.7):
                continue
            missing: dict[str, int] = {}
            for stage in self.stages:
                for aim in [*stage["competencies"], *self._chosen(course.who, stage)]:
                    if aim["level"] > self.year.reached(course.who, aim["code"], self.lead):
                        missing[aim["code"]] = max(aim["level"], missing.get(aim["code"], 0))
            if missing:
                self.play.validate_alone(
                    self.lead, course.who, [(course.who, code, level) for code, level in missing.items()]
                )
        self._hand_over([one.who for one in self.year.of_group(self.name) if one.status in ("under_way", "finished")])
