"""Each reason against a training slot, accepted and refused; and how long a training lasts. No database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bookings.values import Ask
from fablab.refusals import Refusal
from machines import rules_training
from machines.values import MachineRules
from machines.values_training import Learner, RecordFacts, TrainingFacts, minutes_for
from tests.machines.given import CHLOE, NOW, SAMIR, SHEET, Paper, day, lead, minors, slot, use, watch

pytestmark = pytest.mark.usefixtures("words")

ASK = Ask(1, slot("14:00", "15:00"), kind="training", headcount=1, person_ids=(7,), staff_ids=(SAMIR,))
INES = Learner(7, "Inès", date(2007, 5, 3))
LEA = Learner(8, "Léa", date(2011, 3, 1), (Paper(),))
GIVEN = TrainingFacts(SHEET, SAMIR, True, (INES,), 1, None, day(watch()), MachineRules())
SITS = RecordFacts(True, True, False, {7: "expected"})


def codes(found: list[Refusal]) -> list[str]:
    return [refusal.code for refusal in found]


def refused(**fields: Any) -> list[str]:
    return codes(rules_training.refusals(ASK, replace(GIVEN, **fields), NOW))


def learner(one: Learner, **fields: Any) -> dict[str, Any]:
    return {"learners": (replace(one, **fields),)}


CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nobody": ({}, {"learners": ()}),
    "too_many_learners": ({"learners": (INES, LEA), "places": 2}, {"learners": (INES, LEA)}),
    "teacher_no_right": ({}, {"may_teach": False}),
    "not_on_shift": ({"day": day(watch(), lead(CHLOE))}, {"day": day(watch(), lead(SAMIR))}),
    "teacher_promised": (
        {"day": day(watch(), watch(CHLOE), use(level="beside"))},
        {"day": day(watch(), use(level="beside"))},
    ),
    "learner_birth_date": ({}, learner(INES, birth_date=None)),
    "learner_too_young": (
        learner(LEA, birth_date=date(2014, 11, 25)),
        learner(LEA, birth_date=date(2014, 11, 26)),
    ),
    "learner_authorisation": (
        learner(LEA),
        learner(LEA, agreements=(Paper(withdrawn_on=date(2026, 11, 24)),)),
    ),
    "learner_derogation": (
        learner(LEA, agreements=(Paper(), Paper("trainee"), Paper("derogation")))
        | {"sheet": replace(SHEET, regulated=True)},
        learner(LEA, agreements=(Paper(), Paper("trainee"))) | {"sheet": replace(SHEET, regulated=True)},
    ),
    "two_adults": (
        {"sheet": replace(SHEET, risk="high"), "day": day(watch(), watch(CHLOE))},
        {"sheet": replace(SHEET, risk="high")},
    ),
    "too_many_minors": (
        learner(LEA) | {"day": day(watch(), minors(7))},
        learner(LEA) | {"day": day(watch(), minors(8))},
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_each_reason_has_a_case_that_passes_and_one_that_does_not(code: str) -> None:
    accepted, against = CASES[code]
    assert refused(**accepted) == []
    assert refused(**against) == [code]


def test_a_badge_may_ask_an_age_above_the_machines_own() -> None:
    assert refused(**learner(LEA), badge_min_age=15) == []
    assert refused(**learner(LEA), badge_min_age=16) == ["learner_too_young"]


def test_an_adult_needs_no_paper() -> None:
    assert refused(**learner(LEA, birth_date=date(2008, 11, 25), agreements=())) == []


def test_only_nobody_and_too_many_are_not_marks_on_a_slot_made() -> None:
    for code, (_accepted, against) in CASES.items():
        effects = {one.effect for one in rules_training.refusals(ASK, replace(GIVEN, **against), NOW)}
        assert effects == ({"keep"} if code in ("nobody", "too_many_learners") else {"warn"}), code


@pytest.mark.parametrize(
    ("code", "wrong"), [("not_facilitator", "may_plan"), ("other_badge", "same_badge"), ("request_gone", "still_open")]
)
def test_a_slot_answers_open_requests_for_the_badge_of_its_machine(code: str, wrong: str) -> None:
    good = {"may_plan": True, "same_badge": True, "still_open": True}
    assert rules_training.plan_refusals(**good) == []
    assert codes(rules_training.plan_refusals(**(good | {wrong: False}))) == [code]


def test_who_leaves_a_slot_sits_in_it_and_in_time() -> None:
    assert rules_training.leave_refusals(mine=True, begun=False) == []
    assert codes(rules_training.leave_refusals(mine=False, begun=False)) == ["not_mine"]
    assert codes(rules_training.leave_refusals(mine=True, begun=True)) == ["already_begun"]


@pytest.mark.parametrize(
    ("code", "wrong"), [("not_facilitator", {"may_cancel": False}), ("recorded", {"recorded": True}),
                        ("reason_missing", {"reason": " "})]
)  # fmt: skip
def test_what_is_cancelled_is_to_come_and_says_why(code: str, wrong: dict[str, Any]) -> None:
    good: dict[str, Any] = {"may_cancel": True, "recorded": False, "reason": "Samir est malade."}
    assert rules_training.cancel_refusals(**good) == []
    assert codes(rules_training.cancel_refusals(**(good | wrong))) == [code]


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("not_facilitator", replace(SITS, may_record=False)),
        ("slot_cancelled", replace(SITS, cancelled=True)),
        ("not_begun", replace(SITS, begun=False)),
        ("result_unknown", replace(SITS, seats={9: "expected"})),
    ],
)
def test_how_it_went_is_said_of_whoever_sits_once_begun(code: str, facts: RecordFacts) -> None:
    assert rules_training.record_refusals({7: "validated"}, SITS) == []
    assert codes(rules_training.record_refusals({7: "validated"}, facts)) == [code]


def test_how_it_went_is_one_of_three_words_and_not_nothing() -> None:
    assert codes(rules_training.record_refusals({7: "perhaps"}, SITS)) == ["result_unknown"]
    assert codes(rules_training.record_refusals({}, SITS)) == ["nothing"]


@pytest.mark.parametrize(
    ("renews", "renewal", "first", "step", "shortest", "minutes"),
    [
        (False, 30, 90, 30, 30, 90),
        (True, 30, 90, 30, 30, 30),
        (False, 30, None, 30, 30, 60),
        (False, None, 50, 30, 30, 60),
        (True, 15, 90, 15, 60, 60),
        (True, None, 90, 30, 45, 60),
    ],
    ids=["first", "renewal", "usual", "up to the step", "at least the shortest slot", "usual renewal"],
)
def test_a_training_lasts_as_in_the_catalogue_on_the_machines_step(
    renews: bool, renewal: int | None, first: int | None, step: int, shortest: int, minutes: int
) -> None:
    found = minutes_for(renews=renews, renewal=renewal, first=first, step=step, shortest=shortest)
    assert found == minutes
