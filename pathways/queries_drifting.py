"""Who drifts away: silence counted in sessions due and missed, never in days when the house was shut."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fablab import clock
from fablab.people.models import Person
from pathways.models_groups import OPEN_ENROLMENT, PRESENT, Attendance, Enrolment, TrainingSession
from pathways.models_outreach import Outreach
from pathways.models_pathways import PathwayVersion
from pathways.values_outreach import MISSED

#: a session that took place and whose roll was called: its id, its local day
Held = tuple[int, date]


@dataclass(frozen=True)
class Drifting:
    """Somebody under way who did not come lately: sessions missed in a row, the last day seen, the last call."""

    enrolment: Enrolment
    missed: int
    last_seen: date | None
    last: Outreach | None

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.enrolment.person

    def is_aside(self, today: date) -> bool:
        """Whether somebody set them aside until a later day."""
        return self.last is not None and self.last.aside_until is not None and self.last.aside_until > today


class Follower(NamedTuple):
    """What is needed of an enrolment to count its silence: most are read for that alone."""

    id: int
    person_id: int
    group_id: int | None
    enrolled_on: date


def drifting(session: Session, now: datetime) -> list[Drifting]:
    """Those under way in a group who missed the last sessions, the longest silence first. Five statements at most.

    A session counts once its roll was called, from the day of the enrolment on: a cancelled session, a holiday or a
    roll nobody called is no absence. A group without a session to come has nothing that one could come back to;
    somebody at their own pace owes no session: neither is listed.
    """
    silences = _silences(session, _under_way(session, now), now)
    silent = {id_: silence for id_, silence in silences.items() if silence[0] >= MISSED}
    last: dict[int, Outreach] = {}
    for call in calls_of(session, silent):
        if call.taken_back_at is None:
            last.setdefault(call.enrolment_id, call)
    listed = [Drifting(one, *silent[one.id], last.get(one.id)) for one in _enrolments(session, silent)]
    return sorted(listed, key=lambda one: (-one.missed, one.person.last_name, one.enrolment.id))


def silence_of(session: Session, enrolment: Enrolment, now: datetime) -> tuple[int, date | None]:
    """The sessions that one enrolment missed in a row, and the last day they were seen."""
    follower = Follower(enrolment.id, enrolment.person_id, enrolment.group_id, enrolment.enrolled_on)
    return _silences(session, [follower], now)[enrolment.id]


def calls_of(session: Session, enrolment_ids: Collection[int]) -> Sequence[Outreach]:
    """What was noted about these enrolments, taken back or not, the latest first."""
    if not enrolment_ids:
        return []
    noted = select(Outreach).where(Outreach.enrolment_id.in_(enrolment_ids)).options(joinedload(Outreach.by))
    return session.scalars(noted.order_by(Outreach.at.desc(), Outreach.id.desc())).all()


def _under_way(session: Session, now: datetime) -> list[Follower]:
    to_come = select(TrainingSession.group_id).where(
        TrainingSession.status == "planned", TrainingSession.starts_at > now
    )
    running = select(Enrolment.id, Enrolment.person_id, Enrolment.group_id, Enrolment.enrolled_on).where(
        Enrolment.status.in_(OPEN_ENROLMENT), Enrolment.ended_on.is_(None), Enrolment.group_id.in_(to_come)
    )
    return [Follower(*row) for row in session.execute(running)]


def _enrolments(session: Session, ids: Collection[int]) -> Sequence[Enrolment]:
    if not ids:
        return []
    found = select(Enrolment).where(Enrolment.id.in_(ids))
    found = found.options(
        joinedload(Enrolment.person),
        joinedload(Enrolment.group),
        joinedload(Enrolment.version).joinedload(PathwayVersion.pathway),
    )
    return session.scalars(found).all()


def _silences(session: Session, followers: Sequence[Follower], now: datetime) -> dict[int, tuple[int, date | None]]:
    """Sessions missed in a row and the last day seen, by enrolment id."""
    held = _held(session, {one.group_id for one in followers if one.group_id is not None}, now)
    lessons = [lesson for held_by_group in held.values() for lesson, _day in held_by_group]
    present = select(Attendance.person_id, Attendance.session_id).where(
        Attendance.session_id.in_(lessons), Attendance.status.in_(PRESENT)
    )
    came = {(person_id, lesson) for person_id, lesson in session.execute(present)}
    return {one.id: _silence(one, held[one.group_id or 0], came) for one in followers}


def _silence(follower: Follower, held: Sequence[Held], came: Collection[tuple[int, int]]) -> tuple[int, date | None]:
    missed = 0
    for lesson, day in held:
        if day < follower.enrolled_on:
            break
        if (follower.person_id, lesson) in came:
            return missed, day
        missed += 1
    return missed, None


def _held(session: Session, group_ids: Collection[int], now: datetime) -> dict[int, list[Held]]:
    """The sessions of these groups whose roll was called, the latest first."""
    rows = session.execute(
        select(TrainingSession.group_id, TrainingSession.id, TrainingSession.starts_at)
        .where(
            TrainingSession.group_id.in_(group_ids),
            TrainingSession.status == "planned",
            TrainingSession.ends_at <= now,
            TrainingSession.attendance_at.is_not(None),
        )
        .order_by(TrainingSession.starts_at.desc())
    )
    held: dict[int, list[Held]] = defaultdict(list)
    for group_id, lesson, start in rows:
        held[group_id].append((lesson, clock.local_day(start)))
    return held
