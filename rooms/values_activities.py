"""The weekly activities of the house as pages see them: frozen, pure. Age bands are those of house.yaml."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from bookings.values import Slot

#: from 3 to 14, from 15 to 24, from 25 to 59, 60 and more
BANDS = ("3_15", "15_25", "25_60", "60_plus")
_AGES = {"3_15": (3, 14), "15_25": (15, 24), "25_60": (25, 59), "60_plus": (60, 120)}
#: whoever a kind of audience is for, where no age is said
_KINDS = {"parents": ("15_25", "25_60"), "youth_and_residents": BANDS}


@dataclass(frozen=True)
class Offer:
    """An activity: what, for whom, where, when, and how many people usually come by age band. No name of a person."""

    id: int
    code: str
    title: str
    kind: str
    holder: str
    room_id: int
    room: str
    weekday: int
    opens: time
    closes: time
    audience: str
    audience_kind: str | None
    min_age: int | None
    max_age: int | None
    with_adult: bool
    enrolment: str
    in_holidays: bool
    usual: Mapping[str, int]

    @property
    def bands(self) -> tuple[str, ...]:
        """The age bands that it is for."""
        if self.audience_kind in _KINDS:
            return _KINDS[self.audience_kind]
        least, most = self.min_age or 0, 120 if self.max_age is None else self.max_age
        return tuple(band for band, (first, last) in _AGES.items() if least <= last and first <= most)

    @property
    def usually(self) -> int:
        """How many people usually come."""
        return sum(self.usual.values())


@dataclass(frozen=True)
class Held:
    """An activity on one of its days."""

    offer: Offer
    slot: Slot
    day: date


def for_band(held: Iterable[Held], band: str | None) -> list[Held]:
    """Those for an age band; all when none is asked for."""
    return [one for one in held if band is None or band in one.offer.bands]


def by_day(held: Iterable[Held], days: Sequence[date]) -> list[tuple[date, list[Held]]]:
    """The activities of each of these days by hour, days without any too."""
    found: dict[date, list[Held]] = {day: [] for day in days}
    for one in held:
        found[one.day].append(one)
    return [(day, sorted(ones, key=lambda one: (one.slot, one.offer.code))) for day, ones in found.items()]
