"""Pure: materials, how much of them is there, and what they cost."""

from dataclasses import dataclass
from typing import Literal

NAME_LENGTH, UNIT_LENGTH = 120, 20
#: the most of a material that one form says
MOST = 1_000_000
#: some came, went, or was counted again
KINDS = ("in", "use", "count")
Kind = Literal["in", "use", "count"]


@dataclass(frozen=True)
class Wish:
    """A material as it is wanted."""

    name: str
    unit: str
    low_at: int | None


@dataclass(frozen=True)
class Counted:
    """A material that is counted, and in what."""

    name: str
    unit: str


@dataclass(frozen=True)
class Move:
    """What moved: of ``count``, how much there is; else how much came or went. ``cents``: paid for what came."""

    kind: Kind
    quantity: int
    key: str
    cents: int | None = None
    words: str | None = None


def is_low(level: int, low_at: int | None) -> bool:
    """Whether there is less than what is wanted."""
    return low_at is not None and level < low_at


def agreed(count: int, unit: str) -> str:
    """The unit, which a person typed in the singular, as so many of it are said. Short ones are symbols: cm, kg, ml."""
    first, space, rest = unit.partition(" ")
    if count < 2 or len(first) < 4 or not first.isalpha() or first[-1] in "sxz":
        return unit
    return f"{first}s{space}{rest}"


def change_of(move: Move, level: int) -> int:
    """By how much the level changes."""
    if move.kind == "count":
        return move.quantity - level
    return move.quantity if move.kind == "in" else -move.quantity


@dataclass(frozen=True)
class Cost:
    """A material over a period: what came and was paid, what went, and what had come for how much by its end."""

    name: str
    unit: str
    came: int
    paid: int
    went: int
    priced: int
    priced_cents: int

    @property
    def went_cents(self) -> int | None:
        """What went, at the mean price of all that had come with a price; None: no price is known."""
        return round(self.went * self.priced_cents / self.priced) if self.priced else None
