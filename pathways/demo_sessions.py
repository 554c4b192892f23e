"""The demonstration's sessions: who comes, what is validated, which badges are handed over."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from fablab import clock
from fablab.db import db
from fablab.demo_story import Story
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, actions_proofs
from pathways.demo_course import Course, StageOf
from pathways.demo_plan import Meeting, PlannedGroup
from pathways.models_badges import Badge
from pathways.models_groups import Enrolment, Group, TrainingSession
from pathways.queries_ready import Ready, ready_to_hand_over
from pathways.values_evidence import ProofLevels
from pathways.values_sessions import PartWish
from pathways.values_validating import Cell

ASKED_FROM = ProofLevels().piece_from_level


@dataclass
class Learner:
    """Somebody in a group: how regularly they come, the stage past which they do not go, what they reached."""

    person_id: int
    diligence: float
    ceiling: str | None = None
    levels: dict[int, int] = field(default_factory=dict)
    gone: bool = False


@dataclass
class Lived:
    """A group while its story is told."""

    story: Story
    course: Course
    planned: PlannedGroup | None
    team: dict[str, int]
    day: date
    learners: list[Learner] = field(default_factory=list)
    group_id: int = 0
    sorry: set[tuple[int, int]] = field(default_factory=set)

    @property
    def name(self) -> str:
        """What its chance hangs on."""
        return self.planned.name if self.planned else "alone"

    @property
    def start(self) -> datetime:
        """When it first meets."""
        assert self.planned is not None
        return self.planned.start

    def open(self, group_id: int, now: datetime) -> None:
        """Plan every session, and say what will happen in each."""
        assert self.planned is not None
        self.group_id = group_id
        for meeting in self.planned.meetings:
            self._plan(meeting, now)
        last = self.planned.meetings[-1]
        self.story.at_work((last.elsewhere_until or last.slot.end) + timedelta(days=1), self._close, late=True)
        chance = self.story.chance("leaver", self.name)
        regular = [learner for learner in self.learners if learner.ceiling is None and learner.diligence < 0.8]
        if regular and len(self.planned.meetings) > 3:
            learner = chance.choice(regular)
            at = self.planned.meetings[len(self.planned.meetings) // 2].slot.end + timedelta(days=1)
            self.story.at_work(
                at, lambda now: self._leave(learner, chance.choice(("dropped", "moved_away")), now), late=True
            )

    def _leads(self, meeting: Meeting) -> tuple[int, ...]:
        pairs = (("samir", "bastien"), ("chloe", "awa"))
        pair = pairs[clock.local_day(meeting.slot.start).toordinal() % 2]
        return tuple(self.team[mailbox] for mailbox in pair[: max(2, self.course.adults)])

    def _plan(self, meeting: Meeting, now: datetime) -> None:
        stage = self.course.stage_of(meeting.number)
        parts = [PartWish(meeting.slot.start, meeting.slot.end, self.course.machines_of(meeting.number))]
        if meeting.elsewhere_until is not None:
            parts.append(PartWish(meeting.slot.end, meeting.elsewhere_until, elsewhere="Atelier commun"))
        group = db.session.get_one(Group, self.group_id)
        leads = self._leads(meeting)
        by = db.session.get_one(Person, leads[0])
        planned = actions.plan_session(group, stage.title, parts, leads, by, now, stage_id=stage.id)
        session_id = planned.session.id
        self.story.at(meeting.slot.start - timedelta(hours=16), lambda at: self._apologise(meeting, session_id, at))
        self.story.at(meeting.slot.start + timedelta(minutes=20), lambda at: self._roll(meeting, session_id, at))

    def _coming(self) -> list[Learner]:
        return [learner for learner in self.learners if not learner.gone]

    def _apologise(self, meeting: Meeting, session_id: int, now: datetime) -> None:
        """Some say beforehand that they cannot come; one of them comes after all."""
        chance = self.story.chance("sorry", self.name, meeting.number)
        for learner in self._coming():
            if chance.random() < (1 - learner.diligence) / 2:
                person = db.session.get_one(Person, learner.person_id)
                actions.say_cannot_come(db.session.get_one(TrainingSession, session_id), person, now)
                if chance.random() < 0.1:
                    later = now + timedelta(hours=1)
                    actions.take_apology_back(db.session.get_one(TrainingSession, session_id), person, later)
                else:
                    self.sorry.add((meeting.number, learner.person_id))

    def _roll(self, meeting: Meeting, session_id: int, now: datetime) -> None:
        """Attendance is taken; what is learnt is validated as the session ends."""
        chance = self.story.chance("roll", self.name, meeting.number)
        marks: dict[int, tuple[str, int]] = {}
        absent = {person_id for number, person_id in self.sorry if number == meeting.number}
        for learner in (one for one in self._coming() if one.person_id not in absent):
            if chance.random() > learner.diligence:
                marks[learner.person_id] = ("absent", 0)
                absent.add(learner.person_id)
            elif chance.random() < 0.06:
                marks[learner.person_id] = ("late", chance.choice((5, 10, 15, 20)))
        lead = db.session.get_one(Person, self._leads(meeting)[0])
        training_session = db.session.get_one(TrainingSession, session_id)
        actions.take_attendance(training_session, marks, lead, now)
        present = [learner for learner in self._coming() if learner.person_id not in absent]
        end = meeting.slot.end
        self.story.at(end, lambda at: self._validate(meeting, session_id, present, at))

    def _validate(self, meeting: Meeting, session_id: int, present: Sequence[Learner], now: datetime) -> None:
        """What was seen in the session, and what was missed before, for those who are there."""
        if self._is_yesterday(meeting):
            return  # left for whoever opens the demonstration
        chance = self.story.chance("validate", self.name, meeting.number)
        stage = self.course.stage_of(meeting.number)
        so_far = [target for number in stage.sessions if number < meeting.number for target in stage.targets_of(number)]
        earlier = [
            target for one in self.course.stages if one.sessions[0] < stage.sessions[0] for target in one.targets
        ]
        cells = []
        for learner in present:
            for target in (*stage.targets_of(meeting.number), *earlier, *so_far):
                level = self._level(learner, target, stage, chance.random())
                if level > learner.levels.get(target[0], 0):
                    learner.levels[target[0]] = level
                    cells.append(Cell(learner.person_id, target[0], level))
        self._save(session_id, cells, self._author(meeting), f"{self.name}:{meeting.number}", now)
        self._tick(meeting, [learner for learner in present if learner.ceiling is not None], now)
        if {cell.competency_id for cell in cells} & self.course.needed:
            self.story.at(now + timedelta(minutes=5), lambda at: self._hand_over(meeting, at))

    def _tick(self, meeting: Meeting, cast: Sequence[Learner], now: datetime) -> None:
        """What those whom one looks at have shown: all that a stage expects as it ends, and something of their own."""
        stage, author = self.course.stage_of(meeting.number), db.session.get_one(Person, self._author(meeting))
        codes = [one.code for one in self.course.stages]
        for learner in cast:
            to_go = codes.index(learner.ceiling or codes[-1]) - codes.index(stage.code)
            shown = stage.proofs if to_go > 0 else stage.proofs[:1] if to_go == 0 else ()
            if meeting.number == stage.sessions[-1 if to_go > 0 else 0]:
                person = db.session.get_one(Person, learner.person_id)
                for proof in shown:
                    actions_proofs.tick(person, self.course.code, codes.index(stage.code) + 1, proof, author, now)

    def _level(self, learner: Learner, target: tuple[int, int], stage: StageOf, drawn: float) -> int:
        """The level given this time: the target, one below, or none yet; nothing past somebody's ceiling."""
        if learner.ceiling is not None:
            codes = [one.code for one in self.course.stages]
            own = next(one for one in self.course.stages if target in one.targets)
            behind = codes.index(own.code) - codes.index(learner.ceiling)
            if behind > 0 or (behind == 0 and own.targets.index(target) == len(own.targets) - 1):
                return 0
            return target[1]
        if learner.diligence >= 1 or drawn < 0.90 * learner.diligence + 0.08:
            return target[1]
        return max(target[1] - 1, 0) if drawn < 0.97 else 0

    def _author(self, meeting: Meeting) -> int:
        return self._leads(meeting)[0]

    def _is_yesterday(self, meeting: Meeting) -> bool:
        """Whether it is the last session of a group still running, in the days before the demonstration's."""
        assert self.planned is not None
        morning = clock.at(self.day, time())
        past = [one for one in self.planned.meetings if one.slot.end <= morning]
        recent = morning - meeting.slot.end < timedelta(days=5)
        return recent and meeting is past[-1] and self.course.code == "DECLIC"

    def _save(self, session_id: int | None, cells: list[Cell], author_id: int, key: str, now: datetime) -> None:
        if not cells:
            return
        with_file = self.course.with_file
        author = db.session.get_one(Person, author_id)
        # Where a photo or a file is asked and nobody took one, the facilitator says what they did: they watched.
        cells = [
            replace(one, evidence="observation") if one.level >= ASKED_FROM and one.competency_id in with_file else one
            for one in cells
        ]
        try:
            actions.validate_batch(session_id, author, cells, key=f"demo:{key}"[:64], now=now)
        except Refused as refused:
            if refused.codes != ["already_reached"]:
                raise

    def _hand_over(self, meeting: Meeting | None, now: datetime) -> None:
        """Badges that are ready, most of them: the prerequisite of all first, then what it opened."""
        author = db.session.get_one(Person, self._author(meeting) if meeting else self.team["samir"])
        ids = [learner.person_id for learner in self._coming()]
        for _round in range(2):
            ready = [
                one
                for one in ready_to_hand_over(db.session(), now, person_ids=ids)
                if one.earlier is None and not self._kept_for_the_demonstration(one)
            ]
            by_badge: dict[int, list[Person]] = {}
            for one in ready:
                chance = self.story.chance(
                    "badge", one.person.full_name, one.badge.code, self.name, meeting and meeting.number
                )
                if not self._left_ready(now) or chance.random() < 0.4:
                    by_badge.setdefault(one.badge.id, []).append(one.person)
            for badge_id, people in by_badge.items():
                actions.hand_over(db.session.get_one(Badge, badge_id), people, author, now)
            if not by_badge:
                return

    def _kept_for_the_demonstration(self, ready: Ready) -> bool:
        """Whether the badge rests on the stage somebody of the cast is in: it waits for whoever looks."""
        learner = next(one for one in self.learners if one.person_id == ready.person.id)
        if learner.ceiling is None:
            return False
        aimed = {competency for competency, _level in self.course.stage(learner.ceiling).targets}
        return any(need.competency_id in aimed for need in ready.badge.requirements)

    def _left_ready(self, now: datetime) -> bool:
        """Whether some badges stay to be handed over: those of the last days."""
        return clock.at(self.day, time()) - now < timedelta(days=8)

    def _leave(self, learner: Learner, status: str, now: datetime) -> None:
        found = select(Enrolment).where(Enrolment.person_id == learner.person_id, Enrolment.group_id == self.group_id)
        enrolment = db.session.scalars(found).one()
        if enrolment.ended_on is None:
            actions.leave(enrolment, status, db.session.get_one(Person, self.team["chloe"]), now)
            learner.gone = True

    def _close(self, now: datetime) -> None:
        actions.close_group(
            db.session.get_one(Group, self.group_id), db.session.get_one(Person, self.team["chloe"]), now
        )

    def validate_alone(self, learner: Learner, stage_code: str, partly: bool, now: datetime) -> None:
        """What somebody at their own pace shows at the open lab: a stage, or half of it."""
        stage = self.course.stage(stage_code)
        targets = [*stage.choice, *stage.targets]
        cells = [Cell(learner.person_id, *target) for target in (targets[: len(targets) // 2] if partly else targets)]
        self._save(None, cells, self.team["samir"], f"alone:{learner.person_id}:{stage_code}", now)
        self._hand_over(None, now + timedelta(minutes=5))
