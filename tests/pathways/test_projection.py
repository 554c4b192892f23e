"""The current levels are a projection: whatever was saved, corrected and undone, made anew it is the same."""

from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fablab.db import db
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions
from pathways.models import Award, Mastery, Validation, ValidationBatch
from pathways.rules_validating import current_level
from pathways.values_validating import Cell, Line
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_pathways import enrol, levels_held, make_competency, make_group, make_pathway, validate

SAVE = st.tuples(st.just("save"), st.integers(0, 1), st.integers(0, 2), st.integers(1, 4))
CORRECT = st.tuples(st.just("correct"), st.integers(0, 30), st.integers(0, 4), st.just(0))
UNDO = st.tuples(st.just("undo"), st.integers(0, 10), st.just(0), st.just(0))


def brute_force(session: Session) -> dict[tuple[int, int], int]:
    """The highest level among the lines that no line corrects, read in the plainest way."""
    rows = session.scalars(select(Validation).order_by(Validation.id)).all()
    corrected = {row.corrects_id for row in rows}
    found: dict[tuple[int, int], int] = {}
    for row in rows:
        if row.id not in corrected and row.level:
            pair = (row.person_id, row.competency_id)
            found[pair] = max(found.get(pair, 0), row.level)
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(SAVE, CORRECT, UNDO), min_size=3, max_size=12))
def test_the_projection_is_what_the_lines_say(app: Flask, acts: list[tuple[str, int, int, int]]) -> None:
    session: Session = db.session()
    people, samir = [make_young(), make_young()], make_staff()
    competencies = [make_competency(code) for code in ("SEC-01", "MAC-05", "PRO-03")]
    for number, (verb, first, second, level) in enumerate(acts):
        now = NOW + timedelta(minutes=number)
        with suppress(Refused):
            play(session, samir, people, [one.id for one in competencies], (verb, first, second, level), now)
    held = {(row.person_id, row.competency_id): row.level for row in session.scalars(select(Mastery))}
    assert held == brute_force(session)
    assert actions.rebuild_mastery() == 0


def play(
    session: Session, samir: Person, people: list[Person], ids: list[int], act: tuple[str, int, int, int], now: object
) -> None:
    verb, first, second, level = act
    if verb == "save":
        cells = [Cell(people[first].id, ids[second], level)]
        actions.validate_batch(None, samir, cells, key=f"{samir.id}-{now}", now=now)  # type: ignore[arg-type]  # a moment
    elif verb == "correct" and (lines := session.scalars(select(Validation).order_by(Validation.id)).all()):
        actions.correct(lines[first % len(lines)], second, "À revoir", samir, now)  # type: ignore[arg-type]  # a moment
    elif batches := session.scalars(select(ValidationBatch).order_by(ValidationBatch.id)).all():
        actions.undo_batch(batches[first % len(batches)], samir, now)  # type: ignore[arg-type]  # a moment


def test_a_projection_that_was_lost_or_altered_is_made_anew(app: Flask, session: Session) -> None:
    ines, tom = make_young("Inès"), make_young("Tom")
    validate(ines, {"SEC-01": 2, "MAC-05": 3})
    validate(tom, {"SEC-01": 1})
    session.execute(delete(Mastery).where(Mastery.person_id == tom.id))
    session.execute(update(Mastery).where(Mastery.level == 3).values(level=4))
    session.commit()
    said = app.test_cli_runner().invoke(args=["pathways", "rebuild-mastery"]).output
    assert said == "2 levels were wrong and are mended.\n"
    assert levels_held(ines) == {"SEC-01": 2, "MAC-05": 3}
    assert levels_held(tom) == {"SEC-01": 1}
    said = app.test_cli_runner().invoke(args=["pathways", "rebuild-mastery"]).output
    assert said == "Every level was right.\n"


def test_a_badge_that_came_by_mistake_is_ended_never_deleted(session: Session) -> None:
    ines, samir = make_young("Inès"), make_staff("Samir")
    group = make_group(make_pathway("DECLIC", {"EXP": {"SEC-01": 2}}))
    enrol(ines, version=group.version)
    first = validate(ines, {"SEC-01": 3}, samir)
    actions.correct(first.batch.validations[0], 1, "Pas encore", samir, NOW)
    validate(ines, {"SEC-01": 2}, samir, at=NOW + timedelta(minutes=1))
    awards = session.scalars(select(Award).order_by(Award.id)).all()
    assert [award.ended_at is None for award in awards] == [False, True]
    assert len({award.key for award in awards}) == 2


@pytest.mark.parametrize(
    ("lines", "level", "by"),
    [
        ([], 0, None),
        ([Line(1, 2)], 2, 1),
        ([Line(1, 2), Line(2, 2)], 2, 1),
        ([Line(1, 2), Line(2, 3)], 3, 2),
        ([Line(1, 3), Line(2, 1, 1)], 1, 2),
        ([Line(1, 3), Line(2, 0, 1)], 0, None),
        ([Line(1, 3), Line(2, 0, 1), Line(3, 4, 2)], 4, 3),
        ([Line(1, 3), Line(2, 2), Line(3, 0, 1)], 2, 2),
    ],
)
def test_the_highest_line_not_corrected_counts(lines: list[Line], level: int, by: int | None) -> None:
    assert current_level(lines) == (level, by)
