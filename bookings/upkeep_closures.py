"""Closures laid over bookings: what they suspend, and what comes back. Every function takes the session."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import asking, queries, queries_closures, upkeep, upkeep_again, upkeep_returns, upkeep_telling
from bookings.models import Booking, Closure
from bookings.values import Over, Slot
from fablab import reasons
from fablab.journal import note
from fablab.people.models import Person


@dataclass(frozen=True)
class Laid:
    """A closure, the bookings it suspended, and those it only marked (they can do without what is closed)."""

    closure: Closure
    suspended: tuple[Booking, ...]
    marked: tuple[Booking, ...]


@dataclass(frozen=True)
class Lifted:
    """A closure lifted, the bookings that came back, and those that still wait for somebody."""

    closure: Closure
    back: tuple[Booking, ...]
    waiting: tuple[Booking, ...]


def lay(session: Session, over: Over, by: Person | None, now: datetime) -> Laid:
    """Close a place or a resource: bookings under it are suspended, let their time go, and are told.

    A session that only uses the closed resource beside its main one is marked, not suspended. What begins after
    the day a broken thing should be back is left alone: see ``lay_overdue``.
    """
    queries.lock_house(session)
    closure = Closure(
        key=over.key,
        kind=over.kind,
        place_id=over.place_id,
        resource_id=over.resource_id,
        starts_at=over.starts_at,
        ends_at=over.ends_at,
        expected_back=over.expected_back,
        reason=over.reason,
        made_at=now,
        made_by_id=by.id if by else None,
    )
    session.add(closure)
    session.flush()
    note(session, "closure.made", "closure", closure.id, by=by, now=now, about=closure.touches, kind=over.kind)
    return _lay_over(session, closure, by, now)


def lay_overdue(session: Session, closure: Closure, now: datetime) -> Laid:
    """The day came and the thing is not back: what it lies over from now on is suspended or marked too, once."""
    queries.lock_house(session)
    session.refresh(closure)
    if closure.lifted_at is not None:
        return Laid(closure, (), ())
    return _lay_over(session, closure, None, now)


def _lay_over(session: Session, closure: Closure, by: Person | None, now: datetime) -> Laid:
    shut = queries_closures.shut_by(closure)
    suspended, marked = [], []
    for booking in _under(session, closure, now):
        if booking.suspended or shut.is_back_by(Slot(booking.starts_at, booking.ends_at), now):
            continue
        if _on_main(session, closure, booking):
            suspend(session, booking, closure, by, now)
            suspended.append(booking)
        else:
            marked.append(booking)
    upkeep_again.ask_again(session, marked, now)
    return Laid(closure, tuple(suspended), tuple(marked))


def suspend(session: Session, booking: Booking, closure: Closure, by: Person | None, now: datetime) -> None:
    """Let a booking's time go while a closure lies over it, and tell."""
    set_aside(session, booking, by, now, closure=closure.id)
    upkeep_telling.announce(session, booking, "booking-suspended", None, now, closure=closure)


def set_aside(session: Session, booking: Booking, by: Person | None, now: datetime, **why: object) -> None:
    """Let a booking's time go for a while; its status stays, and what it held is remembered. The caller tells."""
    booking.held_before = any(claim.holds for claim in booking.claims)
    booking.suspended = True
    upkeep.release(session, booking)
    note(session, "booking.suspended", "booking", booking.id, by=by, now=now, about=booking.touches, **why)


def take_back(session: Session, closure: Closure, by: Person, now: datetime) -> Lifted:
    """End a breakdown that was a mistake, as if it had never been: what it suspended comes back by itself."""
    closure.lifted_at = now
    session.flush()
    note(session, "closure.taken_back", "closure", closure.id, by=by, now=now, about=closure.touches)
    under = [booking for booking in _under(session, closure, now) if booking.starts_at > now]
    suspended = [booking for booking in under if booking.suspended]
    back = [booking for booking in suspended if give_back(session, booking, by, now)]
    _look_again(session, [booking for booking in under if booking not in suspended], now)
    upkeep_returns.tell_of_return(session, closure, now)
    return Lifted(closure, tuple(back), tuple(booking for booking in suspended if booking not in back))


def lift(session: Session, closure: Closure, by: Person | None, now: datetime) -> Lifted:
    """End a closure. What it suspended comes back where nothing stands in the way; a breakdown waits for a person.

    A closure already lifted changes nothing.
    """
    queries.lock_house(session)
    session.refresh(closure)
    if closure.lifted_at is not None:
        return Lifted(closure, (), ())
    closure.lifted_at = now
    session.flush()
    note(session, "closure.lifted", "closure", closure.id, by=by, now=now, about=closure.touches)
    back, waiting = [], []
    under = [booking for booking in _under(session, closure, now) if booking.starts_at > now]
    for booking in under:
        if not booking.suspended:
            continue
        if closure.kind == "breakdown":
            booking.attention = "repaired"
            waiting.append(booking)
        elif give_back(session, booking, by, now):
            back.append(booking)
        else:
            waiting.append(booking)
    _look_again(session, [booking for booking in under if not booking.suspended and booking not in back], now)
    upkeep_returns.tell_of_return(session, closure, now)
    return Lifted(closure, tuple(back), tuple(waiting))


def _look_again(session: Session, standing: Sequence[Booking], now: datetime) -> None:
    """What was only marked may be well again: its people are told."""
    before = {booking for booking in standing if booking.attention}
    outcome = upkeep_again.ask_again(session, standing, now)
    upkeep_telling.tell_well(session, [booking for booking in outcome.kept if booking in before], now)


def give_back(session: Session, booking: Booking, by: Person | None, now: datetime) -> bool:
    """Let a suspended booking come back if every rule agrees; else mark it with what stands in the way. True if back.

    The lock is held by the caller.
    """
    if not take_up(session, booking, by, now):
        return False
    upkeep_telling.announce(session, booking, "booking-back", None, now)
    return True


def take_up(session: Session, booking: Booking, by: Person | None, now: datetime) -> bool:
    """The same without telling that it is back: the caller tells."""
    # One at a time: each that comes back fills the place for the next.
    ask = asking.ask_of(booking)
    standing = upkeep.standing_refusals(asking.weigh_one(session, ask, now), booking)
    if standing:
        still_shut = {"closed", "out_of_service"} & {refusal.code for refusal in standing}
        if not still_shut and upkeep.mark(session, booking, standing, now):
            upkeep_telling.tell_marked(session, {booking: reasons.keep(standing)}, now)
        return False
    booking.suspended, booking.attention = False, None
    if booking.held_before:
        upkeep.take(session, booking)
        upkeep.refuse_rivals(session, booking, by, now)
    note(session, "booking.given_back", "booking", booking.id, by=by, now=now, about=booking.touches)
    return True


def _under(session: Session, closure: Closure, now: datetime) -> Sequence[Booking]:
    if closure.ends_at is not None and closure.ends_at <= now:
        return ()
    leaves = queries.leaves_under(session, place_id=closure.place_id, resource_id=closure.resource_id)
    found = queries.bookings_on(session, leaves, max(closure.starts_at, now), closure.ends_at)
    return [booking for booking in found if booking.status != "checked_in"]


def _on_main(session: Session, closure: Closure, booking: Booking) -> bool:
    """Whether the closure lies on the main thing of a booking, or on a part of it."""
    if closure.resource_id is None:
        return True
    if closure.resource_id in (booking.resource_id, booking.resource.whole_id):
        return True
    return closure.resource_id in queries.leaves_under(session, place_id=None, resource_id=booking.resource_id)
