"""Factories of the engine alone: places, plain resources, hours, closures. Each commits."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from bookings import actions
from bookings.models import Booking, Closure, Holiday, OpeningRule, Place, Resource
from bookings.values import Ask, Over, Slot
from fablab import clock
from fablab.db import transaction
from fablab.people.models import Person
from tests.conftest import NOW

_numbers = count(1)


def make_place(*, gauge: int | None = None, parent: Place | None = None, **fields: Any) -> Place:
    """A place without hours: always open."""
    number = next(_numbers)
    with transaction() as session:
        said: dict[str, Any] = {"code": f"PL-{number}", "name": "La maison", **fields}
        place = Place(gauge=gauge, parent_id=parent and parent.id, **said)
        session.add(place)
    return place


def make_resource(place: Place | None = None, **fields: Any) -> Resource:
    """Something to book, step of 30 minutes, no cleaning."""
    place = place or make_place()
    number = next(_numbers)
    with transaction() as session:
        values = {"code": f"RS-{number}", "name": f"Atelier {number}", "simple_name": f"L’atelier {number}", **fields}
        resource = Resource(place_id=place.id, kind="space", **values)
        session.add(resource)
    return resource


def make_hours(
    place: Place, weekday: int, opens: str, closes: str, use: str = "open_lab", **fields: Any
) -> OpeningRule:
    """A weekly window of school weeks (0 is Monday)."""
    with transaction() as session:
        rule = OpeningRule(
            place_id=place.id,
            weekday=weekday,
            opens=time.fromisoformat(opens),
            closes=time.fromisoformat(closes),
            use=use,
            **{"season": "school", "nth": [], **fields},
        )
        session.add(rule)
    return rule


def make_holiday(kind: str, first: date, last: date, name: str = "Congés") -> Holiday:
    """A public or school holiday, last day included."""
    with transaction() as session:
        holiday = Holiday(kind=kind, name=name, starts_on=first, ends_on=last, source="house")
        session.add(holiday)
    return holiday


def make_closure(start: datetime, end: datetime | None, *, reason: str = "Travaux.", **fields: Any) -> Closure:
    """A closure laid by the program itself: place_id or resource_id, kind closure or breakdown."""
    return actions.close(Over(reason, start, end, **fields), None, NOW).closure


def make_booking(
    resource: Resource, slot: Slot, holder: Person | None = None, *, now: datetime = NOW, **fields: Any
) -> Booking:
    """A booking made through the engine, all its rules asked."""
    ask = Ask(resource.id, slot, holder_id=holder and holder.id, **fields)
    return actions.book(ask, holder, now)


def utc(hour: str, day: date = date(2026, 11, 26)) -> datetime:
    """A moment in UTC, on Thursday 26 November 2026 unless told: utc("14:00")."""
    return datetime.combine(day, time.fromisoformat(hour), tzinfo=UTC)


def slot(start: str, end: str, day: date = date(2026, 11, 26)) -> Slot:
    """A slot in wall time of Chambéry, on Thursday 26 November 2026 unless told: slot("14:00", "15:00")."""
    return Slot(clock.at(day, time.fromisoformat(start)), clock.at(day, time.fromisoformat(end)))
