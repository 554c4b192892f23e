"""Where the rooms' part of the catalogue is kept: rooms, annual series, weekly activities."""

from sqlalchemy.orm import Session, joinedload

from bookings.models import Place, Resource, Series
from fablab.catalogue_stores import Column, Link, Table
from fablab.people.models import Structure
from rooms.models import Activity, Room


class BothNames(Column):
    """A room has one name, for everybody."""

    def put(self, session: Session, row: Room, value: str) -> None:
        """Write it where staff and young people read it."""
        row.name = row.simple_name = value


ROOMS = Table(
    "room",
    Room,
    {
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
        "inventory": "inventory",
        "data_status": "data_status",
        "place": Link("place", Place),
    },
    options=[joinedload(Room.place)],
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
