"""What is read of calendars followed from outside: which address opens which, and the bookings in it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking, Claim
from bookings.models_feeds import Feed
from bookings.queries_house import things_of
from bookings.values import Slot

#: no calendar holds more of one kind
MOST = 500


def by_nonce(session: Session, nonce: str, now: datetime) -> Feed | None:
    """The calendar of this mark, with whose it is; None once it was stopped, changed, or its person has left."""
    found = select(Feed).where(Feed.nonce == nonce).options(joinedload(Feed.person), joinedload(Feed.resource))
    feed = session.scalar(found)
    if feed is None or feed.person is None:
        return feed
    gone = feed.person.merged_into_id is not None or (feed.person.left_at is not None and feed.person.left_at <= now)
    return None if gone else feed


def of_person(session: Session, person_id: int) -> Feed | None:
    """Somebody's own calendar, if they gave it an address."""
    return session.scalar(select(Feed).where(Feed.person_id == person_id))


def of_resource(session: Session, resource_id: int) -> Feed | None:
    """The calendar of a thing, if somebody gave it an address."""
    return session.scalar(select(Feed).where(Feed.resource_id == resource_id))


def held_by(session: Session, person_id: int, span: Slot) -> Sequence[Booking]:
    """What somebody booked that begins in a span, ended or not, soonest first, with its things."""
    found = select(Booking).where(Booking.holder_id == person_id, *_begins_in(span))
    return _soonest_first(session, found)


def taking(session: Session, resource_id: int, span: Slot) -> Sequence[Booking]:
    """What takes a thing or a part of it, or was booked of it and ended, and begins in a span, soonest first."""
    booked = select(Booking.id).where(Booking.resource_id == resource_id, *_begins_in(span))
    claimed = select(Claim.booking_id).where(
        Claim.holds,
        Claim.resource_id.in_(things_of(session).leaves[resource_id]),
        Claim.starts_at >= span.start,
        Claim.starts_at < span.end,
    )
    return _soonest_first(session, select(Booking).where(Booking.id.in_(union(booked, claimed))))


def _begins_in(span: Slot) -> tuple[ColumnElement[bool], ...]:
    return Booking.starts_at >= span.start, Booking.starts_at < span.end


def _soonest_first(session: Session, found: Select[Booking]) -> Sequence[Booking]:
    found = found.options(joinedload(Booking.resource)).order_by(Booking.starts_at, Booking.id).limit(MOST)
    return session.scalars(found).all()
