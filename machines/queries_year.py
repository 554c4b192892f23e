"""Hours by machine over a school year, for the team: added up by the database, whatever the bookings."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    extract,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from bookings import opening
from bookings.models import Booking, Claim, Closure
from bookings.queries_house import House, house_of
from bookings.values import LONGEST, Slot
from fablab import clock
from fablab.db import UtcDateTime
from fablab.ready import rows
from machines.models import Machine
from machines.values_year import Hours, MachineHours, SchoolYear, YearHours, minutes_of, years_between

_machine, _resource = Machine.__table__, Machine.__mapper__.inherits.local_table  # type: ignore[union-attr]  # joined table
_booking, _claim, _closure = Booking.__table__, Claim.__table__, Closure.__table__
_START, _END = bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())


def _of_machine(latest: bool) -> Any:
    """The first or the last start of what a machine held: one seek."""
    order = _claim.c.starts_at.desc() if latest else _claim.c.starts_at
    found = select(_claim.c.starts_at).where(_claim.c.resource_id == _resource.c.id, _claim.c.holds)
    return found.order_by(order).limit(literal_column("1")).correlate(_resource).scalar_subquery()


_MACHINES = (
    select(
        _resource.c.id,
        _resource.c.code,
        _resource.c.simple_name,
        _resource.c.place_id,
        _resource.c.retired_on,
        _of_machine(latest=False).label("first"),
        _of_machine(latest=True).label("last"),
    )
    .select_from(_machine.join(_resource, _resource.c.id == _machine.c.id))
    .order_by(_resource.c.position, _resource.c.id)
)
# Written out and negated: a list of statuses, or values given apart, would turn SQLite to another index.
_COUNTED = and_(
    ~_booking.c.suspended,
    _booking.c.status.not_in([literal_column(f"'{status}'") for status in ("requested", "cancelled", "refused")]),
)
_OWN = _booking.c.kind == literal_column("'own'")
_TRAINING = _booking.c.kind == literal_column("'training'")
_GROUP = _booking.c.kind == literal_column("'session'")


_OF_KIND = {"own": _OWN, "training": _TRAINING}


def seconds_between(engine: str, end: Any, start: Any) -> ColumnElement[Any]:
    """The seconds from one moment to another, for the database of this name."""
    if engine == "sqlite":  # kept as seconds
        return type_coerce(end, Integer) - type_coerce(start, Integer)
    return extract("epoch", end - start)


def _hours(engine: str) -> CompoundSelect[Any]:
    """Machine, kind, seconds, bookings, missed, not known yet: of bookings that begin in the year.

    Then what those that lie over its first or its last midnight add or take away. Each part is a range of an index;
    what each row is asked is kept short, since there are fifteen thousand («one status or another» took twice as long).
    """

    def seconds(end: ColumnElement[Any], start: ColumnElement[Any]) -> ColumnElement[Any]:
        return seconds_between(engine, end, start)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, literal_column("1")), else_=literal_column("0")))

    def lines(kind: str, amount: ColumnElement[Any], *more: ColumnElement[Any]) -> Select[Any]:
        """By machine: a young person's booking and a training slot name theirs, a session's claims do."""
        source, which = (
            (_resource.join(_booking, _booking.c.resource_id == _resource.c.id), _resource.c.id)
            if kind != "session"
            else (_booking.join(_claim, _claim.c.booking_id == _booking.c.id), _claim.c.resource_id)
        )
        chosen = _GROUP if kind == "session" else and_(_resource.c.kind == "machine", _OF_KIND[kind])
        counts: Sequence[ColumnElement[Any]] = more or [literal_column("0")] * 3
        found = select(which, literal_column(f"'{kind}'"), func.sum(amount), *counts).select_from(source)
        return found.where(chosen, _COUNTED).group_by(which)

    def lying_over(moment: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        earliest = bindparam(f"before_{name}", type_=UtcDateTime())
        return and_(_booking.c.starts_at > earliest, _booking.c.starts_at < moment, _booking.c.ends_at > moment)

    length = seconds(_booking.c.ends_at, _booking.c.starts_at)
    missed = count(_booking.c.status == "no_show")
    open_yet = count(_booking.c.status == "confirmed")
    parts = []
    for kind in ("own", "session", "training"):
        inside = lines(kind, length, *((func.count(), missed, open_yet) if kind == "own" else ()))
        parts += [
            inside.where(_booking.c.starts_at >= _START, _booking.c.starts_at < _END),
            lines(kind, seconds(_booking.c.ends_at, _START)).where(lying_over(_START, "start")),
            lines(kind, seconds(_END, _booking.c.ends_at)).where(lying_over(_END, "end")),
        ]
    return union_all(*parts)


_HOURS = {engine: _hours(engine) for engine in ("sqlite", "postgresql")}
_OUT = (
    select(_closure.c.resource_id, _closure.c.starts_at, _closure.c.ends_at, _closure.c.lifted_at)
    .join(_machine, _machine.c.id == _closure.c.resource_id)
    .where(
        _closure.c.starts_at < _END,
        or_(_closure.c.ends_at.is_(None), _closure.c.ends_at > _START),
        or_(_closure.c.lifted_at.is_(None), _closure.c.lifted_at > _START),
    )
)


class _Kept(NamedTuple):
    """A machine of the house, and when it first and last held something."""

    id: int
    code: str
    name: str
    place_id: int
    retired_on: date | None
    first: datetime | None
    last: datetime | None


def hours_of_year(session: Session, asked: int | None, now: datetime) -> YearHours:
    """The table of the school year that begins in ``asked``, else of this one; three statements beside the house's.

    Of every machine that was in the house by then, and of any that has hours in the year.
    """
    machines = [_Kept(*row) for row in rows(session, _MACHINES)]
    years = years_between([moment for one in machines for moment in (one.first, one.last) if moment], now)
    year = next((one for one in years if one.begins == asked), SchoolYear.of(clock.local_day(now)))
    added = _added(session, year.span)
    out = _out_of_service(session, machines, year.span, now)
    lines = []
    for one in machines:
        hours = added.get(one.id, Hours()) + Hours(out=out.get(one.id, 0))
        if hours != Hours() or _was_here(one, year, now):
            lines.append(MachineHours(one.code, one.name, hours))
    return YearHours(year, years, tuple(lines))


def _was_here(machine: _Kept, year: SchoolYear, now: datetime) -> bool:
    if machine.retired_on is not None and machine.retired_on <= year.first:
        return False
    return year.span.end > now or (machine.first is not None and machine.first < year.span.end)


def _added(session: Session, span: Slot) -> Mapping[int, Hours]:
    """What the bookings of a year add up to, by machine (and by whatever else sessions take)."""
    values = {
        "start": span.start,
        "end": span.end,
        "before_start": span.start - LONGEST,
        "before_end": span.end - LONGEST,
    }
    engine = session.get_bind().dialect.name
    seconds: dict[tuple[int, str], int] = defaultdict(int)
    counts: dict[int, tuple[int, int, int]] = {}
    for id_, kind, amount, bookings, missed, open_yet in rows(session, _HOURS[engine], values):
        seconds[id_, kind] += int(amount)
        if bookings:
            counts[id_] = bookings, missed, bookings - missed - open_yet
    ids = {id_ for id_, _kind in seconds}
    return {
        id_: Hours(
            seconds[id_, "own"] // 60,
            seconds[id_, "session"] // 60,
            seconds[id_, "training"] // 60,
            *counts.get(id_, (0, 0, 0)),
        )
        for id_ in ids
    }


def _out_of_service(session: Session, machines: Collection[_Kept], span: Slot, now: datetime) -> dict[int, int]:
    """Minutes of breakdowns and upkeep up to now, by machine: when its place is open, if its hours are known."""
    down: dict[int, list[Slot]] = defaultdict(list)
    for id_, start, end, lifted in rows(session, _OUT, {"start": span.start, "end": span.end}):
        last = min(moment for moment in (end, lifted, span.end, now) if moment is not None)
        if last > max(start, span.start):
            down[id_].append(Slot(max(start, span.start), last))
    house = house_of(session) if down else None
    return {
        one.id: sum(_open_minutes(house, one.place_id, slot) for slot in opening.merged(down[one.id]))
        for one in machines
        if house is not None and one.id in down
    }


def out_this_year(session: Session, machine: Machine, now: datetime) -> int:
    """Minutes for which a machine was out of service this school year, as in the table of the year."""
    one = _Kept(machine.id, machine.code, machine.simple_name, machine.place_id, machine.retired_on, None, None)
    return _out_of_service(session, [one], SchoolYear.of(clock.local_day(now)).span, now).get(machine.id, 0)


def _open_minutes(house: House, place_id: int, slot: Slot) -> int:
    first, last = clock.local_day(slot.start), clock.local_day(slot.end)
    uses = [house.open(place_id, use, first - timedelta(days=1), last) for use in ("open_lab", "group")]
    if uses == [None, None]:
        return slot.minutes
    windows = opening.merged(
        window for use in uses for window in use or () if house.public_holiday(clock.local_day(window.start)) is None
    )
    open_now = (window for window in windows if window.overlaps(slot))
    return minutes_of(Slot(max(window.start, slot.start), min(window.end, slot.end)) for window in open_now)
