"""Read in English, every page says of the catalogue's French that it is French, the team's pages too."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import yaml
from playwright.sync_api import APIRequestContext, Browser

from fablab.permissions import Role
from tests.browser.conftest import House
from tests.browser.entering import enter
from tests.browser.test_every_page import MOST_PAGES, ROLES, a_file, shape

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
#: what people read of the catalogue as it is written there: each file, and under which of its keys
READ = {
    "pathways/data/pathways.yaml": {
        *("title", "name", "label", "youth_label", "i_can", "criteria", "goal", "project", "milestone", "test"),
        *("expected_evidence", "certificate", "charter"),
    },
    "machines/data/machines.yaml": {
        *("name", "plain_name", "label", "checks", "protection", "allowed_materials", "forbidden_materials"),
    },
    "rooms/data/rooms.yaml": {"equipment", "uses", "instructions"},
    "rooms/data/activities.yaml": {"title", "label"},
    "bookings/data/house.yaml": {"reason", "host", "dpo", "publication_director"},
    "fablab/people/data/structures.yaml": {"contact", "note"},
}
#: French words that are English too
SAME_IN_ENGLISH = {"abs", "carton", "forum", "observation", "polycarbonate", "pvc", "2024-2030"}
VOID = {"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: where no part of a text can carry its own language
ONE_TEXT = {"option", "script", "style", "svg", "textarea", "title"}


def texts_under(node: object, keys: set[str], key: str = "") -> Iterator[str]:
    """Each text that stands under one of the keys, in any depth of a file of the catalogue."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from texts_under(value, keys, name)
    elif isinstance(node, list):
        for value in node:
            yield from texts_under(value, keys, key)
    elif isinstance(node, str) and key in keys:
        yield plain(node)


def plain(text: str) -> str:
    """A text on one line, without what a page changes of it: apostrophes, hard spaces, capitals."""
    return re.sub(r"\s+", " ", text).replace("'", "’").strip().lower()


def catalogue() -> tuple[set[str], set[str]]:
    """The French of the house's catalogue: what is said in several words, and in one."""
    files = {name: yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in READ}
    calendar = files["bookings/data/house.yaml"]["calendar"]
    days = {plain(day["name"]) for day in calendar["public_holidays"] + calendar["school_holidays"]}
    texts = days.union(*(texts_under(files[name], keys) for name, keys in READ.items()))
    rooms = set(texts_under(files["rooms/data/rooms.yaml"], {"name"}))  # a name in every language
    phrases = {text for text in texts - rooms if " " in text}
    return phrases, {text for text in texts if " " not in text} - SAME_IN_ENGLISH


def french_in(said: str, phrases: set[str], words: set[str]) -> set[str]:
    """What of the catalogue a page says as if it were English: phrases anywhere, a word where it stands by itself."""
    pieces = {piece.strip(" .!?…“”«»") for piece in re.split(r"[·:,;()–—/]", said)}
    return {text for text in phrases if text in said} | (words & pieces)


class Read(HTMLParser):
    """A page: its links, and what it says in the page's own language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag not in VOID:
            self.open.append((tag, given.get("lang") or ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        spoken = next((lang for _tag, lang in reversed(self.open) if lang), "")
        if spoken != "fr" and not ONE_TEXT & {tag for tag, _lang in self.open}:
            self.said.append(plain(data))


def pages(request: APIRequestContext, house: House) -> Iterator[tuple[str, Read]]:
    """Every page that links lead to, one of each shape."""
    waiting, shapes = ["/"], set[str]()
    while waiting and len(shapes) < MOST_PAGES:
        address = waiting.pop(0)
        if shape(address) in shapes:
            continue
        shapes.add(shape(address))
        answer = request.get(address)
        assert answer.status == 200, address
        page = Read()
        page.feed(answer.text())
        yield address, page
        for link in page.links:
            parts = urlsplit(urljoin(answer.url, link))
            if parts.netloc == urlsplit(house.url).netloc and not parts.path.startswith("/static/"):
                waiting += [] if a_file(parts.path) else [parts.path + (f"?{parts.query}" if parts.query else "")]


#: a letter is shown as it leaves, one text
AS_KEPT = {"/reglages/lettres/*?"}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_french_of_the_catalogue_is_marked_in_english_pages(chromium: Browser, house: House, role: Role | None) -> None:
    context = chromium.new_context(base_url=house.url, locale="en-GB")
    page = context.new_page()
    enter(page, role)
    page.goto("/")
    page.locator("button[name=language][value=en]").click()
    page.wait_for_selector("html[lang=en]", state="attached")
    phrases, words = catalogue()
    found, read = [], 0
    for address, shown in pages(context.request, house):
        read += 1
        if shape(address) in AS_KEPT:
            continue
        found += [(address, text) for said in shown.said for text in sorted(french_in(said, phrases, words))]
    context.close()
    assert found == []
    assert read > 3
