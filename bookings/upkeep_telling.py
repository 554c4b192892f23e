"""Whom a booking concerns, and how they are told: made, moved, ended, marked or well again.

What touches several bookings in one act is said once to each person, whatever their number.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bookings import kinds
from bookings.models import Booking
from fablab.calendars import Entry
from fablab.outbox import confirm, overtake, tell
from fablab.people.models import Person
from fablab.reasons import Kept


def concerned(session: Session, bookings: Sequence[Booking]) -> dict[Person, list[Booking]]:
    """The holders and whoever the kinds know (leads of a session), with their bookings among these, in order."""
    known = [kind.people(session, bookings) for kind in kinds.every()]
    found: dict[Person, list[Booking]] = {}
    for booking in bookings:
        people = [booking.holder] if booking.holder else []
        people += [person for one in known for person in one.get(booking.id, ())]
        for person in dict.fromkeys(people):
            found.setdefault(person, []).append(booking)
    return found


def announce(session: Session, booking: Booking, notice: str, by: Person | None, now: datetime, **context: Any) -> None:
    """Tell whoever has it, and whoever the kinds know; who has it and did it gets a letter, for their calendar."""
    for kind in kinds.every():
        notice = kind.notice(booking, notice)
    for person in concerned(session, [booking]):
        mine = by is not None and person.id == by.id
        if mine and not _has(person, booking):
            continue
        about = about_of(booking)
        if mine:
            overtake(session, person, about, now)
        say = confirm if mine else partial(tell, about=about)
        say(
            session,
            person,
            notice,
            key=key_of(notice, booking, person, now),
            now=now,
            link=link_of(booking, person),
            entries=entries_of(booking, person),
            booking=booking,
            **context,
        )


def announce_made(session: Session, booking: Booking, by: Person | None, now: datetime) -> None:
    """Tell that a booking is made, or asked for: by letter only to a holder who did it themselves."""
    holder = session.get(Person, booking.holder_id) if booking.holder_id else None
    mine = holder is not None and by is not None and holder.id == by.id
    # In the transaction that everybody waits for, nothing more is read for whoever gets no letter.
    if booking.structure_id is not None or (holder is not None and (holder.letters_reach or not mine)):
        announce(session, booking, "booking-made", by, now)


def _has(person: Person, booking: Booking) -> bool:
    """Whether a booking that concerns somebody is theirs: they hold it, or act for the organisation that has it."""
    return person is booking.holder or booking.structure_id is not None


def entries_of(booking: Booking, person: Person) -> list[Entry]:
    """A booking in the calendar of whoever has it; who leads a session has the session itself there."""
    if not _has(person, booking):
        return []
    return [entry_of(booking, booking.called, link_of(booking, person))]


def entry_of(booking: Booking, title: str, link: str) -> Entry:
    """A booking in a calendar, under a title."""
    state = "confirmed"
    if booking.status in ("cancelled", "refused", "no_show"):
        state = "cancelled"
    elif booking.status == "requested" or (booking.suspended and booking.status == "confirmed"):
        state = "tentative"
    return Entry(f"booking-{booking.public_id}", title, booking.starts_at, booking.ends_at, state, link)


def tell_marked(session: Session, why: Mapping[Booking, Sequence[Kept]], now: datetime) -> None:
    """Tell each person which of their bookings are marked and why: one message and letter, soonest booking first."""
    for person, theirs in concerned(session, _soonest_first(why)).items():
        first, several = theirs[0], len(theirs) > 1
        tell(
            session,
            person,
            "bookings-warned" if several else "booking-warned",
            key=key_of("booking-warned", first, person, now),
            now=now,
            link=link_of(first, person),
            about=None if several else about_of(first),
            booking=first,
            reasons=why[first],
            bookings=[(one, why[one]) for one in theirs],
        )


def tell_well(session: Session, bookings: Sequence[Booking], now: datetime) -> None:
    """Tell each person which of their bookings are no longer marked: one message and letter."""
    for person, theirs in concerned(session, _soonest_first(bookings)).items():
        key, link = key_of("bookings-well", theirs[0], person, now), link_of(theirs[0], person)
        about = about_of(theirs[0]) if len(theirs) == 1 else None
        tell(session, person, "bookings-well", key=key, now=now, link=link, about=about, bookings=theirs)


def _soonest_first(bookings: Mapping[Booking, object] | Sequence[Booking]) -> list[Booking]:
    return sorted(bookings, key=lambda one: (one.starts_at, one.id))


def key_of(notice: str, booking: Booking, person: Person, now: datetime) -> str:
    """What makes a notice unique: one for a booking, a person and a moment."""
    return f"{notice}:{booking.id}:{person.id}:{int(now.timestamp())}"


def about_of(booking: Booking) -> str:
    """What a message about a booking speaks of: a newer one overtakes it."""
    return f"booking:{booking.id}"


def link_of(booking: Booking, person: Person) -> str:
    """The page of a booking for somebody: their own, or the team's; a learner finds the slot on the home page.

    That of a room is one for all: the contacts of the organisation and the team.
    """
    if booking.kind == "rental":
        return f"/salles/reservations/{booking.public_id}"
    if person is booking.holder:
        return f"/reservations/{booking.public_id}"
    return f"/equipe/reservations/{booking.public_id}" if person.may("machine.read") else "/"
