"""The demonstration's training: the groups that fit, their members, what is lived in each session.

Everything is done through the actions, at the moment it happens, so that no demonstration fact breaks a rule.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bookings import queries_closures
from bookings.models import Resource
from bookings.queries_house import house_of
from bookings.values import Slot
from fablab import clock
from fablab.db import db
from fablab.demo_story import Story
from fablab.people import demo as people
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, demo_own_pace, demo_versions, queries_frames
from pathways.demo_course import Course
from pathways.demo_plan import Offer, PlannedGroup, YearPlan, nearest_start, plan_year
from pathways.demo_sessions import Learner, Lived
from pathways.models_badges import Badge
from pathways.models_groups import Group
from pathways.models_pathways import Pathway, PathwayVersion, Stage, StageTarget
from pathways.queries_groups import enrolments_of
from pathways.values import school_year
from pathways.values_papers import PARENTAL, PHOTOS

#: groups of the past told too, by pathway: about how many days before the day they began
PAST = {"DECLIC": (360, 290, 250, 205), "REBOND": (365, 300, 240), "TREMPLIN": (370,)}
#: a group is opened, filled and planned this long before it begins
AHEAD = timedelta(days=21)
AGES = {"DECLIC": (11, 17), "REBOND": (16, 24), "TREMPLIN": (17, 25)}
SITUATIONS = {"DECLIC": "in_school", "REBOND": "dropped_out", "TREMPLIN": "integration"}
STAGES = ("EXP", "APP", "FAB", "PAR")
#: badges that somebody of the team may not hand over; everything else they may
WITHOUT = {"samir": (), "chloe": (), "bastien": ("BS-LASER", "BS-CNC"), "awa": ("BS-LASER", "BS-CNC", "BS-OUTILS")}
#: who followed which past group before becoming a passeur, by handle
FORMER = {"chouette-78": ("DECLIC", 205), "rabot-25": ("DECLIC", 250), "nivolet-67": ("REBOND", 240),
          "sapin-89": ("TREMPLIN", 370)}  # fmt: skip


@dataclass
class Training:
    """What the training of the demonstration knows while it is told; ids, since every action reads afresh."""

    story: Story
    day: date
    team: dict[str, int]
    cast: dict[str, int]
    small: bool = False
    courses: dict[str, Course] = field(default_factory=dict)
    lived: list[Lived] = field(default_factory=list)

    def prepare(self) -> list[str]:
        """Put the year's happenings into the story. Gives the lines that say how many groups fit."""
        session = db.session()
        self.courses = read_courses(session)
        this_year, last_year = self._plan(session, self.day), self._plan(session, self.day - timedelta(days=365))
        told = self._choose(this_year, last_year)
        names = people.crowd(self.story.chance("names"))
        members = self._cast_in(told)
        for planned in told:
            learners = members.get(planned.name, [])
            lived = Lived(self.story, self.courses[planned.code], planned, self.team, self.day, learners)
            self.lived.append(lived)
            self.story.at_work(planned.start - AHEAD, partial(self._open, lived, names))
        self.story.at_work(clock.at(self.day - timedelta(days=430), time(9)), self._give_rights)
        self.story.at_work(clock.at(self.day - timedelta(days=4), time(10)), self._prepare_a_version)
        for one in people.YOUNG:
            if one.pathway == "PASSEUR" and one.handle in FORMER:
                self._plan_passeur(one, told)
        return say_what_fits(this_year, session, clock.at(self.day, time()))

    # --- which groups -----------------------------------------------------------------------------

    def _plan(self, session: Session, day: date) -> YearPlan:
        first, last = school_year(day)
        first += timedelta(days=6)  # the first days of September are for enrolling
        return plan_year(group_windows(session, first, last), offers(session), str(first.year))

    def _choose(self, this_year: YearPlan, last_year: YearPlan) -> list[PlannedGroup]:
        """Some of the past, all that runs, and what begins within six weeks."""
        horizon = clock.at(self.day + timedelta(days=42), time())
        past = [group for group in (*last_year.groups, *this_year.groups)]
        found: dict[str, PlannedGroup] = {}
        for code, days_before in PAST.items():
            for days in days_before:
                old = [one for one in past if one.code == code and one.name not in found]
                if (group := nearest_start(old, self.day - timedelta(days=days))) is not None:
                    found[group.name] = group
        coming = [group for group in this_year.groups if group.start < horizon]
        if self.small:
            coming = [group for group in coming if group.code == "DECLIC"][-3:]
            found = {name: group for name, group in found.items() if group.code == "DECLIC"}
        found |= {group.name: group for group in coming}
        return sorted(found.values(), key=lambda group: (group.start, group.name))

    def _cast_in(self, told: Sequence[PlannedGroup]) -> dict[str, list[Learner]]:
        """The cast by the name of their group: one that has reached their stage, the nearest to it."""
        found: dict[str, list[Learner]] = {}
        morning = clock.at(self.day, time())
        for one in people.YOUNG:
            if one.pathway == "PASSEUR":
                code, days = FORMER[one.handle]
                group = nearest_start([g for g in told if g.code == code], self.day - timedelta(days=days))
                learner = Learner(self.cast[one.handle], diligence=1.0)
            else:
                reached = [g for g in told if g.code == one.pathway and self._stage_of(g, morning) is not None]
                wanted = STAGES.index(one.stage)
                enough = [g for g in reached if (self._stage_of(g, morning) or 0) >= wanted]
                group = min(enough, key=lambda g: (self._stage_of(g, morning) or 0, -g.start.timestamp()), default=None)
                learner = Learner(self.cast[one.handle], diligence=0.98, ceiling=one.stage)
            if group is not None:
                found.setdefault(group.name, []).append(learner)
        return found

    def _stage_of(self, group: PlannedGroup, at: datetime) -> int | None:
        """Which stage a group has reached (0 to 3); None before it begins."""
        past = [meeting.number for meeting in group.meetings if meeting.slot.end <= at]
        return STAGES.index(self.courses[group.code].stage_of(past[-1]).code) if past else None

    # --- a group ----------------------------------------------------------------------------------

    def _open(self, lived: Lived, names: Iterable[tuple[str, str]], now: datetime) -> None:
        """Open a group, fill it and plan its sessions."""
        course, by = lived.course, self._person("chloe")
        chance = self.story.chance("group", lived.name)
        version = db.session.get_one(PathwayVersion, course.version_id)
        group = actions.open_group(version, lived.name, clock.local_day(lived.start), by, now)
        begun = lived.start < clock.at(self.day, time())
        if group.id % 5:  # of some groups nobody has said it yet
            self._say_frame(group, course.code, by, now)
        # Half of the groups that schools send: the school keeps what parents signed.
        without = any(not db.session.get_one(Person, one.person_id).authorisations for one in lived.learners)
        held = course.code == "DECLIC" and (group.id % 2 == 0 or without)
        if held:
            actions.say_held_by(group, "Collège des Platanes", by, now)
        size = course.group_min if self.small else chance.randint(course.group_min + 1, course.group_max)
        for learner in lived.learners:
            self._enrol(learner.person_id, version, group, now)
        iterator = iter(names)
        while len(lived.learners) < size:
            first_name, last_name = next(iterator)
            low, high = AGES[course.code]
            birth = people.birth_for(chance.randint(low, high), clock.local_day(now), chance)
            pin = people.pin_for(birth, chance)
            handle = self.story.chance("handle", first_name, last_name)
            person = people.make_one(first_name, last_name, birth, SITUATIONS[course.code], pin, by, now, handle)
            # Nobody comes to a session without a parent's word; for those to come, some papers are still missing.
            if chance.random() < 0.93 or (begun and not held):
                people.authorise(person, by, now, chance)
            lived.learners.append(Learner(person.id, diligence=chance.choice((0.98, 0.95, 0.9, 0.85, 0.7))))
            self._enrol(person.id, version, group, now)
        self._tick_papers(group, by, now, chance, 0.95 if begun else 0.6)
        lived.open(group.id, now)

    def _tick_papers(self, group: Group, by: Person, now: datetime, chance: random.Random, share: float) -> None:
        """Most papers come on the first day."""
        for enrolment in enrolments_of(db.session(), group.id):
            for paper in [one["paper"] for one in group.version.papers]:
                if paper not in (PARENTAL, PHOTOS) and chance.random() < share:
                    actions.receive_paper(enrolment, paper, clock.local_day(now), by, now)

    def _enrol(self, person_id: int, version: PathwayVersion, group: Group | None, now: datetime) -> None:
        person, by = db.session.get_one(Person, person_id), self._person("chloe")
        try:
            actions.enrol(person, version, by, now, group=group)
        except Refused as refused:
            if not all(refusal.soft for refusal in refused.refusals):
                raise
            actions.enrol(person, version, by, now, group=group, reason="prescriber")

    # --- rights, passeurs -------------------------------------------------------------------------

    def _give_rights(self, now: datetime) -> None:
        badges = db.session.scalars(select(Badge).where(Badge.kind == "safety").order_by(Badge.position)).all()
        since = clock.local_day(now)
        for mailbox, without in WITHOUT.items():
            for badge in badges:
                if badge.code not in without:
                    # A right that ends soon: the coordination will have to give it again.
                    until = self.day + timedelta(days=20) if (mailbox, badge.code) == ("awa", "BS-TEXTILE") else None
                    actions.give_right(self._person(mailbox), badge, since, until, self._person("nadia"), now)

    def _prepare_a_version(self, now: datetime) -> None:
        demo_versions.prepare(self._person("nadia"), now)

    def _plan_passeur(self, one: people.CastYoung, told: Sequence[PlannedGroup]) -> None:
        code, days = FORMER[one.handle]
        former = nearest_start([g for g in told if g.code == code], self.day - timedelta(days=days))
        if former is None:
            return
        wanted = STAGES.index(one.stage)
        start = max(former.end + timedelta(days=8), clock.at(self.day - timedelta(days=25 + 40 * wanted), time(17)))
        step = (clock.at(self.day, time()) - start) / (wanted + 2)
        self.story.at_work(start, partial(self._begin_passeur, self.cast[one.handle]))
        for number in range(wanted + 1):
            at = clock.at(clock.local_day(start + step * (number + 1)), time(17, 30))
            self.story.at_work(at, partial(self._progress, self.cast[one.handle], STAGES[number], number == wanted))

    def _begin_passeur(self, person_id: int, now: datetime) -> None:
        version = db.session.get_one(PathwayVersion, self.courses["PASSEUR"].version_id)
        self._enrol(person_id, version, None, now)
        demo_own_pace.accept(person_id, now + timedelta(minutes=10))

    def _progress(self, person_id: int, stage: str, partly: bool, now: datetime) -> None:
        """A passeur lives a stage at the open lab, wholly or half of it, and is noted there."""
        learner = Learner(person_id, diligence=1.0)
        if stage == "APP":
            demo_own_pace.choose(person_id, now - timedelta(hours=3))
        demo_own_pace.afternoon(person_id, self._person("samir"), now)
        lived = Lived(self.story, self.courses["PASSEUR"], None, self.team, self.day, [learner])
        lived.validate_alone(learner, stage, partly, now)

    def _say_frame(self, group: Group, pathway: str, by: Person, now: datetime) -> None:
        """Schools come in school time; one funder of two pays what it pays for."""
        pays = {one.code: one.id for one in queries_frames.schemes(db.session())}
        frame = {"DECLIC": "school", "REBOND": "accompanied"}.get(pathway, "training")
        wanted = ("DI-10" if group.id % 2 else "DI-07") if pathway == "DECLIC" else "DI-04" if group.id % 2 else "DI-13"
        actions.say_frame(group, frame, pays.get(wanted), by, now)

    def _person(self, mailbox: str) -> Person:
        return db.session.get_one(Person, self.team[mailbox])


def offers(session: Session) -> list[Offer]:
    """What the published pathways lived in groups ask of the calendar."""
    found = select(PathwayVersion).join(PathwayVersion.pathway).where(PathwayVersion.status == "published")
    return [
        Offer(
            version.pathway.code,
            version.short_title,
            version.session_count,
            version.session_hours * 60,
            version.per_week or 1,
            version.groups_per_year,
        )
        for version in session.scalars(found.order_by(Pathway.position))
        if not version.own_pace
    ]


def group_windows(session: Session, first: date, last: date) -> list[Slot]:
    """The Fablab's group windows of school weeks between two days, holidays and closures taken out."""
    house = house_of(session)
    floor = session.scalars(select(Resource).where(Resource.kind == "space").order_by(Resource.id)).first()
    if floor is None:
        return []
    span = Slot(clock.at(first, time()), clock.at(last, time()))
    around = {spot.id for spot in house.chain(floor.place_id)}
    every = queries_closures.shut_during(session, span)
    shut = [one for place_id, resource_id, one in every if place_id in around or resource_id == floor.id]
    found = []
    for window in house.open(floor.place_id, "group", first, last) or ():
        day = clock.local_day(window.start)
        closed = any(one.covers(window) for one in shut)
        if house.season(day) == "school" and not house.public_holiday(day) and not closed:
            found.append(window)
    return found


def read_courses(session: Session) -> dict[str, Course]:
    """The published pathways with their stages and targets, by code."""
    found = (
        select(PathwayVersion)
        .where(PathwayVersion.status == "published")
        .options(
            selectinload(PathwayVersion.stages).selectinload(Stage.targets).joinedload(StageTarget.competency),
            selectinload(PathwayVersion.pathway),
        )
    )
    return {version.pathway.code: Course.of(session, version) for version in session.scalars(found)}


def say_what_fits(plan: YearPlan, session: Session, now: datetime) -> list[str]:
    """«26 of 50 groups fit …», by pathway and by where they stand now."""
    found = select(PathwayVersion).join(PathwayVersion.pathway).where(PathwayVersion.status == "published")
    versions = session.scalars(found.order_by(Pathway.position)).all()
    lines = []
    fit = 0
    for version in versions:
        groups = plan.of(version.pathway.code)
        # At their own pace, passeurs need no group window.
        number = version.groups_per_year if version.own_pace else len(groups)
        fit += number
        over = sum(group.end <= now for group in groups)
        running = sum(group.start <= now < group.end for group in groups)
        what = (
            "at their own pace, during the open lab"
            if version.own_pace
            else f"{over} over, {running} under way, {len(groups) - over - running} to come"
        )
        lines.append(f"  {version.short_title}: {number} of {version.groups_per_year} ({what})")
    wanted = sum(version.groups_per_year for version in versions)
    first = f"{fit} of the {wanted} groups wanted fit in the {plan.windows} group windows of the year:"
    return [first, *lines]
