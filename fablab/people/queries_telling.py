"""Whom no letter reaches, and what they must be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock
from fablab.outbox import Message, standing

PAGE_LENGTH = 25
#: what nobody said within a month needs no call any more
LASTS = timedelta(days=30)


@dataclass(frozen=True)
class ToTell:
    """A stretch of the list: where it is, and whether there is more."""

    messages: Sequence[Message]
    number: int
    pages: int
    total: int


def waiting(session: Session, now: datetime, *, day: date | None = None, page: int = 1) -> ToTell:
    """What is still to be said, the oldest first; of one local day, or of all."""
    return _stretch(session, [_waits(now - LASTS), *_on(day)], page, oldest_first=True)


def told(session: Session, now: datetime, *, day: date | None = None, page: int = 1) -> ToTell:
    """What the team said, or the young person read, the latest first."""
    done = or_(Message.called_at.is_not(None), Message.read_at.is_not(None))
    here = [Message.call_for.is_not(None), done, Message.created_at > now - LASTS, *_on(day)]
    return _stretch(session, here, page, oldest_first=False)


def _waits(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    open_still = Message.called_at.is_(None) & standing()
    return Message.call_for.is_not(None) & open_still & (Message.created_at > since)


#: how many things said later than ``since`` are still to be told: a number to ask for with others, in one statement
WAITING = select(func.count(Message.id)).where(_waits(bindparam("since"))).scalar_subquery()


def _on(day: date | None) -> list[ColumnElement[bool]]:
    if day is None:
        return []
    start, end = clock.day_bounds(day)
    return [Message.created_at >= start, Message.created_at < end]


def _stretch(session: Session, here: list[ColumnElement[bool]], page: int, *, oldest_first: bool) -> ToTell:
    total = session.scalar(select(func.count(Message.id)).where(*here)) or 0
    order = (Message.created_at, Message.id) if oldest_first else (Message.created_at.desc(), Message.id.desc())
    found = select(Message).where(*here).order_by(*order).limit(PAGE_LENGTH).offset((page - 1) * PAGE_LENGTH)
    found = found.options(joinedload(Message.person), joinedload(Message.called_by))
    return ToTell(session.scalars(found).all(), page, max(1, -(-total // PAGE_LENGTH)), total)
