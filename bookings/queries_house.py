"""What the engine knows of the house itself: places, hours, holidays and resources, kept from page to page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import opening
from bookings.models import Holiday, OpeningRule, Place, Resource
from bookings.opening import Window
from bookings.values import Gauge, Slot, Thing
from fablab import house as settings

_place, _rule, _holiday, _resource = Place.__table__, OpeningRule.__table__, Holiday.__table__, Resource.__table__


@dataclass(frozen=True)
class Spot:
    """A place as the engine sees it."""

    id: int
    name: str
    parent_id: int | None
    gauge: int | None


@dataclass(frozen=True)
class DayOff:
    """A public or school holiday, last day included."""

    kind: str
    name: str
    first: date
    last: date


class House:
    """Places, weekly windows and holidays, as of one reading; what it has worked out it remembers."""

    def __init__(self, spots: Mapping[int, Spot], windows: tuple[Window, ...], days_off: tuple[DayOff, ...]) -> None:
        self.spots, self.windows, self.days_off = spots, windows, days_off
        self.known_until = max((off.last for off in days_off), default=None)
        self.chain = cache(self._chain)
        self.gauges = cache(self._gauges)
        self.hours = cache(self._hours)
        # Days come without end: those of a few years are remembered.
        self.season = lru_cache(4096)(self._season)
        self.public_holiday = lru_cache(4096)(self._public_holiday)
        self.open_on = lru_cache(8192)(self._open_on)

    def open(self, place_id: int, use: str, first: date, last: date) -> tuple[Slot, ...] | None:
        """The windows of a use («open», «open_lab», «group») over some days, last included, in order.

        Asked of the place, else of the first one around it that has such hours; None when none has.
        Public holidays are not taken out.
        """
        if not self.hours(place_id, use):
            return None
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return tuple(slot for day in days for slot in self.open_on(place_id, use, day))

    def inside(self, place_id: int) -> frozenset[int]:
        """A place and every place in it."""
        found = {place_id}
        for _level in self.spots:
            found |= {spot.id for spot in self.spots.values() if spot.parent_id in found}
        return frozenset(found)

    def _chain(self, place_id: int) -> tuple[Spot, ...]:
        """A place and those around it, from the inside out."""
        found = [self.spots[place_id]]
        while (parent := found[-1].parent_id) is not None:
            found.append(self.spots[parent])
        return tuple(found)

    def _gauges(self, place_id: int) -> tuple[Gauge, ...]:
        """The gauges that count somebody who is in this place."""
        counted = [spot for spot in self.chain(place_id) if spot.gauge is not None]
        return tuple(Gauge(spot.name, spot.gauge or 0, self.inside(spot.id)) for spot in counted)

    def _season(self, day: date) -> str:
        """«holidays» in school holidays, else «school»."""
        away = any(off.kind == "school" and off.first <= day <= off.last for off in self.days_off)
        return "holidays" if away else "school"

    def _public_holiday(self, day: date) -> str | None:
        """The name of the public holiday of a day."""
        names = (off.name for off in self.days_off if off.kind == "public" and off.first <= day <= off.last)
        return next(names, None)

    def _hours(self, place_id: int, use: str) -> tuple[Window, ...]:
        """The windows of a use of a place, else of the first one around it that has some; empty: nobody said."""
        for spot in self.chain(place_id):
            mine = tuple(window for window in self.windows if window.place_id == spot.id and window.use == use)
            if mine:
                return mine
        return ()

    def _open_on(self, place_id: int, use: str, day: date) -> tuple[Slot, ...]:
        """The windows of a use of a place on one day, in order; those that touch are one."""
        return tuple(opening.on(day, self.hours(place_id, use), self.season(day)))


@dataclass(frozen=True)
class Things:
    """Every resource of the house by id, and the leaves of each: what is really taken when it is booked."""

    by_id: Mapping[int, Thing]
    leaves: Mapping[int, tuple[int, ...]]

    def with_wholes(self, ids: Collection[int]) -> list[int]:
        """These things, their leaves, and the divisible halls that they are parts of: closing the hall closes them."""
        wholes = {self.by_id[id_].whole_id for id_ in ids}
        return list(dict.fromkeys((*ids, *self.leaves_of(ids), *(id_ for id_ in wholes if id_ is not None))))

    def compete(self, ids: Collection[int]) -> bool:
        """Whether requests that hold nothing may want what these take: a hall and its parts want the same."""
        return not all(self.by_id[id_].first_come for id_ in self.with_wholes(ids))

    def leaves_of(self, ids: Collection[int]) -> list[int]:
        """What is really taken when all these are."""
        return list(dict.fromkeys(leaf for id_ in ids for leaf in self.leaves[id_]))


def house_of(session: Session) -> House:
    """Places, windows and holidays of the house, as kept."""
    return settings.kept(session, _read_house)


def things_of(session: Session) -> Things:
    """The resources of the house, as kept."""
    return settings.kept(session, _read_things)


def _read_house(session: Session) -> House:
    places = session.execute(select(_place.c.id, _place.c.name, _place.c.parent_id, _place.c.gauge))
    rules = session.execute(
        select(
            _rule.c.place_id,
            _rule.c.use,
            _rule.c.season,
            _rule.c.weekday,
            _rule.c.opens,
            _rule.c.closes,
            _rule.c.nth,
            _rule.c.valid_from,
            _rule.c.valid_until,
        ).order_by(_rule.c.id)
    )
    days_off = session.execute(
        select(_holiday.c.kind, _holiday.c.name, _holiday.c.starts_on, _holiday.c.ends_on).order_by(_holiday.c.id)
    )
    return House(
        {row.id: Spot(*row) for row in places},
        tuple(Window(*row[:6], tuple(row.nth), *row[7:]) for row in rules),
        tuple(DayOff(*row) for row in days_off),
    )


def _read_things(session: Session) -> Things:
    rows = session.execute(
        select(
            _resource.c.id,
            _resource.c.kind,
            _resource.c.simple_name,
            _resource.c.place_id,
            _resource.c.step_minutes,
            _resource.c.min_minutes,
            _resource.c.max_minutes,
            _resource.c.turnaround,
            _resource.c.retired_on,
            _resource.c.whole_id,
            _resource.c.first_come,
        ).order_by(_resource.c.id)
    )
    found = {row.id: Thing(*row) for row in rows}
    parts: dict[int, tuple[int, ...]] = {}
    for thing in found.values():
        if thing.whole_id is not None:
            parts[thing.whole_id] = (*parts.get(thing.whole_id, ()), thing.id)
    return Things(found, {id_: parts.get(id_, (id_,)) for id_ in found})
