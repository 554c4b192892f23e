"""The day at the desk: opened, closed; a line of its log written, struck out, seen. One transaction each."""

from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings.models import Booking
from fablab import clock
from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refused
from rooms import queries_day, rules_day
from rooms.models_desk import DeskDay, DeskNote

#: the same words again within this time are a form sent twice
SENT_TWICE = timedelta(minutes=1)


def open_day(by: Person, now: datetime) -> DeskDay:
    """Open today; opened already, nothing changes; closed by mistake, it goes on."""
    with transaction() as session:
        today = _lock_day(session, now)
        day = queries_day.day_at(session, today)
        if day is None:
            day = DeskDay(day=today, opened_at=now, opened_by_id=by.id)
            session.add(day)
            note(session, "desk_day.open", "desk_day", today.toordinal(), by=by, now=now)
        elif day.closed_at is not None:
            day.closed_at, day.closed_by_id = None, None
            note(session, "desk_day.reopen", "desk_day", today.toordinal(), by=by, now=now)
    return day


def close_day(by: Person, now: datetime) -> None:
    """Close today, once nobody is in a room any more; closed already, nothing changes. Raises Refused."""
    with transaction() as session:
        today = _lock_day(session, now)
        day = queries_day.day_at(session, today)
        in_rooms = select(func.count(Booking.id)).where(Booking.kind == "rental", Booking.status == "checked_in")
        if found := rules_day.close_refusals(opened=day is not None, still_in=session.scalar(in_rooms) or 0):
            raise Refused(found)
        if day is not None and day.closed_at is None:
            day.closed_at, day.closed_by_id = now, by.id
            note(session, "desk_day.close", "desk_day", today.toordinal(), by=by, now=now)


def write(said: str, by: Person, now: datetime, *, handover: bool) -> DeskNote:
    """Write a line of today's log; handed over, colleagues are shown it until one has seen it.

    The same words by the same person within a minute are one line: a form sent twice.
    """
    with transaction() as session:
        _lock_day(session, now)
        same = (DeskNote.written_by_id == by.id, DeskNote.said == said, DeskNote.handover.is_(handover))
        if line := session.scalar(select(DeskNote).where(*same, DeskNote.written_at > now - SENT_TWICE).limit(1)):
            return line
        line = DeskNote(day=clock.local_day(now), said=said, handover=handover, written_at=now, written_by_id=by.id)
        session.add(line)
        session.flush()
        note(session, "desk_note.write", "desk_note", line.id, by=by, now=now)
    return line


def strike(line_id: int, by: Person, now: datetime) -> None:
    """Whoever wrote a line takes it away, the same day; taken away meanwhile, nothing changes. Raises Refused."""
    with transaction() as session:
        _lock_day(session, now)
        if session.scalar(select(DeskNote.id).where(DeskNote.id == line_id)) is None:
            return
        line = session.get_one(DeskNote, line_id, populate_existing=True)
        if found := rules_day.strike_refusals(line.written_by_id, line.written_at, by.id, clock.local_day(now)):
            raise Refused(found)
        session.delete(line)
        note(session, "desk_note.strike", "desk_note", line.id, by=by, now=now)


def see(line: DeskNote, by: Person, now: datetime) -> None:
    """A colleague has seen what was handed over; seen already, nothing changes."""
    with transaction() as session:
        if line.seen_at is None:
            line.seen_at, line.seen_by_id = now, by.id
            note(session, "desk_note.see", "desk_note", line.id, by=by, now=now)


def unsee(line: DeskNote, by: Person, now: datetime) -> None:
    """It was ticked by mistake: it waits for somebody again."""
    with transaction() as session:
        if line.seen_at is not None:
            line.seen_at, line.seen_by_id = None, None
            note(session, "desk_note.unsee", "desk_note", line.id, by=by, now=now)


def forget_before(day: date) -> int:
    """Forget the log of the days before this one. Says how many lines."""
    with transaction() as session:
        gone = session.scalars(delete(DeskNote).where(DeskNote.day < day).returning(DeskNote.id)).all()
    return len(gone)


def _lock_day(session: Session, now: datetime) -> date:
    """Two who open the same day at once take turns."""
    engine.lock_house(session)
    return clock.local_day(now)
