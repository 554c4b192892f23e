"""The components as a real browser shows them: no axe violation, no sideways scroll, in each frame and both themes."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from tests.browser.gallery import FRAMES, create_gallery

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

# Begun first: it needs no demonstration, which the other worker tells meanwhile.
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The gallery, served on a free port."""
    gallery = create_gallery()

    def whole(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        """The answer as bytes, its file closed: a page that leaves while it is sent would leave the file open."""
        with closing(Response.from_app(gallery, environ, buffered=True)) as answer:
            start(answer.status, answer.headers.to_wsgi_list())
            return [answer.data]

    server = make_server("127.0.0.1", 0, whole, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def page_at(browser: Browser, width: int, height: int, theme: str = "light") -> Page:
    """A fresh page of that size, in that theme."""
    return browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]


def show(page: Page, address: str, frame: str) -> None:
    """The gallery in that frame, whole: nothing is wrong on a page that failed."""
    answer = page.goto(f"{address}/{frame}")
    assert answer
    assert answer.ok


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("frame", "width"), [("public", 390), ("young", 390), ("young", 800), ("rail", 1024), ("desk", 1280)]
)
def test_axe_finds_nothing(address: str, chromium: Browser, frame: str, width: int, theme: str) -> None:
    page = page_at(chromium, width, 800, theme)
    show(page, address, frame)
    found = Axe().run(page)
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("width", "height"), [(320, 568), (195, 422), (640, 400), (768, 1024)])
def test_nothing_scrolls_sideways_even_at_twice_the_size(
    address: str, chromium: Browser, frame: str, width: int, height: int
) -> None:
    # 195 and 640 are a phone and a desk at 200 % zoom.
    page = page_at(chromium, width, height)
    show(page, address, frame)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.close()
    assert wide <= width


def test_targets_are_44_pixels_at_least_on_a_phone(address: str, chromium: Browser) -> None:
    page = page_at(chromium, 390, 844)
    show(page, address, "young")
    small = page.evaluate(
        """() => [...document.querySelectorAll("a, button, input, select, summary")]
          .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 1)
          .map((e) => e.closest("label") ?? e)
          .filter((e) => !e.closest("p, li > a, .skip, .error-list"))
          .filter((e) => e.getBoundingClientRect().height < 43.5)
          .map((e) => `${e.outerHTML.slice(0, 80)} ${e.getBoundingClientRect().height}`)"""
    )
    page.close()
    assert small == []


def test_many_entries_are_folded_on_a_phone_and_opened_from_the_keyboard_without_a_script(
    address: str, chromium: Browser
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = context.new_page()
    show(page, address, "desk")
    bar, menu, last = page.locator("header.side"), page.locator(".menu"), page.get_by_role("link", name="Bilans")
    height = bar.bounding_box()
    assert height
    assert height["height"] < 130
    assert not last.is_visible()
    menu.press("Enter")
    assert last.is_visible()
    page.keyboard.press("Escape")
    assert not last.is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    assert last.is_visible()
    assert not menu.is_visible()
    context.close()


def test_the_error_summary_takes_the_focus_and_a_toast_can_be_undone(address: str, chromium: Browser) -> None:
    page = page_at(chromium, 390, 844)
    show(page, address, "young")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    assert page.get_by_role("button", name="Remettre").is_visible()
    assert page.title().startswith("Erreur :")
    page.close()


def test_the_theme_chosen_by_hand_stays(address: str, chromium: Browser) -> None:
    page = page_at(chromium, 1280, 800)
    show(page, address, "desk")
    page.get_by_role("button", name="Changer clair ou sombre").click()
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(239, 241, 245)"
    page.close()
