"""What machines do by themselves as time passes. Each run finds what is due and may be run twice without harm."""

from datetime import datetime

from fablab import identity
from fablab.db import db
from machines import actions_waiting, queries_waiting


def offer_hours(now: datetime) -> str:
    """Offer what is free to the next in each line, and tell whoever wanted to know of room. Says how many were told.

    Not while letters wait for the morning: an offer would run out unread.
    """
    session, told = db.session(), 0
    if identity.of(session).leaves_at(now) > now:
        return "0 told"
    for resource_id, start in queries_waiting.lines(session, now):
        # Looked at before the house is locked: most often there is still nothing.
        if queries_waiting.first_chance(session, queries_waiting.line(session, resource_id, start, now), now):
            told += actions_waiting.offer_next(resource_id, start, now)
    for wish_id in queries_waiting.wishes(session, now):
        wish = queries_waiting.wish(session, wish_id, now)
        if wish and (chance := queries_waiting.first_chance(session, [wish], now)):
            told += actions_waiting.tell_of_room(wish_id, chance.slot, now)
    return f"{told} told"
