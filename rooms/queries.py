"""What is read of rooms and of the organisations they are lent to: kept from page to page as the machines' are."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bookings.models import Booking, Resource
from fablab import clock, house
from fablab.people.models import Person, Structure, StructureContact
from rooms.models import Room
from rooms.models_money import StructureQuota
from rooms.models_papers import StructurePaper
from rooms.values import RULES_PREFIX, Cover, RoomRules, Sheet, Tenant

_room, _resource, _structure = Room.__table__, Resource.__table__, Structure.__table__
_paper, _quota = StructurePaper.__table__, StructureQuota.__table__
_SHEETS = (
    select(
        _room.c.id, _resource.c.code, _resource.c.name, _resource.c.place_id, _room.c.category, _room.c.area_m2,
        _room.c.floor, _room.c.safety_gauge, _room.c.usual_capacity, _room.c.exits, _room.c.step_free,
        _room.c.hearing_loop, _room.c.equipment, _room.c.uses, _room.c.instructions, _room.c.noise, _room.c.approval,
        _room.c.inventory, _resource.c.retired_on, _resource.c.whole_id,
        (~_resource.c.first_come).label("competing"),
    )
    .select_from(_room.join(_resource, _resource.c.id == _room.c.id))
    .order_by(_resource.c.position, _resource.c.id)
)  # fmt: skip
_TENANTS = select(
    _structure.c.id, _structure.c.public_id, _structure.c.name, _structure.c.kind, _structure.c.agreement,
    _structure.c.insurance_required, _structure.c.insurance_until, _structure.c.resident, _structure.c.sensitive,
    _structure.c.masked_label,
).order_by(_structure.c.name, _structure.c.id)  # fmt: skip

_COVERS = (
    select(_paper.c.structure_id, _paper.c.kind, _paper.c.covers_until, _paper.c.covers_from)
    .where(_paper.c.answer == "accepted", _paper.c.covers_until.is_not(None))
    .order_by(_paper.c.covers_until, _paper.c.id)
)
_QUOTAS = (
    select(_quota.c.structure_id, _quota.c.season, _quota.c.hours)
    .where(_quota.c.ended_at.is_(None))
    .order_by(_quota.c.season)
)


def rules_of(session: Session) -> RoomRules:
    """The house's rules of rooms, its own values over the defaults, as kept."""
    return house.kept(session, _read_rules)


def sheets(session: Session) -> dict[int, Sheet]:
    """Every room by id, in the order of the house, as kept."""
    return house.kept(session, _read_sheets)


def tenants(session: Session) -> dict[int, Tenant]:
    """Every organisation by id, in the order of names, as kept."""
    return house.kept(session, _read_tenants)


def in_use(session: Session, day: date) -> list[Sheet]:
    """The rooms that are in the house on a day, in its order; the parts of a divisible hall follow it."""
    return [one for one in sheets(session).values() if one.retired_on is None or one.retired_on > day]


def sheet_of(session: Session, code: str, today: date) -> Sheet | None:
    """A room that is still in the house, by its code; None for none."""
    return next((one for one in in_use(session, today) if one.code == code), None)


def contacts_of(session: Session, bookings: Sequence[Booking]) -> dict[int, list[Person]]:
    """Who acts for the organisation of each booking, up to its day at least. One statement."""
    asked = {one.structure_id for one in bookings if one.structure_id is not None}
    rows = session.execute(
        select(StructureContact.structure_id, StructureContact.until, Person)
        .join(Person, Person.id == StructureContact.person_id)
        .where(StructureContact.structure_id.in_(asked), Person.left_at.is_(None))
        .order_by(StructureContact.id)
    ).all()
    return {
        booking.id: [
            person
            for structure_id, until, person in rows
            if structure_id == booking.structure_id and (until is None or until >= clock.local_day(booking.starts_at))
        ]
        for booking in bookings
    }


def acted_for(session: Session, person_id: int, today: date) -> list[Tenant]:
    """The organisations that somebody acts for today, in the order of names. One statement."""
    found = select(StructureContact.structure_id).where(
        StructureContact.person_id == person_id,
        StructureContact.since <= today,
        or_(StructureContact.until.is_(None), StructureContact.until >= today),
    )
    mine: Collection[int] = set(session.scalars(found))
    return [one for one in tenants(session).values() if one.id in mine]


def _read_rules(session: Session) -> RoomRules:
    return RoomRules.of(house.read_prefix(session, RULES_PREFIX))


def _read_sheets(session: Session) -> dict[int, Sheet]:
    found = {}
    for row in session.execute(_SHEETS):
        values = row._asdict() | {"equipment": tuple(row.equipment), "uses": tuple(row.uses)}
        found[row.id] = Sheet(**values)
    return found


def _read_tenants(session: Session) -> dict[int, Tenant]:
    covers: dict[tuple[int, str], list[Cover]] = defaultdict(list)
    for structure_id, kind, last, first in session.execute(_COVERS):
        covers[structure_id, kind].append(Cover(last, first))
    quotas: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for structure_id, first, hours in session.execute(_QUOTAS):
        quotas[structure_id].append((first, hours))
    found = {}
    for row in session.execute(_TENANTS):
        said = [Cover(row.insurance_until)] if row.insurance_until is not None else []
        insurances, conventions = [*said, *covers[row.id, "insurance"]], covers[row.id, "convention"]
        values = row._asdict() | {
            "insurance_until": _last(insurances),
            "convention_until": _last(conventions),
            "insurances": tuple(insurances),
            "conventions": tuple(conventions),
            "quotas": tuple(quotas[row.id]),
        }
        found[row.id] = Tenant(**values)
    return found


def _last(covers: Collection[Cover]) -> date | None:
    return max((one.last for one in covers), default=None)
