"""What is read of readers, of the cards they see and of the uses under way at their machines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, String, and_, bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from bookings.models import Booking, Claim, Resource
from bookings.values import ClaimedBy, Made
from fablab import house
from fablab.db import UtcDateTime
from fablab.people.models import Card, Person
from fablab.ready import rows
from machines.models_readers import Reader, ReaderEvent

#: readers and events on the page of readers
SHOWN = 50


class Known(NamedTuple):
    """A reader whose key was told, in plain values."""

    id: int
    machine_id: int
    machine_code: str
    key_digest: str


@dataclass(frozen=True)
class Holder:
    """Whose card it is, and what they have booked of a machine at that moment."""

    person_id: int
    first_name: str
    booking: Made | None


_reader, _resource, _booking, _claim = Reader.__table__, Resource.__table__, Booking.__table__, Claim.__table__
_card, _person = Card.__table__, Person.__table__
_BY_KEY = (
    select(_reader.c.id, _reader.c.machine_id, _resource.c.code, _reader.c.key_digest, house.MARK.label("mark"))
    .join(_resource, _resource.c.id == _reader.c.machine_id)
    .where(_reader.c.key_digest == bindparam("key_digest", type_=String()), _reader.c.ended_at.is_(None))
)
_AT = bindparam("at", type_=UtcDateTime())
#: an own booking of the machine that covers the moment, and each of its claims on a line of its own
_BOOKED = and_(
    _booking.c.holder_id == _card.c.person_id,
    _booking.c.resource_id == bindparam("machine_id", type_=Integer()),
    _booking.c.kind == "own",
    _booking.c.status.in_(bindparam("statuses", expanding=True)),
    _booking.c.starts_at <= _AT,
    _booking.c.ends_at > _AT,
)
_HELD = (
    select(
        _person.c.id.label("person_id"),
        _person.c.first_name,
        *(_booking.c[name] for name in Made._fields[:-1]),
        _claim.c.resource_id.label("claimed_id"),
    )
    .select_from(
        _card.join(_person, _person.c.id == _card.c.person_id)
        .outerjoin(_booking, _BOOKED)
        .outerjoin(_claim, _claim.c.booking_id == _booking.c.id)
    )
    .where(
        _card.c.token_digest == bindparam("card_digest", type_=String()),
        _card.c.revoked_at.is_(None) | (_card.c.revoked_at > _AT),
        _person.c.left_at.is_(None) | (_person.c.left_at > _AT),
    )
    # The one begun before one that waits.
    .order_by(_booking.c.checked_in_at.is_(None), _booking.c.starts_at, _booking.c.id, _claim.c.id)
)


def reader_by_key(session: Session, key_digest: str) -> Known | None:
    """The reader that has this key; None when there is none, or when it was revoked. One statement, mark included."""
    for *known, mark in rows(session, _BY_KEY, {"key_digest": key_digest}, tuple):
        house.noticed(session, mark)
        return Known(*known)
    return None


def holder_of(session: Session, card_digest: str, machine_id: int, at: datetime, *, over_since: bool) -> Holder | None:
    """Whose card this was at a moment, with their own booking of a machine then, begun or waiting. One statement.

    None for a card never made or revoked by then, and once its holder had left.
    ``over_since``: also a booking that has ended after that moment, for what is told late.
    """
    statuses = ("checked_in", "confirmed", "done") if over_since else ("checked_in", "confirmed")
    asked = {"card_digest": card_digest, "machine_id": machine_id, "at": at, "statuses": statuses}
    lines = rows(session, _HELD, asked, tuple)
    if not lines:
        return None
    person_id, first_name, *booked, _claimed = lines[0]
    claims = tuple(ClaimedBy(line[-1]) for line in lines if line[2] == booked[0])
    return Holder(person_id, first_name, Made._make([*booked, claims]) if booked[0] is not None else None)


def under_way(session: Session, machine_id: int, at: datetime) -> Sequence[tuple[Booking, str]]:
    """The uses under way at a machine, each with the digest of every card of its holder."""
    found = (
        select(Booking, Card.token_digest)
        .join(Card, Card.person_id == Booking.holder_id)
        .where(Booking.resource_id == machine_id, Booking.kind == "own", Booking.status == "checked_in")
        .where(Booking.starts_at <= at, Booking.ends_at > at, Card.revoked_at.is_(None))
        .options(selectinload(Booking.claims))
        .order_by(Booking.starts_at, Card.id)
    )
    return [(booking, digest) for booking, digest in session.execute(found)]


def events_by_key(session: Session, reader_id: int, keys: Collection[str]) -> dict[str, ReaderEvent]:
    """Those of these events that a reader has told already, by its own name of them."""
    found = select(ReaderEvent).where(ReaderEvent.reader_id == reader_id, ReaderEvent.key.in_(keys))
    return {event.key: event for event in session.scalars(found)}


def readers(session: Session) -> Sequence[Reader]:
    """The readers enrolled now, by machine."""
    found = select(Reader).join(Reader.machine).where(Reader.ended_at.is_(None))
    wanted = contains_eager(Reader.machine), joinedload(Reader.enrolled_by)
    return session.scalars(found.options(*wanted).order_by(Reader.machine_id, Reader.id).limit(SHOWN)).all()


def last_events(session: Session) -> Sequence[tuple[ReaderEvent, Reader]]:
    """What readers said last, the newest first."""
    found = (
        select(ReaderEvent, Reader)
        .join(Reader, Reader.id == ReaderEvent.reader_id)
        .options(joinedload(Reader.machine))
        .order_by(ReaderEvent.id.desc())
        .limit(SHOWN)
    )
    return [(event, reader) for event, reader in session.execute(found)]
