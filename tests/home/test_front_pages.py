"""The front page of each role: what it says, to whom, in how many statements."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock, house
from fablab.db import transaction
from fablab.home.frame import Entry
from fablab.home.jobs import JOBS
from fablab.home.navigation import BELONGS
from fablab.people import actions_rights
from fablab.people.models import FollowUp, Person, Structure, StructureContact
from fablab.permissions import Role
from pathways.models import Apology
from tests.conftest import NOW, Statements
from tests.home.given import make_own_booking, make_rebond, text
from tests.make import log_in, make_staff, make_young
from tests.make_machines import make_fablab, make_shift
from tests.make_pathways import (
    attend,
    award,
    enrol,
    make_group,
    make_right,
    make_safety_badge,
    make_session,
    make_validator,
    validate,
)

TODAY = clock.local_day(NOW)


def test_a_visitor_sees_the_public_home_with_its_pathways(client: FlaskClient) -> None:
    make_rebond()
    assert "Rebond" in text(client)


@pytest.mark.parametrize(
    ("role", "title"),
    [
        (Role.YOUNG, "Bonjour Inès"),
        (Role.FACILITATOR, "Aujourd’hui au Fablab"),
        (Role.COORDINATOR, "Tableau de bord"),
        (Role.RECEPTION, "Chercher une personne"),
        (Role.STRUCTURE, "Ma structure"),
        (Role.REFERENT, "Mes jeunes"),
    ],
)
def test_each_role_has_its_front_page_even_in_an_empty_house(client: FlaskClient, role: Role, title: str) -> None:
    log_in(client, make_young() if role is Role.YOUNG else make_staff(roles=(role,)))
    assert title in text(client)


def test_an_administrator_is_led_to_the_installation(client: FlaskClient) -> None:
    log_in(client, make_staff(roles=(Role.ADMINISTRATOR,)))
    assert client.get("/").headers["Location"].endswith("/installation")


def test_a_house_without_a_team_says_what_comes_first(client: FlaskClient) -> None:
    log_in(client, make_staff(roles=(Role.ADMINISTRATOR,)))
    assert "Personne dans l’équipe" in text(client, "/installation")
    make_staff()
    assert "Personne dans l’équipe" not in text(client, "/installation")


def test_every_job_has_words(client: FlaskClient) -> None:
    log_in(client, make_staff(roles=(Role.ADMINISTRATOR,)))
    page = text(client, "/installation")
    assert not [job.name for job in JOBS if f">{job.name}<" in page]


def test_only_the_nearest_entry_of_the_menu_is_where_i_am(client: FlaskClient) -> None:
    log_in(client, make_staff(roles=(Role.ADMINISTRATOR,)))
    menu = text(client, "/equipe/fermetures").partition("<nav")[2].partition("</nav>")[0]
    assert menu.count('aria-current="page"') == 1


def test_a_page_lights_the_entry_it_belongs_to(client: FlaskClient) -> None:
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    for address, entry in (("/equipe/permanences", "/machines"), ("/droits-de-valider", "/badges-prets")):
        menu = text(client, address).partition("<nav")[2].partition("</nav>")[0]
        assert f'href="{entry}" aria-current="page"' in menu
        assert menu.count("aria-current") == 1


def test_every_page_that_belongs_to_an_entry_exists(app: Flask) -> None:
    named = {endpoint for page, entries in BELONGS.items() for endpoint in (page, *entries)}
    assert named <= set(app.view_functions)


def test_a_house_that_cannot_begin_yet_says_why_to_the_coordination(client: FlaskClient) -> None:
    nadia = make_staff(roles=(Role.COORDINATOR,))
    log_in(client, nadia)
    page = text(client)
    assert "Personne n’a le droit de valider" not in page  # no catalogue: that comes first
    make_rebond()
    assert "Personne n’a le droit de valider" in text(client)
    assert "Aucune permanence dans les 15 jours" in text(client)
    make_right(nadia, make_safety_badge("BS-VIN", {}))
    make_shift(nadia, make_fablab().place, NOW + timedelta(days=1), NOW + timedelta(days=1, hours=3))
    page = text(client)
    assert "Personne n’a le droit de valider" not in page
    assert "Aucune permanence" not in page


def test_what_young_people_ask_about_their_data_waits_on_the_coordinations_page(client: FlaskClient) -> None:
    make_rebond()
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    assert "sur des données" not in text(client)
    for name in ("Inès", "Tom"):
        actions_rights.ask(make_young(name), "erasure", "", NOW)
    page = text(client)
    assert "2 demandes sur des données" in page
    assert page.count('href="/demandes"') == 2  # in the menu, and where it waits


# --- the team -------------------------------------------------------------------------------------


def test_today_shows_sessions_who_cannot_come_and_the_roll_to_call(client: FlaskClient, session: Session) -> None:
    group, samir = make_rebond(), make_staff()
    ada, bob = make_young("Ada", "Lovel"), make_young("Bob", "Martin")
    for person in (ada, bob):
        enrol(person, group)
    lesson = make_session(group, NOW + timedelta(minutes=10), leads=(samir,))
    session.add(Apology(session_id=lesson.id, person_id=bob.id, said_at=NOW))
    session.commit()
    log_in(client, samir)
    page = text(client)
    assert "Faire l’appel\u00a0: Rebond 4" in page
    assert "Dans 10\u00a0min" in page
    assert "2 jeunes attendus, 1 a prévenu" in page
    assert "Bob M." in page


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.RECEPTION])
def test_a_day_without_any_session_says_which_comes_next(client: FlaskClient, role: Role) -> None:
    group = make_rebond()
    log_in(client, make_staff(roles=(role,)))
    assert "Pas de séance aujourd’hui" in text(client)
    make_session(group, NOW + timedelta(days=3))
    assert "La prochaine : Rebond 4, vendredi 27 novembre à " in text(client).replace("\u00a0", " ")


def test_today_shows_machines_now_and_who_is_expected(client: FlaskClient) -> None:
    make_own_booking(make_young("Ada", "Lovel"), hours=0.2)
    log_in(client, make_staff())
    page = text(client)
    assert "Machines maintenant" in page
    assert "Ada L." in page
    assert "Là" in page


def test_today_says_who_is_on_shift_until_the_evening(client: FlaskClient) -> None:
    chloe = make_staff("Chloé")
    log_in(client, chloe)
    assert "Personne d’ici ce soir." in text(client)
    make_shift(chloe, make_fablab().place, NOW + timedelta(hours=6), NOW + timedelta(hours=9))
    page = text(client)
    assert "Personne d’ici ce soir." not in page
    assert "dans la salle" in page


def test_one_tap_on_somebody_who_arrives_leads_to_what_the_machine_asks(client: FlaskClient) -> None:
    booking = make_own_booking(make_young(), hours=0.2)
    log_in(client, make_staff())
    page = text(client)
    assert f'href="/equipe/reservations/{booking.public_id}/commencer"' in page


def test_somebody_expected_later_is_shown_without_the_tap(client: FlaskClient) -> None:
    booking = make_own_booking(make_young(), hours=2)
    log_in(client, make_staff())
    page = text(client)
    assert f"/equipe/reservations/{booking.public_id}" in page
    assert "/commencer" not in page


def test_the_dashboard_counts_bookings_to_review(client: FlaskClient, session: Session) -> None:
    make_rebond()
    booking = make_own_booking(make_young(), hours=48)
    with transaction() as writing:
        writing.get_one(Booking, booking.id).attention = "no_shift"
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    assert "1 réservation à revoir" in text(client)


def test_today_runs_as_many_statements_whatever_the_day(client: FlaskClient, count_statements: Statements) -> None:
    client.get("/")
    version, samir = make_rebond().version, make_staff()
    log_in(client, samir)
    text(client)  # the house's own facts are read once and kept
    counts = []
    for _round in range(2):
        for _number in range(3):
            group = make_group(version)
            for name in "ABCD":
                enrol(make_young(name, "Test"), group)
            make_session(group, NOW + timedelta(hours=1), leads=(samir,))
        text(client)  # the house may have changed: its facts are read again, once
        count_statements.clear()
        text(client)
        counts.append(len(count_statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 40


def test_a_place_is_filled_by_a_first_attendance_of_this_school_year(client: FlaskClient) -> None:
    group = make_rebond()
    enrol(make_young("Ada", "Test"), group, first_attended_on=TODAY)
    enrol(make_young("Bob", "Test"), group, first_attended_on=date(2026, 6, 1))
    enrol(make_young("Ève", "Test"), group)
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    page = text(client)
    assert '<span class="big-number">1</span>' in page
    assert "1 groupe ouvert" in page


def test_the_dashboard_says_what_waits(client: FlaskClient) -> None:
    make_session(make_rebond(), NOW - timedelta(days=1))
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    assert "Appel à faire" in text(client)


# --- partners -------------------------------------------------------------------------------------


def follow(person: Person, referent: Person, until: date | None = None) -> None:
    with transaction() as session:
        since = TODAY - timedelta(days=90)
        session.add(FollowUp(person_id=person.id, referent_id=referent.id, since=since, until=until))


def test_a_referent_reads_their_own_young_people_while_the_link_lasts(client: FlaskClient) -> None:
    group, referent = make_rebond(), make_staff("Rémi", "Faure", roles=(Role.REFERENT,))
    ines, lou, yanis = make_young(), make_young("Lou", "Durand"), make_young("Yanis", "Kaced")
    for person in (ines, lou, yanis):
        enrol(person, group)
    attend(make_session(group, NOW - timedelta(days=1)), ines)
    follow(ines, referent, until=TODAY)
    follow(lou, referent, until=TODAY - timedelta(days=1))
    log_in(client, referent)
    page = text(client)
    assert "Inès B." in page
    assert "1 séance sur 1" in page
    assert "0 étape finie sur 4" in page
    assert "lundi 23 novembre" in page
    assert "Lou D." not in page, "the link has ended"
    assert "Yanis" not in page, "never followed"


def test_a_referent_reaches_the_team_in_one_tap(client: FlaskClient) -> None:
    log_in(client, make_staff("Rémi", "Faure", roles=(Role.REFERENT,)))
    assert "tel:" not in text(client)
    with transaction() as session:
        house.write(session, "house.phone", "0465710042")
        house.write(session, "house.email", "bonjour@ladynamo.example")
    page = text(client)
    assert 'href="tel:0465710042"' in page
    assert 'href="mailto:bonjour@ladynamo.example"' in page


def test_a_contact_sees_only_their_own_structure(client: FlaskClient) -> None:
    contact = make_staff("Sonia", "Blanc", roles=(Role.STRUCTURE,))
    with transaction() as session:
        mine = Structure(code="A1", name="Chœurs du Quai", kind="association", data_status="invented")
        other = Structure(code="A2", name="Boxe Club", kind="association", data_status="invented")
        session.add_all([mine, other])
        session.flush()
        session.add(StructureContact(structure_id=mine.id, person_id=contact.id, since=TODAY))
    log_in(client, contact)
    page = text(client)
    assert "Chœurs du Quai" in page
    assert "Boxe Club" not in page
    assert "Papier absent" in page, "the insurance was never seen"


def test_a_badge_that_was_taken_back_is_to_be_renewed_not_handed_over(client: FlaskClient, session: Session) -> None:
    badge = make_safety_badge("BS-LASER", {"MAC-01": 2})
    ines, samir = make_young(), make_validator(first_name="Samir")
    validate(ines, {"MAC-01": 2}, samir)
    given = award(ines, badge, author=samir)
    given.ended_at, given.ended_reason = NOW - timedelta(days=2), "Essai à refaire."
    session.add(given)
    session.commit()
    log_in(client, ines)
    page = text(client)
    assert "Pour le reprendre, je demande à un animateur." in page
    assert "Un animateur me le remet" not in page


def test_the_numbers_of_the_menu_say_what_they_count(app: Flask) -> None:
    with app.test_request_context():
        telling = Entry("telling.index", "/a-prevenir", "Prévenir", "megaphone", current=False, count=1)
        badges = Entry("pathways.badges_ready", "/badges-prets", "Badges", "award", current=False, count=8)
        assert (telling.waits, badges.waits) == ("1 message à dire", "8 demandes de jeunes")
