"""A form sent too late, or after the session ended, keeps what was typed; from another site it keeps nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from wtforms import PasswordField

from bookings.models import Booking
from fablab.db import db
from fablab.forms import BaseForm
from fablab.people import actions_kiosk
from fablab.people.late_forms import SECRETS
from fablab.people.models import Person
from fablab.permissions import Role
from machines.models import Machine
from pathways.models import Apology, Competency, Validation
from tests.conftest import NOW
from tests.make import PASSWORD, PIN, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import enrol, make_group, make_pathway, make_session
from tests.people.tab import SAME, Tab, fields, said
from tests.test_routes import address, as_person, routes

WEDNESDAY = date(2026, 11, 25)


@pytest.fixture
def tab(app: Flask, client: FlaskClient) -> Iterator[Tab]:
    app.config["WTF_CSRF_ENABLED"] = True
    yield Tab(client)
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.fixture
def vinyl(session: Session) -> Machine:
    fablab = make_fablab()
    make_shift(make_staff(), fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    return make_machine(fablab, "VIN-01", badge=make_badge())


@pytest.fixture
def ines(vinyl: Machine) -> Person:
    person = make_young()
    give_badge(person, vinyl.badge)
    return person


def count(session: Session, model: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_hour_chosen_comes_back_and_one_press_books_it(tab: Tab, ines: Person, session: Session) -> None:
    hours = tab.enter(ines).open("/reserver/VIN-01?jour=2026-11-25")
    tab.enter_anew(ines)
    answer = tab.send(hours, "form[data-slots]", start="2026-11-25T15:00+01:00")
    assert answer.status_code == 400
    assert "Rien n’est encore envoyé" in said(answer)
    assert answer.text.count("restée ouverte longtemps") == 1
    assert "Erreur" in answer.text.split("</title>")[0]
    assert count(session, Booking) == 0
    assert tab.send(answer, "form[data-slots]").status_code == 303
    (booking,) = session.scalars(select(Booking))
    assert booking.starts_at == on(WEDNESDAY, "15:00")


def test_the_grid_comes_back_with_its_ticks_and_one_press_saves_them(tab: Tab, session: Session) -> None:
    samir = make_staff()
    group = make_group(make_pathway("DECLIC", stages={"EXP": {"MAC-01": 2, "MAC-02": 3}}))
    people = [make_young(name, "Test") for name in ("Ada", "Bob")]
    for person in people:
        enrol(person, group)
    lesson = make_session(group, leads=(samir,))
    grid = tab.enter(samir).open(f"/seances/{lesson.public_id}/valider")
    competency = session.scalar(select(Competency.id).where(Competency.code == "MAC-01"))
    ticked = [f"{person.id}.{competency}" for person in people]
    tab.enter_anew(samir)
    answer = tab.send(grid, "form[data-validation]", cell=ticked, level="target")
    assert answer.status_code == 400
    assert answer.text.count("restée ouverte longtemps") == 1
    assert len(BeautifulSoup(answer.text, "html.parser").select("input[name=cell][checked]")) == 2
    assert count(session, Validation) == 0
    assert tab.send(answer, "form[data-validation]").status_code == 302
    assert count(session, Validation) == 2


def test_a_script_that_sends_too_late_gets_the_fresh_token(tab: Tab, ines: Person) -> None:
    tab.enter(ines)
    headers = {**SAME, "Accept": "application/json"}
    answer = tab.client.post("/messages/lu", data={"message": "1"}, headers=headers)
    assert answer.status_code == 400
    fresh = answer.get_json()["csrf_token"]
    assert tab.client.post("/messages/lu", data={"message": "1", "csrf_token": fresh}).status_code == 404


def test_the_account_being_made_comes_back_without_its_code(tab: Tab, session: Session) -> None:
    desk = make_staff(roles=(Role.RECEPTION,))
    form = tab.enter(desk).open("/jeunes/nouveau")
    before = count(session, Person)
    tab.enter_anew(desk)
    typed = {"first_name": "Zélie", "last_name": "Rey", "birth-day": "3", "birth-month": "5", "birth-year": "2010"}
    answer = tab.send(form, "form[novalidate]", **typed, situation="in_school", pin="739146", pin_again="739146")
    assert answer.status_code == 400
    assert "739146" not in answer.text
    assert count(session, Person) == before
    again = tab.send(answer, "form[novalidate]", pin="739146", pin_again="739146")
    assert again.status_code == 303
    made = session.scalars(select(Person).where(Person.first_name == "Zélie")).one()
    assert str(made.handle) in tab.client.get(again.location).text, "the page that shows the card once"
    assert made.birth_date == date(2010, 5, 3)


def test_the_question_before_cancelling_is_asked_again(
    tab: Tab, ines: Person, vinyl: Machine, session: Session
) -> None:
    booking = make_booking(vinyl, slot("14:00", "15:00", WEDNESDAY), ines)
    question = tab.enter(ines).open(f"/reservations/{booking.public_id}/annuler")
    tab.enter_anew(ines)
    answer = tab.send(question)
    assert answer.status_code == 400
    assert "J’annule cette réservation" in said(answer)
    session.refresh(booking)
    assert booking.status == "confirmed"
    assert tab.send(answer).status_code == 303
    session.refresh(booking)
    assert booking.status == "cancelled"


def test_a_button_alone_is_offered_again(tab: Tab, session: Session) -> None:
    ada, group = make_young("Ada", "Test"), make_group()
    enrol(ada, group)
    lesson = make_session(group, NOW + timedelta(days=1))
    button = f"form[action='/seances/{lesson.public_id}/je-ne-peux-pas-venir']"
    home = tab.enter(ada).open("/")
    tab.enter_anew(ada)
    answer = tab.send(home, button)
    assert answer.status_code == 400
    assert "Envoyer à nouveau" in said(answer)
    assert count(session, Apology) == 0
    assert tab.send(answer).status_code in (302, 303)
    assert count(session, Apology) == 1


def test_the_log_in_itself_keeps_the_identifier_and_asks_the_code_again(tab: Tab) -> None:
    young = make_young()
    page = tab.open("/entrer")
    tab.client.delete_cookie("dynamo")
    answer = tab.send(page, handle=young.handle, secret=PIN)
    assert answer.status_code == 400
    assert PIN not in answer.text
    assert f'value="{young.handle}"' in answer.text
    assert tab.send(answer, secret=PIN).status_code == 302
    assert tab.client.get("/mon-compte").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Referer": "http://localhost.evil.example/"},
        {"Origin": "https://evil.example", "Referer": "http://localhost/"},
    ],
)
def test_another_site_gets_a_plain_refusal_and_nothing_to_press(
    tab: Tab, ines: Person, headers: dict[str, str]
) -> None:
    tab.enter(ines)
    for where in ("/reserver/VIN-01", "/messages/lu"):
        answer = tab.client.post(where, data={"start": "typed-elsewhere"}, headers=headers)
        assert answer.status_code == 400
        assert "typed-elsewhere" not in answer.text
        assert "Envoyer à nouveau" not in answer.text


@pytest.mark.parametrize("headers", [SAME, {"Origin": "http://localhost"}, {"Referer": "http://localhost/reserver"}])
def test_a_page_of_ours_is_known_by_any_of_three_headers(tab: Tab, ines: Person, headers: dict[str, str]) -> None:
    tab.enter(ines)
    answer = tab.client.post("/messages/lu", data={"message": "7"}, headers=headers)
    assert answer.status_code == 400
    assert 'name="message" value="7"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_somebody_typed_is_not_shown_to_who_entered_after(tab: Tab, ines: Person, session: Session) -> None:
    hours = tab.enter(ines).open("/reserver/VIN-01?jour=2026-11-25")
    tab.enter_anew(make_young("Tom", "Perrin"))
    answer = tab.send(hours, "form[data-slots]", start="2026-11-25T15:00+01:00")
    assert answer.status_code == 400
    assert "Cette page était à une autre personne" in said(answer)
    assert "2026-11-25T15" not in answer.text
    assert count(session, Booking) == 0


def test_after_the_session_ended_entering_again_sends_it_with_one_press(
    tab: Tab, ines: Person, session: Session
) -> None:
    hours = tab.enter(ines).open("/reserver/VIN-01?jour=2026-11-25")
    tab.leave()
    door = tab.send(hours, "form[data-slots]", start="2026-11-25T15:00+01:00")
    assert door.status_code == 401
    assert "Ce que j’ai écrit est gardé." in said(door)
    assert door.headers["Cache-Control"] == "no-store"
    wrong = tab.send(door, handle=ines.handle, secret="111222")
    assert wrong.status_code == 422
    card = tab.send(wrong, press="other_way", handle=ines.handle)
    assert card.status_code == 200
    assert "Le code de ma carte" in said(card)
    back = tab.send(card, press="other_way")
    there = tab.send(back, handle=ines.handle, secret=PIN)
    assert there.status_code == 200
    assert "Tout est encore là" in said(there)
    assert PIN not in there.text
    assert count(session, Booking) == 0
    assert tab.send(there).status_code == 303
    assert count(session, Booking) == 1


def test_the_session_of_the_team_ends_after_twelve_hours_and_the_form_is_kept(tab: Tab, session: Session) -> None:
    desk = make_staff(roles=(Role.RECEPTION,))
    form = tab.enter(desk).open("/jeunes/nouveau")
    with time_machine.travel(NOW + timedelta(hours=13), tick=False):
        door = tab.send(form, "form[novalidate]", first_name="Zélie", last_name="Rey", pin=PIN, pin_again=PIN)
        assert door.status_code == 401
        assert PIN not in door.text
        assert not BeautifulSoup(door.text, "html.parser").select("header a[href='/entrer']"), "would lose what is kept"
        there = tab.send(door, email=desk.email, secret=PASSWORD)
        assert there.status_code == 200
        answer = tab.send(there)
    assert answer.status_code == 422
    assert 'value="Zélie"' in answer.text


@pytest.mark.parametrize("for_team", [False, True])
def test_a_shared_device_carries_nothing_to_the_next_person(tab: Tab, for_team: bool) -> None:
    desk = make_staff(roles=(Role.RECEPTION,))
    form = tab.enter(desk).open("/jeunes/nouveau")
    tab.leave()
    tab.client.set_cookie("kiosk", actions_kiosk.enrol("Atelier", make_staff(), NOW, for_team=for_team))
    door = tab.send(form, "form[novalidate]", first_name="Zélie", last_name="Rey", pin=PIN, pin_again=PIN)
    assert door.status_code in (400, 401)
    assert 'name="kept"' not in door.text
    assert "Zélie" not in door.text


def test_who_else_enters_there_sends_and_sees_nothing_of_it(tab: Tab, ines: Person, session: Session) -> None:
    hours = tab.enter(ines).open("/reserver/VIN-01?jour=2026-11-25")
    tab.leave()
    door = tab.send(hours, "form[data-slots]", start="2026-11-25T15:00+01:00")
    answer = tab.send(door, handle=make_young("Tom", "Perrin").handle, secret=PIN)
    assert answer.location == "/"
    assert "Une autre personne avait écrit" in said(tab.open("/"))


def test_what_was_kept_is_good_for_a_day_and_cannot_be_made_up(tab: Tab, ines: Person) -> None:
    hours = tab.enter(ines).open("/reserver/VIN-01?jour=2026-11-25")
    tab.leave()
    door = tab.send(hours, "form[data-slots]", start="2026-11-25T15:00+01:00")
    assert tab.send(door, handle=ines.handle, secret=PIN, kept="made.up").location == "/"
    tab.leave()
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        fresh = fields(BeautifulSoup(tab.open("/entrer").text, "html.parser").select("main form")[0])
        assert tab.send(door, handle=ines.handle, secret=PIN, csrf_token=fresh["csrf_token"]).location == "/"


def test_no_form_sends_a_secret_back() -> None:
    def below(form: type[BaseForm]) -> Iterator[type[BaseForm]]:
        for one in form.__subclasses__():
            yield from (one, *below(one))

    hidden = {
        name
        for form in below(BaseForm)
        for name, field in vars(form).items()
        if getattr(getattr(field, "field_class", None), "__mro__", ()) and issubclass(field.field_class, PasswordField)
    }
    assert hidden
    assert hidden <= SECRETS


def test_no_route_writes_anything_for_a_form_that_came_too_late(tab: Tab, app: Flask, ines: Person) -> None:
    cast = [None, ines, *(make_staff(role, roles=(role,)) for role in Role if role is not Role.YOUNG)]
    posts = [rule for rule, _access in routes(app) if "POST" in (rule.methods or set())]
    faults = []
    for person in cast:
        g.__dict__.clear()  # what forbade the last form of the one before to write
        client = as_person(tab.client, person)
        before = everything()
        for rule in posts:
            code = client.post(address(app, rule), data={"name": "typed", "q": "ine"}, headers=SAME).status_code
            if code not in (400, 401, 403, 404, 410):
                faults.append(f"{rule.rule} as {person and person.roles}: {code}")
        assert everything() == before
    assert faults == []


def everything() -> dict[str, list[Any]]:
    """Every row of the database."""
    db.session.rollback()
    tables = db.metadata.sorted_tables
    return {table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in tables}
