"""Factories of the upkeep of machines."""

import secrets
from typing import Any

from fablab import clock
from fablab.people.models import Person
from machines import actions_care
from machines.models import Machine
from machines.models_care import Care, CareLine
from machines.values_care import CareWish, Rhythm

STEPS = ("Lentilles propres", "Miroirs propres")


def make_care(machine: Machine, by: Person, *, days: int | None = 30, hours: int | None = None, **fields: Any) -> Care:
    """The lenses to clean every 30 days; ``fields`` of CareWish."""
    values = {"name": "Nettoyer les lentilles", "steps": STEPS, **fields}
    return actions_care.plan(machine, CareWish(rhythm=Rhythm(days, hours), **values), by, clock.now())


def write_line(machine: Machine, by: Person, words: str = "La courroie est tendue.") -> CareLine:
    """A word in the log of a machine."""
    return actions_care.write(machine, words, secrets.token_hex(16), by, clock.now())
