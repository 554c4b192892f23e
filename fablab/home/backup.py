"""A house in one file: a zip with a line for each row, the keys and files of instance/, and a list of what it holds.

SQLite is copied page by page with its own backup function, PostgreSQL is read in one snapshot: both go on being
written to meanwhile, and the backup holds one moment. The file is readable by its owner only, and appears under its
name when it is whole.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from fablab import kept_files
from fablab.db import db
from fablab.home import portable
from fablab.home.portable import Rows, Tally

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret_key"
#: what stays out of a backup: databases (their rows are in it), other backups, what is being run
FOLDERS_LEFT_OUT = ("backups", "run")
#: where photos and files of people are in a backup, wherever this house keeps them
EVIDENCE = "evidence"
LEFT_OUT = ("*.sqlite", "*.sqlite-wal", "*.sqlite-shm", "*.sqlite-journal", "*.partial", ".gitkeep")


class BadBackup(Exception):
    """A backup that cannot be used, or a house that cannot be put in one; the message says why."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: when and at which migration it was made, and each table's rows."""

    format: int
    made_at: str
    revision: str
    engine: str
    public_url: str
    tables: dict[str, Rows]
    columns: dict[str, list[str]]
    files: list[str]


def make(path: Path, now: datetime) -> Manifest:
    """Write the running house into ``path``. Raises BadBackup, OSError (disk full: nothing is left behind)."""
    if path.exists():
        raise BadBackup(f"{path} is there already")
    if not path.parent.is_dir():
        raise BadBackup(f"there is no folder {path.parent}: make it first")
    partial = path.with_name(path.name + ".partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, snapshot(path.parent) as connection:
                manifest = _write(archive, connection, now)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What a backup says that it holds. Raises BadBackup."""
    try:
        with zipfile.ZipFile(path) as archive:
            raw = json.loads(archive.read(MANIFEST))
        if raw["format"] != FORMAT:
            raise BadBackup(f"{path} is of format {raw['format']}; this program reads {FORMAT}")
        return Manifest(**{**raw, "tables": {name: Rows(**rows) for name, rows in raw["tables"].items()}})
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise BadBackup(f"{path} is not a backup, or is damaged ({error.__class__.__name__})") from error


@contextmanager
def snapshot(beside: Path) -> Iterator[Connection]:
    """One moment of the house's database, to read at leisure while others write."""
    if db.engine.dialect.name == "sqlite":
        with _copy_of_sqlite(beside) as connection:
            yield connection
        return
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection
        connection.rollback()


@contextmanager
def _copy_of_sqlite(beside: Path) -> Iterator[Connection]:
    # A long reading would let the write-ahead log grow: a copy is made at once, and read instead.
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=beside) as folder:
        copy = Path(folder) / "copy.sqlite"
        source = db.engine.raw_connection()
        target = sqlite3.connect(copy)
        try:
            driver: Any = source.driver_connection
            driver.backup(target)
        except sqlite3.OperationalError as error:
            raise OSError(f"the database could not be copied: {error}") from error
        finally:
            target.close()
            source.close()
        engine = create_engine(f"sqlite:///{copy}")
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


def _write(archive: zipfile.ZipFile, connection: Connection, now: datetime) -> Manifest:
    at = portable.revision(connection)
    if at is None:
        raise BadBackup("this house has no table yet: nothing to back up")
    names = portable.tables(connection)
    manifest = Manifest(
        format=FORMAT,
        made_at=now.astimezone(UTC).isoformat(),
        revision=at,
        engine=connection.dialect.name,
        public_url=current_app.config["PUBLIC_URL"],
        columns={name: [one.name for one in portable.columns(connection, name)] for name in names},
        tables={name: _write_table(archive, connection, name) for name in names},
        files=list(_write_files(archive, Path(current_app.instance_path))),
    )
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    return manifest


def _write_table(archive: zipfile.ZipFile, connection: Connection, name: str) -> Rows:
    tally = Tally()
    with archive.open(table_member(name), "w", force_zip64=True) as out:
        for line in portable.lines(connection, name):
            tally.add(line)
            out.write(line + b"\n")
    return tally.rows()


def _write_files(archive: zipfile.ZipFile, instance: Path) -> Iterator[str]:
    archive.writestr(file_member(KEY), current_app.config["SECRET_KEY"])
    yield KEY
    for path in sorted(instance.rglob("*")):
        inside = path.relative_to(instance)
        left_out = inside.parts[0] in (*FOLDERS_LEFT_OUT, EVIDENCE) or inside.parts[0].startswith(".backup-")
        if left_out or any(map(path.match, LEFT_OUT)) or str(inside) == KEY or not path.is_file():
            continue
        if _write_file(archive, path, inside.as_posix()):
            yield inside.as_posix()
    kept = kept_files.folder()
    for path in sorted(kept.glob("??/*")):
        inside_evidence = f"{EVIDENCE}/{path.relative_to(kept).as_posix()}"
        if path.suffix != ".partial" and _write_file(archive, path, inside_evidence):
            yield inside_evidence


def _write_file(archive: zipfile.ZipFile, path: Path, inside: str) -> bool:
    """Put a file in the zip; False when it was deleted meanwhile: the house goes on living."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return False
    with source, archive.open(file_member(inside), "w", force_zip64=True) as out:
        shutil.copyfileobj(source, out)
    return True


def table_member(name: str) -> str:
    """Where a table's lines are in the zip."""
    return f"tables/{name}.jsonl"


def file_member(inside: str) -> str:
    """Where a file of instance/ is in the zip."""
    return f"files/{inside}"
