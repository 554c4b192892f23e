"""What holds the values of a catalogue file: lists, mappings with known keys, mappings by code, and the file itself."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fablab.catalogue import DATA_STATUSES, Document, References, Trail
from fablab.catalogue_agreeing import WRONG
from fablab.catalogue_shapes import Choice, Ref, Shape
from fablab.catalogue_words import short


@dataclass(frozen=True)
class Maybe(Shape):
    """A shape, or null."""

    shape: Shape

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The cleaned value, or None."""
        return None if value is None else self.shape.read(document, trail, value, references)

    def describe(self) -> str:
        """What is expected."""
        return f"{self.shape.describe()}, or null"

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys of the shape."""
        yield from self.shape.keys(prefix)


@dataclass(frozen=True)
class Many(Shape):
    """A list of one shape, of at least so many."""

    shape: Shape
    least: int = 0

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The cleaned list."""
        if not isinstance(value, list) or len(value) < self.least:
            document.fault(trail, self.describe())
            return WRONG
        return [self.shape.read(document, (*trail, index), item, references) for index, item in enumerate(value)]

    def describe(self) -> str:
        """What is expected."""
        return f"a list of at least {self.least}" if self.least else "a list"

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys of its items."""
        yield from self.shape.keys(prefix + "[]")


@dataclass(frozen=True)
class Optional:
    """A key of a record that may be left out; absent, it is ``default``."""

    shape: Shape
    default: Any = None


class Record(Shape):
    """A mapping with known keys; unknown ones are refused, missing ones named."""

    def __init__(self, **shapes: "Shape | Optional") -> None:
        self.shapes = shapes

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The cleaned mapping, with every known key."""
        if not isinstance(value, dict):
            document.fault(trail, self.describe())
            return WRONG
        self._unknown(document, trail, value)
        cleaned: dict[str, Any] = {}
        for key, shape in self.shapes.items():
            here = (*trail, key)
            plain = shape.shape if isinstance(shape, Optional) else shape
            if key in value:
                cleaned[key] = plain.read(document, here, value[key], references)
            elif isinstance(shape, Optional):
                cleaned[key] = shape.default
            else:
                document.fault(here, plain.describe(), "nothing")
                cleaned[key] = WRONG
        return cleaned

    def _unknown(self, document: Document, trail: Trail, value: Mapping[str, Any]) -> None:
        for key in value:
            if key not in self.shapes:
                near = difflib.get_close_matches(key, self.shapes, n=1)
                expected = f"“{near[0]}”" if near else "one of " + ", ".join(self.shapes)
                document.fault((*trail, key), expected, f"the unknown key “{key}”")

    def describe(self) -> str:
        """What is expected."""
        return "a mapping with " + ", ".join(k for k, s in self.shapes.items() if not isinstance(s, Optional))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Each key, then those below it."""
        for key, shape in self.shapes.items():
            here = f"{prefix}.{key}" if prefix else key
            yield here
            yield from (shape.shape if isinstance(shape, Optional) else shape).keys(here)


@dataclass(frozen=True)
class Keyed(Shape):
    """A mapping whose keys are values themselves: weekdays, age bands, codes. ``name`` stands for them in docs."""

    name: str
    key: "Choice | Ref"
    shape: Shape
    every: tuple[str, ...] = ()

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The cleaned mapping."""
        if not isinstance(value, dict):
            document.fault(trail, self.describe())
            return WRONG
        cleaned = {}
        for key, item in value.items():
            here = (*trail, key)
            if isinstance(self.key, Choice) and key not in self.key.values:
                document.fault(here, self.key.describe(), f"the key {short(key)}")
            elif isinstance(self.key, Ref):
                self.key.read(document, here, key, references)
            read = self.shape.read(document, here, item, references)
            if isinstance(self.key, Ref) or key in self.key.values:
                cleaned[key] = read
        for key in self.every:
            if key not in value:
                document.fault((*trail, key), self.shape.describe(), "nothing")
                cleaned[key] = WRONG
        return cleaned

    def describe(self) -> str:
        """What is expected."""
        return f"a mapping by {self.name}"

    def keys(self, prefix: str = "") -> Iterator[str]:
        """The keys below each."""
        here = f"{prefix}.<{self.name}>"
        yield here
        yield from self.shape.keys(here)


class Statuses(Shape):
    """Where the values of a file come from, by key of the file; "*" is the rest."""

    def read(self, document: Document, trail: Trail, value: Any, references: References) -> Any:
        """The mapping; every key must be one of the file."""
        status = Choice(*DATA_STATUSES)
        if not isinstance(value, dict) or "*" not in value:
            document.fault(trail, self.describe())
            return {"*": "invented"}
        for key, word in value.items():
            status.read(document, (*trail, key), word, references)
            if key != "*" and not _leads_somewhere(document.data, key.split(".")):
                document.fault((*trail, key), "a key of this file, with dots", f"“{key}”")
        return value

    def describe(self) -> str:
        """What is expected."""
        return 'a mapping of keys of this file, and "*" for the rest, to ' + ", ".join(DATA_STATUSES)


def _leads_somewhere(data: Any, steps: list[str]) -> bool:
    """Whether these keys can be followed, through lists too."""
    if not steps:
        return True
    if isinstance(data, list):
        return any(_leads_somewhere(item, steps) for item in data)
    return isinstance(data, dict) and steps[0] in data and _leads_somewhere(data[steps[0]], steps[1:])


def status_of(data: Mapping[str, Any], key: str) -> str:
    """The data status of a key of a file (cleaned): its own line, that of what holds it, or the rest's."""
    marks: Mapping[str, str] = data["data_status"]
    while key and key not in marks:
        key = key.rpartition(".")[0]
    return marks[key or "*"]


def read_whole(shape: Record, document: Document, references: References) -> None:
    """Read a whole file in place: its data becomes the cleaned data."""
    document.data = shape.read(document, (), document.data, references)
