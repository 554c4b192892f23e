"""What is read of readers, of the cards they see and of the uses under way at their machines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from bookings.models import Booking
from fablab.people.models import Card, Person
from machines.models_readers import Reader, ReaderEvent

#: readers and events on the page of readers
SHOWN = 50


@dataclass(frozen=True)
class Holder:
    """Whose card it is."""

    person_id: int
    first_name: str


def reader_by_key(session: Session, key_digest: str) -> Reader | None:
    """The reader that has this key, with its machine; None when there is none, or when it was revoked."""
    found = select(Reader).where(Reader.key_digest == key_digest, Reader.ended_at.is_(None))
    return session.scalar(found.options(joinedload(Reader.machine)))


def holder_of(session: Session, card_digest: str, at: datetime) -> Holder | None:
    """Whose card this was at a moment; None for one never made or revoked by then, and once its holder had left."""
    found = select(Person.id, Person.first_name).join(Card, Card.person_id == Person.id)
    row = session.execute(
        found.where(
            Card.token_digest == card_digest,
            Card.revoked_at.is_(None) | (Card.revoked_at > at),
            Person.left_at.is_(None) | (Person.left_at > at),
        )
    ).one_or_none()
    return Holder(*row) if row else None


def booked_at(session: Session, machine_id: int, person_id: int, at: datetime, *, over_since: bool) -> Booking | None:
    """Somebody's own booking of a machine at a moment, the one begun before one that waits; with its claims.

    ``over_since``: also one that has ended after that moment, for what is told late.
    """
    statuses = ("checked_in", "confirmed", "done") if over_since else ("checked_in", "confirmed")
    found = (
        select(Booking)
        .where(Booking.resource_id == machine_id, Booking.holder_id == person_id, Booking.kind == "own")
        .where(Booking.status.in_(statuses), Booking.starts_at <= at, Booking.ends_at > at)
        .options(selectinload(Booking.claims))
        .order_by(Booking.checked_in_at.is_(None), Booking.starts_at)
        .limit(1)
    )
    return session.scalar(found)


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
