"""What programs read: their own person's things or the house's, page by page, in few statements, never a name."""

import pytest
import time_machine
from flask import Flask

from bookings.models import Booking
from fablab.people.models import Person
from fablab.permissions import Role
from machines import actions_repair, actions_use, queries_use
from machines.models import Machine
from machines.values_repair import Report
from machines.values_use import Left, Start
from tests.api.conftest import Program, make_key
from tests.api.test_keys import problem_of
from tests.conftest import NOW, Statements
from tests.machines.pages import WEDNESDAY
from tests.make import make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import Fablab, give_badge, make_machine, on

DAY = {"from_": "2026-11-25T00:00:00+01:00", "to": "2026-11-26T00:00:00+01:00"}


@pytest.fixture
def booking(ines: Person, vinyl: Machine) -> Booking:
    return make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), ines)


@pytest.fixture
def other(vinyl: Machine) -> Booking:
    """Somebody else's."""
    tom = make_young("Théophraste", "Quatremare")
    give_badge(tom, vinyl.badge)
    return make_booking(vinyl, slot("16:00", "17:00", WEDNESDAY), tom)


def test_machines_say_whether_they_work_and_which_badge_opens_them(
    house: Program, mine: Program, fablab: Fablab, vinyl: Machine, ines: Person
) -> None:
    laser = make_machine(fablab, "LAS-01", family="laser")
    actions_repair.report(laser, Report("wear", "La lentille est sale.", False, "api-1"), None, ines, NOW)
    for program in (house, mine):
        found = program.get("/machines").get_json()
        assert [(one["code"], one["state"]) for one in found["items"]] == [("VIN-01", "works"), ("LAS-01", "to_check")]
        assert found["next"] is None
        assert found["items"][0]["badge"] == {"code": vinyl.badge.code, "name": vinyl.badge.name}
    assert [one["code"] for one in house.get("/machines", family="laser").get_json()["items"]] == ["LAS-01"]
    assert house.get("/machines/LAS-01").get_json()["state"] == "to_check"


def start_of(booking: Booking) -> Start:
    """What its machine asks of whoever begins."""
    handling = queries_use.handling_of(booking.resource)  # type: ignore[arg-type]  # a machine
    return Start(next(iter(handling.allowed), None), handling.protections, handling.checks)


def test_a_machine_in_use_says_so(app: Flask, nadia: Person, booking: Booking) -> None:
    with time_machine.travel(on(WEDNESDAY, "14:05"), tick=False):
        program = Program(app.test_client(), make_key(nadia, "house"))
        assert program.get("/machines/VIN-01").get_json()["state"] == "works"
        actions_use.check_in(booking, start_of(booking), make_staff("Awa"), on(WEDNESDAY, "14:00"))
        assert program.get("/machines/VIN-01").get_json()["state"] == "in_use"


def test_free_times_are_those_that_the_rules_accept(mine: Program, house: Program, booking: Booking) -> None:
    told = mine.get("/machines/VIN-01/slots", **DAY, minutes=60).get_json()
    starts = [one["start"] for one in told["items"]]
    assert starts[0] == "2026-11-25T15:05:00+01:00"  # after the cleaning
    assert "2026-11-25T14:00:00+01:00" not in starts
    anybody = [one["start"] for one in house.get("/machines/VIN-01/slots", **DAY, minutes=60).get_json()["items"]]
    assert set(starts) <= set(anybody)
    assert "2026-11-25T14:00:00+01:00" not in anybody
    stranger = make_young("Sans", "Badge")
    assert house.get("/machines/VIN-01/slots", **DAY, person=stranger.public_id).get_json()["items"] == []


def test_when_somebody_may_book_is_told_to_a_key_that_reads_bookings(app: Flask, vinyl: Machine, ines: Person) -> None:
    nadia = make_staff("Nadia", roles=(Role.COORDINATOR,))
    machines = Program(app.test_client(), make_key(nadia, "house", "machines:read"))
    assert machines.get("/machines/VIN-01/slots", **DAY).status_code == 200
    assert problem_of(machines.get("/machines/VIN-01/slots", **DAY, person=ines.public_id), 403) == ["key_lacks_scope"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"from_": DAY["to"], "to": DAY["from_"]}, ["period_reversed"]),
        ({"from_": DAY["from_"], "to": "2026-12-25T00:00:00+01:00"}, ["period_too_long"]),
        ({**DAY, "minutes": 1400}, ["length_not_allowed"]),
        ({**DAY, "minutes": "x"}, ["unreadable"]),
        ({"from_": "2026-11-25T00:00:00", "to": "yesterday"}, ["unreadable", "unreadable"]),
        ({}, ["unreadable", "unreadable"]),
        ({**DAY, "other": "x"}, ["unreadable"]),
        ({**DAY, "person": "nobody"}, ["key_own_only"]),
        ({**DAY, "minutes": ["30", "60"]}, ["unreadable"]),
    ],
)
def test_what_cannot_be_read_is_said_at_once(mine: Program, query: dict[str, object], codes: list[str]) -> None:
    assert problem_of(mine.get("/machines/VIN-01/slots", **query), 422) == codes


@pytest.mark.parametrize("query", [{"from_": "2026-08-01T00:00:00+02:00"}, {"to": "2026-08-01T00:00:00+02:00"}])
def test_one_end_of_a_time_alone_is_28_days_from_it_or_up_to_it(mine: Program, query: dict[str, str]) -> None:
    assert mine.get("/bookings", **query).get_json()["items"] == []
    assert mine.get("/usage", **query).status_code == 200


def test_a_key_of_ones_own_sees_nothing_of_anybody_else(
    mine: Program, ines: Person, booking: Booking, other: Booking
) -> None:
    found = mine.get("/bookings").get_json()["items"]
    assert [one["id"] for one in found] == [booking.public_id]
    assert found[0]["person"] == ines.public_id
    assert mine.get(f"/bookings/{booking.public_id}").get_json() == found[0]
    assert problem_of(mine.get(f"/bookings/{other.public_id}"), 404) == []
    for path in ("/bookings", "/usage", "/badges"):
        assert problem_of(mine.get(path, person=other.holder.public_id), 422) == ["key_own_only"]  # type: ignore[union-attr]


def test_a_house_key_sees_everybody_and_no_name(house: Program, ines: Person, booking: Booking, other: Booking) -> None:
    answer = house.get("/bookings")
    assert [one["id"] for one in answer.get_json()["items"]] == [booking.public_id, other.public_id]
    assert [one["id"] for one in house.get("/bookings", person=ines.public_id).get_json()["items"]] == [
        booking.public_id
    ]
    assert house.get("/bookings", status="cancelled").get_json()["items"] == []
    assert problem_of(house.get("/bookings", machine="NO-01"), 422) == ["machine_unknown"]
    assert problem_of(house.get("/badges"), 422) == ["person_needed"]
    assert problem_of(house.get("/badges", person="nobody-of-this-name"), 422) == ["person_unknown"]
    assert problem_of(house.get("/badges", person=make_staff("Lou").public_id), 422) == ["person_unknown"]
    badges = house.get("/badges", person=ines.public_id)
    assert [(one["state"], one["kind"]) for one in badges.get_json()["items"]] == [("valid", "safety")]
    for told in (answer, badges):
        for name in ("Inès", "Benali", "Théophraste", "Quatremare", "renard"):
            assert name not in told.text


def test_uses_say_their_minutes(mine: Program, house: Program, ines: Person, booking: Booking) -> None:
    awa = make_staff("Awa")
    actions_use.check_in(booking, start_of(booking), awa, on(WEDNESDAY, "14:00"))
    period = {"from_": "2026-11-25T00:00:00+01:00", "to": "2026-11-26T00:00:00+01:00"}
    [used] = mine.get("/usage", **period).get_json()["items"]
    assert (used["booking"], used["ended_at"], used["minutes"]) == (booking.public_id, None, None)
    actions_use.check_out(booking, Left(), awa, on(WEDNESDAY, "14:40"))
    [used] = house.get("/usage", **period, machine="VIN-01").get_json()["items"]
    assert used["person"] == ines.public_id
    assert used["minutes"] == 40


def test_pages_stay_in_order_while_rows_come(house: Program, fablab: Fablab, vinyl: Machine) -> None:
    machines = [vinyl, *(make_machine(fablab, f"VIN-0{number}", badge=vinyl.badge) for number in (2, 3, 4))]

    def book(machine: Machine, start: str, end: str) -> str:
        give_badge(tom := make_young("Tom", "Autre"), vinyl.badge)
        return make_booking(machine, slot(start, end, WEDNESDAY), tom).public_id

    at_once = [book(machine, "14:00", "14:30") for machine in machines[:3]]
    later = [book(machine, "16:00", "16:30") for machine in machines[:3]]
    first = house.get("/bookings", limit=2).get_json()
    before, after = book(machines[3], "13:30", "14:00"), book(machines[3], "15:00", "15:30")
    second = house.get("/bookings", limit=2, cursor=first["next"]).get_json()
    third = house.get("/bookings", limit=100, cursor=second["next"]).get_json()
    assert third["next"] is None
    seen = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert seen == [*at_once, after, *later]
    assert house.get("/bookings", limit=1).get_json()["items"][0]["id"] == before
    assert problem_of(house.get("/bookings", cursor="made-up"), 422) == ["unreadable"]


def test_pages_of_machines_follow_each_other(house: Program, fablab: Fablab, vinyl: Machine) -> None:
    for number in range(2, 6):
        make_machine(fablab, f"VIN-0{number}", badge=vinyl.badge)
    first = house.get("/machines", limit=3).get_json()
    then = house.get("/machines", limit=3, cursor=first["next"]).get_json()
    assert [one["code"] for one in first["items"] + then["items"]] == [f"VIN-0{number}" for number in range(1, 6)]
    assert then["next"] is None


@pytest.mark.both
def test_the_number_of_statements_does_not_grow(
    app: Flask, house: Program, vinyl: Machine, ines: Person, fablab: Fablab, count_statements: Statements
) -> None:
    paths: tuple[tuple[str, dict[str, str]], ...] = (
        ("/machines", {}),
        ("/machines/VIN-01/slots", DAY),
        ("/machines/VIN-01/slots", {**DAY, "person": ines.public_id}),
        ("/bookings", {}),
        ("/badges", {"person": ines.public_id}),
        ("/usage", DAY),
    )

    def counted() -> list[int]:
        found = []
        for path, query in paths:
            house.get(path, **query)
            count_statements.clear()
            assert house.get(path, **query).status_code == 200
            found.append(len(count_statements))
        return found

    few = counted()
    for number in range(2, 6):
        one = make_machine(fablab, f"VIN-0{number}", badge=vinyl.badge)
        give_badge(tom := make_young("Tom", f"Autre{number}"), vinyl.badge)
        booking = make_booking(one, slot("14:00", "15:00", WEDNESDAY), tom)
        actions_use.check_in(booking, start_of(booking), make_staff("Awa"), on(WEDNESDAY, "14:00"))
    assert counted() == few
    assert max(few) <= 10


def test_an_administrator_who_runs_no_workshop_reads_hours_and_machines_only(app: Flask, vinyl: Machine) -> None:
    ada = make_staff("Ada", roles=(Role.ADMINISTRATOR,))
    program = Program(app.test_client(), make_key(ada, "house", "usage:read", "machines:read"))
    assert program.get("/usage").status_code == 200
    assert program.get("/machines").status_code == 200
    assert problem_of(program.get("/bookings"), 403) == ["key_lacks_scope"]
