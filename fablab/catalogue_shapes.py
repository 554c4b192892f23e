"""What a value of a catalogue file may look like: small descriptors that check, clean and describe.

``shape.read(document, trail, value, references)`` records every fault in the document and returns the cleaned
value: dates and times as such, texts typeset as French; ``WRONG`` where the value is at fault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from fablab.catalogue import Document, References, Trail
from fablab.catalogue_agreeing import WRONG
from fablab.catalogue_words import code_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def typeset(text: str) -> str:
    """French typography: curly apostrophes, hard spaces before ; : ? ! and inside guillemets."""
    text = text.strip().replace("'", "\u2019")
    text = re.sub(r" (?=[;:?!»%])", "\u00a0", text)
    return text.replace("« ", "«\u00a0")


class Shape:
    """A kind of value. ``keys`` walks the keys that a file may hold below it, for the docs' test."""

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The cleaned value; faults go to the document."""
        raise NotImplementedError

    def describe(self) -> str:
        """What is expected, for a fault."""
        raise NotImplementedError

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key below, as ``machines[].slot.min_minutes``."""
        yield from ()


@dataclass(frozen=True)
class Text(Shape):
    """A text for people, not empty; ``longest`` in characters. ``typeset=False`` keeps it letter by letter."""

    longest: int = 200
    typeset: bool = True

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The text, trimmed and typeset."""
        if not isinstance(value, str) or not value.strip() or len(value) > self.longest:
            document.fault(trail, self.describe())
            return WRONG
        return typeset(value) if self.typeset else value.strip()

    def describe(self) -> str:
        """What is expected."""
        return f"a text of at most {self.longest} characters"


@dataclass(frozen=True)
class Pattern(Shape):
    """A text of one form; ``words`` says which."""

    expression: str
    words: str

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The text as written."""
        if not isinstance(value, str) or not re.fullmatch(self.expression, value):
            document.fault(trail, self.words)
            return WRONG
        return value

    def describe(self) -> str:
        """What is expected."""
        return self.words


@dataclass(frozen=True)
class Whole(Shape):
    """A whole number between two bounds, both included."""

    least: int = 0
    most: int = 100_000

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The number."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            document.fault(trail, self.describe())
            return WRONG
        return value

    def describe(self) -> str:
        """What is expected."""
        return f"a whole number from {self.least} to {self.most}"


@dataclass(frozen=True)
class Number(Shape):
    """A number, whole or not, between two bounds, both included."""

    least: float = 0
    most: float = 100_000

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The number."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.least <= value <= self.most:
            document.fault(trail, self.describe())
            return WRONG
        return value

    def describe(self) -> str:
        """What is expected."""
        return f"a number from {self.least:g} to {self.most:g}"


@dataclass(frozen=True)
class Flag(Shape):
    """true or false."""

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The truth."""
        if not isinstance(value, bool):
            document.fault(trail, self.describe())
            return WRONG
        return value

    def describe(self) -> str:
        """What is expected."""
        return "true or false"


class Choice(Shape):
    """One of a few values."""

    def __init__(self, *values: str | int) -> None:
        self.values = values

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The value."""
        if not any(value == known and type(value) is type(known) for known in self.values):
            document.fault(trail, self.describe())
            return WRONG
        return value

    def describe(self) -> str:
        """What is expected."""
        listed = ", ".join(str(value).lower() if isinstance(value, bool) else str(value) for value in self.values)
        return listed if len(self.values) == 1 else f"one of {listed}"


@dataclass(frozen=True)
class Day(Shape):
    """A date, "2026-09-07"."""

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The date."""
        try:
            return date.fromisoformat(document.written.get(trail, ""))
        except ValueError:
            document.fault(trail, self.describe())
            return WRONG

    def describe(self) -> str:
        """What is expected."""
        return 'a date like "2026-09-07"'


@dataclass(frozen=True)
class Month(Shape):
    """A month, "2026-09"."""

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The month as text."""
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", str(value)):
            document.fault(trail, self.describe())
            return WRONG
        return str(value)

    def describe(self) -> str:
        """What is expected."""
        return 'a month like "2026-09"'


@dataclass(frozen=True)
class Clock(Shape):
    """A time of the day in the house's zone, "08:30", in quotes (YAML reads 12:30 as a number)."""

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The time."""
        if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            document.fault(trail, self.describe())
            return WRONG
        return time.fromisoformat(value)

    def describe(self) -> str:
        """What is expected."""
        return 'a time like "08:30", in quotes'


@dataclass(frozen=True)
class Code(Shape):
    """The code of a new thing of this kind, used once in all files."""

    kind: str
    expression: str = r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}"

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The code."""
        if not isinstance(value, str) or not re.fullmatch(self.expression, value):
            document.fault(trail, self.describe())
            return WRONG
        references.define(self.kind, value, document, trail)
        return value

    def describe(self) -> str:
        """What is expected."""
        return "a code of letters, digits, - and _ (20 at most)"


class Ref(Shape):
    """The code of a thing defined elsewhere, of one of these kinds."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The code."""
        if not isinstance(value, str) or not value:
            document.fault(trail, self.describe())
            return WRONG
        references.use(self.kinds, value, document, trail)
        return value

    def describe(self) -> str:
        """What is expected."""
        return code_of(self.kinds)
