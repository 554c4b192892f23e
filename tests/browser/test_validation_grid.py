"""The validation grid in a real browser: taps, «Tous», a draft that survives, a lost connection, the keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from fablab.permissions import Role
from tests.browser.conftest import TABLET, House
from tests.browser.entering import enter_staff

pytestmark = pytest.mark.browser


@pytest.fixture
def tablet(chromium: Browser, house: House) -> Iterator[BrowserContext]:
    """The tablet of the workshop, in which a facilitator has entered."""
    context = chromium.new_context(base_url=house.url, viewport=TABLET, locale="fr-FR", timezone_id="Europe/Paris")
    context.set_default_timeout(10_000)
    enter_staff(context.new_page(), Role.FACILITATOR)
    yield context
    context.close()


def open_grid(context: BrowserContext) -> Page:
    """The grid of the facilitator's latest session that has open cells, ready to give level 4."""
    page = context.pages[-1] if context.pages else context.new_page()
    page.goto("/valider")
    addresses = page.locator("main a", has_text="Valider").evaluate_all("links => links.map((link) => link.href)")
    for address in addresses:
        page.goto(address)
        if page.locator("input[name=cell]").count() >= 4:
            choose(page, "4")
            return page
    raise AssertionError("no session with cells to fill")


def choose(page: Page, level: str) -> None:
    page.locator(f"input[name=level][value='{level}']").check(force=True)


def cells(page: Page) -> Locator:
    """The cells in which level 4 may still be written."""
    return page.locator("label.cell:has(input[name=cell]:not([data-held='4']))")


def count(page: Page) -> Locator:
    return page.locator("[data-count]")


def test_a_tap_gives_the_level_and_a_second_tap_takes_it_back(tablet: BrowserContext) -> None:
    page = open_grid(tablet)
    cells(page).first.click()
    expect(count(page)).to_have_text("1 validation à enregistrer")
    expect(cells(page).first.locator("input")).to_have_value(re.compile(r"^\d+\.\d+\.4$"))
    cells(page).first.click()
    expect(count(page)).to_have_text("Rien à enregistrer")


def test_everyone_of_a_column_at_once_and_undo(tablet: BrowserContext) -> None:
    page = open_grid(tablet)
    page.locator("button[name=fill][value^='column:']").first.click()
    expect(count(page)).not_to_have_text("Rien à enregistrer")
    assert page.url.split("?")[0].endswith("/valider"), "nothing was sent"
    page.get_by_role("button", name="Défaire", exact=True).click()
    expect(count(page)).to_have_text("Rien à enregistrer")


def test_the_draft_survives_a_closed_tab(tablet: BrowserContext) -> None:
    page = open_grid(tablet)
    address = page.url
    cells(page).nth(0).click()
    cells(page).nth(1).click()
    page.close()
    page = tablet.new_page()
    page.goto(address)
    expect(count(page)).to_have_text("Rien à enregistrer")
    page.get_by_role("button", name="Reprendre").click()
    expect(count(page)).to_have_text("2 validations à enregistrer")
    page.get_by_role("button", name="Tout effacer").click()
    page.reload()
    expect(page.locator("[data-notice]")).to_be_hidden()


def test_back_shows_cells_that_agree_with_the_bar_and_the_draft(tablet: BrowserContext) -> None:
    page = open_grid(tablet)
    cells(page).nth(0).click()
    cells(page).nth(1).click()
    page.goto("/")
    page.go_back()
    expect(count(page)).to_have_text("Rien à enregistrer")
    assert page.locator("input[name=cell]:checked").count() == 0
    expect(page.locator("[data-notice]")).to_contain_text("2 validations")
    page.get_by_role("button", name="Reprendre").click()
    expect(count(page)).to_have_text("2 validations à enregistrer")
    page.locator("[data-save]").click()
    expect(page.locator(".toasts")).to_contain_text("2 validations enregistrées.")
    page.go_back()
    expect(count(page)).to_have_text("Rien à enregistrer")
    assert page.locator("input[name=cell]:checked").count() == 0, "what was saved waits no more"
    expect(page.locator("[data-notice]")).to_be_hidden()
    page.go_forward()
    page.locator(".toasts, ul.rows").get_by_role("button", name="Défaire").first.click()
    expect(page.locator(".toasts")).to_contain_text("Défait")


def test_the_evidence_survives_a_closed_tab_too_and_a_note_is_never_kept_on_the_device(tablet: BrowserContext) -> None:
    page = open_grid(tablet)
    address = page.url
    cells(page).first.click()
    page.get_by_role("link", name="Preuve").click()
    note = page.locator("input[name^='note-']").first
    note.fill("règle la hauteur seule")
    note.press("Enter")
    kind = page.locator("select[name^='evidence-']").first
    other = kind.evaluate("one => [...one.options].find((option) => option.value !== one.dataset.expected).value")
    kind.select_option(other)
    expect(count(page)).to_have_text("1 validation à enregistrer")
    expect(page.locator("[data-proof]")).to_contain_text("choisie pour 1 compétence")
    assert "hauteur" not in page.evaluate("JSON.stringify(localStorage)")
    page.close()
    page = tablet.new_page()
    page.goto(address)
    page.get_by_role("button", name="Reprendre").click()
    expect(page.locator("select[name^='evidence-']").first).to_have_value(other)
    page.get_by_role("button", name="Tout effacer").click()


def test_a_lost_connection_keeps_the_cells_and_saves_them_once_when_it_is_back(tablet: BrowserContext) -> None:
    page = open_grid(tablet)
    cells(page).first.click()
    tablet.set_offline(True)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[data-notice]")).to_contain_text("Pas de connexion")
    expect(count(page)).to_have_text("1 validation à enregistrer")
    tablet.set_offline(False)  # it leaves by itself
    expect(page.locator(".toasts")).to_contain_text("1 validation enregistrée.")
    expect(page.locator("[data-notice]")).to_be_hidden()
    page.locator(".toasts").get_by_role("button", name="Défaire").click()
    expect(page.locator(".toasts")).to_contain_text("Défait")


def test_the_keyboard_alone_validates(tablet: BrowserContext) -> None:
    page = open_grid(tablet)
    box = cells(page).first.locator("input")
    box.focus()
    page.keyboard.press("Space")
    expect(count(page)).to_have_text("1 validation à enregistrer")
    page.keyboard.press("Enter")
    expect(count(page)).to_have_text("Rien à enregistrer")
    page.keyboard.press("Enter")
    page.locator("[data-save]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("1 validation enregistrée.")
    page.locator(".toasts").get_by_role("button", name="Défaire").press("Enter")
    expect(page.locator(".toasts")).to_contain_text("Défait")


def test_the_same_form_works_without_javascript(chromium: Browser, house: House) -> None:
    context = chromium.new_context(
        base_url=house.url, viewport=TABLET, java_script_enabled=False, locale="fr-FR", timezone_id="Europe/Paris"
    )
    page = context.new_page()
    enter_staff(page, Role.FACILITATOR)
    page = open_grid(context)
    page.locator("button[name=fill][value^='column:']").first.click()
    expect(page.locator("input[name=cell]:checked").first).to_have_value(re.compile(r"\.4$"))
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".toasts")).to_contain_text("enregistrée")
    page.locator(".toasts").get_by_role("button", name="Défaire").click()
    expect(page.locator(".toasts")).to_contain_text("Défait")
    context.close()
