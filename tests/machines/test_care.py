"""Looking after machines: planned by days or hours of use, stopped for, done, noted; Passeurs write in the log."""

import secrets
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.models import Booking, Claim
from bookings.values import Ask, Slot
from fablab import clock
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_care, queries_care, queries_repair, queries_year
from machines.models import Machine
from machines.models_care import Care, CareLine
from machines.values_care import CareWish, Rhythm, due
from tests.conftest import NOW, Statements
from tests.machines.pages import WEDNESDAY, read, text
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_care import STEPS, make_care, write_line
from tests.make_machines import Fablab, make_machine
from tests.make_own_pace import make_passeur

TODAY = clock.local_day(NOW)


@pytest.fixture
def sonia(fablab: Fablab, session: Session) -> Person:
    return make_staff("Sonia")


@pytest.fixture
def care(vinyl: Machine, sonia: Person) -> Care:
    """Last done thirty days ago: it is time."""
    return make_care(vinyl, sonia, last_on=TODAY - timedelta(days=30))


@pytest.fixture
def booking(ines: Person, vinyl: Machine) -> Booking:
    return engine.book(Ask(vinyl.id, slot("14:00", "15:00", WEDNESDAY), holder_id=ines.id), ines, NOW)


def do(care: Care, by: Person, *ticked: str, key: str | None = None) -> actions_care.Done:
    return actions_care.do(care, ticked or STEPS, None, key or secrets.token_hex(16), by, NOW)


def state_of(session: Session, care: Care) -> str:
    found = queries_care.planned_as(session, care, NOW)
    return found.due.state if found else "none"


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.refusals]


# --- when it is time -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rhythm", "days_ago", "used", "expected"),
    [
        (Rhythm(days=30), 0, 0, "later"),
        (Rhythm(days=30), 22, 0, "later"),
        (Rhythm(days=30), 23, 0, "soon"),
        (Rhythm(days=30), 29, 0, "soon"),
        (Rhythm(days=30), 30, 0, "due"),
        (Rhythm(hours=10), 400, 539, "later"),
        (Rhythm(hours=10), 0, 540, "soon"),
        (Rhythm(hours=10), 0, 599, "soon"),
        (Rhythm(hours=10), 0, 600, "due"),
        (Rhythm(30, 10), 1, 600, "due"),
        (Rhythm(30, 10), 30, 0, "due"),
        (Rhythm(30, 10), 1, 10, "later"),
    ],
)
def test_it_is_time_after_so_many_days_or_hours_of_use_whichever_comes_first(
    rhythm: Rhythm, days_ago: int, used: int, expected: str
) -> None:
    assert due(rhythm, TODAY - timedelta(days=days_ago), used, TODAY).state == expected


def test_the_hours_left_and_the_day_are_said() -> None:
    found = due(Rhythm(30, 10), date(2026, 11, 20), 90, TODAY)
    assert (found.on, found.minutes_left) == (date(2026, 12, 20), 510)


def test_hours_of_use_are_those_lived_since_by_young_people_and_sessions(
    session: Session, vinyl: Machine, ines: Person, sonia: Person
) -> None:
    hours = make_care(vinyl, sonia, days=None, hours=6, last_on=TODAY - timedelta(days=10))
    other = make_care(make_machine_like(vinyl), sonia, days=None, hours=6, last_on=TODAY - timedelta(days=10))
    before, since = TODAY - timedelta(days=11), TODAY - timedelta(days=5)
    lived(vinyl, ines, slot("14:00", "16:00", before))
    lived(vinyl, ines, slot("14:00", "16:00", since))
    lived(vinyl, None, slot("09:00", "10:00", since), kind="session", status="confirmed")
    for status in ("no_show", "cancelled", "requested"):
        lived(vinyl, ines, slot("17:00", "17:30", since), status=status)
    lived(vinyl, ines, slot("09:30", "11:30", TODAY), status="checked_in")
    found = {
        one.care.id: one.due.minutes_left for one in queries_care.planned(session, [vinyl.id, other.machine_id], NOW)
    }
    assert found == {hours.id: 180, other.id: 360}


def lived(machine: Machine, holder: Person | None, when: Slot, *, kind: str = "own", status: str = "done") -> None:
    """A booking of the past, as it ended."""
    times = {"starts_at": when.start, "ends_at": when.end}
    values = {"kind": kind, "status": status, "holder_id": holder and holder.id, "created_at": when.start}
    with transaction() as session:
        made = Booking(resource_id=machine.id, place_id=machine.place_id, **values, **times)
        made.claims.append(Claim(resource_id=machine.id, holds=status in ("done", "confirmed"), **times))
        session.add(made)


def make_machine_like(machine: Machine) -> Machine:
    return make_machine(Fablab(machine.place, machine.place, machine), "VIN-02")  # the floor is not needed


def test_what_is_planned_on_all_machines_is_one_statement(
    session: Session, vinyl: Machine, sonia: Person, care: Care, count_statements: Statements
) -> None:
    make_care(vinyl, sonia, days=None, hours=5)
    count_statements.clear()
    assert [one.due.state for one in queries_care.planned(session, [vinyl.id], NOW)] == ["due", "later"]
    assert [(one.id, one.machine.code) for one in queries_care.all_due(session, NOW)] == [(care.id, "VIN-01")]
    assert len(count_statements) == 2


def test_a_rhythm_and_a_past_day_are_asked(vinyl: Machine, sonia: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions_care.plan(vinyl, CareWish("Graisser", (), Rhythm(), TODAY + timedelta(days=1)), sonia, NOW)
    assert codes(refused) == ["care_never", "care_last_later"]


# --- done ----------------------------------------------------------------------------------------


def test_done_it_counts_anew_and_taken_back_it_counts_as_before(session: Session, care: Care, sonia: Person) -> None:
    assert state_of(session, care) == "due"
    done = do(care, sonia)
    assert (state_of(session, care), done.lifted) == ("later", None)
    actions_care.take_back(done.line, sonia, NOW)
    assert state_of(session, care) == "due"
    with pytest.raises(Refused) as refused:
        actions_care.take_back(done.line, sonia, NOW)
    assert codes(refused) == ["line_gone"]


def test_a_line_of_another_day_is_not_taken_back(care: Care, sonia: Person) -> None:
    line = do(care, sonia).line
    with pytest.raises(Refused) as refused:
        actions_care.take_back(line, sonia, NOW + timedelta(days=1))
    assert codes(refused) == ["line_old"]


def test_a_step_left_out_refuses_and_says_which(session: Session, care: Care, sonia: Person) -> None:
    with pytest.raises(Refused) as refused:
        do(care, sonia, STEPS[0])
    assert codes(refused) == ["care_step_missing"]
    assert STEPS[1] in refused.value.refusals[0].sentence
    assert state_of(session, care) == "due"


def test_a_form_sent_twice_is_one_line_and_serves_nobody_else(session: Session, care: Care, sonia: Person) -> None:
    key = secrets.token_hex(16)
    assert do(care, sonia, key=key).line.id == do(care, sonia, key=key).line.id
    with pytest.raises(Refused) as refused:
        do(care, make_staff("Awa"), key=key)
    assert codes(refused) == ["form_used"]
    assert len(session.scalars(select(CareLine)).all()) == 1


def test_planned_no_more_nothing_is_done_or_stopped_for_it(session: Session, care: Care, sonia: Person) -> None:
    actions_care.stop(care, sonia, NOW)
    assert state_of(session, care) == "none"
    for verb in (
        lambda: do(care, sonia),
        lambda: actions_care.close(care, TODAY, sonia, NOW),
        lambda: actions_care.stop(care, sonia, NOW),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert codes(refused) == ["care_stopped"]


# --- the machine stops for it --------------------------------------------------------------------


def machine_state(session: Session, care: Care) -> str:
    found = queries_repair.troubles(session, [care.machine_id], NOW).get(care.machine_id)
    return found.state if found else "free"


def test_the_machine_stops_its_bookings_wait_and_come_back_once_it_is_done(
    session: Session, care: Care, sonia: Person, ines: Person, booking: Booking
) -> None:
    laid = actions_care.close(care, WEDNESDAY, sonia, NOW)
    assert ([one.id for one in laid.suspended], machine_state(session, care)) == ([booking.id], "maintenance")
    assert booking.suspended
    told = session.scalars(select(Message.text).where(Message.person_id == ines.id)).all()
    assert any("Nettoyer les lentilles" in text for text in told)
    done = do(care, sonia)
    assert done.lifted is not None
    assert [one.id for one in done.lifted.back] == [booking.id]
    assert (booking.suspended, machine_state(session, care)) == (False, "free")


def test_only_what_lies_in_the_days_of_the_stop_waits(care: Care, sonia: Person, booking: Booking) -> None:
    actions_care.close(care, TODAY, sonia, NOW)
    assert not booking.suspended


def test_it_stops_once_and_not_in_the_past(care: Care, sonia: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions_care.close(care, TODAY - timedelta(days=1), sonia, NOW)
    assert codes(refused) == ["care_until_past"]
    actions_care.close(care, TODAY, sonia, NOW)
    with pytest.raises(Refused) as refused:
        actions_care.close(care, TODAY, sonia, NOW)
    assert codes(refused) == ["care_begun"]
    actions_care.close(care, TODAY + timedelta(days=2), sonia, NOW + timedelta(days=2))  # the first stop is over


def test_it_opens_again_without_anything_done_or_when_it_is_planned_no_more(
    session: Session, care: Care, sonia: Person, booking: Booking
) -> None:
    with pytest.raises(Refused) as refused:
        actions_care.reopen(care, sonia, NOW)
    assert codes(refused) == ["care_not_begun"]
    actions_care.close(care, WEDNESDAY, sonia, NOW)
    assert [one.id for one in actions_care.reopen(care, sonia, NOW).back] == [booking.id]
    assert state_of(session, care) == "due"
    actions_care.close(care, WEDNESDAY, sonia, NOW)
    actions_care.stop(care, sonia, NOW)
    assert (machine_state(session, care), booking.suspended) == ("free", False)


def test_the_time_stopped_is_counted_in_the_hours_of_opening(
    session: Session, vinyl: Machine, care: Care, sonia: Person
) -> None:
    actions_care.close(care, WEDNESDAY, sonia, NOW)
    later = clock.at(WEDNESDAY, clock.to_local(NOW).time().replace(hour=15, minute=30))
    # Tuesday from 10:00: 2 h, 3 h, 3 h of the morning, groups and open lab; Wednesday 2 h, then 13:30 to 15:30.
    assert queries_year.out_this_year(session, vinyl, later) == (2 + 3 + 3 + 2 + 2) * 60
    found = queries_year.hours_of_year(session, None, later)
    assert [one.hours.out for one in found.machines] == [(2 + 3 + 3 + 2 + 2) * 60]


# --- who writes ----------------------------------------------------------------------------------


def test_a_passeur_writes_in_the_log_and_another_young_person_does_not(
    session: Session, vinyl: Machine, ines: Person
) -> None:
    julie, _enrolment = make_passeur()
    write_line(vinyl, julie)
    with pytest.raises(Refused) as refused:
        write_line(vinyl, ines)
    assert codes(refused) == ["log_closed"]
    assert [line.written_by_id for line in queries_care.lines_of(session, vinyl.id)] == [julie.id]


def test_a_passeur_finds_the_log_from_the_machines_page_and_reads_no_name(
    client: FlaskClient, vinyl: Machine, sonia: Person, care: Care
) -> None:
    julie, _enrolment = make_passeur()
    write_line(vinyl, make_passeur("Kenza", _enrolment.version)[0], "La lame accroche un peu.")
    log_in(client, julie)
    assert read(client, "/reserver/VIN-01/fiche").select_one('main a[href="/reserver/VIN-01/carnet"]') is not None
    page = read(client, "/reserver/VIN-01/carnet")
    assert "La lame accroche un peu." in text(page)
    assert "Kenza" not in text(page)
    key = page.select_one("main input[name=key]")
    assert key is not None
    sent = {"key": str(key["value"]), "words": "J’ai nettoyé le plateau."}
    assert client.post("/reserver/VIN-01/carnet", data=sent).status_code == 303
    assert "J’ai nettoyé le plateau." in text(read(client, "/reserver/VIN-01/carnet"))
    assert "J’ai nettoyé le plateau." in text(read(client, "/mes-donnees"))


def test_another_young_person_has_no_log(phone: FlaskClient) -> None:
    assert read(phone, "/reserver/VIN-01/fiche").select_one('main a[href="/reserver/VIN-01/carnet"]') is None
    read(phone, "/reserver/VIN-01/carnet", 404)
    assert phone.post("/reserver/VIN-01/carnet", data={"words": "Je nettoie."}).status_code == 404


# --- pages of the team ---------------------------------------------------------------------------


def test_the_team_plans_does_and_reads_it_on_the_machines_page(
    client: FlaskClient, vinyl: Machine, sonia: Person, session: Session
) -> None:
    log_in(client, sonia)
    wrong = client.post("/machines/VIN-01/entretien/prevoir", data={"name": "Graisser", "steps": "Axe X\nAxe Y"})
    page = BeautifulSoup(wrong.text, "html.parser")
    assert wrong.status_code == 422
    assert "Écrire un nombre de jours, d’heures, ou les deux." in text(page)
    assert "Axe X\nAxe Y" in str(page.select_one("textarea[name=steps]"))
    sent = {"name": "Graisser", "steps": "Axe X\nAxe Y", "every_days": "30", "last_on": "2026-10-01"}
    assert client.post("/machines/VIN-01/entretien/prevoir", data=sent).location == "/machines/VIN-01/entretien"
    assert "Graisser · tous les 30 jours À faire maintenant Entretien à faire" in text(read(client, "/machines/VIN-01"))
    assert "Entretien à faire Graisser" in text(read(client, "/machines"))
    care = session.scalars(select(Care)).one()
    address = f"/machines/entretiens/{care.public_id}"
    assert read(client, "/").select_one(f'main a[href="{address}"]') is not None
    key = read(client, address).select_one("main input[name=key]")
    assert key is not None
    done = {"key": str(key["value"]), "ticked": ["Axe X"], "words": "Graisse changée."}
    answer = client.post(address, data=done)
    assert answer.status_code == 422
    assert "Pas encore fait : Axe Y." in text(BeautifulSoup(answer.text, "html.parser"))
    answer = client.post(address, data=done | {"ticked": ["Axe X", "Axe Y"]})
    assert answer.location == "/machines/VIN-01/entretien"
    after = text(read(client, "/machines/VIN-01"))
    assert "Graisse changée." in after
    assert "Entretien à faire" not in after
    line = session.scalars(select(CareLine)).one()
    assert client.post(f"/machines/carnet/{line.public_id}/reprendre").status_code == 303
    assert "Entretien à faire" in text(read(client, "/machines/VIN-01"))
    client.post(f"{address}/arreter")
    assert "Entretien à faire" not in text(read(client, "/machines"))
    assert "Cet entretien n’est plus prévu." in text(read(client, address))


def test_the_team_stops_the_machine_from_the_page_and_opens_it_again(
    client: FlaskClient, care: Care, sonia: Person, booking: Booking
) -> None:
    log_in(client, sonia)
    address = f"/machines/entretiens/{care.public_id}"
    refused = client.post(f"{address}/commencer", data={"until": "2026-11-01"})
    assert refused.status_code == 422
    assert "Ce jour est déjà passé." in text(BeautifulSoup(refused.text, "html.parser"))
    client.post(f"{address}/commencer", data={"until": WEDNESDAY.isoformat()})
    assert "1 réservation en attente : la personne est prévenue." in text(read(client, address))
    assert "En entretien Nettoyer les lentilles" in text(read(client, "/machines"))
    sheet = text(read(client, "/machines/VIN-01"))
    assert "En entretien Nettoyer les lentilles" in sheet
    assert "En service." not in sheet
    client.post(f"{address}/rouvrir")
    assert "1 réservation revient" in text(read(client, address))
    assert "En service." in text(read(client, "/machines/VIN-01"))


def test_the_day_of_a_machine_that_is_stopped_offers_no_hour(
    client: FlaskClient, care: Care, sonia: Person, vinyl: Machine
) -> None:
    log_in(client, sonia)
    page = f"/machines/VIN-01/{WEDNESDAY}"
    assert "Réserver ce jour" in text(read(client, page))
    client.post(f"/machines/entretiens/{care.public_id}/commencer", data={"until": WEDNESDAY.isoformat()})
    stopped = text(read(client, page))
    assert "La machine est arrêtée ce jour." in stopped
    assert "Réserver ce jour" not in stopped


def test_the_team_writes_in_the_log_and_reception_only_reads_it(
    client: FlaskClient, vinyl: Machine, sonia: Person
) -> None:
    log_in(client, sonia)
    key = read(client, "/machines/VIN-01/entretien").select_one("main input[name=key]")
    assert key is not None
    sent = {"key": str(key["value"]), "words": "Bruit du moteur à surveiller."}
    assert client.post("/machines/VIN-01/entretien", data=sent | {"words": "x"}).status_code == 422
    assert client.post("/machines/VIN-01/entretien", data=sent).status_code == 303
    assert "Bruit du moteur à surveiller." in text(read(client, "/machines/VIN-01/entretien"))
    log_in(client, make_staff("Rita", roles=(Role.RECEPTION,)))
    page = read(client, "/machines/VIN-01")
    assert "Bruit du moteur à surveiller." in text(page)
    assert page.select_one('main a[href="/machines/VIN-01/entretien"]') is None
    read(client, "/machines/VIN-01/entretien", 403)


def test_the_pages_of_upkeep_ask_a_bounded_number_of_statements(
    client: FlaskClient, vinyl: Machine, sonia: Person, care: Care, count_statements: Statements
) -> None:
    for _one in range(5):
        make_care(vinyl, sonia, hours=4)
        write_line(vinyl, sonia)
    actions_care.close(care, TODAY, sonia, NOW)
    log_in(client, sonia)
    addresses = (
        "/machines",
        "/machines/VIN-01",
        "/machines/VIN-01/entretien",
        f"/machines/entretiens/{care.public_id}",
    )
    for address in addresses:
        client.get(address)
        count_statements.clear()
        assert client.get(address).status_code == 200
        assert len(count_statements) <= 10, (address, count_statements)
