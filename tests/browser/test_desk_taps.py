"""A facilitator with one hand on the tablet: whom to call, a file, a lost card, a forgotten code, in few taps."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fablab.permissions import Role
from tests.browser.conftest import TABLET, House
from tests.browser.entering import enter_staff

pytestmark = pytest.mark.browser


class Hand:
    """A finger on a page: counts its taps, and taps nothing smaller than a fingertip."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, target: Locator) -> None:
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, f"{target} is too small for a finger"
        target.tap()
        self.taps += 1


@pytest.fixture
def hand(chromium: Browser, house: House) -> Iterator[Hand]:
    """The tablet of the workshop, a facilitator entered on it."""
    context = chromium.new_context(
        base_url=house.url, viewport=TABLET, has_touch=True, locale="fr-FR", timezone_id="Europe/Paris"
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter_staff(page, Role.FACILITATOR)
    yield Hand(page)
    context.close()


def at_session(hand: Hand) -> None:
    """The page of a session of the first group that has people."""
    page = hand.page
    page.goto("/groupes")
    groups = [link.get_attribute("href") for link in page.locator("main a[href^='/groupes/']").all()]
    for group in dict.fromkeys(groups):
        page.goto(str(group))
        if page.locator("main a[href^='/jeunes/']").count() and page.locator("main a[href^='/seances/']").count():
            page.goto(str(page.locator("main a[href^='/seances/']").first.get_attribute("href")).split("/valider")[0])
            return
    raise AssertionError("the demonstration has groups with people and sessions")


def at_person(hand: Hand) -> None:
    """The page of somebody in that session."""
    at_session(hand)
    hand.page.goto(str(hand.page.locator("main a[href^='/jeunes/']").first.get_attribute("href")))


def test_an_emergency_contact_is_called_in_two_taps_from_a_session(hand: Hand) -> None:
    at_person(hand)
    hand.tap(hand.page.get_by_role("link", name="Compléter"))
    for kind in ("emergency", "guardian"):
        if hand.page.locator(f"[name={kind}_name]").count():
            hand.page.locator(f"[name={kind}_name]").fill("Rosa Perrin")
            hand.page.locator(f"[name={kind}_phone]").fill("06 12 34 56 78")
            link = hand.page.locator(f"[name={kind}_link]").first
            link.check() if link.get_attribute("type") == "radio" else link.select_option(index=1)
    hand.tap(hand.page.locator("main form button[type=submit]"))
    expect(hand.page.locator(".toasts")).to_contain_text("Contacts enregistrés.")
    assert hand.taps == 2, "a file is completed on one page"
    at_session(hand)
    hand.taps = 0
    hand.tap(hand.page.get_by_role("link", name="Urgences"))
    number = hand.page.locator("main a[href^='tel:']").first  # of whom to call first, known before or written now
    expect(number).to_be_visible()
    hand.page.evaluate(
        "document.addEventListener('click', (e) => { window.called = e.target.closest('a').href; e.preventDefault(); })"
    )
    hand.tap(number)
    assert hand.page.evaluate("window.called") == number.get_attribute("href")
    assert hand.taps == 2


def test_a_lost_card_is_made_again_in_one_tap(hand: Hand) -> None:
    at_person(hand)
    hand.tap(hand.page.get_by_role("button", name="Nouvelle carte"))
    expect(hand.page.locator("svg.segno, main svg").first).to_be_visible()
    assert hand.taps == 1


def test_a_forgotten_code_and_the_card_lost_with_it_are_one_act(hand: Hand) -> None:
    at_person(hand)
    hand.tap(hand.page.get_by_role("link", name="Nouveau code"))
    for name in ("pin", "pin_again"):
        hand.page.locator(f"[name={name}]").fill("739164")
    hand.tap(hand.page.locator("label", has=hand.page.locator("[name=new_card]")))
    hand.tap(hand.page.locator("main form button[type=submit]"))
    expect(hand.page.locator("svg.segno, main svg").first).to_be_visible()
    assert hand.taps == 3
