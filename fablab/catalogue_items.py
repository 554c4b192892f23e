"""The catalogue against the house: what a file says of each thing, what the house holds, and what to take.

A file becomes items (a machine, a room, a setting …) with values by field. A Store reads and writes the items of
one kind in the database. Everything runs in the caller's transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.base import ExecutableOption

from fablab.catalogue import Catalogue, Source
from fablab.db import Model
from fablab.house import HouseSetting

FIRST_LOAD = "catalogue.first_loaded_on"


@dataclass(frozen=True)
class Item:
    """One thing a file describes. ``once`` is written when it is made and never compared again."""

    kind: str
    code: str
    values: Mapping[str, Any]
    once: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """«machine:LAS-01»."""
        return f"{self.kind}:{self.code}"


@dataclass(frozen=True)
class Difference:
    """Where file and house disagree: on a field, or on the whole item, absent from the house."""

    item: Item
    field: str | None
    in_file: Any
    in_house: Any

    @property
    def key(self) -> str:
        """What to tick: «machine:LAS-01/risk», or the item's own key when the house lacks it."""
        return self.item.key if self.field is None else f"{self.item.key}/{self.field}"

    def __str__(self) -> str:
        if self.field is None:
            return f"{self.key}: absent from the house"
        return f"{self.key}: file {said(self.in_file)}, house {said(self.in_house)}"


def said(value: Any) -> str:
    """A value on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, list):
        return "[" + ", ".join(said(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {said(item)}" for key, item in value.items()) + "}"
    return str(value)


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


def setting(key: str, value: Any, data_status: str) -> Item:
    """A setting as an item; dates and times become texts, as JSON keeps them."""
    return Item("setting", key, {"value": plain(value), "data_status": data_status})


def plain(value: Any) -> Any:
    """A cleaned value as JSON keeps it: "2026-09-07", "08:30"."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True)
class Part:
    """What a part of the program does with one file: its reading, its items, and where they are kept."""

    source: Source
    items: Callable[[Catalogue, date], list[Item]]
    stores: tuple[Store, ...]


def items_of(parts: Iterable[Part], catalogue: Catalogue, today: date) -> list[Item]:
    """Every item of the files that were given, in the order in which they can be made."""
    given = [part for part in parts if part.source.name in catalogue.given]
    return [item for part in given for item in part.items(catalogue, today)]


def stores_of(parts: Iterable[Part]) -> dict[str, Store]:
    """The stores by kind."""
    return {store.kind: store for store in (Settings(), *(s for part in parts for s in part.stores))}


def differences(session: Session, stores: Mapping[str, Store], items: Iterable[Item]) -> list[Difference]:
    """Where these items and the house disagree, in the order of the files. What only the house has is left alone."""
    wanted = list(items)
    held = {kind: stores[kind].held(session) for kind in dict.fromkeys(item.kind for item in wanted)}
    found = []
    for item in wanted:
        ours = held[item.kind].get(item.code)
        if ours is None:
            found.append(Difference(item, None, None, None))
            continue
        for name, value in item.values.items():
            if ours.get(name) != value:
                found.append(Difference(item, name, value, ours.get(name)))
    return found


def take(session: Session, stores: Mapping[str, Store], chosen: Iterable[Difference], now: datetime) -> None:
    """Write the chosen differences: the file's word becomes the house's.

    Raises Lacking when one of them needs something that was not chosen and that the house does not have.
    """
    fields: dict[str, tuple[Item, dict[str, Any]]] = {}
    made: set[str] = set()
    for difference in chosen:
        item = difference.item
        if difference.field is None and item.key in made:
            # Two files say something of one thing: the Fablab is a space of the house, and has a gauge of its own.
            stores[item.kind].change(session, item.code, item.values, now)
        elif difference.field is None:
            stores[item.kind].add(session, item, now)
            made.add(item.key)
        else:
            fields.setdefault(item.key, (item, {}))[1][difference.field] = difference.in_file
    for item, values in fields.values():
        stores[item.kind].change(session, item.code, values, now)
