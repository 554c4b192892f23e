"""How often people came, as places filled and pathway badges count it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from pathways.models_groups import PRESENT, Attendance, Enrolment, Group, TrainingSession
from pathways.models_validations import Validation
from pathways.rules_badges import sessions_needed


@dataclass(frozen=True)
class Presence:
    """What somebody attended in an enrolment: how many times, of how many needed, and the first day."""

    count: int = 0
    needed: int = 0
    first_on: date | None = None

    @property
    def enough(self) -> bool:
        """Whether the attendance threshold of the pathway is reached."""
        return self.count >= self.needed


def presences(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, Presence]:
    """Presence by enrolment id. Four statements at most, whatever the number of enrolments.

    In a group each session attended counts, also those of another group of the same version since the
    enrolment. Somebody at their own pace, without a group, is present on each day on which they checked in
    at a machine or had something validated outside a session.
    """
    people = {enrolment.person_id for enrolment in enrolments}
    attended = _attended(session, people)
    alone = {enrolment.person_id for enrolment in enrolments if enrolment.group_id is None}
    days = _days_alone(session, alone) if alone else {}
    held = _sessions_held(session, {e.group_id for e in enrolments if e.group_id is not None})
    return {e.id: _presence(e, attended[e.person_id], days.get(e.person_id, set()), held) for e in enrolments}


def _presence(
    enrolment: Enrolment, attended: list[tuple[int, frozenset[int], datetime]], days: set[date], held: dict[int, int]
) -> Presence:
    version = enrolment.version
    # Whoever was moved to another version came to the sessions of the one before too.
    followed = {enrolment.version_id, *(enrolment.earlier_versions or ())}
    came = [
        clock.local_day(start)
        for group_id, versions, start in attended
        if group_id == enrolment.group_id or (followed & versions and clock.local_day(start) >= enrolment.enrolled_on)
    ]
    planned = version.session_count
    if enrolment.group_id is None:
        came += [day for day in days if day >= enrolment.enrolled_on and day not in set(came)]
    elif enrolment.group is not None and enrolment.group.closed_at is not None:
        # A group that ended early, or lost sessions, asks its percentage of what really took place.
        planned = min(planned, held.get(enrolment.group_id, 0))
    needed = sessions_needed(version.attendance_percent, planned)
    return Presence(len(came), needed, min(came, default=None))


def _attended(session: Session, people: Collection[int]) -> dict[int, list[tuple[int, frozenset[int], datetime]]]:
    """The sessions of each: group, the versions it has lived, and when."""
    rows = session.execute(
        select(
            Attendance.person_id,
            TrainingSession.group_id,
            Group.version_id,
            Group.earlier_versions,
            TrainingSession.starts_at,
        )
        .join(TrainingSession, TrainingSession.id == Attendance.session_id)
        .join(Group, Group.id == TrainingSession.group_id)
        .where(
            Attendance.person_id.in_(people),
            Attendance.status.in_(PRESENT),
            TrainingSession.status == "planned",
        )
    )
    found: dict[int, list[tuple[int, frozenset[int], datetime]]] = defaultdict(list)
    for person_id, group_id, version_id, earlier, start in rows:
        found[person_id].append((group_id, frozenset((version_id, *(earlier or ()))), start))
    return found


def _days_alone(session: Session, people: Collection[int]) -> dict[int, set[date]]:
    check_ins = select(Booking.holder_id, Booking.checked_in_at).where(
        Booking.holder_id.in_(people), Booking.checked_in_at.is_not(None), Booking.status.in_(("checked_in", "done"))
    )
    validated = select(Validation.person_id, Validation.at).where(
        Validation.person_id.in_(people), Validation.session_id.is_(None), Validation.corrects_id.is_(None)
    )
    found: dict[int, set[date]] = defaultdict(set)
    for person_id, moment in [*session.execute(check_ins), *session.execute(validated)]:
        if person_id is not None and moment is not None:
            found[person_id].add(clock.local_day(moment))
    return found


def _sessions_held(session: Session, groups: Collection[int]) -> dict[int, int]:
    if not groups:
        return {}
    rows = session.execute(
        select(TrainingSession.group_id, func.count())
        .where(
            TrainingSession.group_id.in_(groups),
            TrainingSession.status == "planned",
            TrainingSession.attendance_at.is_not(None),
        )
        .group_by(TrainingSession.group_id)
    )
    return {group_id: count for group_id, count in rows}
