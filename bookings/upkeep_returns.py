"""Those who wait for a thing out of service are told once when it is back. Every function takes the session."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import queries_returns
from bookings.models import Closure
from fablab.outbox import tell


def tell_of_return(session: Session, closure: Closure, now: datetime) -> None:
    """A breakdown has ended: unless another still lies over the thing, tell whoever asked; their wish is done."""
    if closure.kind != "breakdown" or closure.resource_id is None:
        return
    if queries_returns.is_out(session, closure.resource_id, now):
        return
    for wish in queries_returns.wishes_for(session, closure.resource_id):
        thing = wish.resource
        key = f"machine-back:{closure.id}:{wish.person_id}"
        link = f"/reserver/{thing.code}"
        tell(session, wish.person, "machine-back", key=key, now=now, link=link, machine=thing.simple_name)
        session.delete(wish)
