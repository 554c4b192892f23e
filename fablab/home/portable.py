"""The rows of a database as lines of text, the same whether they come from SQLite or PostgreSQL.

A line is a JSON list of a row's values, columns in order of name: moments as seconds since 1970, days and hours in
ISO 8601, bytes in base64, JSON kept letter by letter. A table's digest is the sum of its lines' digests: it does not
depend on the order in which a database gives its rows.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import Select, cast, column, inspect, select, table, text
from sqlalchemy import types as sql
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.expression import TableClause, bindparam

VERSION_TABLE = "alembic_version"
CHUNK = 1000


class NotPortable(Exception):
    """A column of a kind that no line can carry yet; the message names it."""


@dataclass(frozen=True)
class Kind:
    """How values of one kind of column are written in a line, and read from it."""

    column_type: type[sql.TypeEngine[Any]]
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


#: the first that fits is taken: JSON is carried as its text, SQLite's moments are whole numbers already
KINDS = (
    Kind(sql.JSON, _same, _same),
    Kind(sql.DateTime, lambda moment: int(moment.timestamp()), lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    Kind(sql.Date, date.isoformat, date.fromisoformat),
    Kind(sql.Time, time.isoformat, time.fromisoformat),
    Kind(sql.Boolean, bool, bool),
    Kind(sql.LargeBinary, lambda raw: base64.b64encode(raw).decode(), base64.b64decode),
    Kind(sql.Float, float, float),
    Kind(sql.Integer, int, int),
    Kind(sql.String, _same, _same),
)


@dataclass(frozen=True)
class Column:
    """A column and how its values travel."""

    name: str
    type: sql.TypeEngine[Any]
    kind: Kind


@dataclass(frozen=True)
class Rows:
    """How many rows a table holds, and their digest."""

    count: int
    digest: str


class Tally:
    """Counts lines and adds up their digests."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        """One more line, without its end."""
        self.count += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest())) % 2**256

    def rows(self) -> Rows:
        """What was added up."""
        return Rows(self.count, f"{self._sum:064x}")


def tables(connection: Connection) -> list[str]:
    """The names of the house's tables, in order of name, without the migrations' own."""
    return sorted(set(inspect(connection).get_table_names()) - {VERSION_TABLE})


def columns(connection: Connection, name: str) -> list[Column]:
    """The columns of a table, in order of name. Raises NotPortable."""
    found = []
    for one in inspect(connection).get_columns(name):
        fitting = next((kind for kind in KINDS if isinstance(one["type"], kind.column_type)), None)
        if fitting is None:
            raise NotPortable(f"{name}.{one['name']} is of the kind {one['type']}")
        found.append(Column(one["name"], one["type"], fitting))
    return sorted(found, key=lambda one: one.name)


def lines(connection: Connection, name: str) -> Iterator[bytes]:
    """Every row of a table as a line, read piece by piece."""
    wanted = columns(connection, name)
    rows = connection.execute(_reading(name, wanted), execution_options={"yield_per": CHUNK})
    for row in rows:
        values = [None if value is None else one.kind.write(value) for one, value in zip(wanted, row, strict=True)]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def count(connection: Connection, name: str) -> Rows:
    """How many rows a table holds, and their digest, as read back from the database."""
    tally = Tally()
    for line in lines(connection, name):
        tally.add(line)
    return tally.rows()


def fill(connection: Connection, name: str, from_lines: Iterable[bytes]) -> None:
    """Add rows to a table, from lines made with the same columns."""
    wanted = columns(connection, name)
    adding = _adding(connection, name, wanted)
    rest = iter(from_lines)
    while chunk := list(islice(rest, CHUNK)):
        connection.execute(adding, [_values(wanted, line) for line in chunk])


def _reading(name: str, wanted: list[Column]) -> Select[Any]:
    return select(*(_carried(one) for one in wanted)).select_from(table(name))


def _carried(one: Column) -> ColumnElement[Any]:
    if one.kind.column_type is sql.JSON:
        return cast(column(one.name, sql.Text()), sql.Text())  # its own letters, not what they mean
    return column(one.name, one.type)


def _adding(connection: Connection, name: str, wanted: list[Column]) -> Any:
    clause: TableClause = table(name, *(column(one.name, one.type) for one in wanted))
    as_text = connection.dialect.name == "sqlite"
    values: dict[str, Any] = {}
    for one in wanted:
        is_json = one.kind.column_type is sql.JSON
        given = bindparam(f"value_{one.name}", type_=sql.Text() if is_json else one.type)
        values[one.name] = cast(given, one.type) if is_json and not as_text else given
    return clause.insert().values(values)


def _values(wanted: list[Column], line: bytes) -> dict[str, Any]:
    values = json.loads(line)
    return {
        f"value_{one.name}": None if value is None else one.kind.read(value)
        for one, value in zip(wanted, values, strict=True)
    }


def revision(connection: Connection) -> str | None:
    """The migration at which a database stands; None when it has no table."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return str(found) if found else None
