"""What the engine does by itself as time passes. Each run finds what is due and may be run twice without harm."""

from datetime import datetime

from bookings import actions, queries, queries_closures
from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.refusals import Refused


def finish_ended(now: datetime) -> str:
    """Bookings that were checked in and are over become done. Says how many."""
    done = 0
    for booking in queries.ended(db.session(), "checked_in", now):
        try:
            actions.finish(booking, None, now)
        except Refused:
            continue  # somebody did it meanwhile
        done += 1
    return f"{done} done"


def refuse_unanswered(now: datetime) -> str:
    """Requests whose hour came without an answer are refused, and their authors told. Says how many."""
    refused = 0
    for booking in queries.unanswered(db.session(), now):
        try:
            actions.refuse_request(booking, _("Personne n’a répondu à temps."), None, now)
        except Refused:
            continue  # somebody answered meanwhile
        refused += 1
    return f"{refused} refused"


def look_at_overdue(now: datetime) -> str:
    """Things that should be back and are not lie over what comes next. Says how many bookings that touches."""
    touched = 0
    for closure in queries_closures.overdue(db.session(), clock.local_day(now)):
        laid = actions.lay_overdue(closure, now)
        touched += len(laid.suspended) + len(laid.marked)
    return f"{touched} under what is not back"
