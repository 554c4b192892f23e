"""What the engine's actions share, and what other parts do inside their own transactions.

Every function takes the session and opens no transaction; those that write take the house's lock first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings import asking, queries, rules, upkeep_telling
from bookings.models import Booking, Claim
from bookings.queries_house import things_of
from bookings.reading import Answer
from bookings.values import Ask, Scope, Slot
from fablab import reasons
from fablab.db import known_id
from fablab.i18n import _
from fablab.journal import note
from fablab.people.models import Person
from fablab.reasons import Why
from fablab.refusals import Refusal, Refused, refuse


@dataclass(frozen=True)
class Outcome:
    """What asking again did: the bookings cancelled, those marked, those that are well."""

    cancelled: tuple[Booking, ...]
    warned: tuple[Booking, ...]
    kept: tuple[Booking, ...]


@dataclass(frozen=True)
class Asked:
    """What the rules said before the lock, and the state of the database that they said it of."""

    answer: Answer
    stamp: tuple[object, ...]


def ask_before_the_lock(session: Session, ask: Ask, by: Person | None, now: datetime) -> Asked | Booking:
    """Ask every rule without making anybody wait. Raises Refused; gives the booking that this form already made.

    When the time is taken, its whole day is read at once, for the refusal to say the nearest slots.
    """
    # Nothing older than the stamp may answer: under READ COMMITTED the page may have read before what it counts in.
    asking.read_anew(session)
    stamp = queries.stamp(session)
    things = things_of(session)
    longest = max(things.by_id[leaf].turnaround for leaf in things.leaves_of(ask.wanted))
    made_id, taken = queries.first_look(session, ask.key, things.leaves_of(ask.wanted), ask.slot.longer(longest))
    if made_id is not None:
        return _same_form(session.get_one(Booking, made_id), ask)
    reading = asking.read(session, Scope.of([ask], asking.same_day(ask) if taken else None), now)
    answer = reading.answer(ask)
    _let_pass(answer, ask, by)
    return Asked(answer, stamp)


def made_meanwhile(session: Session, ask: Ask) -> Booking | None:
    """The booking that the same form, sent twice at once, made while this one was being refused because of it.

    On PostgreSQL each statement sees what was committed meanwhile: the form's own booking is then «taken» to it.
    SQLite reads one moment, and so cannot meet it.
    """
    if not ask.key or session.get_bind().dialect.name != "postgresql":
        return None
    made = queries.booking_by_key(session, ask.key)
    return made if made and _is_what_was_asked(made, ask) else None


def place(session: Session, ask: Ask, by: Person | None, now: datetime, *, asked: Asked | None = None) -> Booking:
    """Book: every rule asked under the lock, then the booking and its claims. Raises Refused.

    A key already used gives the booking it made, if it is the same wish. What was ``asked`` before the lock
    still holds when nobody has written anything since: then it is not read again.
    """
    return _write_new(session, ask, by, now, asked, status="confirmed")


def place_request(
    session: Session, ask: Ask, by: Person | None, now: datetime, *, asked: Asked | None = None
) -> Booking:
    """Ask for an approval: it holds its time where the resource says «first come». Raises Refused."""
    return _write_new(session, ask, by, now, asked, status="requested")


def shift(
    session: Session, booking: Booking, slot: Slot, by: Person | None, now: datetime, override: str | None
) -> None:
    """Move a booking still to come to another time, all rules asked. Raises Refused and then changes nothing."""
    freshen(session, booking)
    require(booking, "requested", "confirmed")
    before = Slot(booking.starts_at, booking.ends_at)
    ask = asking.ask_of(booking)
    ask = replace(ask, slot=slot, override=override or ask.override)
    answer = asking.weigh_one(session, ask, now)
    passed = _let_pass(answer, ask, by)
    turnaround = {leaf.id: leaf.turnaround for leaf in answer.leaves}
    release(session, booking)
    booking.starts_at, booking.ends_at = slot.start, slot.end
    booking.suspended, booking.held_before, booking.attention = False, False, None
    _keep_reasons(booking, override if passed else None, now)
    booking.supervision, booking.override_reason = answer.supervision, ask.override if passed else None
    for claim in booking.claims:
        claim.starts_at = slot.start
        claim.ends_at = slot.end + timedelta(minutes=turnaround[claim.resource_id])
        claim.holds = _holds(booking)
    flush_claims(session)
    note(
        session,
        "booking.moved",
        "booking",
        booking.id,
        by=by,
        now=now,
        about=booking.touches,
        **{"from": _span(before), "to": _span(slot)},
    )


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
        standing = standing_refusals(answer, booking)
        if any(refusal.effect == "cancel" for refusal in standing):
            end(session, booking, "cancelled", reasons.keep(standing), None, now)
            upkeep_telling.announce(session, booking, "booking-cancelled", None, now)
            cancelled.append(booking)
        elif standing:
            booking.supervision = answer.supervision
            if mark(session, booking, standing, now):
                why[booking] = reasons.keep(standing)
            warned.append(booking)
        else:
            booking.supervision, booking.attention = answer.supervision, None
            kept.append(booking)
    upkeep_telling.tell_marked(session, why, now)
    return Outcome(tuple(cancelled), tuple(warned), tuple(kept))


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
    touched = [one for one in coming if standing_refusals(found[one], one) or found[one].supervision != one.supervision]
    touched = [one for one in touched if any(one is not other and _meet(one, other) for other in touched)]
    held = {booking: [claim for claim in booking.claims if claim.holds] for booking in touched}
    for booking in touched:
        booking.suspended = True
        release(session, booking)
    lost = []
    for booking in sorted(touched, key=lambda one: (one.created_at, one.id)):
        found[booking] = asking.weigh_one(session, coming[booking], now)
        if standing_refusals(found[booking], booking):
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
    flush_claims(session)


def standing_refusals(answer: Answer, booking: Booking) -> list[Refusal]:
    """The refusals that matter to a booking already made: not those of asking, nor those passed with a reason.

    A thing that broke since is said whatever was passed before.
    """
    return [
        refusal
        for refusal in answer.refusals
        if refusal.effect != "keep"
        and not (refusal.soft and booking.override_reason and refusal.code != "out_of_service")
    ]


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


def take(session: Session, booking: Booking) -> None:
    """Hold again what a booking claims. Raises Refused when the time is taken meanwhile."""
    for claim in booking.claims:
        claim.holds = True
    flush_claims(session)


def flush_claims(session: Session) -> None:
    """Write claims; the database's own refusal becomes ours. Raises Refused; any other error is a bug."""
    try:
        session.flush()
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


def _write_new(
    session: Session, ask: Ask, by: Person | None, now: datetime, asked: Asked | None, *, status: str
) -> Booking:
    queries.lock_house(session)
    lock_people(session, ask.people)
    if asked is not None and asked.stamp == queries.stamp(session):
        answer = asked.answer
    else:
        if ask.key and (made := queries.booking_by_key(session, ask.key)):
            return _same_form(made, ask)
        answer = asking.weigh_one(session, ask, now)
    passed = _let_pass(answer, ask, by)
    booking = Booking(
        kind=ask.kind,
        resource_id=ask.resource_id,
        place_id=answer.place_id,
        holder_id=ask.holder_id,
        structure_id=ask.structure_id,
        starts_at=ask.slot.start,
        ends_at=ask.slot.end,
        status=status,
        headcount=ask.headcount,
        suspended=False,
        supervision=answer.supervision,
        purpose=ask.purpose,
        request_key=ask.key,
        override_reason=ask.override if passed else None,
        passed_with=[_reason(ask.override, now)] if passed and ask.override else None,
        created_at=now,
        created_by_id=known_id(by) if by else None,
    )
    holds = status == "confirmed" or answer.first_come
    booking.claims = [
        Claim(
            resource_id=leaf.id,
            starts_at=ask.slot.start,
            ends_at=rules.claimed(ask, leaf).end,
            holds=holds,
        )
        for leaf in answer.leaves
    ]
    session.add(booking)
    flush_claims(session)
    codes = [refusal.code for refusal in passed]
    note(
        session,
        f"booking.{status}",
        "booking",
        booking.id,
        by=by,
        now=now,
        about=booking.touches,
        **({"passed": codes} if codes else {}),
    )
    return booking


def _same_form(made: Booking, ask: Ask) -> Booking:
    """The booking a form already made. Raises Refused for another wish (back, another hour)."""
    if not _is_what_was_asked(made, ask):
        raise refuse("form_used", _("Ce formulaire a déjà servi. Recommencer depuis le début."))
    return made


def _is_what_was_asked(made: Booking, ask: Ask) -> bool:
    wanted = (ask.holder_id, ask.resource_id, ask.slot.start, ask.slot.end)
    return (made.holder_id, made.resource_id, made.starts_at, made.ends_at) == wanted


def lock_people(session: Session, person_ids: Collection[int]) -> None:
    """Wait for whoever changes these people, in the order of their ids; SQLite is alone already."""
    if person_ids and session.get_bind().dialect.name == "postgresql":
        rows = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
        session.execute(rows.with_for_update(key_share=True))


def _let_pass(answer: Answer, ask: Ask, by: Person | None) -> list[Refusal]:
    """The soft refusals that the team passes with a written reason. Raises Refused with all that still stands."""
    may = bool(ask.override) and by is not None and by.may("machine.override")
    passed = [refusal for refusal in answer.refusals if refusal.soft and may]
    if len(passed) < len(answer.refusals):
        raise Refused([refusal for refusal in answer.refusals if refusal not in passed] if may else answer.refusals)
    return passed


def _keep_reasons(booking: Booking, more: str | None, now: datetime) -> None:
    """Let no reason once written be lost: those before it stay."""
    kept = rules.written_reasons(booking.passed_with, booking.override_reason, booking.created_at)
    if more:
        kept[now] = more
    booking.passed_with = [_reason(said, at) for at, said in kept.items()] or None


def _reason(said: str, at: datetime) -> dict[str, str]:
    return {"at": at.isoformat(), "said": said}


def _holds(booking: Booking) -> bool:
    return booking.status == "confirmed" or (booking.status == "requested" and booking.resource.first_come)


def _span(slot: Slot) -> str:
    return f"{slot.start:%Y-%m-%dT%H:%MZ}/{slot.end:%Y-%m-%dT%H:%MZ}"
