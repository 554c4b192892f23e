"""What must be known to take an act back: what a booking was, which closures were lifted today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking, Closure
from fablab import clock
from fablab.journal import JournalEntry


@dataclass(frozen=True)
class Past:
    """What a cancelled booking was: held or only asked for, and who cancelled it (None: the program)."""

    was_confirmed: bool
    cancelled_by: int | None


def past_of(session: Session, booking: Booking) -> Past:
    """As the journal tells it."""
    told = session.execute(
        select(JournalEntry.verb, JournalEntry.actor_id)
        .where(JournalEntry.thing == "booking", JournalEntry.thing_id == booking.id)
        .order_by(JournalEntry.at, JournalEntry.id)
    ).all()
    verbs = {verb for verb, _actor in told}
    cancelled_by = [actor_id for verb, actor_id in told if verb == "booking.cancelled"]
    return Past(
        was_confirmed="booking.requested" not in verbs or "booking.approved" in verbs,
        cancelled_by=cancelled_by[-1] if cancelled_by else None,
    )


def lifted_today(session: Session, now: datetime) -> Sequence[Closure]:
    """Closures lifted on this local day that would still lie ahead, and were not laid again, latest first."""
    since = clock.day_bounds(clock.local_day(now))[0]
    found = session.scalars(
        select(Closure)
        .where(Closure.kind == "closure", Closure.lifted_at >= since)
        .order_by(Closure.lifted_at.desc(), Closure.id.desc())
        .options(joinedload(Closure.place), joinedload(Closure.resource))
        .limit(20)
    ).all()
    ahead = [one for one in found if one.ends_at is None or one.ends_at > now]
    return [one for one in ahead if closed_again(session, one) is None]


def closed_again(session: Session, closure: Closure) -> Closure | None:
    """The closure that stands where this one, lifted since, lay."""
    until = Closure.ends_at.is_(None) if closure.ends_at is None else Closure.ends_at == closure.ends_at
    place = Closure.place_id.is_(None) if closure.place_id is None else Closure.place_id == closure.place_id
    resource = (
        Closure.resource_id.is_(None) if closure.resource_id is None else Closure.resource_id == closure.resource_id
    )
    same = (place, resource, until, Closure.starts_at == closure.starts_at, Closure.kind == closure.kind)
    standing = select(Closure).where(*same, Closure.lifted_at.is_(None), Closure.id != closure.id)
    return session.scalars(standing.order_by(Closure.id).limit(1)).first()
