"""For pages, Samir is by the machines and Inès has a phone."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.people.models import Person
from machines.models import Machine
from tests.machines.pages import THURSDAY, WEDNESDAY
from tests.make import log_in, make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on


@pytest.fixture
def fablab(session: Session) -> Fablab:
    """Samir is there on Wednesday and Thursday."""
    made, samir = make_fablab(), make_staff()
    make_shift(samir, made.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    make_shift(samir, made.place, on(THURSDAY, "17:00"), on(THURSDAY, "20:00"))
    return made


@pytest.fixture
def vinyl(fablab: Fablab) -> Machine:
    return make_machine(fablab, "VIN-01", simple_name="La découpe vinyle", pictogram="decoupe_vinyle")


@pytest.fixture
def ines(vinyl: Machine) -> Person:
    person = make_young()
    give_badge(person, vinyl.badge)
    return person


@pytest.fixture
def phone(client: FlaskClient, ines: Person) -> FlaskClient:
    """Inès's phone."""
    return log_in(client, ines)
