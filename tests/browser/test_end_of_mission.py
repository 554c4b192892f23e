"""The end of a mission, by keyboard alone, on a phone as on a desk: what it leaves is shown before anything ends."""

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from fablab.people import demo
from fablab.permissions import Role
from tests.browser.conftest import DESK, PHONE, SMALL_PHONE
from tests.browser.entering import enter_staff

pytestmark = pytest.mark.browser
SIZES = {"desk": DESK, "phone": PHONE, "small phone": SMALL_PHONE}


@pytest.fixture
def coordinator(context: BrowserContext) -> Page:
    page = context.new_page()
    enter_staff(page, Role.COORDINATOR)
    return page


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_the_coordination_reaches_the_end_of_a_mission_by_keyboard_and_may_turn_back(
    coordinator: Page, size: ViewportSize
) -> None:
    page, someone = coordinator, next(one for one in demo.STAFF if one.role == Role.FACILITATOR)
    page.set_viewport_size(size)
    page.goto("/equipe")
    page.get_by_role("link", name=f"{someone.first_name} {someone.last_name}").press("Enter")
    page.get_by_role("link", name="Fin de la mission").press("Enter")
    page.wait_for_url("**/fin")
    expect(page.get_by_role("heading", name="Sans encadrement ensuite")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_role("button", name="Terminer la mission").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Garder")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Fin de la mission")).to_be_visible()
