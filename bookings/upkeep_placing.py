"""A new booking: the rules asked before the lock of the house, held to under it, then the rows.

Inside the caller's transaction; takes the house's lock first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session, selectinload

from bookings import asking, kinds, queries, rules, upkeep
from bookings.models import Booking, Claim
from bookings.queries_house import things_of
from bookings.reading import Answer
from bookings.values import Ask, Scope
from fablab import ready
from fablab.db import as_read, known_id, new_public_id
from fablab.journal import note
from fablab.people import upkeep as people
from fablab.people.models import Person
from fablab.ready import Note
from fablab.refusals import Refusal, Refused
from fablab.rules_forms import form_used

_BOOKING, _CLAIM = insert(Booking), insert(Claim)
_EMPTY = dict.fromkeys(column.key for column in Booking.__table__.c if column.nullable)


@dataclass(frozen=True)
class Asked:
    """What the rules said before the lock, the state of the database that they said it of, and what they looked at."""

    answer: Answer
    stamp: tuple[object, ...]
    note: Note


def ask_before_the_lock(session: Session, ask: Ask, by: Person | None, now: datetime) -> Asked | Booking:
    """Ask every rule without making anybody wait. Raises Refused; gives the booking that this form already made.

    When the time is taken, its whole day is read at once, for the refusal to say the nearest slots.
    """
    # Nothing older than the stamp may answer: under READ COMMITTED the page may have read before what it counts in.
    asking.read_anew(session)
    stamp = queries.stamp(session)
    with ready.noting(session) as looked_at:
        things = things_of(session)
        leaves = things.leaves_of(ask.wanted)
        longest = max(things.by_id[leaf].turnaround for leaf in leaves)
        made_id, taken = queries.first_look(session, ask.key, leaves, ask.slot.longer(longest))
        if made_id is not None:
            return _same_form(session.get_one(Booking, made_id), ask)
        answer = asking.read(session, Scope.of([ask], asking.same_day(ask) if taken else None), now).answer(ask)
    upkeep.let_pass(answer, ask, by)
    return Asked(answer, stamp, looked_at)


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

    A key already used gives the booking it made, if it is the same wish. What was ``asked`` before the lock still
    holds when nobody has written anything since, or when all that the rules looked at reads the same.
    """
    return _write_new(session, ask, by, now, asked, status="confirmed")


def place_request(
    session: Session, ask: Ask, by: Person | None, now: datetime, *, asked: Asked | None = None
) -> Booking:
    """Ask for an approval: it holds its time where the resource says «first come». Raises Refused."""
    return _write_new(session, ask, by, now, asked, status="requested")


def _write_new(
    session: Session, ask: Ask, by: Person | None, now: datetime, asked: Asked | None, *, status: str
) -> Booking:
    queries.lock_house(session)
    upkeep.lock_people(session, ask.people)
    answer = _answer_under_the_lock(session, ask, now, asked)
    if isinstance(answer, Booking):
        return answer
    passed = upkeep.let_pass(answer, ask, by)
    upkeep.give_way(session, answer, now)
    values = _values(ask, answer, passed, by, now, status)
    for kind in kinds.every():
        values |= kind.frozen(session, ask)
    booking = _insert(session, values, answer, ask)
    codes = [refusal.code for refusal in passed]
    more = {"passed": codes} if codes else {}
    note(session, f"booking.{status}", "booking", booking.id, by=by, now=now, about=booking.touches, **more)
    if answer.competing and rules.holds(status, first_come=answer.first_come):
        upkeep.refuse_rivals(session, booking, by, now)
    return booking


def _answer_under_the_lock(session: Session, ask: Ask, now: datetime, asked: Asked | None) -> Answer | Booking:
    """What the rules say now, not asked again where it must be the same; or the booking that the form already made."""
    if asked is not None and asked.stamp == queries.stamp(session):
        return asked.answer
    people.require_not_merged(session, ask.people)
    if asked is None:
        return _ask_all(session, ask, now)
    if asked.note.holds(session):
        return asked.answer
    with ready.with_answers(session, asked.note):
        return _ask_all(session, ask, now)


def _ask_all(session: Session, ask: Ask, now: datetime) -> Answer | Booking:
    if ask.key and (made := queries.booking_by_key(session, ask.key)):
        return _same_form(made, ask)
    return asking.weigh_one(session, ask, now)


def _values(
    ask: Ask, answer: Answer, passed: list[Refusal], by: Person | None, now: datetime, status: str
) -> dict[str, Any]:
    """The row of a new booking, but for its id."""
    reason = ask.override if passed else None
    return {
        **_EMPTY,
        "public_id": new_public_id(),
        "kind": ask.kind,
        "resource_id": ask.resource_id,
        "place_id": answer.place_id,
        "holder_id": ask.holder_id,
        "structure_id": ask.structure_id,
        "starts_at": ask.slot.start,
        "ends_at": ask.slot.end,
        "status": status,
        "headcount": ask.headcount,
        "suspended": False,
        "held_before": False,
        "supervision": answer.supervision,
        "there_until": ask.there_until,
        "purpose": ask.purpose,
        "request_key": ask.key,
        "override_reason": reason,
        "passed_with": [upkeep.written(reason, now)] if reason else None,
        "created_at": now,
        "created_by_id": known_id(by) if by else None,
    }


def _insert(session: Session, values: dict[str, Any], answer: Answer, ask: Ask) -> Booking:
    """Write a booking and what it claims. Raises Refused when the time is taken meanwhile."""
    # Plain statements: under the lock everybody waits for what the ORM would prepare.
    session.flush()
    connection = session.connection()
    [booking_id] = connection.execute(_BOOKING, values).inserted_primary_key or [None]
    holds = rules.holds(values["status"], first_come=answer.first_come)
    claims = [
        {
            "resource_id": leaf.id,
            "booking_id": booking_id,
            "starts_at": ask.slot.start,
            "ends_at": rules.claimed(ask, leaf).end,
            "holds": holds,
        }
        for leaf in answer.leaves
    ]
    with upkeep.claiming():
        connection.execute(_CLAIM, claims if len(claims) > 1 else claims[0])
    return as_read(session, Booking, {**values, "id": booking_id})


def _same_form(made: Booking, ask: Ask) -> Booking:
    """The booking a form already made. Raises Refused for another wish (back, another hour)."""
    if not _is_what_was_asked(made, ask):
        raise Refused([form_used()])
    return made


def _is_what_was_asked(made: Booking, ask: Ask) -> bool:
    wanted = (ask.holder_id, ask.structure_id, ask.resource_id, ask.slot.start, ask.slot.end)
    return (made.holder_id, made.structure_id, made.resource_id, made.starts_at, made.ends_at) == wanted


def divide(session: Session, whole_id: int) -> None:
    """A hall has one more part: whatever took the hall takes all its parts, and the hall itself no more."""
    queries.lock_house(session)
    leaves = queries.leaves_under(session, place_id=None, resource_id=whole_id)
    claiming = select(Claim.booking_id).where(Claim.resource_id.in_((whole_id, *leaves)))
    taking = select(Booking).where(Booking.id.in_(claiming), Booking.resource_id.not_in(leaves))
    for booking in session.scalars(taking.options(selectinload(Booking.claims))):
        mine = [claim for claim in booking.claims if claim.resource_id in (whole_id, *leaves)]
        missing = [leaf for leaf in leaves if leaf not in {claim.resource_id for claim in mine}]
        like = mine[0]
        for claim in mine:
            if claim.resource_id == whole_id:
                claim.resource_id = missing.pop(0)
        for leaf in missing:
            booking.claims.append(
                Claim(resource_id=leaf, starts_at=like.starts_at, ends_at=like.ends_at, holds=like.holds)
            )
    upkeep.flush_claims(session)
