"""The engine's values: frozen, pure, without a database. All moments are aware and UTC."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from fablab import clock

#: no booking lasts longer (an organisation's may last that long): what began earlier need not be looked for
LONGEST = timedelta(days=7)
#: no booking by a person or for a session lasts longer
LONGEST_STAY = timedelta(days=1)
BookingKind = Literal["own", "session", "rental", "training"]


@dataclass(frozen=True, order=True)
class Slot:
    """A stretch of time, half-open: its end is the first moment that is free again.

    Raises ValueError when it is empty, reversed or naive.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a slot needs aware moments")
        if self.end <= self.start:
            raise ValueError("a slot must end after it starts")

    @property
    def minutes(self) -> int:
        """How long it really lasts, whatever the wall clock does meanwhile."""
        return int((self.end - self.start).total_seconds()) // 60

    def overlaps(self, other: "Slot") -> bool:
        """Whether the two share a moment."""
        # Half-open on purpose: with closed ends, 9-10 and 10-11 would clash.
        return self.start < other.end and other.start < self.end

    def covers(self, other: "Slot") -> bool:
        """Whether the other lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end

    def longer(self, minutes: int) -> "Slot":
        """The same with minutes added after it (cleaning)."""
        return Slot(self.start, self.end + timedelta(minutes=minutes))


def attended(slot: Slot, there_until: datetime | None) -> Slot:
    """The part of a slot in which somebody is by what is taken."""
    return slot if there_until is None or there_until >= slot.end else Slot(slot.start, there_until)


@dataclass(frozen=True)
class Ask:
    """What somebody asks of the engine, whether it is then booked, moved, greyed or explained.

    ``resource_id`` is the main thing, ``resource_ids`` everything taken (the main thing alone when
    empty); ``headcount`` the heads it brings, the adults of ``staff_ids`` left out: they are counted
    once even when they are on shift anyway; ``person_ids`` whoever takes part beside the holder;
    ``moving`` the booking whose own time does not count; ``override`` the written reason to pass
    soft rules; ``key`` makes a form sent twice book once; ``at_once``: begun on the spot, at whatever minute it is;
    ``there_until``: from then on it runs with nobody by it (None: somebody is there to its end).
    """

    resource_id: int
    slot: Slot
    kind: BookingKind = "own"
    holder_id: int | None = None
    headcount: int = 1
    resource_ids: tuple[int, ...] = ()
    person_ids: tuple[int, ...] = ()
    staff_ids: tuple[int, ...] = ()
    moving: int | None = None
    override: str | None = None
    key: str | None = None
    purpose: str | None = None
    structure_id: int | None = None
    at_once: bool = False
    there_until: datetime | None = None

    @property
    def there(self) -> Slot:
        """When somebody is by it: what counts for opening hours, heads and supervision."""
        return attended(self.slot, self.there_until)

    @property
    def wanted(self) -> tuple[int, ...]:
        """Every resource asked for, the main one first, each once."""
        return tuple(dict.fromkeys((self.resource_id, *self.resource_ids)))

    @property
    def people(self) -> tuple[int, ...]:
        """Everybody who would be there by name."""
        holder = () if self.holder_id is None else (self.holder_id,)
        return tuple(dict.fromkeys((*holder, *self.person_ids, *self.staff_ids)))


@dataclass(frozen=True)
class Scope:
    """What a reading is for: asks within a time, of some resources, by some people.

    ``holders`` would hold a booking of their own, ``people`` would be there by name, holders included;
    ``passing``: the team may pass soft rules; ``training``: some ask to learn on a machine; ``structures``: the
    organisations for which it is asked.
    """

    span: Slot
    resource_ids: frozenset[int]
    holders: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    passing: bool = False
    training: bool = False
    structures: frozenset[int] = frozenset()

    @classmethod
    def of(cls, asks: Iterable[Ask], span: Slot | None = None) -> "Scope":
        """What these asks need, and the whole of ``span`` if it is given. Raises ValueError without asks."""
        every = list(asks)
        if not every:
            raise ValueError("a reading needs an ask")
        slots = [ask.slot for ask in every] + ([span] if span else [])
        return cls(
            Slot(min(slot.start for slot in slots), max(slot.end for slot in slots)),
            frozenset(id_ for ask in every for id_ in ask.wanted),
            frozenset(ask.holder_id for ask in every if ask.kind == "own" and ask.holder_id is not None),
            frozenset(person for ask in every for person in ask.people),
            any(ask.override for ask in every),
            any(ask.kind == "training" for ask in every),
            frozenset(ask.structure_id for ask in every if ask.structure_id is not None),
        )

    def covers(self, other: "Scope") -> bool:
        """Whether what was read for this one is enough for the other."""
        return (
            self.span.covers(other.span)
            and self.resource_ids >= other.resource_ids
            and self.holders >= other.holders
            and self.people >= other.people
            and self.passing >= other.passing
            and self.training >= other.training
            and self.structures >= other.structures
        )


@dataclass(frozen=True)
class Over:
    """What a closure lies on: one place or one resource, from a moment, perhaps without a known end."""

    reason: str
    starts_at: datetime
    ends_at: datetime | None = None
    kind: str = "closure"
    place_id: int | None = None
    resource_id: int | None = None
    expected_back: date | None = None
    key: str | None = None


@dataclass(frozen=True)
class Limits:
    """How early and how late one may ask; None: no limit."""

    notice: timedelta | None = None
    horizon: timedelta | None = None  # in days: the last local day that may be asked for


@dataclass(frozen=True)
class Presence:
    """Heads in a place for a time; who is named counts once, however many reasons they have to be there."""

    place_id: int
    slot: Slot
    heads: int = 1
    person_id: int | None = None


@dataclass(frozen=True)
class Whereabouts:
    """Where a named person already is; ``booking_id`` when a booking says so."""

    person_id: int
    slot: Slot
    what: str
    booking_id: int | None = None


@dataclass(frozen=True)
class Thing:
    """A resource as the rules see it."""

    id: int
    kind: str
    name: str
    place_id: int
    step: int
    shortest: int
    longest: int
    turnaround: int
    retired_on: date | None = None
    whole_id: int | None = None
    first_come: bool = True


@dataclass(frozen=True)
class Shut:
    """A time when something cannot be used; ``end`` None: until lifted. ``kind``: closure,
    breakdown (of ``thing``, perhaps back on a day) or holiday."""

    kind: str
    start: datetime
    end: datetime | None
    reason: str
    thing: str = ""
    back_on: date | None = None

    def covers(self, slot: Slot) -> bool:
        """Whether it lies over a part of the slot."""
        return self.start < slot.end and (self.end is None or slot.start < self.end)

    def is_back_by(self, slot: Slot, now: datetime) -> bool:
        """Whether what is broken should be back before the day of the slot; a day that is over promises nothing."""
        if self.back_on is None or self.back_on < clock.local_day(now):
            return False
        return clock.local_day(slot.start) > self.back_on


@dataclass(frozen=True)
class Taken:
    """A claim that holds on a leaf, cleaning included."""

    resource_id: int
    claimed: Slot
    booking_id: int


class Booked(NamedTuple):
    """One claim of a week, with its booking: a row of the grid, flat because there are hundreds."""

    resource_id: int
    starts_at: datetime
    ends_at: datetime
    public_id: str
    kind: str
    status: str
    holder_id: int | None
    headcount: int
    attention: str | None
    purpose: str | None
    main_id: int
    created_at: datetime
    structure_id: int | None = None


class ClaimedBy(NamedTuple):
    """A resource that a booking really takes."""

    resource_id: int


class Made(NamedTuple):
    """A booking already made, in plain values: what asking it again needs, under the names of the entity."""

    id: int
    kind: str
    resource_id: int
    holder_id: int | None
    structure_id: int | None
    starts_at: datetime
    ends_at: datetime
    there_until: datetime | None
    headcount: int
    purpose: str | None
    override_reason: str | None
    checked_in_at: datetime | None
    claims: tuple[ClaimedBy, ...]


@dataclass(frozen=True)
class Gauge:
    """A place that counts heads, and the places whose heads count in it (itself and those inside)."""

    name: str
    most: int
    place_ids: frozenset[int]


@dataclass(frozen=True)
class Facts:
    """Everything the engine's rules look at for one ask, gathered beforehand.

    ``taken``: what others claim of its leaves near its time, one that ends as it starts included;
    ``crowd``: the heads of others during its time, whatever the place.
    """

    things: tuple[Thing, ...]
    leaves: tuple[Thing, ...]
    limits: Limits
    house_hours: tuple[Slot, ...] | None
    windows: tuple[Slot, ...] | None
    group_windows: tuple[Slot, ...] | None
    calendar_known: bool
    shut: tuple[Shut, ...]
    taken: tuple[Taken, ...]
    crowd: tuple[Presence, ...]
    gauges: tuple[Gauge, ...]
    elsewhere: tuple[Whereabouts, ...]

    @property
    def main(self) -> Thing:
        """The main thing asked for."""
        return self.things[0]
