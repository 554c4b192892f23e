"""What a shift holds up: shown before it is withdrawn. Reads only; the rules are those of booking."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import asking
from bookings import queries as engine
from bookings.models import Booking
from bookings.values import Ask, Scope, Slot
from machines import rules, upkeep
from machines.kind import MachineKind
from machines.models import Shift
from machines.values import Facts, Level


def would_uncover(session: Session, shifts: Collection[Shift], now: datetime) -> list[Booking]:
    """The bookings that nobody could watch over any more without these shifts of one person, soonest first."""
    near = upkeep.bookings_watched(session, [Slot(one.starts_at, one.ends_at) for one in shifts], now)
    if not near:
        return []
    asks = {booking: asking.ask_of(booking) for booking in engine.bookings_afresh(session, [one.id for one in near])}
    scope = Scope.of(asks.values())
    read = MachineKind().read(session, scope, engine.taken_during(session, scope.span), now)
    every = {booking: (ask, read.facts(ask)) for booking, ask in asks.items()}
    known = {booking: (ask, facts) for booking, (ask, facts) in every.items() if facts is not None}
    touched = [booking for booking, (ask, whole) in known.items() if _touched(booking, ask, whole, shifts, now)]
    # Served in the order in which they booked, each beside those served before, as when it is really withdrawn.
    aside, served = {booking.id for booking in touched}, dict[int, Level | None]()
    lost = []
    for booking in sorted(touched, key=lambda one: (one.created_at, one.id)):
        ask, whole = known[booking]
        left = _beside(_without(whole, shifts), aside, served)
        if _worse(ask, whole, left, now):
            lost.append(booking)
        else:
            aside.discard(booking.id)
            served[booking.id] = rules.level_of(ask, left)
    return [booking for booking in touched if booking in lost]


def _touched(booking: Booking, ask: Ask, whole: Facts, shifts: Collection[Shift], now: datetime) -> bool:
    """Whether a booking is lost without the shift, or must be watched more closely."""
    left = _without(whole, shifts)
    return _worse(ask, whole, left, now) or rules.level_of(ask, left) != booking.supervision


def _worse(ask: Ask, whole: Facts, left: Facts, now: datetime) -> bool:
    """Whether a rule refuses what is left that did not refuse the whole."""
    before = {refusal.code for refusal in rules.refusals(ask, whole, now)}
    after = {refusal.code for refusal in rules.refusals(ask, left, now) if refusal.effect != "keep"}
    return bool(after - before)


def _without(facts: Facts, shifts: Collection[Shift]) -> Facts:
    """The same without these shifts."""
    gone = {(shift.person_id, shift.starts_at, shift.ends_at) for shift in shifts}
    kept = [one for one in facts.day.watches if (one.person_id, one.slot.start, one.slot.end) not in gone]
    return replace(facts, day=replace(facts.day, watches=tuple(kept)))


def _beside(facts: Facts, aside: Collection[int], served: Mapping[int, Level | None]) -> Facts:
    """The same without the bookings that stand aside, and with the level of those served."""
    uses = (
        replace(use, level=served.get(use.booking_id, use.level))
        for use in facts.day.uses
        if use.booking_id not in aside
    )
    return replace(facts, day=replace(facts.day, uses=tuple(uses)))
