"""What programs write, under /api/v1: bookings made, moved, cancelled by the very actions that the pages call."""

import hashlib
from datetime import UTC, timedelta

from flask import request

from bookings import actions
from bookings.values import Ask, Slot
from fablab import clock
from fablab.db import db
from fablab.i18n import lazy
from fablab.reasons import Why
from machines import queries, rules_api
from machines.values_api import BookingShape, BookingWanted, CancelWanted, MoveWanted
from machines.views_api import booking_of, bp, for_whom, shape_of
from machines.views_operations import Operation, Told, operation, token, unless

__all__ = ["bp"]


@bp.post("/bookings")
@operation(Operation("bookings:write", lazy("Réserver une machine"), BookingShape, status=201, body=BookingWanted))
def book(asked: BookingWanted) -> Told:
    """Book a machine: every rule is asked, every reason against it comes back at once."""
    now = clock.now()
    machine_id = queries.id_of(db.session(), asked.machine, clock.local_day(now))
    unless([] if machine_id is not None else [rules_api.unknown_machine()])
    holder, by = for_whom(asked.person), token().person
    start = asked.start.astimezone(UTC)
    slot = Slot(start, start + timedelta(minutes=asked.minutes))
    return 201, shape_of(actions.book(Ask(machine_id or 0, slot, holder_id=holder.id, key=_key()), by, now))


@bp.post("/bookings/<public_id>/move")
@operation(
    Operation("bookings:write", lazy("Changer l’heure d’une réservation"), BookingShape, body=MoveWanted, missing=True)
)
def move(asked: MoveWanted, public_id: str) -> Told:
    """Another start for the same length; already there, nothing changes."""
    found = booking_of(public_id)
    start = asked.start.astimezone(UTC)
    if found.starts_at != start:
        slot = Slot(start, start + (found.ends_at - found.starts_at))
        actions.move(found, slot, token().person, clock.now())
    return 200, shape_of(found)


@bp.post("/bookings/<public_id>/cancel")
@operation(Operation("bookings:write", lazy("Annuler une réservation"), BookingShape, body=CancelWanted, missing=True))
def cancel(asked: CancelWanted, public_id: str) -> Told:
    """Cancel; already cancelled, nothing changes. Somebody else's asks for a reason, which they read."""
    found = booking_of(public_id)
    unless(rules_api.why_needed(own=token().kind == "own", said=asked.reason is not None))
    if found.status != "cancelled":
        why: Why = [{"code": f"cancel_{asked.reason}"}] if asked.reason else ""
        actions.cancel(found, why, token().person, clock.now())
    return 200, shape_of(found)


def _key() -> str:
    """What makes a booking once, even when the answer to it was never kept: this key's own name of the request."""
    told = f"{token().id}:{request.headers['Idempotency-Key']}"
    return hashlib.sha256(told.encode()).hexdigest()
