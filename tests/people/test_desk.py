"""The desk: a young person's account, card, code, authorisations."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.people import actions, secrets
from fablab.people.models import Authorisation, Card, Person
from fablab.permissions import Role
from tests.conftest import NOW
from tests.make import PIN, log_in, make_authorisation, make_minor, make_staff, make_young

FORM = {
    "key": "k" * 24,
    "first_name": "Inès",
    "last_name": "Benali",
    "birth-day": "3",
    "birth-month": "5",
    "birth-year": "2010",
    "situation": "in_school",
    "photos": "no",
    "pin": PIN,
    "pin_again": PIN,
}


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    """The browser of the desk, with somebody of the reception."""
    return log_in(client, make_staff(roles=(Role.RECEPTION,)))


def send(desk: FlaskClient, **changes: str) -> Any:
    return desk.post("/jeunes/nouveau", data={**FORM, **changes}, follow_redirects=True)


def made(session: Session) -> list[Person]:
    session.expire_all()
    return list(session.scalars(select(Person).where(Person.request_key.is_not(None))))


def test_one_short_form_makes_the_account_and_shows_identifier_and_card(desk: FlaskClient, session: Session) -> None:
    answer = send(desk)
    (person,) = made(session)
    assert answer.status_code == 200
    assert person.roles == [Role.YOUNG]
    assert person.birth_date == date(2010, 5, 3)
    assert person.photos_allowed is False
    assert re.fullmatch(r"[a-z]+-\d\d", str(person.handle))
    page = BeautifulSoup(answer.text, "html.parser")
    assert str(person.handle) in page.text
    assert page.select_one(".print-square svg[viewbox]")
    assert "benali" not in str(person.handle)
    assert "Le compte est prêt" in page.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_code_printed_opens_and_only_its_digest_is_kept(desk: FlaskClient, session: Session) -> None:
    page = BeautifulSoup(send(desk).text, "html.parser")
    code = "".join(span.text for span in page.select(".print-code span"))
    (card,) = session.scalars(select(Card))
    assert card.token_digest == secrets.card_digest(code)
    desk.post("/sortir")
    assert desk.post("/entrer/carte", data={"code": code, "secret": PIN}).location == "/"


def test_a_form_sent_twice_makes_one_person(desk: FlaskClient, session: Session) -> None:
    send(desk)
    again = send(desk)
    assert again.status_code == 200
    assert len(made(session)) == 1
    assert session.scalar(select(func.count()).select_from(Card)) == 1
    assert "ne peut plus être montrée" in again.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"birth-day": "31", "birth-month": "2"}, "Le 31 février 2010 n’existe pas."),
        ({"birth-day": "29", "birth-month": "2", "birth-year": "2011"}, "Le 29 février 2011 n’existe pas."),
        ({"birth-month": "13"}, "Le mois est un nombre de 1 à 12."),
        ({"birth-day": ""}, "Écrire le jour, le mois et l’année."),
        ({"birth-day": "9" * 20}, "Le 99999999999999999999 mai 2010 n’existe pas."),
        ({"birth-day": "trois"}, "Écrire des chiffres"),
        ({"birth-day": "٣"}, "Écrire des chiffres"),
        ({"birth-year": "10"}, "Écrire l’année avec 4 chiffres"),
        ({"birth-year": "9" * 5000}, "Écrire l’année avec 4 chiffres"),
        ({"birth-year": "2022"}, "Cette date donne 4 ans"),
        ({"birth-year": "2030"}, "Cette date est dans le futur."),
        ({"first_name": "🦊"}, "Un nom s’écrit avec des lettres"),
        ({"first_name": "   "}, "Écrire ce nom."),
        ({"last_name": "a" * 300}, "80 lettres au plus"),
        ({"pin": "123456", "pin_again": "123456"}, "trop facile"),
        ({"pin": "030510", "pin_again": "030510"}, "date de naissance"),
        ({"pin_again": "739146"}, "pas pareils"),
        ({"situation": ""}, "Choisir une situation."),
        ({"situation": "rich"}, ""),
    ],
)
def test_bad_input_is_said_beside_its_field_and_nothing_is_lost(
    desk: FlaskClient, session: Session, changes: dict[str, str], said: str
) -> None:
    answer = send(desk, **changes)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.title is not None
    assert page.title.text.startswith("Erreur")
    assert said in " ".join(error.text for error in page.select("p.error"))
    for name, typed in {**FORM, **changes}.items():
        box = page.select_one(f'input[name="{name}"]:not([type="radio"])')
        if box and typed.strip() and len(typed) < 400:
            assert box["value"] == typed.strip()
    assert made(session) == []


def test_a_right_to_left_name_is_isolated_in_lists(desk: FlaskClient, session: Session) -> None:
    send(desk, first_name="محمد", last_name="العربي")
    assert "<bdi>محمد العربي</bdi>" in desk.get("/jeunes").text


def test_perhaps_the_same_person_is_shown_and_asked_once(desk: FlaskClient, session: Session) -> None:
    known = make_minor("ines", "Durand", birth_date=date(2010, 5, 28))
    make_minor("Inès", "Autremois", birth_date=date(2010, 6, 3))
    make_minor("Inès-Marie", "Autreprénom", birth_date=date(2010, 5, 3))
    asked = send(desk)
    assert asked.status_code == 422
    page = BeautifulSoup(asked.text, "html.parser")
    assert [link["href"] for link in page.select(".refusal a")] == [f"/jeunes/{known.public_id}"]
    assert "Autremois" not in asked.text
    assert made(session) == []
    confirmed = page.select_one('input[name="not_alike"]')
    assert confirmed is not None
    assert send(desk, not_alike=str(confirmed["value"])).status_code == 200
    assert len(made(session)) == 1


def test_a_new_card_and_a_new_pin_are_acts_of_the_desk(desk: FlaskClient, session: Session) -> None:
    person = make_young(handle="chamois-33")
    answer = desk.post(f"/jeunes/{person.public_id}/carte", follow_redirects=True)
    assert "print-square" in answer.text
    again = desk.post(f"/jeunes/{person.public_id}/carte", follow_redirects=True)
    assert "L’ancienne carte n’ouvre plus rien." in again.text
    weak = desk.post(f"/jeunes/{person.public_id}/code", data={"pin": "111111", "pin_again": "111111"})
    assert weak.status_code == 422
    desk.post(f"/jeunes/{person.public_id}/code", data={"pin": "739146", "pin_again": "739146"})
    desk.post("/sortir")
    assert desk.post("/entrer", data={"handle": "chamois-33", "secret": "739146"}).status_code == 302


def test_who_is_locked_out_is_shown_and_unlocked_at_the_desk(desk: FlaskClient) -> None:
    person = make_young(handle="chamois-33")
    for turn in range(10):
        with time_machine.travel(NOW + timedelta(hours=turn // 5), tick=False):
            desk.post("/entrer", data={"handle": "chamois-33", "secret": "111222"})
    assert "Bloqué" in desk.get(f"/jeunes/{person.public_id}").text
    desk.post(f"/jeunes/{person.public_id}/debloquer")
    assert "Bloqué" not in desk.get(f"/jeunes/{person.public_id}").text


AGREED = {
    "kind": "machines",
    "signer_name": "Nadia Perrin",
    "signer_link": "mother",
    "signed_on": "2026-11-20",
    "valid_until": "2027-08-31",
}


def test_an_authorisation_seen_on_paper_is_recorded_with_who_saw_it(client: FlaskClient, session: Session) -> None:
    samir = make_staff()
    minor = make_minor()
    log_in(client, samir)
    assert "Papier absent" in client.get(f"/jeunes/{minor.public_id}").text
    assert client.post(f"/jeunes/{minor.public_id}/autorisations", data=AGREED).status_code == 302
    (agreed,) = session.scalars(select(Authorisation))
    assert (agreed.kind, agreed.seen_by_id, agreed.valid_until) == ("machines", samir.id, date(2027, 8, 31))
    assert "papier vu par Samir H." in client.get(f"/jeunes/{minor.public_id}").text


def test_the_form_proposes_the_end_of_the_school_year(desk: FlaskClient) -> None:
    minor = make_minor()
    assert 'value="2027-08-31"' in desk.get(f"/jeunes/{minor.public_id}/autorisations").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"signed_on": "2026-11-25"}, "dans le futur"),
        ({"valid_until": "2026-11-19"}, "avant la signature"),
        ({"signed_on": "2026-02-31"}, "Cette date n’existe pas"),
        ({"signed_on": ""}, "Écrire la date de signature."),
        ({"valid_until": "2027-02-31"}, "Cette date n’existe pas"),
        ({"signer_name": ""}, "Écrire ce nom."),
        ({"kind": "everything"}, ""),
    ],
)
def test_an_authorisation_that_cannot_be_is_refused(
    desk: FlaskClient, session: Session, changes: dict[str, str], said: str
) -> None:
    minor = make_minor()
    answer = desk.post(f"/jeunes/{minor.public_id}/autorisations", data={**AGREED, **changes})
    assert answer.status_code == 422
    assert said in answer.text
    assert session.scalar(select(func.count()).select_from(Authorisation)) == 0


def test_a_minors_yes_to_photos_says_that_the_parents_have_not_signed(desk: FlaskClient) -> None:
    minor = make_minor()
    page = f"/jeunes/{minor.public_id}"

    def missing() -> list[str]:
        lines = BeautifulSoup(desk.get(page).text, "html.parser").select("main p")
        return [line.text for line in lines if "Papier absent" in line.text]

    assert not any("Être en photo" in line for line in missing())
    desk.post(f"{page}/photos", data={"answer": "yes"})
    assert any("Être en photo" in line for line in missing())
    make_authorisation(minor, "image", valid_until=date(2027, 6, 30))
    assert not any("Être en photo" in line for line in missing())


def test_an_authorisation_is_withdrawn_from_today_on(desk: FlaskClient, session: Session) -> None:
    minor = make_minor()
    agreed = make_authorisation(minor)
    desk.post(f"/jeunes/{minor.public_id}/autorisations/{agreed.id}/retirer")
    session.expire_all()
    assert agreed.withdrawn_on == date(2026, 11, 24)
    assert "Papier absent" in desk.get(f"/jeunes/{minor.public_id}").text


def test_an_authorisation_of_somebody_else_is_not_found(desk: FlaskClient, session: Session) -> None:
    agreed = make_authorisation(make_minor())
    other = make_minor("Léa", "Roy")
    assert desk.post(f"/jeunes/{other.public_id}/autorisations/{agreed.id}/retirer").status_code == 404
    session.expire_all()
    assert agreed.withdrawn_at is None


def test_every_act_of_the_desk_is_in_the_journal_without_a_name(desk: FlaskClient, session: Session) -> None:
    send(desk)
    (person,) = made(session)
    desk.post(f"/jeunes/{person.public_id}/carte")
    desk.post(f"/jeunes/{person.public_id}/debloquer")
    written = session.connection().exec_driver_sql("SELECT verb, details FROM journal_entry ORDER BY id").all()
    assert [row[0] for row in written] == ["person.create", "card.renew", "enter.unlock"]
    assert "Benali" not in str(written)


def test_the_list_is_paged_and_bounded(desk: FlaskClient, count_statements: list[str]) -> None:
    assert "Aucun compte" in desk.get("/jeunes").text
    for number in range(31):
        make_young("Inès", f"Nom{chr(65 + number % 26)}{chr(65 + number // 26)}")
    count_statements.clear()
    first = desk.get("/jeunes")
    assert len(count_statements) <= 5
    assert len(BeautifulSoup(first.text, "html.parser").select("tbody tr")) == 30
    assert len(BeautifulSoup(desk.get("/jeunes?page=2").text, "html.parser").select("tbody tr")) == 1
    assert desk.get("/jeunes?page=3").status_code == 404
    assert desk.get("/jeunes?page=0").status_code == 404


def test_the_page_of_a_person_asks_a_bounded_number_of_questions(
    desk: FlaskClient, count_statements: list[str]
) -> None:
    minor = make_minor()
    for _turn in range(4):
        make_authorisation(minor)
    desk.get(f"/jeunes/{minor.public_id}")  # the first opening of the day is written down
    count_statements.clear()
    desk.get(f"/jeunes/{minor.public_id}")
    assert len(count_statements) <= 12


def test_somebody_of_the_team_has_no_page_of_a_young_person(desk: FlaskClient) -> None:
    assert desk.get(f"/jeunes/{make_staff().public_id}").status_code == 404


def test_a_pin_is_renewed_with_the_person_and_wrong_tries_are_forgotten(client: FlaskClient) -> None:
    person = make_young(handle="chamois-33")
    for _turn in range(5):
        client.post("/entrer", data={"handle": "chamois-33", "secret": "111222"})
    actions.renew_pin(person, "739146", make_staff(), NOW)
    assert client.post("/entrer", data={"handle": "chamois-33", "secret": "739146"}).status_code == 302
