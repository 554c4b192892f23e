"""The verbs of problems: reported, repaired, opened again. One transaction each; Raises Refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import upkeep_closures
from bookings.upkeep_closures import Laid, Lifted
from bookings.values import Over
from fablab import clock, kept_files
from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.rules_forms import form_used
from machines import queries_repair, queries_shifts, rules_service, upkeep_repair
from machines.models import Machine
from machines.models_repair import Ticket
from machines.values_repair import Report
from pathways.upkeep_evidence import Piece


@dataclass(frozen=True)
class Reported:
    """A grave problem, and what taking the machine out of use did; None: it was out already."""

    ticket: Ticket
    laid: Laid | None


@dataclass(frozen=True)
class Repaired:
    """A problem closed, and what putting the machine back did; None: it was in use, or something else keeps it out."""

    ticket: Ticket
    lifted: Lifted | None


def report(machine: Machine, said: Report, photo: Piece | None, by: Person, now: datetime) -> Ticket:
    """Note a problem that the team will look at: the machine stays in use. Once only by the form's key.

    Raises Refused: hazard_is_grave, reports_waiting, form_used, disk_full.
    """
    with kept_files.keeping(photo.contents if photo else {}) as files, transaction() as session:
        engine.lock_house(session)
        if before := _reported_before(session, said, by):
            return before
        waiting = queries_repair.waiting_of(session, by.id)
        of_team = by.may("machine.state")
        _stop_for(rules_service.report_refusals(waiting, of_team=of_team, hazard=said.hazard))
        ticket = upkeep_repair.write(session, machine.id, said, None, files.key, by, now)
        files.used = True
    return ticket


def report_grave(
    machine: Machine, said: Report, photo: Piece | None, back_on: date | None, by: Person, now: datetime
) -> Reported:
    """Note a problem that takes the machine out of use at once: its bookings wait, their people are told.

    Out already, it stays so until this one is repaired too. Raises Refused: back_before, form_used, disk_full.
    """
    with kept_files.keeping(photo.contents if photo else {}) as files, transaction() as session:
        engine.lock_house(session)
        if before := _reported_before(session, said, by):
            return Reported(before, None)
        _stop_for(rules_service.out_refusals(back_on, clock.local_day(now)))
        closure, laid = queries_shifts.breakdown_of(session, machine.id, now), None
        if closure is None:
            over = Over(said.text, now, kind="breakdown", resource_id=machine.id, expected_back=back_on)
            laid = upkeep_closures.lay(session, over, by, now)
            closure = laid.closure
        ticket = upkeep_repair.write(session, machine.id, said, closure, files.key, by, now)
        files.used = True
    return Reported(ticket, laid)


def repair(ticket: Ticket, done: str, by: Person, now: datetime) -> Repaired:
    """Close a problem with what was done. The last that kept a machine out of use puts it back; its bookings wait.

    Raises Refused: ticket_closed.
    """
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(ticket)
        _stop_for(rules_service.repair_refusals(is_closed=ticket.closed_at is not None))
        ticket.closed_at, ticket.closed_by_id, ticket.done = now, by.id, done
        session.flush()
        note(
            session,
            "machine_ticket.repair",
            "machine_ticket",
            ticket.id,
            by=by,
            now=now,
            about=ticket.touches,
        )
        lifted = None
        if ticket.closure and not ticket.closure.lifted_at and not queries_repair.keep_out(session, ticket.closure.id):
            lifted = upkeep_closures.lift(session, ticket.closure, by, now)
    return Repaired(ticket, lifted)


def reopen(ticket: Ticket, by: Person, now: datetime) -> None:
    """It is not settled after all, the same day: to be looked at again. A machine put back stays in use.

    Raises Refused: ticket_open, ticket_old.
    """
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(ticket)
        closed_on = clock.local_day(ticket.closed_at) if ticket.closed_at else None
        _stop_for(rules_service.reopen_refusals(closed_on, clock.local_day(now)))
        ticket.closed_at = ticket.closed_by_id = ticket.done = None
        note(
            session,
            "machine_ticket.reopen",
            "machine_ticket",
            ticket.id,
            by=by,
            now=now,
            about=ticket.touches,
        )


def _stop_for(found: Sequence[Refusal]) -> None:
    if found:
        raise Refused(list(found))


def _reported_before(session: Session, said: Report, by: Person) -> Ticket | None:
    """The problem that this form told already. Raises Refused when the key is of somebody else's form."""
    found = queries_repair.by_key(session, said.key)
    if found is not None and found.reported_by_id != by.id:
        raise Refused([form_used()])
    return found
