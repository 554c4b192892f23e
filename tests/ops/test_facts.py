"""What the house says of itself is changed in pages, read everywhere at once, and never overwritten silently."""

import re
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Place
from fablab import clock, identity, letters, outbox
from fablab.config import ROOT, Settings
from fablab.db import transaction
from fablab.home import settings_actions, settings_facts, settings_funders
from fablab.home.letter_examples import LETTERS, facts_of
from fablab.home.settings_facts_views import GROUPS
from fablab.home.settings_identity import GROUP
from fablab.home.settings_words import SETTINGS
from fablab.house import HouseSetting, write
from fablab.identity import KEYS
from fablab.journal import JournalEntry
from fablab.outbox import Letter, Message
from fablab.people.models import Person, Scheme
from fablab.permissions import Role
from pathways.models import ExitSituation
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff
from tests.make_machines import make_fablab
from tests.ops.test_settings import EMPTY


@pytest.fixture
def boss(app: Flask) -> Person:
    make_fablab()
    return make_staff(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def administrator(client: FlaskClient, boss: Person) -> FlaskClient:
    say("house.name", "Le Hangar")
    return log_in(client, boss)


def say(key: str, value: Any, mark: str = "source") -> None:
    with transaction() as session:
        write(session, key, value, data_status=mark)


def sheet(client: FlaskClient, address: str) -> dict[str, Any]:
    """The form of a page as a browser would send it back."""
    page = BeautifulSoup(client.get(address).text, "html.parser")
    form = page.select_one(f'form[action="{address}"]')
    assert form, address
    sent: dict[str, Any] = {}
    for box in form.select("input"):
        if box.get("type") in ("radio", "checkbox"):
            if box.has_attr("checked"):
                sent.setdefault(str(box["name"]), []).append(box["value"])
        else:
            sent[str(box["name"])] = box.get("value", "")
    return sent


def words(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").replace("\u00a0", " ").split())


def test_every_key_of_the_identity_has_its_place_in_a_page() -> None:
    assert {fact.key for one in GROUPS.values() for fact in one.facts} >= set(KEYS)


def test_every_fact_says_what_it_does_and_no_two_share_a_box() -> None:
    facts = [fact for one in GROUPS.values() for fact in one.facts]
    assert all(str(fact.meaning) and str(fact.label) for fact in facts)
    assert len({fact.code for fact in facts}) == len(facts)


def test_a_page_sent_as_it_was_shown_changes_nothing(administrator: FlaskClient, session: Session) -> None:
    for code in GROUPS:
        address = f"/reglages/{code}"
        before = session.scalars(select(HouseSetting.key)).all()
        assert administrator.post(address, data=sheet(administrator, address)).status_code == 303
        assert session.scalars(select(HouseSetting.key)).all() == before
    assert session.scalar(select(JournalEntry).where(JournalEntry.verb == "setting.change")) is None


def test_another_name_is_said_at_once_everywhere_and_noted_in_words(
    administrator: FlaskClient, session: Session
) -> None:
    changed = sheet(administrator, "/reglages/maison") | {"house_name": "Les Ateliers", "house_city": "Rives"}
    assert administrator.post("/reglages/maison", data=changed).status_code == 303
    page = administrator.get("/reglages").text
    assert "Les Ateliers" in BeautifulSoup(page, "html.parser").title.text  # type: ignore[union-attr]  # a page has one
    assert "Le Hangar" not in page
    assert session.scalar(select(Place.name).where(Place.code == "HOUSE")) == "Les Ateliers"
    assert identity.of(session).signature == "L’équipe des Ateliers"
    noted = session.scalars(select(JournalEntry).where(JournalEntry.verb == "setting.change")).all()
    assert {"key": "house.name", "before": "Le Hangar", "after": "Les Ateliers"} in [one.details for one in noted]


def test_an_emptied_fact_goes_back_to_its_default(administrator: FlaskClient, session: Session) -> None:
    say("house.workshop", "l’Atelier")
    assert administrator.get("/reglages/maison").status_code == 200
    sent = sheet(administrator, "/reglages/maison") | {"house_workshop": ""}
    administrator.post("/reglages/maison", data=sent)
    assert identity.of(session).workshop == "le Fablab"
    assert session.get(HouseSetting, "house.workshop") is None


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("house_name", "", "Écrire quelque chose."),
        ("house_name", "x" * 161, "160 lettres au plus."),
        ("house_phone", "zéro", "Écrire un numéro de téléphone"),
        ("house_email", "chez nous", "Cette adresse est incomplète"),
        ("house_public_service", "perhaps", "Choisir"),
    ],
)
def test_what_cannot_be_is_said_beside_its_box_and_changes_nothing(
    administrator: FlaskClient, session: Session, code: str, typed: str, said: str
) -> None:
    sent = sheet(administrator, "/reglages/maison") | {code: typed, "house_city": "Rives"}
    answer = administrator.post("/reglages/maison", data=sent)
    assert answer.status_code == 422
    box = BeautifulSoup(answer.text, "html.parser").find(id=f"{code}-error")
    assert box or code == "house_public_service"
    assert not box or said in box.text
    assert 'value="Rives"' in answer.text
    assert session.get(HouseSetting, "house.city") is None


def test_of_two_who_change_a_fact_at_once_the_second_is_shown_both(
    administrator: FlaskClient, boss: Person, session: Session
) -> None:
    mine = sheet(administrator, "/reglages/maison") | {"house_city": "Rives", "house_host": "Ici"}
    theirs = {fact.key: None for fact in GROUP.facts} | {"house.name": "Le Hangar", "house.city": "Voiron"}
    settings_facts.set_facts(GROUP.facts, theirs, {}, boss, NOW)
    answer = administrator.post("/reglages/maison", data=mine)
    assert answer.status_code == 422
    assert "«\u00a0Voiron\u00a0»" in answer.text
    assert 'value="Rives"' in answer.text
    assert session.get(HouseSetting, "house.host") is None
    page = BeautifulSoup(answer.text, "html.parser")
    again = mine | {str(box["name"]): box["value"] for box in page.select('input[name^="seen_"]')}
    assert administrator.post("/reglages/maison", data=again).status_code == 303
    assert (identity.of(session).town, identity.of(session).host) == ("Rives", "Ici")


def test_what_somebody_else_changed_and_i_did_not_touch_is_kept(
    administrator: FlaskClient, boss: Person, session: Session
) -> None:
    mine = sheet(administrator, "/reglages/maison") | {"house_host": "Ici"}
    theirs = {fact.key: None for fact in GROUP.facts} | {"house.name": "Le Hangar", "house.city": "Voiron"}
    settings_facts.set_facts(GROUP.facts, theirs, {}, boss, NOW)
    assert administrator.post("/reglages/maison", data=mine).status_code == 303
    assert (identity.of(session).town, identity.of(session).host) == ("Voiron", "Ici")


def test_a_rule_changed_by_two_at_once_shows_both_and_keeps_the_first(
    administrator: FlaskClient, boss: Person, session: Session
) -> None:
    rule = SETTINGS[3]
    page = BeautifulSoup(administrator.get(f"/reglages/regles/{rule.code}").text, "html.parser")
    seen = page.select_one('input[name="seen"]')["value"]  # type: ignore[index]  # the page has it
    settings_actions.set_rule(rule, 7, boss, NOW)
    answer = administrator.post(f"/reglages/regles/{rule.code}", data={"value": "5", "seen": seen})
    assert answer.status_code == 422
    assert "«\u00a07\u00a0»" in answer.text
    assert session.get_one(HouseSetting, rule.key, populate_existing=True).value == 7


def test_a_rule_goes_back_to_its_default_by_its_button(administrator: FlaskClient, session: Session) -> None:
    rule = SETTINGS[3]
    say(rule.key, 7)
    assert "Remettre par défaut" in administrator.get(f"/reglages/regles/{rule.code}").text
    assert administrator.post(f"/reglages/regles/{rule.code}/defaut").status_code == 303
    assert session.get_one(HouseSetting, rule.key, populate_existing=True).value == rule.default
    assert "Remettre par défaut" not in administrator.get(f"/reglages/regles/{rule.code}").text


def test_hours_changed_by_two_at_once_show_both(administrator: FlaskClient, boss: Person, session: Session) -> None:
    place = session.scalars(select(Place).where(Place.code == "HOUSE")).one()
    address = f"/reglages/horaires/{place.id}/school/6"
    page = BeautifulSoup(administrator.get(address).text, "html.parser")
    seen = page.select_one('input[name="seen"]')["value"]  # type: ignore[index]  # the page has it
    window = settings_actions.Window(
        clock.to_local(NOW).time(), clock.to_local(NOW + timedelta(hours=2)).time(), "open"
    )
    settings_actions.set_hours(place, "school", 6, [window], boss, NOW)
    answer = administrator.post(address, data=EMPTY | {"seen": seen})
    assert answer.status_code == 422
    assert window.said() in answer.text


def test_invented_facts_are_named_and_said_to_be_true(administrator: FlaskClient, session: Session) -> None:
    say("house.city", "Rives", "invented")
    assert "Ces valeurs sont justes" in administrator.get("/reglages/maison").text
    administrator.post("/reglages/maison/confirmer")
    assert session.get_one(HouseSetting, "house.city", populate_existing=True).data_status == "source"
    assert "Ces valeurs sont justes" not in administrator.get("/reglages/maison").text


def test_the_page_of_settings_says_what_the_law_wants_and_is_missing(administrator: FlaskClient) -> None:
    assert "Il manque : Adresse, Éditeur, Direction de la publication" in words(administrator.get("/reglages").text)


def test_the_pages_of_facts_ask_little_of_the_database(
    administrator: FlaskClient, count_statements: Statements
) -> None:
    for code in GROUPS:
        administrator.get(f"/reglages/{code}")
        count_statements.clear()
        administrator.get(f"/reglages/{code}")
        assert len(count_statements) <= 10


def test_every_letter_has_its_example_in_both_languages(administrator: FlaskClient) -> None:
    assert set(LETTERS) == {folder.name for folder in (ROOT / "templates" / "mail").iterdir() if folder.is_dir()}
    for notice in LETTERS:
        answer = administrator.get(f"/reglages/lettres/{notice}")
        assert answer.status_code == 200
        french, english = BeautifulSoup(answer.text, "html.parser").select(".letter-text")
        assert re.match(r"Bonjour\b", french.text), notice
        assert re.match(r"(Hello|Dear|Hi|Good)\b", english.text), notice


def test_a_try_goes_to_my_own_address_each_time(administrator: FlaskClient, boss: Person, session: Session) -> None:
    for _turn in range(2):
        administrator.post("/reglages/lettres/enrolled/essai", data={"language": "en"})
    first, second = session.scalars(select(Letter))
    assert first.to_address == second.to_address == boss.email
    assert first.subject.startswith("Try — ")
    assert first.key != second.key


def test_letters_come_from_the_house_and_are_answered_where_it_says(app: Flask, boss: Person, session: Session) -> None:
    say("house.name", "Le Hangar")
    say("letters.reply_to", "bonjour@hangar.example")
    carried: list[Any] = []

    class Kept:
        def carry(self, letter: Any) -> None:
            carried.append(letter)

    with transaction() as writing:
        outbox.tell(writing, boss, "booking-back", key="one", now=NOW, booking=example())
    letters.send_due(NOW, Settings(mail_from="robot@hangar.example"), Kept())
    (letter,) = carried
    assert str(letter["From"]) == "Le Hangar <robot@hangar.example>"
    assert str(letter["Reply-To"]) == "bonjour@hangar.example"


def test_a_notice_kept_in_pages_writes_no_letter_and_a_late_one_waits_for_its_hour(
    boss: Person, session: Session
) -> None:
    say("letters.only_in_pages", ["booking-back"])
    say("letters.not_before", "8")
    night = clock.at(clock.local_day(NOW), NOW.time().replace(hour=5))
    with transaction() as writing:
        outbox.tell(writing, boss, "booking-back", key="one", now=night, booking=example())
        outbox.tell(writing, boss, "booking-approved", key="two", now=night, booking=example())
        outbox.tell(writing, boss, "booking-approved", key="three", now=NOW, booking=example())
    assert {one.key for one in session.scalars(select(Message))} == {"one", "two", "three"}
    due = {one.key: one.due_at for one in session.scalars(select(Letter))}
    eight = clock.at(clock.local_day(NOW), night.time().replace(hour=8, minute=0))
    assert due == {"two": eight, "three": NOW}


def example() -> Any:
    return facts_of("booking-back", NOW)["booking"]


def test_a_funder_counts_an_exit_as_the_house_does_until_it_says_otherwise(
    administrator: FlaskClient, session: Session
) -> None:
    with transaction() as writing:
        writing.add(Scheme(code="DI-10", name="CAF", nature="funding", data_status="source"))
        writing.add(ExitSituation(code="training", label="Formation", positive=True, group="training"))
    address = "/reglages/financeurs/DI-10"
    for answer, counted in (("no", False), ("not_applicable", None), ("yes", True), ("", True)):
        administrator.post(address, data=sheet(administrator, address) | {"funders_DI_10_exit_training": answer})
        assert settings_funders.positives(session, "DI-10") == {"training": counted}
    assert administrator.get("/reglages/financeurs/DI-99").status_code == 404


def test_a_word_for_funders_is_the_houses_own_once_said(administrator: FlaskClient, session: Session) -> None:
    assert settings_funders.word(session, "situation", "in_school") == "Scolarisé"
    sent = sheet(administrator, "/reglages/financeurs") | {"funders_situation_in_school": "Élève"}
    administrator.post("/reglages/financeurs", data=sent)
    assert settings_funders.word(session, "situation", "in_school") == "Élève"


@pytest.mark.parametrize("typed", ["Élève 🎓", "☎ École", "Élève ❤️", "👩\u200d🎓"])
def test_a_word_that_is_printed_holds_no_drawing(administrator: FlaskClient, session: Session, typed: str) -> None:
    sent = sheet(administrator, "/reglages/financeurs") | {"funders_situation_in_school": typed}
    answer = administrator.post("/reglages/financeurs", data=sent)
    assert answer.status_code == 422
    assert "sans dessin ni emoji" in answer.text
    assert settings_funders.word(session, "situation", "in_school") == "Scolarisé"
