"""A photo chosen is not lost because something was forgotten beside it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fablab.people import demo
from tests.browser.entering import enter_young
from tests.make_evidence import a_photo

pytestmark = pytest.mark.browser


def test_words_forgotten_are_asked_for_before_the_photo_leaves(page: Page, tmp_path: Path) -> None:
    photo = tmp_path / "lampe.jpg"
    photo.write_bytes(a_photo())
    enter_young(page, demo.YOUNG[0].handle)
    page.goto("/mes-preuves/ajouter?sorte=photo")
    page.locator("input[name=photo]").set_input_files(photo)
    words = page.locator("input[name=text]")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("#text-error")).to_be_visible()
    expect(words).to_be_focused()
    expect(words).to_have_attribute("aria-invalid", "true")
    assert page.locator("input[name=photo]").evaluate("field => field.files.length") == 1
    words.fill("Ma lampe découpée")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(lambda url: "ajouter" not in url)
    expect(page.locator("main")).to_contain_text("Ma lampe découpée")
