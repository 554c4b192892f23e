"""The engine's verbs: one transaction each, the only writers of bookings and claims together with upkeep.

``now`` is the present moment (UTC), ``by`` who acts (None: the program). All raise Refused with every reason.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import asking, rules, upkeep, upkeep_closures, upkeep_lived, upkeep_placing, upkeep_telling
from bookings.models import Booking, Closure
from bookings.upkeep_closures import Laid, Lifted
from bookings.values import Ask, Over, Slot
from fablab.db import db, transaction
from fablab.i18n import _
from fablab.journal import note
from fablab.people.models import Person
from fablab.reasons import Why
from fablab.refusals import Refused, refuse


def book(ask: Ask, by: Person | None, now: datetime) -> Booking:
    """Book what is asked; refused, it tells everything that stands in the way and the nearest free slots.

    The rules are asked before the lock, so that a refusal makes nobody wait, and again under it if anybody has
    written anything meanwhile.
    """
    return _make(ask, by, now, upkeep_placing.place)


def request(ask: Ask, by: Person | None, now: datetime) -> Booking:
    """Ask for a time that somebody must approve; it already holds where the resource says «first come».

    Refused as ``book`` is.
    """
    return _make(ask, by, now, upkeep_placing.place_request)


def _make(ask: Ask, by: Person | None, now: datetime, place: Callable[..., Booking]) -> Booking:
    try:
        asked = upkeep_placing.ask_before_the_lock(db.session(), ask, by, now)
        if isinstance(asked, Booking):
            return asked
        with transaction() as session:
            booking = place(session, ask, by, now, asked=asked)
            upkeep_telling.announce_made(session, booking, by, now)
        return booking
    except Refused as refused:
        if made := upkeep_placing.made_meanwhile(db.session(), ask):
            return made
        raise with_nearest(db.session(), refused, ask, now) from None


def approve(booking: Booking, by: Person, now: datetime) -> Booking:
    """Say yes to a request: it takes its time, or is refused because it is taken meanwhile.

    Where requests compete, those that wanted some of that time are refused in the same act, and told.
    """
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "requested")
        if found := rules.still_ahead(Slot(booking.starts_at, booking.ends_at), now):
            raise Refused(found)
        if booking.suspended:
            raise refuse("closed", _("C’est fermé à ce moment."))
        standing = upkeep.standing_refusals(asking.weigh_one(session, asking.ask_of(booking), now), booking)
        if standing:
            raise Refused(standing)
        booking.status, booking.agreed_by_id = "confirmed", by.id
        upkeep.take(session, booking)
        note(session, "booking.approved", "booking", booking.id, by=by, now=now, about=booking.touches)
        upkeep_telling.announce(session, booking, "booking-approved", by, now)
        upkeep.refuse_rivals(session, booking, by, now, code="other_chosen")
    return booking


def refuse_request(booking: Booking, why: Why, by: Person | None, now: datetime) -> Booking:
    """Say no to a request, for words typed or codes that its author reads."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "requested")
        upkeep.end(session, booking, "refused", why, by, now)
        upkeep_telling.announce(session, booking, "booking-refused", by, now)
    return booking


def move(booking: Booking, slot: Slot, by: Person, now: datetime, *, override: str | None = None) -> Booking:
    """Move a booking to another time, every rule asked; the holder may until it begins."""
    try:
        with transaction() as session:
            upkeep.freshen(session, booking)
            _holder_in_time(booking, by, now)
            upkeep.shift(session, booking, slot, by, now, override)
            upkeep_telling.announce(session, booking, "booking-moved", by, now)
    except Refused as refused:
        wanted = replace(asking.ask_of(booking), slot=slot)
        raise with_nearest(db.session(), refused, wanted, now) from None
    return booking


def cancel(booking: Booking, why: Why, by: Person, now: datetime) -> Booking:
    """Cancel a booking that is still to be lived, for words typed or codes; the holder may until it begins."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        _holder_in_time(booking, by, now)
        upkeep.drop(session, booking, why, by, now)
        upkeep_telling.announce(session, booking, "booking-cancelled", by, now)
    return booking


def check_in(booking: Booking, by: Person, now: datetime) -> Booking:
    """The holder is there, from 15 minutes before: what lets them in (badge, age) is asked again."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep_lived.begin(session, booking, by, now)
    return booking


def finish(booking: Booking, by: Person | None, now: datetime) -> Booking:
    """What was checked in is over; it keeps the time it took."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep_lived.finish(session, booking, by, now)
    return booking


def mark_no_show(booking: Booking, by: Person | None, now: datetime) -> Booking:
    """Nobody came: the time is let go. Only once it has begun, and never under a closure."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "confirmed")
        slot = Slot(booking.starts_at, booking.ends_at)
        if found := rules.no_show_refusals(slot, now, suspended=booking.suspended):
            raise Refused(found)
        upkeep.end(session, booking, "no_show", "", by, now)
    return booking


def close(over: Over, by: Person | None, now: datetime) -> Laid:
    """Close a place or a resource; says which bookings it suspends, and tells the people."""
    with transaction() as session:
        return upkeep_closures.lay(session, over, by, now)


def lift(closure: Closure, by: Person | None, now: datetime) -> Lifted:
    """End a closure; says which bookings come back and which wait for somebody."""
    with transaction() as session:
        return upkeep_closures.lift(session, closure, by, now)


def lay_overdue(closure: Closure, now: datetime) -> Laid:
    """What should have been back is not: says which bookings that suspends or marks now, and tells the people."""
    with transaction() as session:
        return upkeep_closures.lay_overdue(session, closure, now)


def give_back(booking: Booking, by: Person, now: datetime) -> Booking:
    """After a repair, a person lets a suspended booking come back, every rule asked."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "requested", "confirmed")
        if not booking.suspended:
            return booking
        standing = upkeep.standing_refusals(asking.weigh_one(session, asking.ask_of(booking), now), booking)
        if standing:
            raise Refused(standing)
        upkeep_closures.give_back(session, booking, by, now)
    return booking


def with_nearest(session: Session, refused: Refused, ask: Ask, now: datetime) -> Refused:
    """The same refusals; «taken» then says the nearest slots that every rule accepts."""
    if "taken" not in refused.codes:
        return refused
    nearest = asking.nearest_free(session, ask, now)
    return Refused([rules.taken(nearest) if one.code == "taken" else one for one in refused.refusals])


def _holder_in_time(booking: Booking, by: Person, now: datetime) -> None:
    if by.id == booking.holder_id and (found := rules.still_ahead(Slot(booking.starts_at, booking.ends_at), now)):
        raise Refused(found)
