"""The page of a machine for a young person, the square that leads there, and the labels."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.people.models import Person
from fablab.permissions import Role
from machines import actions_repair
from machines.models import Machine
from machines.values_repair import Report
from tests.conftest import NOW, Statements
from tests.machines.pages import WEDNESDAY, read, text
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import Fablab, give_badge, make_badge, make_machine
from tests.make_pathways import make_right

SHEET = "/reserver/LAS-02/fiche"


@pytest.fixture
def laser(fablab: Fablab) -> Machine:
    return make_machine(
        fablab,
        "LAS-02",
        badge=make_badge("BS-LASER", "Permis laser"),
        simple_name="La petite laser",
        pictogram="laser",
        materials_allowed=["carton", "liège"],
        materials_forbidden=["PVC"],
        protections=["lunettes"],
    )


def test_it_says_what_the_machine_does_takes_refuses_and_asks_for(phone: FlaskClient, laser: Machine) -> None:
    page = text(read(phone, SHEET))
    assert "Elle coupe et elle grave avec un rayon de lumière." in page
    for title, thing in (
        ("Je peux y mettre", "Carton"),
        ("Jamais", "PVC"),
        ("Pour me protéger", "Lunettes"),
        ("Avant de commencer, je vérifie", "Lame réglée"),
    ):
        assert f"{title} {thing}" in page


def test_without_the_badge_it_says_who_may_train_me(phone: FlaskClient, laser: Machine, session: Session) -> None:
    samir = session.query(Person).filter_by(first_name="Samir").one()
    make_right(samir, laser.badge)
    page = text(read(phone, SHEET))
    assert (
        "Permis laser Pas encore Un animateur me montre, sur la machine. Je demande à Samir, mercredi à 13 h 30."
        in page
    )
    assert "Je réserve" not in page
    assert "Quand elle est libre" not in page


def test_with_the_badge_it_says_until_when_and_the_next_free_hours(phone: FlaskClient, vinyl: Machine) -> None:
    page = read(phone, "/reserver/VIN-01/fiche")
    assert "Badge valable" in text(page)
    assert "Il est valable jusqu’au" in text(page)
    hours = [str(link["href"]) for link in page.select('main ul.rows a[href^="/reserver/VIN-01?jour="]')]
    assert hours[0] == "/reserver/VIN-01?jour=2026-11-25"
    assert "Mercredi à 13 h 30" in text(page)


def test_the_first_hour_is_one_that_every_rule_accepts(phone: FlaskClient, vinyl: Machine) -> None:
    other = make_young("Lou", "Durand")
    give_badge(other, vinyl.badge)
    make_booking(vinyl, slot("13:30", "15:30", WEDNESDAY), other)
    page = text(read(phone, "/reserver/VIN-01/fiche"))
    assert "Mercredi à 13 h 30" not in page
    assert "Mercredi à 15 h 35" in page  # the others' hour, and the minutes to tidy up
    assert "Lou" not in page


def test_what_is_wrong_with_it_is_said_without_the_words_of_whoever_told_it(
    phone: FlaskClient, vinyl: Machine, ines: Person
) -> None:
    actions_repair.report(vinyl, Report("wear", "La lame est usée.", False, "a"), None, ines, NOW)
    page = text(read(phone, "/reserver/VIN-01/fiche"))
    assert "À vérifier Un problème est signalé. Je demande à l’équipe avant de commencer." in page
    assert "La lame est usée" not in page
    back = WEDNESDAY + timedelta(days=5)
    actions_repair.report_grave(vinyl, Report("wear", "Moteur en panne.", False, "b"), None, back, make_staff(), NOW)
    page = text(read(phone, "/reserver/VIN-01/fiche"))
    assert "En panne Retour prévu lundi 30 novembre." in page


@pytest.mark.parametrize("address", ["/reserver/XXX/fiche", "/m/XXX", "/machines/XXX/etiquette.pdf"])
def test_a_machine_that_is_not_there_is_not_found(client: FlaskClient, vinyl: Machine, address: str) -> None:
    log_in(client, make_staff(roles=(Role.YOUNG, Role.FACILITATOR)))
    assert client.get(address).status_code == 404


def test_the_square_opens_the_page_made_for_whoever_looks(client: FlaskClient, vinyl: Machine, ines: Person) -> None:
    assert client.get("/m/VIN-01").location == "/entrer?next=/m/VIN-01"
    for person, page in (
        (ines, "/reserver/VIN-01/fiche"),
        (make_staff("Sonia"), "/machines/VIN-01"),
        (make_staff("Rémi", roles=(Role.REFERENT,)), "/"),
    ):
        log_in(client, person)
        assert client.get("/m/VIN-01").location == page


def test_labels_are_printed_for_one_machine_or_for_all(client: FlaskClient, vinyl: Machine, laser: Machine) -> None:
    log_in(client, make_staff("Sonia"))
    sizes = []
    for address, name in (
        ("VIN-01/etiquette", "etiquette-VIN-01"),
        ("etiquettes", "etiquettes"),
    ):
        answer = client.get(f"/machines/{address}.pdf")
        assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.pdf"'
        sizes.append(len(answer.data))
    assert sizes[1] > sizes[0]
    pages = text(read(client, "/machines")) + text(read(client, "/machines/VIN-01"))
    assert "Étiquettes (PDF)" in pages
    assert "Étiquette (PDF)" in pages


def test_the_page_asks_a_bounded_number_of_statements(
    phone: FlaskClient, vinyl: Machine, ines: Person, count_statements: Statements
) -> None:
    phone.get("/reserver/VIN-01/fiche")
    count_statements.clear()
    assert phone.get("/reserver/VIN-01/fiche").status_code == 200
    assert len(count_statements) <= 10, count_statements
