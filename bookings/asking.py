"""The rules asked of many wishes at once, the engine’s and those of the kinds: the same for the screen and for booking.

Reads only. Who greys a slot, explains it, books it or asks again of a booking already made, asks here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bookings import kinds, opening, queries, rules
from bookings.byday import ByDay
from bookings.kinds import Kind
from bookings.models import Booking
from bookings.queries import House
from bookings.values import Ask, BookingKind, Facts, Gauge, Limits, Shut, Slot, Taken, Thing, Whereabouts
from fablab import clock
from fablab.refusals import Refusal

#: how far around the asked time the nearest free slots are looked for
NEAR = timedelta(days=8)


@dataclass(frozen=True)
class Answer:
    """What the rules say of one ask: reasons against it, remarks, and what to write when it is booked."""

    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    leaves: tuple[Thing, ...]
    place_id: int
    first_come: bool
    supervision: str | None

    @property
    def codes(self) -> list[str]:
        """The codes of the refusals, in order."""
        return [refusal.code for refusal in self.refusals]


@dataclass(frozen=True)
class Choice:
    """The first good ask and its answer; without one (``ask`` None) the answer of the first, and that of the last."""

    ask: Ask | None
    answer: Answer
    last: Answer


def weigh(session: Session, asks: Sequence[Ask], now: datetime) -> dict[Ask, Answer]:
    """Ask every rule of every ask, in a number of statements that does not grow with them.

    Raises KeyError for a resource that does not exist.
    """
    if not asks:
        return {}
    reading = _Reading(session, asks, now)
    return {ask: reading.answer(ask) for ask in asks}


def weigh_one(session: Session, ask: Ask, now: datetime) -> Answer:
    """Ask every rule of one ask."""
    return weigh(session, [ask], now)[ask]


def first_good(
    session: Session,
    wishes: Mapping[int, Sequence[Ask]],
    now: datetime,
    *,
    good: Callable[[Answer], bool],
    hopeless: Callable[[Answer], bool],
) -> dict[int, Choice]:
    """For each key, the first of its asks whose answer is good; else its first and last ones say why.

    Read as ``weigh`` reads; the rules are asked only until one is good, and not between a first and a last ask
    that are both hopeless. A key without asks has no choice.
    """
    wishes = {key: asks for key, asks in wishes.items() if asks}
    if not wishes:
        return {}
    reading = _Reading(session, [ask for asks in wishes.values() for ask in asks], now)
    return {key: _choose(asks, good, hopeless, reading) for key, asks in wishes.items()}


def _choose(
    asks: Sequence[Ask],
    good: Callable[[Answer], bool],
    hopeless: Callable[[Answer], bool],
    reading: "_Reading",
) -> Choice:
    first, last = reading.answer(asks[0]), reading.answer(asks[-1])
    if good(first):
        return Choice(asks[0], first, last)
    if not (hopeless(first) and hopeless(last)):
        for ask in asks[1:]:
            if good(answer := reading.answer(ask)):
                return Choice(ask, answer, last)
    return Choice(None, first, last)


def ask_of(booking: Booking) -> Ask:
    """The ask that a booking already made would be today. Reads its claims."""
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
    )


def free_slots(
    session: Session, resource_id: int, span: Slot, minutes: int, now: datetime, *, kind: BookingKind = "own"
) -> list[Slot]:
    """Where ``minutes`` fit on a resource within a span: open, not shut, not taken; not yet weighed by other rules.

    On the step, and at the first free minute after a booking.
    """
    return free_slots_of(session, [resource_id], span, minutes, now, kind=kind)[resource_id]


def free_slots_of(
    session: Session,
    resource_ids: Sequence[int],
    span: Slot,
    minutes: int | Mapping[int, int],
    now: datetime,
    *,
    kind: BookingKind = "own",
) -> dict[int, list[Slot]]:
    """The same for many resources, in five statements; ``minutes`` may differ by resource."""
    first, last = clock.local_day(span.start), clock.local_day(span.end)
    house = queries.read_house(session, first, last)
    found, leaves = queries.things(session, resource_ids, now)
    every_leaf = {leaf for id_ in resource_ids for leaf in leaves[id_]}
    taken = queries.taken_of(session, every_leaf, Slot(span.start, span.end + timedelta(hours=4)))
    shut = queries.shut_during(session, list(house.spots), queries.with_wholes(found), span)
    opened: dict[int, list[Slot]] = {}
    result: dict[int, list[Slot]] = {}
    for id_ in resource_ids:
        thing = found[id_]
        if thing.place_id not in opened:
            opened[thing.place_id] = _open_for(house, thing.place_id, kind, span)
        chain = {spot.id for spot in house.chain(thing.place_id)}
        closed = (id_, thing.whole_id, *leaves[id_])
        away = [
            Slot(one.start, one.end or span.end + timedelta(days=1))
            for place_id, closed_id, one in shut
            if place_id in chain or (closed_id is not None and closed_id in closed)
        ]
        length = minutes if isinstance(minutes, int) else minutes[id_]
        starts = opening.free_starts(
            opening.without(opened[thing.place_id], away),
            (slot for leaf in leaves[id_] for slot in taken[leaf]),
            length,
            max(found[leaf].turnaround for leaf in leaves[id_]),
            thing.step,
        )
        lasts = timedelta(minutes=length)
        earliest = max(now, span.start)
        result[id_] = [
            Slot(start, start + lasts) for start in starts if earliest <= start and start + lasts <= span.end
        ]
    return result


def nearest_free(session: Session, ask: Ask, now: datetime, count: int = 3) -> list[Slot]:
    """The free slots of the same length nearest to an ask, that every rule accepts, nearest first."""
    minutes = ask.slot.minutes
    span = Slot(max(now, ask.slot.start - NEAR), max(now, ask.slot.end) + NEAR)
    free = free_slots(session, ask.resource_id, span, minutes, now, kind=ask.kind)
    free.sort(key=lambda slot: (abs(slot.start - ask.slot.start), slot))
    candidates = [replace(ask, slot=slot) for slot in free[: count * 4]]
    answers = weigh(session, candidates, now)
    return [one.slot for one in candidates if not answers[one].refusals][:count]


def _kind_of(booking: Booking) -> BookingKind:
    known: dict[str, BookingKind] = {"own": "own", "session": "session", "rental": "rental"}
    return known[booking.kind]


def _open_for(house: House, place_id: int, kind: BookingKind, span: Slot) -> list[Slot]:
    """When a place may be booked by this kind, public holidays taken out; the whole span when nobody said."""
    first, last = clock.local_day(span.start), clock.local_day(span.end)
    use = {"own": "open_lab", "session": "group"}.get(kind, "open")
    windows = house.open(place_id, use, first, last)
    if windows is None:
        windows = house.open(place_id, "open", first, last)
    open_slots = opening.merged(windows) if windows is not None else [span]
    return [slot for slot in open_slots if not house.public_holiday(clock.local_day(slot.start))]


def _by_person(every: Iterable[Whereabouts]) -> dict[int, list[Whereabouts]]:
    found: dict[int, list[Whereabouts]] = defaultdict(list)
    for one in every:
        found[one.person_id].append(one)
    return found


class _Reading:
    """Everything read for a batch of asks, sorted out ask by ask."""

    def __init__(self, session: Session, asks: Sequence[Ask], now: datetime) -> None:
        self.now = now
        self._opened: dict[tuple[int, str, date, date], tuple[Slot, ...] | None] = {}
        self._counted: dict[int, tuple[Gauge, ...]] = {}
        span = Slot(min(ask.slot.start for ask in asks), max(ask.slot.end for ask in asks))
        self.house = queries.read_house(session, clock.local_day(span.start), clock.local_day(span.end))
        wanted = {id_ for ask in asks for id_ in ask.wanted}
        self.things, self.leaves = queries.things(session, wanted, now)
        longest = max((thing.turnaround for thing in self.things.values()), default=0)
        around = span.longer(longest)
        taken = queries.taken_during(session, list(self.house.spots), around)
        self.taken = ByDay(taken, lambda one: one.claimed)
        self.shut = queries.shut_during(session, list(self.house.spots), queries.with_wholes(self.things), span)
        self.presences = ByDay(
            [one for kind in kinds.every() for one in kind.presences(session, list(self.house.spots), span)],
            lambda one: one.slot,
        )
        people = {person for ask in asks for person in ask.people}
        self.elsewhere = _by_person(
            self._bookings_held()
            + [one for kind in kinds.every() if people for one in kind.whereabouts(session, people, span)]
        )
        self._kinds: dict[tuple[int, ...], list[Kind]] = {}
        self.gathered: dict[Kind, Mapping[Ask, Any]] = {
            kind: kind.gather(session, [ask for ask in asks if kind in self.kinds(ask)], now)
            for kind in dict.fromkeys(kind for ask in asks for kind in self.kinds(ask))
        }

    def kinds(self, ask: Ask) -> list[Kind]:
        """The kinds of everything an ask takes, each once."""
        # Hundreds of asks want the same things: said once for each set of them.
        wanted = (ask.resource_id, *ask.resource_ids)
        if wanted not in self._kinds:
            self._kinds[wanted] = kinds.of(self.things[id_].kind for id_ in ask.wanted)
        return self._kinds[wanted]

    def answer(self, ask: Ask) -> Answer:
        """The engine's rules, then those of each kind."""
        facts = self._facts(ask)
        found = rules.refusals(ask, facts, self.now)
        for kind in self.kinds(ask):
            found += kind.refusals(ask, self.gathered[kind].get(ask), self.now)
        supervision = None
        if (main := self._main_kind(ask)) is not None:
            supervision = main.supervision(ask, self.gathered[main].get(ask), self.now)
        return Answer(
            tuple(found),
            tuple(rules.warnings(ask, facts)),
            facts.leaves,
            facts.main.place_id,
            facts.main.first_come,
            supervision,
        )

    def _facts(self, ask: Ask) -> Facts:
        asked = [self.things[id_] for id_ in ask.wanted]
        leaf_ids = list(dict.fromkeys(leaf for thing in asked for leaf in self.leaves[thing.id]))
        place_id, house = asked[0].place_id, self.house
        first, last = clock.local_day(ask.slot.start), clock.local_day(ask.slot.end)
        chain = {spot.id for thing in asked for spot in house.chain(thing.place_id)}
        touched = {*ask.wanted, *leaf_ids, *(thing.whole_id for thing in asked)}
        return Facts(
            things=tuple(asked),
            leaves=tuple(self.things[id_] for id_ in leaf_ids),
            limits=self._limits(ask),
            house_hours=self._open(place_id, "open", first, last),
            windows=self._open(place_id, "open_lab", first, last),
            group_windows=self._open(place_id, "group", first, last),
            calendar_known=house.known_until is None or last <= house.known_until,
            shut=(
                *(
                    one
                    for at, id_, one in self.shut
                    if (at in chain or (id_ and id_ in touched)) and one.covers(ask.slot)
                ),
                *self._public_holidays(ask),
            ),
            taken=tuple(self._near(ask)),
            presences=tuple(one for one in self.presences.during(ask.slot) if one.slot.overlaps(ask.slot)),
            gauges=self._gauges(place_id),
            elsewhere=tuple(
                one
                for person in ask.people
                for one in self.elsewhere.get(person, ())
                if one.booking_id is None or one.booking_id != ask.moving
            ),
        )

    def _near(self, ask: Ask) -> Iterable[Taken]:
        end = ask.slot.end + timedelta(hours=12)
        for one in self.taken.during(Slot(ask.slot.start, end)):
            if one.booking_id != ask.moving and one.claimed.start < end and ask.slot.start <= one.claimed.end:
                yield one

    def _open(self, place_id: int, use: str, first: date, last: date) -> tuple[Slot, ...] | None:
        key = (place_id, use, first, last)
        if key not in self._opened:
            found = self.house.open(*key)
            self._opened[key] = None if found is None else tuple(opening.merged(found))
        return self._opened[key]

    def _gauges(self, place_id: int) -> tuple[Gauge, ...]:
        if place_id not in self._counted:
            self._counted[place_id] = self.house.gauges(place_id)
        return self._counted[place_id]

    def _bookings_held(self) -> list[Whereabouts]:
        """Where people are by a booking of their own, each booking once."""
        held = {
            one.booking_id: Whereabouts(one.holder_id, one.slot, one.name, one.booking_id)
            for one in self.taken.every
            if one.holder_id is not None
        }
        return list(held.values())

    def _public_holidays(self, ask: Ask) -> Iterable[Shut]:
        day = clock.local_day(ask.slot.start)
        if name := self.house.public_holiday(day):
            yield Shut("holiday", *clock.day_bounds(day), name)

    def _main_kind(self, ask: Ask) -> Kind | None:
        return next(iter(kinds.of([self.things[ask.resource_id].kind])), None)

    def _limits(self, ask: Ask) -> Limits:
        main = self._main_kind(ask)
        return (main and main.limits(ask, self.gathered[main].get(ask))) or Limits()
