"""The form that plans a session: sent twice it plans once; a time already taken says by whom, to the team."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.values import Ask, Slot
from fablab.people.models import Person
from pathways.models import Group, TrainingSession
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import make_group

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def fablab(session: Session) -> Fablab:
    return make_fablab()


@pytest.fixture
def samir(session: Session) -> Person:
    return make_staff()


@pytest.fixture
def group(session: Session) -> Group:
    return make_group(name="Renards")


@pytest.fixture
def sent(group: Group, samir: Person) -> dict[str, Any]:
    """What the form sends for Wednesday from 14 to 16."""
    return {
        "key": "once",
        "title": "Découper",
        "stage": str(group.version.stages[0].id),
        "day": "2026-11-25",
        "starts": "14:00",
        "ends": "16:00",
        "place": "fablab",
        "leads": [str(samir.id)],
    }


def test_a_form_sent_twice_plans_once_and_leads_to_the_same_group(
    client: FlaskClient, session: Session, fablab: Fablab, group: Group, samir: Person, sent: dict[str, Any]
) -> None:
    page, address = log_in(client, samir), f"/groupes/{group.public_id}/seance"
    assert 'name="key"' in page.get(address).text
    first, second = (page.post(address, data=sent) for _time in range(2))
    assert [answer.status_code for answer in (first, second)] == [302, 302]
    assert first.headers["Location"] == second.headers["Location"]
    assert len(session.scalars(select(TrainingSession)).all()) == 1


def test_form_used_refuses_another_hour_with_the_same_form(
    client: FlaskClient, session: Session, fablab: Fablab, group: Group, samir: Person, sent: dict[str, Any]
) -> None:
    page, address = log_in(client, samir), f"/groupes/{group.public_id}/seance"
    page.post(address, data=sent)
    answer = page.post(address, data={**sent, "ends": "17:00"})
    assert answer.status_code == 422
    assert "Ce formulaire a déjà servi" in answer.text
    assert len(session.scalars(select(TrainingSession)).all()) == 1


def test_a_floor_already_taken_says_which_session_takes_it(
    client: FlaskClient, fablab: Fablab, group: Group, samir: Person, sent: dict[str, Any]
) -> None:
    page, chloe = log_in(client, samir), make_staff("Chloé")
    page.post(f"/groupes/{group.public_id}/seance", data=sent)
    other = make_group(group.version, name="Loutres")
    again = {**sent, "key": "other", "leads": [str(chloe.id)], "stage": str(other.version.stages[0].id)}
    answer = page.post(f"/groupes/{other.public_id}/seance", data=again)
    assert answer.status_code == 422
    assert "Déjà pris à ce moment\u00a0: Découper, Renards, de 14\u00a0h à 16\u00a0h." in answer.text


def test_a_machine_already_booked_says_by_whom(
    client: FlaskClient, fablab: Fablab, group: Group, samir: Person, sent: dict[str, Any]
) -> None:
    make_shift(samir, fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    make_shift(make_staff("Chloé"), fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    ines, laser = make_young(), make_machine(fablab, "LAS-01")
    give_badge(ines, laser.badge)
    engine.book(Ask(laser.id, Slot(on(WEDNESDAY, "15:00"), on(WEDNESDAY, "16:00")), holder_id=ines.id), ines, NOW)
    answer = log_in(client, samir).post(
        f"/groupes/{group.public_id}/seance", data={**sent, "machines": [str(laser.id)]}
    )
    assert answer.status_code == 422
    assert "La machine LAS-01 par Inès B., de 15\u00a0h à 16\u00a0h." in answer.text
