"""From zero to able, through pages: asking, a slot, its result; on all sixteen machines of the catalogue."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.people.models import Person
from machines.models import Machine
from machines.models_training import TrainingSlot
from pathways import actions_requests
from pathways.models import Badge, ValidationRequest
from pathways.queries_awards import holders_of
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_machines import Fablab, make_fablab, make_machine, make_shift, on
from tests.make_pathways import award, levels_held, make_competency, make_right, make_safety_badge, validate

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def vinyl(session: Session) -> Machine:
    """Samir, who may hand the badge over, is there on Wednesday afternoon."""
    fablab, samir = make_fablab(), make_staff()
    make_shift(samir, fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    workshop = make_safety_badge("BS-ATELIER", {"SEC-01": 2})
    badge = make_safety_badge("BS-VINYLE", {"MAC-02": 2}, prerequisites=[workshop], renewal_test="une découpe")
    for one in (workshop, badge):
        make_right(samir, one)
    return make_machine(fablab, "VIN-01", badge=badge, simple_name="La découpe vinyle", pictogram="decoupe_vinyle")


@pytest.fixture
def samir(vinyl: Machine, session: Session) -> Person:
    return session.scalars(select(Person).where(Person.first_name == "Samir")).first()  # type: ignore[return-value]


def read(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def text(page: BeautifulSoup) -> str:
    main = page.select_one("main")
    assert main is not None
    return re.sub(r"\s+", " ", main.get_text(" "))


def press(client: FlaskClient, page: BeautifulSoup, label: str, **more: Any) -> BeautifulSoup:
    """Send the form whose button says this, with what stands in it; the page that follows."""
    button = next(one for one in page.select("main button") if label in one.get_text())
    form = button.find_parent("form")
    assert form is not None
    data: dict[str, Any] = {}
    for box in form.select("input[name], select[name], textarea[name]"):
        if box.get("type") in ("checkbox", "radio") and not box.has_attr("checked"):
            continue
        if box.name == "select":
            chosen = box.select_one("option[selected]") or box.select_one("option")
            value = chosen.get("value", "") if chosen else ""
        else:
            value = box.get("value", "") if box.name == "input" else box.get_text().strip()
        data.setdefault(str(box["name"]), []).append(value)
    answer = client.post(form.get("action") or page.address, data=data | more, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def test_from_a_refusal_to_a_badge(client: FlaskClient, vinyl: Machine, samir: Person, session: Session) -> None:
    ines = make_young()
    page = read(log_in(client, ines), "/reserver/VIN-01")
    page = press(client, page, "Je demande à être formé")
    assert "J’ai demandé." in text(page)
    page = read(log_in(client, samir), "/demandes/formations")
    assert "Inès B." in text(page)
    assert "aujourd’hui · La découpe vinyle" in text(page)
    assert "Manque : Badge BS-ATELIER, Compétence MAC-02" in text(page)
    page = read(client, "/formations/nouvelle?badge=BS-VINYLE")
    page.address = "/formations/nouvelle?badge=BS-VINYLE"  # type: ignore[attr-defined]  # where its form goes
    page = press(client, page, "Prévoir ce créneau")
    assert "Mercredi 25 novembre de 13 h 30 à 14 h 30" in text(page)
    assert "Les résultats se notent ici dès le début" in text(page)
    home = text(read(log_in(client, ines), "/"))
    assert "La découpe vinyle, avec Samir." in home
    with time_machine.travel(on(WEDNESDAY, "14:35"), tick=False):
        slot = session.scalars(select(TrainingSlot)).one()
        page = press(log_in(client, samir), read(client, f"/formations/{slot.public_id}"), "Enregistrer")
        assert "C’est enregistré." in page.get_text()
        assert "validé" in text(page)
        page = read(log_in(client, ines), "/reserver/VIN-01")
        assert "Choisis l’heure" in text(page) or page.select("input[name=start]")


def test_i_cannot_come_and_i_give_up_from_the_home_page(client: FlaskClient, vinyl: Machine, samir: Person) -> None:
    ines = make_young()
    request = actions_requests.ask_training(ines, vinyl.badge, NOW)
    for label, status in (("Je ne peux pas venir", "waiting"), ("Je renonce", "withdrawn")):
        page = read(log_in(client, samir), "/formations/nouvelle?badge=BS-VINYLE")
        page.address = "/formations/nouvelle?badge=BS-VINYLE"  # type: ignore[attr-defined]  # where its form goes
        press(client, page, "Prévoir ce créneau")
        press(log_in(client, ines), read(client, "/"), label)
        assert request.status == status


def test_another_hour_that_is_refused_keeps_what_was_typed(client: FlaskClient, vinyl: Machine, samir: Person) -> None:
    request = actions_requests.ask_training(make_young(), vinyl.badge, NOW)
    data = {"people": request.public_id, "choice": "other", "machine": vinyl.id, "teacher": samir.id}
    data |= {"day": "2026-11-25", "start": "20:00", "minutes": "60", "key": "k" * 20}
    answer = log_in(client, samir).post("/formations/nouvelle?badge=BS-VINYLE", data=data)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert "n’est pas de permanence" in text(page)
    assert page.select_one("#start")["value"] == "20:00"  # type: ignore[index]  # it is there
    answer = client.post("/formations/nouvelle?badge=BS-VINYLE", data=data | {"day": ""})
    assert "Choisir le jour, l’heure et la durée." in answer.text


def test_words_answer_a_request(client: FlaskClient, vinyl: Machine, samir: Person) -> None:
    ines = make_young()
    request = actions_requests.ask_training(ines, vinyl.badge, NOW)
    data = {"answer": "Viens à l’atelier libre de mercredi.", "lesson": ""}
    log_in(client, samir).post(f"/demandes/formations/{request.public_id}", data=data)
    page = read(log_in(client, ines), "/mes-badges/BS-VINYLE")
    assert "Viens à l’atelier libre de mercredi." in text(page)
    press(client, page, "Je renonce")
    assert request.status == "withdrawn"


def test_a_slot_of_others_is_nobody_elses(client: FlaskClient, vinyl: Machine, samir: Person) -> None:
    request = actions_requests.ask_training(make_young(), vinyl.badge, NOW)
    page = read(log_in(client, samir), "/formations/nouvelle?badge=BS-VINYLE")
    page.address = "/formations/nouvelle?badge=BS-VINYLE"  # type: ignore[attr-defined]  # where its form goes
    press(client, page, "Prévoir ce créneau")
    log_in(client, make_young("Lou"))
    assert client.post(f"/mes-demandes/{request.public_id}/je-renonce").status_code == 404
    assert client.get(f"/demandes/formations/{request.public_id}").status_code == 403


def test_i_think_i_can_is_asked_shown_beside_and_answered(
    client: FlaskClient, vinyl: Machine, samir: Person, session: Session
) -> None:
    ines, competency = make_young(), make_competency("MAC-02")
    log_in(client, ines)
    where = f"/mon-parcours/{competency.id}/je-pense-y-arriver"
    [back] = read(client, where).select(".top .back")
    assert (back["href"], back.text.strip()) == ("/mon-parcours", "Mon parcours")
    answer = client.post(where, data={"level": "2", "words": ""})
    assert answer.status_code == 422
    assert "J’écris une phrase." in answer.text
    client.post(where, data={"level": "2", "words": "J’ai fait deux autocollants."})
    assert "J’ai fait deux autocollants." in text(read(client, "/mes-badges/BS-VINYLE"))
    page = read(log_in(client, samir), "/demandes/validations")
    assert "Inès B. · aujourd’hui" in text(page)
    assert "niveau pensé : 2 · niveau validé : —" in text(page)
    asked = session.scalars(select(ValidationRequest)).one()
    page = read(client, f"/demandes/validations/{asked.public_id}")
    press(client, page, "Valider")
    assert levels_held(ines) == {"MAC-02": 2}
    assert asked.outcome == "validated"


def test_not_yet_comes_back_with_kind_words(client: FlaskClient, vinyl: Machine, samir: Person) -> None:
    ines = make_young()
    asked = actions_requests.ask_to_be_seen(ines, make_competency("MAC-02"), 2, "J’y arrive.", NOW)
    where = f"/demandes/validations/{asked.public_id}"
    answer = log_in(client, samir).post(where, data={"outcome": "to_complete", "code": "almost", "answer": ""})
    assert "Écrire ce qui reste à faire." in answer.text
    client.post(where, data={"outcome": "not_yet", "code": "almost", "answer": ""})
    assert "J’y suis presque." in text(read(log_in(client, ines), "/mes-badges/BS-VINYLE"))


def test_one_check_in_the_open_lab_validates_all_that_a_badge_asks(
    client: FlaskClient, vinyl: Machine, samir: Person
) -> None:
    ines = make_young()
    make_machine_like(vinyl)
    where = f"/valider/jeunes/{ines.public_id}?badge=BS-VINYLE"
    page = read(log_in(client, samir), where)
    assert "Vaut pour : La découpe vinyle, L’autre découpe." in text(page)
    page.address = where  # type: ignore[attr-defined]  # where its form goes
    page = press(client, page, "Enregistrer")
    assert levels_held(ines) == {"MAC-02": 2}
    answer = client.post(where, data={"key": "k" * 20, "level": "target"})
    assert answer.status_code == 422
    assert "Rien n’est coché" in answer.text


def make_machine_like(machine: Machine) -> None:
    fablab = Fablab(machine.place, machine.place, machine)
    make_machine(fablab, "VIN-02", badge=machine.badge, simple_name="L’autre découpe")


def test_nobody_validates_themselves_or_without_the_right(client: FlaskClient, vinyl: Machine, samir: Person) -> None:
    ines = make_young()
    chloe = make_staff("Chloé")
    page = read(log_in(client, chloe), f"/valider/jeunes/{ines.public_id}?badge=BS-VINYLE")
    assert page.select("input[name=cell]") == []
    assert client.get(f"/valider/jeunes/{samir.public_id}").status_code == 404


def test_a_second_person_confirms_from_the_list(
    client: FlaskClient, vinyl: Machine, samir: Person, session: Session
) -> None:
    ines, competency = make_young(), make_competency("MAC-02")
    session.merge(competency).second_check = True
    session.commit()
    validate(ines, {"MAC-02": 2}, samir)
    page = read(log_in(client, samir), "/a-confirmer")
    assert "Attend un autre" in text(page)
    chloe = make_staff("Chloé")
    make_right(chloe, vinyl.badge)
    press(log_in(client, chloe), read(client, "/a-confirmer"), "Je l’ai vu aussi")
    assert levels_held(ines) == {"MAC-02": 2}
    assert "Rien à confirmer" in text(read(client, "/a-confirmer"))


def test_taking_back_from_several_shows_what_falls_and_does_exactly_that(
    client: FlaskClient, vinyl: Machine, samir: Person, session: Session
) -> None:
    people = [make_young("Inès"), make_young("Lou")]
    awards = [award(one, vinyl.badge) for one in people]
    log_in(client, people[0]).post(
        "/reserver/VIN-01",
        data={"start": on(WEDNESDAY, "14:00").isoformat(), "minutes": "60", "key": "k" * 20},
    )
    workshop = session.scalars(select(Badge).where(Badge.code == "BS-ATELIER")).one()
    held = [one.public_id for one in workshop_awards(session, workshop)]
    query = "&".join(f"awards={one}" for one in held)
    page = read(log_in(client, samir), f"/badges/BS-ATELIER/retirer-a-plusieurs?{query}")
    assert "1 réservation sera annulée : La découpe vinyle, mercredi 25 novembre à 14 h" in text(page)
    assert "Aucune réservation à venir n’en dépend." in text(page)
    answer = client.post(
        "/badges/BS-ATELIER/retirer-a-plusieurs", data={"awards": held, "reason": "Atelier refait à neuf."}
    )
    assert answer.status_code == 303
    assert [one.status for one in session.scalars(select(Booking))] == ["cancelled"]
    assert len(awards) == 2


def workshop_awards(session: Session, badge: Badge) -> list[Any]:
    return list(holders_of(session, badge.id, NOW))


def test_the_queue_asks_a_constant_number_of_statements(
    client: FlaskClient, vinyl: Machine, samir: Person, count_statements: Statements
) -> None:
    actions_requests.ask_training(make_young(), vinyl.badge, NOW)
    log_in(client, samir).get("/demandes/formations")
    counts = []
    for name in ("Lou", "Max"):
        count_statements.clear()
        client.get("/demandes/formations")
        counts.append(len(count_statements))
        actions_requests.ask_training(make_young(name), vinyl.badge, NOW + timedelta(minutes=1))
    assert max(counts) <= 14
