"""How somebody wants to be told, and the team's list of whom no letter reaches."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.upkeep_telling import announce
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.outbox import Message, tell, unread
from fablab.people.models import Person
from fablab.people.models_file import Contact
from fablab.people.queries_telling import PAGE_LENGTH
from fablab.permissions import Role
from tests.conftest import NOW, Statements
from tests.make import log_in, make_minor, make_staff, make_young
from tests.make_bookings import make_booking, make_resource, slot

OUT = SimpleNamespace(reason="Panne.")
CHOICES = {"bookings": "page", "sessions": "nothing", "badges": "letter"}


def say_cancelled(person: Person, key: str = "cancelled:1", **more: Any) -> None:
    """A session of somebody is cancelled."""
    with transaction() as session:
        facts = {"title": "Découpe", "when": NOW + timedelta(days=1), "reason": "Panne.", **more}
        tell(session, person, "session-cancelled", key=key, now=NOW, link="/mon-parcours", **facts)


def give_contact(person: Person, kind: str, phone: str) -> None:
    by = make_staff()
    with transaction() as session:
        contact = Contact(person_id=person.id, kind=kind, name="Claire Perrin", link="mother", phone=phone)
        contact.since, contact.recorded_at, contact.recorded_by_id = NOW.date(), NOW, by.id
        session.add(contact)


def the_list(client: FlaskClient, address: str = "/a-prevenir") -> list[Tag]:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser").select(".to-tell > li")


def the_message(session: Session) -> Message:
    return session.scalars(select(Message).execution_options(populate_existing=True)).one()


@pytest.fixture
def team(client: FlaskClient) -> FlaskClient:
    """A facilitator's browser."""
    return log_in(client, make_staff())


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.COORDINATOR, Role.RECEPTION])
def test_whoever_no_letter_reaches_is_on_the_list_with_a_number_and_a_text(client: FlaskClient, role: Role) -> None:
    ines = make_young("Inès", phone="0612345678")
    say_cancelled(ines)
    log_in(client, make_staff(roles=(role,)))
    assert "/a-prevenir" in client.get("/").text
    [line] = the_list(client)
    assert "Inès Benali" in line.text
    assert "sans adresse e-mail" in line.text
    call, sms = (str(one["href"]) for one in line.select("a[href^=tel], a[href^=sms]"))
    assert call == "tel:0612345678"
    number, _question, body = sms.partition("?body=")
    assert number == "sms:0612345678"
    assert "Ma séance Découpe est annulée" in unquote(body)
    assert " " not in body


def test_a_letter_that_leaves_puts_nobody_on_the_list(team: FlaskClient) -> None:
    say_cancelled(make_young(letters_to="ines@example.org"))
    assert the_list(team) == []


def test_what_does_not_matter_puts_nobody_on_the_list(team: FlaskClient) -> None:
    ines = make_young()
    with transaction() as session:
        tell(session, ines, "badge-earned", key="x", now=NOW, badge="Déclic", kind="stage")
    assert the_list(team) == []


def test_a_message_read_leaves_the_list_and_is_said_to_be_read(client: FlaskClient, session: Session) -> None:
    ines = make_young("Inès")
    say_cancelled(ines)
    log_in(client, ines)
    client.post("/messages/lu", data={"message": the_message(session).id, "next": "/"})
    log_in(client, make_staff())
    assert the_list(client) == []
    [line] = the_list(client, "/a-prevenir?liste=faits")
    assert "Lu" in line.text


def test_a_tick_says_who_and_when_and_is_taken_back(client: FlaskClient, session: Session) -> None:
    samir = make_staff("Samir", "Haddad")
    log_in(client, samir)
    say_cancelled(make_young("Inès"))
    told = the_message(session).id
    for _twice in range(2):
        assert client.post(f"/a-prevenir/{told}/fait", data={"next": "/a-prevenir"}).status_code == 302
    assert (the_message(session).called_at, the_message(session).called_by_id) == (NOW, samir.id)
    assert the_list(client) == []
    [line] = the_list(client, "/a-prevenir?liste=faits")
    assert "par Samir H., mardi 24 novembre à 10\u00a0h" in line.text
    client.post(f"/a-prevenir/{told}/pas-fait")
    assert len(the_list(client)) == 1
    verbs = session.scalars(select(JournalEntry.verb).where(JournalEntry.thing == "message")).all()
    assert verbs == ["message.told", "message.untold"]


def test_two_of_the_team_tick_the_same_and_the_first_stays(client: FlaskClient, session: Session) -> None:
    first, second = make_staff("Samir"), make_staff("Lila")
    say_cancelled(make_young("Inès"))
    told = the_message(session).id
    for one in (first, second):
        log_in(client, one).post(f"/a-prevenir/{told}/fait")
    assert the_message(session).called_by_id == first.id


def test_a_message_that_nobody_has_to_tell_cannot_be_ticked(team: FlaskClient, session: Session) -> None:
    say_cancelled(make_young(letters_to="ines@example.org"))
    told = the_message(session).id
    assert team.post(f"/a-prevenir/{told}/fait").status_code == 404
    assert team.post(f"/a-prevenir/{told}/pas-fait").status_code == 404


@pytest.mark.parametrize(("kind", "learns"), [("guardian", True), ("emergency", False)])
def test_without_a_phone_whoever_answers_for_them_is_called(client: FlaskClient, kind: str, learns: bool) -> None:
    tom = make_minor("Tom")
    give_contact(tom, kind, "0698765432")
    say_cancelled(tom)
    log_in(client, make_staff())
    [line] = the_list(client)
    assert "Claire Perrin" in line.text
    sms = unquote(str(line.select("a[href^=sms]")[0]["href"]))
    assert sms.startswith("sms:0698765432?body=")
    assert "Tom" in sms
    assert ("Découpe" in sms) is learns, "an emergency contact learns nothing of what is cancelled"


@pytest.mark.parametrize(
    ("kind", "english"),
    [
        ("guardian", "a message for Tom. My session Découpe is cancelled: Wednesday"),
        ("emergency", "could Tom call us? Thank you for passing it on."),
    ],
)
def test_the_ready_text_speaks_the_language_that_the_young_person_chose_not_the_teams(
    client: FlaskClient, kind: str, english: str
) -> None:
    tom = make_minor("Tom")
    log_in(client, tom).post("/mon-compte/langue", data={"language": "en"})
    client.post("/sortir")
    give_contact(tom, kind, "0698765432")
    say_cancelled(tom)
    log_in(client, make_staff())
    client.post("/langue", data={"language": "fr"})
    [line] = the_list(client)
    sms = unquote(str(line.select("a[href^=sms]")[0]["href"]))
    assert english in sms
    assert "Prévenir" in client.get("/a-prevenir").text, "the page is in the language of whoever reads it"


def test_reception_sees_no_contacts_number_in_the_list_and_is_led_to_the_page_that_has_it(client: FlaskClient) -> None:
    tom = make_minor("Tom")
    give_contact(tom, "guardian", "0698765432")
    say_cancelled(tom)
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    [line] = the_list(client)
    assert "Claire" not in line.text
    assert not line.select("a[href^=tel], a[href^=sms]")
    assert "0698765432" not in line.text.replace(" ", "")
    (who,) = line.select("a[href$='/contacts']")
    assert "0698765432" in client.get(str(who["href"])).text


def test_the_list_is_of_a_day_page_by_page_and_in_few_statements(
    client: FlaskClient, count_statements: Statements
) -> None:
    for number in range(PAGE_LENGTH + 2):
        say_cancelled(make_young(f"Inès{'abcdefghijklmnopqrstuvwxyz'[number % 26]}"), f"cancelled:{number}")
    log_in(client, make_staff())
    count_statements.clear()
    assert len(the_list(client)) == PAGE_LENGTH
    full = len(count_statements)
    count_statements.clear()
    assert len(the_list(client, "/a-prevenir?page=2")) == 2
    assert full <= 10
    assert len(count_statements) <= full
    assert client.get("/a-prevenir?page=9").status_code == 302
    assert the_list(client, "/a-prevenir?jour=2026-11-23") == []
    assert len(the_list(client, "/a-prevenir?jour=2026-11-24")) == PAGE_LENGTH
    assert f'<span class="count">{PAGE_LENGTH + 2}' in client.get("/").text


def test_after_a_month_nothing_is_left_to_say(team: FlaskClient, session: Session) -> None:
    say_cancelled(make_young())
    with transaction():
        the_message(session).created_at = NOW - timedelta(days=31)
    assert the_list(team) == []


# --- choosing -----------------------------------------------------------------------------------


def test_a_young_person_says_where_and_how_to_be_told(client: FlaskClient, session: Session) -> None:
    ines = make_young()
    log_in(client, ines)
    assert "Ce que je reçois" in client.get("/mon-compte").text
    answer = client.post("/mon-compte/messages", data={"address": " Ines@Example.org ", **CHOICES})
    assert answer.status_code == 302
    session.refresh(ines)
    assert (ines.letters_to, ines.told_by) == ("ines@example.org", {"bookings": "page", "sessions": "nothing"})
    page = BeautifulSoup(client.get("/mon-compte/messages").text, "html.parser")
    assert [str(one["value"]) for one in page.select("input[checked]")] == ["page", "nothing", "letter"]
    assert ines.enters_by_pin
    assert ines.email is None, "where letters go opens no account"


def test_an_address_that_cannot_be_is_said_and_nothing_changes(client: FlaskClient, session: Session) -> None:
    ines = make_young(letters_to="ines@example.org")
    log_in(client, ines)
    answer = client.post("/mon-compte/messages", data={"address": "ines@", **CHOICES})
    assert answer.status_code == 422
    assert 'value="ines@"' in answer.text
    session.refresh(ines)
    assert (ines.letters_to, ines.told_by) == ("ines@example.org", None)


def test_another_address_is_believed_again_and_the_same_is_not(client: FlaskClient, session: Session) -> None:
    ines = make_young(letters_to="ines@example.org", letters_refused_at=NOW)
    log_in(client, ines)
    client.post("/mon-compte/messages", data={"address": "ines@example.org", **CHOICES})
    session.refresh(ines)
    assert ines.letters_refused_at == NOW
    client.post("/mon-compte/messages", data={"address": "ines@exemple.fr", **CHOICES})
    session.refresh(ines)
    assert ines.letters_refused_at is None


def test_the_team_sees_a_refused_address_and_mends_it(team: FlaskClient, session: Session) -> None:
    ines = make_young(letters_to="ines@example.org", letters_refused_at=NOW)
    assert "Adresse refusée" in team.get(f"/jeunes/{ines.public_id}").text
    form = {"situation": "integration", "letters_to": "ines@exemple.fr"}
    assert team.post(f"/jeunes/{ines.public_id}/contacts", data=form).status_code == 302
    session.refresh(ines)
    assert (ines.letters_to, ines.letters_refused_at) == ("ines@exemple.fr", None)
    assert "Adresse refusée" not in team.get(f"/jeunes/{ines.public_id}").text


def test_the_team_chooses_about_what_it_gets_and_the_others_about_nothing(client: FlaskClient) -> None:
    log_in(client, make_staff())
    page = BeautifulSoup(client.get("/mon-compte/messages").text, "html.parser")
    assert {str(one["name"]) for one in page.select("input[type=radio]")} == {"bookings", "sessions"}
    log_in(client, make_staff(roles=(Role.REFERENT,)))
    assert "Rien n’est à choisir" in client.get("/mon-compte/messages").text
    account = client.get("/mon-compte").text
    assert "Rien n’est à choisir" in account
    assert "/mon-compte/messages" not in account


def test_the_contact_of_an_organisation_chooses_about_its_rooms(client: FlaskClient, session: Session) -> None:
    farid = make_staff(roles=(Role.STRUCTURE,))
    log_in(client, farid)
    assert "/mon-compte/messages" in client.get("/mon-compte").text
    page = BeautifulSoup(client.get("/mon-compte/messages").text, "html.parser")
    assert {str(one["name"]) for one in page.select("input[type=radio]")} == {"bookings"}
    assert client.post("/mon-compte/messages", data={"bookings": "page"}).status_code == 302
    session.refresh(farid)
    assert farid.told_by == {"bookings": "page"}


def say_of_a_booking(person: Person, notice: str, number: int, **more: Any) -> None:
    """Something happens to somebody's booking."""
    with transaction() as session:
        booking = session.scalars(select(Booking)).one()
        tell(
            session,
            person,
            notice,
            key=f"{notice}:{number}",
            now=NOW,
            about=f"booking:{booking.id}",
            booking=booking,
            **more,
        )


def test_a_newer_message_about_the_same_booking_overtakes_the_older(client: FlaskClient, session: Session) -> None:
    ines = make_young("Inès")
    make_booking(make_resource(), slot("14:00", "15:00"), ines)
    say_of_a_booking(ines, "booking-suspended", 1, closure=OUT)
    say_of_a_booking(ines, "booking-warned", 2, reasons=[], bookings=[])
    assert [one.notice for one in unread(session, ines)] == ["booking-warned", "booking-suspended"], "a call stays"
    say_of_a_booking(ines, "booking-back", 3)
    assert [one.notice for one in unread(session, ines)] == ["booking-back"]
    log_in(client, make_staff())
    [line] = the_list(client)
    assert session.scalars(select(Message.notice).order_by(Message.id.desc())).first() == "booking-back"
    assert the_list(client, "/a-prevenir?liste=faits") == []
    kept = session.scalars(select(Message).order_by(Message.id).execution_options(populate_existing=True)).all()
    assert [one.overtaken_at is not None for one in kept] == [True, True, False]
    assert kept[2].text[:20] in line.text.replace("\n", " ")


def test_what_somebody_did_themselves_overtakes_what_they_were_told(session: Session) -> None:
    ines = make_young("Inès")
    booking = make_booking(make_resource(), slot("14:00", "15:00"), ines)
    say_of_a_booking(ines, "booking-suspended", 1, closure=OUT)
    with transaction() as writing:
        announce(writing, booking, "booking-cancelled", ines, NOW)
    assert unread(session, ines) == []
