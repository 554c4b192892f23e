"""Each rule of the money of rooms, accepted and refused; prices, seasons and sums. No database."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rooms import rules, rules_money
from rooms.values import Quota, RoomRules
from rooms.values_money import (
    Season,
    Terms,
    added_up,
    amount_of,
    quota_of,
    season_named,
    season_of,
    seasons_of,
    terms_of,
    until_of,
)
from tests.make_rooms import APPLICANTS
from tests.rooms.test_rules import ASK, CHOIR, GIVEN, SHEET

pytestmark = pytest.mark.usefixtures("words")

TARIFFS = [
    {"room_category": "meeting", "hour_eur": 10},
    {"room_category": "meeting", "type": "private_body", "hour_eur": 12.5},
]
PAPERS = [{"code": "deposit", "amount_eur": 300}]
KINDS: list[dict[str, Any]] = [
    *APPLICANTS[:1],
    {**APPLICANTS[1], "season_hours": 100},
    {**APPLICANTS[2], "conditions": ["deposit"]},
]
LIMITS = RoomRules.of({"applicants": KINDS, "tariffs": TARIFFS, "papers": PAPERS})
CLUB = replace(CHOIR, kind="private_body")


def test_an_association_pays_nothing_and_what_it_has_is_worth_the_price_of_all() -> None:
    assert terms_of(LIMITS, SHEET, CHOIR) == Terms(1000, False, None)


def test_a_private_body_pays_its_own_price_and_leaves_a_deposit() -> None:
    assert terms_of(LIMITS, SHEET, CLUB) == Terms(1250, True, 30_000)


def test_an_hour_of_a_half_hall_is_worth_half_and_a_room_without_a_price_nothing() -> None:
    assert terms_of(LIMITS, replace(SHEET, whole_id=1), CLUB).hour_cents == 625
    assert terms_of(LIMITS, replace(SHEET, category="music"), CLUB) == Terms(None, False, 30_000)


@pytest.mark.parametrize(
    ("minutes", "cents", "amount"), [(120, 1250, 2500), (50, 1250, 1042), (0, 1250, 0), (1, 30, 1)]
)
def test_an_amount_is_to_the_nearest_cent(minutes: int, cents: int, amount: int) -> None:
    assert amount_of(minutes, cents) == amount


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 8, 31), "2025-2026"), (date(2026, 9, 1), "2026-2027"), (date(2027, 1, 1), "2026-2027")],
)
def test_a_season_runs_from_september_to_august(day: date, name: str) -> None:
    assert season_of(day).name == name
    assert season_named(name) == season_of(day)


@pytest.mark.parametrize("name", ["", "2026", "2026-2028", "abcd-efgh", "²026-2027"])
def test_anything_else_names_no_season(name: str) -> None:
    assert season_named(name) is None


def test_every_season_of_a_span_is_read_those_between_too() -> None:
    found = seasons_of(date(2026, 8, 31), date(2028, 9, 1))
    assert [one.name for one in found] == ["2025-2026", "2026-2027", "2027-2028", "2028-2029"]
    assert [one.name for one in seasons_of(date(2026, 9, 1), date(2027, 8, 31))] == ["2026-2027"]
    assert (found[0].after, found[1].before) == (found[1], found[0])


def test_no_statement_is_made_of_nothing() -> None:
    assert rules_money.statement_refusals(1) == []
    assert [one.code for one in rules_money.statement_refusals(0)] == ["nothing_to_state"]


def test_a_statement_counts_up_to_yesterday_or_to_the_end_of_the_season() -> None:
    season = Season(date(2026, 9, 1))
    assert until_of(season, date(2026, 11, 24)) == date(2026, 11, 23)
    assert until_of(season, date(2028, 1, 1)) == date(2027, 8, 31)


def test_what_was_held_is_added_up_by_kind_of_room_free_charged_and_without_a_price() -> None:
    rows = {
        ("meeting", False, 1000, False): 90, ("meeting", False, 1200, False): 60, ("great_hall", True, 2400, False): 30,
        ("meeting", False, 1250, True): 120, ("music", False, None, False): 45,
    }  # fmt: skip
    found = added_up(rows, Season(date(2026, 9, 1)), date(2026, 11, 23))
    assert [(one.category, one.part, one.minutes, one.cents) for one in found.free] == [
        ("great_hall", True, 30, 1200), ("meeting", False, 150, 2700),
    ]  # fmt: skip
    assert (found.free_minutes, found.free_cents, found.charged_cents, found.unpriced_minutes) == (180, 3900, 2500, 45)


def test_an_organisation_has_the_hours_of_its_kind_or_its_own() -> None:
    season = Season(date(2026, 9, 1))
    assert quota_of(LIMITS, CHOIR, season) == 100
    assert quota_of(LIMITS, replace(CHOIR, quotas=((season.first, 40),)), season) == 40
    assert quota_of(LIMITS, CLUB, season) is None
    assert (Quota(40, 39 * 60).left, Quota(40, 50 * 60).left) == (60, 0)


def test_hours_of_the_season_accept_what_fits_exactly_and_refuse_a_minute_more() -> None:
    fits = replace(GIVEN, quota=Quota(10, 8 * 60))
    assert rules.refusals(ASK, fits) == []
    [refusal] = rules.refusals(ASK, replace(GIVEN, quota=Quota(10, 8 * 60 + 1)))
    assert (refusal.code, refusal.soft, refusal.effect) == ("quota_used", True, "keep")
    assert refusal.sentence.replace("\u00a0", " ") == "Il reste 1 h 59 à la structure, sur 10 h pour la saison."


def test_an_amount_is_agreed_to_as_it_was_shown_and_what_is_free_needs_no_agreement() -> None:
    paid = Terms(1250, True, None)
    assert rules_money.agreeing_refusals(paid, [120], 2500) == []
    assert [one.code for one in rules_money.agreeing_refusals(paid, [120], 0)] == ["amount_to_agree"]
    assert rules_money.agreeing_refusals(replace(paid, charged=False), [120], 0) == []
    assert rules_money.agreeing_refusals(None, [120], 0) == []


def test_several_dates_are_agreed_to_as_each_will_be_invoiced() -> None:
    odd = Terms(1001, charged=True, deposit_cents=None)
    each = amount_of(90, 1001)  # 15.015 euros: 15.02 on each invoice
    assert rules_money.agreeing_refusals(odd, [90, 90], 2 * each) == []
    assert [one.code for one in rules_money.agreeing_refusals(odd, [90, 90], amount_of(180, 1001))] == [
        "amount_to_agree"
    ]


def test_only_what_is_over_and_to_be_paid_is_invoiced() -> None:
    due = {"charged": True, "suspended": False, "over": True}
    for status in ("confirmed", "checked_in", "done", "no_show"):
        assert rules_money.invoicing_refusals("Leysse", status, **due) == []
    for status, changed in (
        ("done", {"charged": False}), ("done", {"over": False}), ("done", {"suspended": True}),
        ("cancelled", {}), ("requested", {}), ("refused", {}),
    ):  # fmt: skip
        [refusal] = rules_money.invoicing_refusals("Leysse", status, **{**due, **changed})
        assert (refusal.code, "Leysse" in refusal.sentence) == ("nothing_to_invoice", True)


def test_a_deposit_is_asked_then_received_then_given_back_or_kept() -> None:
    assert rules_money.asking_refusals(30_000, received=False) == []
    assert [one.code for one in rules_money.asking_refusals(None, received=True)] == ["deposit_received"]
    assert rules_money.receiving_refusals(30_000) == []
    assert [one.code for one in rules_money.receiving_refusals(None)] == ["deposit_not_asked"]
    assert rules_money.ending_refusals(None, "kept", received=True) == []
    assert rules_money.ending_refusals("kept", "kept", received=True) == []
    assert [one.code for one in rules_money.ending_refusals(None, "kept", received=False)] == ["deposit_not_received"]
    assert [one.code for one in rules_money.ending_refusals("given_back", "kept", received=True)] == ["deposit_ended"]


def test_hours_are_given_until_the_season_ends() -> None:
    assert rules_money.quota_refusals(date(2027, 8, 31), date(2027, 8, 31)) == []
    assert [one.code for one in rules_money.quota_refusals(date(2027, 8, 31), date(2027, 9, 1))] == ["season_over"]
