"""A refusal taken away is really gone, and everything else stays: else the proof of the rules would prove nothing."""

import pytest

from machines import rules_quotas
from machines.rules_quotas import too_many_bookings
from tests.mutations import Round, rounds, rounds_of

GIVES_A_LIST = """
def rule(asked):
    if asked > 2:
        return [Refusal("too_many", "Trop.")]
    return [Refusal("other", "Autre.")] if asked else []
"""
SAYS_ONE_BY_ONE = """
def rule(asked):
    if asked > 2:
        yield Refusal("too_many", "Trop.")
    yield asked
"""
GIVES_ONE = """
def rule(asked) -> "Refusal | None":
    found = Refusal("too_many", "Trop.") if asked > 2 else None
    return found
"""
ADDS_ONE = """
def rule(asked):
    said = []
    if asked > 2:
        said.append(Refusal("too_many", "Trop."))
    return said
"""


@pytest.mark.parametrize(
    ("text", "without"), [(GIVES_A_LIST, []), (SAYS_ONE_BY_ONE, [3]), (GIVES_ONE, None), (ADDS_ONE, [])]
)
def test_only_that_refusal_is_never_made(text: str, without: object) -> None:
    first = next(iter(rounds_of(text, "rule.py")))
    made: dict[str, object] = {"Refusal": lambda code, _sentence: code}
    exec(first.source, made)
    answer = made["rule"](3)  # type: ignore[operator]  # the function above
    assert (list(answer) if hasattr(answer, "__iter__") else answer) == without


def test_who_imported_the_rule_loses_it_too() -> None:
    kept = too_many_bookings.__code__
    try:
        next(one for one in rounds("machines/rules_quotas.py") if one.code == "too_many_bookings").apply()
        assert too_many_bookings is rules_quotas.too_many_bookings
        assert "too_many_bookings" not in too_many_bookings.__code__.co_consts
    finally:
        too_many_bookings.__code__ = kept


def test_a_round_that_takes_nothing_away_is_not_run() -> None:
    text = "def rule(): pass"
    with pytest.raises(AssertionError):
        Round("machines/rules_quotas.py", 1, "none", text, text).apply()
