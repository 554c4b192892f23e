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
#: what people read of the catalogue as it is written there
KEYS = {"plain_name", "i_can", "youth_label", "criteria", "goal", "project", "title"}
VOID = {"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"}
#: where no part of a text can carry its own language
ONE_TEXT = {"option", "script", "style", "svg", "textarea", "title"}


def texts_under(node: object, key: str = "") -> Iterator[str]:
    """Each text that stands under one of the keys, in any depth of a file of the catalogue."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from texts_under(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from texts_under(value, key)
    elif isinstance(node, str) and key in KEYS and " " in node:
        yield node.replace("'", "’")


def catalogue() -> set[str]:
    """Every text of several words that the house's pages print from its catalogue."""
    files = ("pathways/data/pathways.yaml", "machines/data/machines.yaml")
    return {text for name in files for text in texts_under(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))}


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
            self.said.append(re.sub(r"\s+", " ", data).replace("'", "’"))


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


#: what the house keeps about a person is shown as it is kept, line by line; a letter as it leaves, one text
AS_KEPT = {"/mes-donnees?", "/reglages/lettres/*?"}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_french_of_the_catalogue_is_marked_in_english_pages(chromium: Browser, house: House, role: Role | None) -> None:
    context = chromium.new_context(base_url=house.url, locale="en-GB")
    page = context.new_page()
    enter(page, role)
    page.goto("/")
    page.locator("button[name=language][value=en]").click()
    page.wait_for_selector("html[lang=en]", state="attached")
    french = catalogue()
    found, read = [], 0
    for address, shown in pages(context.request, house):
        read += 1
        if shape(address) in AS_KEPT:
            continue
        found += [(address, text) for said in shown.said for text in french if text in said]
    context.close()
    assert found == []
    assert read > 3
