"""What runs past closing: what waits for an answer, what was agreed, what is still to be looked at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings import asking, queries_closures
from bookings.models import Booking
from bookings.queries_house import house_of
from bookings.values import Ask, Slot
from fablab import clock
from machines.models import Machine
from machines.models_use import MachineUse
from machines.rules_past_closing import STAYS

#: how far the next opening is looked for
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class PastClosing:
    """Soonest first: requests, what was agreed and is to come or runs, what ended and nobody looked at."""

    waiting: list[Booking]
    agreed: list[Booking]
    to_look_at: list[Booking]

    def __bool__(self) -> bool:
        return bool(self.waiting or self.agreed or self.to_look_at)


def past_closing(session: Session, now: datetime) -> PastClosing:
    """All of it, with people and machines. One statement."""
    unsaid = and_(MachineUse.taken_back_at.is_(None), MachineUse.ended_at.is_(None))
    found = select(Booking).outerjoin(MachineUse, and_(MachineUse.booking_id == Booking.id, unsaid))
    found = found.where(
        Booking.there_until.is_not(None),
        or_(
            and_(Booking.status.in_(("requested", "confirmed")), Booking.ends_at > now),
            Booking.status == "checked_in",
            and_(Booking.status == "done", MachineUse.id.is_not(None)),
        ),
    ).order_by(Booking.starts_at, Booking.id)
    found = found.options(joinedload(Booking.resource), joinedload(Booking.holder), joinedload(Booking.agreed_by))
    every = session.scalars(found).all()
    over = [one for one in every if one.status == "done" or (one.status == "checked_in" and one.ends_at <= now)]
    return PastClosing(
        [one for one in every if one.status == "requested" and one.starts_at > now],
        [one for one in every if one.status in ("confirmed", "checked_in") and one not in over],
        over,
    )


def wish(session: Session, machine: Machine, slot: Slot, holder_id: int, *, key: str | None = None) -> Ask:
    """The ask of a machine past closing: its holder is by it until the open lab under way as it starts closes.

    Where none is under way, until so soon that the rules say the hours.
    """
    day = clock.local_day(slot.start)
    windows = house_of(session).open(machine.place_id, "open_lab", day, day) or ()
    closes = (one.end for one in windows if one.start <= slot.start < one.end)
    until = next(closes, slot.start + timedelta(minutes=1) + STAYS)
    return Ask(machine.id, slot, holder_id=holder_id, key=key, there_until=until)


def could_be_asked(session: Session, machine: Machine, slot: Slot, holder_id: int, now: datetime) -> bool:
    """Whether nothing stands against asking for this time past closing: every rule is asked."""
    return not asking.weigh_one(session, wish(session, machine, slot, holder_id), now).refusals


def next_opening(session: Session, place_id: int, after: datetime) -> datetime | None:
    """When a place opens next, for open lab or groups: public holidays and closures left out."""
    first = clock.local_day(after)
    found = [
        slot
        for use in ("open_lab", "group")
        for slot in queries_closures.open_slots(session, place_id, use, first, first + AHEAD)
        if slot.end > after
    ]
    return min((max(slot.start, after) for slot in found), default=None)
