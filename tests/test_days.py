"""How days are said: with their year once they are more than half a year away."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fablab import clock
from fablab.i18n import NEAR_DAYS, said_at, say_day, say_day_from, say_one_stop, say_when, speaking


@pytest.fixture(autouse=True)
def in_french(app: Flask) -> None:
    """Days are said in the language of an app, as a request does: at the moment that it reads."""
    said_at(clock.now())


def today() -> date:
    return clock.local_day(clock.now())


@pytest.mark.parametrize("side", [-1, 1])
def test_a_day_of_the_half_year_around_today_has_no_year(side: int) -> None:
    day = today() + side * timedelta(days=NEAR_DAYS)
    assert str(day.year) not in say_day(day)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_day_further_away_has_its_year(side: int) -> None:
    day = today() + side * timedelta(days=NEAR_DAYS + 1)
    assert say_day(day).endswith(f" {day.year}")


def test_a_moment_of_the_next_school_year_is_said_with_its_year_before_its_hour() -> None:
    moment = datetime(today().year + 1, 10, 1, 12, tzinfo=UTC)
    assert f"1er octobre {moment.year} à 14\u00a0h" in say_when(moment)
    with speaking("en"):
        assert f"1 October {moment.year} at 14:00" in say_when(moment)


def test_a_day_told_from_a_moment_says_its_year_once() -> None:
    day = date(today().year + 1, 12, 24)
    assert say_day_from(day, clock.now()).count(str(day.year)) == 1


def test_a_letter_is_said_from_the_moment_it_is_written() -> None:
    day = today() + timedelta(days=NEAR_DAYS + 30)
    with speaking("fr", clock.now() + timedelta(days=60)):
        assert str(day.year) not in say_day(day)
    assert say_day(day).endswith(str(day.year))


def test_a_page_says_the_year_of_a_day_far_away(client: FlaskClient) -> None:
    day = today() + timedelta(days=NEAR_DAYS + 1)
    with client:
        client.get("/")
        assert say_day(day).endswith(str(day.year))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Preuve ajoutée pour Alexis T..", "Preuve ajoutée pour Alexis T."),
        ("Inscription faite : Alexis T.. À apporter : fiche.", "Inscription faite : Alexis T. À apporter : fiche."),
        ("J’enregistre...", "J’enregistre..."),
        ("C’est noté.", "C’est noté."),
    ],
)
def test_a_short_name_at_the_end_of_a_sentence_brings_one_full_stop(said: str, shown: str) -> None:
    assert say_one_stop(said) == shown
