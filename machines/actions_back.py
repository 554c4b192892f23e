"""Ways back from what stands above several parts: shifts, papers, missions. What hung on them is asked again."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import upkeep as engine_upkeep
from bookings.upkeep_again import Outcome, ask_again_about
from bookings.values import Slot
from fablab import clock
from fablab.db import transaction
from fablab.journal import note, people
from fablab.people import upkeep as people_upkeep
from fablab.people import upkeep_roles
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import queries_shifts, rules_shifts, upkeep
from machines.actions_team import WATCHING
from machines.models import Shift
from machines.rules_shifts import Wish
from pathways import upkeep_leads


def restore_shift(shift: Shift, by: Person, now: datetime) -> Outcome:
    """Put a withdrawn shift back; what was marked for want of somebody is asked again. Raises Refused."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(shift)
        if shift.withdrawn_at is None:
            return Outcome((), (), ())
        slot = Slot(shift.starts_at, shift.ends_at)
        taken = [Slot(one.starts_at, one.ends_at) for one in queries_shifts.shifts_of(session, shift.person_id, slot)]
        of_the_team = shift.person.left_at is None and bool(WATCHING & set(shift.person.roles))
        wish = Wish(shift.person_id, shift.place_id, slot)
        if found := rules_shifts.restore_refusals(wish, taken, now, of_the_team=of_the_team):
            raise Refused(found)
        return _back(session, shift, by, now)


def _back(session: Session, shift: Shift, by: Person, now: datetime) -> Outcome:
    shift.withdrawn_at, shift.withdrawn_by_id = None, None
    note(session, "shift.restored", "shift", shift.id, by=by, now=now, about=people([shift.person_id]))
    return upkeep.watch_again(session, [Slot(shift.starts_at, shift.ends_at)], now)


def restore_authorisation(person: Person, authorisation_id: int, by: Person, now: datetime) -> Outcome:
    """Put an authorisation withdrawn by mistake back, the same day, by who withdrew it; bookings are asked again.

    What was cancelled with it is put back booking by booking. Raises Refused: unknown, other_author, other_day, image.
    """
    with transaction() as session:
        engine.lock_house(session)
        engine_upkeep.lock_people(session, [person.id])
        people_upkeep.restore_authorisation(session, person, authorisation_id, by, now)
        return ask_again_about(session, [person.id], now)


def come_back(person: Person, by: Person, now: datetime) -> int:
    """Somebody who left returns, with the roles and the secret they had; in the team already, nothing changes.

    On the day they left it was a mistake: the shifts and sessions they gave up come back with them. How many did.
    """
    with transaction() as session:
        engine.lock_house(session)
        left_at = upkeep_roles.reopen_account(session, person, by, now)
        if left_at is None or clock.local_day(left_at) != clock.local_day(now):
            return 0
        shifts = queries_shifts.shifts_withdrawn_at(session, person.id, left_at, now)
        for shift in shifts:
            _back(session, shift, by, now)
        led = upkeep_leads.lead_again(session, person, left_at, by, now)
        upkeep.watch_again(session, [Slot(one.starts_at, one.ends_at) for one in led], now)
        return len(shifts) + len(led)
