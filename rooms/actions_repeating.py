"""Several dates of a room asked for in one act: each possible one is booked or asked for, the others said with why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bookings import queries as engine
from bookings import upkeep_placing
from bookings.models import Booking
from bookings.values import Ask
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from rooms import queries_finding, queries_money, rules, rules_money
from rooms.actions import for_their_own
from rooms.upkeep_dates import tell_dates
from rooms.values import last_day


@dataclass(frozen=True)
class Lent:
    """The dates that an organisation has or asked for, and those taken by somebody quicker, with why."""

    made: tuple[Booking, ...]
    refused: tuple[tuple[Ask, Refused], ...]


def lend_dates(asks: Sequence[Ask], by: Person, now: datetime, *, agreed: int | None = None) -> Lent:
    """Ask for dates of one room for one organisation; whoever acts for it is told once.

    ``agreed``: the amount of them all (cents) that whoever asks has seen; None: nobody was shown any, as in a program.
    Raises Refused: not theirs, or to be agreed to.

    Each date is a booking of its own: given up, moved or refused, it leaves the others alone.
    """
    with transaction() as session:
        engine.lock_house(session)
        for_their_own(session, asks[0].structure_id, by, now)
        if agreed is not None:
            terms = queries_money.terms_of(session, asks[0].resource_id, asks[0].structure_id)
            if found := rules_money.agreeing_refusals(terms, [ask.slot.minutes for ask in asks], agreed):
                raise Refused(found)
        facts, coordination = queries_finding.facts_of(session, asks[0]), by.may("room.answer")
        # They are answered together: where one has to wait, all do.
        waits = facts is None or any(
            rules.waits_for(facts, last_day(ask.slot), by_coordination=coordination) for ask in asks
        )
        place = upkeep_placing.place_request if waits else upkeep_placing.place
        keys = [ask.key for ask in asks if ask.key]
        known = set(session.scalars(select(Booking.id).where(Booking.request_key.in_(keys))))
        made, refused = [], []
        for ask in asks:
            try:
                made.append(place(session, ask, by, now))
            except Refused as why:
                refused.append((ask, why))
        tell_dates(session, [one for one in made if one.id not in known], by, now)
    return Lent(tuple(made), tuple(refused))
