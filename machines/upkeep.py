"""What the actions of machines share: helpers that take the session and open no transaction."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from bookings.upkeep_again import Outcome, ask_again
from bookings.values import LONGEST_STAY, Slot
from machines.models import Machine


def bookings_watched(session: Session, slots: Collection[Slot], now: datetime) -> list[Booking]:
    """Own bookings of machines and training slots, still to come, that touch one of these times: one statement.

    A change of shift may uncover them.
    """
    if not slots:
        return []
    span = Slot(min(slot.start for slot in slots), max(slot.end for slot in slots))
    found = (
        select(Booking)
        .join(Machine, Machine.id == Booking.resource_id)
        .where(
            Booking.kind.in_(("own", "training")),
            Booking.status.in_(("requested", "confirmed")),
            Booking.starts_at > max(now, span.start - LONGEST_STAY),
            Booking.starts_at < span.end,
            Booking.ends_at > span.start,
        )
        .order_by(Booking.starts_at, Booking.id)
        .options(joinedload(Booking.resource), joinedload(Booking.holder))
    )
    return [
        booking
        for booking in session.scalars(found)
        if any(booking.starts_at < slot.end and slot.start < booking.ends_at for slot in slots)
    ]


def watch_again(session: Session, slots: Collection[Slot], now: datetime) -> Outcome:
    """Ask the rules again of what a change of shifts touches: marked and told, nothing cancelled silently."""
    session.flush()
    return ask_again(session, bookings_watched(session, slots, now), now)
