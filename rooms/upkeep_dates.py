"""Several dates of a room told at once: one letter, whatever their number. Inside the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

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
        say(
            session,
            person,
            "room-dates",
            key=upkeep_telling.key_of("room-dates", first, person, now),
            now=now,
            link=upkeep_telling.link_of(first, person),
            entries=[entry for one in theirs for entry in upkeep_telling.entries_of(one, person)],
            booking=first,
            bookings=theirs,
        )
