"""Schemathesis asks everything the document says, and much that it forbids, of the whole application: it finds nothing.

Values good and bad, and operations one after the other. The database is a real one, with a key of each kind.
"""

from datetime import date, timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test

from fablab import clock
from fablab.db import db
from fablab.people.values_tokens import Kind
from fablab.permissions import Role
from tests.api.conftest import make_key
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import give_badge, make_fablab, make_machine, make_shift, on

pytestmark = pytest.mark.slow


def next_wednesday(today: date) -> date:
    """A day two weeks away or less on which the Fablab is open in the afternoon."""
    return today + timedelta(days=(2 - today.weekday()) % 7 + 7)


@pytest.fixture
def keys(shared_database: Flask) -> dict[Kind, str]:
    """A house with a machine booked, and a key of each kind that may do everything."""
    now = clock.now()
    day = next_wednesday(clock.local_day(now))
    fablab, nadia = make_fablab(), make_staff("Nadia", roles=(Role.COORDINATOR,))
    make_shift(make_staff(), fablab.place, on(day, "08:30"), on(day, "22:00"))
    machine, ines = make_machine(fablab, "VIN-01"), make_young()
    give_badge(ines, machine.badge)
    make_booking(machine, slot("14:00", "15:00", day), ines, now=now)
    found: dict[Kind, str] = {"own": make_key(ines, "own"), "house": make_key(nadia, "house")}
    db.session.remove()
    return found


@pytest.fixture
def api(shared_database: Flask, keys: dict[Kind, str], kind: Kind) -> Any:
    """What the document says, asked of the application itself with a key."""
    config = SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {keys[kind]}"},
            # A refusal by the house's rules (409) and what no schema can say (422) are answers too.
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 404, 409, 422]}},
        }
    )
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", shared_database, config=config)


def few(number: int) -> settings:
    """So many examples, always the same ones."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        stateful_step_count=5,
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.parametrize("kind", ["own", "house"])
def test_schemathesis_finds_nothing(api: Any) -> None:
    asked = 0
    for found in api.get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and operation.label == "GET /api/v1/openapi.json":
                continue

            @few(8)
            @given(case=operation.as_strategy(generation_mode=mode))
            def asks(case: Any) -> None:
                case.call_and_validate()

            asks()
        asked += 1
    assert asked == 10


@pytest.mark.parametrize("kind", ["own", "house"])
def test_every_edge_of_what_the_document_says_finds_nothing(api: Any, keys: dict[Kind, str], kind: Kind) -> None:
    """The coverage phase: each value at a bound and beyond it, each part left out, each method that is not there."""
    asked: dict[str, int] = {}

    def asks(case: Any) -> None:
        asked[case.operation.label] = asked.get(case.operation.label, 0) + 1
        case.call_and_validate(headers={"Authorization": f"Bearer {keys[kind]}"})

    config = HypothesisTestConfig(project=api.config, modes=[HypothesisTestMode.COVERAGE], settings=few(1))
    for found in api.get_all_operations():
        create_test(operation=found.ok(), test_func=asks, config=config)()
    assert len(asked) == 10
    assert sum(asked.values()) > 400


@pytest.mark.parametrize("kind", ["own", "house"])
def test_operations_one_after_the_other_find_nothing(api: Any) -> None:
    api.as_state_machine().run(settings=few(6))
