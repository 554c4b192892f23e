"""What is read of the money of rooms is index seeks, however many bookings there were."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.db import db, transaction
from fablab.people.models import Structure
from rooms import queries, queries_money
from rooms.models import Room
from rooms.models_money import BookingMoney
from rooms.values import Tenant
from rooms.values_money import season_of
from tests.conftest import NOW
from tests.make import make_staff
from tests.make_bookings import make_place
from tests.make_rooms import make_room, make_tenant, say_applicants
from tests.plans import full_scans, steps

TODAY = NOW.date()
SEASON = season_of(TODAY)


class Past:
    """Ten thousand dates of fifty organisations in ten years, most of them over."""

    def __init__(self) -> None:
        say_applicants()
        rooms: list[Room] = [make_room(make_place(), f"SAL-{number}") for number in range(10)]
        self.structures: list[Structure] = [make_tenant(f"Association {number}") for number in range(50)]
        rows: list[dict[str, Any]] = []
        for number in range(10_000):
            start = NOW + timedelta(days=14 - number // 3, hours=2 * (number % 3))
            room = rooms[number % 10]
            rows.append({
                "id": number + 1, "public_id": f"b{number}", "kind": "rental", "resource_id": room.id,
                "place_id": room.place_id, "structure_id": self.structures[number % 50].id, "starts_at": start,
                "ends_at": start + timedelta(hours=2), "status": "confirmed", "headcount": 4, "suspended": False,
                "held_before": False, "created_at": NOW, "hour_cents": 1000, "charged": number % 5 == 0,
                "deposit_cents": 30_000 if number % 100 == 0 else None,
            })  # fmt: skip
        by = make_staff("Nadia")
        with transaction() as session:
            session.execute(insert(Booking), rows)
            # The first of those with a deposit is to come; the next is over and was not given back.
            _coming, out, *others = [one["id"] for one in rows if one["deposit_cents"]]
            held = {"received_at": NOW, "received_by_id": by.id}
            session.execute(insert(BookingMoney), [{"booking_id": out, **held}])
            ended = {**held, "ended_at": NOW, "ended_by_id": by.id, "outcome": "given_back"}
            session.execute(insert(BookingMoney), [{"booking_id": id_, **ended} for id_ in others])
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("ANALYZE"))


@pytest.fixture
def past(shared_database: Flask) -> Past:
    return Past()


def used(session: Session, tenant: Tenant) -> None:
    queries_money.minutes_used(session, tenant, SEASON)


READS: dict[str, tuple[Callable[[Session, Tenant], object], str]] = {
    "used": (used, "ix_booking_structure (structure_id=? AND starts_at>? AND starts_at<?)"),
    "held": (
        lambda session, tenant: queries_money.held(session, tenant, SEASON, TODAY),
        "ix_booking_structure (structure_id=? AND starts_at>? AND starts_at<?)",
    ),
    "to invoice": (
        lambda session, _tenant: queries_money.to_invoice(session, TODAY - timedelta(days=60), TODAY, NOW),
        "ix_booking_status (status=? AND ends_at>? AND ends_at<?)",
    ),
    "deposits": (
        lambda session, _tenant: queries_money.deposits(session, NOW),
        "ix_booking_deposit (status=? AND ends_at>?)",
    ),
}


@pytest.mark.parametrize("name", READS)
def test_every_read_of_money_seeks(past: Past, said: list[tuple[str, Any]], name: str) -> None:
    session, (read, seek) = db.session(), READS[name]
    tenant = queries.tenants(session)[past.structures[0].id]
    queries.rules_of(session), queries.sheets(session)
    session.rollback()
    said.clear()
    read(session, tenant)
    money = [one for one in list(said) if one[0].startswith("SELECT") and "FROM booking" in one[0]]
    assert money
    scans = [scan for statement, parameters in money for scan in full_scans(statement, parameters)]
    # The index of deposits that are out holds those alone.
    assert [one for one in scans if "ix_booking_money_deposit" not in one] == []
    if session.connection().dialect.name == "sqlite":
        taken = [step for statement, parameters in money for step in steps(statement, parameters)]
        assert any(seek in step for step in taken), taken
        # Nothing else of bookings is read but by the key of what was found.
        others = [step for step in taken if seek not in step and "rowid=?" not in step]
        assert [step for step in others if "SEARCH booking USING" in step] == []


def test_deposits_are_those_to_receive_and_those_that_are_out_soonest_first(past: Past) -> None:
    found = queries_money.deposits(db.session(), NOW)
    assert [(booking.id, money is not None) for booking, money in found] == [(101, True), (1, False)]


def test_a_month_is_what_it_was_before(past: Past) -> None:
    first = TODAY - timedelta(days=60)
    found = queries_money.to_invoice(db.session(), first, first + timedelta(days=29), NOW)
    assert {one.booking.starts_at.date() for one in found} <= {first + timedelta(days=day) for day in range(30)}
    assert len(found) == 18
