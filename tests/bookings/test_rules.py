"""Each rule of the engine: one case accepted, one refused, without a database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from bookings import rules
from bookings.values import Ask, BookingKind, Facts, Gauge, Limits, Presence, Shut, Slot, Taken, Thing, Whereabouts
from tests.conftest import NOW
from tests.make_bookings import slot

LASER = Thing(1, "machine", "La laser", 1, 30, 30, 120, 10)
TWO_TO_THREE = slot("14:00", "15:00")


@pytest.fixture(autouse=True)
def in_french(app: Flask) -> None:
    """Sentences need a language."""


def ask(when: Slot = TWO_TO_THREE, **fields: Any) -> Ask:
    return Ask(1, when, **{"holder_id": 7, **fields})


def facts(**fields: Any) -> Facts:
    """A free laser in an open house: every rule agrees."""
    nothing: dict[str, Any] = {
        "things": (LASER,),
        "leaves": (LASER,),
        "limits": Limits(),
        "house_hours": None,
        "windows": None,
        "group_windows": None,
        "calendar_known": True,
        "shut": (),
        "taken": (),
        "crowd": (),
        "gauges": (),
        "elsewhere": (),
    }
    return Facts(**{**nothing, **fields})


def codes(asked: Ask, known: Facts) -> list[str]:
    return [refusal.code for refusal in rules.refusals(asked, known, NOW)]


def taken(when: Slot, *, cleaning: int = 10, booking_id: int = 3) -> Taken:
    return Taken(1, when.longer(cleaning), booking_id)


BREAKDOWN = Shut("breakdown", NOW, None, "Courroie.", "La laser", date(2026, 12, 1))
WORKS = Shut("closure", slot("14:30", "16:00").start, slot("14:30", "16:00").end, "travaux")
TODAY = date(2026, 11, 24)

#: rule -> (ask accepted, facts), (ask refused, facts)
CASES: dict[str, tuple[tuple[Ask, Facts], tuple[Ask, Facts]]] = {
    "past": (
        (ask(slot("10:00", "11:00", TODAY)), facts()),
        (ask(slot("09:30", "10:30", TODAY)), facts()),
    ),
    "off_step": ((ask(), facts()), (ask(slot("14:05", "15:05")), facts())),
    "too_soon": (
        (ask(slot("12:00", "13:00", TODAY)), facts(limits=Limits(notice=timedelta(hours=2)))),
        (ask(slot("11:30", "12:30", TODAY)), facts(limits=Limits(notice=timedelta(hours=2)))),
    ),
    "too_far": (
        (ask(slot("14:00", "15:00", date(2026, 12, 22))), facts(limits=Limits(horizon=timedelta(days=28)))),
        (ask(slot("14:00", "15:00", date(2026, 12, 23))), facts(limits=Limits(horizon=timedelta(days=28)))),
    ),
    "too_short": (
        (ask(), facts(things=(replace(LASER, shortest=60),))),
        (ask(slot("14:00", "14:30")), facts(things=(replace(LASER, shortest=60),))),
    ),
    "too_long": ((ask(slot("14:00", "16:00")), facts()), (ask(slot("14:00", "16:30")), facts())),
    "closed": (
        (ask(slot("13:30", "14:30")), facts(shut=(WORKS,), house_hours=(slot("08:30", "22:00"),))),
        (ask(), facts(shut=(WORKS,))),
    ),
    "out_of_service": (
        (ask(slot("13:00", "14:00")), facts(shut=(replace(BREAKDOWN, start=slot("14:00", "15:00").start),))),
        (ask(), facts(shut=(BREAKDOWN,))),
    ),
    "outside_hours": (
        (ask(slot("16:30", "17:30")), facts(windows=(slot("16:30", "19:30"),))),
        (ask(slot("16:00", "17:00")), facts(windows=(slot("16:30", "19:30"),))),
    ),
    "taken": (
        (ask(), facts(taken=(taken(slot("15:10", "16:00")), taken(slot("13:00", "13:50"))))),
        (ask(), facts(taken=(taken(slot("15:00", "16:00")),))),
    ),
    "two_places": (
        (ask(), facts(elsewhere=(Whereabouts(7, slot("15:00", "16:00"), "La couture"),))),
        (ask(), facts(elsewhere=(Whereabouts(7, slot("14:30", "16:00"), "La couture"),))),
    ),
    "place_full": (
        (ask(), facts(gauges=(Gauge("Fablab", 3, frozenset({1})),), crowd=(Presence(1, TWO_TO_THREE, 2),))),
        (ask(), facts(gauges=(Gauge("Fablab", 3, frozenset({1})),), crowd=(Presence(1, TWO_TO_THREE, 3),))),
    ),
    "retired": ((ask(), facts()), (ask(), facts(things=(replace(LASER, retired_on=TODAY),)))),
}


@pytest.mark.parametrize("code", CASES)
def test_each_rule_accepts_and_refuses(code: str) -> None:
    accepted, refused = CASES[code]
    assert codes(*accepted) == []
    assert codes(*refused) == [code]


def test_everything_that_stands_in_the_way_is_said_at_once() -> None:
    known = facts(limits=Limits(notice=timedelta(days=4)), shut=(WORKS, BREAKDOWN), taken=(taken(TWO_TO_THREE),))
    assert codes(ask(slot("14:00", "16:30")), known) == ["too_soon", "too_long", "closed", "out_of_service", "taken"]


def test_outside_the_houses_own_hours_it_is_closed_whatever_the_window() -> None:
    known = facts(house_hours=(slot("08:30", "15:30"),), windows=(slot("14:00", "19:00"),))
    assert codes(ask(), known) == []
    assert codes(ask(slot("15:00", "16:00")), known) == ["closed"]


def test_a_slot_may_start_at_the_first_free_minute_after_a_booking_and_cleaning() -> None:
    known = facts(taken=(taken(slot("13:00", "14:00")),))
    assert codes(ask(slot("14:10", "15:10")), known) == []
    assert codes(ask(slot("14:10", "15:00")), known) == []
    assert codes(ask(slot("14:15", "15:15")), known) == ["off_step"]


def test_a_session_is_planned_to_the_minute_months_ahead_by_its_own_part() -> None:
    asked = ask(slot("14:05", "17:05", date(2027, 5, 4)), kind="session", holder_id=None)
    assert codes(asked, facts(limits=Limits(horizon=timedelta(days=28)), windows=())) == []
    assert codes(ask(slot("08:00", "09:00", TODAY), kind="session", holder_id=None), facts()) == ["past"]


def test_a_session_outside_group_hours_is_only_warned_about() -> None:
    asked = ask(kind="session", holder_id=None)
    windows = (slot("09:00", "12:00"),)
    assert codes(asked, facts(group_windows=windows)) == []
    assert [one.code for one in rules.warnings(asked, facts(group_windows=windows))] == ["outside_group_hours"]
    assert rules.warnings(asked, facts(group_windows=(slot("13:30", "16:30"),))) == []


def test_a_date_beyond_the_known_school_calendar_says_so() -> None:
    assert [one.code for one in rules.warnings(ask(), facts(calendar_known=False))] == ["beyond_calendar"]


def test_a_session_may_be_planned_while_a_machine_of_it_is_away_with_a_reason() -> None:
    (refusal,) = rules.refusals(ask(kind="session", holder_id=None), facts(shut=(BREAKDOWN,)), NOW)
    assert (refusal.code, refusal.soft) == ("out_of_service", True)


def test_the_rules_about_asking_leave_a_booking_alone_and_the_others_mark_it() -> None:
    effects = {
        refusal.code: refusal.effect for _ok, refused in CASES.values() for refusal in rules.refusals(*refused, NOW)
    }
    kept = {code for code, effect in effects.items() if effect == "keep"}
    assert kept == {"past", "off_step", "too_soon", "too_far", "too_short", "too_long"}


def test_overlaps_closures_and_gauges_are_never_soft() -> None:
    soft = {
        refusal.code for _ok, refused in CASES.values() for refusal in rules.refusals(*refused, NOW) if refusal.soft
    }
    assert soft == {"too_soon", "too_far", "too_short", "too_long", "outside_hours"}


def test_heads_are_counted_at_the_fullest_moment_and_not_added_over_the_slot() -> None:
    first, second = slot("14:00", "14:30"), slot("14:30", "15:00")
    assert rules.peak(TWO_TO_THREE, [Presence(1, first, 5), Presence(1, second, 6)]) == 6
    assert rules.peak(TWO_TO_THREE, [Presence(1, first, 5), Presence(1, TWO_TO_THREE, 6)]) == 11
    assert rules.peak(TWO_TO_THREE, [Presence(1, slot("13:00", "14:00"), 5)]) == 0


def test_an_adult_counts_once_however_many_reasons_to_be_there() -> None:
    there = [Presence(1, TWO_TO_THREE, 1, 5), Presence(1, slot("14:00", "18:00"), 1, 5), Presence(1, TWO_TO_THREE, 2)]
    assert rules.peak(TWO_TO_THREE, there) == 3


def test_heads_of_a_place_inside_count_in_the_house_around_it() -> None:
    known = facts(gauges=(Gauge("Maison", 3, frozenset({1, 2})),), crowd=(Presence(2, TWO_TO_THREE, 3),))
    assert codes(ask(), known) == ["place_full"]


def test_a_slot_across_the_hour_that_spring_skips_lasts_its_real_length() -> None:
    # 28 March 2027, 01:30 to 03:30 in wall time is one hour.
    night = slot("01:30", "03:30", date(2027, 3, 28))
    assert night.minutes == 60
    assert codes(ask(night), facts(things=(replace(LASER, longest=60),))) == []


def test_a_slot_in_the_hour_that_autumn_doubles_lasts_its_real_length() -> None:
    # 25 October 2026, 01:30 to 03:30 in wall time is three hours.
    night = slot("01:30", "03:30", date(2026, 10, 25))
    assert night.minutes == 180
    before = NOW.replace(month=10, day=1)
    found = rules.refusals(ask(night), facts(), before)
    assert [refusal.code for refusal in found] == ["too_long"]


@pytest.mark.parametrize(("kind", "most"), [("own", 24), ("session", 24), ("rental", 24 * 7)])
def test_no_reason_passes_what_every_reading_of_the_calendar_rests_on(kind: BookingKind, most: int) -> None:
    known = facts(things=(replace(LASER, longest=60 * 24 * 30),))
    start = TWO_TO_THREE.start
    assert codes(ask(Slot(start, start + timedelta(hours=most)), kind=kind), known) == []
    long = ask(Slot(start, start + timedelta(hours=most + 1)), kind=kind)
    assert [(one.code, one.soft) for one in rules.refusals(long, known, NOW)] == [("too_long", False)]
