"""The verbs of rooms: ask for one for an organisation. All raise Refused with every reason."""

from datetime import datetime

from bookings import actions as engine
from bookings.models import Booking
from bookings.values import Ask
from fablab import clock
from fablab.db import db
from fablab.people.models import Person
from fablab.refusals import Refused
from rooms import queries, queries_finding, rules


def lend(ask: Ask, by: Person, now: datetime) -> Booking:
    """Book a room for an organisation at once where nothing is waited for, else ask for somebody's yes.

    A contact asks for their own organisations; whoever lends rooms, for any. Raises Refused.
    """
    session = db.session()
    if not by.may("room.lend"):
        own = [one.id for one in queries.acted_for(session, by.id, clock.local_day(now))]
        if found := rules.for_others(ask.structure_id, own):
            raise Refused(found)
    facts = queries_finding.facts_of(session, ask)
    waits = facts is None or rules.waits_for(facts, by_coordination=by.may("room.answer"))
    return engine.request(ask, by, now) if waits else engine.book(ask, by, now)
