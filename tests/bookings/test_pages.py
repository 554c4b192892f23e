from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from fablab.people.models import Person
from fablab.permissions import Role
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, make_closure, make_place, make_resource, slot


@pytest.fixture
def samir(app: Flask) -> Person:
    return make_staff()


@pytest.fixture
def booking(app: Flask) -> Booking:
    return make_booking(make_resource(), slot("14:00", "15:00"), make_young())


def address(booking: Booking, act: str = "") -> str:
    return f"/equipe/reservations/{booking.public_id}{act}"


def test_the_team_reads_a_booking_and_its_history(client: FlaskClient, samir: Person, booking: Booking) -> None:
    page = log_in(client, samir).get(address(booking))
    assert page.status_code == 200
    assert "Inès B." in page.text
    assert "jeudi 26 novembre" in page.text
    assert "Benali" not in page.text


def test_a_young_person_never_opens_the_teams_page(client: FlaskClient, booking: Booking) -> None:
    assert log_in(client, make_young("Tom")).get(address(booking)).status_code == 403


def test_a_booking_that_does_not_exist_is_not_found(client: FlaskClient, samir: Person) -> None:
    log_in(client, samir)
    assert client.get("/equipe/reservations/nothing").status_code == 404
    assert client.post("/equipe/reservations/nothing/pointer").status_code == 404


def test_the_team_cancels_for_a_reason_of_the_list(
    client: FlaskClient, session: Session, samir: Person, booking: Booking
) -> None:
    log_in(client, samir)
    refused = client.post(address(booking, "/annuler"))
    assert refused.status_code == 422
    assert "Choisir une raison" in refused.text
    client.post(address(booking, "/annuler"), data={"reason": "team"})
    session.refresh(booking)
    assert (booking.status, booking.reasons) == ("cancelled", [{"code": "cancel_team"}])
    for again in (
        client.post(address(booking, "/annuler"), data={"reason": "asked"}),
        client.get(address(booking, "/deplacer")),
    ):
        assert (again.status_code, again.headers["Location"]) == (303, address(booking))
    session.refresh(booking)
    assert booking.reasons == [{"code": "cancel_team"}]


def test_the_team_moves_a_booking(client: FlaskClient, session: Session, samir: Person, booking: Booking) -> None:
    answer = log_in(client, samir).post(address(booking, "/deplacer"), data={"day": "2026-11-27", "start": "16:30"})
    assert answer.status_code == 303
    session.refresh(booking)
    assert booking.starts_at.isoformat() == "2026-11-27T15:30:00+00:00"
    assert (booking.ends_at - booking.starts_at).total_seconds() == 3600


@pytest.mark.parametrize(
    ("day", "start", "said"),
    [
        ("2026-02-31", "14:00", "Cette date n’existe pas"),
        ("2027-03-28", "02:30", "la nuit du changement d’heure la saute"),
        ("2026-11-27", "25:00", "Écrire l’heure ainsi"),
        ("", "14:00", "Choisir un jour"),
        ("9999-11-27", "14:00", "Cette année n’est pas possible"),
        ("2026-11-20", "14:00", "Cette heure est passée"),
    ],
)
def test_a_day_or_hour_that_cannot_be_is_said_and_changes_nothing(
    client: FlaskClient, session: Session, samir: Person, booking: Booking, day: str, start: str, said: str
) -> None:
    answer = log_in(client, samir).post(address(booking, "/deplacer"), data={"day": day, "start": start})
    assert answer.status_code == 422
    assert said in answer.text
    session.refresh(booking)
    assert booking.starts_at == slot("14:00", "15:00").start


def test_a_move_onto_a_taken_time_says_the_nearest(client: FlaskClient, samir: Person, booking: Booking) -> None:
    make_booking(booking.resource, slot("16:00", "17:00"), make_young())
    answer = log_in(client, samir).post(address(booking, "/deplacer"), data={"day": "2026-11-26", "start": "16:30"})
    assert answer.status_code == 409
    assert "Le plus proche" in answer.text


def test_a_soft_rule_passes_with_a_reason_in_the_form(
    client: FlaskClient, session: Session, samir: Person, booking: Booking
) -> None:
    booking.resource.max_minutes = 30
    session.commit()
    log_in(client, samir)
    typed = {"day": "2026-11-26", "start": "16:00"}
    assert client.post(address(booking, "/deplacer"), data=typed).status_code == 422
    assert (
        client.post(address(booking, "/deplacer"), data=typed | {"override": "Pour finir le projet."}).status_code
        == 303
    )
    session.refresh(booking)
    assert booking.override_reason == "Pour finir le projet."


def test_a_reason_of_one_letter_passes_nothing_and_what_was_typed_stays(
    client: FlaskClient, session: Session, samir: Person, booking: Booking
) -> None:
    booking.resource.max_minutes = 30
    session.commit()
    typed = {"day": "2026-11-26", "start": "16:00", "override": "a . . . . . . . . ."}
    answer = log_in(client, samir).post(address(booking, "/deplacer"), data=typed)
    assert answer.status_code == 422
    assert "10 lettres au moins" in answer.text
    assert "a . . . . . . . . ." in answer.text


def test_each_move_says_from_when_to_when_and_no_reason_replaces_another(
    client: FlaskClient, session: Session, samir: Person, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking.resource.max_minutes = 30
    session.commit()
    log_in(client, samir)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=2))
    first = {"day": "2026-11-26", "start": "16:00", "override": "Pour finir le projet."}
    assert client.post(address(booking, "/deplacer"), data=first).status_code == 303
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=5))
    second = {"day": "2026-11-27", "start": "16:00", "override": "Samir est là vendredi."}
    assert client.post(address(booking, "/deplacer"), data=second).status_code == 303
    page = client.get(address(booking)).text
    assert page.count("Pour finir le projet.") == page.count("Samir est là vendredi.") == 2
    assert "Du jeudi 26 novembre à 14\u00a0h au jeudi 26 novembre à 16\u00a0h." in page
    assert "Du jeudi 26 novembre à 16\u00a0h au vendredi 27 novembre à 16\u00a0h." in page


def test_checking_in_too_early_says_so_on_the_page(client: FlaskClient, samir: Person, booking: Booking) -> None:
    answer = log_in(client, samir).post(address(booking, "/pointer"))
    assert answer.status_code == 422
    assert "15 minutes avant" in answer.text


def test_the_coordinator_closes_and_lifts(client: FlaskClient, session: Session, booking: Booking) -> None:
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    typed = {
        "what": f"place:{booking.place_id}",
        "day": "2026-11-26",
        "start": "08:00",
        "last_day": "2026-11-26",
        "end": "20:00",
        "reason": "Travaux d’électricité.",
    }
    page = client.post("/equipe/fermetures", data=typed, follow_redirects=True)
    assert "1 réservation suspendue" in page.text
    session.refresh(booking)
    assert booking.suspended
    assert "Travaux d’électricité." in page.text
    assert "Inès B." in client.get("/equipe/suspendues").text
    closure = page.text.split("/equipe/fermetures/")[1].split("/")[0]
    page = client.post(f"/equipe/fermetures/{closure}/lever", follow_redirects=True)
    assert "1 réservation rendue" in page.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"what": "place:99999"}, "Not a valid choice"),
        ({"reason": ""}, "Écrire la raison"),
        ({"end": ""}, "Choisir aussi l’heure de fin"),
        ({"last_day": ""}, "Choisir aussi le dernier jour"),
        ({"last_day": "2026-11-25"}, "La fin vient après le début"),
        ({"reason": "x" * 201}, "200 lettres au plus"),
    ],
)
def test_a_closure_badly_said_is_refused_beside_its_field(
    client: FlaskClient, booking: Booking, changed: dict[str, str], said: str
) -> None:
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    typed = {
        "what": f"place:{booking.place_id}",
        "day": "2026-11-26",
        "start": "08:00",
        "last_day": "2026-11-26",
        "end": "20:00",
        "reason": "Travaux.",
    }
    answer = client.post("/equipe/fermetures", data=typed | changed)
    assert answer.status_code == 422
    assert said in answer.text or said == "Not a valid choice"


def test_a_facilitator_does_not_close_the_house(client: FlaskClient, samir: Person) -> None:
    assert log_in(client, samir).get("/equipe/fermetures").status_code == 403


def test_pages_ask_a_bounded_number_of_statements(
    client: FlaskClient, samir: Person, count_statements: Statements
) -> None:
    place = make_place()
    resource = make_resource(place)
    bookings = [make_booking(resource, slot(f"{hour}:00", f"{hour}:30"), make_young()) for hour in range(10, 16)]
    make_closure(slot("09:00", "10:00").start, slot("17:00", "18:00").end, place_id=place.id)
    log_in(client, samir)
    reads: list[Callable[[], object]] = [
        lambda: client.get("/equipe/suspendues"),
        lambda: client.get(address(bookings[0])),
    ]
    for read in reads:
        read()
        count_statements.clear()
        read()
        assert len(count_statements) <= 10, count_statements
