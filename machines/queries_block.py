"""Several machines closed in one act: what it touches, and which closures were made with another."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings.models import Booking, Closure
from bookings.values import Slot


def touched(session: Session, machine_ids: Collection[int], slot: Slot, now: datetime) -> list[Booking]:
    """The bookings that closing these machines would suspend or mark, soonest first."""
    found = engine.bookings_on(session, machine_ids, max(slot.start, now), slot.end) if slot.end > now else ()
    return [one for one in found if one.status != "checked_in" and not one.suspended]


def made_together(session: Session, closure: Closure) -> Sequence[Closure]:
    """The closures of the same act that stand: of the same moment, by the same person, for the same time and reason."""
    found = select(Closure).where(
        Closure.made_at == closure.made_at,
        Closure.made_by_id == closure.made_by_id,
        Closure.starts_at == closure.starts_at,
        Closure.ends_at == closure.ends_at,
        Closure.reason == closure.reason,
        Closure.kind == "closure",
        Closure.resource_id.is_not(None),
        Closure.lifted_at.is_(None),
    )
    return session.scalars(found.order_by(Closure.id)).all()


def closure_by_id(session: Session, closure_id: int, now: datetime) -> Closure | None:
    """A closure of a machine that is not over."""
    found = session.get(Closure, closure_id)
    over = found is not None and found.ends_at is not None and found.ends_at <= now
    return None if found is None or found.resource_id is None or found.kind != "closure" or over else found
