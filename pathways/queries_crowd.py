"""How many people are in the Fablab at a moment, of how many."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bookings import asking
from bookings.queries_house import house_of
from bookings.values import Scope, Slot
from pathways.queries_sessions import floor


@dataclass(frozen=True)
class Crowd:
    """People in a place, staff included, and the most there may be."""

    count: int
    most: int

    @property
    def full(self) -> bool:
        """Whether nobody more may come in."""
        return self.count >= self.most


def crowd(session: Session, now: datetime) -> Crowd | None:
    """Who is in the Fablab now, whatever brings them, as the gauge counts; None where it has no gauge.

    The statements of one reading.
    """
    ground = floor(session)
    gauges = house_of(session).gauges(ground.place_id) if ground else ()
    if ground is None or not gauges:
        return None
    moment = Slot(now, now + timedelta(minutes=1))
    reading = asking.read(session, Scope(moment, frozenset((ground.id,))), now)
    return Crowd(reading.heads(ground.id, moment), gauges[0].most)
