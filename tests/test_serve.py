"""A demonstration, whose log-ins everybody knows, is never served on a public address; «make run» says what ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from fablab import house
from fablab.db import db, transaction
from fablab.home.demo import TOLD
from fablab.home.serve import FLASK, is_half_told, refuse_public_demo, require_alive, require_database, start
from tests import bound, databases
from tests.conftest import make_app
from tests.make import make_staff

Running = tuple["subprocess.Popen[bytes]", Path, list[int]]


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


@pytest.fixture
def running(migrated: str, tmp_path: Path) -> Iterator[Running]:
    """A house that «make run» serves: the process, what it says, the web server and the scheduler."""
    with databases.copy_of(migrated, tmp_path) as address:
        app = make_app(tmp_path, address)
        with app.app_context():
            make_staff()
            db.engine.dispose()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {"DATABASE_URL": address, "INSTANCE": str(tmp_path), "PORT": str(port), "SECRET_KEY": "k" * 40}
        said = tmp_path / "said.txt"
        with said.open("wb") as log:
            served = bound.start([*FLASK, "serve"], env=os.environ | settings, log=log)
        until(lambda: "The house is served" in said.read_text() or served.poll() is not None)
        yield served, said, children_of(served.pid)
        served.terminate()
        served.wait(timeout=30)
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            free.bind(("127.0.0.1", port))  # nobody was left alone


def children_of(pid: int) -> list[int]:
    """The processes that this one started, the first one first."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(true: Callable[[], bool]) -> None:
    """Wait for something to become true, a minute at most."""
    for _ in range(600):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not become true")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "with_signal", "named"),
    [
        (0, signal.SIGKILL, "the web server (killed by SIGKILL)"),
        (1, signal.SIGTERM, "the scheduler (exit code 0)"),
    ],
)
def test_when_one_process_ends_all_is_stopped_and_it_is_named(
    running: Running, which: int, with_signal: signal.Signals, named: str
) -> None:
    served, said, children = running
    os.kill(children[which], with_signal)
    assert served.wait(timeout=60) == 1
    assert said.read_text().rstrip().endswith(f"It ended by itself, so all is stopped: {named}.")
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)


def test_nothing_is_said_to_be_served_when_the_web_server_has_ended_before_it_answered(served: Flask) -> None:
    with served.app_context():
        ended = start("the web server", lambda: sys.exit(3))
    ended.join()
    with pytest.raises(click.ClickException, match=r"so all is stopped: the web server \(exit code 3\)\."):
        require_alive([ended])
