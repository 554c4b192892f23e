"""Every machine of the catalogue is reachable: from zero to able, through pages, taught by a pathway or not."""

import re
from datetime import date, time, timedelta

import time_machine
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Place
from fablab import clock
from fablab.catalogue import read
from fablab.home import catalogue as house_catalogue
from machines.models import Machine
from machines.models_training import TrainingSlot
from pathways.models import Badge, Pathway
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_machines import make_shift
from tests.make_pathways import make_right

FIRST = date(2026, 11, 25)


def test_from_zero_to_able_on_all_sixteen_machines(client: FlaskClient, session: Session) -> None:
    house_catalogue.load_first(read(house_catalogue.SOURCES), by=None, now=NOW)
    machines = session.scalars(select(Machine).order_by(Machine.position)).all()
    badges = session.scalars(select(Badge).where(Badge.kind == "safety")).all()
    assert (len(machines), len(badges), session.query(Pathway).count()) == (16, 10, 4)
    team = [make_staff("Samir"), make_staff("Chloé")]
    room = session.scalars(select(Place).where(Place.id == machines[0].place_id)).one()
    for person in team:
        for badge in badges:
            make_right(person, badge)
        for days in range(10):
            day = FIRST + timedelta(days=days)
            if day.weekday() in (1, 2, 3, 4):
                make_shift(person, room, clock.at(day, time(10)), clock.at(day, time(19)))
    learners = {}
    for machine in machines:
        learners[machine.code] = make_young(f"Jeune {machine.code}")
        phone = log_in(client, learners[machine.code])
        assert "c’est bientôt" in title(phone, f"/reserver/{machine.code}")
        phone.post(f"/mes-badges/{machine.badge.code}/demander", data={"machine": machine.code})
        page = soup(log_in(client, team[0]), f"/formations/nouvelle?badge={machine.badge.code}")
        choice = next(
            one["value"] for one in page.select("input[name=choice]") if f"{machine.id}|" in str(one["value"])
        )
        data = {
            "people": [str(one["value"]) for one in page.select("input[name=people]")],
            "choice": choice,
            "key": str(page.select_one("#key")["value"]),  # type: ignore[index]  # it is there
        }
        answer = client.post(f"/formations/nouvelle?badge={machine.badge.code}", data=data)
        assert answer.status_code == 303, (machine.code, reasons(answer.text))
    with time_machine.travel(clock.at(FIRST + timedelta(days=11), time(10)), tick=False):
        for slot in session.scalars(select(TrainingSlot)).all():
            results = {f"result-{seat.id}": "validated" for seat in slot.seats}
            answer = log_in(client, team[1]).post(f"/formations/{slot.public_id}/resultats", data=results)
            assert answer.status_code == 303, reasons(answer.text)
        for code, person in learners.items():
            assert "c’est bientôt" not in title(log_in(client, person), f"/reserver/{code}"), code


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def title(client: FlaskClient, address: str) -> str:
    heading = soup(client, address).select_one("h1")
    return heading.get_text() if heading else ""


def reasons(text: str) -> str:
    return re.sub(r"\s+", " ", " ".join(one.get_text() for one in BeautifulSoup(text, "html.parser").select(".error")))
