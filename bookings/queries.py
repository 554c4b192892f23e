"""What is read of the engine: places and hours, what is taken, somebody's bookings.

Calendar reads are Core statements built once. Claims that hold never cross, so a stretch of one resource is:
the last claim that starts before it, then those that start inside. One seek each, whatever the history.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, bindparam, func, literal_column, or_, select, union_all
from sqlalchemy.orm import Session, joinedload, selectinload

from bookings import opening
from bookings.models import LIVE, Booking, Claim, Closure, Holiday, OpeningRule, Place, Resource
from bookings.opening import Window
from bookings.values import Booked, Gauge, Shut, Slot, Taken, Thing
from fablab import clock
from fablab.db import UtcDateTime
from fablab.journal import JournalEntry
from fablab.people.models import Person

_place, _rule, _holiday = Place.__table__, OpeningRule.__table__, Holiday.__table__
_resource, _booking, _claim, _closure = Resource.__table__, Booking.__table__, Claim.__table__, Closure.__table__

_START = bindparam("start", type_=UtcDateTime())
_END = bindparam("end", type_=UtcDateTime())


def _during(chosen: ColumnElement[bool], *columns: Any) -> CompoundSelect[Any]:
    """Claims that hold and touch [start, end) of the chosen resources, in two halves that are both seeks."""
    joined = _resource.join(_claim, _claim.c.resource_id == _resource.c.id).join(
        _booking, _booking.c.id == _claim.c.booking_id
    )
    inside = (
        select(*columns)
        .select_from(joined)
        .where(chosen, _claim.c.holds, _claim.c.starts_at >= _START, _claim.c.starts_at < _END)
    )
    earlier = _claim.alias("earlier")
    last = (
        select(earlier.c.id)
        .where(earlier.c.resource_id == _resource.c.id, earlier.c.holds, earlier.c.starts_at < _START)
        .order_by(earlier.c.starts_at.desc())
        .limit(literal_column("1"))
        .correlate(_resource)
        .scalar_subquery()
    )
    into = _resource.join(_claim, _claim.c.id == last).join(_booking, _booking.c.id == _claim.c.booking_id)
    return union_all(inside, select(*columns).select_from(into).where(chosen, _claim.c.ends_at >= _START))


#: «ends_at >= start» on purpose: a booking that ends as I start gives the first free minute
TAKEN = _during(
    _resource.c.place_id.in_(bindparam("places", expanding=True)),
    _claim.c.resource_id,
    _claim.c.starts_at,
    _claim.c.ends_at,
    _booking.c.id,
    _booking.c.starts_at,
    _booking.c.ends_at,
    _booking.c.place_id,
    _booking.c.headcount,
    _booking.c.holder_id,
    _resource.c.simple_name,
)

_THESE = _resource.c.id.in_(bindparam("resources", expanding=True))
TAKEN_OF = _during(_THESE, _claim.c.resource_id, _claim.c.starts_at, _claim.c.ends_at)

#: the bands of a grid: one row a claim, its booking beside it
WEEK = _during(
    _THESE,
    _claim.c.resource_id,
    _booking.c.starts_at,
    _booking.c.ends_at,
    _booking.c.public_id,
    _booking.c.kind,
    _booking.c.status,
    _booking.c.holder_id,
    _booking.c.headcount,
    _booking.c.attention,
    _booking.c.purpose,
    _booking.c.resource_id.label("main_id"),
)

_HOURS = (
    select(
        _place.c.id.label("at"),
        _place.c.name,
        _place.c.parent_id,
        _place.c.gauge,
        _rule,
    )
    .select_from(_place.outerjoin(_rule, _rule.c.place_id == _place.c.id))
    .order_by(_place.c.id, _rule.c.id)
)

_HOLIDAYS = select(
    _holiday.c.kind,
    _holiday.c.name,
    _holiday.c.starts_on,
    _holiday.c.ends_on,
    select(func.max(_holiday.alias("any").c.ends_on)).scalar_subquery().label("known_until"),
).where(
    or_(
        (_holiday.c.starts_on <= bindparam("last")) & (_holiday.c.ends_on >= bindparam("first")),
        # one row at least, so that the end of the known calendar comes with it
        _holiday.c.id == select(func.max(_holiday.alias("latest").c.id)).scalar_subquery(),
    )
)


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


@dataclass(frozen=True)
class House:
    """Places, weekly windows and holidays, as of one reading."""

    spots: dict[int, Spot]
    windows: tuple[Window, ...]
    days_off: tuple[DayOff, ...]
    known_until: date | None

    def chain(self, place_id: int) -> list[Spot]:
        """A place and those around it, from the inside out."""
        found = [self.spots[place_id]]
        while (parent := found[-1].parent_id) is not None:
            found.append(self.spots[parent])
        return found

    def inside(self, place_id: int) -> frozenset[int]:
        """A place and every place in it."""
        found = {place_id}
        for _level in self.spots:
            found |= {spot.id for spot in self.spots.values() if spot.parent_id in found}
        return frozenset(found)

    def gauges(self, place_id: int) -> tuple[Gauge, ...]:
        """The gauges that count somebody who is in this place."""
        return tuple(
            Gauge(spot.name, spot.gauge, self.inside(spot.id))
            for spot in self.chain(place_id)
            if spot.gauge is not None
        )

    def season(self, day: date) -> str:
        """«holidays» in school holidays, else «school»."""
        away = any(off.kind == "school" and off.first <= day <= off.last for off in self.days_off)
        return "holidays" if away else "school"

    def public_holiday(self, day: date) -> str | None:
        """The name of the public holiday of a day."""
        names = (off.name for off in self.days_off if off.kind == "public" and off.first <= day <= off.last)
        return next(names, None)

    def open(self, place_id: int, use: str, first: date, last: date) -> tuple[Slot, ...] | None:
        """The windows of a use («open», «open_lab», «group») over some days, last included.

        Asked of the place, else of the first one around it that has such hours; None when none has.
        Public holidays are not taken out.
        """
        for spot in self.chain(place_id):
            mine = [window for window in self.windows if window.place_id == spot.id and window.use == use]
            if mine:
                days = (first + timedelta(days=number) for number in range((last - first).days + 1))
                return tuple(slot for day in days for slot in opening.on(day, mine, self.season(day)))
        return None


def lock_house(session: Session) -> None:
    """Wait to be the only one who changes what is booked, until the transaction ends.

    SQLite is already alone since BEGIN IMMEDIATE. NO KEY, so that a foreign key to the place waits for nobody.
    """
    if session.get_bind().dialect.name == "postgresql":
        roots = select(Place.id).where(Place.parent_id.is_(None)).order_by(Place.id)
        session.execute(roots.with_for_update(key_share=True))


def stamp(session: Session) -> tuple[object, ...]:
    """A mark of what the database now says: two equal ones mean that nobody wrote anything between them.

    PostgreSQL: which transactions are over, and which of the others may still change something. SQLite: the count of
    other connections' commits and of this connection's own changes, which only compare on the same connection.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return (connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one(),)
    # An object of its own for each connection: the address of a closed one may serve again.
    same = connection.info.setdefault("stamp", object())
    version = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    return (same, version, getattr(connection.connection.driver_connection, "total_changes", None))


def read_house(session: Session, first: date, last: date) -> House:
    """Places, windows, and the holidays that touch these days, last included."""
    spots: dict[int, Spot] = {}
    windows = []
    for row in session.execute(_HOURS):
        spots[row.at] = Spot(row.at, row.name, row.parent_id, row.gauge)
        if row.id is not None:
            windows.append(
                Window(
                    row.place_id, row.use, row.season, row.weekday, row.opens, row.closes, tuple(row.nth),
                    row.valid_from, row.valid_until,
                )
            )  # fmt: skip
    found = session.execute(_HOLIDAYS, {"first": first, "last": last}).all()
    days_off = tuple(DayOff(row.kind, row.name, row.starts_on, row.ends_on) for row in found)
    return House(spots, tuple(windows), days_off, found[0].known_until if found else None)


def things(
    session: Session, resource_ids: Collection[int], now: datetime
) -> tuple[dict[int, Thing], dict[int, list[int]]]:
    """Resources by id with the parts of the divisible ones, and the leaves of each resource asked for."""
    wanted = _resource.c.id.in_(resource_ids) | _resource.c.whole_id.in_(resource_ids)
    found: dict[int, Thing] = {}
    parts: dict[int | None, list[int]] = {}
    today = clock.local_day(now)
    for row in session.execute(select(_resource).where(wanted).order_by(_resource.c.id)):
        retired = row.retired_on is not None and row.retired_on <= today
        found[row.id] = Thing(
            row.id, row.kind, row.simple_name, row.place_id, row.step_minutes, row.min_minutes, row.max_minutes,
            row.turnaround, retired, row.whole_id, row.first_come,
        )  # fmt: skip
        parts.setdefault(row.whole_id, []).append(row.id)
    return found, {id_: parts.get(id_, [id_]) for id_ in found}


def with_wholes(found: Mapping[int, Thing]) -> list[int]:
    """The ids of things, and of the divisible halls they are parts of: closing the hall closes its parts."""
    return [*found, *{thing.whole_id for thing in found.values() if thing.whole_id is not None}]


def taken_during(session: Session, place_ids: Collection[int], span: Slot) -> list[Taken]:
    """Every claim that holds in these places and touches the span, one that ends as it starts included."""
    rows = session.execute(TAKEN, {"places": sorted(place_ids), "start": span.start, "end": span.end})
    return [
        Taken(resource_id, Slot(start, end), booking_id, Slot(begins, ends), place_id, heads, holder_id, name)
        for resource_id, start, end, booking_id, begins, ends, place_id, heads, holder_id, name in rows
    ]


def taken_of(session: Session, resource_ids: Collection[int], span: Slot) -> dict[int, list[Slot]]:
    """The time taken on each of these leaves in a span, cleaning included."""
    found: dict[int, list[Slot]] = {id_: [] for id_ in resource_ids}
    rows = session.execute(TAKEN_OF, {"resources": sorted(resource_ids), "start": span.start, "end": span.end})
    for resource_id, start, end in rows:
        found[resource_id].append(Slot(start, end))
    return found


def shut_during(
    session: Session, place_ids: Collection[int], resource_ids: Collection[int], span: Slot
) -> list[tuple[int | None, int | None, Shut]]:
    """Closures not lifted that touch the span, with the place or the resource each lies on."""
    found = (
        select(_closure, _resource.c.simple_name)
        .select_from(_closure.outerjoin(_resource, _resource.c.id == _closure.c.resource_id))
        .where(
            _closure.c.lifted_at.is_(None),
            _closure.c.starts_at < span.end,
            or_(_closure.c.ends_at.is_(None), _closure.c.ends_at > span.start),
            or_(_closure.c.place_id.in_(place_ids), _closure.c.resource_id.in_(resource_ids)),
        )
        .order_by(_closure.c.starts_at)
    )
    return [
        (
            row.place_id,
            row.resource_id,
            Shut(row.kind, row.starts_at, row.ends_at, row.reason, row.simple_name or "", row.expected_back),
        )
        for row in session.execute(found)
    ]


def week_of(session: Session, resource_ids: Collection[int], span: Slot) -> list[Booked]:
    """What is booked on each of these leaves in a span, by resource then time; one statement, no entities."""
    parameters = {"resources": sorted(resource_ids), "start": span.start, "end": span.end}
    return sorted(Booked(*row) for row in session.execute(WEEK, parameters))


def suspended_during(session: Session, span: Slot) -> Sequence[Booking]:
    """Bookings still to be lived that a closure suspends, or that wait for a person after a repair; soonest first."""
    found = select(Booking).where(
        Booking.status.in_(("requested", "confirmed")),
        Booking.ends_at > span.start,
        Booking.starts_at < span.end,
        Booking.suspended,
    )
    found = found.options(joinedload(Booking.resource), joinedload(Booking.holder))
    return session.scalars(found.order_by(Booking.starts_at, Booking.id)).all()


def booking_by_key(session: Session, key: str) -> Booking | None:
    """The booking that this form already made."""
    return session.scalar(select(Booking).where(Booking.request_key == key))


def booking_by_public_id(session: Session, public_id: str) -> Booking | None:
    """A booking with its resource and holder."""
    found = select(Booking).where(Booking.public_id == public_id)
    return session.scalar(found.options(joinedload(Booking.resource), joinedload(Booking.holder)))


def bookings_afresh(session: Session, ids: Collection[int]) -> Sequence[Booking]:
    """Bookings read again with their claims, resources and holders, soonest first."""
    found = select(Booking).where(Booking.id.in_(ids)).order_by(Booking.starts_at, Booking.id)
    found = found.options(selectinload(Booking.claims), joinedload(Booking.resource), joinedload(Booking.holder))
    return session.scalars(found, execution_options={"populate_existing": True}).all()


def upcoming_for(session: Session, person_id: int, now: datetime, limit: int = 20) -> list[Booking]:
    """The bookings somebody still has to live or is living, soonest first, with their resources."""
    mine = select(Booking).where(Booking.holder_id == person_id, Booking.ends_at > now, Booking.status.in_(LIVE))
    # No booking of one person lasts a week: the index on (holder, start) then reads nothing old.
    recent = Booking.starts_at > now - timedelta(days=7)
    return list(
        session.scalars(
            mine.where(recent).order_by(Booking.starts_at).limit(limit).options(joinedload(Booking.resource))
        )
    )


def coming_of(session: Session, person_ids: Collection[int], now: datetime) -> Sequence[Booking]:
    """All that these people booked and that has not begun, soonest first: one statement."""
    theirs = select(Booking).where(Booking.holder_id.in_(person_ids), Booking.starts_at > now)
    return session.scalars(theirs.where(Booking.status.in_(LIVE)).order_by(Booking.starts_at, Booking.id)).all()


def bookings_on(
    session: Session, resource_ids: Collection[int], start: datetime, end: datetime | None
) -> Sequence[Booking]:
    """Bookings still to come or under way that claim one of these leaves in a time (end None: from then on).

    Soonest first, with claims, resource and holder. What was let go (suspended, refused a place) counts too.
    """
    claims = (
        select(Claim.id).where(Claim.booking_id == Booking.id, Claim.resource_id.in_(resource_ids)).correlate(Booking)
    )
    found = select(Booking).where(Booking.status.in_(LIVE), Booking.ends_at > start, claims.exists())
    if end is not None:
        found = found.where(Booking.starts_at < end)
    found = found.options(selectinload(Booking.claims), joinedload(Booking.resource), joinedload(Booking.holder))
    found = found.order_by(Booking.starts_at, Booking.id)
    return session.scalars(found, execution_options={"populate_existing": True}).all()


def leaves_under(session: Session, *, place_id: int | None, resource_id: int | None) -> list[int]:
    """The leaves of a resource, or of everything in a place and the places in it."""
    if resource_id is not None:
        parts = select(Resource.id).where(Resource.whole_id == resource_id).order_by(Resource.id)
        return list(session.scalars(parts)) or [resource_id]
    if place_id is None:
        raise ValueError("a place or a resource")
    tree = select(Place.id).where(Place.id == place_id).cte(recursive=True)
    tree = tree.union_all(select(Place.id).where(Place.parent_id == tree.c.id))
    return list(session.scalars(select(Resource.id).where(Resource.place_id.in_(select(tree.c.id)))))


def closures_to_come(session: Session, now: datetime) -> Sequence[Closure]:
    """Closures not lifted that are not over, soonest first, with what they lie on."""
    found = select(Closure).where(Closure.lifted_at.is_(None), or_(Closure.ends_at.is_(None), Closure.ends_at > now))
    found = found.options(joinedload(Closure.place), joinedload(Closure.resource), joinedload(Closure.made_by))
    return session.scalars(found.order_by(Closure.starts_at, Closure.id).limit(200)).all()


def closable(session: Session, now: datetime) -> list[tuple[str, str]]:
    """What may be closed, as choices of a form: places from the house inwards, then resources by name."""
    today = clock.local_day(now)
    places = session.execute(select(Place.id, Place.name).order_by(Place.parent_id.is_not(None), Place.id))
    in_use = or_(Resource.retired_on.is_(None), Resource.retired_on > today)
    resources = session.execute(select(Resource.id, Resource.name).where(in_use).order_by(Resource.name, Resource.id))
    return [(f"place:{id_}", name) for id_, name in places] + [(f"resource:{id_}", name) for id_, name in resources]


def history_of(session: Session, booking: Booking) -> Sequence[tuple[JournalEntry, Person | None]]:
    """What happened to a booking and who did it, oldest first."""
    about = select(JournalEntry, Person).outerjoin(Person, Person.id == JournalEntry.actor_id)
    about = about.where(JournalEntry.thing == "booking", JournalEntry.thing_id == booking.id)
    return [(entry, person) for entry, person in session.execute(about.order_by(JournalEntry.at, JournalEntry.id))]


def ended(session: Session, status: str, now: datetime) -> Sequence[Booking]:
    """Bookings of a status that are over, oldest first, five hundred at most."""
    found = select(Booking).where(Booking.status == status, Booking.ends_at <= now)
    return session.scalars(found.order_by(Booking.ends_at, Booking.id).limit(500)).all()


def unanswered(session: Session, now: datetime) -> Sequence[Booking]:
    """Requests whose hour has come, oldest first, five hundred at most."""
    found = select(Booking).where(Booking.status == "requested", Booking.starts_at <= now)
    return session.scalars(found.order_by(Booking.starts_at, Booking.id).limit(500)).all()
