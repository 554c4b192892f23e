"""Every page that a role can reach by links, in real Chromium: no axe violation, no sideways scroll, light weight."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from fablab.permissions import Role
from tests.browser.conftest import DESK, PHONE, House
from tests.browser.entering import enter

pytestmark = pytest.mark.browser

ROLES: list[Role | None] = [None, *Role]
#: pages of one shape (people, days, weeks) opened by role: enough to see each shape
PAGES_A_SHAPE = 2
MOST_PAGES = 60


def shape(address: str) -> str:
    """An address without its ids, numbers and days: pages that one template draws."""
    parts = urlsplit(address)
    path = re.sub(r"/[A-Za-z0-9_-]{22}(?=/|$)", "/*", parts.path)
    path = re.sub(r"/[A-Z]{3}-\d+", "/*", re.sub(r"\d+", "0", path))
    return path + "?" + "&".join(sorted({pair.split("=")[0] for pair in parts.query.split("&")}))


def walk(page: Page, start: str = "/") -> Iterator[str]:
    """Open every page that links lead to, two of each shape at most; each address once."""
    seen: dict[str, int] = {}
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
            if parts.netloc == here and target not in known and not parts.path.startswith("/static/"):
                known.add(target)
                waiting.append(target)


def in_role(chromium: Browser, house: House, role: Role | None, *, theme: str, phone: bool) -> BrowserContext:
    """A browser in which this role has entered."""
    context = chromium.new_context(
        base_url=house.url,
        viewport=PHONE if phone else DESK,
        color_scheme="dark" if theme == "dark" else "light",
        locale="fr-FR",
    )
    enter(context.new_page(), role)
    return context


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_axe_finds_nothing_on_any_page(chromium: Browser, house: House, role: Role | None, theme: str) -> None:
    phone = role in (None, Role.YOUNG) or theme == "dark"
    context = in_role(chromium, house, role, theme=theme, phone=phone)
    page = context.pages[0]
    faults = []
    for address in walk(page):
        found = Axe().run(page)
        if found.violations_count:
            rules = {violation["id"]: violation["nodes"][0]["html"][:160] for violation in found.response["violations"]}
            faults.append((address, rules))
    context.close()
    assert faults == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_no_page_scrolls_sideways_at_320_pixels(chromium: Browser, house: House, role: Role | None) -> None:
    context = in_role(chromium, house, role, theme="light", phone=True)
    page = context.pages[0]
    page.set_viewport_size({"width": 320, "height": 640})
    wide = []
    for address in walk(page):
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            wide.append((address, width))
    context.close()
    assert wide == []


@pytest.mark.parametrize("role", [None, Role.YOUNG], ids=["visitor", "young"])
def test_a_first_page_is_light(chromium: Browser, house: House, role: Role | None) -> None:
    context = in_role(chromium, house, role, theme="light", phone=True)
    cookies = context.cookies()
    context.close()
    fresh = chromium.new_context(base_url=house.url, viewport=PHONE)
    fresh.add_cookies([{"name": c["name"], "value": c["value"], "url": house.url} for c in cookies])
    page = fresh.new_page()
    answers: list[Response] = []
    page.on("response", answers.append)
    page.goto("/", wait_until="networkidle")
    weight = sum(len(answer.body()) for answer in answers if answer.status == 200)
    fresh.close()
    assert len(answers) <= 15, [answer.url for answer in answers]
    # Uncompressed here: a proxy in front compresses, which leaves a quarter or so.
    assert weight <= 150_000
    assert all(urlsplit(answer.url).netloc == urlsplit(house.url).netloc for answer in answers)


@pytest.mark.parametrize("role", [None, Role.YOUNG, Role.FACILITATOR], ids=["visitor", "young", "facilitator"])
def test_no_page_breaks_the_content_policy_or_throws(chromium: Browser, house: House, role: Role | None) -> None:
    context = in_role(chromium, house, role, theme="light", phone=True)
    page = context.pages[0]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    for _address in walk(page):
        pass
    context.close()
    assert said == []
