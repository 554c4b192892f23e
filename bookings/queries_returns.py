"""What is out of service, and who waits for it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Closure
from bookings.models_returns import ReturnWish


def is_out(session: Session, resource_id: int, now: datetime) -> bool:
    """Whether a breakdown lies over this thing now."""
    lies = (Closure.resource_id == resource_id) & (Closure.kind == "breakdown") & Closure.lifted_at.is_(None)
    return session.scalar(select(Closure.id).where(lies, Closure.starts_at <= now).limit(1)) is not None


def wished(session: Session, person_id: int) -> set[int]:
    """The things whose return somebody wants to be told of, by id."""
    return set(session.scalars(select(ReturnWish.resource_id).where(ReturnWish.person_id == person_id)))


def wishes_for(session: Session, resource_id: int) -> Sequence[ReturnWish]:
    """Who waits for a thing, first come first, with their persons."""
    found = select(ReturnWish).where(ReturnWish.resource_id == resource_id).order_by(ReturnWish.id)
    return session.scalars(found.options(joinedload(ReturnWish.person), joinedload(ReturnWish.resource))).all()
