"""Ways back from the engine's acts: both acts stay in the journal, and every rule is asked again."""

from datetime import datetime

from sqlalchemy.orm import Session

from bookings import (
    actions,
    asking,
    kinds,
    queries,
    queries_back,
    rules,
    rules_back,
    upkeep,
    upkeep_closures,
    upkeep_telling,
)
from bookings.models import Booking, Closure
from bookings.rules_late import was_missed
from bookings.upkeep_closures import Laid
from bookings.values import Over, Slot
from fablab.db import db, transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refused


def restore(booking: Booking, by: Person, now: datetime) -> Booking:
    """Put a cancelled booking back where it was, if every rule still accepts it; people concerned are told.

    Its holder may, unless the team cancelled it. Put back twice, it is put back once. Raises Refused.
    """
    try:
        with transaction() as session:
            upkeep.freshen(session, booking)
            if booking.status in ("requested", "confirmed"):
                return booking
            upkeep.require(booking, "cancelled")
            _put_back(session, booking, by, now)
            note(session, "booking.restored", "booking", booking.id, by=by, now=now, about=booking.touches)
            upkeep_telling.announce(session, booking, "booking-back", by, now)
    except Refused as refused:
        raise actions.with_nearest(db.session(), refused, asking.ask_of(booking), now) from None
    return booking


def _put_back(session: Session, booking: Booking, by: Person, now: datetime) -> None:
    ask, slot = asking.ask_of(booking), Slot(booking.starts_at, booking.ends_at)
    past = queries_back.past_of(session, booking)
    if found := rules_back.restore_refusals(
        slot, now, by_holder=_is_theirs(booking, by), team_cancelled=past.cancelled_by not in (None, by.id)
    ):
        raise Refused(found)
    upkeep.lock_people(session, ask.people)
    answer = asking.weigh_one(session, ask, now)
    if against := rules.not_passed(answer.refusals, booking.override_reason):
        raise Refused(against)
    booking.status = "confirmed" if past.was_confirmed else "requested"
    booking.ended_at, booking.reason, booking.reasons = None, None, None
    booking.supervision = answer.supervision
    upkeep.give_way(session, answer, now)
    if rules.holds(booking.status, first_come=answer.first_come):
        upkeep.take(session, booking)
        upkeep.refuse_rivals(session, booking, by, now)
    for kind in kinds.every():
        kind.restored(session, booking, by, now)


def _is_theirs(booking: Booking, by: Person) -> bool:
    """Whether somebody puts back what is their own, or their organisation's, and not as the team does."""
    return by.id == booking.holder_id or not by.may("machine.book_for")


def correct_no_show(booking: Booking, reason: str, by: Person, now: datetime) -> Booking:
    """Somebody had come after all: counted as done, with a reason; the time is not taken back."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "no_show")
        if found := rules_back.correction_refusals(reason):
            raise Refused(found)
        booking.status, booking.reason = "done", reason
        note(session, "booking.corrected", "booking", booking.id, by=by, now=now, about=booking.touches)
    return booking


def excuse(booking: Booking, reason: str, by: Person, now: datetime) -> Booking:
    """An absence that suspends nobody any more, for a reason; it stays noted. One that was deduced is noted first."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        if not was_missed(booking.status, booking.ends_at, now, suspended=booking.suspended):
            upkeep.require(booking, "no_show")
        if found := rules_back.correction_refusals(reason):
            raise Refused(found)
        if booking.status == "confirmed":
            upkeep.end(session, booking, "no_show", "", None, now)
        booking.excused = reason
        note(session, "booking.excused", "booking", booking.id, by=by, now=now, about=booking.touches)
    return booking


def count_again(booking: Booking, by: Person, now: datetime) -> Booking:
    """An absence excused by mistake counts again; counting already, nothing changes."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "no_show")
        if booking.excused is not None:
            booking.excused = None
            note(session, "booking.counted_again", "booking", booking.id, by=by, now=now, about=booking.touches)
    return booking


def close_again(closure: Closure, by: Person, now: datetime) -> Laid:
    """A closure lifted by mistake is laid again as it was, the same day; twice, once. Raises Refused."""
    with transaction() as session:
        queries.lock_house(session)
        session.refresh(closure)
        if standing := queries_back.closed_again(session, closure):
            return Laid(standing, (), ())
        if found := rules_back.close_again_refusals(closure.lifted_at, closure.ends_at, now):
            raise Refused(found)
        over = Over(
            closure.reason,
            closure.starts_at,
            closure.ends_at,
            place_id=closure.place_id,
            resource_id=closure.resource_id,
        )
        return upkeep_closures.lay(session, over, by, now)
