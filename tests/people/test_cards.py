"""Cards: read by a phone or a reader on a cable, or typed; lost with the code, made again in one act; sheets."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import pdf
from fablab.people import actions
from fablab.people.models import Card
from fablab.permissions import Role
from tests.conftest import NOW
from tests.make import PIN, log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group


def knock(client: FlaskClient, code: str, pin: str = PIN) -> Any:
    return client.post("/entrer/carte", data={"code": code, "secret": pin})


def card_code(page: str) -> str:
    """The code printed on the card of a page, by fours."""
    printed = re.search(r'class="print-code">(.*?)</p>', page, re.DOTALL)
    assert printed is not None
    return "".join(re.findall(r"<span>(\w+)</span>", printed[1]))


@pytest.mark.parametrize(
    "typed", ["{}", "http://127.0.0.1:8000/entrer/carte#{}", "https://ladynamo.example/entrer/carte#{}"]
)
def test_a_card_is_typed_or_read_by_a_reader_that_types_its_whole_address(client: FlaskClient, typed: str) -> None:
    code = actions.renew_card(make_young(), make_staff(), NOW)
    assert knock(client, typed.format(code)).status_code == 302


def test_a_reader_that_sends_without_the_pin_finds_the_code_kept(client: FlaskClient) -> None:
    code = actions.renew_card(make_young(), make_staff(), NOW)
    answer = knock(client, f"http://127.0.0.1:8000/entrer/carte#{code}", "")
    assert answer.status_code == 422
    assert f'value="{code}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_card_and_code_lost_together_are_made_again_in_one_act(client: FlaskClient) -> None:
    person, samir = make_young(), make_staff()
    old = actions.renew_card(person, samir, NOW)
    log_in(client, samir)
    told = {"pin": "739146", "pin_again": "739146", "new_card": "y"}
    answer = client.post(f"/jeunes/{person.public_id}/code", data=told, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    new = card_code(answer.text)
    client.post("/sortir")
    assert knock(client, old, "739146").status_code == 422
    assert knock(client, new, "739146").status_code == 302


def test_a_sheet_has_a_new_card_for_who_is_ticked_and_the_old_ones_end(client: FlaskClient, session: Session) -> None:
    group, samir = make_group(), make_staff()
    people = [make_young(name) for name in ("Inès", "Tom", "Lina")]
    for person in people:
        enrol(person, group)
    olds = [actions.renew_card(person, samir, NOW) for person in people]
    log_in(client, samir)
    page = client.get(f"/groupes/{group.public_id}/cartes").text
    assert page.count("checked") == 3
    told = {"person": [people[0].public_id, people[1].public_id, make_young().public_id]}
    answer = client.post(f"/groupes/{group.public_id}/cartes", data=told)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "no-store"
    held = session.scalars(select(Card.person_id).where(Card.revoked_at.is_(None))).all()
    assert sorted(held) == sorted(person.id for person in people)
    client.post("/sortir")
    assert [knock(client, old).status_code for old in olds] == [422, 422, 302]


def test_a_sheet_that_cannot_be_printed_leaves_the_old_cards_alive(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, samir, person = make_group(), make_staff(), make_young()
    enrol(person, group)
    old = actions.renew_card(person, samir, NOW)
    log_in(client, samir)
    monkeypatch.setattr(pdf, "_FOLDER", pdf._FOLDER / "nowhere")
    answer = client.post(f"/groupes/{group.public_id}/cartes", data={"person": [person.public_id]})
    assert answer.status_code == 500
    client.post("/sortir")
    assert knock(client, old).status_code == 302


def test_a_sheet_for_nobody_says_so(client: FlaskClient) -> None:
    group = make_group()
    enrol(make_young(), group)
    log_in(client, make_staff())
    answer = client.post(f"/groupes/{group.public_id}/cartes")
    assert answer.status_code == 422
    assert "au moins une personne" in answer.text


def test_a_sheet_is_made_by_who_makes_accounts(client: FlaskClient) -> None:
    log_in(client, make_staff(roles=(Role.REFERENT,)))
    assert client.get(f"/groupes/{make_group().public_id}/cartes").status_code == 403


def test_what_is_written_on_a_card_is_never_read_as_markup() -> None:
    odd = {"handle": "#panic() $x$ *a*", "groups": ["#let", "$"], "square": '<svg xmlns="http://www.w3.org/2000/svg"/>'}
    words = {"title": "T", "house": "#x", "how": "@y", "square": "s", "language": "fr"}
    assert pdf.make("cards", cards=[odd] * 11, words=words).startswith(b"%PDF-")
