"""What the actions of machines share: helpers that take the session and open no transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings import upkeep as engine
from bookings.models import Booking
from bookings.upkeep import Outcome
from bookings.values import Slot
from machines.models import Machine


def bookings_watched(session: Session, slot: Slot, now: datetime) -> Sequence[Booking]:
    """People's own bookings of machines, still to come, that touch a time: a change of shift may uncover them."""
    found = (
        select(Booking)
        .join(Machine, Machine.id == Booking.resource_id)
        .where(
            Booking.kind == "own",
            Booking.status.in_(("requested", "confirmed")),
            Booking.starts_at > max(now, slot.start - timedelta(hours=24)),
            Booking.starts_at < slot.end,
            Booking.ends_at > slot.start,
        )
        .order_by(Booking.starts_at, Booking.id)
        .options(joinedload(Booking.resource), joinedload(Booking.holder))
    )
    return session.scalars(found).all()


def watch_again(session: Session, slot: Slot, now: datetime) -> Outcome:
    """Ask the rules again of what a change of shift touches: marked and told, nothing cancelled silently."""
    session.flush()
    return engine.ask_again(session, bookings_watched(session, slot, now), now)
