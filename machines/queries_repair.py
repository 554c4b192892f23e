"""What is wrong with machines: their problems, and the one state that follows from problems and closures."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Date, String, cast, func, literal_column, null, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from bookings.models import Closure
from machines.models_repair import Ticket
from machines.values_repair import Trouble, Wrong, worst

#: how many problems of the past a page shows
SHOWN = 10


def troubles(session: Session, machine_ids: Collection[int], now: datetime) -> dict[int, Trouble]:
    """What is wrong now with each of these machines, the worst of it; none without trouble. One statement."""
    closed = select(Closure.resource_id, Closure.kind, Closure.reason, Closure.expected_back).where(
        Closure.resource_id.in_(machine_ids),
        Closure.lifted_at.is_(None),
        Closure.starts_at <= now,
        or_(Closure.ends_at.is_(None), Closure.ends_at > now),
    )
    waiting = select(Ticket.machine_id, literal_column("'ticket'", String), Ticket.text, cast(null(), Date)).where(
        Ticket.machine_id.in_(machine_ids), Ticket.closed_at.is_(None)
    )
    states: dict[str, Wrong] = {"breakdown": "broken", "closure": "maintenance", "ticket": "to_check"}
    found: dict[int, list[Trouble]] = defaultdict(list)
    everything: CompoundSelect[Any] = union_all(closed, waiting)
    for id_, kind, words, back_on in session.execute(everything):
        found[id_].append(Trouble(states[kind], words, back_on))
    return {id_: trouble for id_, several in found.items() if (trouble := worst(several))}


def tickets_of(session: Session, machine_id: int) -> Sequence[Ticket]:
    """The problems of a machine: those that wait, then the latest settled ones, with who and the breakdown."""
    found = select(Ticket).where(Ticket.machine_id == machine_id)
    found = found.order_by(Ticket.closed_at.is_not(None), Ticket.reported_at.desc(), Ticket.id.desc())
    return session.scalars(found.options(joinedload(Ticket.reported_by)).limit(SHOWN)).all()


def ticket_by_public_id(session: Session, public_id: str) -> Ticket | None:
    """A problem with its machine, who told it and who settled it."""
    found = select(Ticket).where(Ticket.public_id == public_id)
    return session.scalar(
        found.options(
            joinedload(Ticket.machine),
            joinedload(Ticket.reported_by),
            joinedload(Ticket.closed_by),
            joinedload(Ticket.closure),
        )
    )


def by_key(session: Session, key: str) -> Ticket | None:
    """The problem that a form told."""
    return session.scalar(select(Ticket).where(Ticket.request_key == key))


def left_by(session: Session, booking_id: int) -> Ticket | None:
    """The problem that was told as a use ended, the latest; None for none."""
    key = f"use:{booking_id}"
    mine = or_(Ticket.request_key == key, Ticket.request_key.startswith(f"{key}:"))
    return session.scalar(select(Ticket).where(mine).order_by(Ticket.id.desc()).limit(1))


def waiting_of(session: Session, person_id: int) -> int:
    """How many problems that somebody told are not settled."""
    found = select(func.count()).where(Ticket.reported_by_id == person_id, Ticket.closed_at.is_(None))
    return session.scalar(found) or 0


def open_on(session: Session, closure_id: int) -> Sequence[Ticket]:
    """The problems not settled that lie on a breakdown, in the order in which they were told."""
    found = select(Ticket).where(Ticket.closure_id == closure_id, Ticket.closed_at.is_(None))
    return session.scalars(found.order_by(Ticket.reported_at, Ticket.id)).all()


def keep_out(session: Session, closure_id: int) -> int:
    """How many problems not settled lie on a breakdown."""
    found = select(func.count()).where(Ticket.closure_id == closure_id, Ticket.closed_at.is_(None))
    return session.scalar(found) or 0


def all_keys(session: Session) -> set[str]:
    """The keys of every photo of a problem."""
    return {key for key in session.scalars(select(Ticket.file_key)) if key}
