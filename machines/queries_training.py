"""What is read of training slots."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings.models import Booking
from bookings.values import LONGEST_STAY, Slot
from fablab import ready
from fablab.db import UtcDateTime
from fablab.people.models import Person
from machines.models import Machine
from machines.models_training import SITTING, TrainingSeat, TrainingSlot
from machines.values import Training
from pathways.models import Badge, BadgeOpening, TrainingRequest, ValidatorRight

_HELD = ("confirmed", "checked_in", "done")


_touching = (
    select(
        Booking.id,
        Booking.place_id,
        Booking.starts_at,
        Booking.ends_at,
        TrainingSlot.facilitator_id,
        TrainingSeat.person_id,
    )
    .join(TrainingSlot, TrainingSlot.booking_id == Booking.id)
    .join(TrainingSeat, (TrainingSeat.slot_id == TrainingSlot.id) & TrainingSeat.state.in_(SITTING))
    .where(
        Booking.kind == "training",
        Booking.starts_at > bindparam("earliest", type_=UtcDateTime()),
        Booking.starts_at < bindparam("end", type_=UtcDateTime()),
        Booking.ends_at > bindparam("start", type_=UtcDateTime()),
    )
)
_busy = _touching.where(Booking.status.in_(_HELD), ~Booking.suspended)
_let_go = _touching.where(or_(Booking.suspended, Booking.status == "cancelled"))


def busy_during(session: Session, people: Collection[int], span: Slot) -> list[Training]:
    """Training slots of a span that some of these people teach or learn in. One statement."""
    return [
        replace(one, learners=tuple(seat for seat in one.learners if seat[0] in people or one.facilitator_id in people))
        for one in _trainings(ready.rows(session, _busy, _bounds(span)))
        if one.facilitator_id in people or any(learner in people for learner, _minor in one.learners)
    ]


def let_go(session: Session, resource_ids: Collection[int], span: Slot) -> list[Training]:
    """Training slots of a span on these machines whose time is let go, and that may come back. One statement."""
    found = _let_go.where(Booking.resource_id.in_(resource_ids))
    return _trainings(session.execute(found, _bounds(span)))


def _bounds(span: Slot) -> dict[str, datetime]:
    return {"earliest": span.start - LONGEST_STAY, "start": span.start, "end": span.end}


def _trainings(rows: Iterable[Any]) -> list[Training]:
    """Gathered by booking; who is a minor is not looked at."""
    found: dict[int, tuple[int, Slot, int, list[tuple[int, bool]]]] = {}
    for id_, place_id, start, end, teacher, learner in rows:
        found.setdefault(id_, (place_id, Slot(start, end), teacher, []))[3].append((learner, False))
    return [Training(id_, place, slot, who, tuple(seats)) for id_, (place, slot, who, seats) in found.items()]


def people_of(session: Session, booking_ids: Collection[int]) -> dict[int, list[Person]]:
    """Whom a training slot concerns, by booking: who teaches, then who sits. Two statements."""
    slots = session.scalars(
        select(TrainingSlot)
        .where(TrainingSlot.booking_id.in_(booking_ids))
        .options(joinedload(TrainingSlot.facilitator), selectinload(TrainingSlot.seats).joinedload(TrainingSeat.person))
    )
    return {
        slot.booking_id: [slot.facilitator, *(seat.person for seat in slot.seats if seat.state in SITTING)]
        for slot in slots
    }


def coming_with(session: Session, person_ids: Collection[int], now: datetime) -> Sequence[Booking]:
    """The bookings of training slots to come that some of these people teach or learn in. One statement."""
    seated = select(TrainingSeat.slot_id).where(
        TrainingSeat.person_id.in_(person_ids), TrainingSeat.state == "expected"
    )
    found = (
        select(Booking)
        .join(TrainingSlot, TrainingSlot.booking_id == Booking.id)
        .where(or_(TrainingSlot.facilitator_id.in_(person_ids), TrainingSlot.id.in_(seated)))
        .where(Booking.status.in_(("requested", "confirmed")), Booking.starts_at > now)
    )
    return session.scalars(found.order_by(Booking.starts_at, Booking.id)).all()


def names_of(session: Session, people: Collection[int]) -> dict[int, str]:
    """Short names, for the team."""
    found = session.scalars(select(Person).where(Person.id.in_(people)))
    return {person.id: person.short_name for person in found}


def rights_of_all(
    session: Session, people: Collection[int], codes: Collection[str]
) -> dict[tuple[int, str], list[tuple[date, date | None]]]:
    """The dated rights to validate of these people for these badges, by person and code."""
    rows = session.execute(
        select(ValidatorRight.person_id, Badge.code, ValidatorRight.since, ValidatorRight.until)
        .join(Badge, Badge.id == ValidatorRight.badge_id)
        .where(ValidatorRight.person_id.in_(people), Badge.code.in_(codes))
    )
    found: dict[tuple[int, str], list[tuple[date, date | None]]] = defaultdict(list)
    for person, code, since, until in rows:
        found[person, code].append((since, until))
    return found


def slot_by_public_id(session: Session, public_id: str) -> TrainingSlot | None:
    """A training slot with its machine, badge, facilitator and learners."""
    return session.scalar(_whole().where(TrainingSlot.public_id == public_id))


def slot_of_booking(session: Session, booking_id: int) -> TrainingSlot | None:
    """The training slot of a booking."""
    return session.scalar(_whole().where(TrainingSlot.booking_id == booking_id))


def _whole() -> Select[TrainingSlot]:
    return select(TrainingSlot).options(
        joinedload(TrainingSlot.booking).joinedload(Booking.resource),
        joinedload(TrainingSlot.badge),
        joinedload(TrainingSlot.facilitator),
        selectinload(TrainingSlot.seats).joinedload(TrainingSeat.person),
        selectinload(TrainingSlot.seats).joinedload(TrainingSeat.request),
    )


def my_slots(session: Session, person_id: int, now: datetime) -> Sequence[TrainingSeat]:
    """The training slots to come in which somebody sits, soonest first. One statement."""
    return session.scalars(
        select(TrainingSeat)
        .join(TrainingSeat.slot)
        .join(TrainingSlot.booking)
        .where(TrainingSeat.person_id == person_id, TrainingSeat.state == "expected")
        .where(Booking.status == "confirmed", Booking.ends_at > now)
        .options(
            joinedload(TrainingSeat.slot).joinedload(TrainingSlot.booking).joinedload(Booking.resource),
            joinedload(TrainingSeat.slot).joinedload(TrainingSlot.badge),
            joinedload(TrainingSeat.slot).joinedload(TrainingSlot.facilitator),
        )
        .order_by(Booking.starts_at)
    ).all()


def machines_of(session: Session, badge_id: int, today: date) -> Sequence[Machine]:
    """The machines that a badge opens, still in the house, in order."""
    found = (
        select(Machine)
        .join(BadgeOpening, BadgeOpening.resource_id == Machine.id)
        .where(BadgeOpening.badge_id == badge_id)
        .where((Machine.retired_on.is_(None)) | (Machine.retired_on > today))
    )
    return session.scalars(found.order_by(Machine.position, Machine.id)).all()


def requests_by_public_ids(session: Session, public_ids: Collection[str]) -> Sequence[TrainingRequest]:
    """These requests, oldest first, with who asked."""
    return session.scalars(
        select(TrainingRequest)
        .where(TrainingRequest.public_id.in_(public_ids))
        .options(joinedload(TrainingRequest.person), joinedload(TrainingRequest.badge))
        .order_by(TrainingRequest.asked_at, TrainingRequest.id)
    ).all()


def requests_of(session: Session, booking_id: int) -> Sequence[TrainingRequest]:
    """What those still expected in the training slot of a booking had asked for."""
    found = (
        select(TrainingRequest)
        .join(TrainingSeat, TrainingSeat.request_id == TrainingRequest.id)
        .join(TrainingSlot, TrainingSlot.id == TrainingSeat.slot_id)
        .where(TrainingSlot.booking_id == booking_id, TrainingSeat.state == "expected")
    )
    return session.scalars(found.order_by(TrainingRequest.id)).all()


def seats_left(session: Session, slot_id: int) -> int:
    """How many still sit in a slot."""
    return (
        session.scalar(
            select(func.count())
            .select_from(TrainingSeat)
            .where(TrainingSeat.slot_id == slot_id, TrainingSeat.state.in_(SITTING))
        )
        or 0
    )
