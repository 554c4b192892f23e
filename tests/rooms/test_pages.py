"""Pages of rooms: what the desk, the coordination and an organisation see of them, and of who has them."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from bookings import actions
from bookings.models import Booking, Place
from bookings.values import Ask
from fablab.permissions import Role
from rooms.models import Room
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff
from tests.make_bookings import make_closure, slot
from tests.make_rooms import lend, make_contact_of, make_room, make_tenant

DAY = date(2026, 12, 15)
WEEK, LIST, ROOM = "/salles/semaine?semaine=2026-12-14", "/salles/semaine/liste?jour=2026-12-15", "/salles/SAL-08"
ROOM_WEEK = f"{ROOM}?semaine=2026-12-14"


@pytest.fixture
def secret(leysse: Room) -> Booking:
    """A sensitive organisation has the meeting room on Tuesday."""
    tenant = make_tenant("Vie libre", sensitive=True, masked_label="Association de santé", agreement="signed")
    return lend(leysse, tenant, slot("17:00", "19:00", DAY), purpose="groupe de parole")


def seen(client: FlaskClient, role: Role, *paths: str) -> str:
    """What somebody of a role reads on these pages."""
    log_in(client, make_staff(roles=(role,)))
    return " ".join(read(client, path) for path in paths)


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").split())


def test_the_list_says_of_each_room_its_floor_area_capacity_equipment_and_access(
    client: FlaskClient, dynamo: Place, leysse: Room
) -> None:
    make_room(dynamo, "SAL-10", name="Studio", floor=-1, step_free=False, hearing_loop=True, equipment=["batterie"])
    said = seen(client, Role.RECEPTION, "/salles")
    for words in ("2 salles, 48 m²", "Sous-sol", "Étage 1", "Studio", "batterie", "marches, boucle magnétique"):
        assert words in said, words


def test_a_room_says_all_that_somebody_needs_before_coming(client: FlaskClient, dynamo: Place) -> None:
    make_room(dynamo, "SAL-15", name="Cuisine", exits=2, instructions="Relevé de température à cocher.", noise="medium")
    said = seen(client, Role.COORDINATOR, "/salles/SAL-15")
    for words in (
        "12 à l’aise, 19 au plus (sécurité)",
        "En fauteuil roulant oui",
        "Boucle magnétique non",
        "Sorties 2",
        "Bruit moyen",
        "Relevé de température à cocher.",
        "Prochains moments libres",
    ):
        assert words in said, words


def test_the_next_free_times_are_those_that_may_still_be_asked_for(client: FlaskClient, leysse: Room) -> None:
    at_the_desk = seen(client, Role.RECEPTION, ROOM).partition("Prochains moments libres")[2]
    assert at_the_desk.strip().startswith("10 h 22 h Mardi 24 novembre")
    log_in(client, make_contact_of(make_tenant()))
    assert "Vendredi 4 décembre" in read(client, ROOM).partition("Prochains moments")[2][:80]


def test_the_grid_and_the_list_of_a_week_say_the_same(client: FlaskClient, leysse: Room) -> None:
    lend(leysse, make_tenant(), slot("17:00", "19:00", DAY), purpose="répétition")
    grid = seen(client, Role.RECEPTION, WEEK)
    assert "Salle de réunion Leysse, mardi 15, 8 h 30 – 17 h , 1 réservation" in grid
    assert "17 h 19 h Salle de réunion Leysse · répétition Chœurs du Quai" in read(client, LIST)
    assert "17 h – 19 h Chœurs du Quai" in read(client, ROOM_WEEK)


def test_a_closure_shows_as_closed(client: FlaskClient, dynamo: Place, leysse: Room) -> None:
    day = slot("00:00", "23:59", DAY)
    make_closure(day.start, day.end, resource_id=leysse.id)
    assert "Leysse, mardi 15, fermé" in seen(client, Role.RECEPTION, WEEK)


def test_a_contact_sees_what_is_taken_not_by_whom_but_their_own(
    client: FlaskClient, dynamo: Place, leysse: Room
) -> None:
    choir = make_tenant()
    mine = lend(leysse, choir, slot("14:00", "16:00", DAY), purpose="répétition")
    theirs = lend(leysse, make_tenant("Théâtre du Pont"), slot("17:00", "19:00", DAY), purpose="mise en scène")
    log_in(client, make_contact_of(choir))
    said = read(client, LIST) + read(client, ROOM_WEEK) + read(client, WEEK)
    assert "Prise" in said
    assert "Chœurs du Quai" in said
    assert "Théâtre" not in said
    assert "mise en scène" not in said
    assert "Chœurs du Quai" in read(client, f"/salles/reservations/{mine.public_id}")
    assert client.get(f"/salles/reservations/{theirs.public_id}").status_code == 404
    assert theirs.public_id not in client.get(LIST).text + client.get(ROOM_WEEK).text


def test_a_contact_whose_access_ended_sees_nothing_of_the_organisation(client: FlaskClient, leysse: Room) -> None:
    choir = make_tenant()
    mine = lend(leysse, choir, slot("14:00", "16:00", DAY))
    log_in(client, make_contact_of(choir, until=date(2026, 11, 23)))
    assert "Chœurs" not in read(client, LIST)
    assert client.get(f"/salles/reservations/{mine.public_id}").status_code == 404


def test_the_mask_of_a_sensitive_organisation_falls_for_the_coordination_and_itself_only(
    client: FlaskClient, secret: Booking
) -> None:
    pages = (WEEK, LIST, ROOM_WEEK, f"/salles/reservations/{secret.public_id}")
    desk, boss = seen(client, Role.RECEPTION, *pages), seen(client, Role.COORDINATOR, *pages)
    assert "Association de santé" in desk
    assert "Vie libre" not in desk
    assert "parole" not in desk
    assert "Vie libre" in boss
    assert "groupe de parole" in boss
    assert secret.structure is not None
    log_in(client, make_contact_of(secret.structure))
    assert "Vie libre" in read(client, LIST)


def test_the_engines_page_of_a_booking_leads_to_that_of_the_room(client: FlaskClient, secret: Booking) -> None:
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    answer = client.get(f"/equipe/reservations/{secret.public_id}")
    assert (answer.status_code, answer.location) == (302, f"/salles/reservations/{secret.public_id}")


def test_a_request_is_shown_as_waiting(client: FlaskClient, leysse: Room) -> None:
    wanted = Ask(leysse.id, slot("14:00", "16:00", DAY), kind="rental", structure_id=make_tenant().id, headcount=5)
    asked = actions.request(wanted, None, NOW)
    assert "En attente" in seen(client, Role.RECEPTION, f"/salles/reservations/{asked.public_id}", LIST)
    assert 'class="asked"' in client.get(WEEK).text


@pytest.mark.parametrize("path", ["/salles", WEEK, LIST, ROOM_WEEK])
def test_a_page_of_rooms_asks_few_statements_whatever_the_bookings(
    client: FlaskClient, dynamo: Place, path: str, count_statements: Statements
) -> None:
    rooms, choir = [make_room(dynamo, f"SAL-{number:02}") for number in range(1, 16)], make_tenant()
    for room in rooms[:8]:
        lend(room, choir, slot("09:00", "10:00", DAY))
        lend(room, choir, slot("17:00", "19:00", DAY))
    for person in (make_contact_of(choir), make_staff(roles=(Role.RECEPTION,))):
        log_in(client, person)
        client.get(path)
        count_statements.clear()
        assert client.get(path).status_code == 200
        assert len(count_statements) <= 10, list(count_statements)


@pytest.mark.parametrize("path", ["/salles/NULLE-PART", "/salles/reservations/inconnue"])
def test_what_does_not_exist_is_not_found(client: FlaskClient, leysse: Room, path: str) -> None:
    log_in(client, make_staff(roles=(Role.RECEPTION,)))
    assert client.get(path).status_code == 404
