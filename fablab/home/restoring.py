"""A backup back into a database: into a scratch one to prove it, into this house, or from one database to another.

Whatever is written is read back and compared with what the backup says, row by row, before it is kept.
"""

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from fablab import config, kept_files, scheduler
from fablab.db import db
from fablab.home import backup, erased_list, erasing_actions, portable
from fablab.home.backup import BadBackup, Manifest

MIGRATIONS = str(config.ROOT / "migrations")
SETTINGS = "settings.toml"
#: tables that hold a row from their migration on
BORN_FILLED = {"house_mark"}
SETTINGS_ASIDE = "settings.from-backup.toml"


class NotEmpty(Exception):
    """The house already holds something that a restore would take away."""


class NewerData(Exception):
    """The database was written by a newer release; the message says so and what to do."""

    def __init__(self, at: str) -> None:
        super().__init__(
            f"The data is at migration {at}, which this release does not have: a newer release wrote it. "
            "Nothing was changed. Install that release; or put this database aside and restore an older backup, "
            "as docs/operations.md says under «Upgrade»."
        )


class StillWorking(Exception):
    """The house's scheduler is working: a restore under it would be written over."""


def check(path: Path) -> Manifest:
    """Prove a backup: restore it into a scratch database, compare every row, bring it to today's tables.

    Raises BadBackup.
    """
    manifest = backup.read_manifest(path)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
        with _house_at(f"sqlite:///{folder}/scratch.sqlite"):
            put_rows(path, manifest)
            _ask_sqlite("PRAGMA integrity_check", expected=[("ok",)])
            upgrade()
            _ask_sqlite("PRAGMA foreign_key_check", expected=[])
        for inside in manifest.files:
            _check_file(path, inside)
    return manifest


def restore(path: Path, now: datetime, *, replace: bool = False) -> tuple[Manifest, Path | None, list[str]]:
    """Make this house what the backup says.

    The backup is proved first. A house that holds something is refused (NotEmpty) unless ``replace``: it is then put
    in a backup of its own, whose path is given back. Whoever was erased since the backup is erased again
    (fablab/home/erased_list.py). The list says which settings wait for a person.
    Raises BadBackup, NewerData, StillWorking.
    """
    refuse_newer()
    manifest = check(path)
    _refuse_if_working(now)
    kept = _set_aside(now, replace=replace)
    put_rows(path, manifest)
    upgrade()
    # Before anything else can fail: nobody who was erased since stays.
    erased, keys = erasing_actions.again(now, path.parent)
    notes = _put_files(path, manifest)
    kept_files.remove(keys)
    if erased:
        notes.append(f"{erased} people erased since the backup was made are erased again")
    if doubtful := erased_list.doubtful(path.parent):
        notes.append(f"perhaps erased since, to look at: {', '.join(sorted(doubtful))}")
    return manifest, kept, notes


def copy_to(address: str, now: datetime) -> Manifest:
    """Copy this house's rows into another, empty database and compare. Raises NotEmpty, StillWorking, BadBackup."""
    _refuse_if_working(now)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=current_app.instance_path) as folder:
        path = Path(folder) / "house.zip"
        manifest = backup.make(path, now)
        with _house_at(address):
            if has_rows():
                raise NotEmpty
            put_rows(path, manifest)
            upgrade()
    return manifest


def has_rows() -> bool:
    """Whether any table of this house holds anything, apart from what the migrations themselves write."""
    with db.engine.connect() as connection:
        names = set(portable.tables(connection)) - BORN_FILLED
        return any(connection.execute(text(f'SELECT 1 FROM "{name}" LIMIT 1')).first() for name in names)


def put_rows(path: Path, manifest: Manifest) -> None:
    """Make the tables as they were, fill them in one transaction, compare. Raises BadBackup: nothing is then kept."""
    if manifest.revision not in known_revisions():
        raise BadBackup(
            f"a newer release made it (migration {manifest.revision}, which this release does not have): "
            "install that release, or restore an older backup"
        )
    upgrade(revision=manifest.revision)
    db.session.remove()
    try:
        with zipfile.ZipFile(path) as archive, db.engine.connect() as connection:
            _fill(archive, connection, manifest)
    except (zipfile.BadZipFile, KeyError, ValueError, DBAPIError) as error:
        reason = getattr(error, "orig", None) or error
        raise BadBackup(f"its rows do not fit together: {str(reason).splitlines()[0][:200]}") from error


def known_revisions() -> set[str]:
    """The migrations that this program has."""
    return {script.revision for script in _scripts().walk_revisions()}


def refuse_newer() -> None:
    """Stop before anything is written into a database that a newer release has changed. Raises NewerData."""
    with db.engine.connect() as connection:
        at = portable.revision(connection)
    if at is not None and at not in known_revisions():
        raise NewerData(at)


def heads() -> set[str]:
    """The last of them: where an up to date database stands."""
    return set(_scripts().get_heads())


def _scripts() -> ScriptDirectory:
    settings = Config()
    settings.set_main_option("script_location", MIGRATIONS)
    settings.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(settings)


@contextmanager
def _house_at(address: str) -> Iterator[None]:
    """A house on another database, with nothing but its tables."""
    app = Flask("scratch")
    app.config.update(SQLALCHEMY_DATABASE_URI=address, SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True})
    db.init_app(app)
    Migrate(app, db, directory=MIGRATIONS, render_as_batch=True)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _fill(archive: zipfile.ZipFile, connection: Connection, manifest: Manifest) -> None:
    connection = connection.execution_options(write=True)
    with _foreign_keys_apart(connection):
        for name, rows in manifest.tables.items():
            if [one.name for one in portable.columns(connection, name)] != manifest.columns[name]:
                raise BadBackup(f"its table {name} has other columns")
            connection.execute(text(f'DELETE FROM "{name}"'))  # what a migration itself writes is in the backup
            with archive.open(backup.table_member(name)) as lines:
                portable.fill(connection, name, (line.rstrip(b"\n") for line in lines))
            if portable.count(connection, name) != rows:
                raise BadBackup(f"its table {name} does not come back as it was written")
        _set_sequences(connection, manifest)


@contextmanager
def _foreign_keys_apart(connection: Connection) -> Iterator[None]:
    """One transaction in which rows may come in any order; kept only when all of them fit."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # said before the transaction begins: ignored inside
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]  # open
    with connection.begin():
        if sqlite:
            yield
            broken = connection.execute(text("PRAGMA foreign_key_check")).first()
            if broken:
                raise BadBackup(f"a row of its table {broken[0]} points at nothing")
        else:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            keys = connection.execute(text(_FOREIGN_KEYS)).all()
            for table, name, _definition in keys:
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
            yield
            for table, name, definition in keys:
                connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
    if sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]  # open


_FOREIGN_KEYS = (
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2"
)


def _set_sequences(connection: Connection, manifest: Manifest) -> None:
    """PostgreSQL counts rows apart from them: the next one comes after the last."""
    if connection.dialect.name != "postgresql":
        return
    for name in manifest.tables:
        if "id" in manifest.columns[name]:
            counter = connection.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": name}).scalar()
            if counter:
                connection.execute(
                    text(f'SELECT setval(:counter, coalesce(max(id), 0) + 1, false) FROM "{name}"'),
                    {"counter": counter},
                )


def _refuse_if_working(now: datetime) -> None:
    if inspect(db.engine).has_table("lease"):
        working = db.session().scalar(select(scheduler.Lease.name).where(scheduler.Lease.until > now).limit(1))
        db.session().rollback()
        if working:
            raise StillWorking


def _set_aside(now: datetime, *, replace: bool) -> Path | None:
    """Empty the house; what it held goes into a backup first."""
    with db.engine.connect() as connection:
        at = portable.revision(connection)
    if at is None:
        return None
    kept = None
    if has_rows():
        if not replace:
            raise NotEmpty
        folder = Path(current_app.instance_path) / backup.FOLDERS_LEFT_OUT[0]
        folder.mkdir(mode=0o700, exist_ok=True)
        kept = folder / f"before-restore-{now:%Y%m%dT%H%M%SZ}.zip"
        backup.make(kept, now)
    db.session.remove()
    downgrade(revision="base")
    return kept


def _put_files(path: Path, manifest: Manifest) -> list[str]:
    """The keys and files of the backup into instance/; says which settings wait for a person."""
    instance = Path(current_app.instance_path)
    notes = []
    with zipfile.ZipFile(path) as archive:
        for inside in manifest.files:
            target, folder = instance / inside, instance
            if inside.startswith(f"{backup.EVIDENCE}/"):
                folder = kept_files.folder()
                target = folder / inside.removeprefix(f"{backup.EVIDENCE}/")
            if not target.resolve().is_relative_to(folder.resolve()):
                raise BadBackup(f"it holds a file outside of its folder: {inside}")
            if inside == SETTINGS:
                # A database address or a mail server of another machine must not come into force by itself.
                target = instance / SETTINGS_ASIDE
                notes.append(f"the settings of the backup are in {target}: take from them what holds here")
            _put_file(target, archive.read(backup.file_member(inside)))
    if "SECRET_KEY" in os.environ:
        notes.append("SECRET_KEY is set in the environment and wins over the one restored in instance/secret_key")
    return notes


def _put_file(target: Path, content: bytes) -> None:
    # One by one: of the folders that «parents» would make, the mode holds for the last alone.
    for folder in reversed([one for one in target.parents if not one.exists()]):
        folder.mkdir(mode=0o700)
    partial = target.with_name(target.name + ".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    os.replace(partial, target)


def _check_file(path: Path, inside: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(backup.file_member(inside)) as file:
            while file.read(1024 * 1024):  # reading to the end compares its checksum
                pass
    except (zipfile.BadZipFile, KeyError) as error:
        raise BadBackup(f"its file {inside} is damaged") from error


def _ask_sqlite(question: str, expected: list[tuple[str, ...]]) -> None:
    with db.engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(question))]
    if found != expected:
        raise BadBackup(f"{question}: {found[:3]}")
