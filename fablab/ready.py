"""Statements made ready once: plain rows for what every page asks, without being prepared anew at each asking.

SQLAlchemy puts a statement together, expands its lists and sorts out how to read its columns each time it is asked;
for a statement that finds five rows that is most of the time. Here it is done once for each engine and each length of
the lists. And what was answered can be noted, to tell later, under the lock, whether it would still be answered.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import SelectBase

Values = Mapping[str, Any]


def rows(
    session: Session,
    statement: SelectBase,
    values: Values | None = None,
    make: Callable[[Iterable[Any]], Any] | None = None,
) -> list[Any]:
    """The rows of a statement that gives plain columns, as named tuples, or as ``make`` makes them of their values.

    For statements said once, at module level, whose values are lists (for «expanding») or plain. Pending changes
    are written first.
    """
    if session.autoflush and session.info.get("writing"):
        session.flush()
    connection, values = session.connection(), values or {}
    lengths = tuple((name, len(value)) for name, value in values.items() if isinstance(value, list | tuple))
    ready = _ready(statement, connection.dialect, lengths)
    bound = ready.bind(values)
    found = _answered_again(session, ready, bound)
    if found is None:
        found = ready.ask(connection, bound)
    noting: list[_Asked] | None = session.info.get("noting")
    if noting is not None:
        noting.append((ready, bound, found))
    return ready.read(found, make or ready.make)


class _Ready:
    """A statement for one engine and given lengths of its lists: its text, how values go in and columns come out."""

    def __init__(self, statement: SelectBase, dialect: Dialect, lengths: Sequence[tuple[str, int]]) -> None:
        compiled = statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("only what can be asked has rows")
        given = {name: None for name, one in compiled.binds.items() if one.required}
        state = compiled.construct_expanded_state({**given, **{name: [None] * size for name, size in lengths}})
        self.text = state.statement
        self._lists = {name: list(state.parameter_expansion[name]) for name, _size in lengths}
        mine = {*given, *(part for parts in self._lists.values() for part in parts)}
        self._constants = {name: value for name, value in state.parameters.items() if name not in mine}
        names = list(state.parameters) if state.positiontup is None else list(state.positiontup)
        self._named = state.positiontup is None
        into = {name: one.type.dialect_impl(dialect).bind_processor(dialect) for name, one in compiled.binds.items()}
        into |= state.processors  # of the parts of lists
        self._slots = [(name, into.get(name)) for name in names]
        if dialect.name == "sqlite":
            self._write_constants()
        types = [column.type for column in statement.selected_columns]
        self._readers = [one.dialect_impl(dialect).result_processor(dialect, None) for one in types]
        keys = [str(column.key) for column in statement.selected_columns]
        line: Any = namedtuple("Line", keys, rename=True)  # type: ignore[misc]  # its columns are known only here
        self.make: Callable[[Iterable[Any]], Any] = line._make

    def _write_constants(self) -> None:
        """Write what never changes into the text, words and numbers.

        SQLite prepares a statement anew each time a value is bound that it held against the condition of an index
        (``kind = 'session'``; sqlite3VdbeSetVarmask in its source): that cost more than finding the rows.
        """
        parts = self.text.split("?")
        if len(parts) != len(self._slots) + 1:
            return  # a question mark that stands for itself
        text, slots = [parts[0]], []
        for (name, process), part in zip(self._slots, parts[1:], strict=True):
            value = self._constants.get(name)
            value = process(value) if process and value is not None else value
            if isinstance(value, str):
                said = "'" + str.replace(value, "'", "''") + "'"
            elif isinstance(value, int):
                said = str(int(value))
            else:
                said = "?"
                slots.append((name, process))
            text += [said, part]
        self.text, self._slots = "".join(text), slots

    def bind(self, values: Values) -> Any:
        """The values as the driver takes them, in its order or by its names."""
        known = {**self._constants, **values}
        for name, parts in self._lists.items():
            known.update(zip(parts, values[name], strict=True))
        bound = [process(known[name]) if process else known[name] for name, process in self._slots]
        if self._named:
            return dict(zip((name for name, _process in self._slots), bound, strict=True))
        return tuple(bound)

    def ask(self, connection: Connection, bound: Any) -> list[Any]:
        """What the database says, as the driver gives it."""
        with connection.exec_driver_sql(self.text, bound or None) as result:
            # The driver's own rows, all at once: the result would fetch and wrap them one by one.
            return list(result.cursor.fetchall())

    def read(self, found: Sequence[Any], make: Callable[[Iterable[Any]], Any]) -> list[Any]:
        """The same as values of ours."""
        readers = self._readers
        return [make([read(one) if read else one for read, one in zip(readers, row, strict=True)]) for row in found]


_Asked = tuple[_Ready, Any, list[Any]]
_ready = lru_cache(1024)(_Ready)


class Note:
    """What some statements answered, to tell later whether they still do.

    It is whole when nothing else was asked meanwhile: only then does what was concluded from it hold while it holds.
    """

    def __init__(self) -> None:
        self.asked: list[_Asked] = []
        self.whole = False

    def holds(self, session: Session) -> bool:
        """Ask all of it again, as it is: whether every answer is the same, and nothing else had been asked.

        The new answers serve the same statements asked «with answers» of it.
        """
        connection = session.connection()
        before, self.asked = self.asked, [(one, bound, one.ask(connection, bound)) for one, bound, _old in self.asked]
        return self.whole and all(old[2] == new[2] for old, new in zip(before, self.asked, strict=True))


@contextmanager
def noting(session: Session) -> Iterator[Note]:
    """Note what every statement answers that is asked inside."""
    note, said = Note(), _said(session)
    session.info["noting"] = note.asked
    try:
        yield note
    finally:
        del session.info["noting"]
    note.whole = _said(session) == said + len(note.asked)


@contextmanager
def with_answers(session: Session, note: Note) -> Iterator[None]:
    """Inside, a statement of the note is not asked again: nothing is written between its last answers and this."""
    session.info["answers"] = {(one, _hashable(bound)): found for one, bound, found in note.asked}
    try:
        yield
    finally:
        del session.info["answers"]


def _answered_again(session: Session, ready: _Ready, bound: Any) -> list[Any] | None:
    answers: dict[Any, list[Any]] | None = session.info.get("answers")
    return answers.get((ready, _hashable(bound))) if answers else None


def _hashable(bound: Any) -> Any:
    return tuple(bound.items()) if isinstance(bound, dict) else bound


def _said(session: Session) -> int:
    """How many statements the connection of this session has been told."""
    return int(session.connection().info.get("said", 0))


@event.listens_for(Engine, "before_cursor_execute")
def _count(connection: Connection, *_said: Any) -> None:
    connection.info["said"] = connection.info.get("said", 0) + 1
