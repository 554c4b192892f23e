"""What an organisation has: given up, kept in part, put back; moved or cancelled by the house; read by the team."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bookings import actions
from bookings.models import Booking, Claim, Place
from bookings.values import Ask
from fablab import clock
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.outbox import Letter, Message
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from rooms.models import Room
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_rooms import lend, make_contact_of, make_room, make_tenant

DAY, SOON = date(2026, 12, 15), date(2026, 11, 25)


@pytest.fixture
def choir() -> Structure:
    """An association whose papers are in order."""
    return make_tenant()


@pytest.fixture
def solene(choir: Structure) -> Person:
    """She acts for the choir."""
    return make_contact_of(choir)


@pytest.fixture
def theirs(leysse: Room, choir: Structure, solene: Person) -> Booking:
    """The choir has the meeting room on Tuesday, for eight."""
    return lend(leysse, choir, slot("17:00", "19:00", DAY))


def path(booking: Booking, act: str = "") -> str:
    return f"/salles/reservations/{booking.public_id}{act}"


def read(session: Session, booking: Booking) -> Booking:
    session.rollback()
    return session.get_one(Booking, booking.id)


def held(session: Session, booking: Booking) -> list[tuple[int, Any, Any]]:
    session.rollback()
    found = select(Claim).where(Claim.booking_id == booking.id, Claim.holds)
    return [(one.resource_id, one.starts_at, one.ends_at) for one in session.scalars(found)]


def keep(client: FlaskClient, booking: Booking, start: str, end: str, people: int = 8) -> TestResponse:
    data = {"day": DAY.isoformat(), "starts": start, "ends": end, "people": str(people)}
    return client.post(path(booking, "/raccourcir"), data=data)


def move(client: FlaskClient, booking: Booking, room: str, start: str, end: str, **more: str) -> TestResponse:
    data = {"room": room, "day": DAY.isoformat(), "starts": start, "ends": end, "people": "8", **more}
    return client.post(path(booking, "/deplacer"), data=data)


def test_a_contact_gives_a_date_up_and_the_room_is_free_again(
    client: FlaskClient, session: Session, theirs: Booking, solene: Person
) -> None:
    log_in(client, solene)
    assert path(theirs, "/annuler") in client.get(path(theirs)).text
    assert "tardive" not in client.get(path(theirs, "/annuler")).text
    page = client.post(path(theirs, "/annuler"), follow_redirects=True).text
    assert "Annulée par la structure." in page
    assert (read(session, theirs).status, held(session, theirs)) == ("cancelled", [])
    assert session.scalars(select(Letter.notice).order_by(Letter.id.desc())).first() == "room-cancelled"


def test_giving_up_within_48_hours_is_said_before_and_recorded_as_late(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person
) -> None:
    ask = Ask(leysse.id, slot("17:00", "19:00", SOON), kind="rental", structure_id=choir.id, headcount=8)
    booking = actions.book(ask, None, NOW - timedelta(days=20))
    log_in(client, solene)
    assert "moins de 48 h avant" in client.get(path(booking, "/annuler")).text
    assert "Annulée tard par la structure." in client.post(path(booking, "/annuler"), follow_redirects=True).text
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "booking.cancelled")).one()
    assert entry.details["reasons"] == ["given_up_late"]


def test_what_was_given_up_by_mistake_is_put_back_by_the_contact_but_not_what_the_house_cancelled(
    client: FlaskClient, session: Session, theirs: Booking, solene: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(client, solene)
    client.post(path(theirs, "/annuler"))
    client.post(path(theirs, "/remettre"))
    assert (read(session, theirs).status, len(held(session, theirs))) == ("confirmed", 1)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=5))
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    client.post(path(theirs, "/annuler"), data={"reason": "room_house"})
    log_in(client, solene)
    assert "L’équipe a annulé." in client.post(path(theirs, "/remettre"), follow_redirects=True).text
    assert read(session, theirs).status == "cancelled"


def test_the_house_takes_a_room_back_with_a_reason_that_the_organisation_reads(
    client: FlaskClient, session: Session, theirs: Booking, solene: Person
) -> None:
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    assert client.post(path(theirs, "/annuler")).status_code == 422
    client.post(path(theirs, "/annuler"), data={"reason": "room_unusable"})
    assert read(session, theirs).status == "cancelled"
    message = session.scalars(select(Message).where(Message.notice == "room-cancelled")).one()
    assert (message.person_id, "ne peut pas être utilisée" in message.text) == (solene.id, True)


def test_a_contact_keeps_a_part_and_comes_fewer_without_a_new_approval(
    client: FlaskClient, session: Session, leysse: Room, theirs: Booking, solene: Person
) -> None:
    log_in(client, solene)
    assert keep(client, theirs, "17:30", "18:30", 5).status_code == 303
    now = read(session, theirs)
    kept = slot("17:30", "18:30", DAY)
    assert (now.starts_at, now.ends_at, now.headcount, now.status) == (kept.start, kept.end, 5, "confirmed")
    assert held(session, theirs) == [(leysse.id, kept.start, kept.end)]


@pytest.mark.parametrize(
    ("start", "end", "people", "said"),
    [
        ("16:30", "19:00", 8, "On peut raccourcir, pas rallonger"),
        ("17:00", "19:30", 8, "On peut raccourcir, pas rallonger"),
        ("20:00", "21:00", 8, "On peut raccourcir, pas rallonger"),
        ("17:00", "18:00", 9, "8 personnes étaient prévues"),
        ("17:00", "18:10", 8, "Choisir une heure ronde"),
        ("17:00", "17:15", 8, "Il faut au moins 30"),
    ],
)
def test_a_contact_extends_nothing(
    client: FlaskClient, session: Session, theirs: Booking, solene: Person, start: str, end: str, people: int, said: str
) -> None:
    log_in(client, solene)
    answer = keep(client, theirs, start, end, people)
    assert (answer.status_code, said in answer.text.replace("\u00a0", " ")) == (422, True)
    assert f'value="{start}"' in answer.text
    assert (read(session, theirs).headcount, held(session, theirs)[0][1:]) == (8, as_pair("17:00", "19:00"))


def test_a_part_kept_of_a_part_in_the_same_second_is_kept_and_told_once(
    client: FlaskClient, session: Session, theirs: Booking, solene: Person
) -> None:
    log_in(client, solene)
    assert keep(client, theirs, "17:00", "18:30").status_code == 303
    assert keep(client, theirs, "17:00", "18:00").status_code == 303
    assert read(session, theirs).ends_at == slot("17:00", "18:00", DAY).end
    assert session.scalars(select(Letter.notice).where(Letter.notice == "room-moved")).all() == ["room-moved"]


def as_pair(start: str, end: str) -> tuple[Any, Any]:
    found = slot(start, end, DAY)
    return found.start, found.end


def test_what_has_begun_is_neither_given_up_nor_shortened(
    client: FlaskClient, session: Session, theirs: Booking, solene: Person
) -> None:
    with transaction():
        theirs.starts_at = NOW
        theirs.claims[0].starts_at = NOW
    log_in(client, solene)
    assert client.post(path(theirs, "/annuler")).status_code == 422
    assert "Ce créneau a commencé." in keep(client, theirs, "17:30", "18:30").text
    assert path(theirs, "/annuler") not in client.get(path(theirs)).text
    assert read(session, theirs).status == "confirmed"


def test_the_desk_moves_a_booking_to_another_room_and_hour_and_the_organisation_is_told(
    client: FlaskClient, session: Session, dynamo: Place, theirs: Booking, solene: Person
) -> None:
    bauges = make_room(dynamo, "SAL-09", name="Salle Bauges")
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    assert path(theirs, "/deplacer") in client.get(path(theirs)).text
    assert move(client, theirs, "SAL-09", "18:00", "20:00", people="10").status_code == 303
    now = read(session, theirs)
    assert (now.resource_id, now.headcount) == (bauges.id, 10)
    assert held(session, theirs) == [(bauges.id, *as_pair("18:00", "20:00"))]
    message = session.scalars(select(Message).where(Message.notice == "room-moved")).one()
    assert (message.person_id, "Salle Bauges" in message.text) == (solene.id, True)


def test_a_move_into_what_is_taken_is_refused_and_changes_nothing(
    client: FlaskClient, session: Session, dynamo: Place, leysse: Room, theirs: Booking
) -> None:
    bauges = make_room(dynamo, "SAL-09", name="Salle Bauges", safety_gauge=5, usual_capacity=4)
    lend(bauges, make_tenant("Théâtre"), slot("17:00", "19:00", DAY), people=3)
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    answer = move(client, theirs, "SAL-09", "17:00", "19:00")
    assert answer.status_code == 409
    assert "5 personnes au plus" in answer.text
    assert held(session, theirs) == [(leysse.id, *as_pair("17:00", "19:00"))]
    assert move(client, theirs, "NULLE-PART", "17:00", "19:00").status_code == 422


def test_a_booking_goes_over_to_a_hall_of_two_halves_and_back(
    client: FlaskClient, session: Session, dynamo: Place, leysse: Room, theirs: Booking
) -> None:
    hall = make_room(dynamo, "SAL-01", name="Grande salle")
    halves = [make_room(dynamo, f"SAL-01{side}", name=f"Moitié {side}", whole_id=hall.id) for side in "AB"]
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    assert move(client, theirs, "SAL-01", "17:00", "19:00").status_code == 303
    assert {one[0] for one in held(session, theirs)} == {one.id for one in halves}
    assert move(client, theirs, "SAL-08", "17:00", "19:00").status_code == 303
    assert held(session, theirs) == [(leysse.id, *as_pair("17:00", "19:00"))]
    assert len(session.scalars(select(Claim).where(Claim.booking_id == theirs.id)).all()) == 1


def test_a_contact_moves_nothing_and_touches_nothing_of_others(
    client: FlaskClient, session: Session, leysse: Room, theirs: Booking, solene: Person
) -> None:
    other = lend(leysse, make_tenant("Théâtre"), slot("09:00", "11:00", DAY))
    log_in(client, solene)
    assert client.get(path(theirs, "/deplacer")).status_code == 403
    for act in ("/annuler", "/raccourcir", "/remettre"):
        assert client.post(path(other, act)).status_code == 404, act
    assert read(session, other).status == "confirmed"


def test_a_facilitator_reads_a_booking_and_changes_nothing(
    client: FlaskClient, session: Session, theirs: Booking
) -> None:
    log_in(client, make_staff())
    answer = client.get(f"/equipe/reservations/{theirs.public_id}", follow_redirects=True)
    assert answer.status_code == 200
    assert "Chœurs du Quai" in answer.text
    assert "/annuler" not in answer.text
    assert client.post(path(theirs, "/annuler")).status_code == 403
    assert read(session, theirs).status == "confirmed"


def test_a_mask_hides_a_sensitive_organisation_from_facilitators_too(client: FlaskClient, leysse: Room) -> None:
    tenant = make_tenant("Vie libre", sensitive=True, masked_label="Association de santé")
    booking = lend(leysse, tenant, slot("17:00", "19:00", DAY), purpose="groupe de parole")
    log_in(client, make_staff())
    said = client.get(path(booking)).text
    assert f"Association de santé {tenant.id}" in said
    assert "Vie libre" not in said
    assert "parole" not in said


def test_a_contacts_home_lists_their_dates_and_leads_to_each(
    client: FlaskClient, leysse: Room, theirs: Booking, solene: Person, count_statements: Statements
) -> None:
    other = lend(leysse, make_tenant("Théâtre"), slot("09:00", "11:00", DAY))
    log_in(client, solene)
    count_statements.clear()
    page = client.get("/").text
    assert len(count_statements) <= 10, list(count_statements)
    assert f'href="{path(theirs)}"' in page
    assert "Salle de réunion Leysse" in page
    assert other.public_id not in page
    client.post(path(theirs, "/annuler"))
    assert "Aucune date réservée pour l’instant." in client.get("/").text
