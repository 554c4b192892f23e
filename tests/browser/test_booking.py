"""A young person books a machine on the smallest phone, without JavaScript: three activations, counted."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import SMALL_PHONE, House
from tests.browser.entering import enter_young

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(chromium: Browser, house: House) -> Iterator[Page]:
    """A phone 320 pixels wide that runs no script, at the home page of the demonstration's young person."""
    context = chromium.new_context(
        base_url=house.url, viewport=SMALL_PHONE, locale="fr-FR", timezone_id="Europe/Paris", java_script_enabled=False
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter_young(page)
    yield page
    context.close()


def free_tile(page: Page) -> Locator:
    """The first machine that has a free hour."""
    return page.locator("a.machine", has_text="Libre").first


def fits(page: Page) -> bool:
    """Whether the page needs no sideways scroll."""
    return bool(page.locator("html").bounding_box()["width"] <= 320)  # type: ignore[index]  # the page is there


def test_from_home_to_a_booking_in_three_activations_then_cancelled(phone: Page) -> None:
    phone.goto("/")
    activations = 0
    for choice in ("nav.bottom a:has-text('Réserver')", "a.machine:has-text('électronique')", ".summary button"):
        assert fits(phone)
        phone.locator(choice).first.click()
        activations += 1
    expect(phone).to_have_url(re.compile(r"/reservations/[\w-]{22}$"))
    expect(phone.locator("h1")).to_have_text("C’est réservé")
    assert activations == 3
    assert fits(phone)
    phone.get_by_role("link", name="J’annule").click()
    phone.get_by_role("button", name="J’annule cette réservation").click()
    expect(phone.locator("h1")).to_have_text("Je choisis une machine")


def test_another_hour_is_chosen_with_the_keyboard_alone(phone: Page) -> None:
    phone.goto("/reserver")
    free_tile(phone).focus()
    phone.keyboard.press("Enter")
    expect(phone.locator("h2").first).to_have_text("Quel jour\u00a0?")
    hours = phone.locator("input[type=radio][name=start]")
    days = phone.locator(".days a").evaluate_all("links => links.map((link) => link.href)")
    for day in days:
        if hours.count() < 2:
            phone.goto(day)
    hours.first.focus()
    phone.keyboard.press("ArrowDown")
    expect(hours.nth(1)).to_be_checked()
    phone.keyboard.press("Enter")
    expect(phone.locator("h1")).to_have_text("C’est réservé")
    phone.get_by_role("link", name="J’annule").press("Enter")
    phone.get_by_role("button", name="J’annule cette réservation").press("Enter")
    expect(phone.locator("h1")).to_have_text("Je choisis une machine")


def test_the_floating_bar_never_covers_the_first_row_of_hours(context: BrowserContext) -> None:
    page = context.new_page()
    enter_young(page)
    page.goto("/reserver")
    free_tile(page).click()
    page.wait_for_url("**/reserver/*")
    bar, rows = page.locator(".summary"), page.locator(".slots")
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    for top in range(0, height, 40):
        page.evaluate(f"scrollTo(0, {top})")
        first = rows.locator(".choice").first.bounding_box()
        floating = bar.bounding_box()
        assert first is not None
        assert floating is not None
        assert floating["y"] >= first["y"] + first["height"], f"scrolled by {top}"
