"""Requests for rooms answered by the coordination: one or several at once, each told, each by itself."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking, Claim, Place
from bookings.values import Ask
from fablab.db import transaction
from fablab.outbox import Letter
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from fablab.refusals import Refused
from rooms import queries_coming
from rooms.models import Room
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff
from tests.make_bookings import make_closure, slot
from tests.make_pathways import make_group
from tests.make_rooms import make_contact_of, make_room, make_tenant

DAY = date(2026, 12, 15)
PAGE = "/salles/demandes"


@pytest.fixture
def choir() -> Structure:
    """An association that still has to sign its convention."""
    return make_tenant(agreement="to_sign")


@pytest.fixture
def solene(choir: Structure) -> Person:
    """She acts for the choir."""
    return make_contact_of(choir)


@pytest.fixture
def nadia() -> Person:
    """She coordinates."""
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def wanted(room: Room, structure: Structure, start: str = "17:00", end: str = "19:00") -> Booking:
    """A request of an organisation, eight people, on Tuesday."""
    ask = Ask(room.id, slot(start, end, DAY), kind="rental", structure_id=structure.id, headcount=8, purpose="concert")
    return actions.request(ask, None, NOW)


def state(session: Session, booking: Booking) -> tuple[str, bool]:
    session.rollback()
    held = session.scalars(select(Claim.holds).where(Claim.booking_id == booking.id)).all()
    return session.get_one(Booking, booking.id).status, any(held)


def test_the_page_says_who_asks_for_what_and_what_is_waited_for(
    client: FlaskClient, leysse: Room, choir: Structure, nadia: Person
) -> None:
    wanted(leysse, choir)
    log_in(client, nadia)
    assert f'href="{PAGE}"' in client.get("/salles").text
    said = " ".join(client.get(PAGE).text.split())
    for words in ("Chœurs du Quai", "Salle de réunion Leysse", "8 personnes", "concert", "la convention signée"):
        assert words in said, words


def test_several_are_accepted_at_once_and_each_organisation_is_told(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person, nadia: Person
) -> None:
    first, second = wanted(leysse, choir), wanted(leysse, choir, "20:00", "21:00")
    other = wanted(leysse, make_tenant("Théâtre", agreement="to_sign"), "09:00", "10:00")
    log_in(client, nadia)
    ids = [first.public_id, second.public_id]
    answer = client.post(PAGE, data={"chosen": ids, "answer": "yes"}, follow_redirects=True)
    assert "2 demandes acceptées." in answer.text
    states = [state(session, one) for one in (first, second, other)]
    assert states == [("confirmed", True), ("confirmed", True), ("requested", True)]
    letters = session.execute(select(Letter.notice, Letter.person_id).where(Letter.notice == "room-approved")).all()
    assert [tuple(one) for one in letters] == [("room-approved", solene.id)] * 2


def test_a_refusal_says_why_lets_the_room_go_and_is_told(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person, nadia: Person
) -> None:
    asked = wanted(leysse, choir)
    log_in(client, nadia)
    data = {"chosen": asked.public_id, "answer": "no", "reason": "room_house"}
    assert "1 demande refusée." in client.post(PAGE, data=data, follow_redirects=True).text
    assert state(session, asked) == ("refused", False)
    [body] = session.scalars(select(Letter.body).where(Letter.notice == "room-refused")).all()
    assert "La maison a besoin de la salle à ce moment." in body
    assert "Aucune demande n’attend" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "yes"}, "Cocher au moins une demande."),
        ({"answer": "no", "chosen": "it"}, "Choisir une raison"),
        ({"answer": "no", "chosen": "it", "reason": "parce que"}, "Choisir une des réponses proposées."),
        ({"answer": "yes", "chosen": "unknown"}, "Choisir une des réponses proposées."),
    ],
)
def test_an_answer_that_is_not_whole_changes_nothing_and_keeps_what_was_ticked(
    client: FlaskClient,
    session: Session,
    leysse: Room,
    choir: Structure,
    nadia: Person,
    sent: dict[str, str],
    said: str,
) -> None:
    asked = wanted(leysse, choir)
    log_in(client, nadia)
    chosen = {"it": asked.public_id, "unknown": "unknown"}.get(sent.get("chosen", ""))
    answer = client.post(PAGE, data={**sent, **({"chosen": chosen} if chosen else {})})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert (f'value="{asked.public_id}" checked' in answer.text) == (chosen == asked.public_id)
    assert state(session, asked) == ("requested", True)


def test_one_that_is_no_longer_possible_hinders_no_other_and_says_why(
    client: FlaskClient, session: Session, dynamo: Place, leysse: Room, choir: Structure, nadia: Person
) -> None:
    shut, open_still = wanted(leysse, choir), wanted(make_room(dynamo, "SAL-09"), choir)
    day = slot("00:00", "23:59", DAY)
    make_closure(day.start, day.end, resource_id=leysse.id)
    log_in(client, nadia)
    data = {"chosen": [shut.public_id, open_still.public_id], "answer": "yes"}
    said = client.post(PAGE, data=data, follow_redirects=True).text
    assert "1 demande acceptée." in said
    assert "Salle de réunion Leysse, mardi 15 décembre à" in said
    assert "pas possible" in said
    assert state(session, shut)[0] == "requested"
    assert state(session, open_still)[0] == "confirmed"


def test_insurance_that_ended_meanwhile_stands_in_the_way_of_a_yes(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    asked = wanted(leysse, choir)
    with transaction():
        choir.insurance_until = date(2026, 12, 1)
    log_in(client, nadia)
    data = {"chosen": asked.public_id, "answer": "yes"}
    assert "L’assurance de la structure s’arrête" in client.post(PAGE, data=data, follow_redirects=True).text
    assert state(session, asked) == ("requested", True)


def test_a_request_is_answered_once(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    asked = wanted(leysse, choir)
    log_in(client, nadia)
    client.post(PAGE, data={"chosen": asked.public_id, "answer": "yes"})
    late = client.post(PAGE, data={"chosen": asked.public_id, "answer": "no", "reason": "room_use"})
    assert late.status_code == 422
    assert state(session, asked) == ("confirmed", True)


def test_a_booking_says_yes_from_its_own_page(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    asked = wanted(leysse, choir)
    log_in(client, nadia)
    page = client.get(f"/salles/reservations/{asked.public_id}").text
    assert f'name="chosen" value="{asked.public_id}"' in page
    client.post(PAGE, data={"chosen": asked.public_id, "answer": "yes"})
    assert state(session, asked)[0] == "confirmed"


def test_the_dashboard_counts_the_requests_and_leads_to_them(
    client: FlaskClient, leysse: Room, choir: Structure, nadia: Person
) -> None:
    make_group()
    log_in(client, nadia)
    assert "demande de salle" not in client.get("/").text
    wanted(leysse, choir)
    wanted(leysse, choir, "20:00", "21:00")
    page = client.get("/").text
    assert "2 demandes de salles" in page
    assert f'href="{PAGE}"' in page


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.STRUCTURE, Role.FACILITATOR])
def test_only_the_coordination_answers(client: FlaskClient, leysse: Room, choir: Structure, role: Role) -> None:
    asked = wanted(leysse, choir)
    log_in(client, make_staff(roles=(role,)))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"chosen": asked.public_id, "answer": "yes"}).status_code == 403


def test_the_page_asks_few_statements_whatever_the_requests(
    client: FlaskClient, leysse: Room, choir: Structure, nadia: Person, count_statements: Statements
) -> None:
    for hour in range(9, 20):
        wanted(leysse, choir, f"{hour:02}:00", f"{hour:02}:30")
    log_in(client, nadia)
    client.get(PAGE)
    count_statements.clear()
    client.get(PAGE)
    assert len(count_statements) <= 10, list(count_statements)


def competing(room: Room) -> Room:
    """Several organisations may ask for the same time of this room."""
    with transaction() as session:
        session.get_one(Room, room.id).first_come = False
    return room


def test_where_requests_compete_accepting_one_refuses_the_others_in_the_same_act_and_tells_them(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, solene: Person, nadia: Person
) -> None:
    theatre, club = make_tenant("Théâtre"), make_tenant("Échecs")
    paul = make_contact_of(theatre, "Paul")
    competing(leysse)
    mine, theirs = wanted(leysse, choir), wanted(leysse, theatre, "18:00", "20:00")
    after = wanted(leysse, club, "20:00", "21:00")  # it begins when the others end
    assert [state(session, one) for one in (mine, theirs, after)] == [("requested", False)] * 3
    log_in(client, nadia)
    page = client.get(PAGE).text.replace("\u00a0", " ")
    assert page.count("1 autre demande à ce moment : en accepter une refuse les autres.") == 2
    answer = client.post(
        PAGE, data={"chosen": [mine.public_id, theirs.public_id], "answer": "yes"}, follow_redirects=True
    )
    assert "1 demande acceptée." in answer.text  # the other was refused by the first yes
    assert [state(session, one) for one in (mine, theirs, after)] == [
        ("confirmed", True), ("refused", False), ("requested", False),
    ]  # fmt: skip
    session.refresh(theirs)
    assert theirs.reasons == [{"code": "other_chosen"}]
    letters = session.scalars(select(Letter).order_by(Letter.id)).all()
    told = {(one.person_id, one.notice) for one in letters if one.notice in ("room-approved", "room-refused")}
    assert told == {(solene.id, "room-approved"), (paul.id, "room-refused")}
    [refused] = [one for one in letters if one.notice == "room-refused"]
    assert "Une autre demande a été choisie pour cette heure." in refused.body
    log_in(client, paul)
    assert "Plusieurs structures peuvent demander" in client.get(f"/salles/{leysse.code}/demander").text


def test_the_page_counts_the_requests_that_accepting_one_refuses_and_no_others(
    session: Session, leysse: Room, choir: Structure
) -> None:
    competing(leysse)
    mine, shut, later = wanted(leysse, choir), wanted(leysse, choir), wanted(leysse, choir, "18:00", "20:00")
    with transaction() as fresh:
        fresh.get_one(Booking, shut.id).suspended = True
    assert dict(queries_coming.rivals(session, [mine])) == {mine.id: 1}, "one beyond those shown counts too"
    assert dict(queries_coming.rivals(session, [mine, shut, later])) == {mine.id: 1, shut.id: 2, later.id: 1}


def test_half_a_hall_and_the_whole_compete_and_a_request_that_a_closure_suspends_is_left_to_wait(
    session: Session, dynamo: Place, choir: Structure, nadia: Person
) -> None:
    hall = make_room(dynamo, "SAL-01", first_come=False)
    halves = [make_room(dynamo, f"SAL-01{letter}", whole_id=hall.id, first_come=False) for letter in "AB"]
    whole, half, other = wanted(hall, choir), wanted(halves[0], make_tenant("A")), wanted(halves[1], make_tenant("B"))
    with transaction() as fresh:
        fresh.get_one(Booking, other.id).suspended = True
    actions.approve(whole, nadia, NOW)
    assert [state(session, one)[0] for one in (whole, half, other)] == ["confirmed", "refused", "requested"]


def test_where_the_first_request_holds_its_time_nobody_else_may_ask_for_it(
    session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    first = wanted(leysse, choir)
    with pytest.raises(Refused, match="taken"):
        wanted(leysse, make_tenant("Théâtre"))
    actions.approve(first, nadia, NOW)
    assert state(session, first) == ("confirmed", True)


def test_the_list_of_competing_requests_costs_the_same_however_many(
    client: FlaskClient, leysse: Room, choir: Structure, nadia: Person, count_statements: Statements
) -> None:
    competing(leysse)
    log_in(client, nadia)
    wanted(leysse, choir)

    def cost() -> int:
        client.get(PAGE)
        count_statements.clear()
        assert client.get(PAGE).status_code == 200
        return len(count_statements)

    before = cost()
    for number in range(4):
        wanted(leysse, make_tenant(f"Club {number}"))
    assert cost() == before
