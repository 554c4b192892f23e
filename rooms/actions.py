"""The verbs of rooms: ask for one for an organisation, answer, give up, keep a part, move.

All raise Refused with every reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings import asking, upkeep, upkeep_again, upkeep_telling
from bookings.models import Booking
from bookings.rules import still_ahead
from bookings.values import Ask, Slot
from fablab import clock
from fablab.db import db, transaction
from fablab.people.models import Person
from fablab.reasons import Why
from fablab.refusals import Refused
from rooms import queries, queries_finding, queries_money, rules, rules_changing, rules_money
from rooms.values import last_day


@dataclass(frozen=True)
class Answered:
    """The requests that were answered, and those that could not be, with why."""

    done: tuple[Booking, ...]
    refused: tuple[tuple[Booking, Refused], ...]


@dataclass(frozen=True)
class Change:
    """What becomes of a booking: which room, when, for how many."""

    resource_id: int
    slot: Slot
    people: int


def lend(ask: Ask, by: Person, now: datetime, *, agreed: int | None = None) -> Booking:
    """Book a room for an organisation at once where nothing is waited for, else ask for somebody's yes.

    A contact asks for their own organisations; whoever lends rooms, for any. ``agreed``: the amount (cents) that
    whoever asks has seen; None: nobody was shown any, as in a program. Raises Refused.
    """
    session = db.session()
    for_their_own(session, ask.structure_id, by, now)
    if agreed is not None:
        terms = queries_money.terms_of(session, ask.resource_id, ask.structure_id)
        if found := rules_money.agreeing_refusals(terms, [ask.slot.minutes], agreed):
            raise Refused(found)
    facts = queries_finding.facts_of(session, ask)
    waits = facts is None or rules.waits_for(facts, last_day(ask.slot), by_coordination=by.may("room.answer"))
    return engine.request(ask, by, now) if waits else engine.book(ask, by, now)


def accept(requests: Sequence[Booking], by: Person, now: datetime) -> Answered:
    """Say yes to requests, each by itself: one that is no longer possible hinders no other."""
    return _answer(requests, lambda one: engine.approve(one, by, now))


def turn_down(requests: Sequence[Booking], why: Why, by: Person, now: datetime) -> Answered:
    """Say no to requests, for a reason that whoever asked reads."""
    return _answer(requests, lambda one: engine.refuse_request(one, why, by, now))


def give_up(booking: Booking, by: Person, now: datetime) -> Booking:
    """An organisation gives a date up, until it begins; within the hours that the house says, it is noted as late."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        for_their_own(session, booking.structure_id, by, now)
        slot = Slot(booking.starts_at, booking.ends_at)
        if found := still_ahead(slot, now):
            raise Refused(found)
        late = rules_changing.is_late(slot, queries.rules_of(session).free_cancellation_hours, now)
        upkeep.drop(session, booking, [{"code": "given_up_late" if late else "given_up"}], by, now)
        upkeep_telling.announce(session, booking, "booking-cancelled", by, now)
    return booking


def shrink(booking: Booking, slot: Slot, people: int, by: Person, now: datetime) -> Booking:
    """Keep a part of a booking, or come fewer: no approval is needed, and nothing already granted is asked again."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        upkeep.require(booking, "requested", "confirmed")
        for_their_own(session, booking.structure_id, by, now)
        before = asking.ask_of(booking)
        after = replace(before, slot=slot, headcount=people)
        found = rules_changing.shrink_refusals(before.slot, slot, before.headcount, people, now)
        if not found:
            answers = asking.weigh(session, [before, after], now)
            found = rules_changing.only_new(answers[after].refusals, answers[before].refusals)
        if found:
            raise Refused(found)
        upkeep.keep_a_part(session, booking, slot, people, by, now)
        if booking.attention:
            upkeep_again.ask_again(session, [booking], now)
        upkeep_telling.announce(session, booking, "booking-moved", by, now)
    return booking


def change(booking: Booking, wanted: Change, by: Person, now: datetime, *, override: str | None = None) -> Booking:
    """The house moves a booking to another room or time, or for more people: every rule asked, the contacts told."""
    with transaction() as session:
        upkeep.freshen(session, booking)
        ask = replace(asking.ask_of(booking), slot=wanted.slot, headcount=wanted.people)
        if wanted.resource_id != booking.resource_id:
            ask = replace(ask, resource_id=wanted.resource_id, resource_ids=())
        upkeep.change(session, booking, ask, by, now, override)
        upkeep_telling.announce(session, booking, "booking-moved", by, now)
    return booking


def _answer(requests: Sequence[Booking], act: Callable[[Booking], Booking]) -> Answered:
    done, refused = [], []
    for one in requests:
        try:
            done.append(act(one))
        except Refused as why:
            refused.append((one, why))
    return Answered(tuple(done), tuple(refused))


def for_their_own(session: Session, structure_id: int | None, by: Person, now: datetime) -> None:
    """Raise Refused for a contact who does not act for this organisation today."""
    if by.may("room.lend"):
        return
    own = [one.id for one in queries.acted_for(session, by.id, clock.local_day(now))]
    if found := rules.for_others(structure_id, own):
        raise Refused(found)
