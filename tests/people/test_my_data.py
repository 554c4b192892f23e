"""«Mes données»: all that is held, who opened the file, the copy, a request, an agreement taken back."""

import json
from datetime import date, time, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from fablab.db import Model, transaction
from fablab.home import my_data
from fablab.home.my_data_sections import SECTIONS
from fablab.outbox import tell
from fablab.people import actions, actions_file, actions_rights
from fablab.people.actions_file import FollowUpFacts
from fablab.people.models import Authorisation, FollowUp, Person
from fablab.people.models_rights import DataRequest, FileEnding, FileOpening
from fablab.people.rules_agreements import refusals
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_waiting
from machines.actions_repair import report
from machines.models import Machine
from machines.models_care import CareLine
from machines.models_use import MachineUse
from machines.values_repair import Report
from pathways import actions_requests
from pathways.models import Enrolment, EnrolmentPaper, ExitCheck, ExitSituation, Group, Outreach, Visit
from pathways.upkeep_evidence import Piece
from tests.conftest import NOW, Statements
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_evidence import make_piece
from tests.make_file import make_contact, make_structure, make_trainee
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import attend, enrol, make_competency, make_group, make_session, validate

DAY = date(2026, 11, 25)


def busy_minor(client: FlaskClient) -> tuple[Person, Booking]:
    """A minor with a bit of everything, in their own browser."""
    fablab, tom = make_fablab(), make_minor("Tom")
    make_shift(make_staff(), fablab.place, on(DAY, "13:30"), on(DAY, "18:00"))
    machine = make_machine(fablab, "VIN-01", simple_name="La découpe vinyle")
    give_badge(tom, make_badge())
    make_authorisation(tom, "machines")
    booking = make_booking(machine, slot("14:00", "15:00", DAY), tom)
    enrol(tom, make_group())
    validate(tom, {"MAC-01": 2})
    make_contact(tom)
    make_trainee(tom)
    log_in(client, tom)
    actions_requests.ask_to_be_seen(tom, make_competency("NUM-09"), 2, "J’y arrive.", NOW)
    return tom, booking


def copy(client: FlaskClient, kind: str = "json") -> Any:
    return client.post("/mes-donnees/copie", data={"format": kind})


def test_i_see_all_that_is_held_and_take_it_away(client: FlaskClient) -> None:
    tom, _booking = busy_minor(client)
    page = client.get("/mes-donnees").text
    held = json.loads(copy(client).data)
    readable = copy(client, "html")
    for words in (
        "Perrin",
        str(tom.handle),
        "Rosa Perrin",
        "06\u00a012\u00a034\u00a056\u00a078",
        "La découpe vinyle",
        "Nadia Perrin",
    ):
        assert words in page
        assert words in json.dumps(held, ensure_ascii=False)
        assert words in readable.text
    assert "<strong>Date de naissance</strong> – 3 mai 2010" in readable.text
    assert set(held) == {"house", "made_at"} | {key for key, _title, _make in SECTIONS}
    assert readable.headers["Content-Disposition"] == 'attachment; filename="mes-donnees.html"'
    assert readable.headers["Cache-Control"] == "no-store"
    assert copy(client, "xlsx").status_code == 400


def test_every_section_says_what_it_holds(client: FlaskClient, session: Session) -> None:
    tom, booking = busy_minor(client)
    report(
        session.get_one(Machine, booking.resource_id), Report("wear", "La lame est usée.", False, "k"), None, tom, NOW
    )
    actions_waiting.join(tom, session.get_one(Machine, booking.resource_id), DAY + timedelta(days=1), 30, NOW)
    nadia = make_staff("Nadia", roles=(Role.COORDINATOR,))
    facts = FollowUpFacts({"gender": "male", "commune": "La Ravoire"}, make_structure().public_id)
    actions_file.record_follow_up(tom, facts, nadia, NOW)
    lesson = make_session(session.scalars(select(Group)).one())
    attend(lesson, tom, status="late")
    with transaction() as writing:
        paper = {"paper": "registration_form", "received_on": DAY, "recorded_at": NOW, "recorded_by_id": nadia.id}
        visit = {"arrived_at": NOW, "arrival_by_id": nadia.id}
        writing.add(Visit(person_id=tom.id, **visit))
        use = {"ticked": [], "planned_end": booking.ends_at, "started_at": NOW, "started_by_id": nadia.id}
        writing.add(MachineUse(booking_id=booking.id, **use))
        enrolment = writing.scalars(select(Enrolment.id)).first()
        writing.add(EnrolmentPaper(enrolment_id=enrolment, **paper))
        writing.add(Outreach(enrolment_id=enrolment, outcome="no_answer", at=NOW, by_id=nadia.id))
        writing.add(ExitSituation(code="training", label="En formation", positive=True, group="training"))
        writing.flush()
        told = {"step": "w0", "situation_code": "training", "told_on": DAY, "at": NOW, "by_id": nadia.id}
        writing.add(ExitCheck(enrolment_id=enrolment, **told))
        writing.add(FileEnding(person_id=tom.id, listed_on=DAY))
    validate(tom, {"SEC-01": 2}, at=NOW)
    make_piece(tom, piece=Piece("link", "Mon plan", "https://example.org/plan"))
    actions_rights.ask(tom, "erasure", "", NOW)
    actions_rights.note_opening(tom, nadia, NOW)
    actions.renew_card(tom, nadia, NOW)
    with transaction() as writing:
        tell(writing, writing.get_one(Person, tom.id), "data-answered", key="k", now=NOW, said="Fait.")
        writing.add(FollowUp(person_id=tom.id, referent_id=nadia.id, since=DAY))
        line = {"words": "Plateau propre.", "written_at": NOW, "written_by_id": tom.id, "request_key": "log"}
        writing.add(CareLine(machine_id=booking.resource_id, **line))
    log_in(client, tom)
    held = json.loads(copy(client).data)
    assert [key for key, _title, _make in SECTIONS if not held[key]] == []
    assert client.get("/mes-donnees").status_code == 200


#: tables with a column that names a person, which say nothing of a young person, and why
NOT_MINE = {
    "recovery_code": "the team's second step", "second_factor": "the team's second step",
    "structure_contact": "adults of organisations", "validator_right": "the team's rights", "shift": "the team's hours",
    "shift_pattern": "the team's hours", "session_lead": "the team's sessions", "role_grant": "said by the identity",
    "person_word": "the same names, for the search", "mastery": "counted again from the validations",
}  # fmt: skip


def test_no_table_about_a_person_is_forgotten_by_the_copy() -> None:
    gathered = " ".join(f"{make.__code__.co_names} {make.__code__.co_consts}" for _key, _title, make in SECTIONS)
    lacking = []
    for mapper in Model.registry.mappers:
        table = str(mapper.local_table)
        about = {"person_id", "holder_id"} & {column.key for column in inspect(mapper).columns}
        by_helper = {"file_opening", "data_request", "follow_up", "calendar_feed"}
        if about and table not in NOT_MINE and table not in by_helper and mapper.class_.__name__ not in gathered:
            lacking.append(table)
    assert lacking == [], "add it to SECTIONS, or say in NOT_MINE why it is nothing of theirs"


def test_the_page_reads_a_bounded_number_of_times(client: FlaskClient, count_statements: Statements) -> None:
    tom, _booking = busy_minor(client)
    client.get("/mes-donnees")
    log_in(client, tom)
    count_statements.clear()
    client.get("/mes-donnees")
    few = len(count_statements)
    for _turn in range(5):
        make_contact(tom)
    log_in(client, tom)
    count_statements.clear()
    client.get("/mes-donnees")
    assert len(count_statements) <= few
    assert few <= 40


def test_i_see_who_opened_my_file_once_a_day_each(client: FlaskClient, session: Session) -> None:
    tom, samir = make_minor("Tom"), make_staff("Samir", "Haddad")
    log_in(client, samir)
    for _turn in range(3):
        client.get(f"/jeunes/{tom.public_id}")
    with time_machine.travel(NOW + timedelta(hours=5), tick=False):
        client.get(f"/jeunes/{tom.public_id}")
    assert len(session.scalars(select(FileOpening)).all()) == 1
    log_in(client, tom)
    assert "Samir H." in client.get("/mes-donnees").text


def test_openings_are_known_for_a_year(app: Flask, session: Session) -> None:
    tom = make_minor("Tom")
    actions_rights.note_opening(tom, make_staff(), NOW)
    assert actions_rights.forget_openings(DAY + timedelta(days=364)) == 0
    assert actions_rights.forget_openings(DAY + timedelta(days=366)) == 1


def test_i_ask_a_correction_the_coordination_answers_and_i_am_told(client: FlaskClient, session: Session) -> None:
    tom = make_minor("Tom")
    log_in(client, tom)
    asked = {"kind": "correction", "text": "Mon nom s’écrit Perin."}
    assert client.post("/mes-donnees/demande", data={"kind": "correction", "text": ""}).status_code == 422
    assert client.post("/mes-donnees/demande", data=asked).status_code == 302
    assert "déjà demandé" in client.post("/mes-donnees/demande", data=asked).text
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    assert "Tom P." in client.get("/demandes").text
    found = session.scalars(select(DataRequest)).one()
    where = f"/demandes/{found.public_id}"
    assert "s’écrit Perin" in client.get(where).text
    assert client.post(where, data={"text": ""}).status_code == 422
    assert client.post(where, data={"text": "Corrigé le 24 novembre."}).status_code == 302
    assert client.post(where, data={"text": "Encore."}).status_code == 422, "answered once"
    assert "Aucune demande" in client.get("/demandes").text
    log_in(client, tom)
    assert "Corrigé le 24 novembre." in client.get("/").text
    assert "Corrigé le 24 novembre." in client.get("/mes-donnees").text


@pytest.mark.parametrize(("kind", "code"), [("photos", "kind"), ("correction", "text_missing")])
def test_what_cannot_be_asked(app: Flask, kind: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        actions_rights.ask(make_young(), kind, "", NOW)


def test_an_agreement_is_taken_back_in_one_click_and_what_rested_on_it_ends(
    client: FlaskClient, session: Session
) -> None:
    tom, booking = busy_minor(client)
    paper = session.scalars(select(Authorisation).where(Authorisation.person_id == tom.id)).one()
    said = client.post(f"/mes-donnees/accords/{paper.id}/retirer", follow_redirects=True).text
    assert f'action="/mes-donnees/accords/{paper.id}/remettre"' in said
    session.expire_all()
    assert paper.withdrawn_at == NOW
    assert booking.status == "cancelled"
    other = make_authorisation(make_minor("Lina"), "machines")
    assert client.post(f"/mes-donnees/accords/{other.id}/retirer").status_code == 404
    assert client.post(f"/mes-donnees/accords/{other.id}/remettre").status_code == 404


def test_an_agreement_withdrawn_by_mistake_is_put_back_by_me_the_same_day_and_by_nobody_else(
    client: FlaskClient, session: Session
) -> None:
    tom, _booking = busy_minor(client)
    paper = session.scalars(select(Authorisation).where(Authorisation.person_id == tom.id)).one()
    client.post(f"/mes-donnees/accords/{paper.id}/retirer")
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    assert f"/autorisations/{paper.id}/remettre" not in client.get(f"/jeunes/{tom.public_id}").text
    log_in(client, tom)
    assert "Accord remis." in client.post(f"/mes-donnees/accords/{paper.id}/remettre", follow_redirects=True).text
    session.expire_all()
    assert paper.withdrawn_at is None
    client.post(f"/mes-donnees/accords/{paper.id}/retirer")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        log_in(client, tom)
        assert "le jour même" in client.post(f"/mes-donnees/accords/{paper.id}/remettre", follow_redirects=True).text
    session.expire_all()
    assert paper.withdrawn_at == NOW


def test_taking_back_photos_asks_the_team_to_delete_them(client: FlaskClient, session: Session) -> None:
    tom = make_minor("Tom", photos_allowed=True)
    paper = make_authorisation(tom, "image", valid_until=date(2027, 8, 31))
    log_in(client, tom)
    client.post(f"/mes-donnees/accords/{paper.id}/retirer")
    session.expire_all()
    assert tom.photos_allowed is False
    assert [one.kind for one in session.scalars(select(DataRequest))] == ["photos"]
    assert "Plus de photos de moi" in client.get("/mes-donnees").text
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    assert "Effacer les photos" in client.get("/demandes").text


def test_a_yes_said_at_the_desk_is_taken_back_too(client: FlaskClient, session: Session) -> None:
    kenny = make_young("Kenny", photos_allowed=True)
    log_in(client, kenny)
    assert "photos/refuser" in client.get("/mes-donnees").text
    client.post("/mes-donnees/photos/refuser")
    client.post("/mes-donnees/photos/refuser")
    session.expire_all()
    assert kenny.photos_allowed is False
    assert len(session.scalars(select(DataRequest)).all()) == 1


@pytest.mark.parametrize(
    ("kind", "link", "birth", "until", "codes"),
    [
        ("image", "mother", date(2012, 1, 1), date(2028, 11, 23), []),
        ("image", "mother", date(2012, 1, 1), None, ["image_too_long"]),
        ("image", "mother", date(2012, 1, 1), date(2028, 11, 30), ["image_too_long"]),
        ("online_badge", "self", date(2011, 11, 24), None, []),
        ("online_badge", "self", date(2011, 11, 25), None, ["self_too_young"]),
        ("machines", "self", date(2010, 1, 1), None, ["self_too_young"]),
        ("image", "self", date(2008, 11, 24), date(2027, 11, 24), []),
        ("outing", "self", None, None, ["self_too_young"]),
    ],
)
def test_who_may_sign_and_for_how_long(
    kind: str, link: str, birth: date | None, until: date | None, codes: list[str]
) -> None:
    assert [refusal.code for refusal in refusals(kind, link, birth, date(2026, 11, 24), until)] == codes


def test_the_desk_records_agreements_of_every_kind(client: FlaskClient, session: Session) -> None:
    tom = make_minor("Tom")
    log_in(client, make_staff())
    told = {
        "signer_name": "Nadia Perrin",
        "signer_link": "mother",
        "signed_on": "2026-11-24",
        "valid_until": "2027-08-31",
    }
    for kind in ("participation", "machines", "outing", "image", "online_badge"):
        assert client.post(f"/jeunes/{tom.public_id}/autorisations", data={**told, "kind": kind}).status_code == 302
    page = client.get(f"/jeunes/{tom.public_id}").text
    assert "Partir en sortie" in page
    assert "Être en photo" in page


def test_a_badge_is_said_to_hold_to_its_last_day(client: FlaskClient) -> None:
    tom = make_minor("Tom")
    give_badge(tom, make_badge(), expires_at=clock.at(date(2027, 11, 25), time()))
    log_in(client, tom)
    for text in (client.get("/mes-donnees").text, copy(client).text, copy(client, "html").text):
        assert "24 novembre 2027" in text
        assert "25 novembre 2027" not in text


def test_a_yes_to_photos_is_one_of_my_agreements(client: FlaskClient) -> None:
    tom = make_minor("Tom")
    with transaction() as session:
        session.merge(tom).photos_allowed = True
    log_in(client, tom)
    page = BeautifulSoup(client.get("/mes-donnees").text, "html.parser")
    titles = [one.text.strip() for one in page.select("h2, summary") if "accords" in one.text]
    assert titles == ["Mes accords", "Tous mes accords, ceux d’avant compris (1)"]


def test_every_section_is_shown_under_one_subject() -> None:
    listed = [key for _title, _inside, keys in my_data.SUBJECTS for key in keys]
    assert sorted(listed) == sorted(key for key, _title, _make in SECTIONS)


def test_the_page_folds_everything_by_subject_and_says_in_a_sentence_what_is_empty(client: FlaskClient) -> None:
    log_in(client, make_minor("Tom"))
    page = BeautifulSoup(client.get("/mes-donnees").text, "html.parser")
    assert len(page.select("#dossier > .folds > details")) == len(my_data.SUBJECTS)
    assert not page.select("details[open]")
    assert not [one for one in page.select("summary") if "(0)" in one.text]
    assert "Rien dans : Mes réservations" in page.text.replace("\u00a0", " ")
