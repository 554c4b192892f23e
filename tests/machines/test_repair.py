"""Problems of machines: told by anybody at the machines, repaired by the team; the state that follows from them."""

import io
import secrets
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.models import Booking
from bookings.upkeep_closures import lay
from bookings.values import Ask, Over
from fablab import kept_files
from fablab.db import transaction
from fablab.home import evidence_files
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions, actions_repair, queries_repair
from machines.models import Machine
from machines.models_repair import Ticket
from machines.values_repair import MOST_WAITING, Report
from tests.conftest import NOW, Statements
from tests.machines.pages import WEDNESDAY, read, text
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_evidence import a_photo, a_photo_piece
from tests.make_machines import Fablab, make_machine


@pytest.fixture
def samir(fablab: Fablab, session: Session) -> Person:
    return make_staff("Sonia")


@pytest.fixture
def booking(ines: Person, vinyl: Machine) -> Booking:
    return engine.book(Ask(vinyl.id, slot("14:00", "15:00", WEDNESDAY), holder_id=ines.id), ines, NOW)


def said(text: str = "La lame ne coupe plus.", *, hazard: bool = False, key: str | None = None) -> Report:
    return Report("wear", text, hazard, key or secrets.token_hex(16))


def state(session: Session, machine: Machine) -> str:
    found = queries_repair.troubles(session, [machine.id], NOW).get(machine.id)
    return found.state if found else "free"


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.refusals]


# --- what is wrong, deduced ----------------------------------------------------------------------


def test_a_problem_told_by_a_young_person_leaves_the_machine_in_use_and_to_check(
    session: Session, vinyl: Machine, ines: Person, booking: Booking
) -> None:
    actions_repair.report(vinyl, said(hazard=True), None, ines, NOW)
    assert (state(session, vinyl), booking.suspended) == ("to_check", False)


def test_a_planned_closure_of_a_machine_is_its_maintenance_and_a_breakdown_is_worse(
    session: Session, vinyl: Machine, samir: Person
) -> None:
    with transaction() as writing:
        lay(writing, Over("Graissage", NOW, NOW + timedelta(hours=4), resource_id=vinyl.id), samir, NOW)
    actions_repair.report(vinyl, said(), None, samir, NOW)
    assert state(session, vinyl) == "maintenance"
    actions_repair.report_grave(vinyl, said(), None, None, samir, NOW)
    assert state(session, vinyl) == "broken"


def test_the_state_of_all_machines_is_one_statement(
    session: Session, fablab: Fablab, vinyl: Machine, ines: Person, count_statements: Statements
) -> None:
    other = make_machine(fablab, "LAS-01")
    actions_repair.report(vinyl, said(), None, ines, NOW)
    actions_repair.report(other, said(), None, ines, NOW)
    ids = [vinyl.id, other.id]
    count_statements.clear()
    found = queries_repair.troubles(session, ids, NOW)
    assert ({one.state for one in found.values()}, len(count_statements)) == ({"to_check"}, 1)


# --- grave ---------------------------------------------------------------------------------------


def test_a_grave_problem_stops_the_machine_and_its_people_are_told(
    session: Session, vinyl: Machine, ines: Person, booking: Booking, samir: Person
) -> None:
    back = WEDNESDAY + timedelta(days=5)
    reported = actions_repair.report_grave(vinyl, said("Le moteur fume."), None, back, samir, NOW)
    assert reported.laid is not None
    assert [one.id for one in reported.laid.suspended] == [booking.id]
    assert (reported.ticket.closure_id, reported.laid.closure.expected_back) == (reported.laid.closure.id, back)
    assert (booking.suspended, booking.status) == (True, "confirmed")
    told = session.scalars(select(Message).where(Message.person_id == ines.id)).all()
    assert any("Le moteur fume." in one.text for one in told)


def test_a_forecast_in_the_past_changes_nothing(session: Session, vinyl: Machine, samir: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions_repair.report_grave(vinyl, said(), None, date(2026, 11, 23), samir, NOW)
    assert codes(refused) == ["back_before"]
    assert (state(session, vinyl), session.scalars(select(Ticket)).all()) == ("free", [])


def test_what_may_hurt_somebody_is_grave_when_the_team_says_it(vinyl: Machine, samir: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions_repair.report(vinyl, said(hazard=True), None, samir, NOW)
    assert codes(refused) == ["hazard_is_grave"]


def test_a_second_grave_problem_keeps_the_machine_out_until_both_are_repaired(
    session: Session, vinyl: Machine, booking: Booking, samir: Person
) -> None:
    first = actions_repair.report_grave(vinyl, said(), None, None, samir, NOW)
    second = actions_repair.report_grave(vinyl, said("La courroie glisse."), None, None, samir, NOW)
    assert (second.laid, second.ticket.closure_id) == (None, first.ticket.closure_id)
    assert actions_repair.repair(first.ticket, "Lame changée.", samir, NOW).lifted is None
    assert state(session, vinyl) == "broken"
    repaired = actions_repair.repair(second.ticket, "Courroie tendue.", samir, NOW)
    assert repaired.lifted is not None
    assert [one.id for one in repaired.lifted.waiting] == [booking.id]
    assert (state(session, vinyl), booking.suspended) == ("free", True)  # nothing comes back by itself


def test_put_back_by_hand_the_machine_still_has_its_problem(session: Session, vinyl: Machine, samir: Person) -> None:
    actions_repair.report_grave(vinyl, said(), None, None, samir, NOW)
    actions.back_in_service(vinyl, samir, NOW)
    assert state(session, vinyl) == "to_check"


# --- once, not too many, and back ----------------------------------------------------------------


def test_a_form_sent_twice_is_one_problem_and_serves_nobody_else(
    session: Session, vinyl: Machine, ines: Person, samir: Person
) -> None:
    once = said()
    first, second = (actions_repair.report(vinyl, once, None, ines, NOW) for _time in range(2))
    assert first.id == second.id
    for verb in (
        lambda: actions_repair.report(vinyl, once, None, samir, NOW),
        lambda: actions_repair.report_grave(vinyl, once, None, None, samir, NOW),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert codes(refused) == ["form_used"]
    assert len(session.scalars(select(Ticket)).all()) == 1


def test_a_grave_form_sent_twice_stops_the_machine_once(vinyl: Machine, samir: Person) -> None:
    once = said()
    actions_repair.report_grave(vinyl, once, None, None, samir, NOW)
    assert actions_repair.report_grave(vinyl, once, None, None, samir, NOW).laid is None


def test_a_young_person_has_so_many_problems_waiting_at_most(vinyl: Machine, ines: Person, samir: Person) -> None:
    told = [actions_repair.report(vinyl, said(), None, ines, NOW) for _one in range(MOST_WAITING)]
    with pytest.raises(Refused) as refused:
        actions_repair.report(vinyl, said(), None, ines, NOW)
    assert codes(refused) == ["reports_waiting"]
    actions_repair.repair(told[0], "Lame changée.", samir, NOW)
    actions_repair.report(vinyl, said(), None, ines, NOW)


def test_a_problem_is_repaired_once_and_opened_again_the_same_day_only(
    session: Session, vinyl: Machine, ines: Person, samir: Person
) -> None:
    ticket = actions_repair.report(vinyl, said(), None, ines, NOW)
    with pytest.raises(Refused) as refused:
        actions_repair.reopen(ticket, samir, NOW)
    assert codes(refused) == ["ticket_open"]
    actions_repair.repair(ticket, "Lame changée.", samir, NOW)
    with pytest.raises(Refused) as refused:
        actions_repair.repair(ticket, "Encore.", samir, NOW)
    assert (codes(refused), ticket.done) == (["ticket_closed"], "Lame changée.")
    with pytest.raises(Refused) as refused:
        actions_repair.reopen(ticket, samir, NOW + timedelta(days=1))
    assert codes(refused) == ["ticket_old"]
    actions_repair.reopen(ticket, samir, NOW)
    assert (state(session, vinyl), ticket.done, ticket.closed_by_id) == ("to_check", None, None)


# --- photos --------------------------------------------------------------------------------------


def test_the_photo_of_a_problem_is_kept_with_it_and_gone_when_it_is_refused(
    session: Session, vinyl: Machine, ines: Person, samir: Person
) -> None:
    ticket = actions_repair.report(vinyl, said(), a_photo_piece("La lame"), ines, NOW)
    assert ticket.file_key is not None
    assert kept_files.path_of(ticket.file_key, "small").exists()
    assert evidence_files.apart(session, NOW + timedelta(days=2)).without_row == ()
    before = {key for key, _at in kept_files.everything()}
    with pytest.raises(Refused):
        actions_repair.report(vinyl, said(hazard=True), a_photo_piece("La lame"), samir, NOW)
    assert {key for key, _at in kept_files.everything()} == before


# --- pages ---------------------------------------------------------------------------------------


def form_of(client: FlaskClient, address: str) -> dict[str, str]:
    page = read(client, address)
    key = page.select_one("main input[name=key]")
    assert key is not None
    return {"key": str(key["value"]), "text": "La lame ne coupe plus.", "cause": "wear"}


def test_a_young_person_tells_a_problem_from_the_machines_page(phone: FlaskClient, session: Session) -> None:
    assert read(phone, "/reserver/VIN-01").select_one('main a[href="/reserver/VIN-01/fiche"]') is not None
    assert read(phone, "/reserver/VIN-01/fiche").select_one('main a[href="/reserver/VIN-01/signaler"]') is not None
    page = read(phone, "/reserver/VIN-01/signaler")
    assert page.select_one("input[name=severity]") is None
    answer = phone.post("/reserver/VIN-01/signaler", data=form_of(phone, "/reserver/VIN-01/signaler"))
    assert (answer.status_code, answer.location) == (303, "/reserver/VIN-01")
    assert "C’est signalé. L’équipe va vérifier." in text(read(phone, "/reserver/VIN-01"))
    assert session.scalars(select(Ticket.severity)).all() == ["to_check"]
    assert "La lame ne coupe plus." in text(read(phone, "/mes-donnees"))


def test_a_photo_goes_with_it_drawn_anew_and_only_the_team_sees_it(
    client: FlaskClient, ines: Person, samir: Person, session: Session
) -> None:
    log_in(client, ines)
    sent: dict[str, Any] = form_of(client, "/reserver/VIN-01/signaler")
    sent["photo"] = (io.BytesIO(a_photo()), "IMG.jpg")
    assert client.post("/reserver/VIN-01/signaler", data=sent).status_code == 303
    ticket = session.scalars(select(Ticket)).one()
    address = f"/machines/problemes/{ticket.public_id}/photo/petite"
    assert client.get(address).status_code == 403
    log_in(client, samir)
    seen = client.get(address)
    assert (seen.mimetype, b"Exif" in seen.data) == ("image/jpeg", False)
    assert Image.open(io.BytesIO(seen.data)).size[0] <= 480
    assert client.get(address.replace("petite", "autre")).status_code == 404


def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(
    client: FlaskClient, vinyl: Machine, samir: Person
) -> None:
    log_in(client, samir)
    sent = form_of(client, "/machines/VIN-01/signaler") | {"cause": ""}
    answer = client.post("/machines/VIN-01/signaler", data=sent)
    page = BeautifulSoup(answer.text, "html.parser")
    kept = page.select_one("input[name=text]")
    assert answer.status_code == 422
    assert kept is not None
    assert kept["value"] == "La lame ne coupe plus."
    assert len(page.select("p.error")) == 2  # where it comes from, and whether the machine stops


def test_the_team_stops_a_machine_and_repairs_it_seeing_what_waits(
    client: FlaskClient, vinyl: Machine, booking: Booking, samir: Person, session: Session
) -> None:
    log_in(client, samir)
    sent = form_of(client, "/machines/VIN-01/signaler") | {"severity": "grave", "hazard": "y", "back_on": "2026-12-01"}
    assert client.post("/machines/VIN-01/signaler", data=sent).location == "/machines/VIN-01"
    assert "1 réservation en attente" in text(read(client, "/machines/VIN-01"))
    ticket = session.scalars(select(Ticket)).one()
    page = text(read(client, f"/machines/problemes/{ticket.public_id}"))
    assert "Danger" in page
    assert "Rien ne revient tout seul" in page
    assert "Inès B." in page
    answer = client.post(f"/machines/problemes/{ticket.public_id}", data={"done": "Moteur changé, essai fait."})
    assert answer.location == "/machines/VIN-01"
    page = text(read(client, "/machines/VIN-01"))
    assert "Problème réglé. En service. 1 réservation à remettre." in page
    assert "Moteur changé, essai fait." in page
    assert client.post(f"/machines/problemes/{ticket.public_id}/rouvrir").status_code == 303
    assert "Aucun problème signalé" not in text(read(client, "/machines/VIN-01"))


def test_a_problem_is_on_the_facilitators_day_and_in_the_list(
    client: FlaskClient, vinyl: Machine, ines: Person, samir: Person
) -> None:
    actions_repair.report(vinyl, said(), None, ines, NOW)
    log_in(client, samir)
    assert "La découpe vinyle À vérifier La lame ne coupe plus." in text(read(client, "/"))
    assert "À vérifier La lame ne coupe plus." in text(read(client, "/machines"))


def test_the_pages_of_problems_ask_a_bounded_number_of_statements(
    client: FlaskClient, vinyl: Machine, ines: Person, samir: Person, count_statements: Statements
) -> None:
    for _one in range(4):
        ticket = actions_repair.report(vinyl, said(), None, ines, NOW)
    log_in(client, samir)
    for address in ("/machines/VIN-01", "/machines/VIN-01/signaler", f"/machines/problemes/{ticket.public_id}"):
        client.get(address)
        count_statements.clear()
        assert client.get(address).status_code == 200
        assert len(count_statements) <= 10, (address, count_statements)
