import logging
import time
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from fablab import scheduler
from fablab.scheduler import LEASE_SECONDS, Job, last_runs, release_lease, run_due, take_lease
from tests.conftest import NOW


def test_one_process_works_until_its_lease_runs_out(app: Flask) -> None:
    assert take_lease("scheduler", "a", NOW)
    assert not take_lease("scheduler", "b", NOW)
    assert take_lease("scheduler", "a", NOW + timedelta(seconds=30))
    after = NOW + timedelta(seconds=30 + LEASE_SECONDS)
    assert take_lease("scheduler", "b", after)
    assert not take_lease("scheduler", "a", after)


def test_a_released_lease_is_free_at_once(app: Flask) -> None:
    take_lease("scheduler", "a", NOW)
    release_lease("scheduler", "a", NOW)
    assert take_lease("scheduler", "b", NOW)


def test_a_job_runs_when_its_hour_has_come_even_late(app: Flask, session: Session) -> None:
    runs: list[datetime] = []

    def work(now: datetime) -> str:
        runs.append(now)
        return "1 done"

    job = Job("work", timedelta(minutes=5), work)
    run_due([job], NOW)
    run_due([job], NOW + timedelta(minutes=4))
    run_due([job], NOW + timedelta(hours=3))
    assert runs == [NOW, NOW + timedelta(hours=3)]
    assert last_runs(session)["work"].result == "1 done"


def test_a_job_that_fails_is_shown_and_does_not_stop_the_others(app: Flask, session: Session) -> None:
    def fail(_now: datetime) -> str:
        raise ValueError("names somebody")

    ran = run_due([Job("bad", timedelta(minutes=5), fail), Job("good", timedelta(minutes=5), lambda _now: "ok")], NOW)
    assert ran == ["bad", "good"]
    runs = last_runs(session)
    assert (runs["bad"].well, runs["bad"].result) == (False, "ValueError")
    assert runs["good"].well


def test_rounds_that_fall_due_while_one_is_at_work_alarm_nobody(
    shared_database: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds: list[datetime] = []
    looks: list[int] = []

    def work(now: datetime) -> str:
        rounds.append(now)
        time.sleep(0.5)
        return "1 done"

    def stopped() -> bool:
        looks.append(len(rounds))
        return len(looks) > 2

    monkeypatch.setattr(scheduler, "TICK_SECONDS", 0.05)
    caplog.set_level(logging.WARNING, "apscheduler")
    scheduler.serve(shared_database, [Job("work", timedelta(0), work)], stopped)
    assert rounds
    assert [record.getMessage() for record in caplog.records] == []
