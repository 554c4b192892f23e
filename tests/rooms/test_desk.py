"""The desk on the day: who is expected, in, late; counted at the door; another room, or one on the spot."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bookings import actions
from bookings.models import Booking, Claim, Place
from bookings.values import Ask
from fablab import clock
from fablab.db import transaction
from fablab.outbox import Letter, Message
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from rooms.models import Room
from rooms.models_desk import RoomUse
from tests.conftest import NOW, Statements
from tests.home import given
from tests.make import log_in, make_staff
from tests.make_bookings import make_closure, slot
from tests.make_machines import on
from tests.make_rooms import make_contact_of, make_room, make_tenant

DAY = clock.local_day(NOW)
BOARD = "/salles-du-jour"


@contextmanager
def at(hour: str) -> Iterator[datetime]:
    """That Tuesday, at this hour."""
    with time_machine.travel(moment := on(DAY, hour), tick=False):
        yield moment


def lent(room: Room, structure: Structure, start: str, end: str, people: int = 8, **fields: Any) -> Booking:
    """Asked for three weeks ago."""
    ask = Ask(room.id, slot(start, end, DAY), kind="rental", structure_id=structure.id, headcount=people, **fields)
    return actions.book(ask, None, NOW - timedelta(days=21))


@pytest.fixture
def choir() -> Structure:
    return make_tenant()


@pytest.fixture
def theirs(leysse: Room, choir: Structure) -> Booking:
    """The choir has the meeting room from two to four, for eight."""
    return lent(leysse, choir, "14:00", "16:00")


@pytest.fixture
def ines() -> Person:
    return make_staff("Inès", roles=(Role.RECEPTION,))


@pytest.fixture
def desk(client: FlaskClient, dynamo: Place, ines: Person) -> FlaskClient:
    """Inès, of the reception."""
    return log_in(client, ines)


def text(client: FlaskClient, address: str) -> str:
    """A page, its unbreakable spaces as plain ones."""
    return given.text(client, address).replace("\u00a0", " ")


def act(client: FlaskClient, booking: Booking, what: str, **data: str) -> TestResponse:
    return client.post(f"/salles/reservations/{booking.public_id}/{what}", data=data)


def read(session: Session, booking: Booking) -> Booking:
    session.rollback()
    return session.get_one(Booking, booking.id)


def held(session: Session, booking: Booking) -> list[tuple[int, datetime, datetime]]:
    session.rollback()
    found = select(Claim).where(Claim.booking_id == booking.id, Claim.holds)
    return [(one.resource_id, one.starts_at, one.ends_at) for one in session.scalars(found)]


def test_the_board_tells_who_is_expected_late_in_and_gone(
    desk: FlaskClient, dynamo: Place, theirs: Booking, ines: Person
) -> None:
    bauges = make_room(dynamo, "SAL-09", name="Salle Bauges")
    lent(bauges, make_tenant("Théâtre"), "16:00", "18:00", 5)
    with at("13:00"):
        log_in(desk, ines)
        page = text(desk, BOARD)
        assert "Prochain changement : 14 h, Salle de réunion Leysse." in page
        assert "0 personne dans les salles prêtées" in page
        assert "<span>Là<" not in page
    with at("13:50"):
        assert "Bientôt" in text(desk, BOARD)
    with at("14:20"):
        assert "En retard" in text(desk, BOARD)
        act(desk, theirs, "la")
        page = text(desk, BOARD)
        assert "En retard" not in page
        assert "8 personnes dans les salles prêtées" in page
        assert "Prochain changement : 16 h, Salle Bauges." in page
    with at("16:05"):
        log_in(desk, ines)
        assert "C’est l’heure" in text(desk, BOARD)
        act(desk, theirs, "sortis")
        assert "Finis" in text(desk, BOARD)


def test_the_board_says_whether_the_open_lab_is_open(desk: FlaskClient, ines: Person) -> None:
    with time_machine.travel(on(date(2026, 11, 25), "14:30"), tick=False):
        log_in(desk, ines)
        assert "Open lab jusqu’à" in text(desk, BOARD)
    with at("10:30"):
        log_in(desk, ines)
        assert "Open lab à 16 h 30" in text(desk, BOARD)
    with at("20:30"):
        log_in(desk, ines)
        assert "Pas d’open lab maintenant" in text(desk, BOARD)


def test_an_arrival_noted_by_mistake_is_taken_back_from_the_toast(
    desk: FlaskClient, session: Session, theirs: Booking
) -> None:
    with at("13:58"):
        act(desk, theirs, "la")
        assert "/pas-la" in desk.get(BOARD).text
        assert read(session, theirs).status == "checked_in"
        act(desk, theirs, "la")  # twice, once
        act(desk, theirs, "compter", people="5")
        act(desk, theirs, "pas-la")
        now = read(session, theirs)
        assert (now.status, now.checked_in_at, now.headcount) == ("confirmed", None, 8)
        assert session.scalars(select(RoomUse)).all() == []


def test_nobody_comes_in_a_quarter_of_an_hour_early_nor_under_a_closure_nor_when_it_is_over(
    desk: FlaskClient, session: Session, theirs: Booking, leysse: Room, ines: Person
) -> None:
    with at("13:44"):
        act(desk, theirs, "la")
        assert "15 minutes avant" in text(desk, BOARD)
    with at("16:00"):
        act(desk, theirs, "la")
        assert "Ce créneau est fini." in text(desk, BOARD)
    make_closure(on(DAY, "13:00"), on(DAY, "17:00"), resource_id=leysse.id)
    with at("14:00"):
        log_in(desk, ines)
        act(desk, theirs, "la")
        assert "Cette réservation est en attente." in text(desk, BOARD)
    assert read(session, theirs).status == "confirmed"


def test_an_insurance_over_since_closes_no_door(desk: FlaskClient, session: Session, leysse: Room) -> None:
    tenant = make_tenant("Théâtre", insurance_until=date(2026, 12, 31))
    booking = lent(leysse, tenant, "14:00", "16:00")
    session.get_one(Structure, tenant.id).insurance_until = date(2026, 11, 23)
    session.commit()
    with at("14:00"):
        act(desk, booking, "la")
    assert read(session, booking).status == "checked_in"


def test_how_many_came_is_counted_at_the_door_beside_how_many_were_planned(
    desk: FlaskClient, session: Session, theirs: Booking
) -> None:
    with at("14:05"):
        act(desk, theirs, "la")
        assert "Prévues : 8." in text(desk, f"/salles/reservations/{theirs.public_id}/compter")
        assert act(desk, theirs, "compter", people="11").status_code == 303
        assert "11 personnes, 8 prévues" in text(desk, BOARD)
        use = session.scalars(select(RoomUse)).one()
        assert (use.planned_people, use.counted, read(session, theirs).headcount) == (8, 11, 11)


@pytest.mark.parametrize(
    ("people", "said"),
    [("", "Dire combien"), ("0", "1000"), ("20", "19 personnes au plus dans cette salle")],
)
def test_a_count_that_cannot_be_is_said_beside_the_field_and_kept(
    desk: FlaskClient, session: Session, theirs: Booking, people: str, said: str
) -> None:
    with at("14:05"):
        act(desk, theirs, "la")
        answer = act(desk, theirs, "compter", people=people)
    assert (answer.status_code, said in answer.text.replace("\u00a0", " ")) == (422, True)
    assert f'value="{people}"' in answer.text
    assert read(session, theirs).headcount == 8


def test_a_count_never_passes_the_gauge_of_the_building(
    desk: FlaskClient, session: Session, dynamo: Place, theirs: Booking
) -> None:
    with at("14:05"):
        act(desk, theirs, "la")
        session.get_one(Place, dynamo.id).gauge = 10
        session.commit()
        assert act(desk, theirs, "compter", people="11").status_code == 422
        assert act(desk, theirs, "compter", people="10").status_code == 303


def test_who_has_not_come_is_not_counted(desk: FlaskClient, theirs: Booking) -> None:
    with at("14:05"):
        answer = act(desk, theirs, "compter", people="5")
    assert (answer.status_code, "a changé" in answer.text) == (422, True)


def test_who_leaves_early_frees_the_rest_and_it_is_taken_again_from_the_toast(
    desk: FlaskClient, session: Session, leysse: Room, theirs: Booking
) -> None:
    with at("14:00"):
        act(desk, theirs, "la")
    with at("15:00"):
        act(desk, theirs, "sortis")
        assert read(session, theirs).status == "done"
        assert held(session, theirs) == [(leysse.id, on(DAY, "14:00"), on(DAY, "15:00"))]
        act(desk, theirs, "sortis")  # twice, once
        act(desk, theirs, "encore-la")
        assert read(session, theirs).status == "checked_in"
        assert held(session, theirs) == [(leysse.id, on(DAY, "14:00"), on(DAY, "16:00"))]
    with at("16:10"):
        act(desk, theirs, "sortis")
        act(desk, theirs, "encore-la")
        assert read(session, theirs).status == "done"


def test_nobody_came_is_noted_after_a_quarter_of_an_hour_and_who_comes_after_all_takes_the_room_again(
    desk: FlaskClient, session: Session, leysse: Room, theirs: Booking
) -> None:
    with at("14:14"):
        act(desk, theirs, "personne")
        assert "On note une absence 15 minutes après l’heure." in text(desk, BOARD)
        assert read(session, theirs).status == "confirmed"
    with at("14:15"):
        act(desk, theirs, "personne")
        assert (read(session, theirs).status, held(session, theirs)) == ("no_show", [])
        assert "Absent" in text(desk, BOARD)
    with at("14:30"):
        act(desk, theirs, "la")
        assert read(session, theirs).status == "checked_in"
        assert held(session, theirs) == [(leysse.id, on(DAY, "14:00"), on(DAY, "16:00"))]


def test_what_nobody_noted_is_asked_afterwards_and_taken_back_from_the_toast(
    desk: FlaskClient, session: Session, leysse: Room, theirs: Booking
) -> None:
    with at("14:30"):
        act(desk, theirs, "venus")
        assert "Ce créneau n’est pas fini" in text(desk, BOARD)
    with at("16:10"):
        assert "Venus ou pas ?" in text(desk, BOARD)
        act(desk, theirs, "venus")
        act(desk, theirs, "venus")  # twice, once
        assert "/pas-la" in desk.get(BOARD).text
        assert (read(session, theirs).status, len(held(session, theirs))) == ("done", 1)
        act(desk, theirs, "pas-la")
        assert (read(session, theirs).status, len(held(session, theirs))) == ("confirmed", 1)
        act(desk, theirs, "personne")
        assert (read(session, theirs).status, held(session, theirs)) == ("no_show", [])


def test_who_comes_after_somebody_took_their_room_is_told_so(
    desk: FlaskClient, session: Session, leysse: Room, theirs: Booking
) -> None:
    with at("14:20"):
        act(desk, theirs, "personne")
        walk_in(desk, make_tenant("Théâtre"), leysse, "15:30")
        act(desk, theirs, "la")
        assert "Ce créneau est pris." in text(desk, BOARD)
    assert read(session, theirs).status == "no_show"


def walk_in(client: FlaskClient, of: Structure, room: Room | None, until: str, **more: str) -> TestResponse:
    data = {
        "structure": of.public_id,
        "people": "6",
        "ends": until,
        "why": "Leur salle est inondée.",
        "key": "k1",
    }
    return client.post("/salles/tout-de-suite", data=data | ({"room": room.code} if room else {}) | more)


def booked_by(session: Session, structure: Structure) -> list[Booking]:
    session.rollback()
    return list(session.scalars(select(Booking).where(Booking.structure_id == structure.id).order_by(Booking.id)))


def test_the_desk_takes_a_room_on_the_spot_with_a_reason_and_the_organisation_is_told(
    desk: FlaskClient, session: Session, leysse: Room, choir: Structure
) -> None:
    solene = make_contact_of(choir)
    with at("10:07") as moment:
        page = walk_in(desk, choir, None, "11:30")
        assert (page.status_code, "Prendre" in page.text) == (200, True)
        assert booked_by(session, choir) == []  # nothing is taken by looking
        assert walk_in(desk, choir, leysse, "11:30").status_code == 303
        walk_in(desk, choir, leysse, "11:30")  # sent twice, taken once
        [made] = booked_by(session, choir)
        assert (made.status, made.starts_at, made.ends_at) == ("checked_in", moment, on(DAY, "11:30"))
        assert (made.override_reason, made.headcount) == ("Leur salle est inondée.", 6)
        assert session.scalars(select(Message.person_id)).all() == [solene.id]
        assert "Dans les salles" in text(desk, BOARD)


def test_a_room_taken_on_the_spot_refuses_the_requests_that_wanted_that_time_and_tells_them(
    desk: FlaskClient, session: Session, leysse: Room, choir: Structure
) -> None:
    theatre = make_tenant("Théâtre")
    paul = make_contact_of(theatre, "Paul")
    with transaction() as fresh:
        fresh.get_one(Room, leysse.id).first_come = False
    times = (("11:00", "12:00"), ("11:30", "12:30"))
    asks = [Ask(leysse.id, slot(*one, DAY), kind="rental", structure_id=theatre.id, headcount=8) for one in times]
    wanted, after = (actions.request(one, None, NOW - timedelta(days=21)) for one in asks)
    with at("10:07"):
        assert walk_in(desk, choir, leysse, "11:30").status_code == 303
    assert [read(session, one).status for one in (wanted, after)] == ["refused", "requested"]
    told = session.scalars(select(Message).where(Message.notice == "room-refused")).all()
    assert [one.person_id for one in told] == [paul.id]


def test_what_is_left_of_a_free_half_hour_is_taken_too(
    desk: FlaskClient, session: Session, leysse: Room, choir: Structure, theirs: Booking
) -> None:
    with at("13:40"):
        assert walk_in(desk, make_tenant("Théâtre"), leysse, "14:30").status_code == 422  # the choir comes at two
        assert walk_in(desk, make_tenant("Jeux"), leysse, "14:00", key="k2").status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"why": ""}, "Écrire pourquoi"),
        ({"ends": "09:00"}, "Cette heure est passée."),
        ({"ends": ""}, "Choisir une heure"),
        ({"people": "20"}, "19 personnes au plus"),
        ({"structure": ""}, "Dire pour quelle structure."),
    ],
)
def test_a_room_on_the_spot_that_cannot_be_is_said(
    desk: FlaskClient, session: Session, leysse: Room, choir: Structure, fields: dict[str, str], said: str
) -> None:
    with at("10:00"):
        answer = walk_in(desk, choir, leysse, "11:30", **fields)
    assert (answer.status_code, said in answer.text.replace("\u00a0", " ")) == (422, True)
    assert booked_by(session, choir) == []


def test_while_the_house_is_closed_no_room_is_offered_on_the_spot_and_when_it_opens_is_said(
    desk: FlaskClient, session: Session, leysse: Room, choir: Structure, ines: Person
) -> None:
    with at("22:30"):
        log_in(desk, ines)
        board, page = text(desk, BOARD), text(desk, "/salles/tout-de-suite")
        assert "Une salle maintenant" not in board
        for one in (board, page):
            assert "La maison est fermée. Elle ouvre mercredi 25 novembre à 8 h 30." in one
        assert "Voir les salles libres" not in page
        assert walk_in(desk, choir, leysse, "23:30").status_code == 409
    with at("10:00"):
        log_in(desk, ines)
        assert "Une salle maintenant" in text(desk, BOARD)
        make_closure(on(DAY, "08:00"), on(DAY, "23:00"), place_id=leysse.place_id)
        assert "La maison est fermée." in text(desk, BOARD)
    assert booked_by(session, choir) == []


def test_on_the_spot_nothing_waits_for_a_paper_nor_for_a_yes(
    desk: FlaskClient, session: Session, dynamo: Place, leysse: Room, choir: Structure
) -> None:
    unsigned, uninsured = make_tenant("Théâtre", agreement="to_sign"), make_tenant("Jeux", insurance_until=None)
    hall = make_room(dynamo, "SAL-01", name="Grande salle", approval="coordination")
    with at("10:00"):
        assert "il faut la convention signée" in walk_in(desk, unsigned, leysse, "11:00").text.replace("\u00a0", " ")
        assert "l’attestation d’assurance" in walk_in(desk, uninsured, leysse, "11:00").text
        assert "la réponse de la coordination" in walk_in(desk, choir, hall, "11:00").text
        log_in(desk, make_staff("Nadia", roles=(Role.COORDINATOR,)))
        assert walk_in(desk, choir, hall, "11:00").status_code == 303
    assert [len(booked_by(session, one)) for one in (unsigned, uninsured, choir)] == [0, 0, 1]


def test_the_written_reason_of_the_desk_passes_the_notice_on_the_spot_and_nothing_else(
    desk: FlaskClient, session: Session, leysse: Room, choir: Structure
) -> None:
    data = {"structure": choir.public_id, "people": "6", "day": "2026-11-25", "starts": "10:00", "ends": "11:00"}
    answer = desk.post(f"/salles/{leysse.code}/demander", data={**data, "override": "C’est urgent.", "key": "k3"})
    assert "Demander au moins 10" in answer.text.replace("\u00a0", " ")
    with at("10:00"):
        assert walk_in(desk, choir, leysse, "22:30").status_code == 422  # the house is closed then
    assert booked_by(session, choir) == []


def test_what_is_to_come_changes_rooms_in_one_act_and_the_organisation_is_told(
    desk: FlaskClient, session: Session, dynamo: Place, theirs: Booking, choir: Structure
) -> None:
    solene = make_contact_of(choir)
    bauges = make_room(dynamo, "SAL-09", name="Salle Bauges")
    small = make_room(dynamo, "SAL-10", name="Petite", safety_gauge=5, usual_capacity=4)
    with at("14:10"):
        page = text(desk, f"/salles/reservations/{theirs.public_id}/autre-salle")
        assert "Salle Bauges" in page
        assert "5 personnes au plus" in page
        assert act(desk, theirs, "autre-salle", room=bauges.code).status_code == 303
        assert held(session, theirs) == [(bauges.id, on(DAY, "14:00"), on(DAY, "16:00"))]
        message = session.scalars(select(Message).where(Message.notice == "room-moved")).one()
        assert (message.person_id, "Salle Bauges" in message.text) == (solene.id, True)
        answer = act(desk, theirs, "autre-salle", room=small.code)
        assert (answer.status_code, held(session, theirs)[0][0]) == (409, bauges.id)
        assert act(desk, theirs, "autre-salle", room="NULLE-PART").status_code == 400


def test_of_what_has_begun_the_rest_goes_to_another_room_and_the_time_spent_stays(
    desk: FlaskClient, session: Session, dynamo: Place, leysse: Room, theirs: Booking, choir: Structure
) -> None:
    bauges = make_room(dynamo, "SAL-09", name="Salle Bauges")
    with at("14:00"):
        act(desk, theirs, "la")
    with at("15:45"):
        act(desk, theirs, "compter", people="10")
        assert act(desk, theirs, "autre-salle", room=bauges.code).status_code == 303
        before, after = booked_by(session, choir)
        assert (before.status, before.ends_at) == ("done", on(DAY, "15:45"))
        assert (after.status, after.resource_id, after.headcount) == ("checked_in", bauges.id, 10)
        assert held(session, after) == [(bauges.id, on(DAY, "15:45"), on(DAY, "16:00"))]
    with at("16:00"):
        assert act(desk, after, "autre-salle", room=leysse.code).status_code == 409
        assert "Aucune autre salle" in text(desk, f"/salles/reservations/{after.public_id}/autre-salle")


def test_a_sensitive_organisation_is_a_mask_on_the_board_and_in_its_toasts(desk: FlaskClient, leysse: Room) -> None:
    hidden = make_tenant("Phare bleu", sensitive=True, masked_label="Structure protégée")
    booking = lent(leysse, hidden, "14:00", "16:00", purpose="groupe de parole")
    with at("14:00"):
        assert "Phare" not in (page := text(desk, BOARD))
        assert f"Structure protégée {hidden.id}" in page
        assert "groupe de parole" not in page
        act(desk, booking, "la")
        assert "Phare" not in text(desk, BOARD)
        log_in(desk, make_staff("Nadia", roles=(Role.COORDINATOR,)))
        assert "Phare bleu" in text(desk, BOARD)


def test_the_acts_of_the_desk_are_for_the_desk(client: FlaskClient, theirs: Booking, choir: Structure) -> None:
    log_in(client, make_contact_of(choir))
    for what in ("la", "pas-la", "sortis", "encore-la", "personne", "compter", "autre-salle"):
        assert act(client, theirs, what).status_code == 403
    assert client.get(BOARD).status_code == 403


def test_no_letter_leaves_for_what_is_noted_at_the_door(desk: FlaskClient, session: Session, theirs: Booking) -> None:
    before = len(session.scalars(select(Letter)).all())
    with at("14:00"):
        act(desk, theirs, "la")
        act(desk, theirs, "compter", people="4")
        act(desk, theirs, "sortis")
    session.rollback()
    assert len(session.scalars(select(Letter)).all()) == before


def test_the_board_reads_as_much_whatever_the_day(
    desk: FlaskClient, dynamo: Place, choir: Structure, count_statements: Statements
) -> None:
    counts = []
    with at("12:00"):
        for number in range(2):
            room = make_room(dynamo, f"SAL-2{number}")
            for hour in range(13, 18):
                lent(room, choir, f"{hour}:00", f"{hour + 1}:00")
            text(desk, BOARD)
            count_statements.clear()
            text(desk, BOARD)
            counts.append(len(count_statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 10
