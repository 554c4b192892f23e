"""The verbs of the stock of materials. One transaction each; Raises Refused."""

from collections.abc import Sequence
from datetime import datetime

from bookings import queries as engine
from fablab import clock
from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.rules_forms import form_used
from machines import queries_supplies, rules_supplies, upkeep_supplies
from machines.models_supplies import Supply, SupplyMove
from machines.values_supplies import Move, Wish


def make(wish: Wish, by: Person, now: datetime) -> Supply:
    """A material is counted from now on, none of it being there yet. Raises Refused: supply_known."""
    with transaction() as session:
        engine.lock_house(session)
        other = queries_supplies.called(session, wish.name)
        retired = other is not None and other.retired_at is not None
        _stop_for(rules_supplies.name_refusals(taken=other is not None, retired=retired))
        supply = Supply(name=wish.name, unit=wish.unit, low_at=wish.low_at)
        session.add(supply)
        session.flush()
        note(session, "supply.make", "supply", supply.id, by=by, now=now)
    return supply


def change(supply: Supply, wish: Wish, by: Person, now: datetime) -> None:
    """Its name, the level under which it is told, and its unit until something moved.

    Raises Refused: supply_known, supply_unit.
    """
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(supply)
        other = queries_supplies.called(session, wish.name)
        has_moved = bool(queries_supplies.moves_of(session, supply.id))
        found = rules_supplies.name_refusals(taken=other is not None and other.id != supply.id)
        _stop_for([*found, *rules_supplies.unit_refusals(supply.unit, wish.unit, has_moved=has_moved)])
        supply.name, supply.unit, supply.low_at = wish.name, wish.unit, wish.low_at
        note(session, "supply.change", "supply", supply.id, by=by, now=now)


def retire(supply: Supply, by: Person, now: datetime) -> None:
    """It is used no more: asked for at no machine, told no more; what moved stays. Raises Refused: supply_retired."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(supply)
        _stop_for(rules_supplies.retire_refusals(retired=supply.retired_at is not None))
        supply.retired_at = now
        note(session, "supply.retire", "supply", supply.id, by=by, now=now)


def bring_back(supply: Supply, by: Person, now: datetime) -> None:
    """It is used again. Raises Refused: supply_in_use."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(supply)
        _stop_for(rules_supplies.bring_back_refusals(retired=supply.retired_at is not None))
        supply.retired_at = None
        note(session, "supply.bring_back", "supply", supply.id, by=by, now=now)


def move(supply: Supply, what: Move, by: Person, now: datetime) -> SupplyMove:
    """Some of it came or went by hand, or was counted. Once by the form's key.

    Raises Refused: supply_retired, supply_same, supply_price, form_used.
    """
    with transaction() as session:
        engine.lock_house(session)
        before = queries_supplies.move_by_key(session, what.key)
        if before is not None and before.moved_by_id != by.id:
            raise Refused([form_used()])
        if before is not None:
            return before
        session.refresh(supply)
        _stop_for(rules_supplies.retire_refusals(retired=supply.retired_at is not None))
        _stop_for(rules_supplies.move_refusals(what, queries_supplies.level_of(session, supply.id)))
        return upkeep_supplies.move(session, supply, what, by, now)


def take_back(made: SupplyMove, by: Person, now: datetime) -> None:
    """A movement was a mistake, the same day. Raises Refused: supply_move_gone, supply_move_old."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(made)
        gone, moved_on = made.taken_back_at is not None, clock.local_day(made.moved_at)
        _stop_for(rules_supplies.take_back_refusals(moved_on, clock.local_day(now), gone=gone))
        upkeep_supplies.take_back(session, made, by, now)


def _stop_for(found: Sequence[Refusal]) -> None:
    if found:
        raise Refused(list(found))
