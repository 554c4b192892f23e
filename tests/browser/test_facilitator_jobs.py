"""A facilitator's main jobs by the keyboard alone: from today to a group's grid, and a badge handed over."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fablab.permissions import Role
from tests.browser.conftest import TABLET, House
from tests.browser.entering import enter_staff

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(chromium: Browser, house: House) -> Iterator[Page]:
    """The tablet of the workshop with a keyboard: today's page of a facilitator."""
    context = chromium.new_context(base_url=house.url, viewport=TABLET, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(10_000)
    page = context.new_page()
    enter_staff(page, Role.FACILITATOR)
    yield page
    context.close()


def tab_to(page: Page, target: Locator, most: int = 150) -> None:
    """Press Tab until this is what has the focus, and it can be seen that it has."""
    for _press in range(most):
        if target.evaluate("one => one === document.activeElement"):
            assert target.evaluate("one => one.matches(':focus-visible')")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} presses of Tab never reach {target}")


def test_a_badge_is_handed_over_with_the_keyboard_alone(tablet: Page) -> None:
    tablet.goto("/badges-prets")
    form = tablet.locator("form[action^='/badges-prets/']").first
    ready = form.locator("[data-tick-group] input[name=people]").count()
    assert ready >= 2, "the demonstration leaves some badges to hand over"
    boxes = form.locator("input[name=people]:checked")
    expect(boxes).to_have_count(0)
    tab_to(tablet, form.get_by_role("button", name="Tout cocher"))
    tablet.keyboard.press("Enter")
    expect(boxes).to_have_count(ready)
    expect(form.locator("button[type=submit]")).to_contain_text(f"Remettre à {ready} personnes")
    for _number in range(ready - 1, 0, -1):
        tablet.keyboard.press("Shift+Tab")
        tablet.keyboard.press("Space")
    expect(boxes).to_have_count(1)
    name = boxes.locator("xpath=..").inner_text().strip()
    tab_to(tablet, form.locator("button[type=submit]"))
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".toasts")).to_contain_text("1 badge remis")
    given = tablet.locator("main section li", has_text=name).first
    expect(given).to_contain_text(form.locator("h2").inner_text())


def test_a_group_is_validated_from_the_menu_with_the_keyboard_alone(tablet: Page) -> None:
    tab_to(tablet, tablet.locator("nav a[href='/valider']"))
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/valider")
    tab_to(tablet, tablet.locator("main a", has_text="Valider").first)
    tablet.keyboard.press("Enter")
    tablet.wait_for_url("**/seances/*/valider")
    tab_to(tablet, tablet.locator("input[name=level]:checked"))
    tablet.keyboard.press("End")
    for _press in range(4):
        tablet.keyboard.press("ArrowRight")
        if tablet.locator("input[name=level]:checked").input_value() == "4":
            break
    tab_to(tablet, tablet.locator("input[name=cell]:not([data-held='4'])").first)
    tablet.keyboard.press("Space")
    expect(tablet.locator("[data-count]")).to_have_text("1 validation à enregistrer")
    tab_to(tablet, tablet.locator("[data-save]"))
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".toasts")).to_contain_text("1 validation enregistrée.")
    tab_to(tablet, tablet.locator(".toasts").get_by_role("button", name="Défaire"))
    tablet.keyboard.press("Enter")
    expect(tablet.locator(".toasts")).to_contain_text("Défait")
