"""The day of rooms as the desk reads it: who is expected, who is in; which rooms are free on the spot."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings import asking
from bookings.models import Booking
from bookings.queries_closures import open_slots
from bookings.queries_house import house_of
from bookings.rules_passing import passed_with
from bookings.values import LONGEST, Ask, Scope, Slot
from fablab import clock
from fablab.i18n import _
from fablab.people.models import Person
from fablab.refusals import Refusal
from rooms import queries, rules_desk
from rooms.models_desk import RoomUse
from rooms.rules_desk import Stage
from rooms.values import Facts, Reader, Sheet, Told, last_day, tell

#: how far it is looked when the house opens again
_AHEAD = timedelta(days=31)
_SHOWN = ("confirmed", "checked_in", "done", "no_show")


@dataclass(frozen=True)
class DeskLine:
    """A booking of a room on the day, as told to its reader; ``planned`` people were to come, once they are counted."""

    booking: Booking
    room: Sheet
    told: Told
    slot: Slot
    stage: Stage
    planned: int | None


@dataclass(frozen=True)
class Free:
    """A room and what stands against taking it; nothing: it is free for this need."""

    room: Sheet
    against: tuple[Refusal, ...]


def day_of_rooms(session: Session, now: datetime, reader: Reader) -> list[DeskLine]:
    """What organisations have today, by hour. One statement, and what is kept of rooms and organisations."""
    start, end = clock.day_bounds(clock.local_day(now))
    found = session.execute(
        select(Booking, RoomUse)
        .outerjoin(RoomUse, RoomUse.booking_id == Booking.id)
        .where(Booking.kind == "rental", Booking.status.in_(_SHOWN), ~Booking.suspended)
        .where(Booking.starts_at < end, Booking.ends_at > start, Booking.starts_at > start - LONGEST)
        .options(joinedload(Booking.resource))
        .order_by(Booking.starts_at, Booking.resource_id, Booking.id)
    ).all()
    sheets, tenants = queries.sheets(session), queries.tenants(session)
    return [
        DeskLine(
            booking,
            sheets[booking.resource_id],
            tell(tenants.get(booking.structure_id or 0), booking.purpose, reader),
            slot := Slot(booking.starts_at, booking.ends_at),
            rules_desk.stage_of(booking.status, slot, now),
            use.planned_people if use and use.counted is not None else None,
        )
        for booking, use in found
    ]


def closed_now(session: Session, now: datetime) -> list[Refusal]:
    """Why no room is taken at this moment: the house is closed; nothing where no hours are known. One statement."""
    today = clock.local_day(now)
    rooms = queries.in_use(session, today)
    if not rooms or house_of(session).open(rooms[0].place_id, "open", today, today) is None:
        return []
    return rules_desk.closed_refusals(open_slots(session, rooms[0].place_id, "open", today, today + _AHEAD), now)


def use_of(session: Session, booking: Booking) -> RoomUse | None:
    """What was noted as a booking began; None before."""
    return session.get(RoomUse, booking.id)


def ask_for(ask: Ask, room_id: int) -> Ask:
    """The same ask for another room."""
    return replace(ask, resource_id=room_id, resource_ids=())


def moves_whole(booking: Booking, now: datetime) -> bool:
    """Whether a booking goes to another room as it is: nobody is there, or not yet a minute of its time is spent."""
    return booking.status != "checked_in" or now < booking.starts_at + timedelta(minutes=1)


def rest_of(booking: Booking, now: datetime) -> Ask:
    """The ask for a booking in another room: the whole, or the rest of what has begun.

    Raises ValueError once it is over.
    """
    if moves_whole(booking, now):
        return replace(asking.ask_of(booking), at_once=True)
    return Ask(
        booking.resource_id,
        Slot(now, booking.ends_at),
        kind="rental",
        structure_id=booking.structure_id,
        headcount=booking.headcount,
        override=_("Changement de salle sur place."),
        purpose=booking.purpose,
        at_once=True,
        moving=booking.id,
    )


def other_rooms(session: Session, booking: Booking, by: Person, now: datetime) -> list[Free]:
    """The other rooms for a booking, or for what is left of it; none once it is over."""
    if booking.ends_at <= now:
        return []
    ask = rest_of(booking, now)
    return [one for one in _weighed(session, ask, by, now) if one.room.id != booking.resource_id]


def free_now(session: Session, ask: Ask, by: Person, now: datetime) -> list[Free]:
    """Every room weighed for somebody who is there, whatever room the ask says."""
    found = _weighed(session, ask, by, now)
    waiting = [replace(one, against=(*one.against, *waits(session, ask_for(ask, one.room.id), by))) for one in found]
    return sorted(waiting, key=lambda one: bool(one.against))


def _weighed(session: Session, ask: Ask, by: Person, now: datetime) -> list[Free]:
    """The free rooms first, the smallest in which everybody is at ease before the others. Read once."""
    rooms = queries.in_use(session, clock.local_day(now))
    asks = [(one, ask_for(ask, one.id)) for one in rooms]
    reading = asking.read(session, Scope.of([one for _room, one in asks]), now)

    def weighed(room: Sheet, wish: Ask) -> Free:
        refusals = reading.answer(wish).refusals
        return Free(room, tuple(one for one in refusals if not ((verb := passed_with(wish, one)) and by.may(verb))))

    found = [weighed(room, wish) for room, wish in asks]
    tight = ask.headcount
    return sorted(found, key=lambda one: (bool(one.against), one.room.usual_capacity < tight, one.room.usual_capacity))


def waits(session: Session, ask: Ask, by: Person) -> list[Refusal]:
    """What an ask on the spot would wait for."""
    sheet, tenant = queries.sheets(session)[ask.resource_id], queries.tenants(session).get(ask.structure_id or 0)
    facts = Facts(sheet, tenant, queries.rules_of(session))
    return rules_desk.waits_on_the_spot(facts, last_day(ask.slot), by_coordination=by.may("room.answer"))
