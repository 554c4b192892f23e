"""What young people ask: once, taken back, answered; never counted as a level."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, actions_requests, actions_second_check
from pathways.models import TrainingRequest, ValidationRequest
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_pathways import award, levels_held, make_competency, make_safety_badge, make_validator, validate


@pytest.fixture
def ines(session: Session) -> Person:
    return make_young()


def said_to(session: Session, person: Person) -> list[str]:
    return list(session.scalars(select(Message.text).where(Message.person_id == person.id).order_by(Message.id)))


def test_a_training_asked_twice_is_asked_once(ines: Person, session: Session) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-05": 2})
    first = actions_requests.ask_training(ines, badge, NOW)
    assert actions_requests.ask_training(ines, badge, NOW).id == first.id
    assert session.scalar(select(func.count()).select_from(TrainingRequest)) == 1


def test_a_training_for_a_badge_held_for_long_is_refused(ines: Person) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-05": 2})
    award(ines, badge)
    with pytest.raises(Refused, match="already_held"):
        actions_requests.ask_training(ines, badge, NOW)


def test_the_team_never_asks_for_itself(session: Session) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-05": 2})
    with pytest.raises(Refused, match="not_young"):
        actions_requests.ask_training(make_staff(), badge, NOW)


def test_a_training_given_up_can_be_asked_again(ines: Person) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-05": 2})
    first = actions_requests.ask_training(ines, badge, NOW)
    actions_requests.take_training_back(first, ines, NOW)
    assert actions_requests.ask_training(ines, badge, NOW).id != first.id


def test_words_answer_a_training_and_are_told_once(ines: Person, session: Session) -> None:
    badge, samir = make_safety_badge("BS-LASER", {"MAC-05": 2}), make_staff()
    request = actions_requests.ask_training(ines, badge, NOW)
    for _twice in range(2):
        actions_requests.answer_training(request, "Viens au Fablab mercredi.", samir, NOW)
    assert (request.status, request.answer, request.closed_at) == ("answered", "Viens au Fablab mercredi.", None)
    assert [text for text in said_to(session, ines) if "Viens au Fablab mercredi." in text] == said_to(session, ines)


def test_words_about_the_person_are_refused(ines: Person) -> None:
    request = actions_requests.ask_training(ines, make_safety_badge("BS-LASER", {"MAC-05": 2}), NOW)
    with pytest.raises(Refused, match="note_about_person"):
        actions_requests.answer_training(request, "À cause de son handicap.", make_staff(), NOW)


def test_the_badge_handed_over_closes_the_request(ines: Person) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-05": 2})
    request = actions_requests.ask_training(ines, badge, NOW)
    award(ines, badge)
    assert request.status == "done"
    assert request.closed_at is not None


def test_i_think_i_can_is_never_counted(ines: Person) -> None:
    competency = make_competency("NUM-01")
    actions_requests.ask_to_be_seen(ines, competency, 3, "J’ai fait trois dessins.", NOW)
    assert levels_held(ines) == {}


def test_i_think_i_can_said_twice_is_said_once(ines: Person, session: Session) -> None:
    competency = make_competency("NUM-01")
    first = actions_requests.ask_to_be_seen(ines, competency, 2, "J’y arrive.", NOW)
    assert actions_requests.ask_to_be_seen(ines, competency, 3, "Encore mieux.", NOW).id == first.id
    actions_requests.take_seen_back(first, ines, NOW)
    assert first.outcome == "withdrawn"
    actions_requests.ask_to_be_seen(ines, competency, 3, "Encore mieux.", NOW)
    assert session.scalar(select(func.count()).select_from(ValidationRequest)) == 2


def test_a_normal_validation_answers_what_was_asked(ines: Person, session: Session) -> None:
    competency = make_competency("NUM-01")
    request = actions_requests.ask_to_be_seen(ines, competency, 2, "J’y arrive.", NOW)
    validate(ines, {"NUM-01": 2})
    assert request.outcome == "validated"
    assert said_to(session, ines)[-1].startswith("C’est validé par Samir")


@pytest.mark.parametrize(
    ("outcome", "code", "text", "refusal"),
    [
        ("to_complete", "", "", "words_missing"),
        ("not_yet", "rude", "", "kind_words_missing"),
        ("validated", "", "", "answer_unknown"),
        ("to_complete", "", "x" * 301, "text_too_long"),
    ],
)
def test_an_answer_says_something(ines: Person, outcome: str, code: str, text: str, refusal: str) -> None:
    request = actions_requests.ask_to_be_seen(ines, make_competency("NUM-01"), 2, "J’y arrive.", NOW)
    with pytest.raises(Refused, match=refusal):
        actions_requests.answer_seen(request, outcome, code, text, make_staff(), NOW)
    assert request.closed_at is None


def test_not_yet_is_told_with_kind_words(ines: Person, session: Session) -> None:
    request = actions_requests.ask_to_be_seen(ines, make_competency("NUM-01"), 2, "J’y arrive.", NOW)
    actions_requests.answer_seen(request, "not_yet", "almost", "Le contour reste ouvert.", make_staff(), NOW)
    assert "J’y suis presque." in said_to(session, ines)[-1]
    assert "Le contour reste ouvert." in said_to(session, ines)[-1]
    with pytest.raises(Refused, match="already_answered"):
        actions_requests.answer_seen(request, "not_yet", "almost", "", make_staff(), NOW)


def test_a_level_that_two_must_see_counts_with_the_second(ines: Person) -> None:
    make_competency("MAC-06", second_check=True)
    samir, chloe = make_validator(), make_validator(first_name="Chloé")
    validate(ines, {"MAC-06": 2}, samir)
    assert levels_held(ines) == {}
    with pytest.raises(Refused, match="already_reached"):
        validate(ines, {"MAC-06": 2}, samir)
    validate(ines, {"MAC-06": 3}, chloe)
    assert levels_held(ines) == {"MAC-06": 2}
    validate(ines, {"MAC-06": 3}, samir)
    assert levels_held(ines) == {"MAC-06": 3}


def test_the_second_look_undone_takes_the_level_back(ines: Person) -> None:
    make_competency("MAC-06", second_check=True)
    validate(ines, {"MAC-06": 2}, make_validator())
    chloe = make_validator(first_name="Chloé")
    saved = validate(ines, {"MAC-06": 2}, chloe)
    actions.undo_batch(saved.batch, chloe, NOW)
    assert levels_held(ines) == {}


def test_what_counted_before_two_were_asked_still_counts(ines: Person) -> None:
    competency = make_competency("MAC-06")
    validate(ines, {"MAC-06": 2})

    nadia = make_staff("Nadia", roles=(Role.COORDINATOR,))
    actions_second_check.ask_for_two(competency, nadia, NOW)
    actions.rebuild_mastery()
    assert levels_held(ines) == {"MAC-06": 2}
    with pytest.raises(Refused, match="not_coordinator"):
        actions_second_check.one_is_enough(competency, make_staff(), NOW)
