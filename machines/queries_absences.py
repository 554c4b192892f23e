"""Who missed what they booked: for the team, with until when they are suspended and what they still have booked."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from bookings.queries import coming_of
from fablab.db import UtcDateTime
from fablab.people.models import Person
from machines.queries import rules_of
from machines.queries_lines import NO_WORD, line
from machines.rules_absences import back_on

_NOW = bindparam("now", type_=UtcDateTime())
#: what was missed: as rules_late.was_missed says it
_MISSED = or_(
    Booking.status == "no_show", and_(Booking.status == "confirmed", Booking.ends_at <= _NOW, ~Booking.suspended)
)
#: the absences of holders that count, a branch of a room's statement
ABSENT = line("absent", Booking.id, Booking.holder_id, NO_WORD, Booking.starts_at, Booking.ends_at).where(
    Booking.holder_id.in_(bindparam("holders", expanding=True)),
    Booking.starts_at > bindparam("counted", type_=UtcDateTime()),
    Booking.kind == "own",
    Booking.excused.is_(None),
    _MISSED,
)


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
    found = session.scalars(
        select(Booking)
        .where(Booking.kind == "own", Booking.holder_id.is_not(None), Booking.starts_at > since)
        .where(_MISSED)
        .options(joinedload(Booking.holder), joinedload(Booking.resource))
        .order_by(Booking.starts_at.desc(), Booking.id.desc()),
        {"now": now},
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
