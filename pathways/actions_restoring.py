"""Ways back for groups, sessions and attendance: both acts stay in the journal, and the rules are asked again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.queries import lock_house
from fablab import clock, journal
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_sessions, upkeep_telling
from pathways.models_groups import Attendance, Enrolment, Group, TrainingSession
from pathways.queries_restoring import last_call
from pathways.queries_sessions import wishes_of
from pathways.rules_restoring import reopen_refusals, undo_call_refusals


def restore_session(training_session: TrainingSession, by: Person, now: datetime) -> TrainingSession:
    """Put a cancelled session back as it was, if its leads, floor and machines are still free; everyone is told.

    Put back twice, it is put back once. The rules of planning are asked. Raises Refused with every reason, and then
    nothing has changed.
    """
    with transaction() as session:
        lock_house(session)
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        if training_session.status != "cancelled":
            return training_session
        parts = wishes_of(session, training_session)
        reasons = {part.booking.override_reason for part in training_session.parts if part.booking} - {None}
        training_session.status = "planned"
        leads = [lead.person_id for lead in training_session.leads]
        upkeep_sessions.check(session, training_session, parts, leads, by, now)
        upkeep_sessions.let_go(session, training_session, [{"code": "session_changed"}], by, now)
        upkeep_sessions.hold(session, training_session, parts, by, now, next(iter(reasons), None))
        upkeep_telling.tell_everyone(session, training_session, "session-restored", by, now)
        group = [("training_group", training_session.group_id)]
        journal.note(session, "session.restore", "training_session", training_session.id, by=by, now=now, about=group)
    return training_session


def reopen_group(group: Group, by: Person, now: datetime) -> Group:
    """A group closed by mistake goes on; what its closing had counted is counted anew. Open already, nothing changes.

    Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        group = session.scalars(
            select(Group).where(Group.id == group.id).with_for_update(key_share=True),
            execution_options={"populate_existing": True},
        ).one()
        if refusals := reopen_refusals(may_manage=by.may("group.manage")):
            raise Refused(refusals)
        if group.closed_at is not None:
            group.closed_at = None
            members = session.scalars(select(Enrolment.person_id).where(Enrolment.group_id == group.id)).all()
            upkeep.settle(session, upkeep.lock_people(session, members), now)
            journal.note(session, "group.reopen", "training_group", group.id, by=by, now=now)
    return group


def undo_attendance(training_session: TrainingSession, by: Person, now: datetime) -> None:
    """Take the last call of a session back: everybody is noted as before it. By who made it, the same day.

    Raises Refused. A session never called, or whose last call is taken back already, is refused too.
    """
    with transaction() as session:
        lock_house(session)
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        call = last_call(session, training_session.id)
        author, called_on = (call.actor_id, clock.local_day(call.at)) if call else (None, None)
        refusals = undo_call_refusals(author, called_on, by.id, clock.local_day(now))
        if refusals or call is None:
            raise Refused(refusals)
        people = upkeep.lock_people(session, [int(id_) for id_ in call.details["before"]])
        _as_before(session, training_session, call, by, now)
        if call.details.get("first"):
            training_session.attendance_at = None
        touched = journal.people(sorted(people))
        journal.note(session, "attendance.undo", "training_session", training_session.id, by=by, now=now, about=touched)
        upkeep.settle(session, people, now)


def _as_before(
    session: Session, training_session: TrainingSession, call: JournalEntry, by: Person, now: datetime
) -> None:
    here = select(Attendance).where(Attendance.session_id == training_session.id)
    rows = {row.person_id: row for row in session.scalars(here)}
    for said, before in call.details["before"].items():
        row = rows.get(int(said))
        if row is None:
            continue
        if before is None:
            session.delete(row)
        else:
            row.status, row.minutes_late = before
            row.taken_at, row.taken_by_id = now, by.id
    session.flush()
