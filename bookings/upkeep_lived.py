"""How a booking is lived, inside the caller's transaction: begun, ended early, gone on, or its heads changed.

The house must be locked; those that begin or end raise Refused.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bookings import asking, rules, upkeep
from bookings.models import Booking
from bookings.values import Slot
from fablab.i18n import _
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused


def change_heads(session: Session, booking: Booking, heads: int, by: Person | None, now: datetime) -> None:
    """Fewer people come than planned: the gauge counts those who do. The house must be locked."""
    booking.headcount = heads
    note(session, "booking.heads", "booking", booking.id, by=by, now=now, heads=heads)


def lived(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    """It took place: it keeps the time it took. The house must be locked."""
    booking.status, booking.checked_in_at, booking.ended_at = "done", booking.starts_at, now
    booking.attention = None
    note(session, "booking.done", "booking", booking.id, by=by, now=now)


def begin(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    """The holder is there, from 15 minutes before: what lets them in (badge, age) is asked again."""
    upkeep.require(booking, "confirmed")
    refusals = rules.too_early_to_check_in(Slot(booking.starts_at, booking.ends_at), now)
    answer = asking.weigh_one(session, asking.ask_of(booking), now)
    refusals += upkeep.standing_refusals(answer, booking)
    if booking.suspended and not refusals:
        refusals = [Refusal("suspended", _("Cette réservation est en attente. Voir avec l’équipe."))]
    if refusals:
        raise Refused(refusals)
    booking.status, booking.checked_in_at, booking.attention = "checked_in", now, None
    note(session, "booking.checked_in", "booking", booking.id, by=by, now=now, about=booking.touches)


def begin_at_once(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    """What was just placed begins: its rules have been asked a moment ago, in this transaction."""
    booking.status, booking.checked_in_at = "checked_in", now
    note(session, "booking.checked_in", "booking", booking.id, by=by, now=now, about=booking.touches)


def not_begun(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    """It was begun by mistake: it waits for its holder again."""
    upkeep.require(booking, "checked_in")
    booking.status, booking.checked_in_at = "confirmed", None
    note(session, "booking.not_checked_in", "booking", booking.id, by=by, now=now, about=booking.touches)


def not_lived(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    """That it took place was noted by mistake: whether anybody came is open again. The house must be locked."""
    upkeep.require(booking, "done")
    booking.status, booking.checked_in_at, booking.ended_at = "confirmed", None, None
    note(session, "booking.not_checked_in", "booking", booking.id, by=by, now=now, about=booking.touches)


def finish(session: Session, booking: Booking, by: Person | None, now: datetime) -> None:
    """What was begun is over; it keeps the time it took."""
    upkeep.require(booking, "checked_in")
    booking.status, booking.ended_at = "done", now
    note(session, "booking.done", "booking", booking.id, by=by, now=now, about=booking.touches)


def finish_early(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    """What was begun is over before its time: the rest is free for others, cleaning kept."""
    finish(session, booking, by, now)
    # It lasts a minute at least, also when it ends before its hour.
    end = max(now, booking.starts_at + timedelta(minutes=1))
    if end < booking.ends_at:
        _end_at(booking, end)
        session.flush()


def reopen(session: Session, booking: Booking, until: datetime, by: Person, now: datetime) -> None:
    """What was ended goes on until a moment, if the time is still free and every rule accepts."""
    ask = replace(asking.ask_of(booking), slot=Slot(booking.starts_at, until))
    answer = asking.weigh_one(session, ask, now)
    if standing := upkeep.standing_refusals(answer, booking):
        raise Refused(standing)
    upkeep.give_way(session, answer, now)
    booking.status, booking.ended_at = "checked_in", None
    _end_at(booking, until)
    upkeep.flush_claims(session)
    upkeep.refuse_rivals(session, booking, by, now)
    note(session, "booking.reopened", "booking", booking.id, by=by, now=now, about=booking.touches)


def lengthen(session: Session, booking: Booking, until: datetime, by: Person, now: datetime) -> None:
    """What was begun goes on longer than booked: every rule is asked, but for notice and horizon."""
    upkeep.require(booking, "checked_in")
    if found := rules.runs_on_refusals(booking.there_until):
        raise Refused(found)
    answer = asking.weigh_one(session, asking.longer(booking, until), now)
    if against := rules.not_passed(answer.refusals, booking.override_reason):
        raise Refused(against)
    upkeep.give_way(session, answer, now)
    booking.supervision = answer.supervision
    _end_at(booking, until)
    upkeep.flush_claims(session)
    upkeep.refuse_rivals(session, booking, by, now)
    note(session, "booking.lengthened", "booking", booking.id, by=by, now=now, about=booking.touches)


def _end_at(booking: Booking, end: datetime) -> None:
    """Another end, each claim keeping its minutes of cleaning."""
    for claim in booking.claims:
        claim.ends_at = end + (claim.ends_at - booking.ends_at)
    booking.ends_at = end
