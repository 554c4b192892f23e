"""The week of all machines, for the team: prepared rows, few statements, no entities."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from bookings import calendar, queries_closures
from bookings import queries as engine
from bookings.calendar import Grid, Line
from bookings.models import LIVE, Booking, Claim
from bookings.queries_house import house_of
from bookings.values import Slot
from fablab import clock
from fablab.db import UtcDateTime
from fablab.people.models import Person
from fablab.ready import rows
from machines.models import Machine, Shift

_machine, _resource = Machine.__table__, Machine.__mapper__.inherits.local_table  # type: ignore[union-attr]  # joined table
_NAMES = (
    select(_resource.c.id, _resource.c.simple_name, _resource.c.code, _resource.c.place_id)
    .select_from(_machine.join(_resource, _resource.c.id == _machine.c.id))
    .order_by(_resource.c.position, _resource.c.id)
)


def _in_span(begins: ColumnElement[datetime]) -> ColumnElement[bool]:
    return (begins >= bindparam("start", type_=UtcDateTime())) & (begins < bindparam("end", type_=UtcDateTime()))


_booking, _claim, _shift = Booking.__table__, Claim.__table__, Shift.__table__
_IDS = select(_machine.c.id)
#: whether a day is used: taken along by a session, booked for itself (suspended too), or somebody is there
_USED = select(
    or_(
        exists().where(_claim.c.holds, _in_span(_claim.c.starts_at), _claim.c.resource_id.in_(_IDS)),
        exists().where(
            _booking.c.resource_id.in_(_IDS),
            _in_span(_booking.c.starts_at),
            _booking.c.status.not_in(("cancelled", "refused")),
        ),
        exists().where(_shift.c.withdrawn_at.is_(None), _in_span(_shift.c.starts_at)),
    )
)


@dataclass(frozen=True)
class Week:
    """What the grid and the list of a week print; ``codes`` by machine id, ``names`` of holders by id.

    Of the list of a day without bookings: whether there is an open lab that day, the next day that has one, and of
    one machine whether it is stopped for the whole of that open lab.
    """

    days: tuple[date, ...]
    codes: dict[int, str]
    grid: Grid | None
    lines: tuple[Line, ...]
    names: dict[int, str]
    is_open: bool = True
    next_open: date | None = None
    is_stopped: bool = False


def week_grid(session: Session, monday: date, now: datetime) -> Week:
    """Machines as rows, the days shown as columns: few statements, whatever the bookings."""
    machines = _machines(session, monday)
    days = days_shown(session, {row[3] for row in machines}, monday)
    span = Slot(clock.day_bounds(days[0])[0], clock.day_bounds(days[-1])[1])
    house = house_of(session)
    ids = [row[0] for row in machines]
    windows = house.open(machines[0][3], "open_lab", days[0], days[-1]) if machines else None
    booked = engine.week_of(session, ids, span)
    shut, broken = queries_closures.shut_by_resource(session, [(row[0], row[3]) for row in machines], span)
    opened = [slot for slot in windows or () if house.public_holiday(clock.local_day(slot.start)) is None]
    grid = calendar.grid([(row[0], row[1]) for row in machines], booked, days, opened, shut, now, broken)
    return Week(days, {row[0]: row[2] for row in machines}, grid, (), {})


def day_list(session: Session, day: date, machine_id: int | None = None) -> Week:
    """The bookings of a day by hour, of all machines or of one, with the short names of holders."""
    start, end = clock.day_bounds(day)
    machines = _machines(session, day)
    ids = [row[0] for row in machines if machine_id in (None, row[0])]
    booked = engine.week_of(session, ids, Slot(start, end))
    lines = calendar.lines({row[0]: row[1] for row in machines}, booked)
    days = days_shown(session, {row[3] for row in machines}, clock.week_of(day))
    names = holders(session, {one.holder_id for one in booked if one.holder_id is not None})
    codes = {row[0]: row[2] for row in machines}
    if lines or not ids:
        return Week(days, codes, None, tuple(lines), names)
    place = next(row[3] for row in machines if row[0] == ids[0])
    opened = queries_closures.open_slots(session, place, "open_lab", day, day)
    following = queries_closures.next_open_day(session, place, "open_lab", day)
    stopped = machine_id is not None and _is_stopped(session, machine_id, place, opened, Slot(start, end))
    return Week(days, codes, None, (), names, bool(opened), following, stopped)


def _is_stopped(session: Session, machine_id: int, place: int, opened: Sequence[Slot], day: Slot) -> bool:
    shut, _broken = queries_closures.shut_by_resource(session, [(machine_id, place)], day)
    return bool(opened) and all(any(one.covers(slot) for one in shut[machine_id]) for slot in opened)


def days_shown(session: Session, place_ids: Collection[int], monday: date) -> tuple[date, ...]:
    """Monday to Saturday; Sunday too when machines there have hours, a machine is booked, or somebody has a shift."""
    days = tuple(monday + timedelta(days=number) for number in range(7))
    house, sunday = house_of(session), days[-1]
    if any(house.open(place, use, sunday, sunday) for place in place_ids for use in ("open_lab", "group")):
        return days
    start, end = clock.day_bounds(sunday)
    return days if rows(session, _USED, {"start": start, "end": end})[0][0] else days[:-1]


def holders(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Short names, for the team only: «Inès B.»."""
    if not person_ids:
        return {}
    rows = session.execute(select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(person_ids)))
    return {id_: f"{first} {last[:1]}.".strip() for id_, first, last in rows}


def bookings_to_come(session: Session, machine_id: int, now: datetime) -> list[Booking]:
    """The next bookings of a machine, suspended ones too, soonest first, forty at most."""
    found = select(Booking).where(
        Booking.resource_id == machine_id,
        Booking.ends_at > now,
        Booking.starts_at > now - timedelta(days=1),
        Booking.status.in_(LIVE),
    )
    return list(session.scalars(found.order_by(Booking.starts_at, Booking.id).limit(40)))


def _machines(session: Session, day: date) -> list[tuple[int, str, str, int]]:
    in_use = or_(_resource.c.retired_on.is_(None), _resource.c.retired_on > day)
    return [tuple(row) for row in session.execute(_NAMES.where(in_use))]
