"""Whatever stands in the place of a value, reading gives faults and never an exception."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from fablab.catalogue import Catalogue, Document, Trail, load_yaml
from fablab.home.catalogue import SOURCES

RAW = {source.name: load_yaml(source.shipped, source.name) for source in SOURCES}
STRANGERS: tuple[Any, ...] = (None, "x", -7, [], {}, True, [None], {"a": 1})


def first_ways(data: Any, way: Trail = (), seen: set[Trail] | None = None) -> Iterator[Trail]:
    """One way to each kind of value: a list is entered once."""
    seen = set() if seen is None else seen
    shape = tuple("[]" if isinstance(step, int) else step for step in way)
    if way and shape not in seen:
        seen.add(shape)
        yield way
    if isinstance(data, dict):
        for key, value in data.items():
            yield from first_ways(value, (*way, key), seen)
    elif isinstance(data, list) and data:
        yield from first_ways(data[0], (*way, 0), seen)


def read_with(name: str, way: Trail, value: Any) -> Catalogue:
    """The shipped files, read with another value in one place."""
    catalogue = Catalogue(given=set(RAW))
    for source in SOURCES:
        raw = RAW[source.name]
        document = Document(raw.name, raw.file, raw.data, raw.lines, raw.written)
        if source.name == name:
            document.data = copy.deepcopy(raw.data)
            holder = document.data
            for step in way[:-1]:
                holder = holder[step]
            holder[way[-1]] = value
            document.written = {key: text for key, text in raw.written.items() if key[: len(way)] != way}
        catalogue.documents[source.name] = document
        source.read(document, catalogue.references)
    catalogue.references.resolve(whole=True)
    for source in SOURCES:
        source.check(catalogue)
    return catalogue


def test_an_empty_list_leaves_its_codes_dangling() -> None:
    faults = read_with("rooms.yaml", ("rooms",), []).faults
    assert any(fault.expected == "the code of a room" for fault in faults)


@pytest.mark.parametrize("name", RAW)
def test_no_value_makes_the_reader_fail(name: str) -> None:
    ways = [way for way in first_ways(RAW[name].data) if "by_structure" not in way or "ST-001" in way]
    # One way in three, each with another stranger: a third of the time for nearly the same proof.
    for number, way in enumerate(ways[::3]):
        value = STRANGERS[number % len(STRANGERS)]
        for fault in read_with(name, way, value).faults:
            assert fault.line > 0
            assert fault.found
            assert fault.expected
