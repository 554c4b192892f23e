"""The second step of an account: contacts, answers, who sent them, a derogation; each dated, no refused data."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.people import queries_file
from fablab.people.models import Person
from fablab.people.models_file import Answer, Contact, Referral
from fablab.people.rules_trainee import Trainee, refusals
from fablab.permissions import Role
from machines import actions_papers
from tests.conftest import NOW, Statements
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_file import make_contact, make_structure, make_trainee
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import enrol, make_group, make_session

CONTACTS = {
    "situation": "in_school",
    "phone": "",
    "emergency_name": "Rosa Perrin",
    "emergency_link": "family",
    "emergency_phone": "06 12 34 56 78",
}


@pytest.fixture
def tom(client: FlaskClient) -> Person:
    """A minor; a facilitator is logged in."""
    log_in(client, make_staff())
    return make_minor("Tom")


def send(client: FlaskClient, person: Person, page: str = "contacts", **changes: Any) -> Any:
    return client.post(
        f"/jeunes/{person.public_id}/{page}", data={**(CONTACTS if page == "contacts" else {}), **changes}
    )


def test_contacts_are_written_with_their_day_and_shown_with_a_number_to_tap(
    client: FlaskClient, tom: Person, session: Session
) -> None:
    guardian = {"guardian_name": "Nadia Perrin", "guardian_link": "mother", "guardian_phone": "+33612345679"}
    assert send(client, tom, phone="07.11.22.33.44", **guardian).status_code == 302
    page = client.get(f"/jeunes/{tom.public_id}").text
    assert 'href="tel:0612345678"' in page
    assert "06\u00a012\u00a034\u00a056\u00a078" in page
    assert 'href="tel:+33612345679"' in page
    assert 'href="tel:0711223344"' in page
    assert {contact.since for contact in session.scalars(select(Contact))} == {date(2026, 11, 24)}


def test_what_did_not_change_keeps_its_day_and_what_went_stays_in_the_record(
    client: FlaskClient, tom: Person, session: Session
) -> None:
    send(client, tom)
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        send(client, tom)
    assert len(session.scalars(select(Contact)).all()) == 1
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        send(client, tom, emergency_phone="0699999999")
        send(client, tom, emergency_name="", emergency_link="", emergency_phone="")
    session.expire_all()
    assert [contact.until for contact in session.scalars(select(Contact))] == [date(2026, 11, 24)] * 2
    assert queries_file.contacts_of(session, [tom.id])[tom.id] == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"emergency_phone": ""}, "Écrire le nom, le lien et le téléphone"),
        ({"emergency_phone": "appeler le soir"}, "numéro de téléphone"),
        ({"emergency_phone": "1 85 05 78 006 084 36"}, "numéro de téléphone"),
        ({"emergency_name": "3 rue des Lilas"}, "sans chiffre"),
        ({"situation": "ill"}, ""),
        ({"emergency_link": "judge"}, ""),
    ],
)
def test_contacts_that_cannot_be_written(client: FlaskClient, tom: Person, changes: dict[str, str], said: str) -> None:
    answer = send(client, tom, **changes)
    assert answer.status_code == 422
    assert said in answer.text


def test_an_adult_has_no_guardian(client: FlaskClient, tom: Person) -> None:
    assert "Responsable légal" in client.get(f"/jeunes/{tom.public_id}/contacts").text
    assert "Responsable légal" not in client.get(f"/jeunes/{make_young().public_id}/contacts").text


def test_a_new_situation_is_dated_and_the_one_before_known(client: FlaskClient, tom: Person, session: Session) -> None:
    send(client, tom, situation="dropped_out")
    session.expire_all()
    assert tom.situation == "dropped_out"
    assert [(one.kind, one.value) for one in session.scalars(select(Answer))] == [("situation", "dropped_out")]


def test_the_reception_records_whom_to_call_and_sees_nothing_of_trainees(client: FlaskClient, tom: Person) -> None:
    make_trainee(tom, reference="DER-4417")
    log_in(client, make_staff("Rose", roles=(Role.RECEPTION,)))
    page = client.get(f"/jeunes/{tom.public_id}").text
    assert f"/jeunes/{tom.public_id}/contacts" in page
    assert "DER-4417" not in page
    assert "/stagiaire" not in page
    guardian = {"guardian_name": "Nadia Perrin", "guardian_link": "mother", "guardian_phone": "0612345679"}
    assert send(client, tom, **guardian).status_code == 302
    page = client.get(f"/jeunes/{tom.public_id}").text
    assert 'href="tel:0612345678"' in page
    assert 'href="tel:0612345679"' in page
    for closed in ("stagiaire", "suivi"):
        assert client.get(f"/jeunes/{tom.public_id}/{closed}").status_code == 403
        assert send(client, tom, closed).status_code == 403


def test_whom_to_call_is_recorded_by_the_desk_alone(client: FlaskClient, tom: Person, session: Session) -> None:
    for role in set(Role) - {Role.RECEPTION, Role.FACILITATOR, Role.COORDINATOR}:
        log_in(client, make_young("Lou") if role == Role.YOUNG else make_staff("Rose", roles=(role,)))
        assert send(client, tom).status_code == 403, role
    assert session.scalars(select(Contact)).all() == []


def test_the_coordination_records_what_funders_ask_and_nobody_else_reads_it(
    client: FlaskClient, tom: Person, session: Session
) -> None:
    mission, other = make_structure(), make_structure("Club de judo", prescriber=False)
    assert send(client, tom, "suivi").status_code == 403
    assert "Quartier prioritaire" not in client.get(f"/jeunes/{tom.public_id}").text
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    told = {"gender": "female", "priority_district": "unknown", "commune": "La Ravoire", "structure": mission.public_id}
    assert send(client, tom, "suivi", **told).status_code == 302
    page = client.get(f"/jeunes/{tom.public_id}").text
    for words in ("Féminin", "Ne sait pas", "La Ravoire", "Mission Locale"):
        assert f"{words}, depuis le 24 novembre 2026" in page
    assert send(client, tom, "suivi", **{**told, "structure": other.public_id}).status_code == 422
    assert send(client, tom, "suivi", **{**told, "commune": "3 rue des Lilas"}).status_code == 422
    page = send(client, tom, "suivi", **{**told, "commune": "rue des Lilas Grenoble"})
    assert (page.status_code, "sans la rue" in page.text) == (422, True)
    assert send(client, tom, "suivi", **{**told, "gender": "", "structure": ""}).status_code == 302
    session.expire_all()
    assert "gender" not in queries_file.answers_of(session, tom.id)
    assert [one.until for one in session.scalars(select(Referral))] == [date(2026, 11, 24)]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (Trainee(True), []),
        (Trainee(False, "73-2026-014", None, None), []),
        (Trainee(True, "73-2026-014", date(2027, 8, 31), date(2026, 11, 24)), []),
        (Trainee(True, "73-2026-014", None, date(2026, 9, 1)), ["derogation_half"]),
        (Trainee(True, "73-2026-014", date(2027, 8, 31), date(2026, 11, 25)), ["medical_future"]),
    ],
)
def test_a_derogation_is_whole_and_its_medical_opinion_given(asked: Trainee, codes: list[str]) -> None:
    assert [refusal.code for refusal in refusals(asked, date(2026, 11, 24))] == codes


@pytest.mark.parametrize("reference", ["1 85 05 78 006 084 36", "185057800608436", "apte, asthme", "x"])
def test_a_reference_is_no_number_of_a_person_and_no_opinion(client: FlaskClient, tom: Person, reference: str) -> None:
    told = {
        "trainee": "yes",
        "reference": reference,
        "derogation_until": "2027-08-31",
        "medical_opinion_on": "2026-09-01",
    }
    assert send(client, tom, "stagiaire", **told).status_code == 422


def test_a_minor_trainee_loses_the_bookings_that_need_a_derogation(client: FlaskClient, session: Session) -> None:
    fablab, day, tom = make_fablab(), date(2026, 11, 25), make_minor("Tom")
    make_shift(make_staff(), fablab.place, on(day, "13:30"), on(day, "18:00"))
    machine = make_machine(fablab, "LAS-01", regulated_work=True)
    give_badge(tom, make_badge())
    make_authorisation(tom, "machines")
    booking = make_booking(machine, slot("14:00", "15:00", day), tom)
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    told = {"reference": "73-2026-014", "derogation_until": "2027-08-31", "medical_opinion_on": "2026-09-01"}
    assert send(client, tom, "stagiaire", trainee="yes", **told).status_code == 302
    session.expire_all()
    assert session.get_one(Booking, booking.id).status == "confirmed"
    assert "Dérogation 73-2026-014" in client.get(f"/jeunes/{tom.public_id}").text
    outcome = actions_papers.record_traineeship(tom, Trainee(True), make_staff(), NOW)
    assert [one.id for one in outcome.cancelled] == [booking.id]
    assert "Sans dérogation" in client.get(f"/jeunes/{tom.public_id}").text


def test_the_number_to_call_is_two_taps_from_a_session(client: FlaskClient, count_statements: Statements) -> None:
    group = make_group()
    for name in ("Inès", "Tom", "Lina"):
        person = make_young(name, "Perrin")
        enrol(person, group)
        if name != "Lina":
            make_contact(person)
    lesson = make_session(group)
    log_in(client, make_staff())
    page = BeautifulSoup(client.get(f"/seances/{lesson.public_id}").text, "html.parser")
    link = page.find("a", string=lambda words: bool(words and "Urgences" in words)) or page.select_one(
        "a[href$=contacts]"
    )
    assert link is not None
    count_statements.clear()
    answer = client.get(f"/seances/{lesson.public_id}/contacts")
    assert answer.text.count('href="tel:0612345678"') == 2
    assert answer.text.count("Aucun contact") == 1
    assert len(count_statements) <= 12
    log_in(client, make_staff("Rose", roles=(Role.RECEPTION,)))
    assert client.get(f"/seances/{lesson.public_id}/contacts").status_code == 403


def test_the_guardian_is_called_when_no_emergency_contact_is_known(client: FlaskClient) -> None:
    group, tom = make_group(), make_minor("Tom")
    enrol(tom, group)
    make_contact(tom, "guardian", phone="0611111111", link="mother")
    log_in(client, make_staff())
    assert 'href="tel:0611111111"' in client.get(f"/seances/{make_session(group).public_id}/contacts").text


def test_a_trainee_of_age_needs_no_derogation(client: FlaskClient, session: Session) -> None:
    kenny = make_young("Kenny")
    make_trainee(kenny)
    outcome = actions_papers.record_traineeship(kenny, Trainee(True), make_staff(), NOW)
    assert not outcome.cancelled
