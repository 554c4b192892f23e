"""The next in a line is offered an hour. Inside the caller's transaction, the house locked."""

from datetime import datetime

from sqlalchemy.orm import Session

from fablab.journal import note
from fablab.outbox import tell
from machines import queries_waiting
from machines.queries_waiting import Chance

PAGE = "/attente"


def offer_next(session: Session, resource_id: int, start: datetime, now: datetime) -> bool:
    """Offer an hour to the first in the line of a machine and day for whom there is one, unless one is offered.

    Whoever asks for more time than there is keeps their place, and the next is looked at.
    """
    waiting = queries_waiting.line(session, resource_id, start, now)
    if any(one.offered_until for one in waiting):
        return False
    chance = queries_waiting.first_chance(session, waiting, now)
    if chance is None:
        return False
    chance.who.offered_start, chance.who.offered_until = chance.slot.start, chance.until
    session.flush()
    _note_and_tell(session, chance, now)
    return True


def _note_and_tell(session: Session, chance: Chance, now: datetime) -> None:
    who = chance.who
    about = [("person", who.person_id), ("resource", who.resource_id)]
    note(session, "waiting.offer", "waiting", who.id, by=None, now=now, about=about)
    tell(
        session,
        who.person,
        "slot-offered",
        key=f"slot-offered:{who.id}",
        now=now,
        link=PAGE,
        about=f"waiting:{who.id}",
        machine=who.machine.simple_name,
        when=chance.slot.start,
        kept_until=chance.until,
    )
