"""«On me prévient»: asking to be told when a thing out of service is back, and no longer. One transaction each."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import queries, queries_returns
from bookings.models import Resource
from bookings.models_returns import ReturnWish
from fablab.db import transaction
from fablab.journal import note, people
from fablab.people.models import Person


def ask_to_be_told(person: Person, thing: Resource, now: datetime) -> bool:
    """Keep that somebody wants to be told. Sent twice, it is asked once. False when the thing is already back."""
    with transaction() as session:
        # The same lock as whoever puts the thing back: a wish comes before, and is told, or after, and is not kept.
        queries.lock_house(session)
        if not queries_returns.is_out(session, thing.id, now):
            return False
        if _wish_of(session, person, thing) is None:
            session.add(ReturnWish(person_id=person.id, resource_id=thing.id, asked_at=now))
            note(session, "return_wish.ask", "resource", thing.id, by=person, now=now, about=people([person.id]))
    return True


def tell_me_no_more(person: Person, thing: Resource, now: datetime) -> None:
    """Take the wish back; what was never asked stays so."""
    with transaction() as session:
        queries.lock_house(session)
        if wish := _wish_of(session, person, thing):
            session.delete(wish)
            note(session, "return_wish.withdraw", "resource", thing.id, by=person, now=now, about=people([person.id]))


def _wish_of(session: Session, person: Person, thing: Resource) -> ReturnWish | None:
    mine = (ReturnWish.person_id == person.id) & (ReturnWish.resource_id == thing.id)
    return session.scalars(select(ReturnWish).where(mine)).one_or_none()
