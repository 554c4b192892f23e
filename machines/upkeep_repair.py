"""What the actions that report a problem share. Inside the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.models import Booking, Closure
from fablab.journal import note
from fablab.people.models import Person
from machines import queries_repair
from machines.models_repair import Ticket
from machines.values_repair import TEXT_LENGTH, Report


def write(
    session: Session,
    machine_id: int,
    said: Report,
    closure: Closure | None,
    file_key: str | None,
    by: Person,
    now: datetime,
) -> Ticket:
    """Write a problem down; with a ``closure`` it is the one that took the machine out of use."""
    ticket = Ticket(
        machine_id=machine_id,
        severity="grave" if closure else "to_check",
        cause=said.cause,
        text=said.text,
        hazard=said.hazard,
        file_key=file_key,
        closure_id=closure.id if closure else None,
        reported_at=now,
        reported_by_id=by.id,
        request_key=said.key,
    )
    session.add(ticket)
    session.flush()
    note(session, "machine_ticket.report", "machine_ticket", ticket.id, by=by, now=now, about=ticket.touches)
    return ticket


def take_back(session: Session, tickets: Iterable[Ticket], by: Person, now: datetime) -> None:
    """Problems that were told by mistake, with the breakdown that they made."""
    for ticket in tickets:
        ticket.closed_at, ticket.closed_by_id, ticket.done = now, by.id, ""
        note(session, "machine_ticket.take_back", "machine_ticket", ticket.id, by=by, now=now, about=ticket.touches)


def write_left(session: Session, booking: Booking, remark: str, by: Person, now: datetime) -> None:
    """A machine is left with a fault: the team finds it among the problems, once for each use.

    Told and taken back, it is open again with these words; told and settled, another fault is another problem.
    """
    before, words = queries_repair.left_by(session, booking.id), remark[:TEXT_LENGTH]
    if before is not None and before.closed_at is None:
        return
    if before is not None and before.done == "":
        before.closed_at = before.closed_by_id = before.done = None
        before.text, before.reported_at, before.reported_by_id = words, now, by.id
        note(session, "machine_ticket.reopen", "machine_ticket", before.id, by=by, now=now, about=before.touches)
        return
    key = f"use:{booking.id}" if before is None else f"use:{booking.id}:{before.id}"
    write(session, booking.resource_id, Report("unknown", words, False, key), None, None, by, now)
