"""The catalogue taken into the house: which part reads which file, where file and house differ, what is taken.

Everything runs in the caller's transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from fablab.catalogue import Catalogue, Source
from fablab.catalogue_items import Difference, Item
from fablab.catalogue_stores import Settings, Store

FIRST_LOAD = "catalogue.first_loaded_on"


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
