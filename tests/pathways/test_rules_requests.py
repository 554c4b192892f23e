"""The rules of requests, one fact at a time: what is accepted stands beside what is refused."""

from dataclasses import replace

import pytest

from fablab.refusals import Refusal
from pathways.rules_requests import answer_refusals, seen_refusals, training_refusals, words_refusals
from pathways.values_requests import ANSWER_LENGTH, WORDS_LENGTH, AnswerFacts

SEEN = {"may_ask": True, "level": 3, "words": "Je règle la machine seul.", "level_now": 2}
TRAINING = {"may_ask": True, "is_safety": True, "held": False}
TEAM = AnswerFacts(may_answer=True, oneself=False, closed=False)


def codes(found: list[Refusal]) -> list[tuple[str, str | None]]:
    return [(one.code, one.field or None) for one in found]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"may_ask": False}, "not_young"), ({"is_safety": False}, "comes_by_itself"), ({"held": True}, "already_held")],
)
def test_who_may_ask_to_be_trained(changed: dict[str, bool], code: str) -> None:
    assert training_refusals(**TRAINING) == []
    assert codes(training_refusals(**TRAINING | changed)) == [(code, None)]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"may_ask": False}, "not_young", None),
        ({"level": 0}, "level_unknown", "level"),
        ({"level": 5}, "level_unknown", "level"),
        ({"level": 2}, "already_reached", "level"),
        ({"words": " \n"}, "words_missing", "words"),
        ({"words": "m" * (WORDS_LENGTH + 1)}, "text_too_long", "words"),
        ({"words": "Malgré mon asthme."}, "note_about_person", "words"),
    ],
)
def test_who_may_ask_to_be_seen_and_for_what(changed: dict[str, object], code: str, field: str | None) -> None:
    assert seen_refusals(**SEEN) == []  # type: ignore[arg-type]  # facts of mixed kinds
    assert seen_refusals(**SEEN | {"words": "m" * WORDS_LENGTH}) == []  # type: ignore[arg-type]
    assert codes(seen_refusals(**SEEN | changed)) == [(code, field)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "kind", "text", "code", "field"),
    [
        ("validated", "", "", "answer_unknown", "outcome"),
        ("to_complete", "", "  ", "words_missing", "answer"),
        ("not_yet", "never", "", "kind_words_missing", "code"),
        ("to_complete", "", "m" * (ANSWER_LENGTH + 1), "text_too_long", "answer"),
        ("to_complete", "", "À cause de sa dyslexie.", "note_about_person", "answer"),
    ],
)
def test_what_answers_a_request_to_be_seen(outcome: str, kind: str, text: str, code: str, field: str) -> None:
    assert answer_refusals(TEAM, "to_complete", "", "m" * ANSWER_LENGTH) == []
    assert answer_refusals(TEAM, "not_yet", "almost", "") == []
    assert codes(answer_refusals(TEAM, outcome, kind, text)) == [(code, field)]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(TEAM, may_answer=False), "not_facilitator"),
        (replace(TEAM, oneself=True), "oneself"),
        (replace(TEAM, closed=True), "already_answered"),
    ],
)
def test_who_may_answer(facts: AnswerFacts, code: str) -> None:
    assert words_refusals(TEAM, "Viens mercredi.") == []
    assert codes(words_refusals(facts, "Viens mercredi.")) == [(code, None)]
    assert codes(answer_refusals(facts, "not_yet", "almost", "")) == [(code, None)]


def test_words_answer_a_request_to_be_trained() -> None:
    assert codes(words_refusals(TEAM, " ")) == [("words_missing", "answer")]
    assert codes(words_refusals(TEAM, "m" * (ANSWER_LENGTH + 1))) == [("text_too_long", "answer")]
