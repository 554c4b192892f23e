"""The house's own settings: its rules for machines and its hours, each change in the journal and in force at once."""

from datetime import date, time

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking, OpeningRule, Place
from fablab import house
from fablab.home import settings_actions
from fablab.home.settings_actions import Window
from fablab.home.settings_words import SETTINGS, setting
from fablab.house import HouseSetting
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines.queries import rules_of
from machines.values import MachineRules
from pathways.values_evidence import ProofLevels
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, make_hours, make_place, make_resource, slot
from tests.make_machines import make_fablab, make_machine

#: the form as a browser sends it when nothing is written in it
EMPTY = {f"{name}_{number}": "" for name in ("opens", "closes") for number in range(1, 6)}


@pytest.fixture
def boss(app: Flask) -> Person:
    return make_staff(roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def administrator(client: FlaskClient, boss: Person) -> FlaskClient:
    return log_in(client, boss)


def text_of(client: FlaskClient, address: str = "/reglages") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").replace("\u00a0", " ").split())


def test_every_rule_of_machines_and_evidence_that_the_program_reads_can_be_set() -> None:
    for read in (MachineRules, ProofLevels):
        assert {one.code for one in SETTINGS if one.values is read} == set(read.__dataclass_fields__)
    for one in SETTINGS:
        assert one.default == getattr(one.values(), one.code)
        assert one.least <= one.default <= one.most


def test_the_page_says_each_value_its_default_and_what_it_does(administrator: FlaskClient, boss: Person) -> None:
    settings_actions.set_rule(SETTINGS[3], 5, boss, NOW)
    said = text_of(administrator)
    assert "Réservations à venir par jeune Au-delà, il faut en finir ou en annuler une. 5 2 Changer" in said


def test_a_rule_changed_is_in_force_and_in_the_journal(administrator: FlaskClient, session: Session) -> None:
    assert rules_of(session).max_active_bookings == 2
    answer = administrator.post("/reglages/regles/max_active_bookings", data={"value": "3"})
    assert answer.status_code == 303
    session.expire_all()
    assert rules_of(session).max_active_bookings == 3
    kept = session.get_one(HouseSetting, "machines.rules.max_active_bookings")
    assert (kept.value, kept.data_status) == (3, "source")
    (entry,) = session.scalars(select(JournalEntry).where(JournalEntry.verb == "setting.change"))
    assert entry.details == {"key": "machines.rules.max_active_bookings", "before": 2, "after": 3}


@pytest.mark.parametrize(("value", "says"), [("0", "Entre 1 et 20."), ("21", "Entre 1 et 20."), ("", "nombre")])
def test_a_value_that_cannot_be_is_refused_and_nothing_changes(
    administrator: FlaskClient, session: Session, value: str, says: str
) -> None:
    answer = administrator.post("/reglages/regles/max_active_bookings", data={"value": value})
    assert answer.status_code == 422
    assert says in answer.text
    assert house.read(session, "machines.rules.max_active_bookings") == {}


@pytest.mark.parametrize("value", [1, 20])
def test_the_limits_themselves_are_taken(boss: Person, session: Session, value: int) -> None:
    known = setting("max_active_bookings")
    assert known is not None
    settings_actions.set_rule(known, value, boss, NOW)
    assert rules_of(session).max_active_bookings == value


def test_a_value_out_of_its_limits_is_refused_by_its_code(boss: Person) -> None:
    with pytest.raises(Refused) as refused:
        settings_actions.set_rule(SETTINGS[0], -1, boss, NOW)
    assert [one.code for one in refused.value.refusals] == ["out_of_range"]


def test_hours_changed_replace_those_of_the_day_only(administrator: FlaskClient, session: Session) -> None:
    fablab = make_place(parent=make_place())
    make_hours(fablab, 2, "14:00", "18:00", nth=[1, 3])
    make_hours(fablab, 3, "14:00", "18:00")
    address = f"/reglages/horaires/{fablab.id}/school/2"
    form = BeautifulSoup(administrator.get(address).text, "html.parser")
    assert form.find(id="opens_1")["value"] == "14:00"  # type: ignore[index]  # it is there
    assert form.select_one("#weeks_1 option[selected]")["value"] == "1,3"  # type: ignore[index]  # it is there
    rows = {"opens_1": "10:00", "closes_1": "12:00", "use_1": "group", "weeks_1": ""}
    rows |= {"opens_2": "13:30", "closes_2": "17:00", "use_2": "open_lab", "weeks_2": "2,4"}
    answer = administrator.post(address, data=rows)
    assert answer.status_code == 303
    assert settings_actions.windows_of(session, fablab.id, "school", 2) == [
        Window(time(10), time(12), "group"),
        Window(time(13, 30), time(17), "open_lab", (2, 4)),
    ]
    assert len(settings_actions.windows_of(session, fablab.id, "school", 3)) == 1
    (entry,) = session.scalars(select(JournalEntry).where(JournalEntry.verb == "hours.change"))
    assert entry.details["before"] == ["14:00-18:00 open_lab 1,3"]
    assert entry.details["after"] == ["10:00-12:00 group", "13:30-17:00 open_lab 2,4"]
    assert "10 h – 12 h · Groupes" in text_of(administrator)
    said = "La maison, Mercredi, en période scolaire : 14 h – 18 h (Atelier libre, Les 1re et 3e du mois), puis"
    assert f"{said} 10 h – 12 h (Groupes), 13 h 30 – 17 h (Atelier libre, " in text_of(administrator, "/journal")


def test_the_page_saved_unchanged_loses_nothing(administrator: FlaskClient, session: Session) -> None:
    fablab = make_place(parent=make_place())
    for hour in range(8, 14):
        make_hours(fablab, 2, f"{hour}:00".zfill(5), f"{hour}:45".zfill(5), nth=[1, 2, 3] if hour == 8 else [5])
    make_hours(fablab, 2, "14:00", "18:00", use="open")
    make_hours(fablab, 2, "19:00", "21:00", valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 31))

    def kept() -> list[tuple[object, ...]]:
        rules = session.scalars(
            select(OpeningRule).where(OpeningRule.place_id == fablab.id).order_by(OpeningRule.opens)
        )
        return [(one.opens, one.closes, one.use, one.nth, one.valid_from, one.valid_until) for one in rules]

    before = kept()
    address = f"/reglages/horaires/{fablab.id}/school/2"
    page = BeautifulSoup(administrator.get(address).text, "html.parser")
    assert "Gardée telle quelle, avec ses dates : 19 h – 21 h" in page.get_text(" ").replace("\u00a0", " ")
    sent = {str(box["name"]): str(box.get("value", "")) for box in page.select("main input[name]")}
    for choice in page.select("main select"):
        chosen = choice.select_one("option[selected]") or choice.select_one("option")
        assert chosen is not None
        sent[str(choice["name"])] = str(chosen["value"])
    assert administrator.post(address, data=sent).status_code == 303
    session.expire_all()
    assert kept() == before


def test_an_empty_day_is_closed(administrator: FlaskClient, session: Session) -> None:
    fablab = make_place(parent=make_place())
    make_hours(fablab, 2, "14:00", "18:00")
    assert administrator.post(f"/reglages/horaires/{fablab.id}/school/2", data=EMPTY).status_code == 303
    assert settings_actions.windows_of(session, fablab.id, "school", 2) == []


def test_hours_say_what_they_do_and_the_default_that_the_files_gave(administrator: FlaskClient) -> None:
    house, fablab = make_place(code="HOUSE"), make_place(code="ESP-01", parent=make_place())
    make_hours(fablab, 2, "09:00", "10:00")
    said = text_of(administrator)
    assert "Mercredi en période scolaire 9 h – 10 h · Atelier libre 10 h – 12 h · Groupes 13 h 30 – 18 h" in said
    assert "En dehors, la maison est fermée" in said
    assert "Chacun réserve pendant l’atelier libre" in said
    page = text_of(administrator, f"/reglages/horaires/{fablab.id}/school/2")
    assert "Par défaut, selon les fichiers de la maison : 10 h – 12 h · Groupes 13 h 30 – 18 h" in page
    assert "Chacun réserve pendant l’atelier libre" in page
    assert "fichiers de la maison : fermé" in text_of(administrator, f"/reglages/horaires/{house.id}/school/6")


def test_the_hours_of_the_files_come_back_in_one_gesture(administrator: FlaskClient, session: Session) -> None:
    make_place(code="HOUSE")
    fablab = make_place(code="ESP-01", parent=make_place())
    make_hours(fablab, 2, "09:00", "10:00")
    make_hours(fablab, 2, "19:00", "21:00", valid_from=date(2026, 12, 1), valid_until=date(2026, 12, 31))
    address = f"/reglages/horaires/{fablab.id}/school/2"
    page = BeautifulSoup(administrator.get(address).text, "html.parser")
    assert page.select_one(f"form[action='{address}/defaut'] button") is not None
    assert administrator.post(f"{address}/defaut").status_code == 303
    session.expire_all()
    assert [one.said() for one in settings_actions.windows_of(session, fablab.id, "school", 2)] == [
        "10:00-12:00 group",
        "13:30-18:00 open_lab",
    ]
    assert len(settings_actions.dated_of(session, fablab.id, "school", 2)) == 1, "dates of their own stay"
    (entry,) = session.scalars(select(JournalEntry).where(JournalEntry.verb == "hours.change"))
    assert entry.details["before"] == ["09:00-10:00 open_lab"]
    assert "/defaut" not in administrator.get(address).text, "nothing to bring back"
    assert administrator.post("/reglages/horaires/0/school/2/defaut").status_code == 404


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({"opens_1": "12:00", "closes_1": "10:00"}, "La fin vient après le début."),
        ({"opens_1": "10:00", "closes_1": "12:00", "opens_2": "11:00", "closes_2": "13:00"}, "se croisent"),
        ({"opens_1": "10:00"}, "ni l’un ni l’autre"),
        ({"closes_1": "10:00"}, "ni l’un ni l’autre"),
        ({"opens_1": "25:00", "closes_1": "26:00"}, "Écrire l’heure"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_kept_on_the_form(
    administrator: FlaskClient, session: Session, rows: dict[str, str], says: str
) -> None:
    place = make_place()
    make_hours(place, 2, "14:00", "18:00", use="open")
    given = {**EMPTY, **rows, "use_1": "open", "use_2": "open", "weeks_1": "", "weeks_2": ""}
    answer = administrator.post(f"/reglages/horaires/{place.id}/school/2", data=given)
    assert answer.status_code == 422
    assert says in answer.text
    assert rows.get("opens_1", "10:00") in answer.text
    assert settings_actions.windows_of(session, place.id, "school", 2) == [Window(time(14), time(18), "open")]


def test_windows_of_different_weeks_do_not_cross(boss: Person, session: Session) -> None:
    place = make_place()
    first = Window(time(10), time(12), "open", (1, 3))
    settings_actions.set_hours(place, "school", 2, [first, Window(time(11), time(13), "open", (2,))], boss, NOW)
    with pytest.raises(Refused) as refused:
        settings_actions.set_hours(place, "school", 2, [first, Window(time(11), time(13), "open", (3,))], boss, NOW)
    assert [one.code for one in refused.value.refusals] == ["windows_cross"]
    assert len(session.scalars(select(OpeningRule)).all()) == 2


def test_bookings_to_come_are_asked_again(boss: Person, session: Session) -> None:
    place = make_place()
    make_hours(place, 2, "14:00", "18:00", use="open")
    booking = make_booking(make_resource(place), slot("14:00", "15:00", date(2026, 11, 25)), make_young())
    settings_actions.set_hours(place, "school", 2, [Window(time(16), time(18), "open")], boss, NOW)
    session.expire_all()
    asked = session.get_one(Booking, booking.id)
    assert asked.attention or asked.status == "cancelled"


@pytest.mark.parametrize(
    "address", ["regles/nothing", "horaires/1/summer/2", "horaires/1/school/7", "horaires/999/school/1"]
)
def test_what_does_not_exist_is_not_found(administrator: FlaskClient, address: str) -> None:
    assert administrator.get(f"/reglages/{address}").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.YOUNG)])
def test_nobody_else_may(client: FlaskClient, role: Role) -> None:
    log_in(client, make_staff(roles=(role,)))
    assert client.post("/reglages/regles/horizon_days", data={"value": "3"}).status_code == 403


def test_the_page_asks_the_same_number_of_questions_however_many_hours(
    administrator: FlaskClient, count_statements: Statements, session: Session
) -> None:
    fablab = make_fablab()
    make_machine(fablab, "VIN-01")
    administrator.get("/reglages")
    count_statements.clear()
    administrator.get("/reglages")
    few = len(count_statements)
    for weekday in range(7):
        make_hours(make_place(parent=session.get_one(Place, fablab.place.id)), weekday, "10:00", "12:00")
    administrator.get("/reglages")
    count_statements.clear()
    administrator.get("/reglages")
    assert len(count_statements) <= few
