"""What programs read: machines, bookings and uses, page by page in an order that stays while rows come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from bookings.models import Booking, Resource
from bookings.values import Slot
from machines.models import Machine
from machines.models_use import MachineUse


@dataclass(frozen=True)
class Place:
    """Where a page of bookings goes on: after this start, and among equal starts after this row."""

    start: datetime
    id: int


@dataclass(frozen=True)
class Wish:
    """Which bookings or uses: those that begin in a time, of these machines, of one person, of one status."""

    span: Slot
    machine_ids: Collection[int]
    person_id: int | None = None
    status: str | None = None


def machines_after(
    session: Session, codes: Collection[str] | None, family: str | None, after: int, today: Any, limit: int
) -> Sequence[Machine]:
    """The machines of the house in the order they came, from one on, with their badges; one more than the limit."""
    found = select(Machine).where(Machine.id > after, or_(Machine.retired_on.is_(None), Machine.retired_on > today))
    if codes is not None:
        found = found.where(Machine.code.in_(codes))
    if family is not None:
        found = found.where(Machine.family == family)
    return session.scalars(found.order_by(Machine.id).options(joinedload(Machine.badge)).limit(limit + 1)).all()


def in_use(session: Session, machine_ids: Collection[int], now: datetime) -> set[int]:
    """Of these machines, those on which a use is under way."""
    found = select(Booking.resource_id).where(
        Booking.resource_id.in_(machine_ids),
        Booking.status == "checked_in",
        Booking.starts_at <= now,
        Booking.ends_at > now,
    )
    return set(session.scalars(found))


def bookings_after(session: Session, wish: Wish, place: Place | None, limit: int) -> Sequence[Booking]:
    """Bookings of people by start, with holders and machines; one more than the limit says that there is more."""
    found = _narrowed(select(Booking), wish, place).join(Booking.resource).outerjoin(Booking.holder)
    found = found.options(contains_eager(Booking.resource.of_type(Resource)), contains_eager(Booking.holder))
    return session.scalars(found.limit(limit + 1)).unique().all()


def uses_after(session: Session, wish: Wish, place: Place | None, limit: int) -> Sequence[MachineUse]:
    """Uses by the start of their booking, with it, its holder and its machine; one more than the limit."""
    found = _narrowed(select(MachineUse).join(MachineUse.booking), wish, place)
    found = found.where(MachineUse.taken_back_at.is_(None)).join(Booking.resource).outerjoin(Booking.holder)
    held = contains_eager(MachineUse.booking)
    return session.scalars(
        found.options(held.contains_eager(Booking.resource), held.contains_eager(Booking.holder)).limit(limit + 1)
    ).all()


def _narrowed(found: Select[Any], wish: Wish, place: Place | None) -> Select[Any]:
    """Each machine's bookings are one range of an index."""
    start = place.start if place else wish.span.start
    found = found.where(
        Booking.resource_id.in_(wish.machine_ids),
        Booking.kind == "own",
        Booking.starts_at >= start,
        Booking.starts_at < wish.span.end,
    )
    if wish.person_id is not None:
        found = found.where(Booking.holder_id == wish.person_id)
    if wish.status is not None:
        found = found.where(Booking.status == wish.status)
    if place is not None:
        later = and_(Booking.starts_at == place.start, Booking.id > place.id)
        found = found.where(or_(Booking.starts_at > place.start, later))
    return found.order_by(Booking.starts_at, Booking.id)
