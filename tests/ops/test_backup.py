"""A backup is one moment of a house, gives the house back on either database, and says so when it cannot."""

import json
import os
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select, text

from bookings.models import Booking, Claim
from fablab import clock, house, scheduler
from fablab.db import db, transaction
from fablab.home import backup, portable, restoring
from fablab.home.backup import BadBackup
from fablab.people.models import Person
from tests import databases
from tests.conftest import make_app, migrated_to_copy
from tests.make import make_staff, make_young

pytestmark = pytest.mark.slow

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@contextmanager
def another_house(engine: str, folder: Path, *, migrated: bool = False) -> Iterator[Flask]:
    """A house elsewhere, empty; with its tables if asked."""
    folder.mkdir(exist_ok=True)
    with (
        databases.copy_of(migrated_to_copy(engine), folder) if migrated else databases.fresh(engine, folder) as address
    ):
        app = make_app(folder, address)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def everything() -> dict[str, list[bytes]]:
    """Every row of the house now open."""
    with db.engine.connect() as connection:
        names = [name for name in portable.tables(connection) if name != "house_mark"]  # any change gives another one
        return {name: sorted(portable.lines(connection, name)) for name in names}


@pytest.mark.parametrize("to", ["same", "other"])
def test_a_house_comes_back_whole_on_either_database(
    lived_in: Flask, engine_name: str, tmp_path: Path, to: str
) -> None:
    path, before = tmp_path / "house.zip", everything()
    backup.make(path, clock.now())
    engine = engine_name if to == "same" else OTHER[engine_name]
    with another_house(engine, tmp_path / "elsewhere") as app:
        _manifest, kept, notes = restoring.restore(path, clock.now())
        assert everything() == before
        assert (kept, notes) == (None, [])
        instance = Path(app.instance_path)
        assert (instance / "letters" / "one.eml").read_text() == "Bonjour"
        assert (instance / "secret_key").read_text() == lived_in.config["SECRET_KEY"]
        assert house.read(db.session(), "shapes") == {"shapes": {"z": [1, None, True, 0.25, "é"], "a": {}}}
        make_young("Après")  # the next row comes after those restored
        with pytest.raises(Exception, match="claim_taken"), transaction() as session:
            old = session.scalars(select(Claim)).one()
            session.add(
                Claim(
                    resource_id=old.resource_id,
                    booking_id=old.booking_id,
                    starts_at=old.starts_at,
                    ends_at=old.ends_at,
                    holds=True,
                )
            )
        db.session().rollback()


def test_a_backup_is_for_its_owner_only_and_never_written_over(lived_in: Flask, tmp_path: Path) -> None:
    path = tmp_path / "house.zip"
    backup.make(path, clock.now())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(BadBackup, match="already"):
        backup.make(path, clock.now())


def test_what_is_restored_is_for_its_owner_only_whatever_the_shell_allows(
    lived_in: Flask, engine_name: str, tmp_path: Path
) -> None:
    path = tmp_path / "house.zip"
    backup.make(path, clock.now())
    with another_house(engine_name, tmp_path / "elsewhere") as app:
        before = os.umask(0o022)
        try:
            restoring.restore(path, clock.now())
        finally:
            os.umask(before)
        instance = Path(app.instance_path)
        restored = [instance / "secret_key", instance / "letters", instance / "letters" / "one.eml"]
        assert [stat.S_IMODE(one.stat().st_mode) for one in restored] == [0o600, 0o700, 0o600]


def test_a_backup_holds_one_moment_while_others_write(lived_in: Flask, tmp_path: Path) -> None:
    """Each writer adds a person and raises a number in one transaction: a backup never sees one without the other."""
    stop, errors = threading.Event(), []

    def write(number: int) -> None:
        with lived_in.app_context():
            made = 0
            while not stop.wait(0.01):  # a few hundred rows say as much as thousands
                made += 1
                try:
                    with transaction() as session:
                        session.add(
                            Person(first_name="W", last_name="W", handle=f"w{number}-{made}", created_at=clock.now())
                        )
                        session.flush()
                        house.write(session, f"made.{number}", made)
                except Exception as error:
                    errors.append(error)
                    return

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    for writer in writers:
        writer.start()
    paths = [tmp_path / f"{number}.zip" for number in range(3)]
    for path in paths:
        backup.make(path, clock.now())
    stop.set()
    for writer in writers:
        writer.join()
    assert errors == []
    counts = []
    for number, path in enumerate(paths):
        with another_house("sqlite", tmp_path / f"to-{number}"):
            restoring.restore(path, clock.now())  # which proves it first
            said = sum(house.read_prefix(db.session(), "made").values())
            held = db.session().scalar(select(func.count()).where(Person.first_name == "W"))
            assert said == held
            counts.append(said)
    assert counts == sorted(counts)
    assert counts[-1] > counts[0], "nothing was written meanwhile"


def test_a_house_that_holds_something_is_refused_unless_asked(
    lived_in: Flask, engine_name: str, tmp_path: Path
) -> None:
    path, before = tmp_path / "house.zip", everything()
    backup.make(path, clock.now())
    with another_house(engine_name, tmp_path / "elsewhere", migrated=True):
        make_staff("Celle", "D’avant")
        theirs = everything()
        with pytest.raises(restoring.NotEmpty):
            restoring.restore(path, clock.now())
        assert everything() == theirs
        _manifest, kept, _notes = restoring.restore(path, clock.now(), replace=True)
        assert everything() == before
        assert kept is not None
        restoring.restore(kept, clock.now() + timedelta(seconds=1), replace=True)
        assert everything() == theirs


def test_a_house_at_work_is_not_restored_under_its_scheduler(lived_in: Flask, tmp_path: Path) -> None:
    path = tmp_path / "house.zip"
    backup.make(path, clock.now())
    assert scheduler.take_lease("scheduler", "me", clock.now())
    with pytest.raises(restoring.StillWorking):
        restoring.restore(path, clock.now(), replace=True)


def test_settings_of_another_machine_wait_for_a_person(lived_in: Flask, tmp_path: Path) -> None:
    (Path(lived_in.instance_path) / "settings.toml").write_text('smtp_host = "mail.example.org"')
    path = tmp_path / "house.zip"
    backup.make(path, clock.now())
    with another_house("sqlite", tmp_path / "elsewhere") as app:
        _manifest, _kept, notes = restoring.restore(path, clock.now())
        assert not (Path(app.instance_path) / "settings.toml").exists()
        assert "mail.example.org" in (Path(app.instance_path) / "settings.from-backup.toml").read_text()
        assert "settings.from-backup.toml" in notes[0]


def rewritten(path: Path, member: str, change: Any) -> Path:
    """The same backup with one of its members changed."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == member else content)
    return other


def refused(act: Callable[[], object]) -> str:
    """What is said against a backup; empty when it is taken. Nothing keeps the frames, hence the connections, alive."""
    try:
        act()
    except BadBackup as error:
        return str(error)
    return ""


def without_last_line(content: bytes) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:-1])


def with_other_name(content: bytes) -> bytes:
    return content.replace("Zoë".encode(), b"Zoe")


def with_other_holder(content: bytes) -> bytes:
    rows = [json.loads(line) for line in content.splitlines()]
    return b"".join(json.dumps([9999 if value == 1 else value for value in row]).encode() + b"\n" for row in rows)


CHANGES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("tables/person.jsonl", without_last_line),
    ("tables/person.jsonl", with_other_name),
    ("tables/claim.jsonl", with_other_holder),
    ("tables/booking.jsonl", lambda _content: b"[1,2]\n"),
    ("tables/booking.jsonl", lambda _content: b"{\n"),
    ("manifest.json", lambda content: content.replace(b'"revision": "', b'"revision": "9')),
    ("manifest.json", lambda content: content.replace(b'"format": 1', b'"format": 2')),
    ("manifest.json", lambda _content: b"[]"),
]


def test_a_backup_that_was_changed_is_not_good(lived_in: Flask, engine_name: str, tmp_path: Path) -> None:
    """All in one house: making a house takes longer than refusing a backup."""
    path = tmp_path / "house.zip"
    backup.make(path, clock.now())
    with another_house(engine_name, tmp_path / "elsewhere", migrated=True):
        before = everything()
        for member, change in CHANGES:
            changed = rewritten(path, member, change)
            assert refused(lambda: restoring.check(changed)), member  # noqa: B023  # called here and now
            assert refused(lambda: restoring.restore(changed, clock.now())), member  # noqa: B023
            assert everything() == before, member


def test_a_damaged_file_is_not_a_backup(lived_in: Flask, tmp_path: Path) -> None:
    path = tmp_path / "house.zip"
    backup.make(path, clock.now())
    raw = path.read_bytes()
    for damaged in (raw[: len(raw) // 2], b"", raw[:200] + bytes(200) + raw[400:]):
        path.write_bytes(damaged)
        with pytest.raises(BadBackup):
            restoring.check(path)


def test_rows_that_do_not_fit_in_the_database_are_never_kept(lived_in: Flask, engine_name: str, tmp_path: Path) -> None:
    """The proof asks the database itself: two claims that cross are refused, and then nothing is kept."""
    path = tmp_path / "house.zip"
    manifest = backup.make(path, clock.now())

    def crossing(content: bytes) -> bytes:
        row = json.loads(content)
        row[manifest.columns["claim"].index("id")] += 1
        return content + json.dumps(row, separators=(",", ":")).encode() + b"\n"

    changed = rewritten(path, "tables/claim.jsonl", crossing)
    assert "claim_taken" in refused(lambda: restoring.check(changed))


def test_a_house_moves_to_another_database(lived_in: Flask, engine_name: str, tmp_path: Path) -> None:
    before = everything()
    (tmp_path / "new").mkdir()
    with databases.fresh(OTHER[engine_name], tmp_path / "new") as address:
        restoring.copy_to(address, clock.now())
        app = make_app(tmp_path / "new", address)
        with app.app_context():
            assert everything() == before
            db.session.remove()
            db.engine.dispose()
        with pytest.raises(restoring.NotEmpty):
            restoring.copy_to(address, clock.now())


def test_every_column_of_the_house_can_travel(shared_database: Flask) -> None:
    with db.engine.connect() as connection:
        for name in portable.tables(connection):
            assert portable.columns(connection, name)


def test_an_older_backup_is_brought_to_todays_tables(engine_name: str, tmp_path: Path) -> None:
    with another_house(engine_name, tmp_path / "old"):
        upgrade(revision="0001")
        with transaction() as session:
            session.execute(text("INSERT INTO house_setting (key, value, data_status) VALUES ('old', '1', 'invented')"))
        backup.make(tmp_path / "old.zip", clock.now())
    with another_house(engine_name, tmp_path / "new"):
        restoring.restore(tmp_path / "old.zip", clock.now())
        with db.engine.connect() as connection:
            assert portable.revision(connection) in restoring.heads()
        assert house.read(db.session(), "old") == {"old": 1}


def test_bookings_of_a_restored_house_are_still_there(lived_in: Flask, tmp_path: Path) -> None:
    (booking,) = db.session().scalars(select(Booking))
    backup.make(tmp_path / "house.zip", clock.now())
    with another_house("sqlite", tmp_path / "elsewhere"):
        restoring.restore(tmp_path / "house.zip", clock.now())
        (again,) = db.session().scalars(select(Booking))
        assert (again.public_id, again.starts_at, again.ends_at) == (
            booking.public_id,
            booking.starts_at,
            booking.ends_at,
        )
