"""Every transition of the table of statuses: each allowed one, and each refused one."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, actions_back
from bookings.models import STATUSES, Booking
from bookings.values import Ask
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, make_resource, slot

WHEN = slot("14:00", "15:00")
LATER = slot("16:00", "17:00")
EVENING = slot("17:00", "18:00")

#: verb -> (what it does, statuses it starts from, status it ends in, whether the time is then held)
VERBS: dict[str, tuple[Callable[[Booking], Booking], set[str], str | None, bool]] = {
    "approve": (lambda one: actions.approve(one, make_staff(), NOW), {"requested"}, "confirmed", True),
    "refuse": (lambda one: actions.refuse_request(one, "Non.", make_staff(), NOW), {"requested"}, "refused", False),
    "cancel": (lambda one: actions.cancel(one, "", make_staff(), NOW), {"requested", "confirmed"}, "cancelled", False),
    "move": (lambda one: actions.move(one, LATER, make_staff(), NOW), {"requested", "confirmed"}, None, True),
    "check in": (lambda one: actions.check_in(one, make_staff(), WHEN.start), {"confirmed"}, "checked_in", True),
    "finish": (lambda one: actions.finish(one, None, WHEN.end), {"checked_in"}, "done", True),
    "no show": (lambda one: actions.mark_no_show(one, None, WHEN.end), {"confirmed"}, "no_show", False),
    "correct": (
        lambda one: actions_back.correct_no_show(one, "Là !", make_staff(), WHEN.end),
        {"no_show"},
        "done",
        False,
    ),
}


def in_status(status: str) -> Booking:
    """A booking brought to a status by the engine itself."""
    ada, samir, resource = make_young(), make_staff(), make_resource()
    if status in ("requested", "refused"):
        booking = actions.request(Ask(resource.id, WHEN, holder_id=ada.id), ada, NOW)
        return booking if status == "requested" else actions.refuse_request(booking, "Non.", samir, NOW)
    booking = make_booking(resource, WHEN, ada)
    if status in ("checked_in", "done"):
        actions.check_in(booking, samir, WHEN.start)
    if status == "done":
        actions.finish(booking, samir, WHEN.end)
    if status == "no_show":
        actions.mark_no_show(booking, samir, WHEN.end)
    if status == "cancelled":
        actions.cancel(booking, "", samir, NOW)
    assert booking.status == status
    return booking


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_works_from_its_own_statuses_and_no_other(session: Session, verb: str, status: str) -> None:
    act, starts, ends, holds = VERBS[verb]
    booking = in_status(status)
    if status not in starts:
        with pytest.raises(Refused, match="status"):
            act(booking)
        session.refresh(booking)
        assert booking.status == status
        return
    act(booking)
    session.refresh(booking)
    assert booking.status == (ends or status)
    assert [claim.holds for claim in booking.claims] == [holds]
    last = select(JournalEntry).where(JournalEntry.thing == "booking", JournalEntry.thing_id == booking.id)
    assert session.scalars(last.order_by(JournalEntry.id.desc())).first() is not None


def test_words_that_the_team_typed_stay_on_the_booking_and_out_of_the_journal(session: Session) -> None:
    resource, samir = make_resource(), make_staff()
    booking = make_booking(resource, WHEN, make_young())
    actions.cancel(booking, "Inès est fatiguée.", samir, NOW)
    other = make_booking(resource, LATER, make_young())
    actions.cancel(other, [{"code": "cancel_team"}], samir, NOW)
    lines = session.scalars(
        select(JournalEntry).where(JournalEntry.verb == "booking.cancelled").order_by(JournalEntry.id)
    )
    assert [line.details for line in lines] == [{}, {"reasons": ["cancel_team"]}]
    assert booking.reason == "Inès est fatiguée."


def test_where_requests_compete_they_hold_nothing_until_one_is_approved(session: Session) -> None:
    resource, samir = make_resource(first_come=False), make_staff()
    asks = [Ask(resource.id, WHEN, holder_id=make_young().id) for _ in range(2)]
    first, second = (actions.request(ask, None, NOW) for ask in asks)
    assert [claim.holds for one in (first, second) for claim in one.claims] == [False, False]
    actions.approve(second, samir, NOW)
    session.refresh(first)
    assert (first.status, first.reasons) == ("refused", [{"code": "other_chosen"}])  # in the same act
    with pytest.raises(Refused, match="status"):
        actions.approve(first, samir, NOW)
    late = actions.request(Ask(resource.id, LATER, holder_id=make_young().id), None, NOW)
    make_booking(resource, LATER, make_young())  # booked at once meanwhile: no request competes with that any more
    session.refresh(late)
    assert (late.status, late.reasons) == ("refused", [{"code": "taken"}])
    shut = actions.request(Ask(resource.id, EVENING, holder_id=make_young().id), None, NOW)
    set_aside(shut, suspended=True)
    make_booking(resource, EVENING, make_young())
    set_aside(shut, suspended=False)
    with pytest.raises(Refused, match="taken"):  # it was under a closure, and so left to wait
        actions.approve(shut, samir, NOW)


def set_aside(booking: Booking, *, suspended: bool) -> None:
    with transaction() as session:
        session.get_one(Booking, booking.id).suspended = suspended


def test_whatever_takes_time_where_requests_compete_refuses_those_that_wanted_it(session: Session) -> None:
    resource, samir = make_resource(first_come=False), make_staff()

    def asked() -> Booking:
        return actions.request(Ask(resource.id, WHEN, holder_id=make_young().id), None, NOW)

    def refused(one: Booking) -> bool:
        session.refresh(one)
        return (one.status, one.reasons) == ("refused", [{"code": "taken"}])

    booked = make_booking(resource, LATER, make_young())
    rival, other = asked(), actions.request(Ask(resource.id, EVENING, holder_id=make_young().id), None, NOW)
    actions.move(booked, WHEN, samir, NOW)
    assert refused(rival)
    actions.cancel(booked, "", samir, NOW)
    rival = asked()
    actions_back.restore(booked, samir, NOW)
    assert refused(rival)
    waiting = actions.request(Ask(resource.id, LATER, holder_id=make_young().id), None, NOW)
    actions.move(waiting, EVENING, samir, NOW)  # a request that is moved holds nothing, and so refuses nobody
    session.refresh(other)
    assert (waiting.status, other.status) == ("requested", "requested")


def test_a_request_holds_its_time_where_the_first_come_is_served(app: Flask) -> None:
    resource = make_resource()
    actions.request(Ask(resource.id, WHEN, holder_id=make_young().id), None, NOW)
    with pytest.raises(Refused, match="taken"):
        make_booking(resource, WHEN, make_young())


def test_one_checks_in_from_a_quarter_of_an_hour_before_until_the_end(app: Flask) -> None:
    samir = make_staff()
    for moment, code in ((WHEN.start - timedelta(minutes=16), "too_early"), (WHEN.end, "past")):
        with pytest.raises(Refused, match=code):
            actions.check_in(in_status("confirmed"), samir, moment)
    assert actions.check_in(in_status("confirmed"), samir, WHEN.start - timedelta(minutes=15)).checked_in_at


def test_nobody_is_missing_before_the_start(app: Flask) -> None:
    with pytest.raises(Refused, match="too_early"):
        actions.mark_no_show(in_status("confirmed"), None, WHEN.start - timedelta(minutes=1))


def test_a_correction_says_why(app: Flask) -> None:
    with pytest.raises(Refused, match="reason_missing"):
        actions_back.correct_no_show(in_status("no_show"), "  ", make_staff(), WHEN.end)


def test_actions_do_not_nest(app: Flask) -> None:
    booking = in_status("confirmed")
    with transaction(), pytest.raises(RuntimeError, match="inside another"):
        actions.cancel(booking, "", make_staff(), NOW)
