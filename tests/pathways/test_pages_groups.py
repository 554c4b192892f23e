"""Groups, sessions and the roll call as pages."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from fablab import clock
from fablab.people.models import Person
from fablab.permissions import Role
from pathways.models import Apology, Attendance, Enrolment, Group, TrainingSession
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import enrol, make_group, make_pathway, make_session

REBOND = {"EXP": {"MAC-01": 2}}


@pytest.fixture
def samir(client: FlaskClient) -> Person:
    """A facilitator, logged in."""
    samir = make_staff()
    log_in(client, samir)
    return samir


def test_a_group_is_opened_in_a_published_pathway(client: FlaskClient, samir: Person, session: Session) -> None:
    make_pathway("REBOND", REBOND)
    answer = client.post("/groupes/nouveau", data={"pathway": "REBOND", "name": "Rebond 5", "starts_on": "2026-12-01"})
    group = session.scalars(select(Group)).one()
    assert answer.headers["Location"].endswith(f"/groupes/{group.public_id}")
    assert group.starts_on == date(2026, 12, 1)
    assert "Rebond 5" in client.get("/groupes").get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "Donner un nom"),
        ({"name": "x" * 81}, "80"),
        ({"starts_on": "2026-02-30"}, "Premier jour"),
        ({"pathway": "NOPE"}, "Parcours"),
    ],
)
def test_a_group_badly_described_is_refused_beside_the_field_and_keeps_what_was_typed(
    client: FlaskClient, samir: Person, session: Session, fields: dict[str, str], said: str
) -> None:
    make_pathway("REBOND", REBOND)
    sent = {"pathway": "REBOND", "name": "Rebond 5 🚲", "starts_on": "2026-12-01", **fields}
    answer = client.post("/groupes/nouveau", data=sent)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert said in page
    assert "<title>Erreur" in page
    if "name" not in fields:
        assert "Rebond 5 🚲" in page
    assert session.scalars(select(Group)).all() == []


def test_somebody_is_found_by_name_then_enrolled(client: FlaskClient, samir: Person, session: Session) -> None:
    group = make_group(make_pathway("REBOND", REBOND), "Rebond 4")
    ines = make_young("Inès", "Benali")
    address = f"/groupes/{group.public_id}"
    # The second form is sent as the page holds it: each box once, in the order of the page.
    page = BeautifulSoup(client.post(address, data={"who": "ines", "act": "search"}).data, "html.parser")
    form = page.select_one(f"form[action='{address}']")
    assert form is not None
    boxes = form.select("input[name]:not([type=radio]), input[name][checked], button[name]")
    sent = MultiDict((str(box["name"]), str(box.get("value", ""))) for box in boxes)
    assert sent.getlist("person") == [ines.public_id]
    done = client.post(address, data=sent)
    assert done.status_code == 302
    assert session.scalars(select(Enrolment)).one().person_id == ines.id
    assert "Inès B." in client.get(address).get_data(as_text=True)


def test_one_of_several_found_must_be_chosen(client: FlaskClient, samir: Person, session: Session) -> None:
    group = make_group(make_pathway("REBOND", REBOND))
    for name in ("Benali", "Carret"):
        make_young("Inès", name)
    answer = client.post(f"/groupes/{group.public_id}", data={"who": "ines", "act": "enrol"})
    assert answer.status_code == 422
    assert "Choisir une personne de la liste." in answer.get_data(as_text=True)
    assert session.scalars(select(Enrolment)).all() == []


def test_nobody_found_is_said_in_words(client: FlaskClient, samir: Person) -> None:
    group = make_group()
    answer = client.post(f"/groupes/{group.public_id}", data={"who": "zzz"})
    assert answer.status_code == 422
    assert "Personne de ce nom" in answer.get_data(as_text=True)


def test_a_soft_refusal_asks_for_a_reason_and_keeps_it(client: FlaskClient, samir: Person, session: Session) -> None:
    group = make_group(make_pathway("REBOND", REBOND, min_age=11, max_age=15))
    ines = make_young("Inès", "Benali", birth_date=date(2000, 1, 1))
    address = f"/groupes/{group.public_id}"
    sent = {"who": "ines", "person": ines.public_id}
    refused = client.post(address, data=sent)
    assert refused.status_code == 422
    assert "Motif de l’exception" in refused.get_data(as_text=True)
    assert session.scalars(select(Enrolment)).all() == []
    client.post(address, data={**sent, "reason": "prescriber"})
    assert session.scalars(select(Enrolment)).one().soft_reason == "prescriber"


def test_a_session_is_planned_with_its_machine_and_its_facilitator(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    fablab = make_fablab()
    laser = make_machine(fablab)
    group = make_group(make_pathway("REBOND", REBOND))
    stage = group.version.stages[0]
    sent = {
        "title": "Découper",
        "stage": str(stage.id),
        "day": "2026-12-01",
        "starts": "13:30",
        "ends": "16:30",
        "place": "fablab",
        "machines": [str(laser.id)],
        "leads": [str(samir.id)],
    }
    answer = client.post(f"/groupes/{group.public_id}/seance", data=sent)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    planned = session.scalars(select(TrainingSession)).one()
    assert clock.to_local(planned.starts_at).strftime("%d %H:%M") == "01 13:30"
    page = client.get(f"/seances/{planned.public_id}").get_data(as_text=True)
    assert laser.simple_name in page
    assert "Samir H." in page


def test_a_session_has_as_many_parts_as_it_takes(client: FlaskClient, samir: Person, session: Session) -> None:
    fablab = make_fablab()
    laser, mill = make_machine(fablab), make_machine(fablab, "CNC-01")
    group = make_group(make_pathway("REBOND", REBOND))
    address = f"/groupes/{group.public_id}/seance"
    sent: dict[str, object] = {
        "title": "Découper 🚲",
        "stage": str(group.version.stages[0].id),
        "day": "2026-12-01",
        "starts": "13:30",
        "ends": "17:30",
        "place": "fablab",
        "machines": [str(laser.id)],
        "leads": [str(samir.id)],
    }
    once = client.post(address, data={**sent, "ends": "", "part": "add"})
    assert once.status_code == 200, "adding a part asks nothing of the rest"
    page = BeautifulSoup(once.data, "html.parser")
    assert page.select_one("[name=title]")["value"] == "Découper 🚲"  # type: ignore[index]  # it is there
    same = page.select_one(f"[name=more-0-machines][value='{laser.id}']")
    assert same is not None
    assert same.has_attr("checked"), "the machines of the part before"
    sent |= {"more-0-starts": "15:00", "more-0-elsewhere": "Atelier vélo", "more-1-starts": "16:30"}
    sent["more-1-machines"] = [str(mill.id)]
    more = BeautifulSoup(client.post(address, data={**sent, "part": "add"}).data, "html.parser")
    assert [box.get("value") for box in more.select("[name$=-starts]")] == ["15:00", "16:30", ""]
    less = BeautifulSoup(client.post(address, data={**sent, "part": "less"}).data, "html.parser")
    assert [box.get("value") for box in less.select("[name$=-starts]")] == ["15:00"]
    assert session.scalars(select(TrainingSession)).all() == []
    answer = client.post(address, data=sent)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    parts = session.scalars(select(TrainingSession)).one().parts
    hours = [clock.to_local(moment).strftime("%H:%M") for part in parts for moment in (part.starts_at, part.ends_at)]
    assert hours == ["13:30", "15:00", "15:00", "16:30", "16:30", "17:30"]
    assert [part.elsewhere for part in parts] == [None, "Atelier vélo", None]
    claimed = [{claim.resource_id for claim in part.booking.claims} if part.booking else set() for part in parts]
    assert [{laser.id, mill.id} & ids for ids in claimed] == [{laser.id}, set(), {mill.id}]
    shown = client.get(f"/seances/{parts[0].session.public_id}").get_data(as_text=True)
    assert "Atelier vélo" in shown


@pytest.mark.parametrize("name", ["more-²-starts", "more-99999-starts", "more--starts", "more-x-starts", "more-0"])
def test_a_row_that_no_page_of_ours_sends_is_no_row(client: FlaskClient, samir: Person, name: str) -> None:
    group = make_group(make_pathway("REBOND", REBOND))
    answer = client.post(f"/groupes/{group.public_id}/seance", data={name: "15:00", "part": "add"})
    assert len(BeautifulSoup(answer.data, "html.parser").select("[name$=-starts]")) == 1


def test_there_are_six_parts_at_most(client: FlaskClient, samir: Person) -> None:
    group = make_group(make_pathway("REBOND", REBOND))
    sent = {f"more-{row}-starts": f"1{row}:00" for row in range(9)}
    answer = client.post(f"/groupes/{group.public_id}/seance", data={**sent, "part": "add"})
    page = BeautifulSoup(answer.data, "html.parser")
    assert len(page.select("[name$=-starts]")) == 5
    assert page.select("button[value=add]") == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ends": "13:00"}, "La fin vient après le début."),
        ({"day": "2026-02-30"}, "Cette date n’existe pas"),
        ({"starts": "25:99"}, "par exemple 13:30"),
        ({"day": "2027-03-28", "starts": "02:30", "ends": "04:00"}, "l’heure change"),
        ({"place": "elsewhere"}, "Écrire le lieu."),
        ({"leads": []}, "Choisir au moins une personne."),
        ({"place": "elsewhere", "elsewhere": "Parc", "more-0-starts": "18:00"}, "avant la fin."),
        ({"more-0-starts": "15:00", "more-1-starts": "14:30"}, "après la précédente"),
        ({"more-0-starts": ""}, "par exemple 13:30"),
        ({"more-0-starts": "15:00", "more-0-elsewhere": "x" * 121}, "120"),
    ],
)
def test_a_session_badly_described_is_refused_beside_the_field(
    client: FlaskClient, samir: Person, session: Session, fields: dict[str, object], said: str
) -> None:
    make_fablab()
    group = make_group(make_pathway("REBOND", REBOND))
    sent = {
        "title": "Découper",
        "stage": str(group.version.stages[0].id),
        "day": "2026-12-01",
        "starts": "13:30",
        "ends": "16:30",
        "place": "fablab",
        "leads": [str(samir.id)],
        **fields,
    }
    answer = client.post(f"/groupes/{group.public_id}/seance", data=sent)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert session.scalars(select(TrainingSession)).all() == []


def marks(session: Session) -> dict[int, tuple[str, int]]:
    return {one.person_id: (one.status, one.minutes_late) for one in session.scalars(select(Attendance))}


def test_the_roll_opens_with_everyone_present_but_who_said_they_cannot_come(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group = make_group()
    ada, bob = make_young("Ada", "Test"), make_young("Bob", "Test")
    for person in (ada, bob):
        enrol(person, group)
    lesson = make_session(group, leads=(samir,))
    session.add(Apology(session_id=lesson.id, person_id=bob.id, said_at=NOW))
    session.commit()
    page = client.get(f"/seances/{lesson.public_id}/appel").get_data(as_text=True)
    assert f'name="status-{ada.id}" value="present" checked' in page
    assert f'name="status-{bob.id}" value="excused" checked' in page


def test_the_roll_is_saved_with_its_exceptions(client: FlaskClient, samir: Person, session: Session) -> None:
    group = make_group()
    ada, bob, eve = (make_young(name, "Test") for name in ("Ada", "Bob", "Ève"))
    for person in (ada, bob, eve):
        enrol(person, group)
    lesson = make_session(group, leads=(samir,))
    sent = {
        f"status-{ada.id}": "present",
        f"status-{bob.id}": "late",
        f"late-{bob.id}": "20",
        f"status-{eve.id}": "absent",
        f"late-{eve.id}": "99",
    }
    assert client.post(f"/seances/{lesson.public_id}/appel", data=sent).status_code == 302
    assert marks(session) == {ada.id: ("present", 0), bob.id: ("late", 20), eve.id: ("absent", 0)}
    page = client.get(f"/seances/{lesson.public_id}").get_data(as_text=True)
    assert "20\u00a0min de retard" in page


@pytest.mark.parametrize("minutes", ["-5", "beaucoup", "0", "9999", "²"])
def test_minutes_that_cannot_be_are_refused_and_nothing_is_saved(
    client: FlaskClient, samir: Person, session: Session, minutes: str
) -> None:
    group = make_group()
    ada = make_young("Ada", "Test")
    enrol(ada, group)
    lesson = make_session(group, leads=(samir,))
    sent = {f"status-{ada.id}": "late", f"late-{ada.id}": minutes}
    answer = client.post(f"/seances/{lesson.public_id}/appel", data=sent)
    assert answer.status_code == 422
    assert "en minutes, de 1 à 600" in answer.get_data(as_text=True)
    assert marks(session) == {}


def test_the_lists_run_as_many_statements_whatever_their_number(
    client: FlaskClient, samir: Person, count_statements: Statements
) -> None:
    version = make_pathway("REBOND", REBOND)
    client.get("/groupes")
    counts = []
    for _round in range(2):
        for _number in range(4):
            group = make_group(version)
            for name in "ABC":
                enrol(make_young(name, "Test"), group)
            make_session(group, NOW + timedelta(days=1), leads=(samir,))
        count_statements.clear()
        client.get("/groupes")
        first = len(count_statements)
        client.get(f"/groupes/{group.public_id}")
        counts.append((first, len(count_statements)))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", ["/groupes/x", "/groupes/x/seance", "/seances/x", "/seances/x/appel"])
def test_what_does_not_exist_is_not_found(client: FlaskClient, samir: Person, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.YOUNG, Role.REFERENT, Role.STRUCTURE])
def test_others_do_not_open_groups_nor_sessions(client: FlaskClient, role: Role) -> None:
    group = make_group()
    lesson = make_session(group)
    log_in(client, make_young() if role is Role.YOUNG else make_staff(roles=(role,)))
    pages = ("/groupes", f"/groupes/{group.public_id}", f"/seances/{lesson.public_id}")
    assert [client.get(page).status_code for page in pages] == [403] * 3
