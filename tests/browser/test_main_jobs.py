"""The main jobs by keyboard alone, as somebody without a mouse does them: Tab, arrows, Enter, typing."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fablab.permissions import Role
from tests.browser.conftest import DESK, SMALL_PHONE, House
from tests.browser.entering import enter_staff, enter_young

pytestmark = pytest.mark.browser
NEW_PIN = "739152"


@pytest.fixture
def phone(chromium: Browser, house: House) -> Iterator[Page]:
    """A small phone without JavaScript, at the home page of the demonstration's young person."""
    context = chromium.new_context(
        base_url=house.url, viewport=SMALL_PHONE, locale="fr-FR", timezone_id="Europe/Paris", java_script_enabled=False
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter_young(page)
    yield page
    context.close()


@pytest.fixture
def desk(chromium: Browser, house: House) -> Iterator[Page]:
    """The screen of the reception, at its home page."""
    context = chromium.new_context(base_url=house.url, viewport=DESK, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter_staff(page, Role.RECEPTION)
    yield page
    context.close()


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as far as a patient person would."""
    expect(target).to_be_attached()
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"80 times Tab never reach {target}")


def press(page: Page, target: Locator) -> None:
    """Reach a link or a button and use it."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def write(page: Page, name: str, text: str) -> None:
    """Reach a box by its name and type in it, over what it holds."""
    tab_to(page, page.locator(f"input[name={name}]"))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_a_machine_is_booked_and_given_back_by_keyboard_alone(phone: Page) -> None:
    phone.goto("/")
    press(phone, phone.locator("nav.bottom a", has_text="Réserver"))
    expect(phone.locator("h1")).to_have_text("Je choisis une machine")
    press(phone, phone.locator("a.machine", has_text="électronique").first)
    expect(phone.locator("h2").first).to_have_text("Quel jour\u00a0?")
    press(phone, phone.locator(".summary button"))
    expect(phone.locator("h1")).to_have_text("C’est réservé")
    press(phone, phone.get_by_role("link", name="J’annule"))
    press(phone, phone.get_by_role("button", name="J’annule cette réservation"))
    expect(phone.locator("h1")).to_have_text("Je choisis une machine")


def test_the_desk_makes_an_account_by_keyboard_alone_and_is_led_through_its_errors(desk: Page) -> None:
    desk.goto("/")
    press(desk, desk.locator("main").get_by_role("link", name="Créer un compte"))
    expect(desk.locator("h1")).to_have_text("Nouveau compte")
    for name, text in (("first_name", "Zélie"), ("birth-day", "31"), ("birth-month", "2"), ("birth-year", "2011")):
        write(desk, name, text)
    write(desk, "pin", NEW_PIN)
    desk.keyboard.press("Enter")

    summary = desk.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(desk).to_have_title(re.compile("^Erreur"))
    expect(summary.get_by_role("link")).to_have_count(4)
    for name, text in (("first_name", "Zélie"), ("birth-day", "31"), ("birth-year", "2011"), ("pin", NEW_PIN)):
        expect(desk.locator(f"input[name={name}]")).to_have_value(text)

    press(desk, summary.get_by_role("link", name="Nom"))
    expect(desk.locator("input[name=last_name]")).to_be_focused()
    desk.keyboard.type("Duclavier")
    write(desk, "birth-month", "3")
    tab_to(desk, desk.locator("input[name=situation]").first)
    desk.keyboard.press("Space")
    write(desk, "pin_again", NEW_PIN)
    desk.keyboard.press("Enter")
    expect(desk.locator("h1")).to_have_text("Le compte est prêt")


def test_each_line_of_the_errors_leads_to_its_field(desk: Page) -> None:
    desk.goto("/jeunes/nouveau")
    press(desk, desk.get_by_role("button", name="Créer le compte"))
    links = desk.locator("[data-error-summary] a")
    expect(links.first).to_be_visible()
    for link in links.all():
        link.press("Enter")
        expect(desk.locator(str(link.get_attribute("href")))).to_be_focused()
