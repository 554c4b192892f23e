"""The rules asked again of bookings already made, because a fact changed under them.

Inside the caller's transaction; takes the house's lock first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import asking, kinds, queries, upkeep, upkeep_telling
from bookings.models import Booking, Claim
from bookings.reading import Answer
from bookings.values import Ask
from fablab import reasons


@dataclass(frozen=True)
class Outcome:
    """What asking again did: the bookings cancelled, those marked, those that are well."""

    cancelled: tuple[Booking, ...]
    warned: tuple[Booking, ...]
    kept: tuple[Booking, ...]


def ask_again(session: Session, bookings: Iterable[Booking], now: datetime) -> Outcome:
    """Ask the same rules again of bookings still to come, because a fact changed under them.

    A refusal cancels, marks for the team, or leaves alone, as it says itself; whoever is concerned is told.
    Where not all can stand, those who booked first do; bookings marked before at the same time and place are
    asked along, since there may be room again. Bookings already begun, over or suspended are left alone.
    """
    queries.lock_house(session)
    asked = _to_ask(queries.bookings_afresh(session, [one.id for one in bookings]), now)
    asked += _to_ask(queries.bookings_afresh(session, _marked_beside(session, asked)), now)
    coming = {booking: asking.ask_of(booking) for booking in asked}
    answers = _served_in_order(session, coming, now)
    cancelled, warned, kept = [], [], []
    why = {}
    for booking, answer in answers.items():
        standing = upkeep.standing_refusals(answer, booking)
        if any(refusal.effect == "cancel" for refusal in standing):
            upkeep.end(session, booking, "cancelled", reasons.keep(standing), None, now)
            upkeep_telling.announce(session, booking, "booking-cancelled", None, now)
            cancelled.append(booking)
        elif standing:
            booking.supervision = answer.supervision
            if upkeep.mark(session, booking, standing, now):
                why[booking] = reasons.keep(standing)
            warned.append(booking)
        else:
            booking.supervision, booking.attention = answer.supervision, None
            kept.append(booking)
    upkeep_telling.tell_marked(session, why, now)
    return Outcome(tuple(cancelled), tuple(warned), tuple(kept))


def ask_again_about(session: Session, person_ids: Collection[int], now: datetime) -> Outcome:
    """Ask again of all that a fact about these people touches: what they booked, what they teach or learn in."""
    queries.lock_house(session)
    theirs = [*queries.coming_of(session, person_ids, now)]
    for kind in kinds.every():
        theirs += kind.concerning(session, person_ids, now)
    return ask_again(session, dict.fromkeys(theirs), now)


def _to_ask(found: Iterable[Booking], now: datetime) -> list[Booking]:
    """Those still to come that a change may touch."""
    return [
        booking
        for booking in found
        if booking.status in ("requested", "confirmed") and booking.starts_at > now and not booking.suspended
    ]


def _marked_beside(session: Session, asked: Sequence[Booking]) -> list[int]:
    """Ids of the other bookings already marked that share a moment and the place with one of these."""
    if not asked:
        return []
    last = max(booking.ends_at for booking in asked)
    marked = select(Booking.id, Booking.place_id, Booking.starts_at, Booking.ends_at).where(
        Booking.place_id.in_({booking.place_id for booking in asked}),
        Booking.attention.is_not(None),
        Booking.ends_at > min(booking.starts_at for booking in asked),
        Booking.ends_at < last + timedelta(hours=24),
        Booking.starts_at < last,
        Booking.id.not_in([booking.id for booking in asked]),
    )
    return [
        id_
        for id_, place_id, start, end in session.execute(marked)
        if any(one.place_id == place_id and one.starts_at < end and start < one.ends_at for one in asked)
    ]


def _served_in_order(session: Session, coming: Mapping[Booking, Ask], now: datetime) -> dict[Booking, Answer]:
    """What the rules say of each booking, asked all at once.

    Two that each fail because of the other are not both lost: then they stand aside together, and come back one by
    one, who booked first before, each asked beside those that are back.
    """
    answers = asking.weigh(session, list(coming.values()), now)
    found = {booking: answers[ask] for booking, ask in coming.items()}
    touched = [
        one for one in coming if upkeep.standing_refusals(found[one], one) or found[one].supervision != one.supervision
    ]
    touched = [one for one in touched if any(one is not other and _meet(one, other) for other in touched)]
    held = {booking: [claim for claim in booking.claims if claim.holds] for booking in touched}
    for booking in touched:
        booking.suspended = True
        upkeep.release(session, booking)
    lost = []
    for booking in sorted(touched, key=lambda one: (one.created_at, one.id)):
        found[booking] = asking.weigh_one(session, coming[booking], now)
        if upkeep.standing_refusals(found[booking], booking):
            lost.append(booking)
        else:
            booking.supervision = found[booking].supervision
            _come_back(session, booking, held[booking])
    for booking in lost:
        _come_back(session, booking, held[booking])
    return found


def _meet(one: Booking, other: Booking) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _come_back(session: Session, booking: Booking, held: Iterable[Claim]) -> None:
    booking.suspended = False
    for claim in held:
        claim.holds = True
    upkeep.flush_claims(session)
