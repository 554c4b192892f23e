"""What is read of the engine: what is taken, what is suspended, somebody's bookings.

Calendar reads are Core statements built once. Claims that hold never cross, so a stretch of one resource is:
the last claim that starts before it, then those that start inside. One seek each, whatever the history.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, String, bindparam, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from bookings.models import LIVE, Booking, Claim, Place, Resource
from bookings.values import LONGEST, Booked, Slot, attended
from fablab import house
from fablab.db import UtcDateTime
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.ready import rows

_resource, _booking, _claim, _person = Resource.__table__, Booking.__table__, Claim.__table__, Person.__table__

_START = bindparam("start", type_=UtcDateTime())
_END = bindparam("end", type_=UtcDateTime())
#: more than any cleaning takes
_CLEANING = timedelta(days=1)


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


# The whole house at once: one range of the index on starts. Nothing lasts longer than a week (rules.too_long).
#: «ends_at >= start» on purpose: a booking that ends as I start gives the first free minute
TAKEN = (
    select(
        _claim.c.resource_id,
        _claim.c.starts_at,
        _claim.c.ends_at,
        _booking.c.id,
        _booking.c.ends_at,
        _booking.c.place_id,
        _booking.c.headcount,
        _booking.c.holder_id,
        _booking.c.kind,
        _booking.c.status,
        _booking.c.supervision,
        _person.c.birth_date,
        _booking.c.created_at,
        _booking.c.there_until,
    )
    .select_from(
        _claim.join(_booking, _booking.c.id == _claim.c.booking_id).outerjoin(
            _person, _person.c.id == _booking.c.holder_id
        )
    )
    .where(
        _claim.c.holds,
        _claim.c.starts_at > bindparam("earliest", type_=UtcDateTime()),
        _claim.c.starts_at < _END,
        _claim.c.ends_at >= _START,
    )
)

_THESE = _resource.c.id.in_(bindparam("resources", expanding=True))
# Claims that hold never cross: only the last one that starts before my end can cross me.
_last_end = (
    select(_claim.c.ends_at)
    .where(_claim.c.resource_id == _resource.c.id, _claim.c.holds, _claim.c.starts_at < _END)
    .order_by(_claim.c.starts_at.desc())
    .limit(literal_column("1"))
    .correlate(_resource)
    .scalar_subquery()
)
_FIRST_LOOK = select(
    select(_booking.c.id).where(_booking.c.request_key == bindparam("key", type_=String())).scalar_subquery(),
    select(_resource.c.id).where(_THESE, _last_end > _START).exists(),
)

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
    _booking.c.created_at,
    _booking.c.structure_id,
)


class TakenRow(NamedTuple):
    """A claim that holds until a moment, cleaning included, with what the rules need of its booking."""

    resource_id: int
    starts_at: datetime
    until: datetime
    booking_id: int
    ends_at: datetime
    place_id: int
    headcount: int
    holder_id: int | None
    kind: str
    status: str
    supervision: str | None
    birth_date: date | None
    created_at: datetime
    there_until: datetime | None

    @property
    def there(self) -> Slot:
        """When its people are there."""
        return attended(Slot(self.starts_at, self.ends_at), self.there_until)


def lock_house(session: Session) -> None:
    """Wait to be the only one who changes what is booked, until the transaction ends.

    SQLite is already alone since BEGIN IMMEDIATE. NO KEY, so that a foreign key to the place waits for nobody.
    """
    if session.get_bind().dialect.name == "postgresql":
        roots = select(Place.id).where(Place.parent_id.is_(None)).order_by(Place.id)
        session.execute(roots.with_for_update(key_share=True))
        house.look_again(session)  # it may have waited for somebody who changed the house


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
    driver: Any = connection.connection.driver_connection
    return (same, driver.execute("PRAGMA data_version").fetchone()[0], driver.total_changes)


def taken_during(session: Session, span: Slot) -> list[TakenRow]:
    """Every claim of the house that holds and touches the span, one that ends as it starts included."""
    values = {"earliest": span.start - LONGEST - _CLEANING, "start": span.start, "end": span.end}
    return rows(session, TAKEN, values, TakenRow._make)


def first_look(session: Session, key: str | None, resource_ids: Collection[int], slot: Slot) -> tuple[int | None, bool]:
    """The id of the booking that this form already made, and whether one of these leaves is taken in a slot."""
    values = {"key": key, "resources": sorted(resource_ids), "start": slot.start, "end": slot.end}
    [(made, taken)] = rows(session, _FIRST_LOOK, values)
    return made, bool(taken)


def week_of(session: Session, resource_ids: Collection[int], span: Slot) -> list[Booked]:
    """What is booked on each of these leaves in a span, by resource then time; one statement, no entities."""
    parameters = {"resources": sorted(resource_ids), "start": span.start, "end": span.end}
    return sorted(Booked(*row) for row in rows(session, WEEK, parameters))


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
    # The index on (holder, start) then reads nothing old.
    recent = Booking.starts_at > now - LONGEST
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


def rivals(session: Session, booking: Booking) -> Sequence[Booking]:
    """The requests that want some of the time that a booking holds, and do not hold it: first asked, first.

    Only where requests compete: elsewhere whoever asks holds the time already. One statement.
    """
    theirs, mine = aliased(Claim), aliased(Claim)
    wanting = (
        select(theirs.booking_id)
        .join(mine, mine.resource_id == theirs.resource_id)
        .where(mine.booking_id == booking.id, theirs.booking_id != booking.id, ~theirs.holds)
        .where(theirs.starts_at < mine.ends_at, theirs.ends_at > mine.starts_at)
    )
    found = select(Booking).where(Booking.id.in_(wanting), Booking.status == "requested", ~Booking.suspended)
    loaded = found.options(selectinload(Booking.claims), joinedload(Booking.resource))
    return session.scalars(loaded.order_by(Booking.created_at, Booking.id)).all()
