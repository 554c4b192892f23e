"""The catalogue against the house: what a file says of each thing, and where the house differs.

A file becomes items (a machine, a room, a setting …) with values by field. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any


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
