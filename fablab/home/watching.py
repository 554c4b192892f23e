"""What a machine asks about this house: whether it works, and how much of everything there is."""

import hmac
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from fablab import clock, metrics
from fablab.db import db
from fablab.home import nightly, operations
from fablab.pages import public
from fablab.scheduler import Lease, last_runs

bp = Blueprint("watching", __name__)

#: a scheduler that has not renewed its lease for so long is not working: a long job may keep it for a while
SILENT_AFTER = timedelta(minutes=5)
PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """«ok», or «not ok» (503) when the database does not answer or the scheduler is silent. Nothing else."""
    return ("ok\n", 200, PLAIN) if is_well(clock.now()) else ("not ok\n", 503, PLAIN)


@bp.get("/metrics")
@public
def show_metrics() -> ResponseReturnValue:
    """For Prometheus, with the token of the settings; 404 for anybody else."""
    token = current_app.config["SETTINGS"].metrics_token
    said = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        abort(404)
    return "\n".join([*metrics.request_lines(), *house_lines(db.session(), clock.now())]) + "\n", 200, PLAIN


def is_well(now: datetime) -> bool:
    """Whether the database answers and the scheduler has worked lately."""
    try:
        silent = scheduler_silence(db.session(), now)
    except SQLAlchemyError:
        db.session().rollback()
        return False
    return silent is not None and silent < SILENT_AFTER


def scheduler_silence(session: Session, now: datetime) -> timedelta | None:
    """How long ago the scheduler's lease ended (zero while it holds); None when it never worked."""
    until = session.scalar(select(Lease.until).where(Lease.name == "scheduler"))
    return None if until is None else max(now - until, timedelta())


def database_size(session: Session) -> int:
    """Bytes that the database takes on its disk."""
    address = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if address.get_backend_name() == "postgresql":
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    path = Path(str(address.database))
    return sum(part.stat().st_size for part in path.parent.glob(path.name + "*") if part.is_file())


def disk_free() -> tuple[int, int]:
    """Bytes free and bytes in all, where instance/ is."""
    usage = shutil.disk_usage(current_app.instance_path)
    return usage.free, usage.total


def house_lines(session: Session, now: datetime) -> list[str]:
    """Jobs, letters, database, disk and backup, in Prometheus's words."""
    runs = last_runs(session)
    counts = operations.letter_counts(session, now)
    letters = {"waiting": counts.waiting, "sent": counts.sent, "in_doubt": counts.in_doubt, "given_up": counts.given_up}
    silence, newest = scheduler_silence(session, now), nightly.newest()
    said = metrics.labels
    found = [
        ("job_well", "1 when the last run of a job went well", {said(job=n): float(r.well) for n, r in runs.items()}),
        (
            "job_last_run_timestamp_seconds",
            "when a job last ran",
            {said(job=n): r.started_at.timestamp() for n, r in runs.items()},
        ),
        ("letters", "letters by state", {said(state=state): float(n) for state, n in letters.items()}),
        ("database_bytes", "size of the database", {"": float(database_size(session))}),
        ("disk_free_bytes", "free where instance/ is", {"": float(disk_free()[0])}),
    ]
    if newest:
        age = (now - newest.made_at).total_seconds()
        found.append(("backup_age_seconds", "age of the newest proved backup", {"": age}))
    if silence is not None:
        found.append(("scheduler_silent_seconds", "since the scheduler's lease ended", {"": silence.total_seconds()}))
    return [line for name, meaning, values in found for line in metrics.lines(name, "gauge", meaning, values)]
