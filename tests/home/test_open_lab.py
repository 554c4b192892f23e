"""The board of the open lab: who is on what, until when and beside whom; who is here; what is left to close."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask.testing import FlaskClient

from fablab.people.models import Person
from fablab.permissions import Role
from machines import actions_use
from machines.models import Machine
from machines.values_use import Start
from pathways import actions
from tests.conftest import Statements
from tests.home.given import text
from tests.machines.pages import WEDNESDAY
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import make_group, make_session

READY = Start("vinyle adhésif", (), ("lame réglée",))
AT = on(WEDNESDAY, "14:20")


@pytest.fixture
def fablab(client: FlaskClient) -> Fablab:
    return make_fablab()


@pytest.fixture
def samir(fablab: Fablab) -> Person:
    """He is in the room from 13:30 to 18:00."""
    person = make_staff()
    make_shift(person, fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
    return person


@pytest.fixture
def twenty_past_two(samir: Person) -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def on_a_machine(fablab: Fablab, samir: Person, name: str, start: str, end: str) -> Machine:
    """Somebody who begins on a machine of their own, at two."""
    person = make_young(name, "Favre")
    machine = make_machine(fablab, f"M-{name}", simple_name=f"La machine de {name}", ages=(8, 11, None))
    give_badge(person, machine.badge)
    booking = make_booking(machine, slot(start, end, WEDNESDAY), person)
    actions_use.check_in(booking, READY, samir, on(WEDNESDAY, "14:00"))
    return machine


@pytest.mark.usefixtures("twenty_past_two")
def test_the_board_says_who_is_on_what_until_when_and_beside_whom(
    client: FlaskClient, fablab: Fablab, samir: Person
) -> None:
    on_a_machine(fablab, samir, "Noé", "14:00", "15:00")
    log_in(client, samir)
    page = text(client, "/open-lab")
    for words in ("Noé F.", "La machine de Noé", "un animateur dans la salle", "Samir", "15\u00a0h"):
        assert words in page
    assert "Avant de fermer" not in page
    assert "/open-lab" in text(client)


@pytest.mark.usefixtures("twenty_past_two")
def test_who_is_here_without_a_machine_is_apart_from_who_has_one(
    client: FlaskClient, fablab: Fablab, samir: Person
) -> None:
    on_a_machine(fablab, samir, "Noé", "14:00", "15:00")
    actions.arrive(make_young("Lou", "Durand"), samir, AT)
    log_in(client, samir)
    here = text(client, "/open-lab").partition("Là sans machine")[2]
    assert "Lou D." in here
    assert "Noé F." not in here
    log_in(client, make_staff("Lucie", roles=(Role.RECEPTION,)))
    assert "Lou D." in text(client, "/open-lab")


def test_before_the_end_it_says_what_is_left_to_close(client: FlaskClient, fablab: Fablab, samir: Person) -> None:
    on_a_machine(fablab, samir, "Noé", "14:00", "15:00")
    lesson = make_session(make_group(name="Rebond 4"), start=on(WEDNESDAY, "10:00"), leads=[samir])
    with time_machine.travel(on(WEDNESDAY, "17:40"), tick=False):
        actions.arrive(make_young("Lou", "Durand"), samir, on(WEDNESDAY, "17:30"))
        log_in(client, samir)
        left = text(client, "/open-lab").partition("Avant de fermer")[2].partition("Sur une machine")[0]
    for words in ("La machine de Noé", "Lou D.", lesson.group.name):
        assert words in left


def test_when_all_is_closed_it_says_so(client: FlaskClient, samir: Person) -> None:
    with time_machine.travel(on(WEDNESDAY, "17:40"), tick=False):
        log_in(client, samir)
        assert "Tout est fait" in text(client, "/open-lab")


@pytest.mark.usefixtures("twenty_past_two")
def test_the_board_runs_as_many_statements_whoever_is_there(
    client: FlaskClient, fablab: Fablab, samir: Person, count_statements: Statements
) -> None:
    log_in(client, samir)
    counts = []
    for names in ((), ("Noé",), ("Ali", "Mia", "Zoé")):
        for name in names:
            on_a_machine(fablab, samir, name, "14:00", "15:00")
            actions.arrive(make_young(f"V{name}", "Durand"), samir, AT)
        text(client, "/open-lab")
        count_statements.clear()
        text(client, "/open-lab")
        counts.append(len(count_statements))
    assert counts[1] == counts[2]
    assert max(counts) <= 10


@pytest.mark.usefixtures("twenty_past_two")
def test_adults_without_an_account_are_counted_by_age_band_and_taken_back(client: FlaskClient, samir: Person) -> None:
    log_in(client, samir)
    assert client.post("/open-lab/adultes", data={"band": "12"}).status_code == 404
    for band in ("25_59", "25_59", "60_more"):
        assert client.post("/open-lab/adultes", data={"band": band}).status_code == 303
    board = text(client, "/open-lab")
    assert board.count("2 aujourd’hui") == 1
    assert board.count("1 aujourd’hui") == 1
    last = re.findall(r"/open-lab/adultes/\d+/effacer", board)[-1]
    for _twice in range(2):
        assert client.post(last).status_code == 303
    assert "1 aujourd’hui" not in text(client, "/open-lab")
    assert client.post("/open-lab/adultes/987654/effacer").status_code == 404
