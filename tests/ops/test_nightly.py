"""The backup of each night: made once, proved, made good when missed, and the last ones kept."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

from fablab import clock, scheduler
from fablab.home import nightly, restoring
from fablab.home.backup import BadBackup


def local(day: int, hour: int) -> datetime:
    return clock.at(date(2026, 11, day), datetime(2026, 1, 1, hour).time())


def test_each_night_makes_one_proved_backup_and_keeps_the_last_ones(lived_in: Flask) -> None:
    lived_in.config["SETTINGS"] = replace(lived_in.config["SETTINGS"], backups_kept=2)
    nightly.run(local(20, 15))  # none yet: at once
    assert len(nightly.kept()) == 1
    nightly.run(local(21, 3))  # not yet the hour
    assert len(nightly.kept()) == 1
    for day in range(21, 24):
        assert nightly.run(local(day, 4)) == nightly.run(local(day, 23))
    assert [one.made_at for one in nightly.kept()] == [local(day, 4).astimezone(UTC) for day in (23, 22)]
    newest = nightly.newest()
    assert newest is not None
    assert newest.made_at == local(23, 4).astimezone(UTC)
    restoring.check(newest.path)


def test_a_night_that_was_missed_is_made_good(lived_in: Flask) -> None:
    nightly.run(local(20, 5))
    nightly.run(local(23, 1))  # the machine slept for two nights
    assert len(nightly.kept()) == 2


def test_a_backup_that_fails_its_proof_is_not_counted(lived_in: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_path: Path) -> None:
        raise BadBackup("not the same")

    monkeypatch.setattr(restoring, "check", fails)
    run = scheduler.run_job(scheduler.Job("backup", nightly.LOOKS, nightly.run), clock.now())
    assert not run.well
    assert nightly.kept() == []
    assert [path.name[:9] for path in nightly.folder().iterdir()] == ["unproved-"]
