"""The pure side of training: days, states of badges, gaps, where one stands."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from fablab import clock
from pathways.progress import attendance_words, missing_words, next_gap, stage_states
from pathways.rules_badges import badge_gap, sessions_needed, stage_gap
from pathways.rules_validating import may_validate, split_reached
from pathways.values import end_after_months, months_later, school_year
from pathways.values_badges import (
    BadgeState,
    BadgeTerms,
    Gap,
    Named,
    Requirement,
    StageGap,
    Standing,
    award_state,
    lacks,
    lapse_of,
)
from pathways.values_validating import Cell
from tests.conftest import NOW

DAY = timedelta(days=1)


def standing(code: str = "BS-LASER", **fields: Any) -> Standing:
    values: dict[str, Any] = {
        "badge_id": 1,
        "name": code,
        "award_id": 1,
        "public_id": "x",
        "awarded_at": NOW - 100 * DAY,
        **fields,
    }
    return Standing(code=code, **values)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 24), 12, date(2027, 11, 24)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
    ],
)
def test_months_later_keep_the_day_or_take_the_last(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_a_validity_ends_at_midnight_in_chambery_whatever_the_clock_does() -> None:
    # Handed over in summer time, it ends in winter time, at 23:00 UTC; and the other way at 22:00 UTC.
    assert end_after_months(datetime(2026, 8, 10, 14, tzinfo=UTC), 6) == datetime(2027, 2, 10, 23, tzinfo=UTC)
    assert end_after_months(datetime(2026, 12, 10, 14, tzinfo=UTC), 6) == datetime(2027, 6, 10, 22, tzinfo=UTC)
    # 23:30 UTC in summer is already the next day.
    assert end_after_months(datetime(2026, 6, 10, 23, 30, tzinfo=UTC), 1) == datetime(2026, 7, 11, 22, tzinfo=UTC)


def test_a_school_year_goes_from_september_to_august() -> None:
    assert school_year(date(2026, 8, 31)) == (date(2025, 9, 1), date(2026, 8, 31))
    assert school_year(date(2026, 9, 1)) == (date(2026, 9, 1), date(2027, 8, 31))


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, BadgeState.VALID),
        ({"expires_at": NOW + 31 * DAY}, BadgeState.VALID),
        ({"expires_at": NOW + 30 * DAY}, BadgeState.EXPIRES_SOON),
        ({"lapses_at": NOW + 10 * DAY}, BadgeState.EXPIRES_SOON),
        ({"expires_at": NOW}, BadgeState.EXPIRED),
        ({"lapses_at": NOW}, BadgeState.LAPSED),
        ({"expires_at": NOW - DAY, "lapses_at": NOW - 9 * DAY}, BadgeState.LAPSED),
        ({"expires_at": NOW - 9 * DAY, "lapses_at": NOW - DAY}, BadgeState.EXPIRED),
        ({"expires_at": NOW + 90 * DAY, "ended_at": NOW - DAY}, BadgeState.REVOKED),
    ],
)
def test_the_state_of_an_award(fields: dict[str, Any], state: BadgeState) -> None:
    assert award_state(standing(**fields), NOW) is state


def test_disuse_counts_from_the_last_use_until_a_silence_is_too_long() -> None:
    handed = datetime(2026, 1, 10, 10, tzinfo=UTC)
    assert lapse_of(handed, [], None) is None
    assert lapse_of(handed, [], 6) == clock.day_bounds(date(2026, 7, 10))[1]
    june = datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert lapse_of(handed, [june], 6) == clock.day_bounds(date(2026, 12, 1))[1]
    # The last day still counts; after it, a use no longer wakes the badge.
    assert lapse_of(handed, [datetime(2026, 7, 10, 21, 59, tzinfo=UTC)], 6) == clock.day_bounds(date(2027, 1, 10))[1]
    assert lapse_of(handed, [datetime(2026, 7, 10, 22, tzinfo=UTC)], 6) == clock.day_bounds(date(2026, 7, 10))[1]
    # A use before the award does not count for it.
    assert lapse_of(handed, [handed - DAY], 6) == clock.day_bounds(date(2026, 7, 10))[1]


def test_a_badge_must_hold_until_the_end_of_the_slot() -> None:
    midnight = NOW + 10 * DAY
    held = {"BS-LASER": standing(expires_at=midnight)}
    assert lacks(held, "BS-LASER", midnight, NOW) == []
    found = lacks(held, "BS-LASER", midnight + timedelta(minutes=1), NOW)
    assert [(lack.code, lack.reason, lack.since) for lack in found] == [("BS-LASER", "expires_before", midnight)]
    held = {"BS-LASER": standing(expires_at=NOW + 90 * DAY, lapses_at=midnight)}
    assert [lack.reason for lack in lacks(held, "BS-LASER", NOW + 20 * DAY, NOW)] == ["lapses_before"]
    assert [lack.reason for lack in lacks({}, "BS-LASER", NOW, NOW)] == ["never"]


def test_the_prerequisites_of_prerequisites_must_hold_too() -> None:
    held = {
        "BS-CNC": standing("BS-CNC", prerequisites=("BS-OUTILS",)),
        "BS-OUTILS": standing("BS-OUTILS", prerequisites=("BS-ATELIER",)),
        "BS-ATELIER": standing("BS-ATELIER", ended_at=NOW - DAY),
    }
    assert [(lack.code, lack.reason) for lack in lacks(held, "BS-CNC", NOW, NOW)] == [("BS-ATELIER", "revoked")]


LASER = BadgeTerms(
    1,
    "BS-LASER",
    "Permis laser",
    min_age=12,
    requirements=(Requirement(1, "MAC-05", "Laser", "J’utilise la laser.", 2),),
    prerequisites=(Named("BS-ATELIER", "Atelier"),),
)


def test_a_gap_names_all_that_is_missing() -> None:
    today = date(2026, 11, 24)
    gap = badge_gap(LASER, {1: 1}, set(), date(2014, 11, 25), today)
    assert ([need.code for need in gap.missing], [badge.code for badge in gap.badges], gap.too_young) == (
        ["MAC-05"],
        ["BS-ATELIER"],
        True,
    )
    assert (gap.ready, gap.size) == (False, 3)
    ready = badge_gap(LASER, {1: 3}, {"BS-ATELIER"}, date(2014, 11, 24), today)
    assert ready.ready
    assert [need.code for need in ready.reached] == ["MAC-05"]
    assert badge_gap(LASER, {1: 3}, {"BS-ATELIER"}, None, today).too_young


def test_a_cell_said_twice_counts_once_at_its_highest() -> None:
    to_write, reached = split_reached([Cell(1, 1, 2), Cell(1, 1, 3), Cell(1, 2, 1)], {(1, 2): 1})
    assert to_write == [Cell(1, 1, 3)]
    assert reached == [Cell(1, 2, 1)]


def test_a_competency_of_no_safety_badge_needs_no_right() -> None:
    asked_by = {1: frozenset({7, 8})}
    assert may_validate(2, asked_by, set())
    assert not may_validate(1, asked_by, {9})
    assert may_validate(1, asked_by, {8})


def test_a_stage_asks_every_target_and_enough_of_a_choice() -> None:
    assert stage_gap({1: 2, 2: 1}, {1: 2, 2: 3}).closed
    assert stage_gap({1: 2, 2: 1}, {1: 2}).missing == (2,)
    choice = (2, [3, 4, 5], 3)
    assert stage_gap({1: 2}, {1: 2, 3: 3, 5: 4}, choice).closed
    assert stage_gap({1: 2}, {1: 2, 3: 3, 5: 2}, choice).to_choose == 1
    assert stage_gap({1: 2}, {1: 1}, choice) == StageGap((1,), 2)


@pytest.mark.parametrize(("percent", "sessions", "needed"), [(75, 6, 5), (70, 10, 7), (80, 20, 16), (100, 4, 4)])
def test_the_attendance_asked_is_rounded_up(percent: int, sessions: int, needed: int) -> None:
    assert sessions_needed(percent, sessions) == needed


def test_one_is_at_the_first_stage_not_finished() -> None:
    assert stage_states([False, False, False, False]) == ["here", "todo", "todo", "todo"]
    assert stage_states([True, False, True, False]) == ["done", "here", "done", "todo"]
    assert stage_states([True] * 4) == ["done"] * 4


def gap(code: str, missing: int, *, badges: tuple[Named, ...] = ()) -> Gap:
    needs = tuple(Requirement(number, "X", "X", "Je sais.", 2) for number in range(missing))
    return Gap(BadgeTerms(1, code, code), missing=needs, badges=badges)


def test_the_next_badge_is_one_my_path_aims_at_with_the_least_missing() -> None:
    gaps = {
        "BS-ATELIER": gap("BS-ATELIER", 0),
        "BS-VINYLE": gap("BS-VINYLE", 2),
        "BS-PRESSE": gap("BS-PRESSE", 1),
        "BS-3D": gap("BS-3D", 0),
        "BS-CNC": gap("BS-CNC", 0, badges=(Named("BS-OUTILS", "Outils"),)),
    }
    aimed = ["BS-ATELIER", "BS-VINYLE", "BS-PRESSE", "BS-CNC"]
    found = next_gap(gaps, {"BS-ATELIER"}, aimed)
    assert found is not None
    assert found.badge.code == "BS-PRESSE"
    assert next_gap({}, set(), aimed) is None


def test_words_for_young_people_hold_in_twelve_words(app: Flask) -> None:
    said = [missing_words(gap("X", 0)), missing_words(gap("X", 2)), attendance_words(3, 5), attendance_words(5, 5)]
    assert said[1] == "Il me manque 2 choses."
    assert said[2:] == ["J’ai fait 3 séances. Il en faut 5 pour finir.", "J’ai fait 5 séances."]
    assert all(len(sentence.split()) <= 12 for text in said for sentence in text.split(". "))
