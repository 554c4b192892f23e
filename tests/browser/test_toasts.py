"""What has just happened is said above the buttons at the foot of a phone, never on them."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import PHONE, SMALL_PHONE, House
from tests.browser.entering import enter_young

pytestmark = pytest.mark.browser

#: the links and buttons at the foot that a finger does not reach: something else is where their middle is
COVERED = """() => [...document.querySelectorAll(".bottom a, .save-bar button, .save-bar a")].filter((one) => {
  const box = one.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const seen = box.width && y >= 0 && y <= innerHeight;
  return seen && !one.contains(document.elementFromPoint(x, y));
}).map((one) => one.textContent.trim())"""
#: a toast that overlaps a foot bar by a pixel is too low
OVERLAPS = """() => {
  const bars = [...document.querySelectorAll(".bottom a")].map((one) => one.getBoundingClientRect());
  return [...document.querySelectorAll(".toast")].map((one) => one.getBoundingClientRect()).filter((toast) =>
    bars.some((bar) => toast.bottom > bar.top && toast.top < bar.bottom)).length;
}"""


def reads_well(page: Page) -> None:
    """The toast is shown, whole, and hides no button at the foot, wherever the page is scrolled to."""
    expect(page.locator(".toast").first).to_be_in_viewport(ratio=0.99)
    for end in ("0", "document.body.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {end})")
        assert page.evaluate(COVERED) == []
        assert page.evaluate(OVERLAPS) == 0


@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE], ids=["390", "320"])
@pytest.mark.parametrize("letters", ["100%", "150%"])
def test_what_was_just_done_covers_no_button_at_the_foot(
    chromium: Browser, house: House, size: ViewportSize, letters: str
) -> None:
    context = chromium.new_context(base_url=house.url, viewport=size, locale="fr-FR", reduced_motion="reduce")
    page = context.new_page()
    # As a person does who asks for bigger letters: the browser's own setting.
    context.new_cdp_session(page).send(
        "Page.setFontSizes", {"fontSizes": {"standard": 16 * int(letters[:-1]) // 100, "fixed": 13}}
    )
    enter_young(page)
    page.goto("/reserver")
    page.locator("form[action$='/on-me-previent'] button").first.click()
    reads_well(page)
    page.locator(".toast button").click()  # as it was, for the next one
    reads_well(page)
    context.close()
