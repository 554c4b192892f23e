"""The commands around a backup say what they did, refuse with a sentence, and end with the right code."""

from pathlib import Path

import pytest
from flask import Flask

from fablab import clock, scheduler
from fablab.db import db
from fablab.home import nightly
from tests import databases
from tests.make import make_young


@pytest.fixture
def lived_in(shared_database: Flask) -> Flask:
    make_young()
    return shared_database


def run(app: Flask, *args: object) -> tuple[int, str]:
    db.session.remove()
    answer = app.test_cli_runner().invoke(args=[str(one) for one in args])
    return answer.exit_code, answer.output


def test_a_backup_is_made_proved_and_brought_back(lived_in: Flask, tmp_path: Path) -> None:
    path = tmp_path / "by-hand.zip"
    code, said = run(lived_in, "backup", path)
    assert (code, "tables" in said) == (0, True)
    code, said = run(lived_in, "backup", "check", path)
    assert code == 0
    assert "every row came back" in said
    code, said = run(lived_in, "restore", path)
    assert code == 1
    assert "--replace" in said
    code, said = run(lived_in, "restore", path, "--replace")
    assert code == 0
    assert "before-restore-" in said


def test_without_a_path_it_joins_the_nightly_ones(lived_in: Flask) -> None:
    code, said = run(lived_in, "backup")
    newest = nightly.newest()
    assert code == 0
    assert newest is not None
    assert str(newest.path) in said


def test_a_backup_that_is_not_one_is_named(lived_in: Flask, tmp_path: Path) -> None:
    path = tmp_path / "letter.zip"
    path.write_text("Bonjour")
    for command in (("backup", "check"), ("restore",)):
        code, said = run(lived_in, *command, path)
        assert code == 1
        assert "not a backup" in said


def test_what_is_there_already_is_not_written_over(lived_in: Flask, tmp_path: Path) -> None:
    path = tmp_path / "letter.zip"
    path.write_text("Bonjour")
    assert run(lived_in, "backup", path)[0] == 1
    assert path.read_text() == "Bonjour"


def test_a_house_at_work_is_told_to_stop_first(lived_in: Flask, tmp_path: Path) -> None:
    path = tmp_path / "by-hand.zip"
    run(lived_in, "backup", path)
    assert scheduler.take_lease("scheduler", "me", clock.now())
    code, said = run(lived_in, "restore", path, "--replace")
    assert code == 1
    assert "stop the services" in said


def test_a_house_is_copied_to_an_empty_database_only(lived_in: Flask, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with databases.fresh("sqlite", tmp_path / "new") as address:
        code, said = run(lived_in, "copy-to", address)
        assert code == 0, said
        assert "read back the same" in said
        code, said = run(lived_in, "copy-to", address)
        assert code == 1
        assert "holds data" in said
    code, said = run(lived_in, "copy-to", lived_in.config["SQLALCHEMY_DATABASE_URI"])
    assert code == 1
    assert "database of this house" in said
