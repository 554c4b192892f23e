"""The browser's Back after a refused form, and the other language over a form half filled in."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fablab.permissions import Role
from tests.browser.entering import enter_staff, enter_young

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(context: BrowserContext) -> Page:
    page = context.new_page()
    enter_staff(page, Role.RECEPTION)
    return page


def test_back_from_a_form_that_was_refused_then_sent_asks_for_the_page_anew(page: Page) -> None:
    enter_young(page)
    page.goto("/mes-donnees")
    asked = page.locator("form[action='/mes-donnees/demande']")
    asked.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.reload()
    expect(page.locator("h1")).to_have_text("Mes données")
    asked.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    asked.locator("input[name=kind]").first.check(force=True)
    asked.locator("textarea").fill("Mon nom a un accent.")
    asked.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.go_back()
    expect(page.locator("h1")).to_have_text("Mes données")
    assert page.url.endswith("/mes-donnees")


def test_back_after_leaving_shows_nothing_of_a_refused_form(desk: Page) -> None:
    desk.goto("/jeunes/nouveau")
    desk.locator("input[name=first_name]").fill("Zélie")
    desk.get_by_role("button", name="Créer le compte").click()
    expect(desk.locator("input[name=first_name]")).to_have_value("Zélie")
    expect(desk.get_by_role("alert")).to_be_visible()
    desk.locator("form[action='/sortir'] button").first.click()
    desk.wait_for_url(lambda url: "/jeunes" not in url)
    desk.go_back()
    desk.wait_for_load_state()
    expect(desk.locator("h1")).to_be_visible()
    assert "Zélie" not in desk.content()


@pytest.mark.parametrize("refused", [False, True], ids=["typed", "refused"])
def test_the_other_language_keeps_what_was_typed_but_no_secret(desk: Page, refused: bool) -> None:
    desk.goto("/jeunes/nouveau")
    desk.locator("input[name=first_name]").fill("Zélie")
    desk.locator("input[name=birth-year]").fill("2010")
    desk.locator("input[name=situation][value=in_school]").check(force=True)
    if refused:
        desk.get_by_role("button", name="Créer le compte").click()
        expect(desk.get_by_role("alert")).to_be_visible()
    desk.locator("input[name=pin]").fill("739146")
    desk.locator("button[name=language][value=en]").click()
    expect(desk.locator("html")).to_have_attribute("lang", "en")
    expect(desk.locator("input[name=first_name]")).to_have_value("Zélie")
    expect(desk.locator("input[name=birth-year]")).to_have_value("2010")
    expect(desk.locator("input[name=situation][value=in_school]")).to_be_checked()
    expect(desk.locator("input[name=pin]")).to_have_value("")
    assert desk.url.endswith("/jeunes/nouveau")
    assert desk.evaluate("sessionStorage.length") == 0
    assert "Zélie" not in desk.evaluate("JSON.stringify(localStorage)")
    # Once only: the page asked for again is empty.
    desk.goto("/jeunes/nouveau")
    expect(desk.locator("input[name=first_name]")).to_have_value("")


def test_what_was_typed_for_another_page_is_erased_and_shown_nowhere(desk: Page) -> None:
    desk.goto("/jeunes/nouveau")
    desk.evaluate("sessionStorage.typed = JSON.stringify(['/elsewhere', [['Zélie', false]]])")
    desk.reload()
    expect(desk.locator("input[name=first_name]")).to_have_value("")
    assert desk.evaluate("sessionStorage.length") == 0


def test_the_menu_of_a_phone_closes_when_tab_leads_out_of_it(desk: Page) -> None:
    menu = desk.locator("#menu")
    desk.goto("/")
    desk.locator("button.menu").press("Enter")
    expect(menu).to_be_visible()
    menu.locator("a").last.focus()
    expect(menu).to_be_visible()
    desk.keyboard.press("Tab")
    expect(menu).to_be_hidden()
    assert desk.evaluate("Boolean(document.activeElement.closest('.me'))")
    # Pressed again, its button still closes it.
    desk.locator("button.menu").click()
    expect(menu).to_be_visible()
    desk.locator("button.menu").click()
    expect(menu).to_be_hidden()
