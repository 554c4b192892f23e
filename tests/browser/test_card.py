"""The card: made at the desk, read by a phone's camera, which only opens the address of its square."""

import pytest
from playwright.sync_api import Browser, Page

from fablab.people.demo import DOMAIN, PASSWORD
from tests.browser.conftest import DESK, PHONE, House

pytestmark = pytest.mark.browser
PIN = "739146"


def make_account(desk: Page, first_name: str) -> str:
    """Make the account of somebody at the desk; the code under the square of their card."""
    desk.goto("/entrer/equipe")
    desk.get_by_label("Adresse e-mail").fill(f"accueil@{DOMAIN}")
    desk.get_by_label("Mot de passe").fill(PASSWORD)
    desk.get_by_role("button", name="Se connecter").click()
    desk.goto("/jeunes/nouveau")
    for label, typed in (("Prénom", first_name), ("Nom", "Carte"), ("Jour", "3"), ("Mois", "5"), ("Année", "2009")):
        desk.get_by_label(label, exact=True).fill(typed)
    desk.get_by_label("Scolarisé").check()
    desk.get_by_label("Code à 6 chiffres").fill(PIN)
    desk.get_by_label("Le même code, encore").fill(PIN)
    desk.get_by_role("button", name="Créer le compte").click()
    return "".join(desk.locator(".print-code").inner_text().split())


@pytest.fixture(scope="module")
def card_code(chromium: Browser, house: House) -> str:
    """The code under the square of a card just made at the desk."""
    context = chromium.new_context(base_url=house.url, viewport=DESK, locale="fr-FR")
    code = make_account(context.new_page(), "Éloïse")
    context.close()
    return code


def test_back_from_the_next_page_says_that_the_card_is_shown_no_more(chromium: Browser, house: House) -> None:
    context = chromium.new_context(base_url=house.url, viewport=DESK, locale="fr-FR")
    desk = context.new_page()
    code = make_account(desk, "Capucine")
    assert code not in desk.url
    desk.get_by_role("link", name="Page du jeune").click()
    desk.get_by_role("heading", name="Capucine").wait_for()
    desk.go_back()
    desk.get_by_text("le carré ne se montre qu’une fois").wait_for()
    assert code not in desk.content()
    desk.reload()
    desk.get_by_text("le carré ne se montre qu’une fois").wait_for()
    desk.get_by_role("button", name="Faire une nouvelle carte").click()
    desk.locator(".print-code").wait_for()
    assert "".join(desk.locator(".print-code").inner_text().split()) != code
    context.close()


def test_an_address_that_cannot_be_read_is_said_and_the_code_can_be_typed(page: Page, card_code: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto("/entrer/carte#%E0%A4%A")
    page.get_by_text("Je ne peux pas lire cette carte.").wait_for()
    page.get_by_label("Le code de ma carte").fill(card_code)
    page.get_by_label("Mon code à 6 chiffres").fill(PIN)
    page.get_by_role("button", name="J’entre", exact=True).click()
    page.wait_for_url("**/")
    assert not faults


def test_a_phone_that_reads_the_square_only_asks_the_pin(page: Page, card_code: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    page.goto(f"/entrer/carte#{card_code}")
    assert not page.get_by_label("Le code de ma carte").is_visible()
    assert card_code not in page.url
    page.get_by_label("Mon code à 6 chiffres").fill("111222")
    page.get_by_role("button", name="J’entre", exact=True).click()
    page.get_by_text("Encore 4 essais.").wait_for()
    page.get_by_label("Mon code à 6 chiffres").fill(PIN)
    page.get_by_role("button", name="J’entre", exact=True).click()
    page.wait_for_url("**/")
    page.goto("/mon-compte")
    assert page.get_by_role("heading", name="Mon compte").is_visible()
    assert not [address for address in asked if card_code in address]


def test_without_javascript_the_code_is_typed(chromium: Browser, house: House, card_code: str) -> None:
    context = chromium.new_context(base_url=house.url, viewport=PHONE, locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/entrer/carte#{card_code}")
    page.get_by_label("Le code de ma carte").fill(card_code.lower())
    page.get_by_label("Mon code à 6 chiffres").fill(PIN)
    page.get_by_role("button", name="J’entre", exact=True).click()
    page.goto("/mon-compte")
    assert page.get_by_role("heading", name="Mon compte").is_visible()
    context.close()


def test_a_reader_on_a_cable_types_the_address_and_enter_then_the_pin_is_asked(page: Page, card_code: str) -> None:
    page.goto("/entrer/carte")
    page.keyboard.type(f"http://127.0.0.1:8000/entrer/carte#{card_code}\n")
    page.wait_for_function("document.activeElement.name === 'secret'")
    assert page.get_by_label("Le code de ma carte").input_value() == card_code
    page.keyboard.type(f"{PIN}\n")
    page.wait_for_url("**/")
