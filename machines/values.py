"""What the rules of machines look at: frozen, pure, without a database. Moments are aware and UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal

from bookings.values import Slot
from fablab import clock
from fablab.people.rules import Agreement
from machines.values_waiting import Kept
from pathways.values_badges import Gap, Lack, Standing, lacks

#: from the most to the least supervised: a facilitator beside me, one in the room, an adult in the building
Level = Literal["beside", "in_room", "autonomous"]
#: the house's own limits among its settings: machines.rules.max_weekly_hours…
RULES_PREFIX = "machines.rules"


def slot_day(slot: Slot) -> date:
    """The local day on which ages and papers are looked at: that of the slot's start."""
    return clock.local_day(slot.start)


def known_level(word: str | None) -> Level | None:
    """The level that a booking keeps as a word; None when it has none."""
    known: dict[str | None, Level] = {"beside": "beside", "in_room": "in_room", "autonomous": "autonomous"}
    return known.get(word)


@dataclass(frozen=True)
class MachineRules:
    """The house's limits on machines; the defaults are those of the catalogue (modelled on fablab software)."""

    min_notice_hours: int = 2
    horizon_days: int = 28
    free_cancellation_hours: int = 24
    max_active_bookings: int = 2
    max_weekly_hours: int = 4
    max_minors_per_adult: int = 8
    min_adults_high_risk: int = 2
    late_minutes: int = 15
    absences_before_suspension: int = 3
    absence_period_days: int = 60
    suspension_days: int = 14

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "MachineRules":
        """The limits from the house's settings; what the house did not set keeps its default."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: int(value) for name, value in settings.items() if name in known})


@dataclass(frozen=True)
class Sheet:
    """A machine as the rules see it. An age of None: that level of supervision is never possible."""

    id: int
    code: str
    name: str
    badge_code: str
    badge_name: str
    risk: str
    constant_watch: bool
    max_week_minutes: int
    min_age_beside: int
    min_age_in_room: int | None
    min_age_autonomous: int | None
    regulated: bool = False
    past_closing: bool = False

    def min_age(self, level: Level) -> int | None:
        """From what age this level of supervision is enough; None: never."""
        if level == "beside":
            return self.min_age_beside
        return self.min_age_in_room if level == "in_room" else self.min_age_autonomous


@dataclass(frozen=True)
class Own:
    """A machine that the holder already booked; ``active``: still to be lived, it counts against the limit."""

    booking_id: int
    machine_id: int
    slot: Slot
    constant_watch: bool
    active: bool


@dataclass(frozen=True)
class Watch:
    """An adult of the team on shift: in the room, or only in the building."""

    person_id: int
    slot: Slot
    in_room: bool


@dataclass(frozen=True)
class Lead:
    """An adult of the team who leads a session: not free for anybody else, in the room or elsewhere."""

    person_id: int
    slot: Slot
    in_room: bool


@dataclass(frozen=True)
class Use:
    """Somebody's booking of a machine in the same room, theirs or another's."""

    booking_id: int
    slot: Slot
    level: Level | None
    minor: bool


@dataclass(frozen=True)
class Minors:
    """Minors of a group session in the room."""

    slot: Slot
    count: int


@dataclass(frozen=True)
class Visitor:
    """Somebody at the open lab besides sessions and lessons, by the arrival that the team noted."""

    person_id: int
    slot: Slot
    minor: bool


@dataclass(frozen=True)
class Training:
    """A training slot: who teaches, and who learns (by id, whether a minor)."""

    booking_id: int
    place_id: int
    slot: Slot
    facilitator_id: int
    learners: tuple[tuple[int, bool], ...] = ()

    @property
    def minors(self) -> int:
        """How many learners are minors."""
        return sum(minor for _person, minor in self.learners)


@dataclass(frozen=True)
class Day:
    """What happens in the room around one local day: shared by every ask of that day.

    ``visitors`` are minors, by name: whoever asks for a slot is not counted twice.
    ``open_lab`` None: the engine has already looked, what is asked lies in open-lab hours or is refused.
    """

    watches: tuple[Watch, ...] = ()
    leads: tuple[Lead, ...] = ()
    uses: tuple[Use, ...] = ()
    groups: tuple[Minors, ...] = ()
    open_lab: tuple[Slot, ...] | None = None
    visitors: tuple[Visitor, ...] = ()


@dataclass(frozen=True)
class Holder:
    """The young person who asks, as the rules see them; ``standings`` by badge code, ``gaps`` where known.

    ``absences``: when what they missed, and was not excused, began.
    """

    id: int
    birth_date: date | None
    agreements: tuple[Agreement, ...] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    own: tuple[Own, ...] = ()
    absences: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything the rules of machines look at for one ask, gathered beforehand."""

    sheet: Sheet
    holder: Holder
    day: Day
    limits: MachineRules
    badge_names: Mapping[str, str] = field(default_factory=dict)
    #: hours of this machine that are offered to somebody who waits
    kept: tuple[Kept, ...] = ()
    # What several rules want to know of one slot is worked out once.
    known: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def lacking(self, end: datetime, now: datetime) -> list[Lack]:
        """Why the machine's badge and its prerequisites do not hold until a moment; empty: they do."""
        key = (end, now)
        if key not in self.known:
            self.known[key] = lacks(self.holder.standings, self.sheet.badge_code, end, now)
        found: list[Lack] = self.known[key]
        return found
