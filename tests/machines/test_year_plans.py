"""At size, the week of one machine and the hours of a year seek in indexes: never all of the bookings or claims."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim
from bookings.values import Slot
from fablab import clock
from fablab.db import db, transaction
from machines import queries_one_week, queries_room, queries_year
from tests.conftest import NOW, Statements
from tests.make_machines import make_fablab, make_machine
from tests.plans import full_scans, steps

MACHINES, DAYS, A_DAY = 10, 1000, 2


def fill() -> None:
    """Twenty thousand bookings over three years, and a group's session a week."""
    fablab = make_fablab()
    machines = [make_machine(fablab, f"MAC-{number}").id for number in range(MACHINES)]
    rows: list[dict[str, Any]] = []
    claims: list[dict[str, Any]] = []

    def add(kind: str, resource_ids: list[int], hours: int) -> None:
        start = NOW + timedelta(hours=hours)
        id_ = len(rows) + 1
        rows.append({
            "id": id_, "public_id": f"b{id_}", "kind": kind, "resource_id": resource_ids[0],
            "place_id": fablab.place.id, "starts_at": start, "ends_at": start + timedelta(hours=1),
            "status": "confirmed" if start > NOW else "done", "headcount": 1, "suspended": False,
            "held_before": False, "created_at": NOW,
        })  # fmt: skip
        claims.extend(
            {"resource_id": one, "booking_id": id_, "starts_at": start, "ends_at": start + timedelta(hours=1)}
            | {"holds": True}
            for one in resource_ids
        )

    for day in range(14 - DAYS, 14):
        for machine in machines:
            for turn in range(A_DAY):
                add("own", [machine], 24 * day + 2 * turn)
        if day % 7 == 0:
            add("session", [fablab.floor.id, *machines], 24 * day + 2 * A_DAY)
    with transaction() as session:
        session.execute(insert(Booking), rows)
        session.execute(insert(Claim), claims)
        if session.get_bind().dialect.name == "postgresql":
            # As its own housekeeping does; SQLite is never asked to, so it plans without figures.
            session.execute(text("ANALYZE"))


def test_both_pages_seek(said: list[tuple[str, Any]]) -> None:
    fill()
    session = db.session()
    session.rollback()
    said.clear()
    found = queries_year.hours_of_year(session, 2025, NOW)
    machine = queries_one_week.machine_named(session, "MAC-3")
    assert machine is not None
    week = queries_one_week.week_of_one(session, machine, clock.week_of(clock.local_day(NOW)), NOW)
    assert [len(one.uses) for one in week.days] == [2, 3, 2, 2, 2, 2, 2]
    # 365 days of two hours a machine, and an hour of each of the 52 Tuesdays.
    assert {one.hours.own for one in found.machines} == {365 * A_DAY * 60}
    assert {one.hours.groups for one in found.machines} == {52 * 60}
    asked = [(statement, parameters) for statement, parameters in said if statement.startswith("SELECT")]
    scans = [(scan, statement) for statement, parameters in asked for scan in full_scans(statement, parameters)]
    assert scans == []
    if session.get_bind().dialect.name == "sqlite":
        year, values = next(one for one in asked if "UNION ALL" in one[0] and "sum(" in one[0])
        plan = " ".join(steps(year, values))
        assert plan.count("COVERING INDEX ix_booking_resource") == 6
        assert plan.count("INDEX ix_booking_session") == 3


def test_who_is_in_the_rooms_is_found_by_the_hour(session: Session, count_statements: Statements) -> None:
    queries_room.happening(session, [1], Slot(NOW, NOW + timedelta(hours=1)), [], NOW)
    if session.get_bind().dialect.name == "sqlite":
        (asked,) = count_statements
        taken = steps(asked, (0,) * asked.count("?"))
        assert [step for step in taken if step.startswith("SCAN")] == []
        assert sum("shift USING INDEX ix_shift_starts" in step for step in taken) == 1
        assert sum("booking USING INDEX ix_booking_training" in step for step in taken) == 2
