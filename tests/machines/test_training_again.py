"""A fact changes under a training slot: it is asked again, marked, suspended or cancelled, and everybody is told."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings import actions_back
from bookings.models import Booking
from bookings.values import Over, Slot
from fablab.outbox import Message
from fablab.people.models import Authorisation, Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions, actions_team, actions_training
from machines.models import Machine, Shift
from machines.models_training import TrainingSlot
from machines.values_training import SlotWish
from pathways import actions as training
from pathways import actions_requests
from pathways.models import TrainingRequest, ValidatorRight
from tests.conftest import NOW
from tests.make import make_authorisation, make_minor, make_staff
from tests.make_machines import break_down, make_fablab, make_machine, make_shift, on
from tests.make_pathways import make_right, make_safety_badge

WEDNESDAY = date(2026, 11, 25)
TWO = Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00"))


@dataclass
class Given:
    """Samir teaches Léa, a minor, on Wednesday at two."""

    samir: Person
    nadia: Person
    lea: Person
    vinyl: Machine
    shift: Shift
    paper: Authorisation
    right: ValidatorRight
    request: TrainingRequest
    slot: TrainingSlot


@pytest.fixture
def given(session: Session) -> Given:
    fablab, samir, nadia = make_fablab(), make_staff("Samir"), make_staff("Nadia", roles=(Role.COORDINATOR,))
    shift = make_shift(samir, fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    badge = make_safety_badge("BS-VINYLE", {"MAC-02": 2})
    vinyl, right, lea = make_machine(fablab, "VIN-01", badge=badge), make_right(samir, badge), make_minor()
    paper = make_authorisation(lea)
    request = actions_requests.ask_training(lea, badge, NOW, machine=vinyl)
    wish = SlotWish(vinyl.id, samir.id, TWO, (request.public_id,))
    slot = actions_training.plan_slot(wish, samir, NOW)
    return Given(samir, nadia, lea, vinyl, shift, paper, right, request, slot)


def state(session: Session, given: Given) -> tuple[str, str | None, bool]:
    session.expire_all()
    booking = session.get_one(Booking, given.slot.booking_id)
    return booking.status, booking.attention, booking.suspended


def notices(session: Session, person: Person) -> list[str]:
    """What somebody was told since the slot was planned."""
    found = session.scalars(select(Message.notice).where(Message.person_id == person.id).order_by(Message.id))
    return [notice for notice in found if notice and notice != "training-planned"]


def told(session: Session, given: Given) -> tuple[list[str], list[str]]:
    return notices(session, given.lea), notices(session, given.samir)


def test_an_authorisation_withdrawn_marks_it_and_both_are_told(given: Given, session: Session) -> None:
    actions.withdraw_authorisation(given.lea, given.paper.id, given.nadia, NOW)
    assert state(session, given) == ("confirmed", "learner_authorisation", False)
    assert told(session, given) == (["booking-warned"], ["booking-warned"])


def test_the_right_to_validate_ended_marks_it_and_given_back_clears_it(given: Given, session: Session) -> None:
    training.end_right(given.right, WEDNESDAY, given.nadia, NOW)
    assert state(session, given) == ("confirmed", None, False), "its last day still counts"
    training.end_right(given.right, date(2026, 11, 24), given.nadia, NOW)
    assert state(session, given) == ("confirmed", "teacher_no_right", False)
    assert told(session, given) == (["booking-warned"], ["booking-warned"])
    training.return_right(given.right, given.nadia, NOW)
    assert state(session, given) == ("confirmed", None, False)


def test_a_right_given_anew_clears_it_too(given: Given, session: Session) -> None:
    training.end_right(given.right, date(2026, 11, 24), given.nadia, NOW)
    training.give_right(given.samir, given.vinyl.badge, WEDNESDAY, None, given.nadia, NOW)
    assert state(session, given) == ("confirmed", None, False)


def test_a_shift_withdrawn_marks_it_and_both_are_told(given: Given, session: Session) -> None:
    actions.withdraw_shift(given.shift, given.samir, NOW)
    assert state(session, given) == ("confirmed", "not_on_shift", False)
    assert told(session, given) == (["booking-warned"], ["booking-warned"])


def test_a_mission_that_ends_marks_it_and_the_learner_is_told(given: Given, session: Session) -> None:
    admin = make_staff("Aline", roles=(Role.ADMINISTRATOR,))
    left = actions_team.end_mission(given.samir, admin, NOW)
    assert [booking.id for booking in left.bookings] == [given.slot.booking_id]
    assert state(session, given) == ("confirmed", "not_on_shift", False)
    assert notices(session, given.lea) == ["booking-warned"]


def test_a_machine_out_of_service_suspends_it_and_both_are_told(given: Given, session: Session) -> None:
    break_down(given.vinyl, "Courroie cassée.", None, given.nadia, NOW)
    assert state(session, given) == ("confirmed", None, True)
    assert told(session, given) == (["booking-suspended"], ["booking-suspended"])
    actions.undo_out_of_service(given.vinyl, given.nadia, NOW)
    assert state(session, given) == ("confirmed", None, False)


def test_a_closure_suspends_it_and_both_are_told(given: Given, session: Session) -> None:
    engine.close(Over("Travaux.", TWO.start, TWO.end, place_id=given.vinyl.place_id), given.nadia, NOW)
    assert state(session, given) == ("confirmed", None, True)
    assert told(session, given) == (["booking-suspended"], ["booking-suspended"])


def test_a_slot_that_the_team_cancels_as_a_booking_gives_its_requests_back(given: Given, session: Session) -> None:
    engine.cancel(given.slot.booking, "Samir est malade.", given.nadia, NOW)
    assert state(session, given) == ("cancelled", None, False)
    assert session.get_one(TrainingRequest, given.request.id).status == "waiting"
    assert told(session, given) == (["booking-cancelled"], ["booking-cancelled"])


def test_put_back_it_answers_the_requests_again_unless_one_has_its_answer(given: Given, session: Session) -> None:
    engine.cancel(given.slot.booking, "Samir est malade.", given.samir, NOW)
    actions_back.restore(given.slot.booking, given.samir, NOW)
    assert state(session, given) == ("confirmed", None, False)
    assert session.get_one(TrainingRequest, given.request.id).status == "planned"
    engine.cancel(given.slot.booking, "Samir est malade.", given.samir, NOW)
    actions_requests.take_training_back(given.request, given.lea, NOW)
    with pytest.raises(Refused, match="request_gone"):
        actions_back.restore(given.slot.booking, given.samir, NOW)
    assert state(session, given) == ("cancelled", None, False)
