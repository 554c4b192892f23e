"""What organisations have, or asked for: their dates to come, and the requests that wait for an answer."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload

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
    """How many requests accepting each of these refuses, by id; none: not there. One statement.

    They are those that ``bookings.queries.rivals`` finds: they want some of that time, hold nothing, and no closure
    suspends them.
    """
    mine, theirs = aliased(Claim), aliased(Claim)
    crossing = (
        select(mine.booking_id, func.count(theirs.booking_id.distinct()))
        .join(theirs, and_(theirs.resource_id == mine.resource_id, theirs.booking_id != mine.booking_id))
        .join(Booking, Booking.id == theirs.booking_id)
        .where(mine.booking_id.in_([one.id for one in found]), ~theirs.holds)
        .where(theirs.starts_at < mine.ends_at, theirs.ends_at > mine.starts_at)
        .where(Booking.status == "requested", ~Booking.suspended)
    )
    return {one: count for one, count in session.execute(crossing.group_by(mine.booking_id))}


def count_requests(session: Session, now: datetime) -> int:
    """How many requests for rooms wait for an answer."""
    return session.scalar(select(func.count(Booking.id)).where(*_waiting(now))) or 0


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Booking.kind == "rental", Booking.status == "requested", Booking.ends_at > now, Booking.starts_at > now
