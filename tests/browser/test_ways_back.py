"""The main ways back by keyboard alone, from the toast; and the journal searched, on every width."""

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from fablab.permissions import Role
from tests.browser.conftest import DESK, PHONE, SMALL_PHONE
from tests.browser.entering import enter_staff

pytestmark = pytest.mark.browser
SIZES = {"desk": DESK, "phone": PHONE, "small phone": SMALL_PHONE}


@pytest.fixture
def facilitator(context: BrowserContext) -> Page:
    page = context.new_page()
    enter_staff(page, Role.FACILITATOR)
    return page


@pytest.fixture
def coordinator(context: BrowserContext) -> Page:
    page = context.new_page()
    enter_staff(page, Role.COORDINATOR)
    return page


def toast(page: Page, button: str) -> None:
    """The button of the toast, reached by Tab from where the page begins, then pressed."""
    wanted = page.locator(".toast").get_by_role("button", name=button)
    expect(wanted).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            break
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def test_a_booking_cancelled_comes_back_by_keyboard(facilitator: Page) -> None:
    page = facilitator
    page.goto("/machines")
    for address in page.locator("main .rows a, main td a, main th a, main a.tile").evaluate_all(
        "links => links.map(one => one.getAttribute('href')).filter(one => one.startsWith('/machines/'))"
    ):
        page.goto(address)
        if page.get_by_role("link", name="Ouvrir").count():
            break
    page.get_by_role("link", name="Ouvrir").first.press("Enter")
    page.wait_for_url("**/reservations/*")
    page.get_by_role("link", name="Annuler").press("Enter")
    page.get_by_label("Erreur de saisie").check()
    page.get_by_role("button", name="Annuler la réservation").press("Enter")
    toast(page, "Remettre")
    expect(page.get_by_text("Réservation remise").first).to_be_visible()
    expect(page.get_by_role("link", name="Annuler")).to_be_visible()


def test_a_breakdown_noted_by_mistake_is_taken_back_by_keyboard(facilitator: Page) -> None:
    page = facilitator
    page.goto("/machines/VIN-01")
    page.get_by_role("link", name="Mettre hors service").press("Enter")
    page.get_by_label("Ce qui ne va pas").fill("Lame à changer")
    page.get_by_label("Pièce usée").check()
    page.get_by_role("button", name="Mettre hors service").press("Enter")
    toast(page, "Annuler")
    expect(page.get_by_role("link", name="Mettre hors service")).to_be_visible()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_journal_is_searched_by_keyboard_on_every_width(coordinator: Page, size: ViewportSize) -> None:
    page = coordinator
    page.set_viewport_size(size)
    page.goto("/journal")
    expect(page.get_by_role("heading", name="Journal", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.locator("summary").press("Enter")
    page.get_by_label("Acte", exact=False).select_option("badge.hand_over")
    page.get_by_role("button", name="Chercher").press("Enter")
    page.wait_for_url("**/journal?acte=badge.hand_over")
    assert set(page.locator("main .rows .top-line b").all_inner_texts()) == {"Badge remis"}
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
