from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking, Claim
from bookings.values import Ask
from fablab.outbox import Message
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, make_place, make_resource, slot


def held(session: Session, booking: Booking) -> list[Claim]:
    mine = select(Claim).where(Claim.booking_id == booking.id, Claim.holds).order_by(Claim.id)
    return list(session.scalars(mine.execution_options(populate_existing=True)))


def test_a_booking_holds_its_time_and_cleaning(session: Session) -> None:
    resource = make_resource(turnaround=10)
    booking = make_booking(resource, slot("14:00", "15:00"), make_young())
    assert booking.status == "confirmed"
    (claim,) = held(session, booking)
    assert claim.starts_at == slot("14:00", "15:00").start
    assert claim.ends_at == slot("14:00", "15:00").end + timedelta(minutes=10)


def test_a_slot_that_crosses_another_is_refused_with_the_nearest_free_ones(app: Flask) -> None:
    resource = make_resource()
    make_booking(resource, slot("14:00", "15:00"), make_young())
    with pytest.raises(Refused) as refused:
        make_booking(resource, slot("14:30", "15:30"), make_young())
    assert refused.value.codes == ["taken"]
    (refusal,) = refused.value.refusals
    assert "Le plus proche" in refusal.sentence
    nearest = dict(refusal.facts)["nearest"]
    assert slot("15:00", "16:00") in nearest  # type: ignore[operator]  # facts hold any object


def test_bookings_that_only_touch_are_both_made(session: Session) -> None:
    resource = make_resource()
    make_booking(resource, slot("14:00", "15:00"), make_young())
    make_booking(resource, slot("15:00", "16:00"), make_young())
    assert len(session.scalars(select(Booking)).all()) == 2


def test_cleaning_is_kept_free_after_a_booking(app: Flask) -> None:
    resource = make_resource(turnaround=10)
    make_booking(resource, slot("14:00", "15:00"), make_young())
    with pytest.raises(Refused, match="taken"):
        make_booking(resource, slot("15:00", "16:00"), make_young())
    make_booking(resource, slot("15:10", "16:10"), make_young())


def test_a_whole_hall_takes_its_parts_and_a_part_refuses_the_whole(session: Session) -> None:
    place = make_place()
    hall = make_resource(place)
    left, right = make_resource(place, whole_id=hall.id), make_resource(place, whole_id=hall.id)
    booking = make_booking(hall, slot("14:00", "15:00"), make_young())
    assert {claim.resource_id for claim in held(session, booking)} == {left.id, right.id}
    with pytest.raises(Refused, match="taken"):
        make_booking(left, slot("14:00", "15:00"), make_young())
    make_booking(left, slot("16:00", "17:00"), make_young())
    with pytest.raises(Refused, match="taken"):
        make_booking(hall, slot("16:00", "17:00"), make_young())
    make_booking(right, slot("16:00", "17:00"), make_young())


def test_a_group_takes_everything_or_nothing(session: Session) -> None:
    place = make_place()
    floor, laser = make_resource(place), make_resource(place)
    make_booking(laser, slot("14:00", "15:00"), make_young())
    with pytest.raises(Refused, match="taken"):
        actions.book(Ask(floor.id, slot("14:00", "16:00"), kind="session", resource_ids=(laser.id,)), None, NOW)
    assert session.scalars(select(Claim).where(Claim.resource_id == floor.id)).all() == []


def test_a_form_sent_twice_books_once(session: Session) -> None:
    resource, ada = make_resource(), make_young()
    first = make_booking(resource, slot("14:00", "15:00"), ada, key="k1")
    again = make_booking(resource, slot("14:00", "15:00"), ada, key="k1")
    assert again.id == first.id
    assert len(session.scalars(select(Booking)).all()) == 1


def test_the_key_of_somebody_elses_form_gives_nothing_away(app: Flask) -> None:
    resource = make_resource()
    make_booking(resource, slot("14:00", "15:00"), make_young(), key="k1")
    with pytest.raises(Refused, match="form_used"):
        make_booking(resource, slot("16:00", "17:00"), make_young(), key="k1")


def test_a_form_gone_back_to_books_no_other_hour_in_silence(app: Flask) -> None:
    resource, ada = make_resource(), make_young()
    make_booking(resource, slot("14:00", "15:00"), ada, key="k1")
    with pytest.raises(Refused, match="form_used"):
        make_booking(resource, slot("16:00", "17:00"), ada, key="k1")


def test_a_booking_moves_onto_a_time_that_crosses_its_own(session: Session) -> None:
    resource, ada = make_resource(turnaround=10), make_young()
    booking = make_booking(resource, slot("14:00", "15:00"), ada)
    actions.move(booking, slot("14:30", "15:30"), ada, NOW)
    (claim,) = held(session, booking)
    assert claim.starts_at == slot("14:30", "15:30").start
    assert booking.starts_at == claim.starts_at


def test_a_move_onto_a_taken_time_changes_nothing(session: Session) -> None:
    resource, ada = make_resource(), make_young()
    booking = make_booking(resource, slot("14:00", "15:00"), ada)
    make_booking(resource, slot("16:00", "17:00"), make_young())
    with pytest.raises(Refused, match="taken"):
        actions.move(booking, slot("16:30", "17:30"), ada, NOW)
    session.refresh(booking)
    assert booking.starts_at == slot("14:00", "15:00").start
    assert held(session, booking)[0].starts_at == booking.starts_at


def test_what_is_cancelled_is_free_again(app: Flask) -> None:
    resource, ada = make_resource(), make_young()
    booking = make_booking(resource, slot("14:00", "15:00"), ada)
    actions.cancel(booking, "", ada, NOW)
    assert booking.status == "cancelled"
    make_booking(resource, slot("14:00", "15:00"), make_young())


def test_somebody_whose_booking_the_team_cancels_is_told_and_one_who_cancels_is_not(session: Session) -> None:
    resource, ada, samir = make_resource(), make_young(), make_staff()
    mine = make_booking(resource, slot("14:00", "15:00"), ada)
    theirs = make_booking(resource, slot("16:00", "17:00"), ada)
    actions.cancel(mine, "", ada, NOW)
    assert session.scalars(select(Message)).all() == []
    actions.cancel(theirs, "Animateur absent.", samir, NOW)
    (message,) = session.scalars(select(Message)).all()
    assert message.person_id == ada.id
    assert "annulé" in message.text
    assert "Animateur absent." in message.text


def test_the_holder_cannot_change_what_has_begun_and_the_team_can(app: Flask) -> None:
    resource, ada, samir = make_resource(), make_young(), make_staff()
    booking = make_booking(resource, slot("14:00", "15:00"), ada)
    during = slot("14:00", "15:00").start + timedelta(minutes=5)
    with pytest.raises(Refused, match="already_begun"):
        actions.cancel(booking, "", ada, during)
    actions.cancel(booking, "Erreur de saisie.", samir, during)


def test_a_soft_rule_passes_with_a_written_reason_of_the_team_only(app: Flask) -> None:
    resource, ada, samir = make_resource(max_minutes=60), make_young(), make_staff()
    long = Ask(resource.id, slot("14:00", "16:00"), holder_id=ada.id)
    with pytest.raises(Refused, match="too_long"):
        actions.book(long, ada, NOW)
    reasoned = Ask(resource.id, slot("14:00", "16:00"), holder_id=ada.id, override="Grand projet du stage.")
    with pytest.raises(Refused, match="too_long"):
        actions.book(reasoned, ada, NOW)
    assert actions.book(reasoned, samir, NOW).override_reason == "Grand projet du stage."


def test_an_overlap_never_passes_whatever_the_reason(app: Flask) -> None:
    resource, samir = make_resource(), make_staff()
    make_booking(resource, slot("14:00", "15:00"), make_young())
    ask = Ask(resource.id, slot("14:00", "15:00"), holder_id=make_young().id, override="J’insiste.")
    with pytest.raises(Refused, match="taken"):
        actions.book(ask, samir, NOW)
