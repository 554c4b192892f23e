"""Prices of rooms: seen before asking, frozen, invoiced as a list; deposits; hours of a season; the statement."""

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim, Place
from bookings.values import Ask
from fablab import house
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person, Structure
from fablab.permissions import Role
from fablab.refusals import Refused
from rooms import actions, actions_money, queries, queries_money
from rooms.models import Room
from rooms.models_money import BookingMoney, Statement
from rooms.values_money import season_of
from tests.conftest import NOW, Statements
from tests.home import given
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_rooms import APPLICANTS, lend, make_contact_of, make_tenant

DAY = date(2026, 12, 15)
PAID = {"type": "private_body", "rank": 5, "free": False, "conditions": ["deposit"]}


@pytest.fixture(autouse=True)
def prices(dynamo: Place) -> None:
    """A meeting room is worth 10 € an hour, 12,50 € for private bodies, who pay and leave 300 €."""
    say_price(10)
    with transaction() as session:
        house.write(session, "rooms.rules.applicants", [*APPLICANTS[:2], PAID])
        house.write(session, "rooms.rules.papers", [{"code": "deposit", "amount_eur": 300}])


@pytest.fixture
def firm(dynamo: Place) -> Structure:
    """A private body: it pays."""
    return make_tenant("Cabinet Dupuis", kind="private_body")


@pytest.fixture
def choir(dynamo: Place) -> Structure:
    """An association: it pays nothing."""
    return make_tenant()


@pytest.fixture
def nadia() -> Person:
    """She coordinates."""
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def say_price(euros: float) -> None:
    rows = [
        {"room_category": "meeting", "hour_eur": euros},
        {"room_category": "meeting", "type": "private_body", "hour_eur": 12.5},
    ]
    with transaction() as session:
        house.write(session, "rooms.rules.tariffs", rows)


def over(booking: Booking, days: int = 30) -> Booking:
    """A booking as if it had been so many days ago."""
    with transaction() as session:
        back = {"starts_at": NOW - timedelta(days=days), "ends_at": NOW - timedelta(days=days) + timedelta(hours=2)}
        session.execute(update(Booking).where(Booking.id == booking.id).values(**back))
        session.execute(update(Claim).where(Claim.booking_id == booking.id).values(**back))
        session.refresh(booking)
    return booking


def text(client: FlaskClient, address: str) -> str:
    return given.text(client, address).replace("\u00a0", " ").replace("\u202f", " ")


def verbs(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)))


def test_who_has_to_pay_sees_the_amount_before_and_after_asking_and_it_is_frozen(
    client: FlaskClient, session: Session, leysse: Room, firm: Structure
) -> None:
    log_in(client, make_contact_of(firm))
    where = f"/salles/{leysse.code}/demander"
    facts = {"structure": firm.public_id, "people": "8", "day": "2026-12-15", "starts": "17:00", "ends": "19:00"}
    shown = client.get(where, query_string=facts).text.replace("\u00a0", " ")
    assert ("25,00 € : 2 h à 12,50 € l’heure" in shown, 'value="2500"' in shown) == (True, True)
    answer = client.post(where, data={**facts, "key": "k1"})  # typed by hand: the amount was not seen
    said = answer.text.replace("\u00a0", " ")
    assert (answer.status_code, "Cette salle coûtera 25,00 €" in said, 'value="2500"' in said) == (422, True, True)
    assert client.post(where, data={**facts, "key": "k1", "agreed": "2500"}).status_code == 303
    [booking] = session.scalars(select(Booking))
    assert (booking.hour_cents, booking.charged, booking.deposit_cents) == (1250, True, 30_000)
    with transaction() as fresh:
        house.write(fresh, "rooms.rules.tariffs", [{"room_category": "meeting", "hour_eur": 99}])
    page = text(client, f"/salles/reservations/{booking.public_id}")
    assert ("25,00 € : 2 h à 12,50 € l’heure" in page, "300,00 €, à recevoir" in page) == (True, True)


def test_several_dates_are_booked_once_their_whole_amount_was_seen(
    client: FlaskClient, session: Session, leysse: Room, firm: Structure
) -> None:
    log_in(client, make_contact_of(firm))
    wish = {
        "structure": firm.public_id, "people": "8", "day": "2026-12-08", "starts": "17:00", "ends": "19:00",
        "frequency": "weekly", "until": "2026-12-22", "key": "k1", "in_holidays": "y",
    }  # fmt: skip
    where = f"/salles/{leysse.code}/plusieurs-dates"
    for seen in ({}, {"agreed": "2500"}):  # nothing, or the amount of one date
        answer = client.post(where, data={**wish, "act": "send", **seen})
        said = answer.text.replace("\u00a0", " ")
        assert (answer.status_code, "Cette salle coûtera 75,00 €" in said, 'value="7500"' in said) == (422, True, True)
    session.rollback()
    assert session.scalars(select(Booking)).all() == []
    assert 'value="7500"' in client.post(where, data={**wish, "act": "see"}).text
    assert client.post(where, data={**wish, "act": "send", "agreed": "7500"}).status_code == 303
    assert [one.charged for one in session.scalars(select(Booking))] == [True] * 3


def test_an_association_reads_that_it_is_free_and_what_it_is_worth_and_needs_to_agree_to_nothing(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure
) -> None:
    log_in(client, make_contact_of(choir))
    facts = {"structure": choir.public_id, "people": "8", "day": "2026-12-15", "starts": "17:00", "ends": "19:00"}
    assert client.post(f"/salles/{leysse.code}/demander", data={**facts, "key": "k1"}).status_code == 303
    [booking] = session.scalars(select(Booking))
    assert "gratuit (vaut 20,00 €)" in text(client, f"/salles/reservations/{booking.public_id}")
    more = {**facts, "key": "k2", "day": "2026-12-16", "frequency": "weekly", "until": "2027-01-13", "act": "see"}
    shown = client.post(f"/salles/{leysse.code}/plusieurs-dates", data=more).text.replace("\u00a0", " ")
    assert "gratuit (vaut" in shown


def test_what_is_over_and_to_be_paid_is_listed_by_month_exported_and_noted_as_invoiced_with_a_way_back(
    client: FlaskClient, session: Session, leysse: Room, firm: Structure, choir: Structure, nadia: Person
) -> None:
    paid = over(lend(leysse, firm, slot("17:00", "19:00", DAY)), 20)
    over(lend(leysse, choir, slot("17:00", "19:00", DAY)), 21)
    lend(leysse, firm, slot("17:00", "19:00", DAY))  # still to come
    log_in(client, make_staff("Alix", roles=(Role.ADMINISTRATOR,)))
    page = text(client, "/salles/comptes?mois=2026-11")
    assert ("25,00 €" in page, "Cabinet Dupuis" in page, "Chœurs" in page) == (True, True, False)
    assert "Rien à facturer" in text(client, "/salles/comptes?mois=2026-10")
    assert "Rien à facturer" in text(client, "/salles/comptes?mois=2026-12")
    file = client.get("/salles/comptes/a-facturer.xlsx?mois=2026-11")
    words = ZipFile(BytesIO(file.data)).read("xl/sharedStrings.xml").decode()
    assert ("Cabinet Dupuis" in words, "Chœurs" in words) == (True, False)
    for odd in ("9999-12", "0001-01", "1999-12", "2201-01", "soon"):
        for address in ("/salles/comptes", "/salles/comptes/a-facturer.xlsx"):
            assert client.get(address, query_string={"mois": odd}).status_code == 200
    for end in ("2000-01", "2200-12"):
        assert client.get("/salles/comptes", query_string={"mois": end}).status_code == 200
    assert client.post("/salles/comptes?mois=2026-11", data={}).status_code == 422
    for _twice in range(2):
        client.post("/salles/comptes?mois=2026-11", data={"chosen": paid.public_id})
    assert "facturé le" in text(client, "/salles/comptes?mois=2026-11")
    client.post(f"/salles/comptes/{paid.public_id}/a-refacturer")
    assert verbs(session)[-2:] == ["booking_money.invoice", "booking_money.take_back"]
    assert "Pas encore facturé : 25,00 €" in text(client, "/salles/comptes?mois=2026-11")
    with pytest.raises(Refused, match="nothing_to_invoice"):
        actions_money.invoice([lend(leysse, choir, slot("19:00", "20:00", DAY))], nadia, NOW)


@pytest.mark.parametrize("changed", [{"status": "cancelled"}, {"status": "refused"}, {"suspended": True}])
def test_what_changed_meanwhile_is_not_invoiced_and_the_refusal_says_which_dates(
    session: Session, leysse: Room, firm: Structure, nadia: Person, changed: dict[str, object]
) -> None:
    gone, stays, too = (over(lend(leysse, firm, slot("17:00", "19:00", DAY)), days) for days in (20, 19, 18))
    with transaction() as fresh:
        fresh.execute(update(Booking).where(Booking.id.in_((gone.id, too.id))).values(**changed))
    with pytest.raises(Refused, match="nothing_to_invoice") as refused:
        actions_money.invoice([gone, stays, too], nadia, NOW)
    said = [one.sentence.replace("\u00a0", " ") for one in refused.value.refusals]
    assert said == [
        f"Rien à facturer : {leysse.name}, {when}. Recharger la page."
        for when in ("mercredi 4 novembre à 10 h", "vendredi 6 novembre à 10 h")
    ]
    session.rollback()
    assert session.get(BookingMoney, stays.id) is None


def test_a_sensitive_organisation_keeps_its_mask_on_the_list_of_the_administration(
    client: FlaskClient, leysse: Room, nadia: Person
) -> None:
    hidden = make_tenant("Refuge", kind="private_body", sensitive=True, masked_label="Permanence")
    over(lend(leysse, hidden, slot("17:00", "19:00", DAY)), 20)
    log_in(client, make_staff("Alix", roles=(Role.ADMINISTRATOR,)))
    assert "Refuge" not in text(client, "/salles/comptes?mois=2026-11")
    file = client.get("/salles/comptes/a-facturer.xlsx?mois=2026-11")
    assert "Refuge" not in ZipFile(BytesIO(file.data)).read("xl/sharedStrings.xml").decode()
    log_in(client, nadia)
    assert "Refuge" in text(client, "/salles/comptes?mois=2026-11")


def test_a_deposit_is_received_given_back_or_kept_with_a_reason_and_each_step_is_taken_back(
    client: FlaskClient, session: Session, leysse: Room, firm: Structure, nadia: Person
) -> None:
    booking = lend(leysse, firm, slot("17:00", "19:00", DAY))
    log_in(client, nadia)
    where = f"/salles/comptes/{booking.public_id}/caution"
    assert where in client.get(f"/salles/reservations/{booking.public_id}").text
    assert "À recevoir" in text(client, "/salles/comptes")
    client.post(f"{where}/demandee", data={"euros": "150"})
    for _twice in range(2):
        client.post(f"{where}/recue")
    assert "150,00 €, reçue" in text(client, f"/salles/reservations/{booking.public_id}")
    answer = client.post(f"{where}/demandee", data={"euros": "200"})
    assert (answer.status_code, "déjà reçue" in answer.text) == (422, True)
    assert client.post(f"{where}/gardee", data={"why": ""}).status_code == 422
    for _twice in range(2):
        client.post(f"{where}/gardee", data={"why": "Deux chaises cassées."})
    assert "Deux chaises cassées." in text(client, where)
    answer = client.post(f"{where}/rendue", follow_redirects=True)
    assert "déjà rendue ou gardée" in answer.text
    assert 'name="step" value="kept"' in client.get(where).text
    for _twice in range(2):  # one step back, not two
        client.post(f"{where}/reprendre", data={"step": "kept"})
    assert 'name="step" value="received"' in client.get(where).text
    for _twice in range(2):
        client.post(f"{where}/rendue")
    assert 'name="step" value="given_back"' in client.get(where).text
    for step in ("", "given_back", "given_back", "received", "received"):
        client.post(f"{where}/reprendre", data={"step": step})
    client.post(f"{where}/demandee", data={"euros": ""})
    assert [one for one in verbs(session) if one.startswith("deposit.")] == [
        "deposit.ask", "deposit.receive", "deposit.keep", "deposit.hold_again", "deposit.give_back",
        "deposit.hold_again", "deposit.take_back", "deposit.ask",
    ]  # fmt: skip
    answer = client.post(f"{where}/recue", follow_redirects=True)
    assert "Aucune caution" in answer.text


def test_what_the_coordination_kept_is_not_taken_back_by_the_desk_and_its_reason_stays(
    client: FlaskClient, session: Session, leysse: Room, firm: Structure, nadia: Person
) -> None:
    booking = lend(leysse, firm, slot("17:00", "19:00", DAY))
    actions_money.receive_deposit(booking, nadia, NOW)
    actions_money.keep_deposit(booking, "Deux chaises cassées.", nadia, NOW)
    log_in(client, make_staff("Ilham", roles=(Role.RECEPTION,)))
    where = f"/salles/comptes/{booking.public_id}/caution"
    assert "C’était une erreur" not in text(client, where)
    answer = client.post(f"{where}/reprendre", data={"step": "kept"}, follow_redirects=True)
    assert "Seules la coordination et l’administration rouvrent" in answer.text
    assert "Deux chaises cassées." in text(client, where)
    with pytest.raises(Refused, match="deposit_kept"):
        actions_money.reopen_deposit(booking, "kept", make_staff("Malo", roles=(Role.RECEPTION,)), NOW)
    assert "deposit.hold_again" not in verbs(session)


def test_a_deposit_is_read_by_its_organisation_and_by_whoever_notes_deposits_its_reason_behind_the_mask(
    client: FlaskClient, leysse: Room, firm: Structure, nadia: Person
) -> None:
    hidden = make_tenant("Refuge", kind="private_body", sensitive=True, masked_label="Permanence")
    readers = {
        "desk": make_staff("Ilham", roles=(Role.RECEPTION,)), "team": make_staff("Samir"), "coordination": nadia,
        "firm": make_contact_of(firm), "hidden": make_contact_of(hidden, "Ada"),
    }  # fmt: skip
    read: dict[str, tuple[set[str], set[str]]] = {"firm": (set(), set()), "hidden": (set(), set())}
    for name, structure, hour in (("firm", firm, "17:00"), ("hidden", hidden, "19:00")):
        booking = lend(leysse, structure, slot(hour, f"{int(hour[:2]) + 1}:00", DAY))
        actions_money.receive_deposit(booking, nadia, NOW)
        actions_money.keep_deposit(booking, "Deux chaises cassées.", nadia, NOW)
        for who, reader in readers.items():
            log_in(client, reader)
            page = client.get(f"/salles/reservations/{booking.public_id}").text
            if ", gardée" in page:
                read[name][0].add(who)
            if "chaises" in page:
                read[name][1].add(who)
    assert read["firm"] == ({"desk", "coordination", "firm"}, {"desk", "coordination", "firm"})
    assert read["hidden"] == ({"desk", "coordination", "hidden"}, {"coordination", "hidden"})
    log_in(client, readers["desk"])
    assert "chaises" not in client.get(f"/salles/comptes/{booking.public_id}/caution").text


def test_the_desk_reads_on_its_board_that_a_deposit_is_to_be_received_and_then_given_back(
    client: FlaskClient, session: Session, leysse: Room, firm: Structure
) -> None:
    booking = lend(leysse, firm, slot("17:00", "19:00", DAY))
    with transaction() as fresh:
        today = {"starts_at": NOW + timedelta(minutes=10), "ends_at": NOW + timedelta(hours=2)}
        fresh.execute(update(Booking).where(Booking.id == booking.id).values(**today))
        fresh.execute(update(Claim).where(Claim.booking_id == booking.id).values(**today))
    log_in(client, make_staff("Ilham", roles=(Role.RECEPTION,)))
    where = f"/salles/comptes/{booking.public_id}/caution"
    assert "Caution à recevoir" in text(client, "/salles-du-jour")
    assert f'href="{where}"' in client.get(f"/salles/reservations/{booking.public_id}").text
    page = text(client, where)
    assert ("Caution reçue" in page, "Enregistrer" in page) == (True, False)
    client.post(f"{where}/recue")
    assert "Caution à recevoir" not in text(client, "/salles-du-jour")
    client.post(f"/salles/reservations/{booking.public_id}/la")
    assert "Caution à rendre" in text(client, "/salles-du-jour")
    for kept in ("demandee", "gardee"):
        assert client.post(f"{where}/{kept}", data={"euros": "1", "why": "Une chaise cassée."}).status_code == 403
    client.post(f"{where}/rendue")
    assert "Caution à rendre" not in text(client, "/salles-du-jour")


def test_hours_of_a_season_are_given_shown_refused_beyond_passed_with_a_reason_and_taken_back(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    log_in(client, nadia)
    where = f"/structures/{choir.public_id}/heures"
    assert "ne fixe pas de nombre" in text(client, where)
    for _twice in range(2):
        assert client.post(where, data={"hours": "3"}).status_code == 303
    lend(leysse, choir, slot("17:00", "19:00", DAY))
    assert "2 h sur 3 h, il reste 1 h." in text(client, where)
    solene = make_contact_of(choir)
    wanted = Ask(leysse.id, slot("19:00", "21:00", DAY), kind="rental", structure_id=choir.id, headcount=8)
    with pytest.raises(Refused, match="quota_used"):
        actions.lend(wanted, solene, NOW)
    lend(leysse, choir, slot("19:00", "20:00", DAY))  # to the minute
    client.post(f"{where}/reprendre")
    client.post(f"{where}/reprendre")
    assert [one for one in verbs(session) if one.startswith("structure_quota")] == [
        "structure_quota.give", "structure_quota.take_back",
    ]  # fmt: skip
    actions.lend(
        Ask(leysse.id, slot("20:00", "21:00", DAY), kind="rental", structure_id=choir.id, headcount=8), solene, NOW
    )
    log_in(client, solene)
    assert client.post(where, data={"hours": "900"}).status_code == 403
    assert client.get(f"/structures/{make_tenant('Autre').public_id}/heures").status_code == 404


def test_dates_that_come_back_take_hours_of_the_season_one_after_the_other(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    actions_money.give_hours(queries.tenants(session)[choir.id], season_of(DAY), 3, nadia, NOW)
    log_in(client, make_contact_of(choir))
    wish = {
        "structure": choir.public_id, "people": "8", "day": "2026-12-08", "starts": "17:00", "ends": "19:00",
        "frequency": "weekly", "until": "2026-12-22", "key": "k1", "act": "see", "in_holidays": "y",
    }  # fmt: skip
    shown = client.post(f"/salles/{leysse.code}/plusieurs-dates", data=wish).text.replace("\u00a0", " ")
    assert ("1 date possible" in shown, shown.count("Il reste 1 h à la structure")) == (True, 2)


def test_hours_given_back_free_the_season_and_what_was_granted_is_not_asked_again(
    session: Session, leysse: Room, choir: Structure, nadia: Person
) -> None:
    tenant, season = queries.tenants(session)[choir.id], season_of(DAY)
    first = lend(leysse, choir, slot("17:00", "19:00", DAY))
    actions_money.give_hours(tenant, season, 2, nadia, NOW)
    actions.shrink(first, slot("17:00", "18:00", DAY), 6, make_contact_of(choir), NOW)  # nothing is asked again
    lend(leysse, choir, slot("18:00", "19:00", DAY))
    with pytest.raises(Refused, match="quota_used"):
        lend(leysse, choir, slot("19:00", "20:00", DAY))


def test_a_yearly_statement_says_hours_and_value_and_its_address_tells_whether_a_paper_is_true(
    client: FlaskClient, session: Session, leysse: Room, choir: Structure
) -> None:
    over(lend(leysse, choir, slot("17:00", "19:00", DAY)), 20)
    say_price(20)
    over(lend(leysse, choir, slot("17:00", "19:00", DAY)), 10)
    missed = over(lend(leysse, choir, slot("17:00", "19:00", DAY)), 5)
    with transaction() as fresh:
        fresh.execute(update(Booking).where(Booking.id == missed.id).values(status="no_show"))
    log_in(client, make_contact_of(choir))
    assert f"/structures/{choir.public_id}/heures" in client.get("/").text
    page = text(client, f"/structures/{choir.public_id}/heures")
    assert ("4 h" in page, "60,00 €" in page) == (True, True)
    made = client.post(f"/structures/{choir.public_id}/heures/attestation")
    again = client.post(f"/structures/{choir.public_id}/heures/attestation")
    assert made.location == again.location
    session.rollback()
    [kept] = session.scalars(select(Statement))
    assert (kept.minutes, kept.cents, kept.until) == (240, 6000, date(2026, 11, 23))
    client.post("/sortir")
    seen = text(client, made.location)
    assert ("Chœurs du Quai" in seen, "4 h" in seen, "60,00 €" in seen) == (True, True, True)
    file = client.get(f"{made.location}.pdf")
    assert (file.mimetype, file.data[:5], b"pdfuaid" in file.data) == ("application/pdf", b"%PDF-", True)
    assert client.get("/attestations/nobody-knows-this-one-").status_code == 404


def test_pages_of_money_cost_the_same_however_many_dates(
    client: FlaskClient, session: Session, leysse: Room, firm: Structure, choir: Structure, nadia: Person,
    count_statements: Statements,
) -> None:  # fmt: skip
    actions_money.give_hours(queries.tenants(session)[choir.id], season_of(DAY), 500, nadia, NOW)
    over(lend(leysse, firm, slot("17:00", "19:00", DAY)), 20)
    over(lend(leysse, choir, slot("17:00", "19:00", DAY)), 19)
    log_in(client, nadia)
    pages = ("/salles/comptes?mois=2026-11", f"/structures/{choir.public_id}/heures")

    def cost() -> list[int]:
        found = []
        for address in pages:
            client.get(address)
            count_statements.clear()
            assert client.get(address).status_code == 200
            found.append(len(count_statements))
        return found

    before = cost()
    for days in range(1, 6):
        over(lend(leysse, firm, slot("17:00", "19:00", DAY)), days)
        over(lend(leysse, choir, slot("17:00", "19:00", DAY)), days + 6)
    lend(leysse, firm, slot("17:00", "19:00", DAY))
    assert cost() == before
    assert len(queries_money.deposits(session, NOW)) == 1
