"""Hours of a season: given and taken back, for the season to come, over several; a statement says something."""

from datetime import date, datetime

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.values import Slot
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from fablab.refusals import Refused
from rooms import actions_money, queries, queries_money
from rooms.models import Room
from rooms.models_money import Statement
from rooms.values_money import season_of
from tests.conftest import NOW
from tests.home import given
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_machines import on
from tests.make_rooms import lend, make_contact_of, make_tenant

THIS = season_of(NOW.date())


@pytest.fixture
def choir() -> Structure:
    """An association: it pays nothing."""
    return make_tenant()


@pytest.fixture
def nadia() -> Person:
    """She coordinates."""
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def own_hours(session: Session, structure: Structure) -> dict[date, int]:
    session.rollback()
    return dict(queries.tenants(session)[structure.id].quotas)


def take_back(client: FlaskClient, page: str) -> None:
    """Push the button of the toast."""
    *_earlier, form = BeautifulSoup(page, "html.parser").select(".toast form")
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    assert client.post(str(form["action"]), data=fields).status_code == 303


def test_hours_given_instead_of_others_are_taken_back_to_those_that_stood(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    log_in(client, nadia)
    where = f"/structures/{choir.public_id}/heures"
    take_back(client, client.post(where, data={"hours": "3"}, follow_redirects=True).text)
    assert own_hours(session, choir) == {}
    client.post(where, data={"hours": "3"}, follow_redirects=True)
    take_back(client, client.post(where, data={"hours": "40"}, follow_redirects=True).text)
    assert own_hours(session, choir) == {THIS.first: 3}


def test_hours_are_given_for_the_season_to_come_and_no_later_by_whoever_gives_hours(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    log_in(client, nadia)
    where = f"/structures/{choir.public_id}/heures"
    assert f"{where}?saison=2027-2028" in given.text(client, where)
    shown = given.text(client, f"{where}?saison=2027-2028")
    assert ("2027-2028" in shown, "Prêt gratuit" in shown, "2028-2029" in shown) == (True, False, False)
    assert client.post(f"{where}?saison=2027-2028", data={"hours": "50"}).status_code == 303
    assert own_hours(session, choir) == {THIS.after.first: 50}
    assert f"{choir.name}, 2026-2027" in given.text(client, f"{where}?saison=2028-2029")
    log_in(client, make_contact_of(choir))
    assert f"{choir.name}, 2026-2027" in given.text(client, f"{where}?saison=2027-2028")


def test_the_hours_of_every_season_of_a_time_are_read(
    session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    lend(leysse, choir, slot("17:00", "19:00", date(2026, 12, 15)))
    tenant = queries.tenants(session)[choir.id]
    actions_money.give_hours(tenant, THIS, 3, nadia, NOW)
    session.rollback()
    span = Slot(on(date(2026, 8, 1), "10:00"), on(date(2027, 10, 1), "10:00"))
    limits = queries.rules_of(session)
    assert queries_money.used(session, [queries.tenants(session)[choir.id]], limits, span) == {(choir.id, THIS): 120}


@pytest.mark.parametrize("now", [NOW, on(date(2026, 9, 1), "10:00")])
def test_no_statement_is_made_before_anything_was_held(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, now: datetime
) -> None:
    contact = make_contact_of(choir)
    with pytest.raises(Refused, match="nothing_to_state"):
        actions_money.make_statement(queries.tenants(session)[choir.id], season_of(now.date()), contact, now)
    log_in(client, contact)
    answer = client.post(f"/structures/{choir.public_id}/heures/attestation", follow_redirects=True)
    assert "Aucune heure gratuite" in answer.text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Statement)) == 0
