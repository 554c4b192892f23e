"""A hall that is divided: whole and halves exclude each other, halves are offered, and are neither rooms nor area."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import asking, queries_feeds, upkeep_placing
from bookings.models import Booking, Claim, Place
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.permissions import Role
from rooms import queries, queries_hours, queries_week
from rooms.catalogue_stores import PARTS
from rooms.models import Room
from rooms.values import Reader
from tests.conftest import NOW, Statements
from tests.home import given
from tests.make import log_in, make_staff
from tests.make_bookings import make_closure, slot
from tests.make_rooms import lend, make_room, make_tenant

DAY = date(2026, 12, 15)
TEAM = Reader(team=True, unmasked=True)


@pytest.fixture
def hall(dynamo: Place) -> Room:
    """A great hall for a hundred people."""
    return make_room(dynamo, "SAL-01", name="Grande salle", area_m2=104, safety_gauge=100, usual_capacity=70, exits=2)


@pytest.fixture
def halves(dynamo: Place, hall: Room) -> tuple[Room, Room]:
    """Its two halves, for nineteen people each."""
    left, right = (
        make_room(dynamo, f"SAL-01{side}", name=f"Demi-salle {side}", area_m2=52, whole_id=hall.id) for side in "AB"
    )
    return left, right


def codes(session: Session, room: Room, when: Slot) -> list[str]:
    tenant = make_tenant("Jeux")
    wish = Ask(room.id, when, kind="rental", structure_id=tenant.id, headcount=8)
    return asking.weigh_one(session, wish, NOW).codes


def text(client: FlaskClient, address: str) -> str:
    return " ".join(given.text(client, address).replace("\u00a0", " ").split())


def test_a_half_refuses_the_hall_and_leaves_the_other_half_free(
    session: Session, hall: Room, halves: tuple[Room, Room]
) -> None:
    when = slot("17:00", "19:00", DAY)
    lend(halves[0], make_tenant(), when)
    assert [codes(session, one, when) for one in (hall, *halves)] == [["taken"], ["taken"], []]


def test_the_hall_refuses_both_halves(session: Session, hall: Room, halves: tuple[Room, Room]) -> None:
    when = slot("17:00", "19:00", DAY)
    lend(hall, make_tenant(), when, people=60)
    assert [codes(session, one, when) for one in halves] == [["taken"], ["taken"]]


def test_halves_are_neither_rooms_nor_area_and_each_page_leads_to_the_others(
    client: FlaskClient, hall: Room, halves: tuple[Room, Room]
) -> None:
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    said = text(client, "/salles")
    assert "1 salle, 104 m²" in said
    assert all(f'href="/salles/{one.code}"' in said for one in (hall, *halves))
    assert "1 salle<" in text(client, "/salles/semaine")
    assert "Se divise :" in text(client, "/salles/SAL-01")
    assert all(one.code in text(client, "/salles/SAL-01") for one in halves)
    half = text(client, "/salles/SAL-01A")
    assert ('href="/salles/SAL-01"' in half, "Une partie de" in half) == (True, True)


def test_a_small_group_is_offered_the_half_that_is_free(
    client: FlaskClient, hall: Room, halves: tuple[Room, Room]
) -> None:
    lend(halves[0], make_tenant(), slot("17:00", "19:00", DAY))
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    tenant = make_tenant("Jeux")
    need = f"structure={tenant.public_id}&people=8&day={DAY}&starts=17:00&ends=19:00"
    said = text(client, f"/salles/trouver?{need}")
    assert said.count("/salles/SAL-01B/demander") >= 1
    assert "Ce créneau est pris." in said


def test_the_week_shows_the_hall_taken_with_its_half_and_the_list_says_it_once(
    session: Session, hall: Room, halves: tuple[Room, Room]
) -> None:
    lend(halves[1], make_tenant(), slot("14:00", "18:00", DAY))
    lend(hall, make_tenant("Théâtre"), slot("19:00", "21:00", DAY), people=60)
    rooms = queries.in_use(session, DAY)
    lines = queries_week.day_list(session, rooms, DAY, TEAM)
    assert [(one.room.code, one.told.who) for one in lines] == [("SAL-01B", "Chœurs du Quai"), ("SAL-01", "Théâtre")]
    [hall_day] = queries_week.week_of_one(session, rooms[0], [DAY], NOW, TEAM)
    assert [one.told.who for one in hall_day.lines] == ["Chœurs du Quai", "Théâtre"]
    free = {
        row.id: [(one.start, one.end) for one in row.cells[1].every_free]
        for row in queries_week.week_of(session, rooms, date(2026, 12, 14), NOW, TEAM).grid.rows
    }
    evening = slot("18:00", "19:00", DAY)
    assert (evening.start, evening.end) in free[hall.id]
    noon = slot("12:00", "14:30", DAY)
    assert not any(start < noon.end and noon.end < end for start, end in free[hall.id])
    assert any(start < noon.end and noon.end < end for start, end in free[halves[0].id])
    span = slot("08:00", "22:00", DAY)
    assert len(queries_feeds.taking(session, hall.id, span)) == 2
    assert len(queries_feeds.taking(session, halves[0].id, span)) == 1


def test_a_closure_of_the_hall_shuts_its_halves_in_the_week(
    session: Session, hall: Room, halves: tuple[Room, Room]
) -> None:
    closed = slot("08:00", "23:00", DAY)
    make_closure(closed.start, closed.end, resource_id=hall.id)
    grid = queries_week.week_of(session, queries.in_use(session, DAY), date(2026, 12, 14), NOW, TEAM).grid
    assert [row.cells[1].every_free for row in grid.rows] == [(), (), ()]


def test_an_hour_of_the_hall_is_a_room_hour_and_an_hour_of_a_half_is_counted_apart(
    client: FlaskClient, session: Session, hall: Room, halves: tuple[Room, Room], count_statements: Statements
) -> None:
    lend(hall, make_tenant(), slot("17:00", "19:00", DAY), people=60)
    lend(halves[0], make_tenant("Jeux"), slot("14:00", "15:30", DAY))
    lend(halves[1], make_tenant("Théâtre"), slot("10:00", "11:00", date(2027, 1, 5)))
    queries.sheets(session)
    count_statements.clear()
    assert queries_hours.of_month(session, DAY) == queries_hours.LentHours(120, 90)
    assert len(count_statements) == 1
    assert queries_hours.of_month(session, date(2027, 1, 31)) == queries_hours.LentHours(0, 60)


def test_what_had_the_hall_before_it_was_divided_takes_both_halves(session: Session, dynamo: Place, hall: Room) -> None:
    when = slot("17:00", "19:00", DAY)
    before = lend(hall, make_tenant(), when, people=60)
    for side in "AB":
        make_room(dynamo, f"SAL-01{side}", name=f"Demi-salle {side}", whole_id=hall.id)
        with transaction() as writing:
            upkeep_placing.divide(writing, hall.id)
    left, right = (one for one in queries.in_use(session, DAY) if one.whole_id == hall.id)
    claims = session.scalars(select(Claim).where(Claim.booking_id == before.id).order_by(Claim.resource_id)).all()
    assert [(one.resource_id, one.holds, one.starts_at) for one in claims] == [
        (left.id, True, when.start),
        (right.id, True, when.start),
    ]
    assert [codes(session, session.get_one(Room, one.id), when) for one in (left, right)] == [["taken"], ["taken"]]
    assert session.get_one(Booking, before.id).resource_id == hall.id


def test_the_catalogue_knows_parts_apart_from_rooms(session: Session, hall: Room, halves: tuple[Room, Room]) -> None:
    assert {code: one["of"] for code, one in PARTS.held(session).items()} == {"SAL-01A": "SAL-01", "SAL-01B": "SAL-01"}
