"""Where the items of the catalogue are kept: a Store reads and writes those of one kind in the database.

Everything runs in the caller's transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.base import ExecutableOption

from fablab.catalogue_items import Item
from fablab.db import Model
from fablab.house import HouseSetting


class Lacking(LookupError):
    """What is taken points at something that the house does not have, by its code."""


def by_code(session: Session, model: type[Model], value: str, code: str = "code") -> Any:
    """The row with this code. Raises Lacking when the house has none."""
    column: InstrumentedAttribute[Any] = getattr(model, code)
    found = session.scalars(select(model).where(column == value)).one_or_none()
    if found is None:
        raise Lacking(value)
    return found


class Store:
    """The items of one kind in the database."""

    kind: str

    def held(self, session: Session) -> dict[str, dict[str, Any]]:
        """What the house holds, by code and field, in the words of the files."""
        raise NotImplementedError

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Make an item the house lacks."""
        raise NotImplementedError

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Write these fields of an item the house has."""
        raise NotImplementedError


class Column:
    """A field kept in one column."""

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute

    def get(self, row: Any) -> Any:
        """The value in the words of the file."""
        return getattr(row, self.attribute)

    def put(self, session: Session, row: Any, value: Any) -> None:
        """Write it."""
        setattr(row, self.attribute, value)

    def settle(self, session: Session, row: Any) -> None:
        """Write what needs the row to be there, once it is."""


class Link(Column):
    """A field that names another row by its code, kept as a relation."""

    def __init__(self, attribute: str, target: type[Model], code: str = "code") -> None:
        super().__init__(attribute)
        self.target = target
        self.code = code

    def get(self, row: Any) -> Any:
        """The other row's code."""
        other = getattr(row, self.attribute)
        return None if other is None else getattr(other, self.code)

    def put(self, session: Session, row: Any, value: Any) -> None:
        """Point at the other row. Raises Lacking when it is not there."""
        found = None if value is None else by_code(session, self.target, value, self.code)
        setattr(row, self.attribute, found)


class Levels(Column):
    """Codes with a level each ({"SEC-01": 2}), kept as rows of a link table in the order of the file."""

    def __init__(self, attribute: str, row: Callable[..., Any], target: type[Model], name: str) -> None:
        super().__init__(attribute)
        self.row = row
        self.target = target
        self.name = name

    def get(self, row: Any) -> Any:
        """Levels by code."""
        return {getattr(link, self.name).code: link.level for link in getattr(row, self.attribute)}

    def put(self, session: Session, row: Any, value: Any) -> None:
        """Replace the links. Raises Lacking when one of the codes is not there."""
        found = {key: by_code(session, self.target, key) for key in value}
        links = getattr(row, self.attribute)
        for link in list(links):
            links.remove(link)
            session.delete(link)
        session.flush()
        for key, level in value.items():
            links.append(self.row(**{self.name: found[key]}, level=level))


class Table(Store):
    """Items kept one a row, found by a column that holds their code."""

    def __init__(
        self,
        kind: str,
        model: type[Model],
        columns: Mapping[str, Column | str],
        *,
        code: str = "code",
        options: Sequence[ExecutableOption] = (),
    ) -> None:
        self.kind = kind
        self.model = model
        self.columns = {name: Column(col) if isinstance(col, str) else col for name, col in columns.items()}
        self.code = code
        self.options = options

    def rows(self, session: Session) -> Iterable[Any]:
        """The rows that are items."""
        return session.scalars(select(self.model).options(*self.options))

    def held(self, session: Session) -> dict[str, dict[str, Any]]:
        """What the house holds."""
        return {
            str(getattr(row, self.code)): {name: column.get(row) for name, column in self.columns.items()}
            for row in self.rows(session)
        }

    def make(self, item: Item) -> Any:
        """A new row, still without its fields."""
        return self.model(**{self.code: item.code}, **item.once)

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Make the row."""
        row = self.make(item)
        with session.no_autoflush:
            for name, value in item.values.items():
                self.columns[name].put(session, row, value)
        session.add(row)
        self._settle(session, row, item.values)

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Write the fields."""
        row = by_code(session, self.model, code, self.code)
        for name, value in values.items():
            self.columns[name].put(session, row, value)
        self._settle(session, row, values)

    def _settle(self, session: Session, row: Any, values: Mapping[str, Any]) -> None:
        session.flush()
        for name in values:
            self.columns[name].settle(session, row)
        session.flush()


class Settings(Store):
    """Values of the house by key."""

    kind = "setting"

    def held(self, session: Session) -> dict[str, dict[str, Any]]:
        """Every setting of the house."""
        found = session.scalars(select(HouseSetting))
        return {row.key: {"value": row.value, "data_status": row.data_status} for row in found}

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """Write a new setting."""
        session.add(HouseSetting(key=item.code, **item.values))
        session.flush()

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Write the value or its mark."""
        row = session.scalars(select(HouseSetting).where(HouseSetting.key == code)).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
