"""Who missed what they booked: for the team, with until when they are suspended and what they still have booked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from bookings.queries import coming_of
from fablab.people.models import Person
from machines.queries import rules_of
from machines.rules_absences import back_on


@dataclass(frozen=True)
class Absent:
    """Somebody's absences, the latest first, those excused too; ``back_on`` None: they may book."""

    person: Person
    missed: tuple[Booking, ...]
    back_on: date | None
    coming: tuple[Booking, ...]


def absent(session: Session, now: datetime) -> list[Absent]:
    """Everybody with an absence in the time that counts, those suspended first, then the latest: two statements."""
    limits = rules_of(session)
    since = now - timedelta(days=limits.absence_period_days + limits.suspension_days + 1)
    # As rules_late.was_missed says it.
    deduced = and_(Booking.status == "confirmed", Booking.ends_at <= now, ~Booking.suspended)
    found = session.scalars(
        select(Booking)
        .where(Booking.kind == "own", Booking.holder_id.is_not(None), Booking.starts_at > since)
        .where(or_(Booking.status == "no_show", deduced))
        .options(joinedload(Booking.holder), joinedload(Booking.resource))
        .order_by(Booking.starts_at.desc(), Booking.id.desc())
    )
    missed: dict[Person, list[Booking]] = defaultdict(list)
    for booking in found:
        if booking.holder is not None:
            missed[booking.holder].append(booking)
    until = {
        person: back_on([one.starts_at for one in theirs if one.excused is None], limits, now)
        for person, theirs in missed.items()
    }
    coming: dict[int | None, list[Booking]] = defaultdict(list)
    for booking in coming_of(session, [person.id for person, day in until.items() if day], now):
        coming[booking.holder_id].append(booking)
    every = [
        Absent(person, tuple(theirs), until[person], tuple(coming[person.id])) for person, theirs in missed.items()
    ]
    return sorted(every, key=lambda one: one.back_on is None)
