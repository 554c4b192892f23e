"""A young person books a machine on a phone: pages without JavaScript, good and bad input."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking
from bookings.values import Ask, Over, Slot
from fablab.db import db
from fablab.people.models import Person
from machines.models import Machine
from pathways.models import Award
from tests.conftest import NOW, Statements
from tests.machines.pages import THURSDAY, WEDNESDAY, hidden, read, text
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_badge, make_machine, make_shift, on
from tests.make_pathways import make_right, make_safety_badge


def test_a_second_booking_of_the_same_day_is_said_and_not_refused(phone: FlaskClient, session: Session) -> None:
    phone.post("/reserver/VIN-01", data=hidden(read(phone, "/reserver/VIN-01")))
    mine = session.scalars(select(Booking)).one()
    page = read(phone, "/reserver/VIN-01?jour=2026-11-25")
    assert "J’ai déjà réservé cette machine ce jour-là, à 13 h 30." in text(page)
    assert page.select_one(f"main a[href='/reservations/{mine.public_id}']")
    assert "14 h j’ai déjà 13 h 30" in text(page)
    chosen = hidden(page) | {"start": "2026-11-25T15:00+01:00"}
    assert phone.post("/reserver/VIN-01", data=chosen).status_code == 303
    # Two bookings: the days are not full for all that.
    page = read(phone, "/reserver/VIN-01?jour=2026-11-26")
    assert "J’ai déjà 2 réservations." in text(page)
    assert "17 h 30 déjà assez" in text(page)
    assert "complet" not in text(page)
    assert "ce jour-là, à" not in text(page)


def test_a_day_that_my_own_booking_fills_is_said_to_be_mine(phone: FlaskClient, vinyl: Machine) -> None:
    until = on(WEDNESDAY, "19:00")
    actions.close(Over("Nettoyage", on(WEDNESDAY, "14:30"), until, resource_id=vinyl.id), None, NOW)
    phone.post("/reserver/VIN-01", data=hidden(read(phone, "/reserver/VIN-01")))
    days = text(read(phone, "/reserver/VIN-01"))
    assert "25 nov. j’y suis" in days
    assert "complet" not in days


def test_the_days_of_a_broken_machine_say_so(phone: FlaskClient, vinyl: Machine) -> None:
    actions.close(Over("Courroie", NOW, kind="breakdown", resource_id=vinyl.id), None, NOW)
    days = text(read(phone, "/reserver/VIN-01"))
    assert "nov. en panne" in days
    assert "complet" not in days


def test_from_the_cards_to_the_booking_in_three_activations(phone: FlaskClient, session: Session) -> None:
    cards = read(phone, "/reserver")
    assert "Libre mercredi à 13 h 30" in text(cards)
    [tile] = cards.select(".tiles a.machine")
    hours = read(phone, str(tile["href"]))
    answer = phone.post("/reserver/VIN-01", data=hidden(hours))
    assert answer.status_code == 303
    booked = read(phone, answer.headers["Location"])
    assert "C’est réservé" in text(booked)
    assert "Mercredi 25 novembre, de 13 h 30 à 14 h 30" in text(booked)
    assert session.scalars(select(Booking)).one().supervision == "autonomous"


def test_machines_are_in_three_groups_with_their_counts(client: FlaskClient, fablab: Fablab, session: Session) -> None:
    badge = make_badge()
    make_machine(fablab, "A", simple_name="La libre", badge=badge)
    make_machine(fablab, "B", simple_name="La guidée", badge=badge, ages=(8, 18, None))
    make_machine(fablab, "C", simple_name="La lointaine", badge=(laser := make_badge("BS-LASER", "Permis laser")))
    # Bastien comes earlier, but he hands over other badges.
    bastien = make_staff("Bastien")
    make_shift(bastien, fablab.place, on(WEDNESDAY, "13:00"), on(WEDNESDAY, "13:30"))
    make_right(bastien, badge)
    make_right(session.scalars(select(Person).where(Person.first_name == "Samir")).one(), laser)
    broken = make_machine(fablab, "D", simple_name="La cassée", badge=badge)
    over = Over("Courroie", NOW, kind="breakdown", resource_id=broken.id, expected_back=date(2026, 12, 3))
    actions.close(over, None, NOW)
    # Somebody elsewhere in the building stays beside nobody: the card does not name her.
    make_shift(make_staff("Chloé"), fablab.house, on(WEDNESDAY, "10:00"), on(WEDNESDAY, "18:00"))
    child = make_minor(birth_date=date(2011, 11, 1))
    make_authorisation(child)
    give_badge(child, badge)
    page = read(log_in(client, child), "/reserver")
    words = text(page)
    assert [h2.get_text() for h2 in page.select("h2")] == ["Je peux", "Avec un animateur", "Pas encore"]
    assert "J’ai 15 ans : un animateur reste à côté de moi." in words
    assert "Je réserve avec Samir" in words
    assert "Il me faut le badge Permis laser." in words
    assert "Comment ? Je demande à Samir, mercredi à 13 h 30." in words
    assert "En panne" in words
    assert "Retour prévu jeudi 3 décembre." in words
    assert "2 machines" in words


def test_a_badge_taken_back_says_when_why_and_the_way_back(
    phone: FlaskClient, ines: Person, vinyl: Machine, session: Session
) -> None:
    given = session.scalars(select(Award).where(Award.person_id == ines.id)).one()
    given.ended_at, given.ended_reason = NOW - timedelta(days=2), "Garder les mains loin de la lame."
    session.commit()
    words = text(read(phone, "/reserver/VIN-01"))
    assert "est retiré depuis le 22 novembre 2026." in words
    assert "Garder les mains loin de la lame." in words
    assert "Pour le reprendre, je demande à un animateur." in words


def test_the_list_shows_every_thing_that_the_lamps_count(client: FlaskClient, fablab: Fablab, session: Session) -> None:
    shop = make_badge("BS-ATELIER", "Atelier")
    laser = make_safety_badge("BS-LASER", {"MAC-01": 2, "MAC-02": 2}, prerequisites=(shop,))
    make_machine(fablab, "LAS-01", simple_name="La laser", badge=laser)
    person = make_young("Tom")
    give_badge(person, shop)
    page = read(log_in(client, person), "/reserver/LAS-01")
    assert "J’ai 1 chose sur 3." in text(page)
    assert len(page.select(".card .rows .lamp")) == 3
    assert "J’ai le badge Atelier." in text(page)


def test_age_and_papers_stand_beside_what_the_badge_asks(client: FlaskClient, fablab: Fablab, session: Session) -> None:
    laser = make_safety_badge("BS-LASER", {"MAC-01": 2, "MAC-02": 2})
    make_machine(fablab, "LAS-01", simple_name="La laser", badge=laser, ages=(14, 15, 16))
    log_in(client, make_minor("Noé", birth_date=date(2013, 6, 1)))
    page = read(client, "/reserver/LAS-01")
    assert "La laser, c’est plus tard." in text(page)
    assert "J’ai 0 chose sur 2." in text(page)
    of_badge, beside = (card.select(".lamp") for card in page.select(".card:has(.lamp)"))
    assert (len(of_badge), len(beside)) == (2, 2)
    assert "Il me faut aussi" in text(page)


def test_the_page_of_hours_says_why_the_others_are_not_possible(phone: FlaskClient, vinyl: Machine) -> None:
    other = make_young("Yanis")
    give_badge(other, vinyl.badge)
    actions.book(Ask(vinyl.id, Slot(on(WEDNESDAY, "15:00"), on(WEDNESDAY, "16:00")), holder_id=other.id), other, NOW)
    words = text(read(phone, "/reserver/VIN-01?jour=2026-11-25&duree=60"))
    assert "15 h pris" in words
    assert "16 h 05 jusqu’à 17 h 05" in words
    assert "17 h 30 trop court" in words
    assert "Yanis" not in words


def test_a_longer_length_keeps_the_day(phone: FlaskClient) -> None:
    page = read(phone, "/reserver/VIN-01?jour=2026-11-26&duree=120")
    assert "À quelle heure, jeudi 26 novembre ?" in text(page)
    assert hidden(page) == {"minutes": "120", "key": hidden(page)["key"], "start": "2026-11-26T17:00+01:00"}


def test_a_form_sent_twice_books_once(phone: FlaskClient, session: Session) -> None:
    sent = hidden(read(phone, "/reserver/VIN-01"))
    first, second = phone.post("/reserver/VIN-01", data=sent), phone.post("/reserver/VIN-01", data=sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(session.scalars(select(Booking)).all()) == 1


@pytest.mark.parametrize("address", ["/reserver/VIN-01", "/reserver/VIN-01?jour=2026-11-26"])
def test_going_back_and_pressing_the_button_again_books_nothing_more(
    phone: FlaskClient, session: Session, address: str
) -> None:
    phone.post("/reserver/VIN-01", data=hidden(read(phone, "/reserver/VIN-01")))
    page = read(phone, address)  # shown anew: its key is another
    assert page.select_one("button.lit")
    assert not page.select_one("input[name=start][checked]")
    answer = phone.post("/reserver/VIN-01", data=hidden(page))
    assert answer.status_code == 422
    assert "Je choisis une heure." in answer.text
    assert len(session.scalars(select(Booking)).all()) == 1


def test_going_back_and_choosing_another_hour_books_that_hour(phone: FlaskClient, session: Session) -> None:
    sent = hidden(read(phone, "/reserver/VIN-01"))
    phone.post("/reserver/VIN-01", data=sent)
    phone.post("/reserver/VIN-01", data=sent | {"start": "2026-11-26T17:00+01:00"})
    starts = session.scalars(select(Booking.starts_at).order_by(Booking.starts_at)).all()
    assert starts == [on(WEDNESDAY, "13:30"), on(THURSDAY, "17:00")]


def test_a_taken_slot_says_the_nearest_one_and_offers_it(phone: FlaskClient, vinyl: Machine, session: Session) -> None:
    sent = hidden(read(phone, "/reserver/VIN-01"))
    other = make_young("Yanis")
    give_badge(other, vinyl.badge)
    actions.book(Ask(vinyl.id, Slot(on(WEDNESDAY, "13:30"), on(WEDNESDAY, "14:30")), holder_id=other.id), other, NOW)
    answer = phone.post("/reserver/VIN-01", data=sent)
    assert answer.status_code == 409
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Ce créneau est pris. Le plus proche : mercredi 25 novembre à 14 h 35" in text(page)
    assert page.title is not None
    assert page.title.get_text().startswith("Erreur")
    form = page.select_one(".refusal form")
    assert form is not None
    offered = {str(field["name"]): str(field["value"]) for field in form.select("input[type=hidden]")}
    assert phone.post("/reserver/VIN-01", data=offered).status_code == 303


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("", "Je choisis une heure."),
        ("2026-02-30T14:00+01:00", "Cette heure n’existe pas."),
        ("2026-11-25T14:00", "Cette heure n’existe pas."),
        ("2026-11-25T25:00+01:00", "Cette heure n’existe pas."),
        ("n’importe quoi 🦊", "Cette heure n’existe pas."),
        ("9999-11-25T14:00+01:00", "Cette heure n’existe pas."),
        # The hour that spring skips: as a moment it exists, at night, when nobody may book.
        ("2027-03-28T02:30+01:00", "On peut réserver jusqu’au"),
        ("2026-10-25T02:30+01:00", "Cette heure est passée."),
        ("2026-11-25T03:00+01:00", "La maison est fermée à cette heure."),
    ],
)
def test_an_impossible_hour_is_said_and_books_nothing(
    phone: FlaskClient, session: Session, start: str, said: str
) -> None:
    sent = hidden(read(phone, "/reserver/VIN-01?jour=2026-11-26&duree=90")) | {"start": start}
    answer = phone.post("/reserver/VIN-01", data=sent)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert said in text(page)
    assert hidden(page)["minutes"] == "90"
    assert not session.scalars(select(Booking)).all()


@pytest.mark.parametrize("minutes", ["", "0", "-30", "abc", "100000"])
def test_an_impossible_length_is_said_and_books_nothing(phone: FlaskClient, session: Session, minutes: str) -> None:
    sent = hidden(read(phone, "/reserver/VIN-01")) | {"minutes": minutes}
    assert phone.post("/reserver/VIN-01", data=sent).status_code == 422
    assert not session.scalars(select(Booking)).all()


@pytest.mark.parametrize(
    "query", ["jour=2026-02-30", "jour=abc", "jour=2030-01-01", "duree=7", "duree=abc", "jour=0001-01-01"]
)
def test_an_impossible_address_still_shows_the_open_days(phone: FlaskClient, query: str) -> None:
    assert "Quel jour ?" in text(read(phone, f"/reserver/VIN-01?{query}"))


def test_a_machine_that_does_not_exist_is_not_found(phone: FlaskClient) -> None:
    assert phone.get("/reserver/XXX-99").status_code == 404
    assert phone.post("/reserver/XXX-99").status_code == 404


def test_without_the_badge_the_page_looks_ahead(
    client: FlaskClient, vinyl: Machine, fablab: Fablab, session: Session
) -> None:
    laser = make_machine(fablab, "LAS-02", simple_name="La petite laser", badge=make_badge("BS-LASER", "Permis laser"))
    make_right(session.scalars(select(Person).where(Person.first_name == "Samir")).one(), laser.badge)
    person = make_young("Lou")
    give_badge(person, vinyl.badge)
    words = text(read(log_in(client, person), f"/reserver/{laser.code}"))
    assert "La petite laser, c’est bientôt." in words
    assert "Il me faut le badge Permis laser." in words
    assert "En attendant, je peux" in words
    assert "Réserver : la découpe vinyle" in words
    assert "Je demande à Samir, mercredi à 13 h 30." in words


def test_two_bookings_already_are_said_once_and_stop_the_third(
    phone: FlaskClient, ines: Person, vinyl: Machine
) -> None:
    for start, end in (("13:30", "14:00"), ("16:00", "16:30")):
        actions.book(Ask(vinyl.id, Slot(on(WEDNESDAY, start), on(WEDNESDAY, end)), holder_id=ines.id), ines, NOW)
    assert text(read(phone, "/reserver")).count("J’ai déjà 2 réservations.") == 1
    page = read(phone, "/reserver/VIN-01?jour=2026-11-26")
    assert "J’ai déjà 2 réservations." in text(page)
    assert not page.select("input[type=radio]")


def test_the_team_does_not_book_for_itself_and_visitors_are_asked_to_enter(client: FlaskClient, vinyl: Machine) -> None:
    assert client.get("/reserver").status_code == 302
    assert client.post("/reserver/VIN-01").status_code == 401
    assert log_in(client, make_staff()).get("/reserver").status_code == 403


def test_the_cards_take_as_many_statements_for_sixteen_machines_as_for_two(
    phone: FlaskClient, fablab: Fablab, vinyl: Machine, count_statements: Statements
) -> None:
    make_machine(fablab, "SER-01", badge=make_badge("BS-SERIGRAPHIE", "Sérigraphie"))
    phone.get("/reserver")  # the first page of all asks whether the house is a demonstration
    said = []
    for number in (0, 14):
        for index in range(number):
            make_machine(fablab, f"M-{index:02}", badge=vinyl.badge, ages=(8, 11, 15))
        phone.get("/reserver")  # the house has changed: its facts are read again, once
        count_statements.clear()
        assert phone.get("/reserver").status_code == 200
        said.append(len(count_statements))
    assert said[0] == said[1]
    assert said[0] <= 10


def test_booking_takes_few_statements(phone: FlaskClient, count_statements: Statements) -> None:
    sent = hidden(read(phone, "/reserver/VIN-01"))
    count_statements.clear()
    assert phone.post("/reserver/VIN-01", data=sent).status_code == 303
    assert len(count_statements) <= 16 + asks_where_it_stands()


def test_hours_and_a_refusal_take_ten_statements_at_most(
    phone: FlaskClient, vinyl: Machine, count_statements: Statements
) -> None:
    sent = hidden(read(phone, "/reserver/VIN-01"))
    count_statements.clear()
    phone.get("/reserver/VIN-01")
    assert len(count_statements) <= 10
    other = make_young("Yanis")
    give_badge(other, vinyl.badge)
    actions.book(Ask(vinyl.id, Slot(on(WEDNESDAY, "13:30"), on(WEDNESDAY, "14:30")), holder_id=other.id), other, NOW)
    count_statements.clear()
    assert phone.post("/reserver/VIN-01", data=sent).status_code == 409
    # On PostgreSQL it also asks whether the same form, sent twice at once, took that time.
    assert len(count_statements) <= 10 + asks_where_it_stands()


def asks_where_it_stands() -> int:
    """PostgreSQL says in statements of their own whether anybody wrote meanwhile; SQLite in PRAGMAs."""
    return 2 if db.session.get_bind().dialect.name == "postgresql" else 0
