"""``flask catalogue check`` and ``load``."""

import shutil
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import OpeningRule, Place
from fablab.home.catalogue import SOURCES
from machines.models import Machine


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["catalogue", *words])


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The files of a house that wants longer slots on the laser and another Tuesday."""
    for source in SOURCES:
        shutil.copy(source.shipped, tmp_path / source.name)
    machines = tmp_path / "machines.yaml"
    text = machines.read_text(encoding="utf-8")
    text = text.replace("max_minutes: 120, max_weekly_minutes: 120", "max_minutes: 180, max_weekly_minutes: 240", 1)
    text = text.replace('end: "19:30", type: open_lab', 'end: "20:00", type: open_lab', 1)
    machines.write_text(text, encoding="utf-8")
    return tmp_path


def test_check_says_the_figures_of_the_house(app: Flask) -> None:
    result = run(app, "check")
    assert result.exit_code == 0
    for line in (
        "pathways: 500 places a year (DECLIC 280 + REBOND 96 + TREMPLIN 72 + PASSEUR 52)",
        "activities: 41 weekly offers, 420 visitors a week (147 / 84 / 126 / 63)",
        "structures: 106 regular organisations, 13 schemes",
        "areas: 15 rooms 500 m² + other spaces 700 m² = 1200 m²",
        "annual series: 232",
        "room-hours 2026-11: 2503",
        "room-hours 2027-01: 2511",
        "calendar: nothing for the house, Pont de l’Ascension",
    ):
        assert line in result.output


def test_a_later_load_shows_and_changes_nothing_by_itself(app: Flask, session: Session, edited: Path) -> None:
    assert "Loaded:" in run(app, "load").output
    result = run(app, "load", str(edited))
    assert result.exit_code == 0
    assert "differs machine:LAS-01/slot.max_minutes: file 180, house 120" in result.output
    assert "3 differences left as they are" in result.output
    assert session.scalars(select(Machine.max_minutes).where(Machine.code == "LAS-01")).one() == 120


def test_load_takes_what_is_asked(app: Flask, session: Session, edited: Path) -> None:
    run(app, "load")
    result = run(app, "load", str(edited / "machines.yaml"), "--take", "opening_hours:ESP-01.school.tuesday/windows")
    assert "2 differences left" in result.output
    tuesday = (
        select(OpeningRule.closes)
        .join(Place)
        .where(
            Place.code == "ESP-01",
            OpeningRule.weekday == 1,
            OpeningRule.season == "school",
            OpeningRule.use == "open_lab",
        )
    )
    assert f"{session.scalars(tuesday).one():%H:%M}" == "20:00"
    assert run(app, "load", str(edited), "--take-all").exit_code == 0
    session.rollback()
    assert session.scalars(select(Machine.max_minutes).where(Machine.code == "LAS-01")).one() == 180
    assert "nothing to take" in run(app, "load", str(edited)).output


def test_an_unknown_difference_is_named(app: Flask) -> None:
    run(app, "load")
    result = run(app, "load", "--take", "machine:LAS-01/colour")
    assert result.exit_code == 1
    assert "no such difference: machine:LAS-01/colour" in result.output


def test_the_first_load_needs_the_six_files(app: Flask, session: Session, edited: Path) -> None:
    result = run(app, "load", str(edited / "machines.yaml"))
    assert result.exit_code == 1
    assert "missing: house.yaml, structures.yaml, pathways.yaml, rooms.yaml, activities.yaml" in result.output
    assert session.scalars(select(Machine)).all() == []
