"""A house of one's own opens in two steps: its catalogue is checked, then it is opened with its first administrator."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from bookings.models import Place, Resource
from fablab import identity
from fablab.config import ROOT
from fablab.db import db, transaction
from fablab.home import catalogue as house_catalogue
from fablab.home import letter_examples
from fablab.home.doctor import examine
from fablab.house import HouseSetting, is_demo
from fablab.pages import KEYED, PUBLIC, SECRET_ADDRESS, access_of
from fablab.people import secrets_second
from fablab.people.models import Person
from fablab.permissions import Role, may
from machines.models import Machine
from pathways.models import Pathway
from rooms.models import Room
from tests import databases
from tests.conftest import NOW, Browser, make_app
from tests.make import log_in, make_staff, make_young

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "docs" / "example-house"
ADA = ("ada@example.org", "Ada", "Martin")


@pytest.fixture
def nothing(engine_name: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation whose database has no table."""
    with databases.fresh(engine_name, tmp_path) as address:
        app = make_app(tmp_path, address)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="module")
def template_app(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The example house, opened once for the tests that look at it."""
    folder = tmp_path_factory.mktemp("opened")
    with time_machine.travel(NOW, tick=False), databases.fresh(engine_name, folder) as address:
        app = make_app(folder, address)
        with app.app_context():
            code, said = run(app, "house", "open", EXAMPLE, *ADA)
            assert code == 0, said
        yield app
        with app.app_context():
            db.engine.dispose()


def run(app: Flask, *args: object) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=[str(one) for one in args])
    db.session.remove()
    return answer.exit_code, answer.output


@pytest.mark.parametrize("folder", ["example", "shipped"])
def test_a_house_opens_in_two_steps(nothing: Flask, tmp_path: Path, folder: str) -> None:
    path = EXAMPLE
    if folder == "shipped":
        path = tmp_path / "catalogue"
        path.mkdir()
        for part in ("bookings", "fablab/people", "pathways", "machines", "rooms", "reports"):
            for file in (ROOT / part / "data").glob("*.yaml"):
                (path / file.name).write_bytes(file.read_bytes())
    assert run(nothing, "catalogue", "check", path)[0] == 0
    code, said = run(nothing, "house", "open", path, *ADA)
    assert code == 0, said
    assert not is_demo(db.session())
    (person,) = db.session().scalars(select(Person))
    assert (person.email, person.roles) == ("ada@example.org", [Role.ADMINISTRATOR])
    link = said.strip().splitlines()[-1]
    assert link.startswith(nothing.config["PUBLIC_URL"])
    assert nothing.test_client().get(urlsplit(link).path).status_code == 200


def test_the_example_house_is_small_and_whole(app: Flask) -> None:
    session = db.session()
    counts = [session.scalar(select(func.count()).select_from(model)) for model in (Pathway, Machine, Room)]
    assert counts == [1, 2, 1]
    assert session.scalar(select(Place.name).where(Place.parent_id.is_(None))) == "La Petite Fabrique"


def test_its_pages_work(app: Flask) -> None:
    ada = db.session().scalars(select(Person)).one()
    young = make_young(birth_date=date(2008, 1, 1))
    app.test_client_class = Browser
    client: FlaskClient = app.test_client()
    assert "Premier pas" in client.get("/").text
    pages = ((ada, ("/installation", "/installation/invente", "/catalogue", "/equipe")), (young, ("/", "/reserver")))
    for person, addresses in pages:
        for address in addresses:
            assert log_in(client, person).get(address).status_code == 200, address
    machine = db.session().scalars(select(Resource).where(Resource.code == "VIN-01")).one()
    assert "autocollants" in log_in(client, young).get("/reserver").text
    assert machine.name == "Découpeuse vinyle"


#: what names the house whose data the program ships, and what is around it
OURS = re.compile(
    r"Dynamo|Chamb[ée]ry|Savoie|Combes|Biollay|Bellevue|Bauges|Nivolet|Grenoble|la Ville\b|mairie", re.IGNORECASE
)


def opens(app: Flask, endpoint: str, roles: Sequence[str]) -> bool:
    """Whether somebody with these roles gets further than the refusal (tests/test_routes.py walks those)."""
    access = access_of(app.view_functions[endpoint]) or ""
    return access == PUBLIC or (access not in (KEYED, SECRET_ADDRESS) and may(roles, access))


def walked(app: Flask, client: FlaskClient, person: Person | None) -> Iterator[tuple[str, str]]:
    """Every page that has an address without values and that this person may open: its address and its text."""
    known = [young.public_id for young in db.session().scalars(select(Person).where(Person.birth_date.is_not(None)))]
    machine = db.session().scalars(select(Resource.code).where(Resource.kind == "machine")).first()
    values: dict[str, Any] = {"public_id": known[0], "code": machine or "", "notice": "enrolled", "group": "maison"}
    roles = person.roles if person else []
    with app.test_request_context():
        rules = [
            rule
            for rule in app.url_map.iter_rules()
            if "GET" in (rule.methods or ()) and rule.endpoint != "static" and opens(app, rule.endpoint, roles)
        ]
        addresses = {
            url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
            for rule in rules
            if rule.arguments <= set(values)
        }
    for language in ("fr", "en"):
        if person is not None:
            log_in(client, person)
        client.post("/langue", data={"language": language})
        for address in sorted(addresses):
            answer = client.get(address)
            if answer.status_code == 200 and answer.mimetype in ("text/html", "application/json"):
                yield f"{language} {address}", answer.get_data(as_text=True)


@pytest.mark.page
@pytest.mark.parametrize("role", [None, *Role])
def test_a_second_house_never_shows_the_name_or_the_places_of_the_first(app: Flask, role: Role | None) -> None:
    young = make_young(birth_date=date(2008, 1, 1))
    person = None if role is None else young if role is Role.YOUNG else make_staff(roles=(role,))
    app.test_client_class = Browser
    pages = dict(walked(app, app.test_client(), person))
    assert len(pages) >= 10
    assert {address: found[0] for address, page in pages.items() if (found := OURS.search(page))} == {}
    # A setting says its default, and keys of the catalogue are English words of the program.
    named = {address: page for address, page in pages.items() if "/reglages" not in address}
    assert {address for address, page in named.items() if "Fablab" in page} == set()
    assert all("La Petite Fabrique" in page for address, page in pages.items() if "<footer" in page)
    assert role is not None or "Association La Petite Fabrique" in pages["fr /mentions-legales"]


def test_its_letters_and_its_cards_name_it(app: Flask) -> None:
    for notice in letter_examples.LETTERS:
        for language in ("fr", "en"):
            shown = letter_examples.preview(notice, language, NOW)
            assert not OURS.search(shown.subject + shown.body), notice
            assert "La Petite Fabrique" in shown.body, notice
    name = identity.of(db.session()).name
    assert "Petite%20Fabrique" in secrets_second.address(secrets_second.new_nonce(), "ada@example.org", name)


def test_the_doctor_names_what_the_house_has_not_said_of_itself(nothing: Flask) -> None:
    run(nothing, "house", "open", EXAMPLE, *ADA)
    assert not any("has not said" in found.what for found in examine(nothing, NOW))
    with transaction() as session:
        session.execute(delete(HouseSetting).where(HouseSetting.key.in_(["house.publisher", "house.dpo"])))
    assert "the house has not said: publisher, dpo" in [found.what for found in examine(nothing, NOW)]


def test_the_doctor_finds_nothing_of_a_demonstration_in_it(nothing: Flask) -> None:
    run(nothing, "house", "open", EXAMPLE, *ADA)
    assert not any("demonstration" in found.what for found in examine(nothing, NOW))


def test_a_house_where_somebody_is_stays_as_it_is(nothing: Flask) -> None:
    run(nothing, "house", "open", EXAMPLE, *ADA)
    code, said = run(nothing, "house", "open", EXAMPLE, "eve@example.org", "Eve", "Durand")
    assert code == 1
    assert "people in this house already" in said
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_one_that_was_interrupted_is_begun_again(nothing: Flask) -> None:
    run(nothing, "db", "upgrade")
    run(nothing, "catalogue", "load", EXAMPLE)
    code, _said = run(nothing, "house", "open", EXAMPLE, *ADA)
    assert code == 0
    assert db.session.scalar(select(func.count(Person.id))) == 1


def test_another_catalogue_is_not_laid_over_it(nothing: Flask) -> None:
    run(nothing, "db", "upgrade")
    run(nothing, "catalogue", "load")
    code, said = run(nothing, "house", "open", EXAMPLE, *ADA)
    assert code == 1
    assert "another catalogue" in said
    assert db.session.scalar(select(func.count(Person.id))) == 0


def test_a_catalogue_with_a_fault_or_a_file_less_opens_nothing(nothing: Flask, tmp_path: Path) -> None:
    for file in EXAMPLE.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8").replace("gauge: 45", "gauge: many"))
    code, said = run(nothing, "house", "open", tmp_path, *ADA)
    assert code == 1
    assert "house.yaml" in said
    for file in EXAMPLE.glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "machines.yaml").unlink()
    code, said = run(nothing, "house", "open", tmp_path, *ADA)
    assert code == 1
    assert "machines.yaml" in said


@pytest.mark.parametrize("who", [("nobody", "Ada", "Martin"), ("ada@example.org", "", "Martin")])
def test_an_account_that_cannot_be_made_opens_nothing(nothing: Flask, who: tuple[str, str, str]) -> None:
    code, said = run(nothing, "house", "open", EXAMPLE, *who)
    assert code == 1
    assert "e-mail" in said
    with pytest.raises(Exception, match=r"(?i)house_setting"):
        house_catalogue.is_loaded(db.session())
    db.session().rollback()
