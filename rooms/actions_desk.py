"""The desk on the day: an organisation comes, is counted, leaves, changes rooms; a room is taken on the spot.

One transaction each; all raise Refused with every reason.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import asking, upkeep, upkeep_lived, upkeep_placing, upkeep_telling
from bookings import queries as engine
from bookings.models import Booking
from bookings.rules import no_show_refusals
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from rooms import queries, queries_desk, rules_changing, rules_desk
from rooms.models_desk import RoomUse
from rooms.values import Sheet


def walk_in(ask: Ask, by: Person, now: datetime) -> Booking:
    """Lend a room from now on to an organisation that is there: every rule but the notice, for a written reason.

    The contacts are told. Sent twice, it is taken once. Raises Refused.
    """
    with transaction() as session:
        engine.lock_house(session)
        if ask.key and (made := engine.booking_by_key(session, ask.key)):
            return made
        if found := queries_desk.waits(session, ask, by):
            raise Refused(found)
        booking = upkeep_placing.place(session, ask, by, now)
        _begin(session, booking, by, now)
        upkeep_telling.announce_made(session, booking, by, now)
    return booking


def arrive(booking: Booking, by: Person, now: datetime) -> Booking:
    """An organisation is there; noted as missing before, it takes its time again if nobody else has. Twice, once."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if booking.status == "checked_in":
            return booking
        upkeep.require(booking, "confirmed", "no_show")
        slot = Slot(booking.starts_at, booking.ends_at)
        if found := rules_desk.begin_refusals(slot, now, suspended=booking.suspended):
            raise Refused(found)
        if booking.status == "no_show":
            upkeep.take(session, booking)
            upkeep.refuse_rivals(session, booking, by, now)
            booking.ended_at = None
        _begin(session, booking, by, now)
    return booking


def came(booking: Booking, by: Person, now: datetime) -> Booking:
    """It is over and nobody noted anything: they came. Twice, once."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if booking.status == "done":
            return booking
        upkeep.require(booking, "confirmed")
        if found := rules_desk.came_refusals(Slot(booking.starts_at, booking.ends_at), now):
            raise Refused(found)
        upkeep_lived.lived(session, booking, by, now)
    return booking


def not_arrived(booking: Booking, by: Person, now: datetime) -> Booking:
    """It was noted by mistake: the booking waits for its organisation again, for as many as planned."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        use = queries_desk.use_of(session, booking)
        if booking.status == "done" and use is None:
            upkeep_lived.not_lived(session, booking, by, now)
        else:
            upkeep_lived.not_begun(session, booking, by, now)
        if use:
            booking.headcount = use.planned_people
            session.delete(use)
    return booking


def count(booking: Booking, heads: int, by: Person, now: datetime) -> Booking:
    """How many really came, seen at the door: the gauges count them from now on; how many were planned stays beside."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "checked_in", "done")
        if booking.status == "checked_in":
            _require_room_for(session, booking, heads, now)
        use = queries_desk.use_of(session, booking) or _new_use(session, booking)
        use.counted, use.counted_at, use.counted_by_id = heads, now, by.id
        upkeep_lived.change_heads(session, booking, heads, by, now)
    return booking


def leave(booking: Booking, by: Person, now: datetime) -> Booking:
    """An organisation leaves: what is left of its time is free for others. Twice, once."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if booking.status != "done":
            upkeep_lived.finish_early(session, booking, by, now)
    return booking


def still_there(booking: Booking, by: Person, now: datetime) -> Booking:
    """It had not left: the rest of its time is taken again, if nobody has it."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "done")
        use = queries_desk.use_of(session, booking)
        until = use.planned_end if use else booking.ends_at
        if found := rules_desk.begin_refusals(Slot(booking.starts_at, until), now, suspended=booking.suspended):
            raise Refused(found)
        upkeep_lived.reopen(session, booking, until, by, now)
    return booking


def missing(booking: Booking, by: Person, now: datetime) -> Booking:
    """Nobody of an organisation came, a quarter of an hour after its hour: its time is free."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "confirmed")
        slot = Slot(booking.starts_at, booking.ends_at)
        found = no_show_refusals(slot, now, suspended=booking.suspended) or rules_desk.missing_refusals(slot, now)
        if found:
            raise Refused(found)
        upkeep.end(session, booking, "no_show", "", by, now)
    return booking


def change_room(booking: Booking, room: Sheet, by: Person, now: datetime) -> Booking:
    """Another room in one act: the whole before its hour, the rest of what has begun; who is there is there at once.

    Gives the booking that has the other room, at the price of the first and with no deposit of its own: the change is
    not the organisation's, and each room is paid for the time spent in it. The contacts are told. Raises Refused.
    """
    with transaction() as session:
        upkeep.freshen(session, booking)
        there = booking.status == "checked_in"
        if queries_desk.moves_whole(booking, now):
            if there:
                upkeep_lived.not_begun(session, booking, by, now)
            ask = queries_desk.ask_for(queries_desk.rest_of(booking, now), room.id)
            upkeep.change(session, booking, ask, by, now, None)
            if there:
                upkeep_lived.begin_at_once(session, booking, by, now)
            upkeep_telling.announce(session, booking, "booking-moved", by, now)
            return booking
        if booking.ends_at <= now:
            raise Refused(rules_desk.begin_refusals(Slot(booking.starts_at, booking.ends_at), now, suspended=False))
        ask = queries_desk.ask_for(queries_desk.rest_of(booking, now), room.id)
        upkeep_lived.finish_early(session, booking, by, now)
        if use := queries_desk.use_of(session, booking):
            use.planned_end = booking.ends_at
        moved = upkeep_placing.place(session, ask, by, now)
        moved.hour_cents, moved.charged, moved.deposit_cents = booking.hour_cents, booking.charged, None
        _begin(session, moved, by, now)
        upkeep_telling.announce_made(session, moved, by, now)
    return moved


def _begin(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    _new_use(session, booking)
    upkeep_lived.begin_at_once(session, booking, by, now)


def _new_use(session: Session, booking: Booking) -> RoomUse:
    use = RoomUse(booking_id=booking.id, planned_people=booking.headcount, planned_end=booking.ends_at)
    session.add(use)
    return use


def _require_room_for(session: Session, booking: Booking, heads: int, now: datetime) -> None:
    """Raise Refused when so many fit neither the room nor the building; what stood already is not said again."""
    sheet = queries.sheets(session)[booking.resource_id]
    found = rules_desk.heads_refusals(heads, sheet.safety_gauge)
    if not found and heads > booking.headcount:
        before = asking.ask_of(booking)
        after = replace(before, headcount=heads)
        answers = asking.weigh(session, [before, after], now)
        found = rules_changing.only_new(answers[after].refusals, answers[before].refusals)
    if found:
        raise Refused(found)
