"""The weekly activities: the public agenda, a page for each, and counting who comes, by age band."""

from datetime import date, time, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Place
from fablab import clock, house
from fablab.db import transaction
from fablab.home.catalogue import shipped
from fablab.permissions import Role
from rooms import queries_activities
from rooms.models import Activity, Room
from rooms.models_counts import VisitorCount
from rooms.room_hours import HouseDays, dates_of
from rooms.values_activities import BANDS, Offer
from tests.conftest import NOW, Statements
from tests.home.given import text
from tests.make import log_in, make_staff
from tests.make_bookings import make_closure, make_holiday
from tests.make_machines import on
from tests.make_rooms import make_activity, make_tenant

#: a Tuesday of term
TODAY = clock.local_day(NOW)
TAPS, WEEK = "/activites/aujourd-hui", "/activites"


@pytest.fixture
def dance(leysse: Room) -> Activity:
    with transaction() as session:
        house.write(session, "activities.period", {"start": "2026-09-07", "end": "2027-06-30"})
    return make_activity(leysse)


@pytest.fixture
def desk(client: FlaskClient, dynamo: Place) -> FlaskClient:
    return log_in(client, make_staff("Inès", roles=(Role.RECEPTION,)))


def lines(session: Session) -> list[VisitorCount]:
    session.rollback()
    return list(session.scalars(select(VisitorCount).order_by(VisitorCount.id)))


def tap(client: FlaskClient, band: str = "3_15", activity: str = "ACT-01") -> str:
    data = {"band": band, "activity": activity}
    return client.post("/activites/compter", data=data, follow_redirects=True).text.replace("\u00a0", " ")


def totals(session: Session, dance: Activity | None, day: date = TODAY) -> list[int]:
    session.rollback()
    found = queries_activities.counted(session, day, day).get((dance.id if dance else None, day), {})
    return [found.get(band, 0) for band in BANDS]


def test_anybody_reads_the_week_and_each_activity_has_its_page(client: FlaskClient, dance: Activity) -> None:
    assert "/agenda" in client.get("/").text
    page = text(client, "/agenda")
    assert "Éveil à la danse" in page
    assert "Mardi 24 novembre" in page
    page = text(client, "/agenda/ACT-01")
    for said in ("Salle de réunion Leysse", "Sur inscription", "6-11 ans", "Danse ACT-01", "pas pendant les vacances"):
        assert said in page
    assert page.count("<li>Mardi") == 4
    assert client.get("/agenda/RIEN").status_code == 404


def test_the_agenda_is_asked_for_an_age(client: FlaskClient, leysse: Room, dance: Activity) -> None:
    make_activity(
        leysse, "ACT-02", title="Café des aînés", weekday=3, min_age=60, max_age=None, audience="60 ans et plus"
    )
    make_activity(leysse, "ACT-03", title="Soirée ouverte", weekday=4, audience_kind="youth_and_residents",
                  min_age=None, max_age=None)  # fmt: skip
    for age, shown in (("60_plus", ("Café", "Soirée")), ("3_15", ("Éveil", "Soirée")), ("rien", ("Café", "Éveil"))):
        page = text(client, f"/agenda?age={age}")
        assert [one in page for one in shown] == [True, True]
    assert "Éveil" not in text(client, "/agenda?age=60_plus")


def test_what_is_closed_is_not_announced(client: FlaskClient, leysse: Room, dance: Activity) -> None:
    assert "Rien cette semaine" in text(client, "/agenda?semaine=2026-08-24")  # before the season
    make_holiday("school", date(2026, 12, 19), date(2027, 1, 3))
    assert "Rien cette semaine" in text(client, "/agenda?semaine=2026-12-21")
    make_activity(leysse, "ACT-02", title="Jeux", in_holidays=True)
    assert "Jeux" in text(client, "/agenda?semaine=2026-12-21")
    make_holiday("public", TODAY, TODAY)
    assert "Rien cette semaine" in text(client, "/agenda")
    make_closure(on(date(2026, 12, 1), "08:00"), on(date(2026, 12, 1), "22:00"), resource_id=leysse.id)
    assert "Rien cette semaine" in text(client, "/agenda?semaine=2026-11-30")


def test_no_page_of_activities_names_a_sensitive_holder(client: FlaskClient, leysse: Room, dance: Activity) -> None:
    hidden = make_tenant("Phare bleu", sensitive=True, masked_label="Structure protégée")
    make_activity(leysse, "ACT-02", holder=hidden)
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    for address in ("/agenda", "/agenda/ACT-02", TAPS, WEEK):
        assert "Phare" not in text(client, address)


def test_who_comes_is_counted_in_one_tap_and_taken_back_from_the_toast(
    desk: FlaskClient, session: Session, dance: Activity
) -> None:
    assert "3 à 14 ans : une personne de plus." in tap(desk)
    assert "10" in text(desk, TAPS)
    tap(desk, "25_60")
    tap(desk, "15_25", activity="")
    assert (totals(session, dance), totals(session, None)) == ([1, 0, 1, 0], [0, 1, 0, 0])
    first = lines(session)[0]
    for _time in (1, 2):  # twice, once
        desk.post(f"/activites/comptes/{first.id}/effacer")
    assert totals(session, dance) == [0, 0, 1, 0]
    assert desk.post("/activites/compter", data={"band": "0_3", "activity": ""}).status_code == 400
    assert desk.post("/activites/compter", data={"band": "3_15", "activity": "RIEN"}).status_code == 404


def test_a_number_typed_puts_the_count_right_and_what_was_counted_is_seen_beside_what_is_usual(
    desk: FlaskClient, session: Session, dance: Activity
) -> None:
    for _time in range(3):
        tap(desk)
    address = f"/activites/ACT-01/comptes/{TODAY}"
    assert 'value="3"' in desk.get(address).text
    sent = {"band_3_15": "9", "band_15_25": "2", "band_25_60": "0", "band_60_plus": "0"}
    assert desk.post(address, data=sent).status_code == 303
    desk.post(address, data=sent)  # sent twice, counted once
    assert totals(session, dance) == [9, 2, 0, 0]
    desk.post(address, data=sent | {"band_3_15": "8"})
    assert totals(session, dance) == [8, 2, 0, 0]
    page = " ".join(text(desk, WEEK).split())
    assert '<td class="numeric" data-label="Prévu">10</td> <td class="numeric" data-label="Compté">10</td>' in page


@pytest.mark.parametrize("people", ["", "-1", "501", "beaucoup"])
def test_a_count_that_is_no_number_of_people_is_said_and_kept(
    desk: FlaskClient, session: Session, dance: Activity, people: str
) -> None:
    sent = {"band_3_15": people, "band_15_25": "2", "band_25_60": "0", "band_60_plus": "0"}
    answer = desk.post(f"/activites/ACT-01/comptes/{TODAY}", data=sent)
    assert (answer.status_code, f'value="{people}"' in answer.text) == (422, True)
    assert lines(session) == []


def test_nobody_is_counted_on_another_day_nor_a_month_later(
    desk: FlaskClient, session: Session, dance: Activity
) -> None:
    sent = {f"band_{band}": "1" for band in BANDS}
    for day in (TODAY + timedelta(days=7), TODAY + timedelta(days=1), TODAY - timedelta(days=32)):
        answer = desk.post(f"/activites/ACT-01/comptes/{day}", data=sent)
        assert (answer.status_code, "On compte le jour même" in answer.text or "n’a pas lieu" in answer.text) == (
            422,
            True,
        )
    answer = desk.post(f"/activites/ACT-01/comptes/{TODAY - timedelta(days=1)}", data=sent)
    assert "Cette activité n’a pas lieu ce jour." in answer.text
    assert desk.post(f"/activites/ACT-01/comptes/{TODAY - timedelta(days=28)}", data=sent).status_code == 303
    assert desk.get("/activites/ACT-01/comptes/hier").status_code == 404
    assert totals(session, dance) == [0, 0, 0, 0]


def test_what_was_put_right_since_is_not_taken_back_below_nobody(
    desk: FlaskClient, session: Session, dance: Activity
) -> None:
    tap(desk)
    desk.post(f"/activites/ACT-01/comptes/{TODAY}", data={f"band_{band}": "0" for band in BANDS})
    answer = desk.post(f"/activites/comptes/{lines(session)[0].id}/effacer", follow_redirects=True)
    assert "Il n’y a plus personne à retirer." in answer.text
    assert totals(session, dance) == [0, 0, 0, 0]


def test_counting_is_the_desks(client: FlaskClient, dance: Activity) -> None:
    log_in(client, make_staff(roles=(Role.STRUCTURE,)))
    assert [client.get(one).status_code for one in (TAPS, WEEK)] == [403, 403]


def test_the_pages_of_activities_read_as_much_whatever_their_number(
    desk: FlaskClient, leysse: Room, dance: Activity, count_statements: Statements
) -> None:
    for address in ("/agenda", "/agenda/ACT-01", TAPS, WEEK):
        counts = []
        for number in range(2):
            for hour in (9, 10, 11):
                make_activity(leysse, f"{len(address)}-{number}{hour}", opens=time(hour), closes=time(hour + 1))
            text(desk, address)
            count_statements.clear()
            text(desk, address)
            counts.append(len(count_statements))
        assert counts[0] == counts[1], address
        assert counts[0] <= 10, address


@pytest.mark.slow
class TestTheShippedHouse:
    """The 41 offers of the catalogue, on the days that its files make."""

    @pytest.fixture
    def template_app(self, furnished_app: Flask) -> Flask:
        return furnished_app

    def test_the_dates_held_are_those_that_the_files_make(self, app: Flask, session: Session) -> None:
        catalogue = shipped()
        data, days = catalogue.data("activities.yaml"), HouseDays(catalogue.data("house.yaml"))
        made = {(one["code"], day) for one in data["activities"] for day in dates_of(one, data["period"], days)}
        found = queries_activities.held_between(session, date(2026, 9, 1), date(2027, 7, 31))
        assert {(one.offer.code, one.day) for one in found} == made
        assert (len(made), len(queries_activities.offers(session))) == (1420, 41)

    def test_every_offer_has_its_page_and_an_age_band(self, app: Flask, client: FlaskClient, session: Session) -> None:
        offers: list[Offer] = list(queries_activities.offers(session).values())
        for one in offers:
            assert one.bands, one.code
            assert client.get(f"/agenda/{one.code}").status_code == 200
        assert sum(one.usually for one in offers) == 420
