"""A year of the four pathways lived through the pages: at its end all is as an independent computation says.

Each act is a form sent by whoever would send it, the clock moved; ``tests/pathways/year`` holds the story, what sends
it, and the reckoning, which reads the acts and the catalogue's files alone. YEAR_PLACES=500 plays the whole house.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import astuple
from datetime import UTC, datetime
from functools import cache
from random import Random

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from fablab.db import db
from fablab.people.models import Person
from pathways.models import (
    Attendance,
    Award,
    Badge,
    Competency,
    Enrolment,
    Group,
    Mastery,
    Pathway,
    PathwayVersion,
    TrainingRequest,
    TrainingSession,
    ValidationRequest,
)
from pathways.queries_numbers import pathway_years
from pathways.queries_presence import Presence, presences
from pathways.queries_standings import badge_standings
from pathways.values_badges import award_state
from tests.pathways.year import pages
from tests.pathways.year.facts import Course
from tests.pathways.year.house import live
from tests.pathways.year.pages import text
from tests.pathways.year.story import ENDS, places_of
from tests.pathways.year.workshop import Workshop

PLACES = int(os.environ.get("YEAR_PLACES", "50"))
#: the rules and actions that it passes through are each tested beside it
pytestmark = [pytest.mark.walk, pytest.mark.slow]
LEAVING = ("dropped", "interrupted", "redirected", "moved_away")


@pytest.fixture(scope="module")
def places(engine_name: str) -> int:
    """How many places the year has."""
    return PLACES if engine_name == "sqlite" else min(PLACES, 50)


@pytest.fixture(scope="module")
def year(migrated: str, places: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Workshop]]:
    """The house after its year, played once, inside the first test: coverage would trace it before."""
    with ExitStack() as stack:
        yield cache(lambda: live(migrated, places, tmp_path_factory.mktemp("year"), stack))


@pytest.fixture
def played(year: Callable[[], Workshop]) -> Workshop:
    """The same, played already."""
    return year()


@pytest.fixture
def evening() -> Iterator[None]:
    """The last evening of the year."""
    with time_machine.travel(ENDS, tick=False):
        yield


@pytest.fixture
def session(played: Workshop, evening: None) -> Iterator[Session]:
    """The database on that evening."""
    with played.app.app_context():
        yield db.session()
        db.session.remove()


def test_a_year_is_played_through_the_pages(year: Callable[[], Workshop], places: int) -> None:
    assert year().sent > 6 * places


def test_every_place_of_the_year_is_filled(played: Workshop, session: Session, places: int) -> None:
    filled = Counter(one.pathway for one in courses(played) if one.first_on)
    assert filled == places_of(places)
    said = {one.code: one for one in pathway_years(session, ENDS.date())}
    for code in filled:
        mine = [one for one in courses(played) if one.pathway == code]
        stands = Counter(one.status for one in mine)
        assert said[code].filled == filled[code]
        assert said[code].running == stands["enrolled"] + stands["under_way"]
        assert said[code].finished == stands["finished"]
        assert said[code].left == sum(stands[way] for way in LEAVING)


def test_every_enrolment_stands_as_computed(played: Workshop, session: Session) -> None:
    other = aliased(Pathway)
    found = session.execute(
        select(
            Person.last_name,
            Pathway.code,
            Group.name,
            Enrolment.status,
            Enrolment.enrolled_on,
            Enrolment.soft_reason,
            Enrolment.first_attended_on,
            Enrolment.ended_on,
            other.code,
        )
        .join(Enrolment.person)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .outerjoin(Enrolment.group)
        .outerjoin(other, other.id == Enrolment.redirected_to_id)
    )
    assert ordered(found) == ordered(astuple(one) for one in courses(played))


def test_every_level_is_as_computed(played: Workshop, session: Session) -> None:
    found = session.execute(
        select(Person.last_name, Competency.code, Mastery.level)
        .join(Person, Person.id == Mastery.person_id)
        .join(Mastery.competency)
    )
    computed = [(who, code, level) for who in played.people for code, level in played.year.levels(who).items()]
    assert ordered(found) == ordered(computed)


def test_every_badge_came_and_ended_as_computed(played: Workshop, session: Session) -> None:
    found = session.execute(
        select(
            Person.last_name,
            Badge.code,
            Award.awarded_at,
            Award.expires_at,
            Award.ended_at,
            Award.undone_at.is_not(None),
        )
        .join(Award.person)
        .join(Award.badge)
    )
    computed = [astuple(one) for held in played.year.held.values() for one in held]
    assert ordered(found) == ordered(computed)


def test_every_safety_badge_holds_as_computed(played: Workshop, session: Session) -> None:
    names = {number: who for who, (number, _public_id) in played.people.items()}
    found = {
        (names[number], code): (award_state(standing, ENDS).value, standing.until)
        for number, standings in badge_standings(session, list(names)).items()
        for code, standing in standings.items()
    }
    computed = {
        (who, code): (played.year.state(who, code, ENDS), played.year.holds_until(held))
        for who in played.people
        for code in played.year.safety
        if (held := played.year.latest(who, code))
    }
    assert found == computed


def test_every_presence_and_hour_is_as_computed(played: Workshop, session: Session) -> None:
    lived = select(Person.last_name, TrainingSession.title, Attendance.status, Attendance.minutes_late)
    found = session.execute(lived.join(Attendance.person).join(Attendance.session))
    marks = [
        (who, f"Séance {key}", *mark)
        for key, lesson in played.year.lessons.items()
        for who, mark in (lesson.marks or {}).items()
    ]
    assert ordered(found) == ordered(marks)
    enrolments = session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
    counted = presences(session, enrolments)
    said = [(one.person.last_name, one.version.pathway.code, counted[one.id]) for one in enrolments]
    computed = [
        (
            one.who,
            one.pathway,
            Presence(
                played.year.presence(one),
                played.year.needed(one),
                min(days, default=None),
                "sessions" if one.group else "hours",
            ),
        )
        for one in courses(played)
        for days in [played.year.days(one)]
    ]
    assert sorted(said, key=str) == sorted(computed, key=str)


def test_every_request_was_answered_as_computed(played: Workshop, session: Session) -> None:
    seen = session.execute(
        select(Person.last_name, Competency.code, ValidationRequest.outcome)
        .join(ValidationRequest.person)
        .join(ValidationRequest.competency)
        .order_by(ValidationRequest.id)
    )
    assert {(who, code): outcome or "waiting" for who, code, outcome in seen} == played.year.seen
    asked = session.execute(
        select(Person.last_name, Badge.code, TrainingRequest.status)
        .join(TrainingRequest.person)
        .join(TrainingRequest.badge)
        .order_by(TrainingRequest.id)
    )
    assert {(who, code): status for who, code, status in asked} == played.year.trainings


def test_everything_of_a_year_happened(played: Workshop) -> None:
    """The story holds what it must: else the comparisons above would compare little."""
    stands = {one.status for one in courses(played)}
    assert {"finished", "under_way"} <= stands
    states = {played.year.state(who, code, ENDS) for who in played.people for code in played.year.safety}
    assert "valid" in states
    assert "finished" in {one.status for one in courses(played) if one.group is None}
    assert any(played.year.stays.values())
    assert any(played.year.helped.values())
    assert any(played.year.chosen.values())


def test_the_projections_made_anew_are_the_same(played: Workshop, session: Session) -> None:
    before = session.execute(select(Mastery.person_id, Mastery.competency_id, Mastery.level, Mastery.validation_id))
    kept = ordered(before)
    session.rollback()
    said = played.app.test_cli_runner().invoke(args=["pathways", "rebuild-mastery"])
    assert said.output == "Every level was right.\n"
    after = session.execute(select(Mastery.person_id, Mastery.competency_id, Mastery.level, Mastery.validation_id))
    assert ordered(after) == kept


@pytest.fixture
def sample(played: Workshop) -> list[str]:
    """Thirty of the people."""
    return Random(30).sample(sorted(played.people), min(30, len(played.people)))


def test_young_people_read_what_was_computed(played: Workshop, evening: None, sample: list[str]) -> None:
    for who in sample:
        mine = page_of(played, who, "/mon-parcours")
        cards = {text(one.h2): text(one) for one in mine.select("main section.card[aria-label]")}
        expected = pages.path_lines(played.year, who)
        assert sorted(cards) == sorted(lines[0] for lines in expected), who
        for lines in expected:
            assert all(line in cards[lines[0]] for line in lines), (who, lines, cards[lines[0]])
        badges, lines_of = page_of(played, who, "/mes-badges"), pages.badge_lines(played.year, who, ENDS)
        pages.judge(who, pages.rows_about(badges, lines_of), lines_of)
        assert len(badges.select("main ul.badges > li")) == pages.skill_badges(played.year, who), who


def test_the_team_reads_what_was_computed(played: Workshop, evening: None, sample: list[str]) -> None:
    for who in sample:
        page = page_of(played, "chloe", f"/jeunes/{played.people[who][1]}")
        lines_of = pages.team_lines(played.year, who, ENDS)
        pages.judge(who, pages.rows_about(page, lines_of), lines_of)
        for course in played.year.courses[who]:
            ended = {"finished": "Fini le", **dict.fromkeys(LEAVING, "Sorti le")}.get(course.status)
            if ended and course.ended_on:
                assert f"{ended} {pages.said(course.ended_on)}" in text(page.main), who
            if course.group and course.status in pages.SHOWN:
                assert course.group in text(page.main), who


def test_the_coordination_reads_how_many_places_are_filled(played: Workshop, evening: None, places: int) -> None:
    page = page_of(played, "chloe", "/")
    assert text(page.select_one("main .big-number")) == str(places)
    rows = {text(row.th): text(row) for row in page.select("main tbody tr")}
    for code, number in places_of(places).items():
        stands = Counter(one.status for one in courses(played) if one.pathway == code)
        figures = [stands["enrolled"] + stands["under_way"], stands["finished"], sum(stands[way] for way in LEAVING)]
        asked = played.year.pathways[code]["places_per_year"]
        expected = [*map(str, figures), f"{number} sur {asked}"]
        row = next(words for name, words in rows.items() if name.endswith(pages.title(played.year, code)))
        assert row.endswith(" ".join(expected)), (row, expected)


def page_of(played: Workshop, who: str, address: str) -> BeautifulSoup:
    """A page as somebody reads it."""
    return BeautifulSoup(played.get(who, address), "html.parser")


def courses(played: Workshop) -> list[Course]:
    """Every enrolment of the reckoning."""
    return [one for mine in played.year.courses.values() for one in mine]


def ordered(rows: Iterable[Iterable[object]]) -> list[tuple[object, ...]]:
    """Rows in an order of their own, moments in UTC."""
    plain = [tuple(one.astimezone(UTC) if isinstance(one, datetime) else one for one in row) for row in rows]
    return sorted(plain, key=str)
