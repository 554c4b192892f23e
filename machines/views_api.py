"""What programs read, under /api/v1: machines, free times, bookings, badges, uses; see docs/api.md."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort

from bookings import asking
from bookings import queries as engine
from bookings.models import Booking
from bookings.values import Ask, Scope, Slot
from fablab import clock
from fablab.db import db
from fablab.i18n import lazy
from fablab.people import queries as people
from fablab.people.models import Person
from machines import queries, queries_api, queries_cards, queries_repair, rules_api
from machines.models import Machine
from machines.models_use import MachineUse
from machines.queries_api import Place, Wish
from machines.values import known_level
from machines.values_api import (
    BadgeNeeded,
    Badges,
    BadgesAsked,
    BadgeShape,
    BookingPage,
    BookingsAsked,
    BookingShape,
    FreeSlot,
    FreeSlots,
    MachinePage,
    MachinesAsked,
    MachineShape,
    Period,
    SlotsAsked,
    UsePage,
    UsesAsked,
    UseShape,
)
from machines.views_operations import Operation, Told, operation, require_scope, token, unless
from pathways import queries_standings
from pathways.values_badges import award_state

bp = Blueprint("api", __name__, url_prefix="/api/v1")
#: how far bookings and uses are looked for unless told
USUAL = timedelta(days=28)


@bp.get("/machines")
@operation(Operation("machines:read", lazy("Les machines, et si elles marchent"), MachinePage, query=MachinesAsked))
def machines(asked: MachinesAsked) -> Told:
    """The machines of the house, page by page."""
    session, now = db.session(), clock.now()
    place = _place(asked.cursor)
    today = clock.local_day(now)
    found = queries_api.machines_after(session, None, asked.family, place.id if place else 0, today, asked.limit)
    shown = found[: asked.limit]
    last = _cursor(datetime.fromtimestamp(0, UTC), shown[-1].id) if len(found) > asked.limit else None
    return 200, MachinePage(items=_machines(shown, now), next=last)


@bp.get("/machines/<code>")
@operation(Operation("machines:read", lazy("Une machine"), MachineShape, missing=True))
def machine(code: str) -> Told:
    """One machine."""
    now = clock.now()
    return 200, _machines([_machine(code, now)], now)[0]


@bp.get("/machines/<code>/slots")
@operation(
    Operation("machines:read", lazy("Les heures libres d’une machine"), FreeSlots, query=SlotsAsked, missing=True)
)
def slots(asked: SlotsAsked, code: str) -> Told:
    """Where a machine is free; for a person, where every rule accepts them."""
    session, now = db.session(), clock.now()
    found = _machine(code, now)
    start, end = asked.since.astimezone(UTC), asked.until.astimezone(UTC)
    unless(rules_api.period_refusals(start, end, rules_api.LONGEST_LOOK))
    minutes = asked.minutes or queries_cards.usual_minutes(found)
    unless(rules_api.length_refusals(minutes, found.min_minutes, found.max_minutes))
    if asked.person and token().kind == "house":
        require_scope("bookings:read")  # where somebody may book says what they hold
    person = for_whom(asked.person) if asked.person or token().kind == "own" else None
    ids, span = frozenset((person.id,) if person else ()), Slot(start, end)
    reading = asking.read(session, Scope(span, frozenset((found.id,)), ids, ids), now)
    free = reading.free_slots(found.id, span, minutes)
    if person is not None:
        free = [one for one in free if not reading.answer(Ask(found.id, one, holder_id=person.id)).refusals]
    items = [FreeSlot(start=local(one.start), end=local(one.end)) for one in free]
    return 200, FreeSlots(machine=found.code, minutes=minutes, items=items)


@bp.get("/bookings")
@operation(
    Operation("bookings:read", lazy("Les réservations qui commencent dans un temps"), BookingPage, query=BookingsAsked)
)
def bookings(asked: BookingsAsked) -> Told:
    """Bookings by start, page by page."""
    now = clock.now()
    wish = _wish(asked, now, now + USUAL, status=asked.status)
    found = queries_api.bookings_after(db.session(), wish, _place(asked.cursor), asked.limit)
    shown = found[: asked.limit]
    return 200, BookingPage(items=[shape_of(one) for one in shown], next=_next(shown, found))


@bp.get("/bookings/<public_id>")
@operation(Operation("bookings:read", lazy("Une réservation"), BookingShape, missing=True))
def booking(public_id: str) -> Told:
    """One booking."""
    return 200, shape_of(booking_of(public_id))


@bp.get("/badges")
@operation(Operation("badges:read", lazy("Les badges d’une personne"), Badges, query=BadgesAsked))
def badges(asked: BadgesAsked) -> Told:
    """The badges of somebody, those that ended included."""
    person, now = for_whom(asked.person), clock.now()
    standings, skills = queries_standings.badges_of(db.session(), person.id)
    items = [
        BadgeShape(
            code=one.code,
            name=one.name,
            kind="safety",
            state=award_state(one, now).value,
            awarded_at=local(one.awarded_at),
            until=local(one.until) if one.until else None,
        )
        for one in standings.values()
    ]
    items += [
        BadgeShape(
            code=None,
            name=one.badge_name,
            kind="pathway" if one.kind == "pathway" else "stage",
            state="valid",
            awarded_at=local(one.awarded_at),
            until=None,
        )
        for one in skills
    ]
    return 200, Badges(person=person.public_id, items=items)


@bp.get("/usage")
@operation(Operation("usage:read", lazy("Les machines vraiment utilisées, en minutes"), UsePage, query=UsesAsked))
def usage(asked: UsesAsked) -> Told:
    """Uses by the start of their booking, page by page."""
    now = clock.now()
    wish = _wish(asked, now - USUAL, now)
    found = queries_api.uses_after(db.session(), wish, _place(asked.cursor), asked.limit)
    shown = [one.booking for one in found[: asked.limit]]
    items = [_use(one) for one in found[: asked.limit]]
    return 200, UsePage(items=items, next=_next(shown, found))


def local(moment: datetime) -> datetime:
    """A moment with the house's own offset, as its clock on the wall says it."""
    return clock.to_local(moment)


def for_whom(public_id: str | None) -> Person:
    """The person for whom a key asks: its maker, or the one that a house key names. Raises the answer."""
    mine = token().person
    own = token().kind == "own"
    found = mine if own else people.by_public_id(db.session(), public_id) if public_id else None
    known = found is not None and found.is_active and found.may("booking.own")
    unless(
        rules_api.for_whom_refusals(own=own, said=public_id is not None, mine=public_id == mine.public_id, known=known)
    )
    return found or mine


def booking_of(public_id: str) -> Booking:
    """A person's own booking of a machine that this key may see. Raises 404."""
    found = engine.booking_by_public_id(db.session(), public_id)
    if found is None or found.kind != "own" or not isinstance(found.resource, Machine):
        abort(404)
    if token().kind == "own" and found.holder_id != token().person_id:
        abort(404)
    return found


def shape_of(found: Booking) -> BookingShape:
    """A booking as programs read it."""
    return BookingShape.model_validate(
        {
            "id": found.public_id,
            "machine": found.resource.code,
            "person": found.holder.public_id if found.holder else "",
            "start": local(found.starts_at),
            "end": local(found.ends_at),
            "status": found.status,
            "suspended": found.suspended,
            "supervision": known_level(found.supervision),
        }
    )


def _machine(code: str, now: datetime) -> Machine:
    found = queries_api.machines_after(db.session(), [code], None, 0, clock.local_day(now), 1)
    return found[0] if found else abort(404)


def _machines(found: Sequence[Machine], now: datetime) -> list[MachineShape]:
    session, ids = db.session(), [one.id for one in found]
    wrong, busy = queries_repair.troubles(session, ids, now), queries_api.in_use(session, ids, now)
    shapes = []
    for one in found:
        trouble = wrong.get(one.id)
        state = "in_use" if one.id in busy else "works"
        shapes.append(
            MachineShape.model_validate(
                {
                    "code": one.code,
                    "name": one.simple_name,
                    "family": one.family,
                    "state": trouble.state if trouble else state,
                    "back_on": trouble.back_on if trouble else None,
                    "badge": BadgeNeeded(code=one.badge.code, name=one.badge.name),
                    "step_minutes": one.step_minutes,
                    "min_minutes": one.min_minutes,
                    "max_minutes": one.max_minutes,
                }
            )
        )
    return shapes


def _use(one: MachineUse) -> UseShape:
    found = one.booking
    ended = one.ended_at or (found.ends_at if found.status == "done" else None)
    return UseShape(
        booking=found.public_id,
        machine=found.resource.code,
        person=found.holder.public_id if found.holder else "",
        started_at=local(one.started_at),
        ended_at=local(ended) if ended else None,
        minutes=int((ended - one.started_at).total_seconds()) // 60 if ended else None,
    )


def _wish(asked: Period, since: datetime, until: datetime, status: str | None = None) -> Wish:
    """Which rows: of the key's own person, or of whom a house key names. Raises the answer."""
    session = db.session()
    first, last = (moment.astimezone(UTC) if moment else None for moment in (asked.since, asked.until))
    start = first or (last - USUAL if last else since)
    end = last or (first + USUAL if first else until)
    unless(rules_api.period_refusals(start, end, rules_api.LONGEST_PERIOD))
    sheets = queries.sheets(session)
    ids = [id_ for id_, (sheet, _place_id) in sheets.items() if asked.machine in (None, sheet.code)]
    if asked.machine and not ids:
        unless([rules_api.unknown_machine()])
    person = for_whom(asked.person) if asked.person or token().kind == "own" else None
    return Wish(Slot(start, end), ids, person.id if person else None, status)


def _next(shown: Sequence[Booking], found: Sequence[object]) -> str | None:
    return _cursor(shown[-1].starts_at, shown[-1].id) if len(found) > len(shown) else None


def _cursor(start: datetime, row_id: int) -> str:
    return base64.urlsafe_b64encode(f"{int(start.timestamp())}.{row_id}".encode()).decode().rstrip("=")


def _place(cursor: str | None) -> Place | None:
    """Where a page goes on. Raises the answer for anything that no page has given."""
    if cursor is None:
        return None
    try:
        start, _dot, row_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(".")
        place = Place(datetime.fromtimestamp(int(start), UTC), int(row_id))
    except (ValueError, OverflowError, OSError):
        place = None
    if place is None or not (0 <= place.id < 2**31 and _cursor(place.start, place.id) == cursor):
        unless(rules_api.unreadable([("cursor", "unreadable")]))
    return place
