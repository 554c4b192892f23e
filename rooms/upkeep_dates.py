"""Several dates of a room told at once: one letter, whatever their number. Inside the caller's transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bookings import upkeep_telling
from bookings.models import Booking
from fablab.outbox import confirm, tell
from fablab.people.models import Person


def tell_dates(session: Session, bookings: Sequence[Booking], by: Person, now: datetime) -> None:
    """Tell whoever acts for the organisation which dates it has, or asked for, soonest first."""
    for person, theirs in upkeep_telling.concerned(session, bookings).items():
        first = theirs[0]
        say = confirm if person.id == by.id else partial(tell, about=upkeep_telling.about_of(first))
        _say(session, say, person, "room-dates", theirs, now, booking=first)


def tell_set_aside(session: Session, bookings: Sequence[Booking], now: datetime, *, back: bool) -> None:
    """Tell whoever acts for the organisation which dates are suspended for its insurance, or are ``back``."""
    for person, theirs in upkeep_telling.concerned(session, bookings).items():
        _say(session, tell, person, "room-set-aside", theirs, now, back=back)


def _say(
    session: Session, say: Callable[..., Any], person: Person, notice: str, theirs: Sequence[Booking], now: datetime,
    **more: Any,
) -> None:  # fmt: skip
    first = theirs[0]
    say(
        session,
        person,
        notice,
        key=upkeep_telling.key_of(notice, first, person, now),
        now=now,
        link=upkeep_telling.link_of(first, person),
        entries=[entry for one in theirs for entry in upkeep_telling.entries_of(one, person)],
        bookings=theirs,
        **more,
    )
