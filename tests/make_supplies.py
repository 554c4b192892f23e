"""Factories of the stock of materials."""

import secrets

from fablab import clock
from fablab.people.models import Person
from machines import actions_supplies
from machines.models_supplies import Supply, SupplyMove
from machines.values_supplies import Kind, Move, Wish


def make_supply(by: Person, name: str = "Vinyle adhésif", unit: str = "cm", low_at: int | None = None) -> Supply:
    """A material to count."""
    return actions_supplies.make(Wish(name, unit, low_at), by, clock.now())


def make_move(
    supply: Supply, by: Person, kind: Kind = "in", quantity: int = 500, cents: int | None = None
) -> SupplyMove:
    """Some of it came, went, or was counted."""
    return actions_supplies.move(supply, Move(kind, quantity, secrets.token_hex(16), cents), by, clock.now())
