"""Factories of rooms and of who they are lent to: rooms, organisations with papers, their contacts. Each commits."""

from datetime import date, time
from itertools import count
from typing import Any

from bookings import actions
from bookings.models import Booking, Place
from bookings.values import Ask, Slot
from fablab import house
from fablab.db import db, transaction
from fablab.people.models import Person, Structure, StructureContact
from fablab.permissions import Role
from rooms import actions_keys, actions_papers, queries
from rooms.actions_keys import Handed
from rooms.actions_papers import Sent
from rooms.models import Activity, Room
from rooms.models_keys import AccessKey
from rooms.models_papers import StructurePaper
from tests.conftest import NOW
from tests.make import make_staff
from tests.make_file import make_structure

_numbers = count(1)
#: who may have rooms, as in the catalogue
APPLICANTS: list[dict[str, Any]] = [
    {"type": "municipal_service", "rank": 1, "free": True, "conditions": []},
    {"type": "association", "rank": 3, "free": True, "conditions": ["convention", "insurance"]},
    {
        "type": "private_body",
        "rank": 5,
        "free": False,
        "conditions": ["convention", "insurance", "committee_agreement"],
    },
    {"type": "private_person", "rank": None, "free": False, "conditions": [], "refused": True},
]


def make_room(place: Place, code: str = "SAL-08", **fields: Any) -> Room:
    """A meeting room for 12, 19 at most, confirmed at once when papers are in order."""
    values = {
        "name": f"Salle {code}",
        "category": "meeting",
        "area_m2": 24,
        "floor": 1,
        "safety_gauge": 19,
        "usual_capacity": 12,
        "exits": 1,
        "step_free": True,
        "equipment": ["écran"],
        "uses": ["réunion"],
        "instructions": None,
        "noise": "low",
        "approval": "automatic_with_convention",
        "inventory": "none",
        **fields,
    }
    with transaction() as session:
        room = Room(code=code, place_id=place.id, **{"simple_name": values["name"], **values})
        session.add(room)
    return room


def make_tenant(name: str = "Chœurs du Quai", **fields: Any) -> Structure:
    """An association whose convention is signed, insured until next summer."""
    values = {
        "code": f"ST-{next(_numbers)}",
        "kind": "association",
        "prescriber": False,
        "agreement": "signed",
        "insurance_until": date(2027, 8, 31),
        **fields,
    }
    return make_structure(name, **values)


def make_contact_of(structure: Structure, first_name: str = "Solène", **fields: Any) -> Person:
    """Somebody who acts for an organisation since the summer, with a log-in."""
    person = make_staff(first_name, "Marchand", roles=(Role.STRUCTURE,))
    with transaction() as session:
        session.add(
            StructureContact(
                structure_id=structure.id, person_id=person.id, **{"since": date(2026, 7, 1), "until": None, **fields}
            )
        )
    return person


def say_applicants() -> None:
    """The house says who may have rooms."""
    with transaction() as session:
        house.write(session, "rooms.rules.applicants", APPLICANTS)


def lend(room: Room, structure: Structure, slot: Slot, *, people: int = 8, **fields: Any) -> Booking:
    """A room lent by the program itself, every rule asked."""
    ask = Ask(room.id, slot, kind="rental", structure_id=structure.id, headcount=people, **fields)
    return actions.book(ask, None, NOW)


def make_paper(
    structure: Structure, by: Person, kind: str = "insurance", until: date | None = date(2027, 8, 31)
) -> StructurePaper:
    """A paper of an organisation, to be looked at; it has no file."""
    tenant = queries.tenants(db.session())[structure.id]
    return actions_papers.send(tenant, Sent(kind, until, {}, "papier.pdf", f"paper-{next(_numbers)}"), by, NOW)


def make_key(structure: Structure, by: Person, label: str = "B-12", held_by: str = "Solène Marchand") -> AccessKey:
    """A badge that an organisation holds, for as long as it is there."""
    tenant = queries.tenants(db.session())[structure.id]
    return actions_keys.hand_over(tenant, Handed("badge", label, held_by, None, f"key-{next(_numbers)}"), by, NOW)


def make_activity(room: Room, code: str = "ACT-01", **fields: Any) -> Activity:
    """Dance for children on Tuesdays, from 17:00 to 18:30."""
    holder = fields.pop("holder", None) or make_tenant(f"Danse {code}")
    values = {
        "title": "Éveil à la danse", "kind": "activity", "weekday": 1, "opens": time(17), "closes": time(18, 30),
        "audience": "6-11 ans", "audience_kind": None, "min_age": 6, "max_age": 11, "with_adult": False,
        "enrolment": "required", "in_holidays": False, "visitors": {"3_15": 10, "15_25": 0, "25_60": 0, "60_plus": 0},
        **fields,
    }  # fmt: skip
    with transaction() as session:
        found = Activity(code=code, structure_id=holder.id, resource_id=room.id, **values)
        session.add(found)
    return found
