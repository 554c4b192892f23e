"""What a shift holds up: shown before it is withdrawn. Reads only; the rules are those of booking."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import asking
from bookings import queries as engine
from bookings.models import Booking
from bookings.values import Slot
from machines import rules, upkeep
from machines.kind import MachineKind
from machines.models import Shift
from machines.values import Day


def would_uncover(session: Session, shift: Shift, now: datetime) -> list[Booking]:
    """The bookings that nobody could watch over any more without this shift, soonest first."""
    slot = Slot(shift.starts_at, shift.ends_at)
    near = upkeep.bookings_watched(session, slot, now)
    asks = {booking: asking.ask_of(booking) for booking in engine.bookings_afresh(session, [one.id for one in near])}
    facts = MachineKind().gather(session, list(asks.values()), now)
    found = []
    for booking, ask in asks.items():
        if ask not in facts:
            continue
        without = replace(facts[ask], day=_without(facts[ask].day, shift))
        before = {refusal.code for refusal in rules.refusals(ask, facts[ask], now)}
        after = {refusal.code for refusal in rules.refusals(ask, without, now) if refusal.effect != "keep"}
        if after - before:
            found.append(booking)
    return found


def _without(day: Day, shift: Shift) -> Day:
    slot = Slot(shift.starts_at, shift.ends_at)
    kept = [one for one in day.watches if not (one.person_id == shift.person_id and one.slot == slot)]
    return replace(day, watches=tuple(kept))
