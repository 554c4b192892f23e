"""What the actions that move a material share. Inside the caller's transaction; the house must be locked."""

from datetime import datetime

from sqlalchemy.orm import Session

from fablab.journal import note
from fablab.outbox import tell
from fablab.people.models import Person
from machines import queries_supplies
from machines.models_supplies import Supply, SupplyMove
from machines.models_use import MachineUse
from machines.values_supplies import Move, agreed, change_of, is_low
from pathways.upkeep_leads import coordinators


def move(
    session: Session, supply: Supply, what: Move, by: Person, now: datetime, *, booking_id: int | None = None
) -> SupplyMove:
    """Write a movement; the coordination is told once as the level falls under what is wanted."""
    before = queries_supplies.level_of(session, supply.id)
    change = change_of(what, before)
    made = SupplyMove(
        supply_id=supply.id,
        kind=what.kind,
        quantity=change,
        cents=what.cents,
        booking_id=booking_id,
        words=what.words,
        moved_at=now,
        moved_by_id=by.id,
        request_key=what.key,
    )
    session.add(made)
    session.flush()
    note(session, "supply.move", "supply_move", made.id, by=by, now=now, about=supply.touches)
    if is_low(before + change, supply.low_at) and not is_low(before, supply.low_at):
        _tell_low(session, supply, before + change, made, now)
    return made


def write_use(session: Session, use: MachineUse, quantity: int | None, by: Person, now: datetime) -> None:
    """A use of a machine is over: what it took of its material, where that is counted and was said."""
    supply = queries_supplies.of_material(session, use.material) if quantity else None
    if supply is not None and quantity:
        turn = queries_supplies.times_moved(session, use.booking_id)
        what = Move("use", quantity, f"use:{use.id}:{turn}")
        move(session, supply, what, by, now, booking_id=use.booking_id)
        use.material_used = use.material_used or f"{quantity} {supply.unit}"


def take_back(session: Session, made: SupplyMove, by: Person, now: datetime) -> None:
    """A movement is as if it had not been."""
    made.taken_back_at, made.taken_back_by_id = now, by.id
    note(session, "supply.take_back", "supply_move", made.id, by=by, now=now, about=made.supply.touches)


def _tell_low(session: Session, supply: Supply, level: int, made: SupplyMove, now: datetime) -> None:
    for reader in sorted(coordinators(session), key=lambda one: one.id):
        key = f"supply-low:{made.id}:{reader.id}"
        link = f"/matieres/{supply.public_id}"
        tell(
            session,
            reader,
            "supply-low",
            key=key,
            now=now,
            link=link,
            material=supply.name,
            left=level,
            unit=agreed(abs(level), supply.unit),
        )
