"""The week of one machine, for the team: its bookings with short names, what is free, what is shut."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Integer, String, bindparam, select, union_all
from sqlalchemy.orm import Session

from bookings import calendar, queries_closures
from bookings.calendar import Cell
from bookings.models import Booking, Claim
from bookings.queries_house import House, house_of
from bookings.values import LONGEST, Booked, Shut, Slot
from fablab import clock
from fablab.db import UtcDateTime
from fablab.people.models import Person
from fablab.ready import rows
from machines.models import Machine
from machines.queries_week import days_shown

_machine, _resource = Machine.__table__, Machine.__mapper__.inherits.local_table  # type: ignore[union-attr]  # joined table
_booking, _claim, _person = Booking.__table__, Claim.__table__, Person.__table__
#: what somebody reads in a week of a machine: what was cancelled or refused left nothing behind
_GONE = ("cancelled", "refused")
_START, _END = bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
_EARLIEST = bindparam("earliest", type_=UtcDateTime())
_ID = bindparam("machine", type_=Integer())

_BY_CODE = (
    select(_resource.c.id, _resource.c.code, _resource.c.simple_name, _resource.c.place_id, _machine.c.pictogram)
    .select_from(_machine.join(_resource, _resource.c.id == _machine.c.id))
    .where(_resource.c.code == bindparam("code", type_=String()))
)
_SHOWN = (
    _booking.c.starts_at,
    _booking.c.ends_at,
    _booking.c.public_id,
    _booking.c.kind,
    _booking.c.status,
    _booking.c.suspended,
    _booking.c.attention,
    _booking.c.purpose,
    _booking.c.holder_id,
    _booking.c.headcount,
    _booking.c.resource_id,
    _booking.c.created_at,
    _claim.c.holds,
    _person.c.first_name,
    _person.c.last_name,
)
_JOINED = _booking.join(_claim, _claim.c.booking_id == _booking.c.id).outerjoin(
    _person, _person.c.id == _booking.c.holder_id
)
# Booked for itself: what a closure suspends and who did not come are shown too, though they hold nothing.
_OWN = (
    select(*_SHOWN)
    .select_from(_JOINED)
    .where(
        _booking.c.resource_id == _ID,
        _claim.c.resource_id == _ID,
        _booking.c.starts_at > _EARLIEST,
        _booking.c.starts_at < _END,
        _booking.c.ends_at > _START,
        _booking.c.status.not_in(_GONE),
    )
)
# Taken along by a session of a group, whose main thing is the floor of the Fablab.
_TAKEN_ALONG = (
    select(*_SHOWN)
    .select_from(_JOINED)
    .where(
        _claim.c.resource_id == _ID,
        _claim.c.holds,
        _claim.c.starts_at > _EARLIEST,
        _claim.c.starts_at < _END,
        _booking.c.resource_id != _ID,
        _booking.c.ends_at > _START,
    )
)
_WEEK = union_all(_OWN, _TAKEN_ALONG)


class Named(NamedTuple):
    """A machine as its week names it."""

    id: int
    code: str
    simple_name: str
    place_id: int
    pictogram: str


class Use(NamedTuple):
    """A booking of the week; ``who`` a short name for the team, what a session is called, or empty."""

    slot: Slot
    public_id: str
    kind: str
    status: str
    suspended: bool
    attention: str | None
    who: str


@dataclass(frozen=True)
class Day:
    """A day of the week: ``cell`` its band and free stretches, ``holiday`` the name of a public one."""

    day: date
    cell: Cell
    uses: tuple[Use, ...]
    shut: tuple[Shut, ...]
    holiday: str | None


@dataclass(frozen=True)
class MachineWeek:
    """What the page prints; ``width`` is the minutes that each band shows."""

    machine: Named
    days: tuple[Day, ...]
    width: int


def machine_named(session: Session, code: str) -> Named | None:
    """A machine by its code, retired ones too, for their past."""
    found = rows(session, _BY_CODE, {"code": code})
    return Named(*found[0]) if found else None


def week_of_one(session: Session, machine: Named, monday: date, now: datetime) -> MachineWeek:
    """The days shown of one machine; three statements beside those of the house, whatever the bookings."""
    days = days_shown(session, {machine.place_id}, monday)
    span = Slot(clock.day_bounds(days[0])[0], clock.day_bounds(days[-1])[1])
    values = {"machine": machine.id, "earliest": span.start - LONGEST, "start": span.start, "end": span.end}
    found = sorted(rows(session, _WEEK, values), key=lambda row: (row.starts_at, row.public_id))
    house = house_of(session)
    around = {spot.id for spot in house.chain(machine.place_id)}
    shut = [
        one
        for place_id, resource_id, one in queries_closures.shut_during(session, span)
        if resource_id == machine.id or place_id in around
    ]
    cells = _cells(house, machine, days, span, [_booked(row, machine.id) for row in found if row.holds], shut, now)
    uses = _uses_by_day(found)
    shown = [
        Day(day, cell, tuple(uses[day]), _touching(shut, day), house.public_holiday(day))
        for day, cell in zip(days, cells[0], strict=True)
    ]
    return MachineWeek(machine, tuple(shown), cells[1])


def _cells(
    house: House,
    machine: Named,
    days: Sequence[date],
    span: Slot,
    booked: Sequence[Booked],
    shut: Sequence[Shut],
    now: datetime,
) -> tuple[tuple[Cell, ...], int]:
    windows = house.open(machine.place_id, "open_lab", days[0], days[-1]) or ()
    opened = [slot for slot in windows if house.public_holiday(clock.local_day(slot.start)) is None]
    closed = {machine.id: [_within(one, span) for one in shut]}
    broken = {machine.id: [_within(one, span) for one in shut if one.kind == "breakdown"]}
    grid = calendar.grid([(machine.id, machine.simple_name)], booked, days, opened, closed, now, broken)
    return grid.rows[0].cells, grid.width


def _within(one: Shut, span: Slot) -> Slot:
    return Slot(max(one.start, span.start), min(one.end or span.end, span.end))


def _touching(shut: Sequence[Shut], day: date) -> tuple[Shut, ...]:
    whole = Slot(*clock.day_bounds(day))
    return tuple(one for one in shut if one.covers(whole))


def _booked(row: Any, machine_id: int) -> Booked:
    return Booked(
        machine_id,
        row.starts_at,
        row.ends_at,
        row.public_id,
        row.kind,
        row.status,
        row.holder_id,
        row.headcount,
        row.attention,
        row.purpose,
        row.resource_id,
        row.created_at,
    )


def _uses_by_day(found: Sequence[Any]) -> Mapping[date, list[Use]]:
    by_day: dict[date, list[Use]] = defaultdict(list)
    for row in found:
        name = f"{row.first_name} {row.last_name[:1]}.".strip() if row.first_name else ""
        use = Use(
            Slot(row.starts_at, row.ends_at),
            row.public_id,
            row.kind,
            row.status,
            row.suspended,
            row.attention,
            name or row.purpose or "",
        )
        first, last = clock.local_day(row.starts_at), clock.local_day(row.ends_at - timedelta(seconds=1))
        for number in range((last - first).days + 1):
            by_day[first + timedelta(days=number)].append(use)
    return by_day
