"""English is complete: every text of the code and the templates is translated, with the same values in it."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask

from fablab.i18n import say_capital, say_day, say_when, speaking
from tests.conftest import NOW
from tests.source import nodes

ROOT = Path(__file__).parent.parent
MESSAGES = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
NUMBER = {"%(num)s", "%(num)d"}
CONFIG = (ROOT / "translations" / "babel.cfg").read_text(encoding="utf-8")
METHODS = [(pattern, method) for method, pattern in re.findall(r"^\[(\w+): (.+)\]$", CONFIG, re.MULTILINE)]
KEYWORDS = {"_": None, "lazy": None, "ngettext": (1, 2)}
#: French words that English texts keep: names, and what French law calls itself
KEPT = re.compile(r"Défenseur des droits|Libre réponse")
FRENCH = re.compile(r"[àâçéèêëîïôùûœ\u00a0]|\b(?:le|la|les|des|une|est|pas|avec|pour|dans|je|du)\b", re.IGNORECASE)
ASKS = {"_", "lazy", "ngettext"}


def texts(entry: Message) -> list[str]:
    """What is said for an entry: one text, or its two numbers."""
    return [entry.string] if isinstance(entry.string, str) else list(entry.string or ())


def sources(entry: Message) -> list[str]:
    """The French of an entry: one text, or its two numbers."""
    return [entry.id] if isinstance(entry.id, str) else list(entry.id)


def first(message: str | Sequence[str]) -> str:
    """What an entry is found by."""
    return message if isinstance(message, str) else message[0]


@lru_cache
def said() -> frozenset[str]:
    """Every msgid of the code and the templates."""
    found = extract_from_dir(str(ROOT), METHODS, {}, keywords=KEYWORDS)
    return frozenset(first(message) for _file, _line, message, _comments, _context in found)


@lru_cache
def english() -> Catalog:
    """The English texts as they are written in translations/."""
    with MESSAGES.open("rb") as file:
        return read_po(file, locale="en")


def entries() -> Iterator[Message]:
    """Every entry, without the header."""
    return (entry for entry in english() if entry.id)


def test_every_text_has_its_english() -> None:
    assert len(said()) > 1000, "the extraction itself must find the texts"
    missing = []
    for message in said():
        entry = english().get(message)
        if entry is None or entry.fuzzy or not texts(entry) or not all(texts(entry)):
            missing.append(message)
    assert sorted(missing) == []


def test_no_text_names_one_house_or_its_town() -> None:
    named = re.compile(r"Dynamo|Chamb[ée]ry|Savoie", re.IGNORECASE)
    assert [text for text in said() if named.search(text)] == [], "say it with fablab.identity"


def test_no_translation_is_left_of_a_text_that_went() -> None:
    assert sorted(first(entry.id) for entry in entries() if first(entry.id) not in said()) == []
    assert not english().obsolete


def test_the_catalogue_compiles_and_names_nobody() -> None:
    assert not english().fuzzy, "a catalogue without its header would be skipped when compiled"
    write_mo(BytesIO(), english())
    header = MESSAGES.read_text(encoding="utf-8").split("\n\n")[0]
    assert "Date" not in header
    assert "Translator" not in header


def test_translations_carry_the_same_values() -> None:
    for entry in entries():
        for source, target in zip(sources(entry), texts(entry), strict=True):
            asked, given = set(PLACEHOLDER.findall(source)), set(PLACEHOLDER.findall(target))
            # a singular may write its number out in full
            assert given <= asked | NUMBER, source
            assert asked <= given | NUMBER, source


def test_no_french_is_left_in_the_english() -> None:
    assert [text for entry in entries() for text in texts(entry) if FRENCH.search(KEPT.sub("", text))] == []


def literal(node: ast.expr) -> bool:
    """Whether the words of a call are written in it, so that the extraction finds them whole."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize("part", ["fablab", "bookings", "pathways", "machines", "rooms", "reports"])
def test_words_are_written_whole_where_they_are_said(part: str) -> None:
    hidden = []
    for path in sorted((ROOT / part).rglob("*.py")):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKS:
                words = node.args[:2] if node.func.id == "ngettext" else node.args[:1]
                hidden += [f"{path.name}:{node.lineno}" for word in words if not literal(word)]
    assert [line for line in hidden if not line.startswith("i18n.py")] == []


def test_the_page_speaks_english_when_asked(app: Flask) -> None:
    client = app.test_client()
    assert 'lang="fr"' in client.get("/", headers={"Accept-Language": "fr"}).text
    client.post("/langue", data={"language": "en", "next": "/"})
    assert 'lang="en"' in client.get("/").text


def test_a_letter_is_said_in_the_language_of_its_reader(app: Flask) -> None:
    with speaking("en"):
        assert say_day(NOW) == "Tuesday 24 November"
        assert say_when(NOW) == "Tuesday 24 November at 10:00"
        assert say_capital(say_day(NOW)) == "Tuesday 24 November", "a month keeps its capital"
    with speaking("fr"):
        assert say_day(NOW) == "mardi 24 novembre"
        assert say_capital(say_day(NOW)) == "Mardi 24 novembre"
        assert say_when(NOW) == "mardi 24 novembre à 10\u00a0h"
