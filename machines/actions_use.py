"""Beginning and ending at a machine, and their ways back. ``by`` is the holder at the kiosk, or the team.

All raise Refused with every reason; the engine's rules and the machine's are asked again as somebody begins.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import upkeep, upkeep_lived
from bookings.models import Booking
from bookings.values import Slot
from fablab.db import transaction
from fablab.i18n import _
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refused, refuse
from machines import queries_use, rules_use, upkeep_use
from machines.models import Machine
from machines.models_use import MachineUse
from machines.values_use import Left, Start


def check_in(booking: Booking, start: Start, by: Person, now: datetime) -> MachineUse:
    """The holder begins, from 15 minutes before: material, protections and checks are said, every rule asked again.

    Sent twice, it begins once.
    """
    with transaction() as session:
        upkeep.freshen(session, booking)
        begun = queries_use.use_of(session, booking.id)
        if begun is not None and booking.status == "checked_in":
            return begun
        handling = queries_use.handling_of(_machine(booking))
        against = rules_use.start_refusals(start, handling, by_team=by.id != booking.holder_id)
        try:
            upkeep_lived.begin(session, booking, by, now)
        except Refused as refused:
            raise Refused([*refused.refusals, *against]) from None
        if against:
            raise Refused(against)
        return upkeep_use.begin(session, booking, start, by, now)


def take_back_check_in(booking: Booking, by: Person, now: datetime) -> None:
    """It was begun by mistake: the booking waits for its holder again; taken back already, nothing changes."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if booking.status == "confirmed":
            return
        upkeep_lived.not_begun(session, booking, by, now)
        if use := queries_use.use_of(session, booking.id):
            use.taken_back_at = now


def check_out(booking: Booking, left: Left, by: Person, now: datetime) -> MachineUse:
    """The holder has finished: how the machine is left, and the rest of the time given back. Sent twice, once.

    Left with a fault, it is a problem for the team to look at (``machines.upkeep_repair``).
    """
    with transaction() as session:
        upkeep.freshen(session, booking)
        use = _use(session, booking)
        if booking.status == "done" and use.ended_at is not None:
            return use
        upkeep.require(booking, "checked_in")
        if found := rules_use.end_refusals(left):
            raise Refused(found)
        upkeep_lived.finish_early(session, booking, by, now)
        upkeep_use.write_end(session, use, left, by, now, now)
        upkeep_use.report_fault(session, booking, left, by, now)
    return use


def go_on(booking: Booking, by: Person, now: datetime) -> None:
    """It was ended by mistake: the use goes on until the end planned, every rule asked; going on already, nothing.

    A fault noted with that end and still open is taken back.
    """
    with transaction() as session:
        upkeep.freshen(session, booking)
        if booking.status == "checked_in":
            return
        use = _use(session, booking)
        upkeep.require(booking, "done")
        planned = Slot(booking.starts_at, use.planned_end)
        if found := rules_use.reopen_refusals(planned, now):
            raise Refused(found)
        upkeep_lived.reopen(session, booking, planned.end, by, now)
        upkeep_use.take_back_end(session, use, by, now)


def correct_end(booking: Booking, left: Left, ended_at: datetime, reason: str, by: Person, now: datetime) -> MachineUse:
    """Nobody checked out and it closed by itself: when it really ended, how it was left, and why it is said now."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        use = _use(session, booking)
        upkeep.require(booking, "done")
        found = [*rules_use.end_refusals(left), *rules_use.late_end_refusals(use.started_at, ended_at, now)]
        if found:
            raise Refused(found)
        upkeep_use.write_end(session, use, left, by, ended_at, now)
        use.correction = reason
        upkeep_use.report_fault(session, booking, left, by, now)
        note(session, "booking.end_corrected", "booking", booking.id, by=by, now=now, about=booking.touches)
    return use


def _use(session: Session, booking: Booking) -> MachineUse:
    use = queries_use.use_of(session, booking.id)
    if use is None:
        raise refuse("status", _("Cette réservation a changé. Recharger la page."))
    return use


def _machine(booking: Booking) -> Machine:
    if not isinstance(booking.resource, Machine):
        raise TypeError("a booking of a machine")
    return booking.resource
