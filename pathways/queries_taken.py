"""Who already takes what a session asks for, in words for the team."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking, Claim, Resource
from bookings.values import Ask
from fablab.i18n import _, say_hour

#: no cleaning after a booking lasts longer
_CLEANING = timedelta(hours=4)


def whose(session: Session, asks: Sequence[Ask]) -> list[str]:
    """What crosses these asks on the things they take, soonest first: «Découpe, Renards, de 14 h à 16 h».

    For the team only: young people are named. One statement an ask.
    """
    found: dict[int, Booking] = {}
    for ask in asks:
        crossing = (
            select(Booking, Claim.starts_at, Resource.turnaround)
            .join(Claim, Claim.booking_id == Booking.id)
            .join(Resource, Resource.id == Claim.resource_id)
            .where(
                or_(Resource.id.in_(ask.wanted), Resource.whole_id.in_(ask.wanted)),
                Claim.holds,
                Claim.starts_at < ask.slot.end + _CLEANING,
                Claim.ends_at > ask.slot.start,
                Booking.id != (ask.moving or 0),
            )
            .options(joinedload(Booking.resource), joinedload(Booking.holder))
        )
        for booking, start, turnaround in session.execute(crossing):
            if start < ask.slot.longer(turnaround).end:
                found[booking.id] = booking
    return [_words(booking) for booking in sorted(found.values(), key=lambda one: (one.starts_at, one.id))]


def _words(booking: Booking) -> str:
    what = booking.called
    if booking.holder is not None:
        what = _("%(thing)s par %(name)s", thing=what, name=booking.holder.short_name)
    start, end = say_hour(booking.starts_at), say_hour(booking.ends_at)
    return _("%(what)s, de %(start)s à %(end)s", what=what, start=start, end=end)
