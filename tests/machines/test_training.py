"""Training slots: planned for requests, left, cancelled, and how they went; on both databases."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions as machine_actions
from machines import actions_training, queries_proposals
from machines.models import Machine, Shift
from machines.models_training import TrainingSlot
from machines.values_training import SlotWish
from pathways import actions_requests
from pathways.models import Award, TrainingRequest
from tests.conftest import NOW
from tests.make import make_authorisation, make_minor, make_staff, make_young
from tests.make_file import make_trainee
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import levels_held, make_competency, make_right, make_safety_badge

WEDNESDAY = date(2026, 11, 25)
TWO = Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00"))
AFTER = on(WEDNESDAY, "15:05")


@dataclass
class Given:
    """Samir teaches the vinyl cutter on Wednesday; Inès asks to learn."""

    fablab: Fablab
    samir: Person
    shift: Shift
    vinyl: Machine
    ines: Person
    request: TrainingRequest

    def wish(self, *requests: TrainingRequest, slot: Slot = TWO, key: str | None = None) -> SlotWish:
        asked = tuple(one.public_id for one in requests or (self.request,))
        return SlotWish(self.vinyl.id, self.samir.id, slot, asked, key)


@pytest.fixture
def given(session: Session) -> Given:
    fablab, samir = make_fablab(), make_staff()
    shift = make_shift(samir, fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    workshop = make_safety_badge("BS-ATELIER", {"SEC-01": 2})
    badge = make_safety_badge("BS-VINYLE", {"MAC-02": 2}, prerequisites=[workshop], training_places=2)
    vinyl = make_machine(fablab, "VIN-01", badge=badge)
    for one in (workshop, badge):
        make_right(samir, one)
    ines = make_young()
    return Given(fablab, samir, shift, vinyl, ines, actions_requests.ask_training(ines, badge, NOW, machine=vinyl))


def codes(given: Given, wish: SlotWish) -> list[str]:
    with pytest.raises(Refused) as refused:
        actions_training.plan_slot(wish, given.samir, NOW)
    return refused.value.codes


def messages(session: Session, person: Person) -> list[str]:
    return list(session.scalars(select(Message.text).where(Message.person_id == person.id).order_by(Message.id)))


def test_a_slot_answers_a_request_and_everyone_is_told(given: Given, session: Session) -> None:
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    assert (slot.booking.kind, slot.booking.status, slot.booking.headcount) == ("training", "confirmed", 1)
    assert given.request.status == "planned"
    assert "mercredi 25 novembre" in messages(session, given.ines)[0]


def test_a_form_sent_twice_plans_once(given: Given, session: Session) -> None:
    first = actions_training.plan_slot(given.wish(key="k" * 20), given.samir, NOW)
    assert actions_training.plan_slot(given.wish(key="k" * 20), given.samir, NOW).id == first.id
    assert len(session.scalars(select(TrainingSlot)).all()) == 1


def test_no_badge_is_asked_but_the_machine_must_be_free(given: Given) -> None:
    tom = make_young("Tom")
    for badge in ("BS-ATELIER", "BS-VINYLE"):
        give_badge(tom, make_safety_badge(badge))
    engine.book(Ask(given.vinyl.id, TWO, holder_id=tom.id), tom, NOW)
    assert codes(given, given.wish()) == ["taken"]


def test_who_teaches_is_on_shift_holds_the_right_and_is_not_promised(given: Given) -> None:
    evening = Slot(on(WEDNESDAY, "18:00"), on(WEDNESDAY, "19:00"))
    assert codes(given, given.wish(slot=evening)) == ["not_on_shift"]
    other = replace(given.wish(), teacher_id=make_staff("Chloé").id)
    assert codes(given, other) == ["teacher_no_right", "not_on_shift"]
    child = make_minor(birth_date=date(2017, 1, 1))
    make_authorisation(child)
    press = make_machine(given.fablab, "PRE-01", badge=make_safety_badge("BS-PRESSE", {"MAC-03": 2}))
    give_badge(child, press.badge)
    engine.book(Ask(press.id, TWO, holder_id=child.id), child, NOW)
    assert codes(given, given.wish()) == ["teacher_promised"]


def test_a_teacher_is_beside_nobody_else_meanwhile(given: Given) -> None:
    actions_training.plan_slot(given.wish(), given.samir, NOW)
    child = make_minor(birth_date=date(2017, 1, 1))
    make_authorisation(child)
    press = make_machine(given.fablab, "PRE-01", badge=make_safety_badge("BS-PRESSE", {"MAC-03": 2}))
    give_badge(child, press.badge)
    with pytest.raises(Refused, match="supervision_missing"):
        engine.book(Ask(press.id, TWO, holder_id=child.id), child, NOW)


def test_a_minor_needs_the_authorisation_and_the_age(given: Given) -> None:
    child = make_minor(birth_date=date(2020, 1, 1))
    request = actions_requests.ask_training(child, given.vinyl.badge, NOW)
    assert codes(given, given.wish(request)) == ["learner_too_young", "learner_authorisation"]


def test_more_learners_than_the_catalogue_says_are_refused(given: Given) -> None:
    others = [actions_requests.ask_training(make_young(f"Lou{n}"), given.vinyl.badge, NOW) for n in range(2)]
    assert codes(given, given.wish(given.request, *others)) == ["too_many_learners"]
    actions_training.plan_slot(given.wish(given.request, others[0]), given.samir, NOW)


def test_a_high_risk_machine_needs_two_adults(given: Given) -> None:
    given.vinyl.risk = "high"
    cnc = make_machine(given.fablab, "CNC-01", badge=given.vinyl.badge, risk="high")
    wish = replace(given.wish(), machine_id=cnc.id)
    assert codes(given, wish) == ["two_adults"]
    make_shift(make_staff("Chloé"), given.fablab.place, TWO.start, TWO.end)
    actions_training.plan_slot(wish, given.samir, NOW)


def test_a_learner_is_nowhere_else_at_that_time(given: Given) -> None:
    actions_training.plan_slot(given.wish(), given.samir, NOW)
    badge = make_safety_badge("BS-PRESSE", {"MAC-03": 2})
    press = make_machine(given.fablab, "PRE-01", badge=badge)
    give_badge(given.ines, badge)
    with pytest.raises(Refused, match="two_places"):
        engine.book(Ask(press.id, TWO, holder_id=given.ines.id), given.ines, NOW)


def test_the_gauge_counts_the_learners(given: Given, session: Session) -> None:
    session.merge(given.fablab.place).gauge = 1
    session.commit()
    assert codes(given, given.wish()) == ["place_full"]


def test_who_cannot_come_waits_again_and_the_last_one_frees_the_machine(given: Given, session: Session) -> None:
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    asked_at = given.request.asked_at
    for _twice in range(2):
        actions_training.leave_slot(slot, given.ines, NOW)
    assert (slot.booking.status, given.request.status, given.request.asked_at) == ("cancelled", "waiting", asked_at)
    assert "Plus personne" in messages(session, given.samir)[-1]
    actions_training.plan_slot(given.wish(), given.samir, NOW)


def test_who_gives_up_has_no_request_any_more_and_the_others_stay(given: Given) -> None:
    other = actions_requests.ask_training(make_young("Lou"), given.vinyl.badge, NOW)
    slot = actions_training.plan_slot(given.wish(given.request, other), given.samir, NOW)
    actions_training.give_up_slot(slot, given.ines, NOW)
    assert (given.request.status, slot.booking.status, slot.booking.headcount) == ("withdrawn", "confirmed", 1)


def test_a_cancelled_slot_says_why_and_the_request_waits_again(given: Given, session: Session) -> None:
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    with pytest.raises(Refused, match="reason_missing"):
        actions_training.cancel_slot(slot, " ", given.samir, NOW)
    actions_training.cancel_slot(slot, "Samir est en réunion.", given.samir, NOW)
    assert (slot.booking.status, given.request.status) == ("cancelled", "waiting")
    assert "Samir est en réunion." in messages(session, given.ines)[-1]


def test_validated_means_levels_badge_and_those_before_it(given: Given) -> None:
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    with pytest.raises(Refused, match="not_begun"):
        actions_training.record(slot, {given.ines.id: "validated"}, given.samir, NOW)
    for _twice in range(2):
        assert actions_training.record(slot, {given.ines.id: "validated"}, given.samir, AFTER) == []
    assert levels_held(given.ines) == {"SEC-01": 2, "MAC-02": 2}
    assert (given.request.status, slot.booking.status) == ("done", "done")
    booking = engine.book(
        Ask(given.vinyl.id, Slot(on(WEDNESDAY, "17:30"), on(WEDNESDAY, "18:00")), holder_id=given.ines.id),
        given.ines,
        AFTER,
    )
    assert booking.status == "confirmed"


def test_without_the_right_for_a_badge_before_nothing_is_written(given: Given, session: Session) -> None:
    chloe = make_staff("Chloé")
    make_right(chloe, given.vinyl.badge)
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    with pytest.raises(Refused, match="no_right"):
        actions_training.record(slot, {given.ines.id: "validated"}, chloe, AFTER)
    assert levels_held(given.ines) == {}
    assert session.scalars(select(Award)).all() == []


def test_to_see_again_and_absent_wait_again(given: Given, session: Session) -> None:
    other = actions_requests.ask_training(make_young("Lou"), given.vinyl.badge, NOW)
    slot = actions_training.plan_slot(given.wish(given.request, other), given.samir, NOW)
    actions_training.record(slot, {given.ines.id: "again", other.person_id: "absent"}, given.samir, AFTER)
    assert (given.request.status, other.status, slot.booking.status) == ("waiting", "waiting", "done")
    assert "je le revois une fois" in messages(session, given.ines)[-1]


def test_a_level_that_two_must_see_holds_the_badge_back(given: Given, session: Session) -> None:
    competency = make_competency("MAC-02")
    session.merge(competency).second_check = True
    session.commit()
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    assert actions_training.record(slot, {given.ines.id: "validated"}, given.samir, AFTER) == [given.ines.short_name]
    assert levels_held(given.ines) == {"SEC-01": 2}


def test_a_withdrawn_shift_marks_the_slot_and_tells(given: Given, session: Session) -> None:
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    machine_actions.withdraw_shift(given.shift, given.samir, NOW)
    booking = session.get_one(Booking, slot.booking_id)
    assert (booking.status, booking.attention) == ("confirmed", "not_on_shift")
    assert len(messages(session, given.ines)) == 2


def test_proposals_are_slots_that_every_rule_accepts(given: Given, session: Session) -> None:
    found = queries_proposals.proposals(session, given.vinyl.badge_id, [given.vinyl], [given.ines.id], 60, NOW)
    assert [(one.teacher.id, one.slot.start) for one in found] == [(given.samir.id, on(WEDNESDAY, "13:30"))]
    wish = given.wish(slot=found[0].slot)
    actions_training.plan_slot(wish, given.samir, NOW + timedelta(minutes=1))


def test_a_machine_of_another_badge_answers_nothing(given: Given) -> None:
    press = make_machine(given.fablab, "PRE-01", badge=make_safety_badge("BS-PRESSE", {"MAC-03": 2}))
    assert codes(given, replace(given.wish(), machine_id=press.id)) == ["other_badge"]


def test_a_request_that_has_its_answer_is_not_answered_twice(given: Given) -> None:
    actions_training.plan_slot(given.wish(), given.samir, NOW)
    later = Slot(on(WEDNESDAY, "16:00"), on(WEDNESDAY, "17:00"))
    assert codes(given, given.wish(slot=later)) == ["request_gone"]


def test_a_slot_that_was_lived_is_not_cancelled_and_one_cancelled_is_not_lived(given: Given) -> None:
    slot = actions_training.plan_slot(given.wish(), given.samir, NOW)
    with pytest.raises(Refused, match="result_unknown"):
        actions_training.record(slot, {given.samir.id: "validated"}, given.samir, AFTER)
    actions_training.record(slot, {given.ines.id: "again"}, given.samir, AFTER)
    with pytest.raises(Refused, match="recorded"):
        actions_training.cancel_slot(slot, "Trop tard.", given.samir, AFTER)
    other = actions_training.plan_slot(
        given.wish(slot=Slot(on(WEDNESDAY, "16:00"), on(WEDNESDAY, "17:00"))), given.samir, AFTER
    )
    actions_training.cancel_slot(other, "Samir est en réunion.", given.samir, AFTER)
    with pytest.raises(Refused, match="slot_cancelled"):
        actions_training.record(other, {given.ines.id: "validated"}, given.samir, on(WEDNESDAY, "17:30"))


def test_a_trainee_under_18_needs_a_derogation_on_a_regulated_machine(given: Given, session: Session) -> None:
    tom = make_minor()
    make_authorisation(tom)
    make_trainee(tom)
    session.merge(given.vinyl).regulated_work = True
    session.commit()
    request = actions_requests.ask_training(tom, given.vinyl.badge, NOW)
    assert codes(given, given.wish(request)) == ["learner_derogation"]
