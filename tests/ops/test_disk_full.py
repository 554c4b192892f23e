"""A disk that is full: a clear error, nothing half-written, and everything works again once there is room."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from fablab import clock, house, scheduler
from fablab.config import ROOT
from fablab.db import db, transaction
from fablab.home import backup, restoring
from fablab.home.views import FRONT_PAGES
from fablab.house import HouseSetting
from fablab.people.models import Person
from fablab.permissions import Role
from tests.make import log_in, make_young


@pytest.fixture
def full(shared_database: Flask, engine_name: str) -> Flask:
    """A house whose database may not grow by one page: SQLite says so with the words it has for a full disk."""
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL keeps its own disk")
    make_young()

    def no_more_pages(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # the driver's own
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", no_more_pages)
    return shared_database


def write_much() -> None:
    """One action that writes a hundred rows of a thousand letters."""
    with transaction() as session:
        for number in range(100):
            house.write(session, f"much.{number}", "x" * 1000)


def test_the_scheduler_says_that_the_disk_is_full_and_goes_on(
    full: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = []

    def work(_now: datetime) -> str:
        rounds.append(True)
        write_much()
        return "done"

    monkeypatch.setattr(scheduler, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(scheduler, "run_due", lambda jobs, now: work(now))
    monkeypatch.setattr(scheduler, "take_lease", lambda *_named: True)
    monkeypatch.setattr(scheduler, "release_lease", lambda *_named: None)
    scheduler.serve(full, [], lambda: len(rounds) > 1)
    assert "the disk of the database is full" in caplog.text


def test_an_action_writes_nothing_at_all(full: Flask) -> None:
    with pytest.raises(OperationalError, match="full"):
        write_much()
    kept = select(func.count()).select_from(HouseSetting).where(HouseSetting.key.startswith("much."))
    assert db.session.scalar(kept) == 0
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_the_page_says_that_the_disk_is_full(full: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    full.testing, full.config["PROPAGATE_EXCEPTIONS"] = False, False
    young = db.session.scalars(select(Person)).one()
    monkeypatch.setitem(FRONT_PAGES, Role.YOUNG, ("home/young.html", lambda *_: write_much()))
    answer = log_in(full.test_client(), young).get("/")
    assert answer.status_code == 507
    assert "Le disque de la maison est plein" in answer.text


SMALL_BACKUP = """
import resource, sys
from pathlib import Path
from fablab.app import create_app
from fablab import clock
from fablab.home import backup
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
app = create_app(Path(sys.argv[1]))
with app.app_context():
    try:
        backup.make(Path(sys.argv[2]), clock.now())
    except OSError as error:
        print("refused:", error.strerror)
"""


def test_a_backup_that_finds_no_room_leaves_nothing_behind(shared_database: Flask, tmp_path: Path) -> None:
    target = tmp_path / "backups" / "house.zip"
    target.parent.mkdir()
    environment = {**os.environ, "DATABASE_URL": shared_database.config["SQLALCHEMY_DATABASE_URI"]}
    (tmp_path / "noise.bin").write_bytes(os.urandom(5_000_000))
    said = subprocess.run(
        [sys.executable, "-c", SMALL_BACKUP, str(tmp_path), str(target)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "refused:" in said.stdout, said.stderr
    assert list(target.parent.iterdir()) == []
    backup.make(target, clock.now())
    restoring.check(target)
