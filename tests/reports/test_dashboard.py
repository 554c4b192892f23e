"""The page of figures and the lists behind them, as the coordination sees them."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.permissions import Role
from reports.queries_rows import WITH_ROWS
from tests.conftest import Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group
from tests.make_year import make_year

MOST = 10


@pytest.fixture
def coordination(client: FlaskClient) -> FlaskClient:
    """The browser of somebody who coordinates."""
    return log_in(client, make_staff("Léa", "Roux", roles=(Role.COORDINATOR,)))


def figures(page: str) -> dict[str, str]:
    """indicator -> what the page says it is worth."""
    found = {}
    for row in BeautifulSoup(page, "html.parser").select("tr"):
        name, value = row.select_one("th[scope=row]"), row.select_one("td b")
        if name and value:
            hidden = value.select_one(".visually-hidden")
            if hidden:
                hidden.extract()
            found[next(name.stripped_strings)] = value.get_text(" ", strip=True)
    return found


def test_an_empty_house_has_figures_all_the_same(coordination: FlaskClient) -> None:
    said = figures(coordination.get("/pilotage").text)
    assert said["Jeunes accompagnés"] == "0"
    assert said["Taux de présence"] == "–"


def test_each_figure_leads_to_its_lines(coordination: FlaskClient, session: Session) -> None:
    make_year(20)
    page = BeautifulSoup(coordination.get("/pilotage?periode=civil_year&du=2026-01-01").text, "html.parser")
    links = {str(link["href"]).split("?")[0]: str(link["href"]) for link in page.select("td a")}
    assert set(links) == {f"/pilotage/{code}" for code in WITH_ROWS}
    for address in links.values():
        answer = coordination.get(address)
        assert answer.status_code == 200
        heading = BeautifulSoup(answer.text, "html.parser").select_one("main section h2")
        assert heading is None or "ligne" in heading.text


def test_the_filters_asked_for_are_kept_from_the_page_to_the_lines(coordination: FlaskClient) -> None:
    young = make_young("Nora", "Blanc", situation="integration")
    other = make_young("Sami", "Petit", situation="in_school")
    group = make_group()
    for person in (young, other):
        enrol(person, group, status="under_way", first_attended_on=date(2026, 11, 3))
    page = coordination.get("/pilotage?periode=month&du=2026-11-01&situation=integration").text
    assert figures(page)["Jeunes accompagnés"] == "1"
    link = BeautifulSoup(page, "html.parser").select_one('td a[href*="/pilotage/people?"]')
    assert link is not None
    lines = coordination.get(str(link["href"])).text
    assert "Nora B." in lines
    assert "Sami P." not in lines


@pytest.mark.parametrize(
    "asked",
    [
        "periode=free&du=2026-12-01&au=2026-11-01",
        "periode=free&du=&au=",
        "periode=term&du=hier",
        "periode=nimporte&du=9999-12-31",
        "periode=month&du=0001-01-01",
        "parcours=abc&groupe=-1&genre=%C3%A9&age=x",
    ],
)
def test_what_cannot_be_understood_is_asked_for_by_nobody(coordination: FlaskClient, asked: str) -> None:
    assert coordination.get(f"/pilotage?{asked}").status_code == 200
    assert coordination.get(f"/pilotage/people?{asked}").status_code == 200


@pytest.mark.parametrize("address", ["/pilotage/occupancy", "/pilotage/nobody", "/pilotage/people?page=0"])
def test_what_has_no_lines_is_not_found(coordination: FlaskClient, address: str) -> None:
    assert coordination.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.RECEPTION, Role.REFERENT, Role.ADMINISTRATOR])
@pytest.mark.parametrize("address", ["/pilotage", "/pilotage/people"])
def test_figures_and_lines_are_for_the_coordination(client: FlaskClient, role: Role, address: str) -> None:
    log_in(client, make_staff(roles=(role,)))
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", ["/pilotage", "/pilotage/hours_attended", "/pilotage/people"])
def test_the_page_asks_few_questions_however_full_the_house(
    coordination: FlaskClient, count_statements: Statements, address: str
) -> None:
    counts = []
    for people in (0, 30):
        if people:
            make_year(people)
        coordination.get(address)  # what the house keeps is read once
        count_statements.clear()
        assert coordination.get(address).status_code == 200
        counts.append(len(count_statements))
    assert max(counts) <= MOST
    assert counts[0] == counts[1]
