"""Several machines closed in one act, and opened again in one. Raise Refused."""

from collections.abc import Sequence
from datetime import datetime

from bookings import queries as engine
from bookings import upkeep_closures
from bookings.models import Closure
from bookings.upkeep_closures import Laid, Lifted
from bookings.values import Over, Slot
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import queries_block, rules_block
from machines.models import Machine


def block(machines: Sequence[Machine], slot: Slot, reason: str, seen: int, by: Person, now: datetime) -> list[Laid]:
    """Close these machines for a time: all, or none. ``seen``: how many bookings whoever does it saw touched.

    Raises Refused: block_past, block_long, block_changed.
    """
    with transaction() as session:
        engine.lock_house(session)
        if found := rules_block.block_refusals(slot, now):
            raise Refused(found)
        touched = queries_block.touched(session, [one.id for one in machines], slot, now)
        if found := rules_block.seen_refusals(seen, len(touched)):
            raise Refused(found)
        overs = [Over(reason, slot.start, slot.end, resource_id=one.id) for one in machines]
        return [upkeep_closures.lay(session, over, by, now) for over in overs]


def open_again(closure: Closure, by: Person, now: datetime) -> list[Lifted]:
    """Open all the machines that were closed with this one, in one act. Raises Refused: block_lifted."""
    with transaction() as session:
        engine.lock_house(session)
        together = queries_block.made_together(session, closure)
        if found := rules_block.open_again_refusals(len(together)):
            raise Refused(found)
        return [upkeep_closures.lift(session, one, by, now) for one in together]
