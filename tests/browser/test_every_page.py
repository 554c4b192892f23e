"""Every page that a role can reach by links, in real Chromium: no axe violation, no sideways scroll, light weight."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, Response

from fablab.permissions import Role
from tests.browser.conftest import DESK, PHONE, House
from tests.browser.entering import enter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROLES: list[Role | None] = [None, *Role]
#: pages of one shape (people, days, weeks) opened by each role
PAGES_A_SHAPE = 1
MOST_PAGES = 60


def shape(address: str) -> str:
    """An address without its ids, numbers and days: pages that one template draws."""
    parts = urlsplit(address)
    path = re.sub(r"/[A-Za-z0-9_-]{22}(?=/|$)", "/*", parts.path)
    path = re.sub(r"/[A-Z]{2,}(-[A-Z0-9]+)*(?=/|$)", "/*", path)  # codes of machines, badges, pathways
    path = re.sub(r"(/reglages/lettres)/[a-z-]+", r"\1/*", re.sub(r"\d+", "0", path))
    return path + "?" + "&".join(sorted({pair.split("=")[0] for pair in parts.query.split("&")}))


def walk(page: Page, start: str = "/") -> Iterator[str]:
    """Open every page that links lead to, one of each shape at most; fetch each shape of file on the way."""
    seen: dict[str, int] = {}
    fetched: set[str] = set()
    waiting, known = [start], {start}
    while waiting and sum(seen.values()) < MOST_PAGES:
        address = waiting.pop(0)
        if seen.get(shape(address), 0) >= PAGES_A_SHAPE:
            continue
        seen[shape(address)] = seen.get(shape(address), 0) + 1
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, f"{address} answers {response.status}"
        yield address
        links = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)")
        here = urlsplit(page.url).netloc
        for link in links:
            parts = urlsplit(link)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc != here or parts.path.startswith("/static/") or target in known:
                continue
            known.add(target)
            if not a_file(parts.path):
                waiting.append(target)
            elif shape(target) not in fetched:
                fetched.add(shape(target))
                fetch(page, target)


#: how each kind of file begins, whatever it holds
BEGINS = {".csv": b"\xef\xbb\xbf", ".json": b"{", ".pdf": b"%PDF-"}


def a_file(path: str) -> bool:
    """Whether a link leads to a file to keep, that no browser shows: a table, a copy, a sheet, what was sent."""
    return Path(path).suffix in BEGINS or path.endswith("/fichier")


def fetch(page: Page, address: str) -> None:
    """Fetch a file as a click on its link would: it is there, of its kind, and holds something."""
    answer = page.request.get(address)
    assert answer.status == 200, f"{address} answers {answer.status}"
    assert "text/html" not in answer.headers["content-type"], f"{address} is a page"
    body = answer.body()
    assert len(body) > 20, f"{address} is empty"
    assert body.startswith(BEGINS.get(Path(urlsplit(address).path).suffix, b"")), f"{address} begins with {body[:8]!r}"


def in_role(chromium: Browser, house: House, role: Role | None) -> BrowserContext:
    """A browser in which this role has entered: a phone for young people and visitors, else a desk."""
    viewport = PHONE if role in (None, Role.YOUNG) else DESK
    context = chromium.new_context(base_url=house.url, viewport=viewport, locale="fr-FR", reduced_motion="reduce")
    enter(context.new_page(), role)
    return context


#: what an element is, whatever it says: what axe judges by
KIND = """(e) => [e.tagName, e.className, e.childElementCount ? "" : Boolean(e.textContent.trim()),
    ...[...e.attributes].map((a) => /^(role|type|aria-(?!label|describ|control|own))/.test(a.name)
      ? `${a.name}=${a.value}` : a.name).sort()].join(" ")"""
#: every kind of element in a page's content, what is said about it for machines, and what is around it
KINDS_OF_ELEMENTS = f"""() => {{
  const kind = {KIND};
  const kinds = [...document.querySelectorAll("main *")].map((e) => `${{kind(e.parentElement)}} > ${{kind(e)}}`);
  return [...new Set(kinds)].sort().join("\\n");
}}"""
#: the pages judged, by shape, size and kinds of elements: another role to whom one is drawn alike need not wait for axe
judged: set[tuple[str, str, str]] = set()


def is_judged(page: Page, role: Role | None) -> bool:
    """Whether axe has seen this page drawn alike; the first page of each role is always judged, for its frame."""
    as_drawn = (shape(page.url), str(page.viewport_size), page.evaluate(KINDS_OF_ELEMENTS))
    frame = ("", str(role), "")
    known = {as_drawn, frame} <= judged
    judged.update({as_drawn, frame})
    return known


#: what axe judges by colours, at great length
BY_COLOURS = ["color-contrast", "link-in-text-block"]
#: keeps in the page what has words of its own; gives each one's kind and those of all around it, up to the sheets of
#: style: what decides of its colours
KINDS_OF_WORDS = f"""() => {{
  const kind = {KIND};
  const around = (e) => e.parentElement ? `${{around(e.parentElement)}} > ${{kind(e)}}` : sheets;
  const sheets = [...document.styleSheets].map((sheet) => sheet.href).join(" ");
  const words = (e) => e.matches("input, select, textarea") || [...e.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  window.words = [...document.body.querySelectorAll("*")].filter(words);
  return window.words.map(around);
}}"""
AXE = """([context, options]) => axe.run(context ? {include: context.map((place) => window.words[place])} : document,
  {...options, resultTypes: ["violations"]}).then((found) => found.violations)"""
#: the kinds of words whose colours were judged in both themes
coloured: set[str] = set()


def axe_faults(page: Page, options: dict[str, object], places: list[int] | None = None) -> list[str]:
    """What axe finds on the page as it is shown now, or in these of its words: rule and first place."""
    found = page.evaluate(AXE, [places, options])
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:160]}" for violation in found]


def colour_faults(page: Page) -> dict[str, object]:
    """What axe finds in the colours of words that no page has shown so yet, in both themes."""
    kinds: list[str] = page.evaluate(KINDS_OF_WORDS)
    places = [place for place, kind in enumerate(kinds) if kind not in coloured]
    coloured.update(kinds)
    # The menu's column goes on behind the whole page as a gradient: axe cannot judge what lies on the ground beside it.
    page.evaluate("document.body.style.backgroundImage = 'none'")
    found: dict[str, object] = {}
    for theme in ("dark", "light") if places else ():
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        if faults := axe_faults(page, {"runOnly": {"type": "rule", "values": BY_COLOURS}}, places):
            found[f"colours, {theme}"] = faults
    return found


def faults_of(page: Page, role: Role | None) -> dict[str, object]:
    """What is wrong with the page now open: axe, colours in both themes, sideways scroll at 320 pixels."""
    found: dict[str, object] = {}
    if not is_judged(page, role):
        page.evaluate(AXE_SCRIPT)
        found = colour_faults(page)
        if faults := axe_faults(page, {"rules": {rule: {"enabled": False} for rule in BY_COLOURS}}):
            found["axe"] = faults
    size = page.viewport_size
    assert size is not None
    # 320 pixels is also a desk of 1280 at four times the size; 640 is one at 200 %.
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 640})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[f"at {width} pixels"] = wide
    page.set_viewport_size(size)
    return found


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_every_page_is_accessible_narrow_and_quiet(chromium: Browser, house: House, role: Role | None) -> None:
    context = in_role(chromium, house, role)
    page = context.pages[0]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    faults = {address: found for address in walk(page) if (found := faults_of(page, role))}
    context.close()
    assert faults == {}
    assert said == [], "the content policy is broken, or a script throws"


@pytest.mark.parametrize("role", [None, Role.YOUNG], ids=["visitor", "young"])
def test_a_first_page_is_light(chromium: Browser, house: House, role: Role | None) -> None:
    context = in_role(chromium, house, role)
    cookies = context.cookies()
    context.close()
    fresh = chromium.new_context(base_url=house.url, viewport=PHONE)
    fresh.add_cookies([{"name": c["name"], "value": c["value"], "url": house.url} for c in cookies])
    page = fresh.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # playwright wants a function of its own
    page.goto("/", wait_until="networkidle")
    weight = sum(len(answer.body()) for answer in answers if answer.status == 200)
    fresh.close()
    assert len(answers) <= 15, [answer.url for answer in answers]
    # Uncompressed here: a proxy in front compresses, which leaves a quarter or so.
    assert weight <= 150_000
    assert all(urlsplit(answer.url).netloc == urlsplit(house.url).netloc for answer in answers)
