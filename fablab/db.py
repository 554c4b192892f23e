"""The database: our typed base, UTC moments, one transaction an action, two engines alike."""

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import g, has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, CheckConstraint, ColumnElement, DateTime, Integer, MetaData, String, event, inspect
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached, registry
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.types import TypeDecorator, TypeEngine

from fablab.refusals import Refusal, Refused


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in whole seconds: timestamptz on PostgreSQL, an integer on SQLite.

    SQLite keeps no time zone and texts take three times the room; naive values are refused on both.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type that this engine really stores."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Aware datetime to what is stored; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        if dialect.name == "sqlite":
            return int(value.timestamp())
        return value.astimezone(UTC).replace(microsecond=0)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """What turns what is stored into an aware datetime in UTC; a page does it thousands of times."""
        return _from_seconds if dialect.name == "sqlite" else _in_utc


def _from_seconds(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value, UTC)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_TYPES: dict[Any, TypeEngine[Any]] = {
    datetime: UtcDateTime(),
    str: String(),
    dict[str, Any]: JSON(),
    dict[str, int]: JSON(),
    list[str]: JSON(),
    list[int]: JSON(),
}


class Model(DeclarativeBase):
    """Base of every table."""

    # A registry of our own, because Flask-SQLAlchemy builds a second base upon this one.
    registry = registry(metadata=MetaData(naming_convention=_NAMES), type_annotation_map=_TYPES)


AnyModel = TypeVar("AnyModel", bound=Model)

# expire_on_commit would read every object again just to print where to go next.
db = SQLAlchemy(model_class=Model, disable_autonaming=True, session_options={"expire_on_commit": False})


def new_public_id() -> str:
    """22 characters nobody can guess (128 bits), for addresses of people, badges and bookings."""
    return secrets.token_urlsafe(16)


def known_id(row: Model) -> int:
    """The id of a row read before, without reading the row again as a transaction that began since would.

    Raises ValueError for a row that was never written.
    """
    identity = inspect(row).identity
    if identity is None:
        raise ValueError(f"{type(row).__name__} has no id yet")
    return int(identity[0])


def columns_of(model: type[Model]) -> dict[str, ColumnElement[Any]]:
    """The columns of an entity by attribute: what a plain statement chooses for ``as_read``."""
    return {str(attribute.key): attribute.columns[0] for attribute in inspect(model).column_attrs}


def as_read(session: Session, model: type[AnyModel], columns: Mapping[str, Any]) -> AnyModel:
    """The entity of a plain row, as if the session had read it: what the ORM would prepare for that is left out.

    ``columns`` by attribute, the id among them; what is not there is read when it is looked at. An entity that the
    session knows already stays as it is, and learns what it had forgotten.
    """
    known: AnyModel | None = session.identity_map.get(identity_key(model, columns["id"]))
    one = model() if known is None else known
    missing = columns.keys() if known is None else inspect(known).unloaded & columns.keys()
    for name in missing:
        set_committed_value(one, name, columns[name])
    if known is None:
        make_transient_to_detached(one)
        session.add(one)
    return one


def no_room(error: OperationalError) -> bool:
    """Whether a database says that its disk is full: in words of SQLite, or of the system, which PostgreSQL repeats."""
    said = str(error.orig).lower()
    return "is full" in said or "no space left" in said


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A named constraint: the column holds one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def forbid_writing(refusal: Refusal) -> None:
    """From here to the end of the request no action changes anything: each raises Refused with this refusal."""
    g.writing_forbidden = refusal


def writing_forbidden() -> Refusal | None:
    """Why this request may not write, or None."""
    refusal: Refusal | None = g.get("writing_forbidden") if has_app_context() else None
    return refusal


_writers = threading.Lock()
#: seconds that somebody waits to write before the page says «trop de monde»
_PATIENCE = 8
#: seconds between two tries; SQLite's own waiting sleeps up to a tenth of a second each time, and the last come wins
_GLANCE = 0.001


@contextmanager
def transaction() -> Iterator[Session]:
    """One action: ends the page's reading, begins to write, commits on leaving, rolls back on error.

    Raises RuntimeError inside another one: what two actions share is a helper that takes the session.
    Raises Refused in a request that may not write.
    """
    if refusal := writing_forbidden():
        g.writing_refused = True
        raise Refused([refusal])
    session: Session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("an action cannot be called inside another")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside a transaction")
    session.rollback()  # what the page has read is stale from here on
    with _one_writer(session):
        session.info["writing"] = True
        try:
            session.connection(execution_options={"write": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["writing"] = False


@contextmanager
def _one_writer(session: Session) -> Iterator[None]:
    """SQLite has one writer at a time: threads wait for each other here, where waking up costs nothing.

    Processes meet in BEGIN IMMEDIATE, and so does whoever has waited too long here.
    """
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    mine = _writers.acquire(timeout=_PATIENCE)
    try:
        yield
    finally:
        if mine:
            _writers.release()


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        # We say BEGIN ourselves: the driver's own would turn a read into a write half-way,
        # and SQLite answers that with "database is locked" at once.
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            f"busy_timeout = {_PATIENCE * 1000}",
            "foreign_keys = ON",
            "synchronous = NORMAL",
            "cache_size = -16000",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    # Said to the driver itself: it happens on every page.
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError("an SQLite database is spoken to by sqlite3")
    if connection.get_execution_options().get("write"):
        _begin_to_write(connection, driver)
    else:
        driver.execute("BEGIN")


def _begin_to_write(connection: Connection, driver: sqlite3.Connection) -> None:
    """Become SQLite's one writer. Raises OperationalError when another process stays it for too long."""
    patient = time.monotonic() + _PATIENCE
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > patient:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails once more, as an error of SQLAlchemy
                    return
                time.sleep(_GLANCE)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")
