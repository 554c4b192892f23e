"""The week of rooms: who has them as far as the reader may know, and what is free. Few statements, no entities."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings import calendar
from bookings import queries as engine
from bookings.calendar import Cell, Grid
from bookings.queries_closures import shut_by_resource
from bookings.queries_house import house_of, things_of
from bookings.values import Booked, Slot
from fablab import clock
from rooms import queries
from rooms.values import Reader, Sheet, Tenant, Told, tell, tenant_shade


@dataclass(frozen=True)
class Week:
    """The rooms of a week as rows and its days as columns; ``rooms`` by id."""

    days: tuple[date, ...]
    rooms: dict[int, Sheet]
    grid: Grid


@dataclass(frozen=True)
class Line:
    """One booking of a list, as told to its reader; ``public_id`` None: not theirs to open."""

    slot: Slot
    room: Sheet
    told: Told
    status: str
    people: int
    public_id: str | None


@dataclass(frozen=True)
class RoomDay:
    """A day of one room: its band, what is free, and its bookings."""

    day: date
    cell: Cell
    lines: tuple[Line, ...]


def week_of(session: Session, rooms: Sequence[Sheet], monday: date, now: datetime, reader: Reader) -> Week:
    """Monday to Saturday of some rooms; Sunday too when the house is open or a room is taken."""
    days = tuple(monday + timedelta(days=number) for number in range(7))
    booked = _booked(session, rooms, days)
    house, last = house_of(session), days[-1]
    open_on_sunday = any(house.open(one.place_id, "open", last, last) for one in rooms)
    if not open_on_sunday and not any(clock.local_day(one.starts_at) == last for one in booked):
        days = days[:-1]
    return Week(days, {one.id: one for one in rooms}, _grid(session, rooms, days, booked, now, reader))


def day_list(session: Session, rooms: Sequence[Sheet], day: date, reader: Reader) -> list[Line]:
    """The bookings of a day by hour, of these rooms."""
    found = _lines(session, _booked(session, rooms, (day,)), reader)
    return sorted(found, key=lambda line: (line.slot, line.room.id))


def week_of_one(session: Session, room: Sheet, days: Sequence[date], now: datetime, reader: Reader) -> list[RoomDay]:
    """Some days of one room."""
    booked = _booked(session, [room], days)
    [row] = _grid(session, [room], days, booked, now, reader).rows
    lines = sorted(_lines(session, booked, reader), key=lambda line: line.slot)
    return [
        RoomDay(cell.day, cell, tuple(one for one in lines if clock.local_day(one.slot.start) == cell.day))
        for cell in row.cells
    ]


def next_free(days: Iterable[RoomDay], minutes: int, earliest: datetime, count: int = 3) -> list[Slot]:
    """The first stretches of these days that are free for so long, from the half-hour after a moment on."""
    earliest += timedelta(minutes=-earliest.minute % 30, seconds=-earliest.second)
    found = (Slot(max(slot.start, earliest), slot.end) for day in days for slot in day.cell.every_free
             if slot.end > earliest)  # fmt: skip
    return [slot for slot in found if slot.minutes >= minutes][:count]


def _booked(session: Session, rooms: Sequence[Sheet], days: Sequence[date]) -> list[Booked]:
    """What takes each of these rooms, or a part of it: a hall is taken as soon as one of its parts is."""
    leaves, of = things_of(session).leaves, defaultdict[int, list[int]](list)
    for room in rooms:
        for leaf in leaves[room.id]:
            of[leaf].append(room.id)
    taken = engine.week_of(session, list(of), _span(days))
    each = {(id_, one.public_id): one._replace(resource_id=id_) for one in taken for id_ in of[one.resource_id]}
    return sorted(each.values())


def _span(days: Sequence[date]) -> Slot:
    return Slot(clock.day_bounds(days[0])[0], clock.day_bounds(days[-1])[1])


def _grid(
    session: Session,
    rooms: Sequence[Sheet],
    days: Sequence[date],
    booked: Sequence[Booked],
    now: datetime,
    reader: Reader,
) -> Grid:
    house, tenants = house_of(session), queries.tenants(session)
    shut, broken = shut_by_resource(session, [(one.id, one.place_id) for one in rooms], _span(days))
    windows = house.open(rooms[0].place_id, "open", days[0], days[-1]) if rooms else None
    opened = [slot for slot in windows or () if house.public_holiday(clock.local_day(slot.start)) is None]

    def shade(one: Booked) -> str:
        tenant = tenants.get(one.structure_id or 0)
        return tenant_shade(tenant, waiting=one.status == "requested", reader=reader, structure_id=one.structure_id)

    return calendar.grid([(one.id, one.name) for one in rooms], booked, days, opened, shut, now, broken, shade)


def _lines(session: Session, booked: Iterable[Booked], reader: Reader) -> list[Line]:
    """Each booking once, under the room, or the part of one, that it is of."""
    sheets, tenants = queries.sheets(session), queries.tenants(session)
    once = {one.public_id: one for one in sorted(booked, key=lambda one: one.resource_id != one.main_id, reverse=True)}
    return [
        _line(sheets.get(one.main_id) or sheets[one.resource_id], tenants.get(one.structure_id or 0), one, reader)
        for one in once.values()
    ]


def _line(room: Sheet, tenant: Tenant | None, one: Booked, reader: Reader) -> Line:
    known = reader.knows(one.structure_id)
    return Line(
        Slot(one.starts_at, one.ends_at),
        room,
        tell(tenant, one.purpose, reader),
        one.status if known else "confirmed",
        one.headcount if known else 0,
        one.public_id if known and one.kind == "rental" else None,
    )
