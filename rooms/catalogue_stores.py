"""Where the rooms' part of the catalogue is kept: rooms, annual series, weekly activities."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bookings import upkeep_placing
from bookings.models import Place, Resource, Series
from fablab.catalogue_items import Item
from fablab.catalogue_stores import Column, Link, Table, by_code
from fablab.people.models import Structure
from rooms.models import Activity, Room


class BothNames(Column):
    """A room has one name, for everybody."""

    def put(self, session: Session, row: Room, value: str) -> None:
        """Write it where staff and young people read it."""
        row.name = row.simple_name = value


class Competing(Column):
    """Whether several may ask for the same time: the first request does not hold it then."""

    def get(self, row: Room) -> bool:
        """As the file says it."""
        return not row.first_come

    def put(self, session: Session, row: Room, value: bool) -> None:
        """Write it as the engine reads it."""
        row.first_come = not value


class Rooms(Table):
    """Rooms that are no part of another."""

    def rows(self, session: Session) -> Iterable[Room]:
        """The rooms."""
        return session.scalars(select(Room).where(Room.whole_id.is_(None)).options(*self.options))


class Parts(Table):
    """Parts of divisible halls; what has the hall already takes all of them from then on."""

    def rows(self, session: Session) -> Iterable[Room]:
        """The parts."""
        return session.scalars(select(Room).where(Room.whole_id.is_not(None)).options(*self.options))

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Make the part."""
        super().add(session, item, now)
        upkeep_placing.divide(session, by_code(session, Room, item.values["of"]).id)


_COLUMNS: dict[str, Column | str] = {
    "name": BothNames("name"),
    "category": "category",
    "area_m2": "area_m2",
    "floor": "floor",
    "safety_gauge": "safety_gauge",
    "usual_capacity": "usual_capacity",
    "exits": "exits",
    "step_free": "step_free",
    "hearing_loop": "hearing_loop",
    "equipment": "equipment",
    "uses": "uses",
    "instructions": "instructions",
    "noise": "noise",
    "step_minutes": "step_minutes",
    "min_minutes": "min_minutes",
    "max_minutes": "max_minutes",
    "gap_minutes": "turnaround",
    "approval": "approval",
    "competing": Competing("first_come"),
    "inventory": "inventory",
    "data_status": "data_status",
    "place": Link("place", Place),
}
ROOMS = Rooms("room", Room, _COLUMNS, options=[joinedload(Room.place)])
PARTS = Parts(
    "hall_part",
    Room,
    {**_COLUMNS, "of": Link("whole", Room)},
    options=[joinedload(Room.place), joinedload(Room.whole)],
)
SERIES = Table(
    "series",
    Series,
    {
        "structure": Link("structure", Structure),
        "room": Link("resource", Resource),
        "weekday": "weekday",
        "start": "opens",
        "end": "closes",
        "frequency": "frequency",
        "in_school_holidays": "in_holidays",
        "people": "headcount",
        "purpose": "purpose",
        "first_on": "first_on",
        "last_on": "last_on",
    },
    code="key",
    options=[joinedload(Series.structure), joinedload(Series.resource)],
)
ACTIVITIES = Table(
    "activity",
    Activity,
    {
        "title": "title",
        "type": "kind",
        "structure": Link("structure", Structure),
        "location": Link("resource", Resource),
        "weekday": "weekday",
        "start": "opens",
        "end": "closes",
        "audience.label": "audience",
        "audience.min_age": "min_age",
        "audience.max_age": "max_age",
        "audience.with_adult": "with_adult",
        "audience.who": "audience_kind",
        "registration": "enrolment",
        "in_school_holidays": "in_holidays",
        "attendance": "visitors",
        "data_status": "data_status",
    },
    options=[joinedload(Activity.structure), joinedload(Activity.resource)],
)
