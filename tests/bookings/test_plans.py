"""Every read of the calendar at size is index seeks: no scan of bookings or claims."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bookings import asking, queries
from bookings.models import Booking, Claim
from bookings.values import Ask, Scope, Slot
from fablab.db import db, transaction
from tests.conftest import NOW
from tests.make import make_young
from tests.make_bookings import make_place, make_resource, slot
from tests.plans import full_scans

RESOURCES, DAYS, A_DAY = 20, 250, 4
WEEK = Slot(NOW - timedelta(days=1), NOW + timedelta(days=6))


class House:
    """Twenty thousand bookings, most of them past."""

    def __init__(self) -> None:
        place = make_place(gauge=100)
        self.resources = [make_resource(place) for _ in range(RESOURCES)]
        self.person = make_young()
        others = [make_young() for _ in range(10)]
        rows: list[dict[str, Any]] = []
        claims: list[dict[str, Any]] = []
        for number, resource in enumerate(self.resources):
            for day in range(DAYS):
                for turn in range(A_DAY):
                    start = NOW + timedelta(days=14 - day, hours=2 * turn, minutes=30)
                    id_ = len(rows) + 1
                    rows.append({
                        "id": id_, "public_id": f"b{id_}", "kind": "own", "resource_id": resource.id,
                        "place_id": place.id, "holder_id": others[(number + turn) % 10].id, "starts_at": start,
                        "ends_at": start + timedelta(hours=1), "status": "confirmed" if start > NOW else "done",
                        "headcount": 1, "suspended": False, "held_before": False, "created_at": NOW,
                    })  # fmt: skip
                    claims.append({
                        "resource_id": resource.id, "booking_id": id_, "starts_at": start,
                        "ends_at": start + timedelta(hours=1), "holds": True,
                    })  # fmt: skip
        with transaction() as session:
            session.execute(insert(Booking), rows)
            session.execute(insert(Claim), claims)
            if session.get_bind().dialect.name == "postgresql":
                # As its own housekeeping does; SQLite is never asked to, so it plans without figures.
                session.execute(text("ANALYZE"))
        self.ids = [resource.id for resource in self.resources]


@pytest.fixture
def house(shared_database: Flask) -> House:
    return House()


def read_slots(session: Session, house: House) -> None:
    reading = asking.read(session, Scope(WEEK, frozenset(house.ids)), NOW)
    assert all(reading.free_slots(id_, WEEK, 60) for id_ in house.ids)


def weigh(session: Session, house: House) -> None:
    asks = [Ask(house.ids[0], slot(f"{hour}:00", f"{hour}:30"), holder_id=house.person.id) for hour in range(10, 18)]
    asking.weigh(session, asks, NOW)


READS: dict[str, Callable[[Session, House], object]] = {
    "week": lambda session, house: queries.week_of(session, house.ids, WEEK),
    "week of one": lambda session, house: queries.week_of(session, house.ids[:1], WEEK),
    "free slots": read_slots,
    "weigh": weigh,
    "upcoming": lambda session, house: queries.upcoming_for(session, house.person.id, NOW),
    "under a closure": lambda session, house: queries.bookings_on(session, house.ids[:2], NOW, WEEK.end),
    "suspended": lambda session, house: queries.suspended_during(session, WEEK),
    "sent twice": lambda session, house: queries.booking_by_key(session, "k"),
    "first look": lambda session, house: queries.first_look(session, "k", house.ids[:2], WEEK),
}


def test_every_read_of_the_calendar_seeks(house: House, said: list[tuple[str, Any]]) -> None:
    scans = []
    for name, read in READS.items():
        said.clear()
        db.session.rollback()
        read(db.session(), house)
        for statement, parameters in list(said):
            if statement.startswith(("SELECT", "WITH")):
                scans += [(name, scan, statement) for scan in full_scans(statement, parameters)]
    assert scans == []


def test_a_week_reads_no_more_claims_than_it_shows(house: House) -> None:
    shown = queries.week_of(db.session(), house.ids, WEEK)
    assert len(shown) == RESOURCES * A_DAY * 7
    assert {one.resource_id for one in shown} == set(house.ids)
