"""Every machine of the catalogue is reachable: from zero to able, through pages, taught by a pathway or not.

Somebody new looks at each machine and asks for its badge from its page, and at the end sees that it opens. The
facilitator's own pages are walked once; of the other badges the same actions are called with the first time proposed.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Place
from fablab.db import transaction
from fablab.people.models import Person
from machines import actions_training, queries_proposals, queries_training
from machines.models import Machine, Shift
from machines.models_training import TrainingSlot
from machines.values_training import SlotWish
from pathways.models import Badge, Pathway, TrainingRequest, ValidatorRight
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_machines import on

#: two teach, on days with long hours at the Fablab; it is then over
DAYS = (date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27), date(2026, 12, 2))
OVER = on(date(2026, 12, 4), "10:00")


@pytest.fixture(scope="session")
def template_app(furnished_app: Flask) -> Flask:
    """The catalogue is there already."""
    return furnished_app


def test_from_zero_to_able_on_all_sixteen_machines(client: FlaskClient, session: Session) -> None:
    by_badge: dict[Badge, list[Machine]] = defaultdict(list)
    for machine in session.scalars(select(Machine).order_by(Machine.position)):
        by_badge[machine.badge].append(machine)
    assert (sum(map(len, by_badge.values())), len(by_badge), session.query(Pathway).count()) == (16, 10, 4)
    team = make_team(session)
    addresses = {
        badge.code: ([f"/reserver/{machine.code}" for machine in machines], make_young(f"Jeune {badge.code}"))
        for badge, machines in by_badge.items()
    }
    for badge, machines in by_badge.items():
        phone = log_in(client, addresses[badge.code][1])
        for address in addresses[badge.code][0]:
            assert "c’est bientôt" in title(phone, address), address
        phone.post(f"/mes-badges/{badge.code}/demander", data={"machine": machines[0].code})
    first, *others = addresses
    plan_on_the_page(client, team[0], first)
    for code in others:
        plan(session, code, team[0])
    with time_machine.travel(OVER, tick=False):
        slots = session.scalars(select(TrainingSlot).order_by(TrainingSlot.id)).all()
        assert [slot.badge.code for slot in slots] == list(addresses)
        results = {f"result-{seat.id}": "validated" for seat in slots[0].seats}
        answer = log_in(client, team[1]).post(f"/formations/{slots[0].public_id}/resultats", data=results)
        assert answer.status_code == 303, reasons(answer.text)
        for slot in slots[1:]:
            assert actions_training.record(slot, {slot.seats[0].person_id: "validated"}, team[1], OVER) == []
        for pages, person in addresses.values():
            phone = log_in(client, person)
            for address in pages:
                assert "c’est bientôt" not in title(phone, address), address


def make_team(session: Session) -> list[Person]:
    """Two facilitators who may teach everything, on shift together: two adults for the machines of high risk."""
    team = [make_staff("Samir"), make_staff("Chloé")]
    room = session.scalars(select(Place).join(Machine, Machine.place_id == Place.id)).first()
    assert room is not None
    with transaction() as writing:
        for person in team:
            writing.add_all(
                Shift(person_id=person.id, place_id=room.id, starts_at=on(day, "10:00"), ends_at=on(day, "19:00"))
                for day in DAYS
            )
            writing.add_all(
                ValidatorRight(person_id=person.id, badge_id=badge, since=date(2025, 11, 1))
                for badge in session.scalars(select(Badge.id).where(Badge.kind == "safety"))
            )
    return team


def plan_on_the_page(client: FlaskClient, by: Person, code: str) -> None:
    """The first time that the page proposes, for everybody whom it lists."""
    address = f"/formations/nouvelle?badge={code}"
    page = soup(log_in(client, by), address)
    data = {
        "people": [str(one["value"]) for one in page.select("input[name=people]")],
        "choice": str(page.select("input[name=choice]")[0]["value"]),
        "key": str(page.select("#key")[0]["value"]),
    }
    answer = client.post(address, data=data)
    assert answer.status_code == 303, reasons(answer.text)


def plan(session: Session, code: str, by: Person) -> None:
    """The first time that is good for whoever asked, on the machine that they asked for."""
    asked = session.scalars(select(TrainingRequest).join(TrainingRequest.badge).where(Badge.code == code)).one()
    machines: Sequence[Machine] = queries_training.machines_of(session, asked.badge_id, DAYS[0])
    wanted = [machine for machine in machines if machine.id == asked.resource_id]
    found = queries_proposals.proposals(session, asked.badge_id, wanted, [asked.person_id], 60, NOW)
    assert found, code
    best = found[0]
    wish = SlotWish(best.machine.id, best.teacher.id, best.slot, (asked.public_id,))
    actions_training.plan_slot(wish, by, NOW)


def soup(client: FlaskClient, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def title(client: FlaskClient, address: str) -> str:
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", client.get(address).text, re.DOTALL)
    assert heading, address
    return heading[1]


def reasons(text: str) -> str:
    return re.sub(r"\s+", " ", " ".join(one.get_text() for one in BeautifulSoup(text, "html.parser").select(".error")))
