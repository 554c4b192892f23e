from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Claim
from bookings.values import Ask, Over
from fablab.outbox import Message
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, make_closure, make_place, make_resource, slot

AFTERNOON = slot("13:00", "18:00")


def messages(session: Session) -> list[str]:
    return list(session.scalars(select(Message.text).order_by(Message.id)))


def test_a_closure_suspends_what_lies_under_it_and_tells_the_people(session: Session) -> None:
    place = make_place()
    resource, ada = make_resource(place), make_young()
    under, before = (
        make_booking(resource, slot("14:00", "15:00"), ada),
        make_booking(resource, slot("10:00", "11:00"), ada),
    )
    laid = actions.close(Over("Travaux.", AFTERNOON.start, AFTERNOON.end, place_id=place.id), make_staff(), NOW)
    assert laid.suspended == (under,)
    session.refresh(under)
    assert (under.status, under.suspended, under.held_before) == ("confirmed", True, True)
    assert [claim.holds for claim in under.claims] == [False]
    assert not before.suspended
    (said,) = messages(session)
    assert "Travaux." in said


def test_a_closure_already_over_suspends_nothing_under_way(session: Session) -> None:
    resource = make_resource()
    booking = make_booking(resource, slot("14:00", "16:00"), make_young())
    later, over = slot("15:00", "16:00").start, slot("13:00", "14:30")
    assert actions.close(Over("Coupure.", over.start, over.end, resource_id=resource.id), None, later).suspended == ()
    session.refresh(booking)
    assert not booking.suspended


def test_nobody_books_under_a_closure_and_anybody_beside_it(app: Flask) -> None:
    place = make_place()
    resource = make_resource(place)
    make_closure(AFTERNOON.start, AFTERNOON.end, place_id=place.id)
    with pytest.raises(Refused, match="closed"):
        make_booking(resource, slot("17:30", "18:30"), make_young())
    make_booking(resource, slot("18:00", "19:00"), make_young())


def test_a_closure_of_the_house_closes_the_places_in_it(app: Flask) -> None:
    house = make_place()
    resource = make_resource(make_place(parent=house))
    booking = make_booking(resource, slot("14:00", "15:00"), make_young())
    laid = actions.close(Over("Férié.", AFTERNOON.start, AFTERNOON.end, place_id=house.id), None, NOW)
    assert laid.suspended == (booking,)


def test_what_is_suspended_comes_back_when_the_closure_is_lifted(session: Session) -> None:
    place = make_place()
    resource = make_resource(place)
    booking = make_booking(resource, slot("14:00", "15:00"), make_young())
    closure = make_closure(AFTERNOON.start, AFTERNOON.end, place_id=place.id)
    lifted = actions.lift(closure, make_staff(), NOW)
    assert lifted.back == (booking,)
    session.refresh(booking)
    assert not booking.suspended
    assert [claim.holds for claim in booking.claims] == [True]
    assert "de nouveau" in messages(session)[-1]


def test_it_stays_suspended_while_another_closure_covers_it(session: Session) -> None:
    place = make_place()
    resource = make_resource(place)
    booking = make_booking(resource, slot("14:00", "15:00"), make_young())
    first = make_closure(AFTERNOON.start, AFTERNOON.end, place_id=place.id)
    second = make_closure(AFTERNOON.start, AFTERNOON.end, resource_id=resource.id)
    assert actions.lift(first, None, NOW).waiting == (booking,)
    assert booking.suspended
    assert actions.lift(second, None, NOW).back == (booking,)


def test_it_is_marked_when_its_time_was_taken_meanwhile(session: Session) -> None:
    place = make_place()
    resource = make_resource(place)
    booking = make_booking(resource, slot("14:00", "15:30"), make_young())
    closure = make_closure(slot("15:00", "18:00").start, AFTERNOON.end, place_id=place.id)
    make_booking(resource, slot("14:00", "15:00"), make_young())
    lifted = actions.lift(closure, None, NOW)
    assert (lifted.back, lifted.waiting) == ((), (booking,))
    assert booking.suspended
    assert booking.attention == "taken"
    assert "quelque chose a changé" in messages(session)[-1]


def test_a_breakdown_suspends_and_gives_nothing_back_by_itself(session: Session) -> None:
    resource, samir = make_resource(), make_staff()
    booking = make_booking(resource, slot("14:00", "15:00"), make_young())
    closure = make_closure(NOW, None, kind="breakdown", resource_id=resource.id)
    assert booking.suspended
    assert actions.lift(closure, samir, NOW).waiting == (booking,)
    assert booking.suspended
    assert booking.attention == "repaired"
    actions.give_back(booking, samir, NOW)
    assert not booking.suspended
    assert booking.attention is None


def test_a_person_cannot_give_back_what_is_still_closed(app: Flask) -> None:
    resource, samir = make_resource(), make_staff()
    booking = make_booking(resource, slot("14:00", "15:00"), make_young())
    make_closure(NOW, None, kind="breakdown", resource_id=resource.id)
    with pytest.raises(Refused, match="out_of_service"):
        actions.give_back(booking, samir, NOW)


def test_a_session_is_marked_not_suspended_when_one_of_its_machines_breaks(session: Session) -> None:
    place = make_place()
    floor, laser = make_resource(place), make_resource(place)
    ask = Ask(floor.id, slot("14:00", "16:00"), kind="session", headcount=8, resource_ids=(laser.id,))
    booking = actions.book(ask, None, NOW)
    laid = actions.close(Over("Courroie.", NOW, None, kind="breakdown", resource_id=laser.id), None, NOW)
    assert (laid.suspended, laid.marked) == ((), (booking,))
    session.refresh(booking)
    assert booking.attention == "out_of_service"
    assert all(claim.holds for claim in booking.claims)
    actions.lift(laid.closure, None, NOW)
    session.refresh(booking)
    assert booking.attention is None


def test_closing_a_part_suspends_a_booking_of_the_whole_hall(app: Flask) -> None:
    place = make_place()
    hall = make_resource(place)
    left = make_resource(place, whole_id=hall.id)
    make_resource(place, whole_id=hall.id)
    booking = make_booking(hall, slot("14:00", "15:00"), make_young())
    make_closure(AFTERNOON.start, AFTERNOON.end, resource_id=left.id)
    assert booking.suspended


def test_closing_the_whole_hall_closes_its_parts(app: Flask) -> None:
    place = make_place()
    hall = make_resource(place)
    left = make_resource(place, whole_id=hall.id)
    booking = make_booking(left, slot("14:00", "15:00"), make_young())
    make_closure(AFTERNOON.start, AFTERNOON.end, resource_id=hall.id)
    assert booking.suspended
    with pytest.raises(Refused, match="closed"):
        make_booking(left, slot("16:00", "17:00"), make_young())


def test_moving_a_suspended_booking_to_an_open_time_gives_it_back(session: Session) -> None:
    place = make_place()
    resource, ada = make_resource(place), make_young()
    booking = make_booking(resource, slot("14:00", "15:00"), ada)
    make_closure(AFTERNOON.start, AFTERNOON.end, place_id=place.id)
    actions.move(booking, slot("18:00", "19:00"), ada, NOW)
    assert not booking.suspended
    held = session.scalars(select(Claim).where(Claim.booking_id == booking.id, Claim.holds)).all()
    assert [claim.starts_at for claim in held] == [slot("18:00", "19:00").start]


def test_lifting_twice_changes_nothing(app: Flask) -> None:
    place = make_place()
    closure = make_closure(AFTERNOON.start, AFTERNOON.end, place_id=place.id)
    actions.lift(closure, None, NOW)
    assert actions.lift(closure, None, NOW).back == ()


def test_somebody_on_the_machine_is_not_suspended(app: Flask) -> None:
    resource, ada = make_resource(), make_young()
    booking = make_booking(resource, slot("14:00", "15:00"), ada)
    start = booking.starts_at
    actions.check_in(booking, make_staff(), start)
    actions.close(Over("Courroie.", start, None, kind="breakdown", resource_id=resource.id), None, start)
    assert (booking.status, booking.suspended) == ("checked_in", False)


def test_an_absence_under_a_closure_does_not_count(app: Flask) -> None:
    resource = make_resource()
    booking = make_booking(resource, slot("14:00", "15:00"), make_young())
    make_closure(NOW, None, kind="breakdown", resource_id=resource.id)
    with pytest.raises(Refused, match="suspended"):
        actions.mark_no_show(booking, None, booking.starts_at + timedelta(minutes=20))


def test_two_given_back_never_fill_a_place_beyond_its_gauge(session: Session) -> None:
    place = make_place(gauge=2)
    one, two, three = (make_resource(place) for _ in range(3))
    first = make_booking(one, slot("14:00", "15:00"), make_young())
    second = make_booking(two, slot("14:00", "15:00"), make_young())
    closure = make_closure(slot("14:00", "15:00").start, slot("14:30", "15:00").start, resource_id=one.id)
    other = make_closure(slot("14:00", "15:00").start, slot("14:30", "15:00").start, resource_id=two.id)
    make_booking(three, slot("14:00", "15:00"), make_young())
    assert actions.lift(closure, None, NOW).back == (first,)
    assert actions.lift(other, None, NOW).back == ()
    assert second.attention == "place_full"
