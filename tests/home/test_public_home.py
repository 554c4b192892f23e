"""The public home says what the house offers and when one may come."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.home import public
from tests.conftest import NOW, Statements
from tests.make_bookings import make_closure, make_holiday, slot
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import make_pathway


def test_the_open_labs_of_the_coming_week_are_shown_day_by_day(session: Session) -> None:
    make_fablab()
    assert public.open_labs(session, NOW) == [
        ("mardi 24 novembre", "de 16\u00a0h\u00a030 à 19\u00a0h\u00a030"),
        ("mercredi 25 novembre", "de 13\u00a0h\u00a030 à 18\u00a0h"),
        ("jeudi 26 novembre", "de 17\u00a0h à 20\u00a0h"),
        ("vendredi 27 novembre", "de 16\u00a0h\u00a030 à 19\u00a0h"),
    ]


def test_a_closure_and_a_public_holiday_are_taken_out(session: Session) -> None:
    fablab = make_fablab()
    closed = slot("16:00", "18:00")
    make_closure(closed.start, closed.end, place_id=fablab.place.id)
    make_holiday("public", NOW.date(), NOW.date(), name="Fête")
    shown = dict(public.open_labs(session, NOW))
    assert shown["jeudi 26 novembre"] == "de 18\u00a0h à 20\u00a0h"
    assert "mardi 24 novembre" not in shown


def test_a_house_without_hours_shows_none(session: Session) -> None:
    assert public.open_labs(session, NOW) == []


def test_a_visitor_sees_the_published_pathways_in_a_few_statements(
    client: FlaskClient, count_statements: Statements
) -> None:
    make_fablab()
    make_pathway()
    client.get("/")  # the house's own facts are read once and kept
    count_statements.clear()
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert len(page.select("article.pathway")) == 1
    assert page.select_one("main h1")
    assert len(count_statements) <= 7


def test_a_house_shows_the_pictograms_of_its_own_machines(client: FlaskClient) -> None:
    make_machine(make_fablab(), "CNC-01", pictogram="cnc")
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert len(page.select(".welcome-tiles svg")) == 1


def test_in_english_the_words_of_the_catalogue_are_marked_as_french(client: FlaskClient) -> None:
    make_fablab()
    make_pathway()
    assert client.post("/langue", data={"language": "en", "next": "/"}).status_code in (302, 303)
    page = BeautifulSoup(client.get("/").text, "html.parser")
    assert page.html is not None
    assert page.html["lang"] == "en"
    assert all(one.select('[lang="fr"]') for one in page.select("article.pathway"))
    client.post("/langue", data={"language": "fr", "next": "/"})
    assert 'lang="fr">' not in client.get("/").text.partition("<body")[2]
