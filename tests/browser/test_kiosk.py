"""A shared kiosk: enrolled, entered with four digits, asked before it signs out, handed over in one gesture."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize, expect

from fablab.people import demo
from fablab.permissions import Role
from tests.browser.conftest import PHONE, TABLET, House
from tests.browser.entering import enter_staff, enter_young
from tests.browser.test_every_page import BY_COLOURS, axe_faults, walk

pytestmark = pytest.mark.browser
SHORT = "7391"
#: a tall screen to stand before
TALL: ViewportSize = {"width": 1080, "height": 1920}


@pytest.fixture
def kiosk(chromium: Browser, house: House) -> Iterator[Page]:
    """A tablet just made a kiosk, its clock in our hands, with a young person entered by short code."""
    phone = chromium.new_context(base_url=house.url, viewport=PHONE, locale="fr-FR")
    page = phone.new_page()
    enter_young(page, "castor-27")
    page.goto("/mon-compte/code-court")
    page.get_by_label("Mon code à 6 chiffres").fill(demo.PIN)
    page.get_by_label("Mon code court à 4 chiffres").fill(SHORT)
    page.get_by_label("Le même code court, encore").fill(SHORT)
    page.get_by_role("button", name="Garder ce code").click()
    page.wait_for_url("**/mon-compte")
    phone.close()
    tablet = chromium.new_context(base_url=house.url, viewport=TABLET, locale="fr-FR", reduced_motion="reduce")
    page = tablet.new_page()
    page.clock.install()
    enter_staff(page, Role.ADMINISTRATOR)
    page.goto("/bornes")
    page.get_by_label("Nom de la borne").fill("Borne du Fablab")
    page.get_by_role("button", name="En faire une borne").click()
    page.wait_for_url("**/borne")
    page.locator("input[name=handle]").fill("castor-27")
    page.locator("input[name=secret]").fill(SHORT)
    page.locator("input[name=secret]").press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/borne"))
    yield page
    tablet.close()


def test_a_kiosk_asks_whether_somebody_is_there_then_signs_out(kiosk: Page) -> None:
    warning = kiosk.get_by_role("dialog")
    kiosk.clock.run_for(95_000)
    expect(warning).to_be_visible()
    kiosk.get_by_role("button", name="Oui, je continue").click()
    expect(warning).to_be_hidden()
    kiosk.clock.run_for(121_000)
    kiosk.wait_for_url("**/borne")
    kiosk.go_back()
    expect(kiosk.get_by_role("heading", name="J’entre")).to_be_visible()


def test_a_kiosk_is_handed_over_in_one_gesture(kiosk: Page) -> None:
    kiosk.get_by_role("button", name="Quelqu’un d’autre").click()
    kiosk.wait_for_url("**/borne")
    kiosk.goto("/mon-compte")
    assert kiosk.url.endswith("/borne"), "the log-in of the kiosk, for the next person"


def test_on_a_tall_kiosk_every_page_is_larger_whole_and_accessible(kiosk: Page) -> None:
    kiosk.set_viewport_size(TALL)
    # Colours do not change with the size: every page is judged by them elsewhere.
    options: dict[str, object] = {"rules": {rule: {"enabled": False} for rule in BY_COLOURS}}
    larger, faults = [], {}
    for address in walk(kiosk):
        larger.append(kiosk.evaluate("getComputedStyle(document.body).zoom"))
        kiosk.evaluate(AXE_SCRIPT)
        wide = kiosk.evaluate("document.documentElement.scrollWidth - innerWidth")
        if found := [*axe_faults(kiosk, options), *([f"{wide} pixels too wide"] if wide > 0 else [])]:
            faults[address] = found
    assert len(larger) > 10
    assert set(larger) == {"1.35"}
    assert faults == {}
