"""The ends of looking after machines: not for ever, not twice at once, no step twice, and still out when it is."""

import secrets
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import clock
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions_care, actions_repair, queries_care, rules_service
from machines.models import Machine
from machines.models_care import Care
from machines.values_care import CareWish, Rhythm
from machines.values_repair import Report
from tests.conftest import NOW
from tests.machines.pages import read, text
from tests.make import log_in, make_staff
from tests.make_care import STEPS, make_care
from tests.make_machines import Fablab

TODAY = clock.local_day(NOW)


@pytest.fixture
def sonia(fablab: Fablab, session: Session) -> Person:
    return make_staff("Sonia")


@pytest.fixture
def care(vinyl: Machine, sonia: Person) -> Care:
    return make_care(vinyl, sonia, last_on=TODAY - timedelta(days=30))


def done(care: Care, by: Person, after: timedelta = timedelta(0)) -> actions_care.Done:
    """From a page read anew: its key is another."""
    return actions_care.do(care, STEPS, None, secrets.token_hex(16), by, NOW + after)


def test_a_machine_is_stopped_for_ninety_days_at_most(client: FlaskClient, care: Care, sonia: Person) -> None:
    with pytest.raises(Refused, match="care_until_far"):
        actions_care.close(care, TODAY + timedelta(days=91), sonia, NOW)
    log_in(client, sonia)
    refused = client.post(f"/machines/entretiens/{care.public_id}/commencer", data={"until": "2099-01-01"})
    assert refused.status_code == 422
    assert "Au plus tard le" in refused.text
    assert 'value="2099-01-01"' in refused.text
    assert actions_care.close(care, TODAY + timedelta(days=90), sonia, NOW).closure.ends_at is not None


def test_a_broken_machine_is_said_to_be_back_within_a_year() -> None:
    assert rules_service.out_refusals(TODAY + timedelta(days=365), TODAY) == []
    assert [one.code for one in rules_service.out_refusals(TODAY + timedelta(days=366), TODAY)] == ["back_far"]


def test_done_again_within_the_hour_from_a_page_gone_back_to_is_refused(
    session: Session, care: Care, sonia: Person
) -> None:
    line = done(care, sonia).line
    with pytest.raises(Refused, match="care_just_done") as refused:
        done(care, make_staff("Awa"), timedelta(minutes=59))
    assert "carnet" in refused.value.refusals[0].sentence
    assert len(queries_care.lines_of(session, care.machine_id)) == 1
    actions_care.take_back(line, sonia, NOW)
    done(care, sonia, timedelta(minutes=1))
    done(care, sonia, timedelta(minutes=61))
    assert len(queries_care.lines_of(session, care.machine_id)) == 2


def test_a_step_written_twice_is_refused_and_said(vinyl: Machine, sonia: Person) -> None:
    wish = CareWish("Nettoyer", ("Miroirs propres", "Lentilles propres", "miroirs propres"), Rhythm(days=7))
    with pytest.raises(Refused, match="care_step_twice") as refused:
        actions_care.plan(vinyl, wish, sonia, NOW)
    assert refused.value.refusals[0].field == "steps"


def test_a_machine_still_broken_is_not_said_to_be_open_again(
    client: FlaskClient, vinyl: Machine, care: Care, sonia: Person
) -> None:
    actions_care.close(care, TODAY, sonia, NOW)
    broken = Report("wear", "La lame est cassée", False, secrets.token_hex(16))
    actions_repair.report_grave(vinyl, broken, None, None, sonia, NOW)
    log_in(client, sonia)
    answer = client.post(f"/machines/entretiens/{care.public_id}/rouvrir", follow_redirects=True)
    assert "La machine reste en panne." in answer.text
    assert "La machine est rouverte" not in answer.text


def test_a_machine_stopped_for_something_else_too_says_for_what(
    client: FlaskClient, vinyl: Machine, care: Care, sonia: Person
) -> None:
    other = make_care(vinyl, sonia, name="Graisser les rails")
    for one in (care, other):
        actions_care.close(one, TODAY, sonia, NOW)
    log_in(client, sonia)
    answer = client.post(f"/machines/entretiens/{care.public_id}/rouvrir", follow_redirects=True)
    assert "La machine reste arrêtée\u00a0: Graisser les rails." in answer.text
    answer = client.post(f"/machines/entretiens/{other.public_id}/rouvrir", follow_redirects=True)
    assert "La machine est rouverte." in answer.text


def test_putting_out_of_service_says_so_from_the_title_to_the_button(
    client: FlaskClient, vinyl: Machine, sonia: Person
) -> None:
    log_in(client, sonia)
    page = read(client, "/machines/VIN-01/signaler?arret=1")
    title, button = page.select_one("h1"), page.select_one("main form button[type=submit], main form button")
    assert title is not None
    assert button is not None
    assert (title.text.strip(), button.text.strip()) == ("Mettre hors service", "Mettre hors service")
    assert "Signaler un problème" in text(read(client, "/machines/VIN-01/signaler"))
