"""The backup of every night: made, proved, and the oldest thrown away."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from flask import current_app

from fablab import clock, house
from fablab.db import db
from fablab.home import backup, restoring
from fablab.home.demo import TOLD

#: how often the job looks whether tonight's is still to be made
LOOKS = timedelta(minutes=10)
#: a house whose newest proved backup is older than this is told so
TOO_OLD = timedelta(hours=36)
_NAME = "house-%Y%m%dT%H%M%SZ.zip"


@dataclass(frozen=True)
class Kept:
    """A proved backup of the folder: when it was made, how big it is."""

    path: Path
    made_at: datetime
    size: int


def folder() -> Path:
    """Where backups are kept, made when it is not there, for its owner only."""
    found = Path(current_app.config["SETTINGS"].backup_folder or Path(current_app.instance_path) / "backups")
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def name_at(moment: datetime) -> str:
    """The name of a backup made at a moment."""
    return moment.astimezone(UTC).strftime(_NAME)


def kept() -> list[Kept]:
    """The backups of the folder, newest first. Those that did not pass their proof have another name."""
    found = []
    for path in folder().glob("house-*.zip"):
        try:
            made_at = datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append(Kept(path, made_at, path.stat().st_size))
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def newest() -> Kept | None:
    """The newest proved backup."""
    return next(iter(kept()), None)


def run(now: datetime) -> str:
    """The job: make tonight's backup once its hour has come, prove it, keep the last. Raises BadBackup, OSError."""
    settings = current_app.config["SETTINGS"]
    if _is_being_told():
        return f"{len(kept())} backups"
    due = clock.at(clock.local_day(now), time(settings.backup_hour))
    if now < due:
        due = clock.at(clock.local_day(now) - timedelta(days=1), time(settings.backup_hour))
    last = newest()
    if last is None or last.made_at < due:
        make_proved(now)
    for old in kept()[settings.backups_kept :]:
        old.path.unlink()
    return f"{len(kept())} backups"


def make_proved(now: datetime) -> Path:
    """A backup that has been restored into a scratch database. One that fails is kept apart, named «unproved»."""
    final = folder() / name_at(now)
    unproved = folder() / f"unproved-{final.name}"
    unproved.unlink(missing_ok=True)
    backup.make(unproved, now)
    restoring.check(unproved)
    unproved.rename(final)
    return final


def _is_being_told() -> bool:
    """Whether this is a demonstration whose year is being written: it would be slowed down for nothing."""
    found = house.read(db.session(), "demo", TOLD)
    db.session().rollback()
    return bool(found.get("demo")) and TOLD not in found
