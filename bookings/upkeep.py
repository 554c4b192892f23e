"""What the engine's actions share, and what other parts do inside their own transactions: move, end, mark, hold.

A new booking is placed by upkeep_placing, bookings made are asked again by upkeep_again, people told by upkeep_telling.
Every function takes the session and opens no transaction; those that write take the house's lock first.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings import asking, kinds, queries, rules, upkeep_telling
from bookings.models import Booking, Claim
from bookings.queries_house import things_of
from bookings.reading import Answer
from bookings.rules_passing import passed_with
from bookings.values import Ask, Made, Slot
from fablab import reasons
from fablab.i18n import _
from fablab.journal import note
from fablab.people.models import Person
from fablab.reasons import Why
from fablab.refusals import Refusal, Refused, refuse


def shift(
    session: Session, booking: Booking, slot: Slot, by: Person | None, now: datetime, override: str | None
) -> None:
    """Move a booking still to come to another time, all rules asked. Raises Refused and then changes nothing."""
    freshen(session, booking)
    change(session, booking, replace(asking.ask_of(booking), slot=slot), by, now, override)


def change(
    session: Session, booking: Booking, wanted: Ask, by: Person | None, now: datetime, override: str | None
) -> None:
    """Make of a booking still to come what is wanted: another time, thing or number of people, all rules asked.

    The house is locked and the booking fresh. Raises Refused and then changes nothing.
    """
    require(booking, "requested", "confirmed")
    if found := rules.runs_on_refusals(booking.there_until):
        raise Refused(found)
    before, left = Slot(booking.starts_at, booking.ends_at), booking.resource
    slot, ask = wanted.slot, replace(wanted, override=override or wanted.override)
    answer = asking.weigh_one(session, ask, now)
    passed = let_pass(answer, ask, by)
    give_way(session, answer, now)
    turnaround = {leaf.id: leaf.turnaround for leaf in answer.leaves}
    release(session, booking)
    if ask.resource_id != left.id:
        _go_over(session, booking, ask.resource_id, list(turnaround))
    booking.starts_at, booking.ends_at, booking.place_id = slot.start, slot.end, answer.place_id
    booking.headcount = ask.headcount
    booking.suspended, booking.held_before, booking.attention = False, False, None
    _keep_reasons(booking, override if passed else None, now)
    booking.supervision, booking.override_reason = answer.supervision, ask.override if passed else None
    holds = rules.holds(booking.status, first_come=booking.resource.first_come)
    for claim in booking.claims:
        claim.starts_at = slot.start
        claim.ends_at = slot.end + timedelta(minutes=turnaround[claim.resource_id])
        claim.holds = holds
    flush_claims(session)
    if holds and answer.competing:
        refuse_rivals(session, booking, by, now)
    note(
        session,
        "booking.moved",
        "booking",
        booking.id,
        by=by,
        now=now,
        about=booking.touches,
        **{"from": _span(before), "to": _span(slot)},
        **({"left": left.code} if left.id != booking.resource_id else {}),
    )


def keep_a_part(
    session: Session, booking: Booking, slot: Slot, headcount: int, by: Person | None, now: datetime
) -> None:
    """Give a part of a booking's time back, or come fewer: nothing more is taken. The house is locked."""
    before = Slot(booking.starts_at, booking.ends_at)
    for claim in booking.claims:
        claim.starts_at, claim.ends_at = slot.start, slot.end + (claim.ends_at - before.end)
    booking.starts_at, booking.ends_at, booking.headcount = slot.start, slot.end, headcount
    flush_claims(session)
    note(
        session,
        "booking.shrunk",
        "booking",
        booking.id,
        by=by,
        now=now,
        about=booking.touches,
        **{"from": _span(before), "to": _span(slot)},
    )


def _go_over(session: Session, booking: Booking, resource_id: int, leaves: Sequence[int]) -> None:
    """Let a booking claim these leaves of another thing; what it claimed before serves again, no more than needed."""
    for claim, leaf in zip(booking.claims, leaves, strict=False):
        claim.resource_id = leaf
    for leaf in leaves[len(booking.claims) :]:
        more = {"starts_at": booking.starts_at, "ends_at": booking.ends_at, "holds": False}
        session.add(Claim(booking=booking, resource_id=leaf, **more))
    for claim in booking.claims[len(leaves) :]:
        session.delete(claim)
    booking.resource_id = resource_id
    session.flush()
    session.expire(booking, ["claims", "resource"])


def drop(session: Session, booking: Booking, why: Why, by: Person | None, now: datetime) -> None:
    """Cancel a booking still to come: lets its time go. Raises Refused."""
    freshen(session, booking)
    require(booking, "requested", "confirmed")
    end(session, booking, "cancelled", why, by, now)


def end(session: Session, booking: Booking, status: str, why: Why, by: Person | None, now: datetime) -> None:
    """Give a booking a last status that lets its time go, and say why: words typed, or codes."""
    release(session, booking)
    booking.status, booking.ended_at = status, now
    booking.reason, booking.reasons = reasons.parted(why)
    booking.suspended, booking.attention = False, None
    # Words typed stay on the booking: they may tell of a person, and nothing leaves the journal.
    codes = [one["code"] for one in booking.reasons or ()]
    note(
        session,
        f"booking.{status}",
        "booking",
        booking.id,
        by=by,
        now=now,
        about=booking.touches,
        **({"reasons": codes} if codes else {}),
    )
    for kind in kinds.every():
        kind.ended(session, booking, now)


def standing_refusals(answer: Answer, booking: Booking | Made) -> list[Refusal]:
    """The refusals that matter to a booking already made: not those of asking, nor those passed with a reason."""
    against = rules.not_passed(answer.refusals, booking.override_reason)
    return [refusal for refusal in against if refusal.effect != "keep"]


def mark(session: Session, booking: Booking, standing: Sequence[Refusal], now: datetime) -> bool:
    """Mark a booking for the team with the codes of what came after. False for the same codes: told already."""
    codes = ", ".join(dict.fromkeys(refusal.code for refusal in standing))[:300]
    if codes == booking.attention:
        return False
    booking.attention = codes
    note(session, "booking.marked", "booking", booking.id, by=None, now=now, about=booking.touches, codes=codes)
    return True


def release(session: Session, booking: Booking) -> None:
    """Let go of everything a booking holds, at once: what takes it again afterwards is not refused against itself."""
    for claim in booking.claims:
        claim.holds = False
    session.flush()


def give_way(session: Session, answer: Answer, now: datetime) -> None:
    """What nobody began in time lets its time go to whoever takes it, and is noted as missed. The house is locked."""
    for booking_id in answer.missed:
        end(session, session.get_one(Booking, booking_id), "no_show", "", None, now)


def take(session: Session, booking: Booking) -> None:
    """Hold again what a booking claims. Raises Refused when the time is taken meanwhile."""
    for claim in booking.claims:
        claim.holds = True
    flush_claims(session)


def refuse_rivals(session: Session, booking: Booking, by: Person | None, now: datetime, *, code: str = "taken") -> None:
    """Where requests compete, refuse those that want time which a booking now holds, for this code, and tell them.

    Whatever takes time calls it, once the claims are written; an answer says whether it is needed. The house is locked.
    """
    if not things_of(session).compete([claim.resource_id for claim in booking.claims]):
        return
    for other in queries.rivals(session, booking):
        end(session, other, "refused", [{"code": code}], by, now)
        upkeep_telling.announce(session, other, "booking-refused", by, now)


def flush_claims(session: Session) -> None:
    """Write claims; the database's own refusal becomes ours. Raises Refused; any other error is a bug."""
    with claiming():
        session.flush()


@contextmanager
def claiming() -> Iterator[None]:
    """The database's own refusal of a claim written inside becomes ours: raises Refused; any other error is a bug."""
    try:
        yield
    except IntegrityError as error:
        if "claim_taken" not in str(error.orig):
            raise
        raise Refused([rules.taken(())]) from error


def freshen(session: Session, booking: Booking) -> None:
    """Take the house's lock, then read the booking again: what was read before it may be old."""
    queries.lock_house(session)
    session.refresh(booking)


def require(booking: Booking, *statuses: str) -> None:
    """Raise Refused unless the booking is in one of these statuses."""
    if booking.status not in statuses:
        raise refuse("status", _("Cette réservation a changé. Recharger la page."))


def lock_people(session: Session, person_ids: Collection[int]) -> None:
    """Wait for whoever changes these people, in the order of their ids; SQLite is alone already."""
    if person_ids and session.get_bind().dialect.name == "postgresql":
        rows = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
        session.execute(rows.with_for_update(key_share=True))


def let_pass(answer: Answer, ask: Ask, by: Person | None) -> list[Refusal]:
    """The soft refusals that the team passes with a written reason. Raises Refused with all that still stands."""
    passed = []
    if ask.override and by is not None:
        verbs = [(refusal, passed_with(ask, refusal)) for refusal in answer.refusals]
        passed = [refusal for refusal, verb in verbs if verb and by.may(verb)]
    if len(passed) < len(answer.refusals):
        raise Refused([refusal for refusal in answer.refusals if refusal not in passed])
    return passed


def _keep_reasons(booking: Booking, more: str | None, now: datetime) -> None:
    """Let no reason once written be lost: those before it stay."""
    kept = booking.written_reasons
    if more:
        kept[now] = more
    booking.passed_with = [written(said, at) for at, said in kept.items()] or None


def written(said: str, at: datetime) -> dict[str, str]:
    """A reason as a booking keeps it, with its moment."""
    return {"at": at.isoformat(), "said": said}


def _span(slot: Slot) -> str:
    return f"{slot.start:%Y-%m-%dT%H:%MZ}/{slot.end:%Y-%m-%dT%H:%MZ}"
