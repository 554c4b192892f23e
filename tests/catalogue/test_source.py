"""No value of the house's first files was lost when their keys and codes became English."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from fablab.config import ROOT
from fablab.home.catalogue import SOURCES

MAPPING = (ROOT / "docs" / "catalogue-source.md").read_text(encoding="utf-8")
VALUES: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "source_values.json").read_text("utf-8"))
KEYS = {
    (f"{source}.yaml", key): (file, ours)
    for source, section in re.findall(r"### From (\w+)\.yaml\n(.*?)(?=\n### |\n## )", MAPPING, re.DOTALL)
    for key, file, ours in re.findall(r"^\| `([^`]+)` \| (\S+) \| `([^`]+)` \|$", section, re.MULTILINE)
}
TABLE = r"^For (`.*):\n\n\| Source \| Code \|\n\|---\|---\|\n((?:\|.*\n)+)"
CODES = {
    tuple(key.split(" ", 1)): dict(re.findall(r"^\| (\S.*?) \| (\S.*?) \|$", table, re.MULTILINE))
    for keys, table in re.findall(TABLE, MAPPING, re.MULTILINE)
    for key in re.findall(r"`([^`]+)`", keys)
}
WEEKDAYS = CODES["activities.yaml", "activities[].weekday"]


@cache
def shipped(name: str) -> Any:
    """A shipped file as plain YAML, not cleaned."""
    return yaml.safe_load(next(source.shipped for source in SOURCES if source.name == name).read_text("utf-8"))


def steps(path: str) -> list[str | int]:
    """``a[3].b`` as ["a", 3, "b"]."""
    return [int(number) if number else word for word, number in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path)]


def generic(path: str) -> str:
    """``a[3].lundi`` as ``a[].<jour>``; the index of a value in a plain list is left out."""
    words = re.sub(r"\[\d+\]", "[]", path).removesuffix("[]")
    words = re.sub(r"\.(3_15|15_25|25_60|60_plus)$", ".<tranche>", words)
    return re.sub(rf"\.({'|'.join(WEEKDAYS)})(?=$|[.\[])", ".<jour>", words)


def where(source: str, path: str) -> Iterator[tuple[str, list[str | int]]]:
    """The shipped file and way for a value of the source."""
    file, key = KEYS[source, generic(path)]
    numbers = [step for step in steps(path) if isinstance(step, int)]
    names = [step for step in steps(path) if step in WEEKDAYS or step in ("3_15", "15_25", "25_60", "60_plus")]
    way: list[str | int] = []
    for word in re.findall(r"\[\]|<[^>]+>|[^.\[\]<>]+", key):
        if word == "[]":
            way.append(numbers.pop(0))
        elif word == "<structure>":
            way.append(VALUES[source][f"{path.split('[')[0]}[{numbers.pop(0)}].code"])
        elif word.startswith("<"):
            name = str(names.pop(0))
            way.append(WEEKDAYS.get(name, name))
        else:
            way.append(word)
    if numbers:
        label = [way.pop()] if key.endswith("[].label") and path.endswith("]") else []
        way += [*numbers, *label]
    yield file, way


def look_up(data: Any, way: list[str | int]) -> Any:
    for step in way:
        data = data[step]
    return data


@pytest.mark.parametrize("source", VALUES)
def test_every_value_of_the_source_is_in_the_shipped_files(source: str) -> None:
    lost = []
    for path, value in VALUES[source].items():
        for file, way in where(source, path):
            key = KEYS[source, generic(path)]
            codes = CODES.get(key, {})
            expected = codes.get(value, value) if isinstance(value, str) else value
            try:
                found = look_up(shipped(file), way)
            except (KeyError, IndexError, TypeError):
                found = "(absent)"
            if str(found) != str(expected):
                lost.append((path, value, file, way, found))
    assert lost == []


def test_the_source_is_whole() -> None:
    counts = {source: len(values) for source, values in VALUES.items()}
    assert counts == {
        "pathways.yaml": 1248,
        "machines.yaml": 516,
        "rooms.yaml": 564,
        "structures.yaml": 3026,
        "activities.yaml": 625,
    }


def test_every_documented_code_is_a_choice_of_the_schema_or_used() -> None:
    words = {str(value) for source in SOURCES for value in leaves(shipped(source.name))}
    unused = {code for table in CODES.values() for code in table.values()} - words
    # Words that a file may use and the shipped ones do not.
    assert unused <= {"individual", "private_body", "outside_association", "1"}


def leaves(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from leaves(value)
    elif isinstance(data, list):
        for value in data:
            yield from leaves(value)
    else:
        yield data
