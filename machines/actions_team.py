"""What ends for somebody of the team: their mission, or the roles with which they watched over others.

It is done here, above ``people`` and ``pathways``: in one transaction the account or the roles end, the shifts to come
are withdrawn, sessions to lead are given back, and what nobody watches over any more is marked and told.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings.models import Booking
from bookings.values import Slot
from fablab.db import transaction
from fablab.journal import note, people
from fablab.people import upkeep_roles
from fablab.people.models import Person
from fablab.permissions import Role
from machines import queries_shifts, upkeep
from machines.models import Shift
from pathways import upkeep_leads
from pathways.upkeep_leads import Loss

#: an adult of the team watches over others with one of these
WATCHING = {Role.FACILITATOR, Role.COORDINATOR}


@dataclass(frozen=True)
class Left:
    """What somebody leaves: shifts withdrawn, bookings that nobody watches over, sessions that lost a lead."""

    shifts: tuple[Shift, ...] = ()
    bookings: tuple[Booking, ...] = ()
    sessions: tuple[Loss, ...] = ()


def end_mission(person: Person, by: Person, now: datetime) -> Left:
    """Somebody leaves the house today: no access from now on, and what they held up is asked again.

    Ended twice, it changes nothing. Raises Refused: administrator_only, last_administrator.
    """
    with transaction() as session:
        engine.lock_house(session)
        upkeep_roles.close_account(session, person, by, now)
        return _let_go(session, person, by, now)


def set_roles(person: Person, roles: Collection[Role], by: Person, now: datetime) -> Left:
    """Give and end roles so that these are held; who may no longer watch over others gives back shifts and sessions.

    Raises Refused: no_role, last_administrator.
    """
    with transaction() as session:
        engine.lock_house(session)
        upkeep_roles.change_roles(session, person, roles, by, now)
        if WATCHING & set(person.roles):
            return Left()
        return _let_go(session, person, by, now)


def _let_go(session: Session, person: Person, by: Person, now: datetime) -> Left:
    shifts = queries_shifts.shifts_to_come(session, person.id, now)
    led = queries_shifts.sessions_to_lead(session, person.id, now)
    for shift in shifts:
        shift.withdrawn_at, shift.withdrawn_by_id = now, by.id
        note(session, "shift.withdrawn", "shift", shift.id, by=by, now=now, about=people([person.id]))
    losses = upkeep_leads.leave_sessions(session, person, by, now)
    # Who leads a session in the room counts among its adults: those hours are asked again too.
    hours = [Slot(one.starts_at, one.ends_at) for one in shifts] + [Slot(one.start, one.end) for one in led]
    outcome = upkeep.watch_again(session, hours, now)
    return Left(tuple(shifts), (*outcome.warned, *outcome.cancelled), tuple(losses))
