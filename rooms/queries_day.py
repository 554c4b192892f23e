"""The day at the desk as it is read: opened and closed by whom, its log, what a colleague handed over."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from rooms.models_desk import DeskDay, DeskNote

#: so many lines of one page of the log at most
MOST = 100


def day_at(session: Session, day: date) -> DeskDay | None:
    """The day as the desk opened it, with who did; None: nobody has."""
    found = select(DeskDay).where(DeskDay.day == day)
    return session.scalar(found.options(joinedload(DeskDay.opened_by), joinedload(DeskDay.closed_by)))


def note_of(session: Session, note_id: int) -> DeskNote | None:
    """A line of the log."""
    return session.get(DeskNote, note_id)


def notes_of(session: Session, day: date) -> Sequence[DeskNote]:
    """The log of a day, first line first, with who wrote and saw each. One statement."""
    return _notes(session, DeskNote.day == day)


def notes_for(session: Session, today: date) -> Sequence[DeskNote]:
    """Today's log, and what was handed over before and nobody has seen. One statement."""
    return _notes(session, or_(DeskNote.day == today, DeskNote.handover & DeskNote.seen_at.is_(None)))


def _notes(session: Session, which: ColumnElement[bool]) -> Sequence[DeskNote]:
    found = select(DeskNote).where(which).order_by(DeskNote.written_at, DeskNote.id).limit(MOST)
    return session.scalars(found.options(joinedload(DeskNote.written_by), joinedload(DeskNote.seen_by))).all()
