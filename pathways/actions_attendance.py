"""Who came, in one gesture; and «je ne peux pas venir», said by the young person, and back."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.queries import lock_house
from bookings.upkeep_again import ask_again
from bookings.values import Slot
from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_sessions
from pathways.models_badges import Award
from pathways.models_groups import Apology, Attendance, TrainingSession
from pathways.models_sessions import RollCall
from pathways.queries_papers import blocked_at
from pathways.queries_sessions import bookings_beside, expected_at
from pathways.rules_papers import presence_refusals
from pathways.rules_roll import Mark, call_taken, crossed_refusals, merge_roll
from pathways.rules_sessions import apology_refusals, attendance_refusals
from pathways.values_sessions import RollFacts

Marks = Mapping[int, Mark]


def take_attendance(
    training_session: TrainingSession,
    marks: Marks,
    by: Person,
    now: datetime,
    *,
    key: str | None = None,
    read: Mapping[int, Mark | None] | None = None,
) -> list[Award]:
    """Write who was there: ``marks`` gives (status, minutes late) by person id. Raises Refused.

    Whoever is expected and not named is present, or excused if they said they could not come; what was written
    before stays unless it is named. A minor whose parents have not agreed is not noted there. A call sent twice
    (``key``) is written once. With what the caller had ``read``, nothing newer of somebody else is written over:
    refused as "newer_save", by person. Changes are kept in the journal. Gives the badges that came with it.
    """
    with transaction() as session:
        expected = set(expected_at(session, [training_session])[training_session.id])
        people = upkeep.lock_people(session, expected | set(marks))
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        if key and _received(session, key, training_session, by, now):
            return []
        if refusals := attendance_refusals(marks, _roll_facts(training_session, expected, by), now):
            raise Refused(refusals)
        here = select(Attendance).where(Attendance.session_id == training_session.id)
        written = {row.person_id: row for row in session.scalars(here)}
        if read is not None:
            marks = _laid_over(marks, read, written, by)
        there = {person_id: people[person_id] for person_id in expected}
        before = _write_all(session, training_session, there, marks, written, by, now)
        first = training_session.attendance_at is None
        training_session.attendance_at = training_session.attendance_at or now
        about, told = journal.people(sorted(expected)), {"first": first, "before": before}
        journal.note(
            session, "attendance.take", "training_session", training_session.id, by=by, now=now, about=about, **told
        )
        return upkeep.settle(session, there, now)


def _roll_facts(training_session: TrainingSession, expected: Collection[int], by: Person) -> RollFacts:
    return RollFacts(
        may_lead=by.may("session.lead"),
        expected=frozenset(expected),
        starts_at=training_session.starts_at,
        ends_at=training_session.ends_at,
        cancelled=training_session.status == "cancelled",
    )


def _received(session: Session, key: str, training_session: TrainingSession, by: Person, now: datetime) -> bool:
    """Whether this call came already; if not, it has now."""
    call = session.scalar(select(RollCall).where(RollCall.key == key))
    if call is None:
        session.add(RollCall(key=key, session_id=training_session.id, author_id=by.id, at=now))
        return False
    if (call.author_id, call.session_id) != (by.id, training_session.id):
        raise Refused([call_taken()])
    return True


def _laid_over(
    marks: Marks, read: Mapping[int, Mark | None], written: Mapping[int, Attendance], by: Person
) -> Mapping[int, Mark]:
    """What is to be written of a call once nothing newer is in its way. Raises Refused."""
    stands = {person_id: (row.status, row.minutes_late) for person_id, row in written.items()}
    others = frozenset(person_id for person_id, row in written.items() if row.taken_by_id != by.id)
    merged = merge_roll(marks, read, stands, others=others)
    if refusals := crossed_refusals(merged):
        raise Refused(refusals)
    return merged.write


def _write_all(
    session: Session,
    training_session: TrainingSession,
    expected: Mapping[int, Person],
    marks: Marks,
    written: Mapping[int, Attendance],
    by: Person,
    now: datetime,
) -> dict[str, list[str | int] | None]:
    """Write these marks, and those of whoever is expected and has none; gives what stood before, by person.

    Raises Refused.
    """
    unable = select(Apology.person_id).where(Apology.session_id == training_session.id, Apology.withdrawn_at.is_(None))
    sorry = set(session.scalars(unable))
    named = {
        person_id: marks.get(person_id, ("excused", 0) if person_id in sorry else ("present", 0))
        for person_id in sorted(expected)
        if person_id in marks or person_id not in written
    }
    blocked = blocked_at(session, training_session, list(expected.values()))
    statuses = {person_id: status for person_id, (status, _minutes) in named.items()}
    if refusals := presence_refusals(statuses, blocked, clock.local_day(training_session.starts_at)):
        raise Refused(refusals)
    before: dict[str, list[str | int] | None] = {}
    for person_id, mark in named.items():
        row = written.get(person_id)
        before[str(person_id)] = [row.status, row.minutes_late] if row else None
        _write(session, training_session, person_id, row, mark, by, now)
    return before


def say_cannot_come(training_session: TrainingSession, person: Person, now: datetime) -> Apology:
    """«Je ne peux pas venir»: for one's own session, before it begins; said twice, it counts once. Raises Refused."""
    with transaction() as session:
        _check_apology(session, training_session, person, now)
        said = _open_apology(session, training_session, person)
        if said is None:
            said = Apology(session_id=training_session.id, person_id=person.id, said_at=now)
            session.add(said)
            session.flush()
            _note_apology(session, "apology.say", training_session, person, now)
    return said


def take_apology_back(training_session: TrainingSession, person: Person, now: datetime) -> None:
    """«Je viens finalement»: back to being expected, before it begins. Raises Refused, also when the place was taken.

    What others booked meanwhile stays; what no longer fits beside is marked for the team.
    """
    with transaction() as session:
        lock_house(session)
        _check_apology(session, training_session, person, now)
        said = _open_apology(session, training_session, person)
        if said is not None:
            said.withdrawn_at = now
            session.flush()
            upkeep_sessions.require_room(session, training_session, now)
            hours = Slot(training_session.starts_at, training_session.ends_at)
            ask_again(session, bookings_beside(session, hours, now), now)
            _note_apology(session, "apology.take_back", training_session, person, now)


def _note_apology(
    session: Session, verb: str, training_session: TrainingSession, person: Person, now: datetime
) -> None:
    about = journal.people([person.id])
    journal.note(session, verb, "training_session", training_session.id, by=person, now=now, about=about)


def _check_apology(session: Session, training_session: TrainingSession, person: Person, now: datetime) -> None:
    refusals = apology_refusals(
        is_mine=person.id in expected_at(session, [training_session])[training_session.id],
        starts_at=training_session.starts_at,
        cancelled=training_session.status == "cancelled",
        now=now,
    )
    if refusals:
        raise Refused(refusals)


def _open_apology(session: Session, training_session: TrainingSession, person: Person) -> Apology | None:
    upkeep.lock_people(session, [person.id])
    return session.scalar(
        select(Apology).where(
            Apology.session_id == training_session.id, Apology.person_id == person.id, Apology.withdrawn_at.is_(None)
        )
    )


def _write(
    session: Session,
    training_session: TrainingSession,
    person_id: int,
    row: Attendance | None,
    mark: tuple[str, int],
    by: Person,
    now: datetime,
) -> None:
    status, minutes = mark
    if row is None:
        row = Attendance(session_id=training_session.id, person_id=person_id)
        session.add(row)
    elif (row.status, row.minutes_late) == mark:
        return
    else:
        before = {"before": row.status, "minutes_before": row.minutes_late, "after": status, "minutes": minutes}
        journal.note(
            session,
            "attendance.change",
            "attendance",
            row.id,
            by=by,
            now=now,
            about=[*journal.people([person_id]), ("training_session", training_session.id)],
            **before,
        )
    row.status, row.minutes_late, row.taken_at, row.taken_by_id = status, minutes, now, by.id
