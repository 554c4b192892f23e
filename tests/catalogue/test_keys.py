"""Every key of the files is documented, loaded, and fits where it is kept."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import String

from fablab.catalogue import Source, read
from fablab.catalogue_records import Many, Maybe, Optional, Record
from fablab.catalogue_shapes import Shape, Text
from fablab.catalogue_stores import Table
from fablab.config import ROOT
from fablab.home.catalogue import PARTS, SOURCES, STORES

DOCS = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")

#: read to be checked against another file or for people, and kept nowhere
CHECKED_ONLY = {
    "version",
    "safety_badges[].opens",
    "fablab.school_term.<weekday>[].label",
    "fablab.school_holidays.<weekday>[].label",
}


def section_of(source: Source) -> str:
    section = re.search(rf"^## {re.escape(source.name)}\n(.*?)(?=^## |\Z)", DOCS, re.DOTALL | re.MULTILINE)
    assert section, source.name
    return section[1]


def documented(source: Source) -> set[str]:
    cells = re.findall(r"^\| (`[^|]*`) \|", section_of(source), re.MULTILINE)
    return {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_key_is_documented_and_no_other(source: Source) -> None:
    assert documented(source) == set(source.shape.keys())


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_every_row_of_the_documentation_says_what_it_means(source: Source) -> None:
    rows = [row for row in section_of(source).splitlines() if row.startswith("| `")]
    cells = [[cell.strip() for cell in row.removeprefix("|").removesuffix("|").split(" | ")] for row in rows]
    assert [row for row in cells if len(row) != 4 or not all(row[:3])] == []


class Watched(dict[str, Any]):
    """A mapping that remembers which of its keys were read."""

    def __init__(self, values: dict[str, Any], way: str, seen: set[str]) -> None:
        super().__init__({key: watch(value, self.below(way, key), seen) for key, value in values.items()})
        self.way = way
        self.seen = seen

    @staticmethod
    def below(way: str, key: str) -> str:
        if way.endswith(("school_term", "school_holidays")) and key.endswith("day"):
            key = "<weekday>"
        elif way.endswith("attendance"):
            key = "<age band>"
        elif way.endswith("by_structure"):
            key = "<structure>"
        return f"{way}.{key}" if way else key

    def __iter__(self) -> Iterator[str]:
        # With it, {**mapping} asks for each key by name instead of copying in C.
        return super().__iter__()

    def __getitem__(self, key: str) -> Any:
        self.seen.add(self.below(self.way, key))
        return super().__getitem__(key)

    def items(self) -> Any:
        self.seen.update(self.below(self.way, key) for key in self)
        return super().items()

    def values(self) -> Any:
        self.seen.update(self.below(self.way, key) for key in self)
        return super().values()


def watch(value: Any, way: str, seen: set[str]) -> Any:
    if isinstance(value, dict):
        return Watched(value, way, seen)
    if isinstance(value, list):
        return [watch(item, f"{way}[]", seen) for item in value]
    return value


def unwatch(value: Any) -> None:
    """Read a value to the bottom, as writing it into the database does."""
    if isinstance(value, dict):
        for item in value.values():
            unwatch(item)
    elif isinstance(value, list):
        for item in value:
            unwatch(item)


def test_every_key_is_loaded_into_the_house() -> None:
    catalogue = read(SOURCES)
    for part in PARTS:
        seen: set[str] = set()
        document = catalogue.documents[part.source.name]
        document.data = watch(document.data, "", seen)
        for item in part.items(catalogue, date(2026, 11, 24)):
            unwatch(dict(item.values))
        unread = set(part.source.shape.keys()) - seen - CHECKED_ONLY
        # Left out of the shipped files, though a house may write them.
        optional = {"fablab.school_holidays.<weekday>[].nth_weekdays"}
        assert {key for key in unread if not key.startswith("data_status")} - optional == set(), part.source.name


def texts(shape: Shape | Optional, way: str = "") -> Iterator[tuple[str, Text]]:
    """Every text field of a record, by its name among the item's fields."""
    if isinstance(shape, Optional | Maybe | Many):
        yield from texts(shape.shape, way)
    elif isinstance(shape, Record):
        for key, below in shape.shapes.items():
            yield from texts(below, f"{way}.{key}" if way else key)
    elif isinstance(shape, Text):
        yield way, shape


@pytest.mark.parametrize(
    ("kind", "file", "key"),
    [
        ("structure", "structures.yaml", "structures"),
        ("scheme", "structures.yaml", "schemes"),
        ("level", "pathways.yaml", "scale"),
        ("evidence_kind", "pathways.yaml", "evidence_kinds"),
        ("competency", "pathways.yaml", "competencies"),
        ("badge", "pathways.yaml", "safety_badges"),
        ("machine", "machines.yaml", "machines"),
        ("room", "rooms.yaml", "rooms"),
        ("activity", "activities.yaml", "activities"),
    ],
)
def test_the_longest_text_allowed_fits_its_column(kind: str, file: str, key: str) -> None:
    shape = next(source.shape for source in SOURCES if source.name == file).shapes[key]
    store = STORES[kind]
    assert isinstance(store, Table)
    for name, text in texts(shape):
        if name in store.columns:
            column = getattr(store.model, store.columns[name].attribute).property.columns[0].type
            if isinstance(column, String):
                assert column.length is None or text.longest <= column.length, name
