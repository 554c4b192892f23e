"""Using a machine on the spot: begun at once, or longer than booked. ``by`` is the holder at the kiosk, or the team.

Notice and horizon are not asked; every other rule is. All raise Refused with every reason.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import upkeep, upkeep_lived, upkeep_placing
from bookings.actions import with_nearest
from bookings.models import Booking
from bookings.values import Ask
from fablab.db import db, transaction
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from machines import queries_use, rules_use, upkeep_use
from machines.models import Machine
from machines.values_use import Start


def use_now(ask: Ask, start: Start, by: Person, now: datetime) -> Booking:
    """Take a free machine and begin, in one act: the same form sent twice begins once."""
    session = db.session()
    if made := _made(session, ask):
        return made
    handling = queries_use.handling_of(session.get_one(Machine, ask.resource_id))
    against = rules_use.start_refusals(start, handling, by_team=by.id != ask.holder_id)
    try:
        return _take(ask, start, against, by, now)
    except Refused as refused:
        if made := _made(db.session(), ask):
            return made
        raise with_nearest(db.session(), refused, ask, now) from None


def extend(booking: Booking, until: datetime, by: Person, now: datetime) -> Booking:
    """Go on until a later moment, if nobody else is expected; sent twice, once."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if booking.status == "checked_in" and booking.ends_at == until:
            return booking
        upkeep_lived.lengthen(session, booking, until, by, now)
        if use := queries_use.use_of(session, booking.id):
            use.planned_end = until
    return booking


def _take(ask: Ask, start: Start, against: list[Refusal], by: Person, now: datetime) -> Booking:
    try:
        asked = upkeep_placing.ask_before_the_lock(db.session(), ask, by, now)
    except Refused as refused:
        raise Refused([*refused.refusals, *against]) from None
    if against:
        raise Refused(against)
    if isinstance(asked, Booking):
        return asked
    with transaction() as session:
        booking = upkeep_placing.place(session, ask, by, now, asked=asked)
        if booking.status == "confirmed":
            upkeep_lived.begin_at_once(session, booking, by, now)
            upkeep_use.begin(session, booking, start, by, now)
    return booking


def _made(session: Session, ask: Ask) -> Booking | None:
    """What the same form has already begun: its minute may be another since."""
    made = engine.booking_by_key(session, ask.key) if ask.key else None
    return made if made and (made.holder_id, made.resource_id) == (ask.holder_id, ask.resource_id) else None
