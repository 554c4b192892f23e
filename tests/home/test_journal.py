"""The journal: every verb has words, every act is found again, names only for who may know, never changed."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from bookings.models import STATUSES
from fablab import config, journal
from fablab.db import db, transaction
from fablab.i18n import speaking
from fablab.journal_words import SAID
from fablab.people.models import Person
from fablab.permissions import VERBS, Role
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.source import nodes

PARTS = ("fablab", "bookings", "machines", "pathways", "rooms")


@cache
def written_verbs() -> tuple[str, ...]:
    """Every verb that the code may write, as its calls of ``note`` say; a name is followed to its values."""
    paths = [path for part in PARTS for path in sorted((config.ROOT / part).rglob("*.py"))]
    return tuple(verb for path in paths for verb in _verbs_in(path))


def _verbs_in(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("note", "_note"):
            if ast.unparse(node.func) in ("changes.note", "self.note"):
                continue  # what a merge keeps to be undone: no line of the journal
            verbs = [arg for arg in node.args[1:2]]
            for verb in verbs:
                if isinstance(verb, ast.Constant):
                    yield str(verb.value)
                elif isinstance(verb, ast.JoinedStr):
                    assert ast.unparse(verb) == "f'booking.{status}'", (path, ast.unparse(verb))
                    yield from (f"booking.{status}" for status in STATUSES)
                elif ast.unparse(verb) == "verb":
                    yield from _written_in(path)


def _written_in(path: Path) -> Iterator[str]:
    """What a helper that is handed its verb may write: every text of its file that looks like one."""
    texts = [one.value for one in nodes(path) if isinstance(one, ast.Constant)]
    families = {verb.partition(".")[0] for verb in SAID}
    for text in texts:
        looks_like_one = isinstance(text, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", text) and text not in VERBS
        if looks_like_one and str(text).partition(".")[0] in families:
            yield str(text)


def test_every_verb_that_the_code_writes_has_words() -> None:
    written = set(written_verbs())
    assert len(written) > 70
    assert written - set(SAID) == set()


def test_every_word_of_the_journal_is_of_a_verb_that_is_written() -> None:
    assert set(SAID) - set(written_verbs()) == set()


def test_every_verb_is_said_in_french_and_in_english(app: Flask) -> None:
    with app.test_request_context():
        with speaking("fr"):
            french = {verb: str(words) for verb, words in SAID.items()}
        with speaking("en"):
            english = {verb: str(words) for verb, words in SAID.items()}
    assert all(french.values())
    assert {verb for verb in SAID if french[verb] == english[verb]} == set()


def test_a_verb_without_words_cannot_be_written(app: Flask) -> None:
    with pytest.raises(KeyError), transaction() as session:
        journal.note(session, "house.burn", "place", 1, by=None, now=NOW)


def act(verb: str, *about: Person, by: Person | None = None, minutes: int = 0) -> None:
    with transaction() as session:
        people = journal.people([one.id for one in about])
        journal.note(session, verb, "house_setting", None, by=by, now=NOW + timedelta(minutes=minutes), about=people)


def said(client: FlaskClient, address: str) -> list[str]:
    page = BeautifulSoup(client.get(address).text, "html.parser")
    return [title.text for title in page.select("main .rows .top-line b")]


@pytest.fixture
def coordinator(client: FlaskClient) -> Person:
    person = make_staff("Claire", "Martin", roles=(Role.COORDINATOR,))
    log_in(client, person)
    return person


def test_the_latest_acts_come_first(client: FlaskClient, coordinator: Person) -> None:
    act("group.open", minutes=1)
    act("group.close", minutes=2)
    assert said(client, "/journal") == ["Groupe fermé", "Groupe ouvert"]


def test_an_act_is_found_by_whom_it_touches_and_by_who_did_it(client: FlaskClient, coordinator: Person) -> None:
    touched, actor, other = make_young(), make_staff(), make_young("Tom", "Perrin")
    act("badge.hand_over", touched, by=actor)
    for person, found in ((touched, ["Badge remis"]), (actor, ["Badge remis"]), (other, [])):
        assert said(client, f"/journal?personne={person.public_id}") == found


def test_an_act_is_found_by_its_verb_and_its_day(client: FlaskClient, coordinator: Person) -> None:
    act("group.open")
    act("group.close", minutes=24 * 60)
    day = f"{NOW:%Y-%m-%d}"
    assert said(client, "/journal?acte=group.close") == ["Groupe fermé"]
    assert said(client, f"/journal?du={day}&au={day}") == ["Groupe ouvert"]
    assert said(client, f"/journal?du={day}&au={day}&acte=group.close") == []


def test_a_name_typed_becomes_an_id_in_the_address(client: FlaskClient, coordinator: Person) -> None:
    person = make_young("Inès", "Benali")
    answer = client.post("/journal", data={"who": "ines benali", "act": "badge.hand_over"})
    assert answer.status_code == 303
    assert answer.location == f"/journal?personne={person.public_id}&acte=badge.hand_over"


def test_several_people_of_a_name_are_offered(client: FlaskClient, coordinator: Person) -> None:
    make_young("Inès", "Benali")
    make_young("Inès", "Colin")
    page = client.post("/journal", data={"who": "inès"})
    assert page.status_code == 200
    assert "Inès Benali" in page.text
    assert "Inès Colin" in page.text


@pytest.mark.parametrize(
    "sent", [{"who": "zzz"}, {"since": "2026-11-02", "until": "2026-11-01"}, {"act": "house.burn"}, {"since": "demain"}]
)
def test_what_cannot_be_searched_is_said_beside_its_field(
    client: FlaskClient, coordinator: Person, sent: dict[str, str]
) -> None:
    page = client.post("/journal", data=sent)
    assert page.status_code == 422
    assert BeautifulSoup(page.text, "html.parser").select(".field .error")


@pytest.mark.parametrize(
    "asked",
    ["personne=nobody", "sur=person:1", "sur=booking:x", "sur=booking:999999", "sur=secret:1", "sur=resource:²"],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, coordinator: Person, asked: str) -> None:
    assert client.get(f"/journal?{asked}").status_code == 404


@pytest.mark.parametrize(
    "asked", ["avant=x", "avant=1-²", "avant=99999999999-1", "du=demain", "acte=x", "du=9999-12-31"]
)
def test_an_address_written_badly_shows_the_journal(client: FlaskClient, coordinator: Person, asked: str) -> None:
    assert client.get(f"/journal?{asked}").status_code == 200


def test_the_pages_show_every_act_once(client: FlaskClient, coordinator: Person) -> None:
    person = make_young()
    for number in range(95):
        act("card.renew", person, minutes=number // 3)
    address: str | None = f"/journal?personne={person.public_id}"
    times: list[str] = []
    lengths = []
    while address:
        page = BeautifulSoup(client.get(address).text, "html.parser")
        lengths.append(len(page.select("main .rows .top-line")))
        times += [hour.text for hour in page.select("main .rows .hour")]
        following = page.find("a", string="Page suivante") or page.select_one('.pages a[href*="avant"]')
        address = str(following["href"]) if following else None
    assert lengths == [40, 40, 15]
    assert times == sorted(times, reverse=True)


def test_the_administration_reads_no_name_of_a_young_person(client: FlaskClient) -> None:
    log_in(client, make_staff("Ada", "Min", roles=(Role.ADMINISTRATOR,)))
    young, staff = make_young("Inès", "Benali"), make_staff("Samir", "Haddad")
    act("badge.hand_over", young, by=staff)
    act("data.copy", by=young)
    page = client.get("/journal").text
    assert "Inès" not in page
    assert "Samir H." in page
    assert client.get(f"/journal?personne={young.public_id}").status_code == 404
    assert client.post("/journal", data={"who": "benali"}).status_code == 422
    assert client.post("/journal", data={"who": "haddad"}).status_code == 303


def test_a_facilitator_does_not_open_the_journal(client: FlaskClient) -> None:
    log_in(client, make_staff())
    assert client.get("/journal").status_code == 403


def test_a_line_names_four_people_at_most(client: FlaskClient, coordinator: Person) -> None:
    act("attendance.take", *[make_young("Jeune", f"Personne{number}") for number in range(5)])
    assert "5 personnes" in client.get("/journal").text


def test_what_an_act_touches_is_written_once(app: Flask) -> None:
    person = make_young()
    with transaction() as session:
        journal.note(
            session,
            "card.renew",
            "person",
            person.id,
            by=None,
            now=NOW,
            about=[*journal.people([person.id, 0])[:1]] * 2,
        )
    assert db.session.query(journal.JournalAbout).count() == 0
