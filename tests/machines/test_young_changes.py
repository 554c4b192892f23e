"""A young person moves or cancels a booking on a phone."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking
from bookings.values import Ask, Slot
from machines.models import Machine
from tests.conftest import NOW
from tests.machines.pages import THURSDAY, WEDNESDAY, hidden, read, text
from tests.make import make_young
from tests.make_machines import give_badge, on


def test_a_move_offers_no_minute_that_only_my_own_booking_made(phone: FlaskClient) -> None:
    place = phone.post("/reserver/VIN-01", data=hidden(read(phone, "/reserver/VIN-01"))).headers["Location"]
    words = text(read(phone, f"{place}/deplacer?jour=2026-11-25"))
    assert "15 h jusqu’à 16 h" in words
    assert "pas possible" not in words


def test_a_booking_is_cancelled_once_asked_and_its_time_is_free_again(phone: FlaskClient, session: Session) -> None:
    place = phone.post("/reserver/VIN-01", data=hidden(read(phone, "/reserver/VIN-01"))).headers["Location"]
    assert "J’annule cette réservation" in text(read(phone, f"{place}/annuler"))
    assert phone.post(f"{place}/annuler").status_code == 303
    assert session.scalars(select(Booking.status)).one() == "cancelled"
    assert "C’est annulé" in text(read(phone, place))
    # «Back» then the same button, an old tab: never asked again, shown what it became.
    for again in (phone.get(f"{place}/annuler"), phone.post(f"{place}/annuler"), phone.get(f"{place}/deplacer")):
        assert (again.status_code, again.headers["Location"]) == (303, place)


def test_the_hour_of_a_booking_changes_and_its_own_time_does_not_count(phone: FlaskClient, session: Session) -> None:
    place = phone.post("/reserver/VIN-01", data=hidden(read(phone, "/reserver/VIN-01"))).headers["Location"]
    hours = read(phone, f"{place}/deplacer")
    assert "14 h jusqu’à 15 h" in text(hours)
    sent = hidden(hours) | {"start": "2026-11-25T14:00+01:00"}
    assert phone.post(f"{place}/deplacer", data=sent).status_code == 303
    assert session.scalars(select(Booking.starts_at)).one() == on(WEDNESDAY, "14:00")
    refused = phone.post(f"{place}/deplacer", data=sent | {"start": "2026-11-25T19:00+01:00"})
    assert refused.status_code == 422


def test_somebody_elses_booking_is_not_found(phone: FlaskClient, vinyl: Machine) -> None:
    other = make_young("Yanis")
    give_badge(other, vinyl.badge)
    slot = Slot(on(WEDNESDAY, "15:00"), on(WEDNESDAY, "16:00"))
    theirs = actions.book(Ask(vinyl.id, slot, holder_id=other.id), other, NOW)
    for address in ("", "/annuler", "/deplacer"):
        assert phone.get(f"/reservations/{theirs.public_id}{address}").status_code == 404
    assert phone.post(f"/reservations/{theirs.public_id}/annuler").status_code == 404


def test_cancelling_is_free_until_the_day_before(phone: FlaskClient) -> None:
    words = text(read(phone, "/reserver/VIN-01?jour=2026-11-26"))
    assert "Je peux annuler sans problème jusqu’à mercredi 25 novembre à 17 h." in words
    assert NOW + timedelta(hours=24) < on(THURSDAY, "17:00")
