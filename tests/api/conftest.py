"""For the API: a program with a key of its maker's own, one with a key of the house."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import clock
from fablab.people import actions_tokens
from fablab.people.models import Person
from fablab.people.values_tokens import SCOPES, Kind, Wanted
from fablab.permissions import Role
from machines.models import Machine
from machines.views_operations import NOISE
from tests.machines.pages import THURSDAY, WEDNESDAY
from tests.make import make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on

_names = itertools.count(1)


@dataclass
class Program:
    """What speaks with a key, in French unless told."""

    http: FlaskClient
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> Any:
        """Ask for something."""
        said = {name.rstrip("_"): value for name, value in query.items()}
        return self.http.get(f"/api/v1{path}", query_string=said, headers=self._headers())

    def post(self, path: str, body: Any, *, name: str | None = None, **more: Any) -> Any:
        """Write something, under a name of its own."""
        sign = {"Idempotency-Key": name or f"request-{next(_names)}"}
        return self.http.post(f"/api/v1{path}", json=body, headers={**self._headers(), **sign}, **more)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", **self.headers}


def make_key(person: Person, kind: Kind, *scopes: str) -> str:
    """A key that works today."""
    now = clock.now()
    return actions_tokens.make(Wanted(kind, "Programme", scopes or tuple(SCOPES), clock.local_day(now)), person, now)


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> None:
    """No unknown key was heard yet."""
    if "app" in request.fixturenames:
        request.getfixturevalue("app").extensions.pop(NOISE, None)


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
def nadia(session: Session) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


@pytest.fixture
def mine(app: Flask, ines: Person) -> Program:
    """Inès's own program, which may do all that she may."""
    return Program(app.test_client(), make_key(ines, "own"))


@pytest.fixture
def house(app: Flask, nadia: Person) -> Program:
    """The house's program, with all that a coordinator may."""
    return Program(app.test_client(), make_key(nadia, "house"))
