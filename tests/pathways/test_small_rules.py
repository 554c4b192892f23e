"""Rules of one or two reasons: each refused once, and accepted once."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from fablab.refusals import Refusal
from pathways.rules_badges import chosen_refusals, right_end_refusals
from pathways.rules_enrolling import enroller_refusals
from pathways.rules_moving import shown_refusals
from pathways.rules_own_pace import charter_refusals, helper_end_refusals, stay_refusals, visit_refusals
from pathways.rules_publishing import aim_refusals
from pathways.rules_restoring import undo_call_refusals
from pathways.rules_sessions import EARLY, roll_refusals
from pathways.rules_validating import two_looks_refusals
from pathways.values_own_pace import ChoiceFacts
from tests.conftest import NOW

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)
SOON = NOW + EARLY


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (lambda: right_end_refusals(may_end=False), ["not_coordinator"]),
        (lambda: right_end_refusals(may_end=True), []),
        (lambda: chosen_refusals(0), ["nobody"]),
        (lambda: chosen_refusals(1), []),
        (lambda: enroller_refusals(may_enrol=False), ["not_facilitator"]),
        (lambda: enroller_refusals(may_enrol=True), []),
        (
            lambda: charter_refusals(ChoiceFacts(False, False, None, TODAY), has_charter=False),
            ["not_mine", "no_charter"],
        ),
        (lambda: charter_refusals(ChoiceFacts(True, False, None, TODAY), has_charter=True), []),
        (lambda: two_looks_refusals(may_set=False), ["not_coordinator"]),
        (lambda: two_looks_refusals(may_set=True), []),
        (lambda: helper_end_refusals(may_manage=False), ["not_facilitator"]),
        (lambda: helper_end_refusals(may_manage=True), []),
        (lambda: visit_refusals(may_note=False), ["not_facilitator"]),
        (lambda: visit_refusals(may_note=True), []),
        (lambda: stay_refusals(came_on=YESTERDAY, today=TODAY, there=True), ["other_day", "there_again"]),
        (lambda: stay_refusals(came_on=TODAY, today=TODAY, there=False), []),
        (lambda: aim_refusals(3, [2, 3]), ["already_aimed"]),
        (lambda: aim_refusals(3, [2]), []),
        (lambda: shown_refusals("seen", "now"), ["changed_meanwhile"]),
        (lambda: shown_refusals("seen", "seen"), []),
        (lambda: undo_call_refusals(None, None, 7, TODAY), ["no_call"]),
        (lambda: undo_call_refusals(8, YESTERDAY, 7, TODAY), ["other_author", "other_day"]),
        (lambda: undo_call_refusals(7, TODAY, 7, TODAY), []),
        (
            lambda: roll_refusals(may_lead=False, starts_at=SOON, now=NOW - timedelta(seconds=1)),
            ["not_facilitator", "too_early"],
        ),
        (lambda: roll_refusals(may_lead=True, starts_at=SOON, now=NOW), []),
    ],
)
def test_each_reason_is_said_and_nothing_else(said: Callable[[], Sequence[Refusal]], codes: list[str]) -> None:
    assert [one.code for one in said()] == codes
