"""The page of differences: who may see it, what it shows, what is taken."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Series
from fablab.db import transaction
from fablab.home import catalogue as house_catalogue
from fablab.home.catalogue_views import KINDS
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from machines.models import Machine
from pathways.models import PathwayVersion
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff


@pytest.fixture
def template_app(furnished_app: Flask) -> Flask:
    """The shipped catalogue is there already."""
    return furnished_app


@pytest.fixture
def coordinator(session: Session) -> Person:
    return make_staff(roles=(Role.COORDINATOR,))


@pytest.fixture
def shorter_laser(coordinator: Person) -> Person:
    """The house has shortened the laser's slots and renamed it."""
    with transaction() as session:
        laser = session.scalars(select(Machine).where(Machine.code == "LAS-01")).one()
        laser.max_minutes, laser.simple_name = 60, "Le laser"
    return coordinator


def page(client: FlaskClient) -> BeautifulSoup:
    answer = client.get("/catalogue")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_a_house_that_says_what_the_files_say_has_nothing_to_take(client: FlaskClient, coordinator: Person) -> None:
    shown = page(log_in(client, coordinator)).get_text(" ")
    assert "Aucune différence" in shown
    assert "Le calendrier est connu jusqu’au 2 septembre 2029" in shown


def test_every_kind_of_thing_of_the_files_has_a_name_on_the_page() -> None:
    assert set(house_catalogue.STORES) == set(KINDS)


def test_where_house_and_official_calendar_differ_is_shown(client: FlaskClient, coordinator: Person) -> None:
    rows = [row.get_text(" ", strip=True) for row in page(log_in(client, coordinator)).select("tbody tr")]
    assert rows[:2] == [
        "Été du 3 juillet 2027 au 31 août 2027 du 3 juillet 2027 au 1er septembre 2027",
        "Pont de l’Ascension rien du 6 mai 2027 au 9 mai 2027",
    ]


def test_only_what_is_ticked_is_taken_and_the_journal_keeps_it(
    client: FlaskClient, session: Session, shorter_laser: Person
) -> None:
    shown = page(log_in(client, shorter_laser))
    keys = [box["value"] for box in shown.select("input[name=keys]")]
    assert keys == ["machine:LAS-01/plain_name", "machine:LAS-01/slot.max_minutes"]
    answer = client.post("/catalogue", data={"keys": "machine:LAS-01/slot.max_minutes"})
    assert answer.status_code == 302
    laser = session.scalars(select(Machine).where(Machine.code == "LAS-01")).one()
    assert (laser.max_minutes, laser.simple_name) == (120, "Le laser")
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "catalogue.take")).one()
    assert (entry.actor_id, entry.details["keys"]) == (shorter_laser.id, ["machine:LAS-01/slot.max_minutes"])


def test_ticking_nothing_says_so_and_changes_nothing(client: FlaskClient, shorter_laser: Person) -> None:
    answer = log_in(client, shorter_laser).post("/catalogue")
    assert answer.status_code == 422
    assert "Rien n’est coché" in answer.text


def test_what_needs_something_else_is_refused_whole(client: FlaskClient, session: Session, coordinator: Person) -> None:
    with transaction() as writing:
        for series in writing.scalars(select(Series).where(Series.key.startswith("ST-013."))):
            writing.delete(series)
        for machine in writing.scalars(select(Machine).where(Machine.code == "LAS-01")):
            machine.max_minutes = 60
        room = writing.scalars(select(Series).where(Series.key == "AS-001.1")).one().resource
        room.code = "SAL-02b"
        for one in writing.scalars(select(Series).where(Series.key == "ST-011.1")):
            writing.delete(one)
    keys = ["machine:LAS-01/slot.max_minutes", "series:ST-011.1"]
    answer = log_in(client, coordinator).post("/catalogue", data={"keys": keys})
    assert answer.status_code == 422
    assert "SAL-02" in answer.text
    laser = session.scalars(select(Machine).where(Machine.code == "LAS-01")).one()
    assert laser.max_minutes == 60
    # What was ticked stays ticked.
    assert len(BeautifulSoup(answer.text, "html.parser").select("input[name=keys][checked]")) == 2


def test_taking_something_of_a_pathway_publishes_its_next_version(session: Session, coordinator: Person) -> None:
    first = session.scalars(select(PathwayVersion).where(PathwayVersion.title.startswith("Déclic"))).one()
    with transaction():
        first.attendance_percent = 50
    taken = house_catalogue.take_differences(
        house_catalogue.shipped(), ["pathway:DECLIC/min_attendance_pct"], by=coordinator, now=NOW
    )
    assert taken == ["pathway:DECLIC/min_attendance_pct"]
    wanted = select(PathwayVersion).where(PathwayVersion.pathway_id == first.pathway_id)
    versions = session.scalars(wanted.order_by(PathwayVersion.number)).all()
    found = [(one.number, one.status, one.attendance_percent, len(one.stages)) for one in versions]
    assert found == [(1, "retired", 50, 4), (2, "published", 75, 4)]


@pytest.mark.parametrize("role", [Role.YOUNG, Role.FACILITATOR, Role.RECEPTION, Role.STRUCTURE, Role.REFERENT])
def test_others_may_not_see_nor_take(client: FlaskClient, coordinator: Person, role: Role) -> None:
    log_in(client, make_staff(roles=(role,)))
    assert client.get("/catalogue").status_code == 403
    assert client.post("/catalogue").status_code == 403


def test_the_page_asks_the_same_questions_whatever_differs(
    client: FlaskClient, shorter_laser: Person, count_statements: Statements
) -> None:
    log_in(client, shorter_laser)
    page(client)
    before = len(count_statements)
    with transaction() as session:
        for machine in session.scalars(select(Machine)):
            machine.checks = []
    count_statements.clear()
    page(client)
    assert len(count_statements) <= before <= 60
