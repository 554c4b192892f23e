"""Materials that serve no more, amounts in words, prices as people type them."""

import secrets

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.i18n import HARD_SPACE
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions_supplies, queries_supplies
from machines.models_supplies import Supply, SupplyMove
from machines.values_supplies import Move, Wish
from machines.words_supplies import amount, change
from tests.conftest import NOW
from tests.machines.pages import read, text
from tests.make import log_in, make_staff
from tests.make_machines import Fablab
from tests.make_supplies import make_move, make_supply


@pytest.fixture
def sonia(fablab: Fablab, session: Session) -> Person:
    return make_staff("Sonia")


@pytest.fixture
def film(sonia: Person) -> Supply:
    return make_supply(sonia, low_at=100)


def test_a_material_retired_is_asked_for_nowhere_and_keeps_its_history(
    session: Session, film: Supply, sonia: Person
) -> None:
    make_move(film, sonia, "in", 50)
    actions_supplies.retire(film, sonia, NOW)
    assert queries_supplies.counted(session, "vinyle adhésif") is None
    [stock] = queries_supplies.stocks(session)
    assert (stock.level, stock.is_low) == (50, False)
    for verb in (
        lambda: actions_supplies.retire(film, sonia, NOW),
        lambda: actions_supplies.move(film, Move("in", 5, secrets.token_hex(16)), sonia, NOW),
    ):
        with pytest.raises(Refused, match="supply_retired"):
            verb()
    with pytest.raises(Refused, match="supply_known") as refused:
        actions_supplies.make(Wish("VINYLE ADHESIF", "cm", None), sonia, NOW)
    assert "la remettre" in refused.value.refusals[0].sentence
    actions_supplies.bring_back(film, sonia, NOW)
    assert queries_supplies.counted(session, "vinyle adhésif") is not None
    assert [stock.is_low for stock in queries_supplies.stocks(session)] == [True]
    with pytest.raises(Refused, match="supply_in_use"):
        actions_supplies.bring_back(film, sonia, NOW)


def test_the_page_retires_a_material_and_the_toast_brings_it_back(
    client: FlaskClient, film: Supply, sonia: Person
) -> None:
    make_move(film, sonia, "in", 500)
    log_in(client, sonia)
    address = f"/matieres/{film.public_id}"
    page = BeautifulSoup(client.post(f"{address}/retirer", follow_redirects=True).text, "html.parser")
    assert page.select_one(f'form[action="{address}/remettre"]') is not None
    assert page.select_one("main input[name=quantity]") is None
    assert "+500 cm" in text(page)
    assert "Ne sert plus" in text(read(client, "/matieres"))
    back = client.post(f"{address}/remettre", follow_redirects=True)
    assert "Cette matière sert de nouveau." in back.text
    assert read(client, address).select_one("main input[name=quantity]") is not None


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("1 234,50", 123450),
        ("1\u00a0234,50", 123450),
        ("1\u202f234,50", 123450),
        ("1234.5", 123450),
        ("24,90 €", 2490),
        ("24,90\u00a0€", 2490),
    ],
)
def test_a_price_is_read_with_the_spaces_people_type(
    client: FlaskClient, session: Session, film: Supply, sonia: Person, typed: str, cents: int
) -> None:
    log_in(client, sonia)
    key = read(client, f"/matieres/{film.public_id}").select_one("main input[name=key]")
    assert key is not None
    sent = {"key": str(key["value"]), "kind": "in", "quantity": "1 000", "euros": typed}
    assert client.post(f"/matieres/{film.public_id}", data=sent).status_code == 303
    made = session.scalars(select(SupplyMove)).one()
    assert (made.quantity, made.cents) == (1000, cents)


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [
        (1, "feuille", "1 feuille"),
        (2, "feuille", "2 feuilles"),
        (-12, "feuille A4", "−12 feuilles A4"),
        (0, "feuille", "0 feuille"),
        (-30, "cm", "−30 cm"),
        (5, "bois", "5 bois"),
        (3, "kg", "3 kg"),
    ],
)
def test_an_amount_has_a_real_minus_and_its_unit_agrees(quantity: int, unit: str, said: str) -> None:
    number, _space, rest = said.partition(" ")
    assert amount(quantity, unit) == f"{number}{HARD_SPACE}{rest}"
    assert change(500, "cm") == f"+500{HARD_SPACE}cm"
