"""One reading of the house around some asks: everything the rules look at, and what is free."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings import kinds, opening, queries, queries_closures, rules
from bookings.byday import ByDay
from bookings.kinds import Kind, Known
from bookings.queries_house import House, house_of, things_of
from bookings.rules_late import is_missed
from bookings.values import (
    Ask,
    BookingKind,
    Facts,
    Gauge,
    Limits,
    Presence,
    Scope,
    Shut,
    Slot,
    Taken,
    Thing,
    Whereabouts,
)
from fablab import clock
from fablab.refusals import Refusal

#: the use of a place that a kind of booking needs
USES: dict[BookingKind, str] = {"own": "open_lab", "session": "group"}


@dataclass(frozen=True)
class Answer:
    """What the rules say of one ask: reasons against it, remarks, and what to write when it is booked."""

    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    leaves: tuple[Thing, ...]
    place_id: int
    first_come: bool
    supervision: str | None
    #: bookings that nobody began in time, and that give way to whoever takes this
    missed: tuple[int, ...] = ()
    #: requests that hold nothing may want what this takes
    competing: bool = False

    @property
    def codes(self) -> list[str]:
        """The codes of the refusals, in order."""
        return [refusal.code for refusal in self.refusals]


@dataclass(frozen=True)
class _Ground:
    """What every ask for the same things shares, whatever its time."""

    things: tuple[Thing, ...]
    leaves: tuple[Thing, ...]
    shut: tuple[Shut, ...]
    gauges: tuple[Gauge, ...]
    kinds: tuple[Kind, ...]
    main_kind: Kind | None
    competing: bool


class Reading:
    """Everything read for a scope, sorted out ask by ask.

    Nothing is read once it is made; asks must lie within its scope. Raises KeyError for an unknown resource.
    """

    def __init__(self, session: Session, scope: Scope, now: datetime) -> None:
        self.scope, self.now = scope, now
        self.house: House = house_of(session)
        self.things = things_of(session)
        leaves = self.things.leaves_of(scope.resource_ids)
        longest = max((self.things.by_id[leaf].turnaround for leaf in leaves), default=0)
        self._shut = queries_closures.shut_during(session, scope.span)
        taken, self._missed = self._parted(session, queries.taken_during(session, scope.span.longer(longest)))
        self._known: dict[Kind, Known] = {kind: kind.read(session, scope, taken, now) for kind in kinds.every()}
        self._elsewhere: dict[int, list[Whereabouts]] = defaultdict(list)
        self._heads: dict[int, Presence] = {}
        self._claims: dict[int, ByDay[Taken]] = self._sort(taken, leaves)
        there = [one for known in self._known.values() for one in known.presences]
        self._crowd = ByDay([*self._heads.values(), *there], lambda one: one.slot)
        for known in self._known.values():
            for one in known.whereabouts:
                self._elsewhere[one.person_id].append(one)
        self._grounds: dict[tuple[int, ...], _Ground] = {}

    def _parted(
        self, session: Session, rows: Sequence[queries.TakenRow]
    ) -> tuple[list[queries.TakenRow], list[queries.TakenRow]]:
        """What keeps its time, and what nobody began in time: the latter is free for others."""
        waits = {
            name: kind.late_after(session)
            for name in {self.things.by_id[row.resource_id].kind for row in rows}
            for kind in kinds.of([name])
        }
        parted: tuple[list[queries.TakenRow], list[queries.TakenRow]] = ([], [])
        for row in rows:
            missed = False
            if row.starts_at < self.now:
                wait = waits.get(self.things.by_id[row.resource_id].kind)
                missed = is_missed(row.kind, row.status, row.starts_at, row.created_at, wait, self.now)
            parted[missed].append(row)
        return parted

    def _sort(self, rows: Sequence[queries.TakenRow], leaves: Sequence[int]) -> dict[int, ByDay[Taken]]:
        """Claims by leaf asked for; on the way, the heads of each booking and where people are by them, each once."""
        claims: dict[int, list[Taken]] = {leaf: [] for leaf in leaves}
        people = self.scope.people
        for row in rows:
            slot = row.there
            if row.resource_id in claims:
                claimed = Slot(row.starts_at, row.until)
                claims[row.resource_id].append(Taken(row.resource_id, claimed, row.booking_id))
            if row.booking_id not in self._heads:
                self._heads[row.booking_id] = Presence(row.place_id, slot, row.headcount)
                if row.holder_id in people:
                    name = self.things.by_id[row.resource_id].name
                    self._elsewhere[row.holder_id].append(Whereabouts(row.holder_id, slot, name, row.booking_id))
        return {leaf: ByDay(found, lambda one: one.claimed) for leaf, found in claims.items()}

    def answer(self, ask: Ask) -> Answer:
        """The engine's rules, then those of each kind."""
        ground = self._ground(ask)
        facts = self._facts(ask, ground)
        found = rules.refusals(ask, facts, self.now)
        for kind in ground.kinds:
            found += self._known[kind].refusals(ask, self.now)
        told = rules.warnings(ask, facts)
        for kind in ground.kinds:
            told += self._known[kind].warnings(ask)
        main = self._known[ground.main_kind] if ground.main_kind else kinds.NOTHING
        return Answer(
            tuple(found),
            tuple(told),
            facts.leaves,
            facts.main.place_id,
            facts.main.first_come,
            main.supervision(ask),
            self._giving_way(ask, ground),
            ground.competing,
        )

    def free_slots(self, resource_id: int, span: Slot, minutes: int, *, kind: BookingKind = "own") -> list[Slot]:
        """Where ``minutes`` fit within a span: open, not shut, not taken; not yet weighed by other rules.

        On the step, and at the first free minute after a booking; from now on.
        """
        ground = self._ground(Ask(resource_id, span))
        thing = ground.things[0]
        cleaning = max(leaf.turnaround for leaf in ground.leaves)
        away = [Slot(one.start, one.end or span.end + timedelta(days=1)) for one in ground.shut]
        starts = opening.free_starts(
            opening.without(self._open_for(thing.place_id, kind, span), away),
            (one.claimed for leaf in ground.leaves for one in self._claims[leaf.id].during(span.longer(cleaning))),
            minutes,
            cleaning,
            thing.step,
        )
        lasts, earliest = timedelta(minutes=minutes), max(self.now, span.start)
        return [Slot(start, start + lasts) for start in starts if earliest <= start and start + lasts <= span.end]

    def heads(self, resource_id: int, slot: Slot) -> int:
        """The most people at one moment of a slot where a resource is, whatever brings them."""
        inside = self.house.inside(self.things.by_id[resource_id].place_id)
        return rules.peak(slot, [one for one in self._crowd.during(slot) if one.place_id in inside])

    def full(self, resource_id: int, slot: Slot) -> list[Refusal]:
        """The gauge that those who are there pass, at some moment of a slot, where a resource is."""
        gauges = self.house.gauges(self.things.by_id[resource_id].place_id)
        return rules.full_refusals(slot, list(self._crowd.during(slot)), gauges)

    def broken_at(self, resource_id: int, moment: datetime) -> Shut | None:
        """The breakdown that puts a resource out of service at a moment of the scope, or None."""
        broken = (shut for _place, id_, shut in self._shut if id_ == resource_id and shut.kind == "breakdown")
        return next((shut for shut in broken if shut.start <= moment and (not shut.end or moment < shut.end)), None)

    def _ground(self, ask: Ask) -> _Ground:
        wanted = (ask.resource_id, *ask.resource_ids)
        if wanted not in self._grounds:
            self._grounds[wanted] = self._ground_of(ask.wanted)
        return self._grounds[wanted]

    def _ground_of(self, wanted: Sequence[int]) -> _Ground:
        things = tuple(self.things.by_id[id_] for id_ in wanted)
        chain = {spot.id for thing in things for spot in self.house.chain(thing.place_id)}
        touched = set(self.things.with_wholes(wanted))
        return _Ground(
            things,
            tuple(self.things.by_id[leaf] for leaf in self.things.leaves_of(wanted)),
            tuple(one for at, id_, one in self._shut if at in chain or (id_ and id_ in touched)),
            self.house.gauges(things[0].place_id),
            tuple(kinds.of(thing.kind for thing in things)),
            next(iter(kinds.of([things[0].kind])), None),
            self.things.compete(wanted),
        )

    def _facts(self, ask: Ask, ground: _Ground) -> Facts:
        place_id = ground.things[0].place_id
        first, last = clock.local_day(ask.slot.start), clock.local_day(ask.slot.end)
        known_until = self.house.known_until
        main = self._known[ground.main_kind] if ground.main_kind else kinds.NOTHING
        mine = self._heads.get(ask.moving) if ask.moving is not None else None
        start, end = ask.slot.start, ask.slot.end
        return Facts(
            things=ground.things,
            leaves=ground.leaves,
            limits=main.limits(ask) or Limits(),
            house_hours=self._open(place_id, "open", first, last),
            windows=self._open(place_id, "open_lab", first, last),
            group_windows=self._open(place_id, "group", first, last),
            calendar_known=known_until is None or last <= known_until,
            shut=self._shut_over(ask, ground, first),
            taken=self._near(ask, ground),
            crowd=tuple(
                one
                for one in self._crowd.during(ask.slot)
                if one.slot.start < end and start < one.slot.end and one is not mine
            ),
            gauges=ground.gauges,
            elsewhere=tuple(
                one
                for person in ask.people
                for one in self._elsewhere.get(person, ())
                if one.booking_id is None or one.booking_id != ask.moving
            ),
        )

    def _near(self, ask: Ask, ground: _Ground) -> tuple[Taken, ...]:
        found = []
        for leaf in ground.leaves:
            slot = rules.claimed(ask, leaf)
            for one in self._claims[leaf.id].during(slot):
                if one.booking_id != ask.moving and one.claimed.start < slot.end and slot.start <= one.claimed.end:
                    found.append(one)
        return tuple(found)

    def _giving_way(self, ask: Ask, ground: _Ground) -> tuple[int, ...]:
        wanted = {leaf.id: rules.claimed(ask, leaf) for leaf in ground.leaves}
        return tuple(
            row.booking_id
            for row in self._missed
            if row.resource_id in wanted
            and row.booking_id != ask.moving
            and Slot(row.starts_at, row.until).overlaps(wanted[row.resource_id])
        )

    def _shut_over(self, ask: Ask, ground: _Ground, day: date) -> tuple[Shut, ...]:
        found = tuple(one for one in ground.shut if one.covers(ask.slot))
        if name := self.house.public_holiday(day):
            return (*found, Shut("holiday", *clock.day_bounds(day), name))
        return found

    def _open(self, place_id: int, use: str, first: date, last: date) -> tuple[Slot, ...] | None:
        if not self.house.hours(place_id, use):
            return None
        if first == last:
            return self.house.open_on(place_id, use, first)
        return tuple(opening.merged(self.house.open(place_id, use, first, last) or ()))

    def _open_for(self, place_id: int, kind: BookingKind, span: Slot) -> list[Slot]:
        """When a place may be booked by this kind, public holidays taken out; the whole span when nobody said."""
        first, last = clock.local_day(span.start), clock.local_day(span.end)
        windows = self._open(place_id, USES.get(kind, "open"), first, last)
        if windows is None:
            windows = self._open(place_id, "open", first, last)
        if windows is None:
            windows = (span,)
        return [slot for slot in windows if not self.house.public_holiday(clock.local_day(slot.start))]
