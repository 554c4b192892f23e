"""Files that come to their end: found by time, said to the coordination, kept longer by a person, else erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from fablab import clock, house, journal
from fablab.db import db, known_id, transaction
from fablab.home import erasing_actions
from fablab.people import upkeep
from fablab.people.models import Person, RoleGrant
from fablab.people.models_access import OpenSession
from fablab.people.models_rights import DataRequest, FileEnding
from fablab.people.rules_keeping import (
    LONGER,
    PREFIX,
    KeepingRules,
    end_refusals,
    ends_on,
    forgotten_since,
    keep_refusals,
)
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways.models import Attendance, Enrolment, TrainingSession, Validation, Visit


@dataclass(frozen=True)
class Ending:
    """A file that ends: whose, the last day on which something was heard, the day of its end, why it is kept."""

    file: FileEnding
    last_contact: date
    ends_on: date


def rules_of(session: Session) -> KeepingRules:
    """What the house decided."""
    months = house.settings(session).get(f"{PREFIX}.months_kept", KeepingRules.months_kept)
    return KeepingRules(months)


def endings(session: Session, now: datetime) -> Sequence[Ending]:
    """Every file said to end, the soonest first. Two statements."""
    files = session.scalars(select(FileEnding).options(joinedload(FileEnding.person), joinedload(FileEnding.kept_by)))
    held = files.all()
    last = _last_contacts(session, [one.person_id for one in held])
    found = [Ending(one, last[one.person_id], ends_on(one.listed_on, one.kept_until)) for one in held]
    return sorted(found, key=lambda one: (one.ends_on, one.file.person_id))


def keep(person: Person, why: str, by: Person, now: datetime) -> FileEnding:
    """Keep a file six months longer, and say why. Raises Refused: not_ending, why_missing."""
    with transaction() as session:
        upkeep.lock(session, person)
        found = session.get(FileEnding, person.id, populate_existing=True)
        if (refusals := keep_refusals(why, listed=found is not None)) or found is None:
            raise Refused(refusals)
        found.kept_until, found.kept_why = clock.local_day(now) + LONGER, why
        found.kept_by_id, found.kept_at = by.id, now
        journal.note(session, "file.keep", "person", person.id, by=by, now=now, why=why)
    return found


def let_end(person: Person, by: Person, now: datetime) -> None:
    """A file is kept no longer than time says. Nothing happens where it was not kept."""
    with transaction() as session:
        upkeep.lock(session, person)
        found = session.get(FileEnding, person.id, populate_existing=True)
        if found is None or found.kept_until is None:
            return
        found.kept_until = found.kept_why = found.kept_by_id = found.kept_at = None
        # From today on, so that whoever looks after this has their thirty days too.
        found.listed_on = clock.local_day(now)
        journal.note(session, "file.let_end", "person", person.id, by=by, now=now)


def look(now: datetime) -> str:
    """The job: say which files end, take those that live again off the list, erase those whose day has come."""
    today = clock.local_day(now)
    with transaction() as session:
        due = set(session.scalars(_silent(forgotten_since(today, rules_of(session)))))
        listed = set(session.scalars(select(FileEnding.person_id)))
        if lives := listed - due:
            session.execute(delete(FileEnding).where(FileEnding.person_id.in_(lives)))
        if new := sorted(due - listed):
            session.execute(insert(FileEnding), [{"person_id": one, "listed_on": today} for one in new])
    return f"{_erase_due(now)} erased, {len(new)} files ending"


def _erase_due(now: datetime) -> int:
    erased, session = 0, db.session()
    past = [one.file.person for one in endings(session, now) if one.ends_on <= clock.local_day(now)]
    for person in past:
        try:
            erasing_actions.erase(person, None, now, require=partial(_require_past, known_id(person), now))
        except Refused:
            continue  # something began this very moment, or somebody keeps it
        erased += 1
    return erased


def _require_past(person_id: int, now: datetime, session: Session) -> None:
    """Raise Refused (goes_on) where the file of somebody just locked does not end today after all."""
    today = clock.local_day(now)
    file = session.get(FileEnding, person_id, populate_existing=True)
    silent = _silent(forgotten_since(today, rules_of(session))).where(Person.id == person_id)
    past = file is not None and ends_on(file.listed_on, file.kept_until) <= today
    if refusals := end_refusals(past=past, silent=session.scalar(silent) is not None):
        raise Refused(refusals)


def _silent(since: date) -> Select[int]:
    """Ids of young people about whom nothing happened since a day, and of whom nothing is under way."""
    moment = clock.day_bounds(since)[0]
    young = exists().where(RoleGrant.person_id == Person.id, RoleGrant.role == Role.YOUNG)
    others = exists().where(RoleGrant.person_id == Person.id, RoleGrant.role != Role.YOUNG)
    here = (Person.erased_at.is_(None), Person.merged_into_id.is_(None), Person.created_at < moment)
    return select(Person.id).where(*here, young, ~others, *(~one for one in _heard(since, moment)))


def _heard(since: date, moment: datetime) -> list[ColumnElement[bool]]:
    running = Enrolment.status.in_(erasing_actions.RUNNING)
    enrolled = or_(running, Enrolment.ended_on >= since, Enrolment.enrolled_on >= since)
    attended = select(Attendance.id).join(TrainingSession, TrainingSession.id == Attendance.session_id)
    return [
        exists().where(Enrolment.person_id == Person.id, enrolled),
        attended.where(Attendance.person_id == Person.id, TrainingSession.starts_at >= moment).exists(),
        exists().where(Booking.holder_id == Person.id, Booking.ends_at >= moment),
        exists().where(Validation.person_id == Person.id, Validation.at >= moment),
        exists().where(Visit.person_id == Person.id, Visit.arrived_at >= moment),
        exists().where(OpenSession.person_id == Person.id, OpenSession.opened_at >= moment),
        exists().where(DataRequest.person_id == Person.id, DataRequest.asked_at >= moment),
    ]


def _last_contacts(session: Session, ids: Sequence[int]) -> dict[int, date]:
    """The last day on which something is known of each of these people."""

    def latest(moment: Any, whose: Any) -> Any:
        return select(func.max(moment)).where(whose == Person.id).correlate(Person).scalar_subquery()

    attended = select(func.max(TrainingSession.starts_at)).join(Attendance, Attendance.session_id == TrainingSession.id)
    asked = select(
        Person.id,
        Person.created_at,
        latest(Enrolment.enrolled_on, Enrolment.person_id),
        latest(Enrolment.ended_on, Enrolment.person_id),
        attended.where(Attendance.person_id == Person.id).correlate(Person).scalar_subquery(),
        latest(Booking.ends_at, Booking.holder_id),
        latest(Validation.at, Validation.person_id),
        latest(Visit.arrived_at, Visit.person_id),
        latest(OpenSession.opened_at, OpenSession.person_id),
        latest(DataRequest.asked_at, DataRequest.person_id),
    ).where(Person.id.in_(ids))
    found = {}
    for id_, *moments in session.execute(asked) if ids else ():
        days = [clock.local_day(one) if isinstance(one, datetime) else one for one in moments if one is not None]
        found[id_] = max(days)
    return found
