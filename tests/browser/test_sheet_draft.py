"""A sheet being written stays on the device until it is saved, and goes when somebody else comes."""

import pytest
from playwright.sync_api import Page, expect

from fablab.people import demo
from tests.browser.device import kept
from tests.browser.entering import enter_young

pytestmark = pytest.mark.browser

FORM = "/mes-fiches/nouvelle"
ME, SOMEBODY_ELSE = [one.handle for one in demo.YOUNG[:2]]
FOUND = "J’ai retrouvé ce que j’avais écrit ici."


def write(page: Page) -> None:
    """Begin a sheet, without saving it."""
    page.goto(FORM)
    page.locator("textarea[name=steps]").fill("Je dessine, je découpe, je colle.")
    page.locator("input[name=title]").fill("Ma lampe")


def leave(page: Page) -> None:
    page.goto("/mon-compte")
    page.locator("form[action='/sortir'] button").first.click()
    page.wait_for_url("**/")


def test_what_was_typed_survives_a_reload_and_a_closed_tab(page: Page) -> None:
    enter_young(page, ME)
    write(page)
    page.reload()
    expect(page.locator("input[name=title]")).to_have_value("Ma lampe")
    expect(page.locator("textarea[name=steps]")).to_have_value("Je dessine, je découpe, je colle.")
    expect(page.get_by_text(FOUND)).to_be_visible()
    other = page.context.new_page()
    page.close()
    other.goto(FORM)
    expect(other.locator("input[name=title]")).to_have_value("Ma lampe")


def test_a_form_nobody_wrote_in_says_nothing(page: Page) -> None:
    enter_young(page, ME)
    page.goto(FORM)
    expect(page.locator("input[name=title]")).to_have_value("")
    expect(page.get_by_text(FOUND)).to_be_hidden()


def test_it_is_kept_no_more_once_it_is_saved(page: Page) -> None:
    enter_young(page, ME)
    write(page)
    assert len(kept(page)) == 1
    page.get_by_role("button", name="J’enregistre ma fiche").click()
    page.wait_for_url(lambda url: "nouvelle" not in url)
    expect(page.locator("h1")).to_contain_text("Ma lampe")
    assert kept(page) == {}
    page.goto(FORM)
    expect(page.locator("input[name=title]")).to_have_value("")


def test_on_my_own_phone_it_is_there_again_after_a_log_out(page: Page) -> None:
    enter_young(page, ME)
    write(page)
    leave(page)
    enter_young(page, ME)
    page.goto(FORM)
    expect(page.locator("input[name=title]")).to_have_value("Ma lampe")
    expect(page.get_by_text(FOUND)).to_be_visible()


def test_somebody_else_on_the_same_device_never_reads_it(page: Page) -> None:
    enter_young(page, ME)
    write(page)
    page.context.clear_cookies()  # the session ended by itself: nobody pressed «Sortir»
    assert len(kept(page)) == 1
    enter_young(page, SOMEBODY_ELSE)
    assert kept(page) == {}
    page.goto(FORM)
    expect(page.locator("input[name=title]")).to_have_value("")
    expect(page.locator("textarea[name=steps]")).to_have_value("")
