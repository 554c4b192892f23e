"""Each rule of the papers of organisations, accepted and refused; where a paper stands. No database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from rooms import rules, rules_papers
from rooms.values import Cover, Facts, RoomRules, Tenant, Terms
from rooms.values_papers import asked_of, reminder, standing
from tests.make_rooms import APPLICANTS
from tests.rooms.test_rules import SHEET

pytestmark = pytest.mark.usefixtures("words")

TODAY = date(2026, 11, 24)
ENDS = date(2026, 12, 31)
CHOIR = Tenant(3, "x", "Chœurs du Quai", "association", "signed", True, ENDS)


def test_a_paper_that_ends_later_is_taken_and_statutes_need_no_day() -> None:
    assert rules_papers.days_refusals("insurance", None, TODAY, TODAY) == []
    assert rules_papers.days_refusals("insurance", TODAY, TODAY, TODAY) == []
    assert rules_papers.days_refusals("statutes", None, None, TODAY) == []


@pytest.mark.parametrize(
    ("kind", "until", "code"),
    [
        ("insurance", None, "paper_until_missing"),
        ("convention", None, "paper_until_missing"),
        ("insurance", date(2026, 11, 23), "paper_over"),
        ("statutes", date(2026, 11, 23), "paper_over"),
    ],
)
def test_a_paper_without_its_day_or_over_is_refused(kind: str, until: date | None, code: str) -> None:
    assert [one.code for one in rules_papers.days_refusals(kind, None, until, TODAY)] == [code]


def test_a_paper_does_not_end_before_it_begins() -> None:
    found = rules_papers.days_refusals("insurance", ENDS + timedelta(days=1), ENDS, TODAY)
    assert [(one.code, one.field) for one in found] == [("paper_backwards", "first")]


def test_between_two_insurances_nobody_is_insured_and_the_one_that_ended_is_named() -> None:
    later = Cover(date(2027, 8, 31), date(2027, 3, 1))
    gap = replace(CHOIR, insurance_until=later.last, insurances=(Cover(ENDS), later))
    days = (ENDS, ENDS + timedelta(days=1), date(2027, 2, 28), date(2027, 3, 1))
    assert [gap.insured_on(day) for day in days] == [True, False, False, True]
    assert [gap.insured_until(day) for day in days] == [ENDS, None, None, later.last]
    following = replace(gap, insurances=(Cover(ENDS), Cover(later.last, ENDS + timedelta(days=1))))
    assert following.insured_until(ENDS) == later.last, "one that goes on where the other ends"
    assert not rules_papers.may_be_set_aside(gap, ENDS + timedelta(days=30))
    assert rules_papers.may_be_set_aside(gap, ENDS + timedelta(days=31))
    found = standing(gap, "insurance", date(2027, 2, 1), [ENDS, date(2027, 2, 28)])
    assert (found.state, found.uncovered) == ("later", 1)


def test_a_paper_is_answered_once_and_the_same_answer_changes_nothing() -> None:
    assert rules_papers.answering_refusals(None, "accepted") == []
    assert rules_papers.answering_refusals("refused", "refused") == []
    assert [one.code for one in rules_papers.answering_refusals("refused", "accepted")] == ["paper_answered"]
    assert [one.code for one in rules_papers.answering_refusals("withdrawn", "refused")] == ["paper_answered"]


def test_a_paper_is_taken_back_until_somebody_answered_it() -> None:
    assert rules_papers.withdrawing_refusals(None) == []
    assert rules_papers.withdrawing_refusals("withdrawn") == []
    assert [one.code for one in rules_papers.withdrawing_refusals("accepted")] == ["paper_kept"]


def test_a_condition_is_met_today_or_before() -> None:
    assert rules_papers.condition_refusals(TODAY, TODAY) == []
    assert [one.code for one in rules_papers.condition_refusals(TODAY + timedelta(days=1), TODAY)] == ["met_later"]


def test_dates_are_suspended_once_the_insurance_is_over_and_not_before() -> None:
    assert rules_papers.setting_aside_refusals(CHOIR, ENDS + timedelta(days=1)) == []
    assert [one.code for one in rules_papers.setting_aside_refusals(CHOIR, ENDS)] == ["still_insured"]
    town = replace(CHOIR, insurance_required=False, insurance_until=None)
    assert [one.code for one in rules_papers.setting_aside_refusals(town, ENDS)] == ["still_insured"]


@pytest.mark.parametrize(("days", "may"), [(0, False), (1, False), (30, False), (31, True)])
def test_a_date_may_be_suspended_from_the_thirty_first_day_after_the_end(days: int, may: bool) -> None:
    assert rules_papers.may_be_set_aside(CHOIR, ENDS + timedelta(days=days)) == may


def test_without_any_insurance_every_date_may_be_suspended() -> None:
    assert rules_papers.may_be_set_aside(replace(CHOIR, insurance_until=None), TODAY)


def test_a_convention_is_asked_on_the_day_of_the_slot() -> None:
    limits = RoomRules.of({"applicants": APPLICANTS})
    signed = Facts(SHEET, replace(CHOIR, convention_until=date(2027, 8, 31)), limits)
    assert not rules.convention_due(signed, date(2027, 8, 31))
    assert rules.convention_due(signed, date(2027, 9, 1))
    assert rules.waits_for(signed, date(2027, 9, 1)) == ["convention"]
    next_year = Cover(date(2027, 12, 31), date(2027, 1, 1))
    accepted = replace(CHOIR, convention_until=next_year.last, conventions=(next_year,))
    days = (TODAY, date(2026, 12, 31), date(2027, 1, 1), date(2028, 1, 1))
    assert [accepted.convention_on(day) for day in days] == [True, True, True, False], "what was said stands before"
    assert not replace(accepted, agreement="to_sign").convention_on(TODAY)
    town = replace(signed, tenant=replace(CHOIR, kind="municipal_service", agreement="not_applicable"))
    assert not rules.convention_due(town, date(2027, 9, 1))


@pytest.mark.parametrize(
    ("tenant", "kind", "facts", "state"),
    [
        ({}, "convention", (), "said"),
        ({"agreement": "to_sign"}, "convention", (), "missing"),
        ({"agreement": "to_sign"}, "convention", ("sent",), "sent"),
        ({"convention_until": date(2027, 8, 31)}, "convention", ("seen",), "valid"),
        ({"convention_until": date(2026, 8, 31)}, "convention", ("seen",), "over"),
        ({"insurance_until": None}, "insurance", (), "missing"),
        ({"insurance_until": date(2026, 11, 23)}, "insurance", (), "over"),
        ({"insurance_until": date(2027, 1, 23)}, "insurance", (), "soon"),
        ({"insurance_until": date(2027, 1, 24)}, "insurance", (), "said"),
    ],
)
def test_where_a_paper_stands(tenant: dict[str, Any], kind: str, facts: tuple[str, ...], state: str) -> None:
    assert standing(replace(CHOIR, **tenant), kind, TODAY, sent="sent" in facts, seen="seen" in facts).state == state


def test_dates_to_come_are_counted_on_their_own_day() -> None:
    days = [ENDS, ENDS + timedelta(days=1), ENDS + timedelta(days=40)]
    found = standing(replace(CHOIR, insurance_until=ENDS), "insurance", TODAY - timedelta(days=60), days)
    assert (found.state, found.uncovered, found.settled) == ("said", 2, False)


def test_a_service_of_the_town_gives_no_insurance_and_an_association_gives_both() -> None:
    asked = Terms(("convention", "insurance"))
    assert asked_of(CHOIR, asked) == ("convention", "insurance")
    assert asked_of(replace(CHOIR, insurance_required=False), Terms()) == ()


@pytest.mark.parametrize(
    ("left", "said"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_a_paper_is_reminded_at_sixty_thirty_and_seven_days(left: int, said: int | None) -> None:
    assert reminder(TODAY + timedelta(days=left), TODAY) == said
