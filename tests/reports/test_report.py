"""The report of a period: the workbook as a spreadsheet reads it, the two pages, what is hidden in what is shared."""

import re
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import clock
from fablab.people.models import Person
from fablab.people.models_file import ANSWERS
from fablab.permissions import Role
from pathways.models import Group
from reports import queries_figures
from reports.values_indicators import INDICATORS
from reports.values_periods import Period
from reports.values_public import Filters
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import attend, enrol, make_group, make_session
from tests.make_year import make_year

YEAR = "periode=civil_year&du=2026-01-01"
NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
Cells = list[list[str]]


@pytest.fixture
def coordination(client: FlaskClient) -> FlaskClient:
    return log_in(client, make_staff("Léa", "Roux", roles=(Role.COORDINATOR,)))


def sheets(raw: bytes) -> dict[str, Cells]:
    """sheet -> its rows, read from the file itself."""
    with ZipFile(BytesIO(raw)) as book:
        texts = [
            "".join(one.itertext()) for one in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]  # fmt: skip
        names = [
            one.attrib["name"]
            for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{{{NS['s']}}}sheet")
        ]
        found = {}
        for number, name in enumerate(names, 1):
            page = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert page.find(".//s:f", NS) is None, "a cell computes"
            assert page.find(".//s:hyperlink", NS) is None, "a cell is a link"
            assert page.find(".//s:mergeCell", NS) is None, "cells are merged"
            found[name] = [[_cell(one, texts) for one in row] for row in page.iter(f"{{{NS['s']}}}row")]
        assert not [one for one in book.namelist() if "vba" in one.lower()]
    return found


def _cell(one: ElementTree.Element, texts: list[str]) -> str:
    value = one.find("s:v", NS)
    said = value.text or "" if value is not None else ""
    return texts[int(said)] if one.attrib.get("t") == "s" else said


def test_the_workbook_has_its_sheets_and_the_figures_of_the_page(coordination: FlaskClient, session: Session) -> None:
    make_year()
    answer = coordination.get(f"/pilotage/bilan.xlsx?{YEAR}")
    assert answer.headers["Content-Disposition"].endswith('"bilan-2026-01-01-2026-12-31.xlsx"')
    found = sheets(answer.data)
    assert list(found) == ["Synthèse", "Lignes", "Groupes", "Émargement", "Définitions"]
    period = Period("civil_year", *(clock.local_day(NOW).replace(month=m, day=d) for m, d in ((1, 1), (12, 31))))
    told = queries_figures.figures(session, period, Filters(), NOW).values
    summary = {row[0]: row[1] for row in found["Synthèse"]}
    assert summary["Jeunes accompagnés"] == str(told["people"])
    assert float(summary["Heures de présence"]) == pytest.approx(round((told["hours_attended"] or 0) / 3600, 2))
    assert len(found["Lignes"]) - 1 == told["people"]
    # The sheets give the same hours as the figure.
    lines = sum(float(row[4]) for row in found["Émargement"][1:])
    assert lines == pytest.approx((told["hours_attended"] or 0) / 3600, abs=0.01 * len(found["Émargement"]))
    assert sum(int(row[2]) for row in found["Groupes"][1:]) == told["sessions"]
    assert sum(float(row[3]) for row in found["Groupes"][1:]) == pytest.approx((told["hours_offered"] or 0) / 3600)


def test_nobody_s_name_is_in_the_workbook_and_a_code_is_always_the_same(
    coordination: FlaskClient, session: Session
) -> None:
    make_year(12)
    one, again = (coordination.get(f"/pilotage/bilan.xlsx?{YEAR}").data for _time in range(2))
    text = str(sheets(one))
    young = session.query(Person).filter(Person.handle.is_not(None)).all()
    assert not [person for person in young if person.first_name in text or (person.handle or "") in text]
    codes = [row[0] for row in sheets(one)["Lignes"][1:]]
    assert codes == [row[0] for row in sheets(again)["Lignes"][1:]]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"J-[0-9A-F]{10}", code) for code in codes)
    assert {row[2] for row in sheets(one)["Émargement"][1:]} & set(codes)


def test_dates_are_dates_and_text_that_looks_like_a_formula_stays_text(coordination: FlaskClient) -> None:
    young, group = make_young(), make_group(name='=HYPERLINK("http://x")')
    enrol(young, group, status="under_way", first_attended_on=clock.local_day(NOW))
    attend(make_session(group, hours=0.5), young)
    found = sheets(coordination.get(f"/pilotage/bilan.xlsx?{YEAR}").data)
    assert found["Groupes"][1][0] == '=HYPERLINK("http://x")'
    # 45,000 days and more since 1900: a number that its format shows as a day
    assert float(found["Émargement"][1][0]) == pytest.approx(46350, abs=5)
    assert ["Premier jour", "46023"] in found["Définitions"]


def test_what_is_shared_has_no_line_a_person_and_no_small_number(coordination: FlaskClient) -> None:
    make_year(14)
    found = sheets(coordination.get(f"/pilotage/bilan.xlsx?{YEAR}&partage=1").data)
    assert list(found) == ["Synthèse", "Définitions"]
    of_people = [row for row in found["Synthèse"][1:] if " : " in row[0]]
    assert of_people
    assert not [row for row in of_people if row[1].isdigit() and 0 < int(row[1]) < 5]
    page = BeautifulSoup(coordination.get(f"/pilotage/bilan?{YEAR}&partage=1").text, "html.parser")
    tables = [card for card in page.select(".card") if card.h3]
    shown = [cell.get_text(strip=True) for card in tables for cell in card.select("td b")]
    assert not [number for number in shown if number.isdigit() and 0 < int(number) < 5]
    assert coordination.get(f"/pilotage/bilan?{YEAR}").text.count("•") == 0


def test_what_is_shared_says_nothing_of_too_few_people(coordination: FlaskClient) -> None:
    make_year(14)
    few = 0
    for gender in ANSWERS["gender"] or ():
        address = f"/pilotage/bilan.xlsx?{YEAR}&genre={gender}"
        plain = {row[0]: row[1] for row in sheets(coordination.get(address).data)["Synthèse"][1:]}
        if not 0 < int(plain[str(INDICATORS[0].name)]) < 5:
            continue
        few += 1
        shared = {row[0]: row[1] for row in sheets(coordination.get(f"{address}&partage=1").data)["Synthèse"][1:]}
        assert {shared[str(one.name)] for one in INDICATORS if not one.house} <= {"•", "", "%"}, gender  # no number
    assert few


def test_the_coordination_s_words_are_in_the_report_and_kept_nowhere(coordination: FlaskClient) -> None:
    said = coordination.post(f"/pilotage/bilan?{YEAR}", data={"words": "Un bel été.\n<b>Merci</b>"})
    assert "<p>Un bel été.</p>" in said.text
    assert "&lt;b&gt;Merci&lt;/b&gt;" in said.text
    assert "Un bel été" not in coordination.get(f"/pilotage/bilan?{YEAR}").text


def test_words_too_long_are_said_so_and_kept_in_the_box(coordination: FlaskClient) -> None:
    answer = coordination.post("/pilotage/bilan", data={"words": "été " * 1000})
    assert answer.status_code == 422
    assert "3 000 signes au plus" in answer.text
    assert "été été" in answer.text


@pytest.mark.parametrize("address", ["/pilotage/bilan", "/pilotage/bilan.xlsx", "/pilotage/avant-de-clore"])
def test_reports_are_for_the_coordination_and_ask_few_questions(
    coordination: FlaskClient, count_statements: Statements, address: str
) -> None:
    counts = []
    for people in (0, 30):
        if people:
            make_year(people)
        coordination.get(address)
        count_statements.clear()
        assert coordination.get(address).status_code == 200
        counts.append(len(count_statements))
    assert max(counts) <= 10
    assert counts[0] <= counts[1] <= counts[0] + 1


def test_before_closing_each_line_opens_the_page_where_it_is_mended(
    coordination: FlaskClient, session: Session
) -> None:
    make_year(25)
    page = BeautifulSoup(coordination.get("/pilotage/avant-de-clore").text, "html.parser")
    titles = {heading.get_text(" ", strip=True): heading.parent for heading in page.select("main section h2")}
    assert {name.split(" (")[0] for name in titles} >= {"Séances sans appel", "Genre pas connu", "Quartier pas connu"}
    for name, card in titles.items():
        assert card is not None
        count, lines = int(re.findall(r"\((\d+)\)", name)[0]), card.select("li")
        assert len(lines) == min(count, 20)
        for line in lines[:2]:
            link = line.select_one("a.btn")
            assert link is not None
            assert coordination.get(str(link["href"])).status_code == 200


def test_a_session_called_leaves_the_list(coordination: FlaskClient, session: Session) -> None:
    young, group = make_young(), make_group(name="Le groupe du lac")
    enrol(young, group, status="under_way", first_attended_on=clock.local_day(NOW))
    lesson = make_session(group, hours=0.5)
    address = f'href="/seances/{lesson.public_id}/appel"'
    assert address in coordination.get("/pilotage/avant-de-clore").text
    attend(lesson, young)
    page = coordination.get("/pilotage/avant-de-clore").text
    assert address not in page
    assert "Séances sans appel" not in page
    assert session.query(Group).count() == 1
