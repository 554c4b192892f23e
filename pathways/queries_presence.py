"""How often people came, as places filled and pathway badges count it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import bindparam, func, select, union_all
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from fablab.ready import rows
from pathways.models_groups import PRESENT, Attendance, Enrolment, Group, TrainingSession
from pathways.models_own_pace import SessionHelper, Visit
from pathways.models_validations import Validation
from pathways.rules_badges import sessions_needed
from pathways.rules_own_pace import last_day, presence_minutes
from pathways.values_own_pace import Stretch


class Attended(NamedTuple):
    """A session that somebody attended: its group, and the versions that the group has lived."""

    group_id: int
    versions: frozenset[int]
    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        """The local day on which it began."""
        return clock.local_day(self.start)


@dataclass(frozen=True)
class Presence:
    """What somebody attended in an enrolment: sessions, or hours at one's own pace, how many needed, the first day."""

    count: int = 0
    needed: int = 0
    first_on: date | None = None
    unit: Literal["sessions", "hours"] = "sessions"

    @property
    def enough(self) -> bool:
        """Whether the attendance threshold of the pathway is reached."""
        return self.count >= self.needed


def presences(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, Presence]:
    """Presence by enrolment id. Four statements at most, whatever the number of enrolments.

    In a group each session attended counts, also those of another group of the same version since the
    enrolment. Somebody at their own pace, without a group, is present on each day on which the team noted their
    arrival at the open lab, they helped in a session, checked in at a machine or had something validated outside
    a session: hours are counted (pathways/rules_own_pace.py).
    """
    people = {enrolment.person_id for enrolment in enrolments}
    attended = _attended(session, people)
    alone = {enrolment.person_id for enrolment in enrolments if enrolment.group_id is None}
    days = _days_alone(session, alone) if alone else {}
    known = stretches_of(session, alone) if alone else {}
    held = _sessions_held(session, {e.group.id for e in enrolments if e.group is not None and e.group.closed_at})
    return {
        e.id: _own_pace(e, attended[e.person_id], known.get(e.person_id, {}), days.get(e.person_id, set()))
        if e.group_id is None
        else _presence(e, attended[e.person_id], held)
        for e in enrolments
    }


def _presence(enrolment: Enrolment, attended: Sequence[Attended], held: dict[int, int]) -> Presence:
    version = enrolment.version
    came = [one.day for one in attended if _of(enrolment, one)]
    planned = version.session_count
    if enrolment.group_id is not None and enrolment.group is not None and enrolment.group.closed_at is not None:
        # A group that ended early, or lost sessions, asks its percentage of what really took place.
        planned = min(planned, held.get(enrolment.group_id, 0))
    needed = sessions_needed(version.attendance_percent, planned)
    return Presence(len(came), needed, min(came, default=None))


def _own_pace(
    enrolment: Enrolment, attended: Sequence[Attended], known: Mapping[date, Sequence[Stretch]], days: set[date]
) -> Presence:
    version = enrolment.version
    by_day: dict[date, list[Stretch]] = defaultdict(list)
    for day, stretches in known.items():
        by_day[day] += stretches
    for one in attended:
        if _of(enrolment, one):
            by_day[one.day].append((one.start, one.end))
    first, last = enrolment.enrolled_on, last_day(enrolment.enrolled_on, version.max_months)
    minutes = presence_minutes(by_day, days, version.session_hours * 60, first, last)
    seen = [day for day in {*by_day, *days} if day >= first]
    needed = sessions_needed(version.attendance_percent, version.hours)
    return Presence(minutes // 60, needed, min(seen, default=None), "hours")


def _of(enrolment: Enrolment, one: Attended) -> bool:
    """Whether a session attended counts: of the group, or of any version followed, since the enrolment.

    Whoever was moved to another version came to the sessions of the one before too.
    """
    followed = {enrolment.version_id, *(enrolment.earlier_versions or ())}
    return one.group_id == enrolment.group_id or (bool(followed & one.versions) and one.day >= enrolment.enrolled_on)


def stretches_of(session: Session, people: Collection[int]) -> dict[int, dict[date, list[Stretch]]]:
    """When people were at the open lab, as the team noted it, or helped in a session, by person and day.

    Who has not left yet counts from their departure on. One statement.
    """
    visits = select(Visit.person_id, Visit.arrived_at, Visit.left_at).where(
        Visit.person_id.in_(people), Visit.left_at.is_not(None), Visit.taken_back_at.is_(None)
    )
    helped = (
        select(SessionHelper.person_id, TrainingSession.starts_at, TrainingSession.ends_at)
        .join(TrainingSession, TrainingSession.id == SessionHelper.session_id)
        .where(
            SessionHelper.person_id.in_(people),
            SessionHelper.came.is_(True),
            SessionHelper.ended_at.is_(None),
            TrainingSession.status == "planned",
        )
    )
    found: dict[int, dict[date, list[Stretch]]] = defaultdict(lambda: defaultdict(list))
    both: Sequence[Any] = session.execute(union_all(visits, helped)).all()
    for person_id, start, end in both:
        if end is not None:
            found[person_id][clock.local_day(start)].append((start, end))
    return found


def _attended(session: Session, people: Collection[int]) -> dict[int, list[Attended]]:
    found: dict[int, list[Attended]] = defaultdict(list)
    for person_id, group_id, version_id, earlier, start, end in rows(session, _ATTENDED, {"people": list(people)}):
        found[person_id].append(Attended(group_id, frozenset((version_id, *(earlier or ()))), start, end))
    return found


_ATTENDED = (
    select(
        Attendance.person_id,
        TrainingSession.group_id,
        Group.version_id,
        Group.earlier_versions,
        TrainingSession.starts_at,
        TrainingSession.ends_at,
    )
    .join(TrainingSession, TrainingSession.id == Attendance.session_id)
    .join(Group, Group.id == TrainingSession.group_id)
    .where(
        Attendance.person_id.in_(bindparam("people", expanding=True)),
        Attendance.status.in_(PRESENT),
        TrainingSession.status == "planned",
    )
)


def _days_alone(session: Session, people: Collection[int]) -> dict[int, set[date]]:
    check_ins = select(Booking.holder_id, Booking.checked_in_at).where(
        Booking.holder_id.in_(people), Booking.checked_in_at.is_not(None), Booking.status.in_(("checked_in", "done"))
    )
    validated = select(Validation.person_id, Validation.at).where(
        Validation.person_id.in_(people), Validation.session_id.is_(None), Validation.corrects_id.is_(None)
    )
    found: dict[int, set[date]] = defaultdict(set)
    both: Sequence[Any] = session.execute(union_all(check_ins, validated)).all()
    for person_id, moment in both:
        if person_id is not None and moment is not None:
            found[person_id].add(clock.local_day(moment))
    return found


def _sessions_held(session: Session, groups: Collection[int]) -> dict[int, int]:
    if not groups:
        return {}
    found = session.execute(
        select(TrainingSession.group_id, func.count())
        .where(
            TrainingSession.group_id.in_(groups),
            TrainingSession.status == "planned",
            TrainingSession.attendance_at.is_not(None),
        )
        .group_by(TrainingSession.group_id)
    )
    return {group_id: count for group_id, count in found}
