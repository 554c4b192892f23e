"""«Trouver une heure»: the soonest hours across machines and days, each one that the booking accepts."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bookings import actions
from bookings.values import Ask
from fablab import clock
from fablab.people.models import Person
from machines import queries_find
from machines.models import Machine
from tests.conftest import NOW, Statements
from tests.machines.pages import THURSDAY, WEDNESDAY, hidden, read, text
from tests.make import make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import Fablab, give_badge, make_badge, make_machine


@pytest.fixture
def second(fablab: Fablab, vinyl: Machine) -> Machine:
    """Another machine of the same badge, of another family."""
    return make_machine(fablab, "VIN-02", badge=vinyl.badge, simple_name="La petite vinyle", family="textile")


def hours(session: Session, machines: list[Machine], person: Person, minutes: int = 60) -> list[tuple[str, str]]:
    found = queries_find.soonest(session, machines, person.id, minutes, None, NOW)
    return [(machine.code, f"{clock.to_local(one.start):%a %H:%M}") for machine, one in found.hours]


def test_each_machine_and_day_once_soonest_first(
    session: Session, vinyl: Machine, second: Machine, ines: Person
) -> None:
    other = make_young("Yanis")
    give_badge(other, vinyl.badge)
    make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), other)
    found = hours(session, [vinyl, second], ines)
    assert [code for code, when in found if when.startswith("Wed")] == ["VIN-02", "VIN-01"]
    days = [when[:3] for _code, when in found]
    assert days[:4] == ["Wed", "Wed", "Thu", "Thu"]
    assert len(set(zip([code for code, _when in found], days, strict=True))) == len(found)


def test_every_hour_found_can_be_booked_and_none_before_it(
    session: Session, vinyl: Machine, second: Machine, ines: Person
) -> None:
    found = queries_find.soonest(session, [vinyl, second], ines.id, 90, None, NOW)
    assert found.hours
    for machine, one in found.hours:
        booked = actions.book(Ask(machine.id, one, holder_id=ines.id), ines, NOW)
        actions.cancel(booked, "", ines, NOW)


def test_a_machine_whose_badge_is_missing_says_so_and_hides_no_other(
    session: Session, fablab: Fablab, vinyl: Machine, ines: Person
) -> None:
    laser = make_machine(fablab, "LAS-01", badge=make_badge("BS-LASER"))
    found = queries_find.soonest(session, [laser, vinyl], ines.id, 60, None, NOW)
    assert {machine.code for machine, _slot in found.hours} == {"VIN-01"}
    assert [(machine.code, why.code) for machine, why in found.against] == [("LAS-01", "badge_missing")]


def test_from_a_day_on_nothing_earlier_is_shown(session: Session, vinyl: Machine, ines: Person) -> None:
    found = queries_find.soonest(session, [vinyl], ines.id, 60, THURSDAY, NOW)
    assert clock.local_day(found.hours[0][1].start) == THURSDAY


def test_a_length_that_no_machine_allows_finds_nothing(session: Session, vinyl: Machine, ines: Person) -> None:
    found = queries_find.soonest(session, [vinyl], ines.id, vinyl.max_minutes + 30, None, NOW)
    assert (found.hours, found.able) == ((), ())


def test_from_the_machines_to_the_hour_in_two_taps(phone: FlaskClient, vinyl: Machine, second: Machine) -> None:
    page = read(phone, "/reserver")
    assert page.select_one("a[href='/trouver-une-heure']")
    page = read(phone, "/trouver-une-heure?famille=textile&duree=90")
    [first, *_others] = [str(link["href"]) for link in page.select("ul.rows a") if "/reserver/" in str(link["href"])]
    assert first.startswith("/reserver/VIN-02?")
    chosen = hidden(read(phone, first))
    assert chosen["minutes"] == "90"
    assert chosen["start"].startswith(WEDNESDAY.isoformat())


def test_a_full_day_leads_to_another_machine(phone: FlaskClient, vinyl: Machine) -> None:
    for name, span in (("Yanis", ("14:00", "15:00")), ("Zoé", ("16:00", "17:00"))):
        other = make_young(name)
        give_badge(other, vinyl.badge)
        make_booking(vinyl, slot(*span, WEDNESDAY), other)
    assert "Trouver une heure ailleurs" in text(read(phone, f"/reserver/{vinyl.code}?jour={WEDNESDAY}&duree=120"))


def test_where_nothing_is_free_one_may_ask_to_be_told(phone: FlaskClient, session: Session, vinyl: Machine) -> None:
    vinyl.place.gauge = 0
    session.commit()
    page = read(phone, "/trouver-une-heure")
    assert "Rien de libre" in text(page)
    assert page.select_one(f"form[action='/reserver/{vinyl.code}/dire-quand-libre']")


@pytest.mark.parametrize("asked", ["famille=zzz", "duree=7", "duree=x", "apres=hier", "apres=2999-01-01", "duree=-60"])
def test_what_no_page_asks_shows_the_first_hours(phone: FlaskClient, vinyl: Machine, asked: str) -> None:
    assert "La découpe vinyle" in text(read(phone, f"/trouver-une-heure?{asked}"))


def test_it_takes_as_many_statements_for_ten_machines_as_for_one(
    phone: FlaskClient, fablab: Fablab, vinyl: Machine, count_statements: Statements
) -> None:
    said = []
    for _time in range(2):
        phone.get("/trouver-une-heure")
        count_statements.clear()
        read(phone, "/trouver-une-heure")
        said.append(len(count_statements))
        if len(said) == 1:
            for number in range(9):
                make_machine(fablab, f"VIN-1{number}", badge=vinyl.badge)
    assert said[0] == said[1] <= 10
