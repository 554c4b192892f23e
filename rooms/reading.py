"""Who reads a page of rooms: what they may know of who has one."""

from datetime import date

from sqlalchemy.orm import Session

from fablab.people.models import Person
from rooms import queries
from rooms.values import Reader


def reader_of(session: Session, person: Person, today: date) -> Reader:
    """The team knows who has each room; a contact what is their own. One statement at most."""
    team = person.may("room.who")
    own = () if team else queries.acted_for(session, person.id, today)
    return Reader(team, person.may("structure.unmasked"), frozenset(one.id for one in own))
