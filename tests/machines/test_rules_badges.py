"""The rules of machines about badges, accepted and refused. No database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pathways.values_badges import BadgeTerms, Gap, Named, Requirement
from tests.machines.given import (
    ASK,
    NOW,
    badge,
    codes,
    holder,
    refusals,
)

pytestmark = pytest.mark.usefixtures("words")
SEAM = NOW + timedelta(days=1)


def test_badge_missing_accepts_somebody_who_holds_it_and_what_it_rests_on() -> None:
    held = {"BS-LASER": badge(prerequisites=("BS-ATELIER",)), "BS-ATELIER": badge("BS-ATELIER")}
    assert codes(holder(standings=held)) == []


def test_badge_missing_refuses_somebody_who_never_had_it() -> None:
    assert codes(holder(standings={})) == ["badge_missing"]


def test_badge_missing_refuses_somebody_who_lacks_a_badge_it_rests_on() -> None:
    facts = replace(
        holder(standings={"BS-LASER": badge(prerequisites=("BS-ATELIER",))}), badge_names={"BS-ATELIER": "Atelier"}
    )
    [refusal] = refusals(facts)
    assert refusal.code == "badge_missing"
    assert refusal.sentence == "Il me faut le badge Atelier."


def test_badge_missing_refuses_somebody_whose_badge_was_taken_back() -> None:
    revoked = badge(ended_at=NOW - timedelta(days=1), ended_reason="essai à refaire")
    assert codes(holder(standings={"BS-LASER": revoked})) == ["badge_missing"]


def test_badge_missing_counts_what_is_held_and_what_is_missing() -> None:
    needs = [Requirement(number, f"MAT-0{number}", "titre", "je sais", 2) for number in (1, 2, 3)]
    terms = BadgeTerms(
        1, "BS-LASER", "Permis laser", requirements=tuple(needs), prerequisites=(Named("BS-ATELIER", "Atelier"),)
    )
    gap = Gap(terms, missing=tuple(needs[:2]), reached=(needs[2],))
    [refusal] = refusals(holder(standings={}, gaps={"BS-LASER": gap}))
    assert refusal.sentence == "Il me faut le badge Permis laser. J’ai 2 choses sur 4."


def test_badge_expires_accepts_a_badge_that_holds_to_the_last_minute_of_the_slot() -> None:
    assert codes(holder(standings={"BS-LASER": badge(expires_at=ASK.slot.end)})) == []


def test_badge_expires_refuses_a_badge_that_ends_in_the_middle_of_the_slot() -> None:
    half_way = ASK.slot.end - timedelta(minutes=30)
    assert codes(holder(standings={"BS-LASER": badge(expires_at=half_way)})) == ["badge_expires"]


def test_badge_expires_looks_at_the_badges_it_rests_on_too() -> None:
    held = {
        "BS-LASER": badge(prerequisites=("BS-ATELIER",)),
        "BS-ATELIER": badge("BS-ATELIER", expires_at=ASK.slot.end - timedelta(minutes=1)),
    }
    assert codes(holder(standings=held)) == ["badge_expires"]


def test_badge_expires_refuses_a_badge_that_is_over() -> None:
    [refusal] = refusals(holder(standings={"BS-LASER": badge(expires_at=NOW - timedelta(days=3))}))
    assert refusal.code == "badge_expires"
    assert "est fini le samedi 21 novembre" in refusal.sentence


def test_badge_lapsed_accepts_a_slot_whose_check_in_comes_before_the_badge_falls_asleep() -> None:
    during = ASK.slot.start + timedelta(minutes=10)
    assert codes(holder(standings={"BS-LASER": badge(lapses_at=during)})) == []


def test_badge_lapsed_refuses_a_badge_that_sleeps_when_the_slot_begins() -> None:
    assert codes(holder(standings={"BS-LASER": badge(lapses_at=ASK.slot.start)})) == ["badge_lapsed"]


def test_badge_lapsed_refuses_a_badge_that_sleeps_already() -> None:
    assert codes(holder(standings={"BS-LASER": badge(lapses_at=NOW - timedelta(days=1))})) == ["badge_lapsed"]
