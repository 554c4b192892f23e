"""The doctor: a sound house has nothing wrong; each fault is named with its mending."""

import os
import signal
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import text

from fablab import clock, house, journal, scheduler
from fablab.db import db, transaction
from fablab.home import doctor, nightly, watching
from fablab.home.doctor import Finding
from fablab.outbox import Letter
from fablab.permissions import Role
from tests.conftest import make_app
from tests.make import make_staff, make_young


@pytest.fixture
def sound(shared_database: Flask) -> Flask:
    """A real house of its own machine in good health."""
    instance = Path(shared_database.instance_path)
    instance.chmod(0o700)
    for path in instance.glob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    make_staff(roles=(Role.ADMINISTRATOR,))
    assert scheduler.take_lease("scheduler", "me", clock.now())
    (nightly.folder() / nightly.name_at(clock.now() - timedelta(hours=5))).write_bytes(b"x")
    return shared_database


def said(app: Flask, **settings: Any) -> list[Finding]:
    """What the doctor finds with these settings."""
    before = {name: getattr(app.config["SETTINGS"], name) for name in settings}
    address = app.config["PUBLIC_URL"]
    for name, value in settings.items():
        object.__setattr__(app.config["SETTINGS"], name, value)
    app.config["PUBLIC_URL"] = settings.get("public_url", address)
    try:
        return doctor.examine(app, clock.now())
    finally:
        for name, value in before.items():
            object.__setattr__(app.config["SETTINGS"], name, value)
        app.config["PUBLIC_URL"] = address


def level_of(findings: list[Finding], words: str) -> str:
    """The level of the finding that says this; every one but «ok» says how to mend it."""
    assert all(one.mend for one in findings if one.level != "ok"), findings
    found = [one.level for one in findings if words in one.what]
    assert len(found) == 1, findings
    return found[0]


def test_a_sound_house_has_nothing_wrong(sound: Flask) -> None:
    assert [one for one in said(sound) if one.level == "wrong"] == []


def test_the_command_says_it_and_its_exit_code_too(sound: Flask) -> None:
    for kept in nightly.kept():
        kept.path.unlink()
    answer = sound.test_cli_runner().invoke(args=["doctor"])
    assert answer.exit_code == 1
    first = answer.output.splitlines()[0]
    assert first.startswith("WRONG")
    assert "no proved backup" in answer.output


def test_an_old_database_is_named(sound: Flask) -> None:
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert level_of(said(sound), "at migration 0001") == "wrong"


def test_a_newer_database_is_named(sound: Flask) -> None:
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (found,) = said(sound)
    assert found.mend == "install the program that made it"


def test_an_older_release_says_that_a_newer_one_wrote_the_data_and_changes_nothing(
    sound: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.remove()
    answer = sound.test_cli_runner().invoke(args=["db", "upgrade"])
    assert answer.exit_code == 1
    assert "at migration 9999, which this release does not have: a newer release wrote it" in caplog.text
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


@pytest.mark.parametrize(
    "command", [("web", "--bind", "127.0.0.1:1"), ("scheduler",), ("restore", "--replace", "BACKUP")]
)
def test_no_command_of_an_older_release_begins_on_newer_data(
    sound: Flask, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    begun: list[object] = []
    monkeypatch.setattr(os, "execv", lambda *words: begun.append(words))
    monkeypatch.setattr(scheduler, "serve", lambda *words: begun.append(words))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    proved = str(nightly.kept()[-1].path)
    before = set(Path(sound.instance_path).rglob("*"))
    with transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.remove()
    answer = sound.test_cli_runner().invoke(args=[proved if word == "BACKUP" else word for word in command])
    assert answer.exit_code == 1
    assert answer.output.startswith("Error: The data is at migration 9999, which this release does not have")
    assert answer.output.count("\n") == 1, "one sentence"
    assert begun == []
    assert not [path for path in set(Path(sound.instance_path).rglob("*")) - before if path.suffix == ".zip"]


def test_an_empty_database_is_named(sound: Flask) -> None:
    db.session.remove()
    downgrade(revision="base")
    assert level_of(said(sound), "no table") == "wrong"


def test_a_database_that_does_not_answer_is_named(
    sound: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    app = make_app(tmp_path / "gone", f"postgresql://x:y@127.0.0.1:{port}/z")
    with app.app_context():
        assert level_of(doctor.examine(app, clock.now()), "does not answer") == "wrong"
        db.engine.dispose()


def test_a_readable_folder_is_named(sound: Flask) -> None:
    (Path(sound.instance_path) / "secret_key").chmod(0o644)
    assert level_of(said(sound), "can be read by anybody") == "wrong"


@pytest.mark.parametrize(("free", "level"), [(10**6, "wrong"), (5 * 10**8, "warn"), (10**12, "ok")])
def test_the_room_left_is_told(sound: Flask, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    monkeypatch.setattr(watching, "disk_free", lambda: (free, 2 * 10**12))
    assert level_of(said(sound), "disk: ") == level


def test_a_house_that_nobody_administers_is_named(sound: Flask) -> None:
    with transaction() as session:
        session.execute(text("UPDATE role_grant SET ended_at = granted_at"))
    assert level_of(said(sound), "nobody can administer") == "wrong"


def test_people_of_the_demonstration_are_named_in_a_real_house(sound: Flask) -> None:
    make_young(handle="renard-42")
    make_staff(email="samir@ladynamo.example")
    assert level_of(said(sound), "people of the demonstration: 2") == "wrong"
    with transaction() as session:
        house.write(session, "demo", True)
    assert not any("people of the demonstration" in one.what for one in said(sound))


def test_invented_values_are_counted(sound: Flask) -> None:
    with transaction() as session:
        house.write(session, "x", 1)
        house.write(session, "y", 1, data_status="source")
    assert level_of(said(sound), "invented values left: 1") == "warn"


def test_a_public_address_wants_https_and_a_trusted_proxy(sound: Flask) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    findings = said(sound, public_url=f"http://localhost.localdomain:{port}")
    assert level_of(findings, "not https") == "wrong"
    assert level_of(findings, "TRUSTED_PROXIES is 0") == "wrong"
    assert level_of(findings, "was not reached") == "warn"
    findings = said(sound, public_url=f"https://localhost.localdomain:{port}", trusted_proxies=1)
    assert not any(one.level == "wrong" for one in findings)


def test_a_mail_server_that_does_not_answer_is_named(sound: Flask) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    assert level_of(said(sound, smtp_host="127.0.0.1", smtp_port=port), "takes no letter") == "wrong"


def test_a_mail_server_that_answers_is_said(sound: Flask) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(object(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        findings = said(sound, smtp_host="127.0.0.1", smtp_port=port, mail_from="maison@example.org")
        assert level_of(findings, "mail server: ") == "ok"
        findings = said(sound, smtp_host="127.0.0.1", smtp_port=port)
        assert level_of(findings, "MAIL_FROM") == "wrong"
    finally:
        server.stop()


def test_a_silent_scheduler_is_named(sound: Flask) -> None:
    with transaction() as session:
        session.execute(text("DELETE FROM lease"))
    assert level_of(said(sound), "the scheduler never worked") == "wrong"
    assert scheduler.take_lease("scheduler", "me", clock.now() - timedelta(minutes=31))
    assert level_of(said(sound), "is silent since 30 minutes") == "wrong"


def test_a_job_that_failed_is_named(sound: Flask) -> None:
    def fail(_now: object) -> str:
        raise OSError("no room")

    scheduler.run_job(scheduler.Job("backup", timedelta(hours=1), fail), clock.now())
    assert level_of(said(sound), "the job «backup» failed: OSError") == "wrong"


def test_an_old_backup_and_one_that_failed_are_named(sound: Flask) -> None:
    (kept,) = nightly.kept()
    kept.path.rename(nightly.folder() / nightly.name_at(clock.now() - timedelta(hours=40)))
    (nightly.folder() / "unproved-house.zip").write_bytes(b"x")
    findings = said(sound)
    assert level_of(findings, "40 hours old") == "wrong"
    assert level_of(findings, "did not pass its proof") == "wrong"


def test_letters_that_stay_are_named(sound: Flask) -> None:
    with transaction() as session:
        for key, given_up in (("a", None), ("b", clock.now())):
            session.add(
                Letter(
                    key=key,
                    to_address="x@example.org",
                    subject="x",
                    body="x",
                    written_at=clock.now(),
                    due_at=clock.now() - timedelta(hours=2),
                    given_up_at=given_up,
                )
            )
    findings = said(sound)
    assert level_of(findings, "wait for a person: 1") == "warn"
    assert level_of(findings, "due for over an hour: 1") == "wrong"


def test_a_clock_that_went_back_is_named(sound: Flask) -> None:
    with transaction() as session:
        journal.note(session, "setting.change", "setting", None, by=None, now=clock.now() + timedelta(hours=1))
    assert level_of(said(sound), "the clock is behind") == "wrong"


def test_another_time_zone_than_the_catalogues_is_named(sound: Flask) -> None:
    with transaction() as session:
        house.write(session, "house.time_zone", "Indian/Reunion", data_status="source")
    assert level_of(said(sound), "the catalogue says Indian/Reunion") == "wrong"


def test_a_check_that_cannot_be_made_does_not_stop_the_others(sound: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise PermissionError

    monkeypatch.setattr(watching, "disk_free", fail)
    findings = said(sound)
    assert level_of(findings, "folder: could not be looked at (PermissionError)") == "wrong"
    assert level_of(findings, "the scheduler works") == "ok"
