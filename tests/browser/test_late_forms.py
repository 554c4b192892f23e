"""In a real browser: forms sent too late, links of letters, the way to one's account on a phone."""

import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fablab.people import demo
from fablab.permissions import Role
from tests.browser.conftest import PHONE, SMALL_PHONE, House
from tests.browser.entering import enter_staff, enter_young
from tests.browser.test_validation_grid import cells, count, open_grid

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LATE = "Rien n’est encore envoyé"


def leave(context: BrowserContext) -> Page:
    """In another tab."""
    other = context.new_page()
    other.goto("/mon-compte")
    other.locator("form[action='/sortir'] button").first.click()
    other.wait_for_url(lambda url: "/mon-compte" not in url)
    return other


def enter_anew(context: BrowserContext, enter: Callable[[Page], None]) -> None:
    """In another tab: leave and enter again, so that the first tab comes too late."""
    other = leave(context)
    enter(other)
    other.close()


def enter_desk(page: Page) -> None:
    enter_staff(page, Role.RECEPTION)


def enter_facilitator(page: Page) -> None:
    enter_staff(page, Role.FACILITATOR)


def choose_hour(page: Page) -> str:
    """The last hour offered for the first free machine, chosen; its value."""
    page.goto("/reserver")
    page.locator("a.machine", has_text="Libre").first.click()
    hour = page.locator("input[type=radio][name=start]").last
    hour.check(force=True)
    return str(hour.get_attribute("value"))


def test_an_hour_sent_too_late_stays_chosen_and_so_does_its_cancelling(page: Page, context: BrowserContext) -> None:
    enter_young(page)
    hour = choose_hour(page)
    enter_anew(context, enter_young)
    page.locator(".summary button").click()
    notice = page.get_by_role("alert").filter(has_text=LATE)
    expect(notice).to_be_focused()
    expect(page.locator(f"input[name=start][value='{hour}']")).to_be_checked()
    page.locator(".summary button").click()
    expect(page.locator("h1")).to_have_text("C’est réservé")
    page.get_by_role("link", name="J’annule").click()
    enter_anew(context, enter_young)
    page.get_by_role("button", name="J’annule cette réservation").click()
    expect(notice).to_be_visible()
    page.get_by_role("button", name="J’annule cette réservation").click()
    expect(page.locator("h1")).to_have_text("Je choisis une machine")


def test_a_button_alone_is_offered_once_more(page: Page, context: BrowserContext) -> None:
    enter_young(page)
    page.goto("/")
    enter_anew(context, enter_young)
    page.locator("button[name=language][value=en]").click()
    expect(page.locator("h1")).to_have_text("La page a expiré")
    page.get_by_role("button", name="Envoyer à nouveau").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_grid_keeps_its_ticks_and_the_next_press_saves_them(page: Page, context: BrowserContext) -> None:
    enter_facilitator(page)
    grid = open_grid(context)
    cells(grid).first.click()
    enter_anew(context, enter_facilitator)
    grid.locator("[data-save]").click()
    expect(grid.locator("[data-notice]")).to_contain_text("restée ouverte longtemps")
    expect(count(grid)).to_have_text("1 validation à enregistrer")
    grid.get_by_role("button", name="Réessayer").click()
    expect(grid.locator("[data-toast]")).to_contain_text("1 validation enregistrée.")
    grid.locator("[data-toast] button").click()
    expect(grid.locator("[data-toast]")).to_contain_text("Défait")


def test_the_account_being_made_keeps_all_but_the_code(page: Page, context: BrowserContext) -> None:
    enter_desk(page)
    page.goto("/jeunes/nouveau")
    page.locator("input[name=first_name]").fill("Zélie")
    page.locator("input[name=last_name]").fill("Rey")
    page.locator("input[name=birth-year]").fill("2010")
    page.locator("input[name=situation][value=in_school]").check(force=True)
    page.locator("input[name=pin]").fill("739146")
    enter_anew(context, enter_desk)
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_role("alert").filter(has_text=LATE)).to_be_focused()
    expect(page.locator("input[name=first_name]")).to_have_value("Zélie")
    expect(page.locator("input[name=birth-year]")).to_have_value("2010")
    expect(page.locator("input[name=situation][value=in_school]")).to_be_checked()
    expect(page.locator("input[name=pin]")).to_have_value("")
    page.get_by_role("button", name="Créer le compte").click()
    expect(page.get_by_text("Écrire le jour, le mois et l’année.").first).to_be_visible()


def test_the_log_in_keeps_the_identifier(page: Page, context: BrowserContext) -> None:
    page.goto("/entrer")
    context.clear_cookies()
    page.locator("input[name=handle]").fill("renard-42")
    page.locator("input[name=secret]").fill(demo.PIN)
    page.locator("input[name=secret]").press("Enter")
    expect(page.get_by_role("alert").filter(has_text=LATE)).to_be_visible()
    expect(page.locator("input[name=handle]")).to_have_value("renard-42")
    expect(page.locator("input[name=secret]")).to_have_value("")
    page.locator("input[name=secret]").fill(demo.PIN)
    page.locator("input[name=secret]").press("Enter")
    page.wait_for_url(lambda url: "/entrer" not in url)


def test_after_the_session_ended_what_was_typed_waits_behind_the_log_in(page: Page, context: BrowserContext) -> None:
    enter_young(page)
    choose_hour(page)
    leave(context)
    page.locator(".summary button").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce que j’ai écrit est gardé.")
    page.locator("input[name=handle]").fill("renard-42")
    page.locator("input[name=secret]").fill(demo.PIN)
    page.locator("input[name=secret]").press("Enter")
    expect(page.locator("h1")).to_have_text("Tout est encore là")
    page.get_by_role("button", name="Envoyer à nouveau").click()
    expect(page.locator("h1")).to_have_text("C’est réservé")
    page.get_by_role("link", name="J’annule").click()
    page.get_by_role("button", name="J’annule cette réservation").click()
    expect(page.locator("h1")).to_have_text("Je choisis une machine")


def test_another_site_gets_nothing_to_press(page: Page, house: House) -> None:
    enter_young(page)
    form = (
        f"<form method=post action='{house.url}/langue'><input name=language value=typed-elsewhere><button>x</button>"
    )
    page.route("http://localhost:9/**", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://localhost:9/")
    page.locator("button").click()
    expect(page.locator("h1")).to_have_text("La page est restée ouverte longtemps")
    assert "typed-elsewhere" not in page.content()


def test_the_link_of_a_letter_opens_its_form_and_leaves_no_trace_in_addresses(page: Page, house: House) -> None:
    page.goto("/entrer/equipe/oublie")
    page.locator("input[name=email]").fill(demo.STAFF[0].email)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text(demo.STAFF[0].email)
    with sqlite3.connect(house.environment["DATABASE_URL"].removeprefix("sqlite:///")) as reading:
        (body,) = reading.execute("SELECT body FROM letter ORDER BY id DESC LIMIT 1").fetchone()
    link = next(word for word in body.split() if word.startswith(house.url))
    asked: list[str] = []
    page.on("request", lambda request: asked.extend((request.url, request.headers.get("referer", ""))))
    page.goto(link)
    expect(page.locator("input[name=password]")).to_be_visible()
    token = link.split("#")[1]
    assert token not in page.url
    assert [address for address in asked if token in address.split("#")[0]] == []
    assert page.evaluate("history.length") <= 4


@pytest.mark.parametrize("size", [PHONE, SMALL_PHONE], ids=["390", "320"])
@pytest.mark.parametrize("role", [Role.YOUNG, Role.FACILITATOR, Role.COORDINATOR, Role.RECEPTION, Role.ADMINISTRATOR])
def test_on_a_phone_everybody_reaches_their_account_and_the_way_out(
    page: Page, size: dict[str, int], role: Role
) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]  # a size
    enter_young(page) if role is Role.YOUNG else enter_staff(page, role)
    page.goto("/")
    account = page.locator("header a[href='/mon-compte']")
    box = account.bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["width"] >= 44
    assert box["x"] + box["width"] <= size["width"]
    for _turn in range(40):
        page.keyboard.press("Tab")
        if account.evaluate("link => link === document.activeElement"):
            break
    expect(account).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/mon-compte")
    way_out = page.locator("form[action='/sortir'] button").first
    expect(way_out).to_be_visible()
    way_out.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/mon-compte" not in url)
    page.goto("/mon-compte")
    assert "/entrer" in page.url
