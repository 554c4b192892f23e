"""Acts of the engine taken back: a cancelled booking, an absence, a closure. Both acts stay in the journal."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, actions_back, queries
from bookings.models import Booking, Claim, Closure, Resource
from bookings.values import Ask
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, make_closure, make_resource, slot

WHEN = slot("14:00", "15:00")


@pytest.fixture
def resource(app: Flask) -> Resource:
    return make_resource()


@pytest.fixture
def ines(app: Flask) -> Person:
    return make_young()


@pytest.fixture
def samir(app: Flask) -> Person:
    return make_staff()


@pytest.fixture
def booking(resource: Resource, ines: Person) -> Booking:
    return make_booking(resource, WHEN, ines)


def verbs(session: Session, booking: Booking) -> list[str]:
    return [entry.verb for entry, _person in queries.history_of(session, booking)]


def holds(session: Session, booking: Booking) -> list[bool]:
    session.expire_all()
    return list(session.scalars(select(Claim.holds).where(Claim.booking_id == booking.id)))


def refused(booking: Booking, by: Person, now: object = NOW) -> list[str]:
    with pytest.raises(Refused) as error:
        actions_back.restore(booking, by, now)  # type: ignore[arg-type]  # a moment of the test
    return error.value.codes


def test_a_booking_that_i_cancelled_is_put_back_and_both_acts_are_kept(
    session: Session, booking: Booking, ines: Person
) -> None:
    actions.cancel(booking, "", ines, NOW)
    assert holds(session, booking) == [False]
    actions_back.restore(booking, ines, NOW)
    assert (booking.status, booking.ended_at, booking.reason) == ("confirmed", None, None)
    assert holds(session, booking) == [True]
    assert verbs(session, booking) == ["booking.confirmed", "booking.cancelled", "booking.restored"]


def test_put_back_twice_it_is_put_back_once(session: Session, booking: Booking, ines: Person) -> None:
    actions.cancel(booking, "", ines, NOW)
    actions_back.restore(booking, ines, NOW)
    actions_back.restore(booking, ines, NOW)
    assert verbs(session, booking).count("booking.restored") == 1


def test_a_time_taken_meanwhile_is_not_taken_back(
    session: Session, booking: Booking, ines: Person, resource: Resource
) -> None:
    actions.cancel(booking, "", ines, NOW)
    make_booking(resource, WHEN, make_young("Tom"))
    assert refused(booking, ines) == ["taken"]
    session.refresh(booking)
    assert booking.status == "cancelled"


def test_a_rule_that_says_no_since_keeps_it_cancelled(booking: Booking, ines: Person, resource: Resource) -> None:
    actions.cancel(booking, "", ines, NOW)
    make_closure(WHEN.start, WHEN.end, resource_id=resource.id)
    assert refused(booking, ines) == ["closed"]


def test_i_do_not_put_back_what_the_team_cancelled_and_the_team_does(
    session: Session, booking: Booking, ines: Person, samir: Person
) -> None:
    actions.cancel(booking, [{"code": "cancel_mistake"}], samir, NOW)
    assert refused(booking, ines) == ["team_cancelled"]
    actions_back.restore(booking, samir, NOW)
    told = session.scalars(select(Message.text).where(Message.person_id == ines.id).order_by(Message.id)).all()
    assert "de nouveau bon" in told[-1]


def test_what_has_begun_is_not_put_back(booking: Booking, ines: Person) -> None:
    actions.cancel(booking, "", ines, NOW)
    assert refused(booking, ines, WHEN.start) == ["already_begun"]


def test_a_request_put_back_is_a_request_again(resource: Resource, ines: Person) -> None:
    asked = actions.request(Ask(resource.id, WHEN, holder_id=ines.id), ines, NOW)
    actions.cancel(asked, "", ines, NOW)
    assert actions_back.restore(asked, ines, NOW).status == "requested"


def test_the_team_puts_a_booking_back_from_its_page(
    client: FlaskClient, session: Session, booking: Booking, samir: Person
) -> None:
    address = f"/equipe/reservations/{booking.public_id}"
    log_in(client, samir)
    page = client.post(f"{address}/annuler", data={"reason": "mistake"}, follow_redirects=True).text
    assert page.count(f'action="{address}/remettre"') == 2, "in the toast and on the page"
    page = client.post(f"{address}/remettre", follow_redirects=True).text
    assert "Réservation remise" in page
    session.refresh(booking)
    assert booking.status == "confirmed"


def test_an_absence_noted_by_mistake_is_corrected_with_a_reason(
    client: FlaskClient, session: Session, booking: Booking, samir: Person
) -> None:
    actions.mark_no_show(booking, None, WHEN.start + timedelta(minutes=20))
    address = f"/equipe/reservations/{booking.public_id}"
    assert "Corriger l’absence" in log_in(client, samir).get(address).text
    for bad in ("", "là", "Il est autiste, il était là."):
        assert client.post(f"{address}/absence", data={"reason": bad}).status_code == 422
    answer = client.post(f"{address}/absence", data={"reason": "Elle était là dès le début."})
    assert answer.location == address
    session.refresh(booking)
    assert (booking.status, booking.reason) == ("done", "Elle était là dès le début.")
    assert {"booking.no_show", "booking.corrected"} <= set(verbs(session, booking))
    assert client.get(f"{address}/absence").status_code == 303


def test_a_closure_lifted_by_mistake_is_laid_again_once(
    client: FlaskClient, session: Session, booking: Booking, resource: Resource
) -> None:
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    closure = make_closure(WHEN.start, WHEN.end, resource_id=resource.id)
    page = client.post(f"/equipe/fermetures/{closure.id}/lever", follow_redirects=True).text
    assert page.count(f'action="/equipe/fermetures/{closure.id}/remettre"') == 2, "in the toast and on the page"
    for _twice in range(2):
        client.post(f"/equipe/fermetures/{closure.id}/remettre")
    standing = session.scalars(select(Closure).where(Closure.lifted_at.is_(None))).one()
    assert (standing.starts_at, standing.ends_at, standing.resource_id) == (WHEN.start, WHEN.end, resource.id)
    session.refresh(booking)
    assert booking.suspended


def test_a_closure_lifted_another_day_is_laid_anew_instead(resource: Resource, samir: Person) -> None:
    closure = make_closure(WHEN.start, None, resource_id=resource.id)
    actions.lift(closure, samir, NOW)
    with pytest.raises(Refused, match="other_day"):
        actions_back.close_again(closure, samir, NOW + timedelta(days=1))


def test_a_closure_that_stands_is_not_laid_again(resource: Resource, samir: Person) -> None:
    closure = make_closure(WHEN.start, None, resource_id=resource.id)
    with pytest.raises(Refused, match="other_day"):
        actions_back.close_again(closure, samir, NOW)


def test_a_closure_that_is_over_is_not_laid_again(resource: Resource, samir: Person) -> None:
    closure = make_closure(NOW - timedelta(hours=1), NOW + timedelta(minutes=1), resource_id=resource.id)
    actions.lift(closure, samir, NOW)
    with pytest.raises(Refused, match="closure_over"):
        actions_back.close_again(closure, samir, NOW + timedelta(minutes=1))
