"""What organisations have, or asked for: their dates to come, and the requests that wait for an answer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import LIVE, Booking, Claim
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


def rivals(session: Session, found: Sequence[Booking]) -> Mapping[int, int]:
    """How many of these requests want some of the same time as each, by id. One statement."""
    rows = session.execute(
        select(Claim.booking_id, Claim.resource_id, Claim.starts_at, Claim.ends_at).where(
            Claim.booking_id.in_([one.id for one in found])
        )
    ).all()
    others: dict[int, set[int]] = {}
    for one, resource_id, start, end in rows:
        crossing = (row for row in rows if row.resource_id == resource_id and row.booking_id != one)
        others.setdefault(one, set()).update(
            row.booking_id for row in crossing if row.starts_at < end and row.ends_at > start
        )
    return {one: len(wanted) for one, wanted in others.items()}


def count_requests(session: Session, now: datetime) -> int:
    """How many requests for rooms wait for an answer."""
    return session.scalar(select(func.count(Booking.id)).where(*_waiting(now))) or 0


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Booking.kind == "rental", Booking.status == "requested", Booking.ends_at > now, Booking.starts_at > now
