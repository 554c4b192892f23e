"""A date moved to another room on the day: paid for once, at its price, one deposit; hours granted stand."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bookings.models import Booking, Place
from fablab import house
from fablab.db import transaction
from fablab.people.models import Structure
from fablab.permissions import Role
from rooms import actions_money, queries, queries_money
from rooms.models import Room
from rooms.values_money import season_of
from tests.conftest import NOW
from tests.make import log_in, make_staff
from tests.make_rooms import APPLICANTS, make_room, make_tenant
from tests.rooms.test_desk import DAY, act, at, booked_by, lent, text

PAID = {"type": "private_body", "rank": 5, "free": False, "conditions": ["deposit"]}


@pytest.fixture(autouse=True)
def prices(dynamo: Place) -> None:
    """A meeting room is worth 10 € an hour, one for dance 50 €; private bodies pay, and leave 300 €."""
    tariffs = [{"room_category": "meeting", "hour_eur": 10}, {"room_category": "dance", "hour_eur": 50}]
    with transaction() as session:
        house.write(session, "rooms.rules.tariffs", tariffs)
        house.write(session, "rooms.rules.applicants", [*APPLICANTS[:2], PAID])
        house.write(session, "rooms.rules.papers", [{"code": "deposit", "amount_eur": 300}])


@pytest.fixture
def firm() -> Structure:
    return make_tenant("Cabinet Dupuis", kind="private_body")


@pytest.fixture
def desk(client: FlaskClient, dynamo: Place) -> FlaskClient:
    """Inès, of the reception."""
    return log_in(client, make_staff("Inès", roles=(Role.RECEPTION,)))


def due(session: Session, day: date = DAY) -> list[tuple[int, int]]:
    """Minutes and cents to invoice of the day, once it is over."""
    session.rollback()
    found = queries_money.to_invoice(session, day, day, NOW + timedelta(days=1))
    return [(one.minutes, one.cents) for one in found]


def test_a_date_moved_on_the_day_is_paid_for_once_at_its_price_with_one_deposit(
    desk: FlaskClient, session: Session, dynamo: Place, leysse: Room, firm: Structure
) -> None:
    studio = make_room(dynamo, "SAL-09", name="Studio", category="dance")
    other = make_room(dynamo, "SAL-10", name="Salle Bauges")
    theirs = lent(leysse, firm, "14:00", "16:00")
    with at("14:00"):
        act(desk, theirs, "la")
    with at("14:30"):
        assert act(desk, theirs, "autre-salle", room=studio.code).status_code == 303
    before, after = booked_by(session, firm)
    assert (before.hour_cents, before.charged, before.deposit_cents) == (1000, True, 30_000)
    assert (after.hour_cents, after.charged, after.deposit_cents) == (1000, True, None)
    assert due(session) == [(30, 500), (90, 1500)]
    with at("14:50"):
        assert act(desk, before, "encore-la").status_code == 303  # what is left of it is elsewhere
        assert due(session) == [(30, 500), (90, 1500)]
    with at("15:00"):
        assert act(desk, after, "autre-salle", room=other.code).status_code == 303
    with at("15:30"):
        act(desk, booked_by(session, firm)[2], "sortis")  # early, on the day: that is paid for
    assert due(session) == [(30, 500), (30, 500), (60, 1000)]


@pytest.mark.parametrize("hour", ["13:55", "14:00"])
def test_who_changes_rooms_before_anything_is_lived_pays_what_was_booked(
    desk: FlaskClient, session: Session, dynamo: Place, leysse: Room, firm: Structure, hour: str
) -> None:
    studio = make_room(dynamo, "SAL-09", name="Studio", category="dance")
    theirs = lent(leysse, firm, "14:00", "16:00")
    with at("13:50"):
        act(desk, theirs, "la")
    with at(hour):
        assert "Studio" in text(desk, f"/salles/reservations/{theirs.public_id}/autre-salle")
        assert act(desk, theirs, "autre-salle", room=studio.code).status_code == 303
    [moved] = booked_by(session, firm)
    assert (moved.status, moved.resource_id, moved.deposit_cents) == ("checked_in", studio.id, 30_000)
    assert due(session) == [(120, 2000)]


def test_what_was_made_without_a_price_moves_without_one(
    desk: FlaskClient, session: Session, dynamo: Place, leysse: Room, firm: Structure
) -> None:
    studio = make_room(dynamo, "SAL-09", name="Studio", category="dance")
    theirs = lent(leysse, firm, "14:00", "16:00")
    with transaction() as fresh:
        old = fresh.get_one(Booking, theirs.id)
        old.hour_cents = old.charged = old.deposit_cents = None
    with at("14:00"):
        act(desk, theirs, "la")
    with at("14:30"):
        act(desk, theirs, "autre-salle", room=studio.code)
    after = booked_by(session, firm)[1]
    assert (after.hour_cents, after.charged, after.deposit_cents) == (None, None, None)


def test_hours_of_the_season_bar_no_other_room_for_what_was_granted(
    desk: FlaskClient, session: Session, dynamo: Place, leysse: Room
) -> None:
    choir, nadia = make_tenant(), make_staff("Nadia", roles=(Role.COORDINATOR,))
    bauges = make_room(dynamo, "SAL-09", name="Salle Bauges")
    theirs = lent(leysse, choir, "14:00", "16:00")
    actions_money.give_hours(queries.tenants(session)[choir.id], season_of(DAY), 2, nadia, NOW)
    with at("14:00"):
        act(desk, theirs, "la")
    with at("14:30"):
        page = text(desk, f"/salles/reservations/{theirs.public_id}/autre-salle")
        assert ("Salle Bauges" in page, "pour la saison" in page) == (True, False)
        assert act(desk, theirs, "autre-salle", room=bauges.code).status_code == 303
    assert [one.resource_id for one in booked_by(session, choir)] == [leysse.id, bauges.id]
