"""Runs the migrations, the same history on SQLite and PostgreSQL."""

from typing import Any

from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection

from fablab.db import Model, UtcDateTime
from fablab.home.restoring import NewerData, known_revisions

engine = current_app.extensions["migrate"].db.engine


def render_item(kind: str, value: Any, autogen_context: Any) -> str | bool:
    """Write our own column type by its short name."""
    if kind == "type" and isinstance(value, UtcDateTime):
        autogen_context.imports.add("from fablab.db import UtcDateTime")
        return "UtcDateTime()"
    return False


def refuse_newer() -> None:
    """A database that a newer release has changed: Alembic would say that it cannot locate a revision."""
    if newer := set(context.get_context().get_current_heads()) - known_revisions():
        raise CommandError(str(NewerData(max(newer))))


def run(connection: Connection) -> None:
    """Bring the database to the wanted revision, in one transaction. Raises CommandError on a newer database."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=True,
    )
    refuse_newer()
    with context.begin_transaction():
        context.run_migrations()


def run_with_foreign_keys_off(connection: Connection) -> None:
    """On SQLite, rebuilding a parent table with foreign keys on would delete its children."""
    # A pragma is ignored inside a transaction, so it is said to the driver itself, before it begins.
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    run(connection)
    connection.commit()
    broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    driver.execute("PRAGMA foreign_keys = ON")
    if broken:
        raise RuntimeError(f"foreign keys broken after the migration: {broken[:5]}")


with engine.connect().execution_options(write=True) as opened:
    if opened.dialect.name == "sqlite":
        run_with_foreign_keys_off(opened)
    else:
        run(opened)
        opened.commit()
