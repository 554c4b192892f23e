"""A demonstration, whose log-ins everybody knows, is never served on a public address."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from fablab import house
from fablab.db import db, transaction
from fablab.home.demo import TOLD
from fablab.home.serve import is_half_told, refuse_public_demo, require_database
from tests import databases
from tests.conftest import make_app


@pytest.fixture
def served(migrated: str, tmp_path: Path) -> Iterator[Flask]:
    with databases.copy_of(migrated, tmp_path) as address:
        app = make_app(tmp_path, address)
        yield app
        with app.app_context():
            db.engine.dispose()


def mark_as_demo(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        house.write(session, "demo", True)


def test_a_demonstration_on_a_public_address_does_not_start(served: Flask) -> None:
    mark_as_demo(served)
    served.config["PUBLIC_URL"] = "https://fablab.example.org"
    with pytest.raises(SystemExit, match=r"demonstration.*PUBLIC_URL \(fablab\.example\.org\)"):
        refuse_public_demo(served)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_a_demonstration_on_this_machine_starts(served: Flask, address: str) -> None:
    mark_as_demo(served)
    served.config["PUBLIC_URL"] = address
    refuse_public_demo(served)


def test_a_real_house_starts_on_its_public_address(served: Flask) -> None:
    served.config["PUBLIC_URL"] = "https://fablab.example.org"
    refuse_public_demo(served)


def test_a_house_without_tables_yet_starts(engine_name: str, tmp_path: Path) -> None:
    with databases.fresh(engine_name, tmp_path) as address:
        app = make_app(tmp_path, address)
        app.config["PUBLIC_URL"] = "https://fablab.example.org"
        refuse_public_demo(app)
        with app.app_context():
            db.engine.dispose()


def test_a_demonstration_interrupted_while_it_was_written_is_seen(served: Flask) -> None:
    with served.app_context():
        assert not is_half_told(), "a real house"
    mark_as_demo(served)
    with served.app_context():
        assert is_half_told()
        with transaction() as session:
            house.write(session, TOLD, "2026-11-24")
        assert not is_half_told()


@pytest.mark.parametrize("address", ["sqlite:////nowhere/at/all.sqlite", "postgresql://me:secret@127.0.0.1:1/house"])
def test_a_database_that_does_not_open_is_named_without_its_password(tmp_path: Path, address: str) -> None:
    app = make_app(tmp_path, address)
    with app.app_context(), pytest.raises(click.ClickException, match=r"DATABASE_URL \(.*cannot be opened") as stopped:
        require_database()
    assert "secret" not in stopped.value.message


def test_the_log_ins_of_no_house_are_not_printed(engine_name: str, tmp_path: Path) -> None:
    with databases.fresh(engine_name, tmp_path) as address:
        app = make_app(tmp_path, address)
        said = app.test_cli_runner().invoke(args=["demo", "--log-ins"])
        assert (said.exit_code, "no house here yet" in said.output) == (1, True), said.output
        with app.app_context():
            db.engine.dispose()
