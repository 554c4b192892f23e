"""Rooms for a need: which would be lent as they are, which almost fit, at which other hour, and why not the others."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings import asking
from bookings.models import Booking
from bookings.reading import Reading
from bookings.values import Ask, Scope, Slot
from fablab import clock
from fablab.people.models import Person
from rooms import queries, rules
from rooms.reading import reader_of
from rooms.values import Facts, Sheet, Tenant, last_day, tell
from rooms.values_finding import Found, Need, Search, sorted_out


def facts_of(session: Session, asked: Ask | Booking) -> Facts | None:
    """What the rules of rooms look at for an ask or a booking; None when what it is about is no room."""
    sheet = queries.sheets(session).get(asked.resource_id)
    tenant = queries.tenants(session).get(asked.structure_id or 0)
    return Facts(sheet, tenant, queries.rules_of(session)) if sheet else None


def find(
    session: Session, need: Need, slot: Slot, structure_id: int | None, now: datetime, *, by_coordination: bool
) -> Search:
    """Every room weighed by the rules that will be asked when it is booked; read once, whatever the rooms."""
    limits, tenant = queries.rules_of(session), queries.tenants(session).get(structure_id or 0)
    rooms = {one.id: one for one in queries.in_use(session, clock.local_day(slot.start))}
    asks = [Ask(id_, slot, kind="rental", structure_id=structure_id, headcount=need.people) for id_ in rooms]
    if not asks:
        return sorted_out((), ())
    reading = asking.read(session, Scope.of(asks, asking.same_day(asks[0])), now)

    def weighed(ask: Ask) -> Found:
        sheet = rooms[ask.resource_id]
        waits = rules.waits_for(Facts(sheet, tenant, limits), last_day(ask.slot), by_coordination=by_coordination)
        return Found(sheet, ask.slot, need.lacks(sheet), reading.answer(ask).refusals, tuple(waits))

    found = {ask: weighed(ask) for ask in asks}
    others = [ask for ask, one in found.items() if one.refusals and not one.lacks]
    nearest = [one for ask in others if (one := _at_another_hour(reading, ask))]
    return sorted_out(list(found.values()), [weighed(ask) for ask in nearest])


def may_ask_for(session: Session, person: Person, today: date) -> list[tuple[Tenant, str]]:
    """The organisations for which somebody may ask, with their names as this reader may read them, in their order."""
    if not person.may("room.lend"):
        return [(one, one.name) for one in queries.acted_for(session, person.id, today)]
    reader = reader_of(session, person, today)
    named = [(one, tell(one, None, reader).who) for one in queries.tenants(session).values()]
    return sorted(named, key=lambda one: one[1].casefold())


def equipment_of(rooms: Sequence[Sheet]) -> list[str]:
    """Everything that some of these rooms has, each once, in order."""
    return sorted({what for one in rooms for what in one.equipment})


def _at_another_hour(reading: Reading, ask: Ask) -> Ask | None:
    """The same room for as long, at the nearest hour of that day that every rule accepts; None when it has none."""
    free = reading.free_slots(ask.resource_id, asking.same_day(ask), ask.slot.minutes, kind="rental")
    free.sort(key=lambda slot: (abs(slot.start - ask.slot.start), slot))
    tries = (replace(ask, slot=slot) for slot in free[:12])
    return next((one for one in tries if not reading.answer(one).refusals), None)
