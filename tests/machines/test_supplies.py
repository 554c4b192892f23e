"""The stock of materials: what comes and goes, at a machine or by hand; low is told; what it costs."""

import secrets
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab import clock
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_supplies, actions_use, queries_supplies
from machines.forms_supplies import cents_of
from machines.models import Machine
from machines.models_supplies import Supply, SupplyMove
from machines.values_supplies import Cost, Move, Wish
from machines.values_use import Left, Start
from tests.conftest import NOW, Statements
from tests.machines.pages import read, text
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_machines import Fablab, make_shift, on
from tests.make_supplies import make_move, make_supply

TODAY = clock.local_day(NOW)
LATER = on(TODAY, "17:20")


@pytest.fixture
def sonia(fablab: Fablab, session: Session) -> Person:
    person = make_staff("Sonia")
    make_shift(person, fablab.place, on(TODAY, "16:30"), on(TODAY, "19:30"))
    return person


@pytest.fixture
def nadia(session: Session) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


@pytest.fixture
def vinyl_film(sonia: Person) -> Supply:
    """Counted in centimetres, as the sheet of the machine calls it but for a capital."""
    return make_supply(sonia, low_at=100)


def used(vinyl: Machine, ines: Person, sonia: Person) -> Booking:
    """Inès cuts vinyl from 17:00 to 18:00."""
    ask = Ask(vinyl.id, slot("17:00", "18:00", TODAY), holder_id=ines.id, override="Essai de la lame")
    booking = engine.book(ask, sonia, NOW)
    actions_use.check_in(booking, Start("vinyle adhésif", (), ("lame réglée",)), sonia, on(TODAY, "17:00"))
    return booking


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [one.code for one in refused.value.refusals]


# --- by hand -------------------------------------------------------------------------------------


def test_what_comes_goes_and_is_counted_adds_up(session: Session, vinyl_film: Supply, sonia: Person) -> None:
    make_move(vinyl_film, sonia, "in", 500, 1200)
    make_move(vinyl_film, sonia, "use", 120)
    counted = make_move(vinyl_film, sonia, "count", 350)
    assert (counted.quantity, queries_supplies.level_of(session, vinyl_film.id)) == (-30, 350)
    actions_supplies.take_back(counted, sonia, NOW)
    assert queries_supplies.level_of(session, vinyl_film.id) == 380
    assert [(one.supply.name, one.level, one.is_low) for one in queries_supplies.stocks(session)] == [
        ("Vinyle adhésif", 380, False)
    ]


def test_a_count_that_says_the_same_and_a_price_of_what_goes_are_refused(vinyl_film: Supply, sonia: Person) -> None:
    make_move(vinyl_film, sonia, "in", 500)
    for kind, quantity, cents, expected in (
        ("count", 500, None, ["supply_same"]),
        ("in", 0, None, ["supply_same"]),
        ("use", 10, 100, ["supply_price"]),
    ):
        with pytest.raises(Refused) as refused:
            make_move(vinyl_film, sonia, kind, quantity, cents)  # type: ignore[arg-type]  # one of the kinds
        assert codes(refused) == expected


def test_a_name_is_that_of_one_material(vinyl_film: Supply, sonia: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions_supplies.make(Wish("vinyle ADHESIF", "m", None), sonia, NOW)
    assert codes(refused) == ["supply_known"]
    other = actions_supplies.make(Wish("PLA", "g", None), sonia, NOW)
    with pytest.raises(Refused) as refused:
        actions_supplies.change(other, Wish("vinyle adhésif", "g", None), sonia, NOW)
    assert codes(refused) == ["supply_known"]
    actions_supplies.change(other, Wish("pla", "g", 200), sonia, NOW)
    assert (other.name, other.low_at) == ("pla", 200)


def test_the_unit_stays_once_something_moved(vinyl_film: Supply, sonia: Person) -> None:
    actions_supplies.change(vinyl_film, Wish("Vinyle adhésif", "m", 100), sonia, NOW)
    make_move(vinyl_film, sonia, "in", 5)
    with pytest.raises(Refused) as refused:
        actions_supplies.change(vinyl_film, Wish("Vinyle adhésif", "cm", 100), sonia, NOW)
    assert codes(refused) == ["supply_unit"]
    actions_supplies.change(vinyl_film, Wish("Vinyle mat", "m", 50), sonia, NOW)
    assert (vinyl_film.name, vinyl_film.unit, vinyl_film.low_at) == ("Vinyle mat", "m", 50)


def test_a_form_sent_twice_moves_once_and_serves_nobody_else(
    session: Session, vinyl_film: Supply, sonia: Person
) -> None:
    once = Move("in", 500, secrets.token_hex(16))
    first, second = (actions_supplies.move(vinyl_film, once, sonia, NOW) for _time in range(2))
    assert (first.id, queries_supplies.level_of(session, vinyl_film.id)) == (second.id, 500)
    with pytest.raises(Refused) as refused:
        actions_supplies.move(vinyl_film, once, make_staff("Awa"), NOW)
    assert codes(refused) == ["form_used"]


def test_a_movement_is_taken_back_once_and_the_same_day(vinyl_film: Supply, sonia: Person) -> None:
    made = make_move(vinyl_film, sonia, "in", 500)
    with pytest.raises(Refused) as refused:
        actions_supplies.take_back(made, sonia, NOW + timedelta(days=1))
    assert codes(refused) == ["supply_move_old"]
    actions_supplies.take_back(made, sonia, NOW)
    with pytest.raises(Refused) as refused:
        actions_supplies.take_back(made, sonia, NOW)
    assert codes(refused) == ["supply_move_gone"]


# --- low -----------------------------------------------------------------------------------------


def test_the_coordination_is_told_once_as_the_level_falls(
    session: Session, vinyl_film: Supply, sonia: Person, nadia: Person
) -> None:
    def told() -> list[str]:
        return list(session.scalars(select(Message.text).where(Message.person_id == nadia.id)))

    make_move(vinyl_film, sonia, "in", 200)
    make_move(vinyl_film, sonia, "use", 100)
    assert told() == []  # 100 are wanted, and 100 are there
    make_move(vinyl_film, sonia, "use", 1)
    make_move(vinyl_film, sonia, "use", 50)
    assert [one.replace("\u00a0", " ") for one in told()] == ["Vinyle adhésif : il en reste 99 cm."]
    make_move(vinyl_film, sonia, "in", 100)
    make_move(vinyl_film, sonia, "use", 100)
    assert len(told()) == 2


# --- at a machine --------------------------------------------------------------------------------


def test_what_a_use_took_goes_from_the_stock_and_comes_back_when_it_goes_on(
    session: Session, vinyl: Machine, ines: Person, sonia: Person, vinyl_film: Supply
) -> None:
    make_move(vinyl_film, sonia, "in", 500)
    booking = used(vinyl, ines, sonia)
    use = actions_use.check_out(booking, Left(quantity=60), sonia, LATER)
    assert (queries_supplies.level_of(session, vinyl_film.id), use.material_used) == (440, "60 cm")
    actions_use.go_on(booking, sonia, LATER)
    assert queries_supplies.level_of(session, vinyl_film.id) == 500
    actions_use.check_out(booking, Left(quantity=80), sonia, LATER + timedelta(minutes=10))
    assert queries_supplies.level_of(session, vinyl_film.id) == 420


def test_nothing_moves_without_a_quantity_or_for_a_material_that_is_not_counted(
    session: Session, vinyl: Machine, ines: Person, sonia: Person
) -> None:
    booking = used(vinyl, ines, sonia)
    actions_use.check_out(booking, Left(quantity=60), sonia, LATER)
    actions_use.go_on(booking, sonia, LATER)
    actions_supplies.make(Wish("vinyle adhésif", "cm", None), sonia, NOW)
    actions_use.check_out(booking, Left(material_used="un peu"), sonia, LATER)
    assert session.scalars(select(SupplyMove)).all() == []


def test_the_end_asks_how_much_of_a_material_that_is_counted(
    client: FlaskClient, vinyl: Machine, ines: Person, sonia: Person, session: Session
) -> None:
    booking = used(vinyl, ines, sonia)
    log_in(client, sonia)
    address = f"/equipe/reservations/{booking.public_id}/terminer"
    assert read(client, address).select_one("input[name=quantity]") is None
    supply = actions_supplies.make(Wish("Vinyle adhésif", "cm", None), sonia, NOW)
    assert "Combien de « Vinyle adhésif », en cm" in text(read(client, address))
    wrong = client.post(address, data={"state": "fine", "quantity": "beaucoup"})
    assert wrong.status_code == 422
    assert client.post(address, data={"state": "fine", "quantity": "35"}).status_code == 303
    assert queries_supplies.level_of(session, supply.id) == -35


# --- what it costs -------------------------------------------------------------------------------


@pytest.mark.parametrize(("euros", "cents"), [("24,9", 2490), ("24.90", 2490), ("24", 2400), ("0,05", 5)])
def test_euros_are_read_in_cents(euros: str, cents: int) -> None:
    assert cents_of(euros) == cents


def test_what_went_costs_the_mean_price_of_all_that_had_come(
    session: Session, vinyl_film: Supply, sonia: Person
) -> None:
    before = make_move(vinyl_film, sonia, "in", 1000, 1000)
    with transaction() as writing:
        writing.get_one(SupplyMove, before.id).moved_at = NOW - timedelta(days=60)
    make_move(vinyl_film, sonia, "in", 500, 2000)
    make_move(vinyl_film, sonia, "use", 300)
    make_move(vinyl_film, sonia, "count", 100)
    actions_supplies.take_back(make_move(vinyl_film, sonia, "use", 50), sonia, NOW)
    span = Slot(NOW - timedelta(days=1), NOW + timedelta(days=1))
    [found] = queries_supplies.costs(session, span)
    assert found == Cost("Vinyle adhésif", "cm", 500, 2000, 300, 1500, 3000)
    assert found.went_cents == 600
    assert queries_supplies.costs(session, Slot(NOW + timedelta(days=1), NOW + timedelta(days=2))) == []
    [then] = queries_supplies.costs(session, Slot(NOW - timedelta(days=61), NOW - timedelta(days=59)))
    assert (then.came, then.paid, then.went_cents) == (1000, 1000, 0)


def test_without_any_price_no_cost_is_invented(session: Session, vinyl_film: Supply, sonia: Person) -> None:
    make_move(vinyl_film, sonia, "in", 500)
    make_move(vinyl_film, sonia, "use", 100)
    [found] = queries_supplies.costs(session, Slot(NOW - timedelta(days=1), NOW + timedelta(days=1)))
    assert found.went_cents is None


# --- pages ---------------------------------------------------------------------------------------


def test_the_team_counts_a_material_from_its_pages(client: FlaskClient, session: Session, sonia: Person) -> None:
    log_in(client, sonia)
    assert read(client, "/machines").select_one('main a[href="/matieres"]') is not None
    assert "Aucune matière comptée" in text(read(client, "/matieres"))
    wrong = client.post("/matieres/nouvelle", data={"name": "PLA", "unit": "", "low_at": "peu"})
    page = BeautifulSoup(wrong.text, "html.parser")
    assert (wrong.status_code, len(page.select("p.error"))) == (422, 2)
    kept = page.select_one("input[name=name]")
    assert kept is not None
    assert kept["value"] == "PLA"
    made = client.post("/matieres/nouvelle", data={"name": "PLA", "unit": "g", "low_at": "500"})
    address = made.location
    key = read(client, address).select_one("main input[name=key]")
    assert key is not None
    sent = {"key": str(key["value"]), "kind": "in", "quantity": "1000", "euros": "24,90"}
    assert client.post(address, data=sent | {"euros": "cher"}).status_code == 422
    assert client.post(address, data=sent).status_code == 303
    assert "Il en reste 1 000 g" in text(read(client, address))
    key = read(client, address).select_one("main input[name=key]")
    assert key is not None
    client.post(address, data={"key": str(key["value"]), "kind": "use", "quantity": "600"})
    assert "PLA 400 g 500 g Il en reste peu" in text(read(client, "/matieres"))
    assert "PLA 1 000 g 24,90 € 600 g 14,94 €" in text(read(client, "/matieres/couts"))
    assert "Rien n’a bougé ces jours-là" in text(read(client, "/matieres/couts?du=2026-10-01&au=2026-09-01"))
    latest = session.scalars(select(SupplyMove).order_by(SupplyMove.id.desc())).first()
    assert latest is not None
    client.post(f"/matieres/mouvements/{latest.public_id}/reprendre")
    assert "PLA 1 000 g 500 g assez" in text(read(client, "/matieres"))
    supply = session.scalars(select(Supply)).one()
    changed = {"name": "PLA", "unit": "g", "low_at": ""}
    assert (
        client.post(f"/matieres/{supply.public_id}/changer", data=changed).location == f"/matieres/{supply.public_id}"
    )
    assert "PLA 1 000 g jamais assez" in text(read(client, "/matieres"))


def test_reception_has_no_part_in_it(client: FlaskClient, fablab: Fablab) -> None:
    log_in(client, make_staff("Rita", roles=(Role.RECEPTION,)))
    assert read(client, "/machines").select_one('main a[href="/matieres"]') is None
    read(client, "/matieres", 403)


def test_the_pages_of_materials_ask_a_bounded_number_of_statements(
    client: FlaskClient, vinyl_film: Supply, sonia: Person, count_statements: Statements
) -> None:
    for number in range(5):
        actions_supplies.make(Wish(f"Matière {number}", "g", 10), sonia, NOW)
        make_move(vinyl_film, sonia, "in", 500, 1200)
    log_in(client, sonia)
    for address in ("/matieres", f"/matieres/{vinyl_film.public_id}", "/matieres/couts"):
        client.get(address)
        count_statements.clear()
        assert client.get(address).status_code == 200
        assert len(count_statements) <= 10, (address, count_statements)
