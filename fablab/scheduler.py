"""Runs the jobs, in a process of its own. The list of jobs is handed in by the roof.

However many processes are started, a lease row lets one work, most of the time: one that slept may
wake beside its successor. So every job claims its rows and may be run twice without harm.
"""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import String, or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from fablab import clock
from fablab.db import Model, db, no_room, transaction

LEASE_SECONDS = 60
TICK_SECONDS = 10
log = logging.getLogger("fablab.scheduler")


class Lease(Model):
    """Who may work, and until when."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime]


class JobRun(Model):
    """The last run of a job, for the operations page."""

    __tablename__ = "job_run"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    next_at: Mapped[datetime]
    well: Mapped[bool]
    result: Mapped[str] = mapped_column(String(300), comment="counts, never names")


@dataclass(frozen=True)
class Job:
    """Something to do again and again: ``run(now)`` finds what is due and says what it did, in counts."""

    name: str
    every: timedelta
    run: Callable[[datetime], str]


def take_lease(name: str, holder: str, now: datetime) -> bool:
    """Whether ``holder`` may work for the next minute: it held the lease already, or nobody does any more."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    with transaction() as session:
        free = (Lease.name == name) & or_(Lease.holder == holder, Lease.until <= now)
        if session.scalar(update(Lease).where(free).values(holder=holder, until=until).returning(Lease.name)):
            return True
        if session.get(Lease, name) is not None:
            return False
        session.add(Lease(name=name, holder=holder, until=until))
        try:
            session.flush()
        except IntegrityError:  # somebody was faster, this very moment
            session.rollback()
            return False
        return True


def release_lease(name: str, holder: str, now: datetime) -> None:
    """Let the next process work at once."""
    with transaction() as session:
        session.execute(update(Lease).where(Lease.name == name, Lease.holder == holder).values(until=now))


def run_due(jobs: Sequence[Job], now: datetime) -> list[str]:
    """Run every job whose hour has come (<=, never ==); says which ran. One that fails does not stop the others."""
    session = db.session()
    later = set(session.scalars(select(JobRun.name).where(JobRun.next_at > now)))
    session.rollback()
    ran = [job for job in jobs if job.name not in later]
    for job in ran:
        run_job(job, now)
    return [job.name for job in ran]


def run_job(job: Job, now: datetime) -> JobRun:
    """Run one job now and keep how it went."""
    try:
        result, well = job.run(now), True
    except Exception as error:
        db.session().rollback()
        log.exception("job %s failed", job.name)
        result, well = error.__class__.__name__, False
    with transaction() as session:
        run = JobRun(
            name=job.name, started_at=now, ended_at=clock.now(), next_at=now + job.every, well=well, result=result[:300]
        )
        return session.merge(run)


def last_runs(session: Session) -> dict[str, JobRun]:
    """The last run of every job, by name."""
    return {run.name: run for run in session.scalars(select(JobRun))}


def serve(app: Flask, jobs: Sequence[Job], stopped: Callable[[], bool]) -> None:
    """Work until ``stopped`` says so; the job under way is finished. Looked at often: a handler only notes a signal."""
    holder = secrets.token_hex(8)

    def tick() -> None:
        with app.app_context():
            try:
                if take_lease("scheduler", holder, clock.now()):
                    run_due(jobs, clock.now())
            except OperationalError as error:
                why = "the disk of the database is full" if no_room(error) else "the database did not answer"
                log.warning("%s; trying again in %s s", why, TICK_SECONDS)

    # A round that is still at work when the next is due, or one that begins late, is nothing to warn of: what is due
    # stays due, the next round finds it.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(tick, "interval", seconds=TICK_SECONDS, coalesce=True, max_instances=1, next_run_time=clock.now())
    scheduler.start()
    while not stopped():
        time.sleep(0.2)
    scheduler.shutdown()
    with app.app_context():
        release_lease("scheduler", holder, clock.now())
