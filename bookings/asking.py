"""The rules asked of many wishes at once, the engine’s and those of the kinds: the same for the screen and for booking.

Reads only. Who greys a slot, explains it, books it or asks again of a booking already made, asks here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.reading import Answer, Reading
from bookings.values import Ask, BookingKind, Made, Scope, Slot
from fablab import clock, house
from fablab.refusals import Refusal

#: how far around the asked time the nearest free slots are looked for
NEAR = timedelta(days=8)


@dataclass(frozen=True)
class Choice:
    """The first good ask and its answer; without one (``ask`` None) the answer of the first."""

    ask: Ask | None
    answer: Answer


def read(session: Session, scope: Scope, now: datetime) -> Reading:
    """What the rules look at for every ask of a scope, in a number of statements that does not grow with them.

    Outside of writing, a page that asks again reads nothing again. Raises KeyError for a resource that does not exist.
    """
    if session.info.get("writing"):
        return Reading(session, scope, now)
    made: tuple[object, Reading] | None = session.info.get("reading")
    # A reading lasts as long as the transaction it was made in: an action ends both.
    if (
        made is None
        or made[0] is not session.get_transaction()
        or made[1].now != now
        or not made[1].scope.covers(scope)
    ):
        reading = Reading(session, scope, now)
        made = session.info["reading"] = session.get_transaction(), reading
    return made[1]


def read_anew(session: Session) -> None:
    """What is read from here on is not older than this moment, whatever the page read before."""
    session.info.pop("reading", None)
    house.look_again(session)


def weigh(session: Session, asks: Sequence[Ask], now: datetime) -> dict[Ask, Answer]:
    """Ask every rule of every ask, in a number of statements that does not grow with them.

    Raises KeyError for a resource that does not exist.
    """
    if not asks:
        return {}
    reading = read(session, Scope.of(asks), now)
    return {ask: reading.answer(ask) for ask in asks}


def weigh_one(session: Session, ask: Ask, now: datetime) -> Answer:
    """Ask every rule of one ask."""
    return weigh(session, [ask], now)[ask]


def first_good(
    reading: Reading, asks: Sequence[Ask], *, good: Callable[[Answer], bool], hopeless: Callable[[Answer], bool]
) -> Choice:
    """The first of these asks, one at least, whose answer is good; else the answer of the first says why.

    The rules are asked only until one is good, and not between a first and a last ask that are both hopeless.
    """
    first = reading.answer(asks[0])
    if good(first):
        return Choice(asks[0], first)
    if not (hopeless(first) and hopeless(reading.answer(asks[-1]))):
        for ask in asks[1:]:
            if good(answer := reading.answer(ask)):
                return Choice(ask, answer)
    return Choice(None, first)


def ask_of(booking: Booking | Made) -> Ask:
    """The ask that a booking already made would be today. Of an entity, reads its claims."""
    return Ask(
        booking.resource_id,
        Slot(booking.starts_at, booking.ends_at),
        kind=_kind_of(booking),
        holder_id=booking.holder_id,
        headcount=booking.headcount,
        resource_ids=tuple(dict.fromkeys(claim.resource_id for claim in booking.claims)),
        moving=booking.id,
        override=booking.override_reason,
        purpose=booking.purpose,
        structure_id=booking.structure_id,
        there_until=booking.there_until,
    )


def full_at(session: Session, resource_id: int, slots: Sequence[Slot], now: datetime) -> list[Refusal]:
    """The gauges that those who are there pass in these slots, where a resource is, as of this moment."""
    if not slots:
        return []
    read_anew(session)
    span = Slot(min(slot.start for slot in slots), max(slot.end for slot in slots))
    reading = read(session, Scope(span, frozenset((resource_id,))), now)
    return list(dict.fromkeys(one for slot in slots for one in reading.full(resource_id, slot)))


def longer(booking: Booking, until: datetime) -> Ask:
    """The ask that a booking already begun would be with another end."""
    return replace(ask_of(booking), slot=Slot(booking.starts_at, until), at_once=True)


def free_slots(
    session: Session, resource_id: int, span: Slot, minutes: int, now: datetime, *, kind: BookingKind = "own"
) -> list[Slot]:
    """Where ``minutes`` fit on a resource within a span: open, not shut, not taken; not yet weighed by other rules."""
    reading = read(session, Scope(span, frozenset((resource_id,))), now)
    return reading.free_slots(resource_id, span, minutes, kind=kind)


def same_day(ask: Ask) -> Slot:
    """The local days of an ask: where the nearest free slots are looked for first when it is taken."""
    first, last = clock.local_day(ask.slot.start), clock.local_day(ask.slot.end)
    return Slot(clock.day_bounds(first)[0], clock.day_bounds(last)[1])


def nearest_free(session: Session, ask: Ask, now: datetime, count: int = 3) -> list[Slot]:
    """The free slots of the same length nearest to an ask, that every rule accepts, nearest first.

    Those of the same day; when it has none, those of eight days before and after.
    """
    around = Slot(max(now, ask.slot.start - NEAR), max(now, ask.slot.end) + NEAR)
    return _nearest(session, ask, same_day(ask), now, count) or _nearest(session, ask, around, now, count)


def _nearest(session: Session, ask: Ask, span: Slot, now: datetime, count: int) -> list[Slot]:
    reading = read(session, Scope.of([ask], span), now)
    free = reading.free_slots(ask.resource_id, span, ask.slot.minutes, kind=ask.kind)
    free.sort(key=lambda slot: (abs(slot.start - ask.slot.start), slot))
    candidates = (replace(ask, slot=slot) for slot in free[: count * 4])
    accepted = (one.slot for one in candidates if not reading.answer(one).refusals)
    return list(islice(accepted, count))


def _kind_of(booking: Booking | Made) -> BookingKind:
    known: dict[str, BookingKind] = {"own": "own", "session": "session", "rental": "rental", "training": "training"}
    return known[booking.kind]
