"""The verbs of a machine that goes on past closing: asked for, agreed by mistake, its end looked at. Raise Refused."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings import rules as engine_rules
from bookings import upkeep, upkeep_telling
from bookings.models import Booking
from bookings.values import Slot
from fablab.db import db, transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import queries_past_closing, queries_use, rules_past_closing, rules_use, upkeep_use
from machines.models import Machine
from machines.models_use import MachineUse
from machines.values_use import Left


def ask(machine: Machine, slot: Slot, key: str, by: Person, now: datetime) -> Booking:
    """Ask that a machine goes on past closing: it holds the whole time at once; a facilitator answers.

    Whoever asks is by it until the Fablab closes. The same form sent twice asks once. Raises Refused with every reason.
    """
    return engine.request(queries_past_closing.wish(db.session(), machine, slot, by.id, key=key), by, now)


def unsay(booking: Booking, by: Person, now: datetime) -> None:
    """It was agreed by mistake: to be answered again, its time still held; the person is told. Until it begins."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if booking.status == "requested":
            return
        upkeep.require(booking, "confirmed")
        if found := engine_rules.still_ahead(Slot(booking.starts_at, booking.ends_at), now):
            raise Refused(found)
        booking.status, booking.agreed_by_id = "requested", None
        note(session, "booking.unapproved", "booking", booking.id, by=by, now=now, about=booking.touches)
        upkeep_telling.announce(session, booking, "past-closing-unsure", by, now)


def look(booking: Booking, left: Left, by: Person, now: datetime) -> MachineUse:
    """It ran to its end with nobody by it: how the machine was found at the next opening. Sent twice, once."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        use = _use(session, booking)
        if use.ended_at is not None and use.ended_by_id == by.id:
            return use
        over = booking.ends_at <= now
        found = rules_past_closing.look_refusals(over=over, said=use.ended_at is not None)
        if found := [*found, *rules_use.end_refusals(left)]:
            raise Refused(found)
        if booking.status == "checked_in":
            booking.status, booking.ended_at = "done", booking.ends_at
        upkeep_use.write_end(session, use, left, by, booking.ends_at, now)
        upkeep_use.report_fault(session, booking, left, by, now)
        note(session, "booking.looked_at", "booking", booking.id, by=by, now=now, about=booking.touches)
    return use


def look_again(booking: Booking, by: Person, now: datetime) -> None:
    """Its end was noted by mistake: to be looked at; a fault noted with it and still open is taken back."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        use = _use(session, booking)
        if found := rules_past_closing.look_again_refusals(said=use.ended_at is not None):
            raise Refused(found)
        upkeep_use.take_back_end(session, use, by, now)
        note(session, "booking.to_look_at", "booking", booking.id, by=by, now=now, about=booking.touches)


def _use(session: Session, booking: Booking) -> MachineUse:
    use = queries_use.use_of(session, booking.id)
    found = rules_past_closing.run_refusals(booking.status, begun=use is not None)
    if use is None or found:
        raise Refused(found)
    return use
