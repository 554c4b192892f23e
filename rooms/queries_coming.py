"""What organisations have, or asked for: their dates to come, and the requests that wait for an answer."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import LIVE, Booking
from bookings.values import LONGEST

#: how many requests a page shows
REQUESTS = 100


def coming(session: Session, structure_ids: Collection[int], now: datetime, limit: int = 20) -> Sequence[Booking]:
    """What these organisations still have to live or are living, soonest first, with the rooms. One statement."""
    theirs = select(Booking).where(
        Booking.structure_id.in_(structure_ids),
        Booking.status.in_(LIVE),
        Booking.ends_at > now,
        Booking.starts_at > now - LONGEST,
    )
    ordered = theirs.order_by(Booking.starts_at, Booking.id).limit(limit)
    return session.scalars(ordered.options(joinedload(Booking.resource))).all()


def requests(session: Session, now: datetime) -> Sequence[Booking]:
    """The requests for rooms that wait for an answer, soonest date first, with the rooms. One statement."""
    waiting = select(Booking).where(*_waiting(now)).order_by(Booking.starts_at, Booking.id).limit(REQUESTS)
    return session.scalars(waiting.options(joinedload(Booking.resource))).all()


def count_requests(session: Session, now: datetime) -> int:
    """How many requests for rooms wait for an answer."""
    return session.scalar(select(func.count(Booking.id)).where(*_waiting(now))) or 0


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Booking.kind == "rental", Booking.status == "requested", Booking.ends_at > now, Booking.starts_at > now
