"""What is closed or broken, and when: the closures of the house, not lifted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings import opening
from bookings.models import Closure, Place, Resource
from bookings.queries_house import house_of, things_of
from bookings.values import Shut, Slot
from fablab import clock
from fablab.db import UtcDateTime
from fablab.ready import rows

_closure, _resource = Closure.__table__, Resource.__table__

_SHUT = (
    select(
        _closure.c.place_id,
        _closure.c.resource_id,
        _closure.c.kind,
        _closure.c.starts_at,
        _closure.c.ends_at,
        _closure.c.reason,
        _resource.c.simple_name,
        _closure.c.expected_back,
    )
    .select_from(_closure.outerjoin(_resource, _resource.c.id == _closure.c.resource_id))
    .where(
        _closure.c.lifted_at.is_(None),
        _closure.c.starts_at < bindparam("end", type_=UtcDateTime()),
        or_(_closure.c.ends_at.is_(None), _closure.c.ends_at > bindparam("start", type_=UtcDateTime())),
    )
    .order_by(_closure.c.starts_at, _closure.c.id)
)


def shut_during(session: Session, span: Slot) -> list[tuple[int | None, int | None, Shut]]:
    """Closures of the house, not lifted, that touch the span, with the place or the resource each lies on."""
    values = {"start": span.start, "end": span.end}
    return [
        (place_id, resource_id, Shut(kind, start, end, reason, name or "", expected_back))
        for place_id, resource_id, kind, start, end, reason, name, expected_back in rows(session, _SHUT, values)
    ]


def shut_by_resource(
    session: Session, things: Sequence[tuple[int, int]], span: Slot
) -> tuple[dict[int, list[Slot]], dict[int, list[Slot]]]:
    """When each of these things (id, id of its place) is shut during a span, cut to it; and the breakdowns of that.

    A hall is shut when one of its parts is, and a part when its hall is.
    """
    house, known = house_of(session), things_of(session)
    along = {id_: known.with_wholes([id_]) for id_, _place in things}
    shut: dict[int, list[Slot]] = {id_: [] for id_, _place in things}
    broken: dict[int, list[Slot]] = {id_: [] for id_, _place in things}
    for place_id, resource_id, one in shut_during(session, span):
        closed = Slot(max(one.start, span.start), min(one.end or span.end, span.end))
        for id_, at in things:
            if resource_id in along[id_] or (place_id and place_id in {spot.id for spot in house.chain(at)}):
                shut[id_].append(closed)
                if one.kind == "breakdown":
                    broken[id_].append(closed)
    return shut, broken


def open_slots(session: Session, place_id: int, use: str, first: date, last: date) -> list[Slot]:
    """When a place is really open for a use over some days, last included: its hours without closures and public
    holidays, in order. One statement at most beside those of the house."""
    house = house_of(session)
    slots = [
        slot
        for slot in house.open(place_id, use, first, last) or ()
        if house.public_holiday(clock.local_day(slot.start)) is None
    ]
    if not slots:
        return []
    span = Slot(slots[0].start, max(slot.end for slot in slots))
    around = {spot.id for spot in house.chain(place_id)}
    away = [
        Slot(max(one.start, span.start), min(one.end or span.end, span.end))
        for place, _resource, one in shut_during(session, span)
        if place in around
    ]
    return opening.without(slots, away)


def next_open_day(session: Session, place_id: int, use: str, after: date) -> date | None:
    """The first day after one on which a place is open for a use; None when there is none in a quarter of a year."""
    found = open_slots(session, place_id, use, after + timedelta(days=1), after + timedelta(days=92))
    return clock.local_day(found[0].start) if found else None


def shut_by(closure: Closure) -> Shut:
    """The time that one closure shuts."""
    return Shut(closure.kind, closure.starts_at, closure.ends_at, closure.reason, "", closure.expected_back)


def overdue(session: Session, today: date) -> Sequence[Closure]:
    """Breakdowns that last beyond the day the thing should have been back, oldest first."""
    found = select(Closure).where(
        Closure.kind == "breakdown", Closure.lifted_at.is_(None), Closure.expected_back < today
    )
    return session.scalars(found.order_by(Closure.id)).all()


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
