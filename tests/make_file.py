"""Factories of what is completed about young people."""

from datetime import date
from typing import Any

from fablab import clock
from fablab.db import transaction
from fablab.people.models import Person, Structure
from fablab.people.models_file import Contact, Traineeship
from tests.make import make_staff


def make_contact(person: Person, kind: str = "emergency", **fields: Any) -> Contact:
    """Whom to call for somebody: their aunt, since today."""
    by = make_staff()
    values = {"name": "Rosa Perrin", "link": "family", "phone": "0612345678", **fields}
    with transaction() as session:
        contact = Contact(
            person_id=person.id,
            kind=kind,
            since=clock.local_day(clock.now()),
            recorded_at=clock.now(),
            recorded_by_id=by.id,
            **values,
        )
        session.add(contact)
    return contact


def make_trainee(person: Person, **fields: Any) -> Traineeship:
    """Somebody is a vocational trainee since September, without a derogation."""
    by = make_staff()
    with transaction() as session:
        traineeship = Traineeship(
            person_id=person.id,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
            **{"since": date(2026, 9, 1), **fields},
        )
        session.add(traineeship)
    return traineeship


def make_structure(name: str = "Mission Locale", **fields: Any) -> Structure:
    """An organisation that may refer young people."""
    values = {"code": name.upper().replace(" ", "-")[:20], "kind": "insertion", "prescriber": True, **fields}
    with transaction() as session:
        structure = Structure(name=name, data_status="invented", **values)
        session.add(structure)
    return structure
