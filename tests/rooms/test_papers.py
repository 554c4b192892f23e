"""The papers of organisations: sent, looked at, renewed; what they open, what they suspend, what comes back."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bookings import actions as engine_actions
from bookings.models import Booking, Claim, Place
from bookings.values import Ask
from fablab import kept_files, outbox
from fablab.home import evidence_files
from fablab.journal import JournalEntry
from fablab.outbox import Letter, Message
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from fablab.refusals import Refused
from rooms import actions, actions_papers, jobs, queries_papers
from rooms.models import Room
from rooms.models_papers import StructureCondition, StructurePaper
from tests.conftest import NOW, Statements
from tests.home import given
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_evidence import a_photo
from tests.make_pathways import make_group
from tests.make_rooms import lend, make_contact_of, make_room, make_tenant

PDF = b"%PDF-1.7\n% a paper\n"
DAY = date(2026, 12, 15)
LIST = "/structures/papiers"


@pytest.fixture(autouse=True)
def folder(app: Flask) -> Iterator[Path]:
    """The folder of files, empty before and after: rows are undone after a test, files are not."""
    kept_files.remove([key for key, _written in kept_files.everything()])
    yield kept_files.folder()
    kept_files.remove([key for key, _written in kept_files.everything()])


@pytest.fixture
def choir(dynamo: Place) -> Structure:
    """An association whose convention is to sign, insured until Christmas."""
    return make_tenant(agreement="to_sign", insurance_until=date(2026, 12, 25))


@pytest.fixture
def solene(choir: Structure) -> Person:
    """She acts for the choir."""
    return make_contact_of(choir)


@pytest.fixture
def nadia() -> Person:
    """She coordinates."""
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def page_of(structure: Structure) -> str:
    return f"/structures/{structure.public_id}/papiers"


def sends(client: FlaskClient, of: Structure, kind: str, until: str, file: bytes = PDF, name: str = "a.pdf",
          key: str = "k1") -> TestResponse:  # fmt: skip
    data = {"kind": kind, "until": until, "key": key, "file": (BytesIO(file), name)}
    return client.post(page_of(of), data=data, content_type="multipart/form-data")


def papers(session: Session) -> list[StructurePaper]:
    session.rollback()
    return list(session.scalars(select(StructurePaper).order_by(StructurePaper.id)))


def act(client: FlaskClient, paper: StructurePaper, what: str, **data: str) -> TestResponse:
    return client.post(f"/structures/papiers/{paper.public_id}/{what}", data=data)


def text(client: FlaskClient, address: str) -> str:
    return given.text(client, address).replace("\u00a0", " ")


def held(session: Session, booking: Booking) -> tuple[bool, bool]:
    session.rollback()
    claims = session.scalars(select(Claim.holds).where(Claim.booking_id == booking.id)).all()
    return session.get_one(Booking, booking.id).suspended, any(claims)


def test_a_contact_sends_a_convention_the_coordination_accepts_it_and_rooms_are_confirmed_at_once(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person, nadia: Person
) -> None:
    log_in(client, solene)
    assert page_of(choir) in client.get("/").text
    assert sends(client, choir, "convention", "2027-08-31").status_code == 303
    sends(client, choir, "convention", "2027-08-31")  # sent twice, there once
    [paper] = papers(session)
    assert (paper.answer, paper.sent_by_id, paper.file_name) == (None, solene.id, "a.pdf")
    assert "À contrôler" in text(client, page_of(choir))
    asked = Ask(leysse.id, slot("17:00", "19:00", DAY), kind="rental", structure_id=choir.id, headcount=8)
    assert actions.lend(asked, solene, NOW).status == "requested"  # sent is not looked at
    make_group()
    log_in(client, nadia)
    assert "1 papier de structure à contrôler" in text(client, "/")
    assert f'href="{page_of(choir)}"' in client.get(LIST).text
    looked = text(client, f"/structures/papiers/{paper.public_id}/accepter")
    assert 'value="2027-08-31"' in looked
    assert act(client, paper, "accepter", until="2027-06-30").status_code == 303
    assert papers(session)[0].covers_until == date(2027, 6, 30)
    later = Ask(leysse.id, slot("19:00", "20:00", DAY), kind="rental", structure_id=choir.id, headcount=8)
    assert actions.lend(later, solene, NOW).status == "confirmed"
    [told] = session.scalars(select(Message).where(Message.notice == "paper-answered"))
    assert (told.person_id, "papier accepté" in told.text, told.link) == (solene.id, True, page_of(choir))


def test_a_paper_that_will_not_do_is_refused_with_a_reason_and_looked_at_again(
    client: FlaskClient, session: Session, choir: Structure, solene: Person, nadia: Person
) -> None:
    log_in(client, solene)
    sends(client, choir, "insurance", "2027-08-31", a_photo(), "certificat.png")
    [paper] = papers(session)
    assert paper.file_name == "certificat.jpg"
    log_in(client, nadia)
    answer = act(client, paper, "refuser")
    assert (answer.status_code, "Choisir une raison." in answer.text) == (422, True)
    assert act(client, paper, "refuser", reason="not_signed").status_code == 303
    answer = act(client, paper, "accepter", until="2027-08-31")
    assert (answer.status_code, "Ce papier a déjà une réponse" in answer.text) == (422, True)
    act(client, paper, "rouvrir")
    assert papers(session)[0].answer is None
    assert act(client, paper, "accepter", until="2027-08-31").status_code == 303
    log_in(client, solene)
    assert "Ce papier" not in text(client, page_of(choir))
    [first, second] = session.scalars(select(Message).where(Message.notice == "paper-answered").order_by(Message.id))
    assert ("Il n’est pas signé." in first.text, "accepté" in second.text) == (True, True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "", "until": "2027-08-31"}, "Choisir un papier."),
        ({"kind": "insurance", "until": ""}, "Écrire la date de fin"),
        ({"kind": "insurance", "until": "2026-11-23"}, "Ce papier est fini"),
        ({"kind": "insurance", "until": "2027-08-31", "file": b"hello", "name": "a.pdf"}, "n’est pas un vrai fichier"),
        ({"kind": "insurance", "until": "2027-08-31", "file": b"hello", "name": "a.png"}, "n’est pas une photo"),
        ({"kind": "insurance", "until": "2027-08-31", "file": b"", "name": ""}, "Choisir un fichier."),
    ],
)
def test_a_paper_that_cannot_be_taken_is_said_beside_its_field_and_leaves_no_file(
    client: FlaskClient, session: Session, choir: Structure, solene: Person, fields: dict[str, str], said: str
) -> None:
    log_in(client, solene)
    answer = sends(client, choir, **fields)  # type: ignore[arg-type]  # one set of fields a case
    assert (answer.status_code, said in answer.text) == (422, True)
    assert papers(session) == []
    assert list(kept_files.everything()) == []


def test_a_form_sent_twice_keeps_one_paper_and_with_another_file_says_so(
    client: FlaskClient, session: Session, choir: Structure, solene: Person
) -> None:
    log_in(client, solene)
    for _time in (1, 2):
        assert sends(client, choir, "insurance", "2027-08-31").status_code < 400
    another = sends(client, choir, "statutes", "", name="b.pdf")
    assert another.status_code == 422
    assert "Ce formulaire a déjà servi" in another.text
    assert [one.kind for one in papers(session)] == ["insurance"]
    assert len(list(kept_files.everything())) == 1


def test_an_answer_sent_twice_is_one(
    client: FlaskClient, session: Session, choir: Structure, solene: Person, nadia: Person
) -> None:
    log_in(client, solene)
    sends(client, choir, "insurance", "2027-08-31")
    (paper,) = papers(session)
    for _time in (1, 2):
        actions_papers.turn_down(paper, "unreadable", nadia, NOW)
    verbs = session.scalars(select(JournalEntry.verb).where(JournalEntry.thing == "structure_paper"))
    assert verbs.all().count("structure_paper.refuse") == 1


def test_a_wrong_file_is_taken_back_until_somebody_answered_and_goes_from_the_disk(
    client: FlaskClient, session: Session, choir: Structure, solene: Person, nadia: Person
) -> None:
    log_in(client, solene)
    sends(client, choir, "insurance", "2027-08-31")
    sends(client, choir, "insurance", "2027-08-31", key="k2")
    wrong, right = papers(session)
    act(client, wrong, "retirer")
    act(client, wrong, "retirer")
    assert [key for key, _written in kept_files.everything()] == [papers(session)[1].file_key]
    assert client.get(f"/structures/papiers/{wrong.public_id}/fichier").status_code == 404
    log_in(client, nadia)
    act(client, right, "accepter", until="2027-08-31")
    log_in(client, solene)
    answer = client.post(f"/structures/papiers/{right.public_id}/retirer", follow_redirects=True)
    assert "La maison a déjà répondu sur ce papier" in answer.text.replace("\u00a0", " ")
    assert evidence_files.apart(session, NOW + timedelta(days=1)) == evidence_files.Apart((), ())


def test_a_paper_is_read_by_its_organisation_and_the_coordination_only(
    client: FlaskClient, session: Session, choir: Structure, solene: Person, nadia: Person
) -> None:
    log_in(client, solene)
    sends(client, choir, "insurance", "2027-08-31")
    [paper] = papers(session)
    file = f"/structures/papiers/{paper.public_id}/fichier"
    given_back = client.get(file)
    assert (given_back.data, given_back.mimetype) == (PDF, "application/octet-stream")
    assert given_back.headers["Content-Disposition"] == "attachment; filename=a.pdf"
    log_in(client, nadia)
    assert client.get(file).status_code == 200
    log_in(client, make_contact_of(make_tenant("Théâtre"), "Paul"))
    assert [client.get(one).status_code for one in (file, page_of(choir))] == [404, 404]
    assert sends(client, choir, "insurance", "2027-08-31", key="k3").status_code == 404
    log_in(client, make_staff("Inès", roles=(Role.RECEPTION,)))
    assert [client.get(one).status_code for one in (file, page_of(choir), LIST)] == [403, 403, 403]


def test_what_is_granted_before_the_convention_is_confirmed_and_due_and_stands_on_the_list(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person, nadia: Person
) -> None:
    asked = Ask(leysse.id, slot("17:00", "19:00", DAY), kind="rental", structure_id=choir.id, headcount=8)
    booking = engine_actions.approve(actions.lend(asked, solene, NOW), nadia, NOW)
    assert booking.status == "confirmed"
    log_in(client, solene)
    assert "à signer pour ce jour" in text(client, f"/salles/reservations/{booking.public_id}")
    log_in(client, nadia)
    assert "1 date sans" in text(client, LIST)
    sends(client, choir, "convention", "2027-08-31")
    act(client, papers(session)[0], "accepter", until="2027-08-31")
    assert "1 date sans" not in text(client, LIST)
    assert "à signer pour ce jour" not in text(client, f"/salles/reservations/{booking.public_id}")
    assert session.scalars(select(Message).where(Message.notice == "paper-answered")).all() == []  # she sent it herself


def test_an_accepted_insurance_opens_requests_and_an_answer_taken_back_marks_the_dates(
    client: FlaskClient, session: Session, leysse: Room, nadia: Person
) -> None:
    theatre = make_tenant("Théâtre", insurance_until=None)
    when = slot("17:00", "19:00", DAY)
    with pytest.raises(Refused, match="insurance_missing"):
        lend(leysse, theatre, when)
    log_in(client, nadia)
    sends(client, theatre, "insurance", "2027-08-31")
    [paper] = papers(session)
    act(client, paper, "accepter", until="2027-08-31")
    booking = lend(leysse, theatre, when)
    act(client, paper, "rouvrir")
    session.rollback()
    assert session.get_one(Booking, booking.id).attention == "insurance_missing"
    act(client, paper, "accepter", until="2027-08-31")
    session.rollback()
    assert session.get_one(Booking, booking.id).attention is None


def test_dates_over_thirty_days_after_the_insurance_ended_are_suspended_by_a_person_and_given_back(
    client: FlaskClient, session: Session, leysse: Room, nadia: Person
) -> None:
    ended = make_tenant("Théâtre", insurance_until=date(2026, 11, 23))
    paul, why = make_contact_of(ended, "Paul"), "Attestation promise."
    days = [date(2026, 12, 23), date(2026, 12, 29), date(2027, 1, 5)]
    kept, first, second = (
        engine_actions.book(
            Ask(
                leysse.id, slot("17:00", "18:00", day), kind="rental", structure_id=ended.id, headcount=8, override=why
            ),
            nadia,
            NOW,
        )
        for day in days
    )
    log_in(client, nadia)
    assert "2 dates plus de 30 jours après" in text(client, page_of(ended))
    client.post(f"/structures/{ended.public_id}/suspendre")
    client.post(f"/structures/{ended.public_id}/suspendre")  # nothing more to suspend
    assert [held(session, one) for one in (kept, first, second)] == [(False, True), (True, False), (True, False)]
    lend(leysse, make_tenant("Jeux"), slot("17:00", "18:00", days[2]))  # its hour is free for others
    [told] = session.scalars(select(Message).where(Message.notice == "room-set-aside"))
    assert (told.person_id, "2 dates de salles sont suspendues" in told.text) == (paul.id, True)
    sends(client, ended, "insurance", "2027-08-31")
    act(client, papers(session)[0], "accepter", until="2027-08-31")
    answer = client.post(f"/structures/{ended.public_id}/redonner", follow_redirects=True)
    assert "1 date redonnée." in answer.text
    assert "1 date attend encore" in answer.text.replace("\u00a0", " ")
    assert [held(session, one) for one in (kept, first, second)] == [(False, True), (False, True), (True, False)]


def test_an_insured_organisation_is_not_suspended(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    log_in(client, nadia)
    assert "Suspendre ces dates" not in text(client, page_of(choir))
    answer = client.post(f"/structures/{choir.public_id}/suspendre", follow_redirects=True)
    assert "rien à suspendre" in answer.text


def test_a_condition_is_to_check_until_somebody_says_since_when_and_what_shows_it(
    client: FlaskClient, session: Session, dynamo: Place, nadia: Person
) -> None:
    body = make_tenant("Cabinet", kind="private_body")
    log_in(client, nadia)
    assert "accord du comité" in text(client, page_of(body)).lower()
    where = f"/structures/{body.public_id}/conditions/committee_agreement"
    answer = client.post(where, data={"met_on": "2026-11-25", "proof": "Relevé de décisions."})
    assert (answer.status_code, "Cette date est à venir." in answer.text) == (422, True)
    facts = {"met_on": "2026-11-20", "proof": "Relevé de décisions du 20 novembre."}
    assert [client.post(where, data=facts).status_code for _twice in range(2)] == [303, 303]
    assert "Relevé de décisions du 20 novembre." in text(client, page_of(body))
    client.post(f"{where}/reprendre")
    client.post(f"{where}/reprendre")
    session.rollback()
    [row] = session.scalars(select(StructureCondition))
    assert (row.taken_back_by_id, queries_papers.conditions_of(session, body.id)) == (nadia.id, {})
    assert client.get(f"/structures/{body.public_id}/conditions/deposit").status_code == 404


def test_contacts_are_told_sixty_thirty_and_seven_days_before_each_once_and_no_more_once_a_paper_was_sent(
    client: FlaskClient, session: Session, choir: Structure, solene: Person
) -> None:
    def run(day: date) -> str:
        return jobs.warn_of_papers(NOW + (day - NOW.date()))

    assert run(date(2026, 11, 24)) == "1 told"  # 31 days: what was to be said sixty days before
    assert run(date(2026, 11, 24)) == "0 told"
    assert run(date(2026, 11, 25)) == "1 told"
    assert run(date(2026, 12, 17)) == "0 told"
    log_in(client, solene)
    sends(client, choir, "insurance", "2027-12-25")
    assert run(date(2026, 12, 20)) == "0 told"
    letters = session.scalars(select(Letter).where(Letter.notice == "paper-ends")).all()
    assert [(one.person_id, "25 décembre 2026" in one.body) for one in letters] == [(solene.id, True)] * 2


def test_a_paper_that_cannot_be_reminded_of_stops_no_other(
    session: Session, choir: Structure, solene: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dance = make_tenant("Danse", insurance_until=date(2026, 12, 24))
    make_contact_of(dance, "Paul")
    say = outbox.tell

    def fails_once(*args: Any, **more: Any) -> Any:
        if more["who"] == choir.name:
            raise OSError("no words")
        return say(*args, **more)

    monkeypatch.setattr(actions_papers, "tell", fails_once)
    with pytest.raises(ExceptionGroup, match="1 told"):
        jobs.warn_of_papers(NOW)
    monkeypatch.undo()
    assert jobs.warn_of_papers(NOW) == "1 told"
    told = session.scalars(select(Message).where(Message.notice == "paper-ends").order_by(Message.id)).all()
    assert [dance.name in one.text for one in told] == [True, False]


def test_an_insurance_given_with_its_first_day_covers_no_day_before(
    client: FlaskClient, session: Session, leysse: Room, nadia: Person
) -> None:
    theatre = make_tenant("Théâtre", insurance_until=None)
    log_in(client, nadia)
    data = {
        "kind": "insurance",
        "first": "2027-01-01",
        "until": "2027-12-31",
        "key": "k",
        "file": (BytesIO(PDF), "a.pdf"),
    }
    assert client.post(page_of(theatre), data=data, content_type="multipart/form-data").status_code == 303
    [paper] = papers(session)
    assert 'value="2027-01-01"' in client.get(f"/structures/papiers/{paper.public_id}/accepter").text
    answer = act(client, paper, "accepter", first="2028-01-01", until="2027-12-31")
    assert (answer.status_code, "finirait avant de commencer" in answer.text) == (422, True)
    act(client, paper, "accepter", first="2027-01-01", until="2027-12-31")
    assert "Pas commencé" in text(client, page_of(theatre))
    with pytest.raises(Refused, match="insurance_begins"):
        lend(leysse, theatre, slot("17:00", "19:00", DAY))
    lend(leysse, theatre, slot("17:00", "19:00", date(2027, 1, 5)))
    log_in(client, make_contact_of(theatre))
    page = text(client, "/")
    assert ("valable jusqu’au" in page, "valable à partir du 1 janvier 2027" in page.replace("1er", "1")) == (
        False,
        True,
    )


def test_the_pages_of_papers_cost_the_same_however_many_organisations_and_papers(
    client: FlaskClient, session: Session, dynamo: Place, choir: Structure, nadia: Person, count_statements: Statements
) -> None:
    log_in(client, nadia)
    sends(client, choir, "insurance", "2027-12-25")

    def cost() -> list[int]:
        found = []
        for address in (LIST, page_of(choir)):
            client.get(address)
            count_statements.clear()
            assert client.get(address).status_code == 200
            found.append(len(count_statements))
        return found

    before = cost()
    room = make_room(dynamo, "SAL-09")
    for number in range(4):
        other = make_tenant(f"Association {number}")
        lend(room, other, slot(f"{9 + 2 * number:02}:00", f"{10 + 2 * number:02}:00", DAY))
        sends(client, choir, "statutes", "", key=f"s{number}")
    assert cost() == before
    assert max(before) <= 10
