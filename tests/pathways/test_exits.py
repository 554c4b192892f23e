"""Where those who left a pathway stand: whom the house asks and when, what the team notes, what it takes back."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import clock, house
from fablab.db import db, transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, queries_exits
from pathways.models import Enrolment, ExitCheck, ExitSituation, PathwayVersion
from pathways.rules_exits import exit_refusals
from pathways.values_exits import LISTED_FOR, SETTING, Step, steps_of
from reports.queries_figures import figures
from reports.values_periods import Period
from reports.values_public import Filters
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway

TODAY = clock.local_day(NOW)
ASKED = [
    {"months_after": 6, "label": "sortie + 6 mois"},
    {"weeks_after": 0, "label": "sortie"},
    {"weeks_after": 4, "label": "sortie + 4 semaines"},
]
STEPS = {one.code: one for one in steps_of(ASKED)}
SITUATIONS = {"training": True, "no_solution": False, "still_in_school": None}


@pytest.fixture(autouse=True)
def asked(app: Flask) -> None:
    """A house that asks at the exit, four weeks and six months later."""
    with transaction() as session:
        house.write(session, SETTING, ASKED)
        for position, (code, positive) in enumerate(SITUATIONS.items()):
            label = code.replace("_", " ").capitalize()
            session.add(ExitSituation(code=code, label=label, positive=positive, group="x", position=position))


@pytest.fixture
def samir(app: Flask) -> Person:
    """A facilitator."""
    return make_staff()


def left(ended_on: date, *, first_name: str = "Inès", status: str = "finished", came: bool = True) -> Enrolment:
    """Somebody who left a pathway on a day."""
    begun = ended_on - timedelta(days=60) if came else None
    version = db.session.query(PathwayVersion).first() or make_pathway("REBOND")
    return enrol(
        make_young(first_name, "Benali"), make_group(version, f"Groupe de {first_name}"),
        status=status, ended_on=ended_on, first_attended_on=begun, enrolled_on=ended_on - timedelta(days=70),
    )  # fmt: skip


def due(session: Session, day: date = TODAY) -> list[tuple[str, str]]:
    """Whom to ask what on a day; the count says the same."""
    found = [(one.enrolment.person.first_name, one.step.code) for one in queries_exits.due(session, day)]
    assert queries_exits.count_due(session, day) == len(found)
    return found


# --- when it is asked -----------------------------------------------------------------------------


def test_the_steps_of_the_house_come_in_order() -> None:
    assert list(STEPS) == ["w0", "w4", "m6"]
    assert [one.label for one in STEPS.values()] == ["sortie", "sortie + 4 semaines", "sortie + 6 mois"]


@pytest.mark.parametrize(
    ("step", "ended_on", "day"),
    [
        ("w0", date(2026, 11, 24), date(2026, 11, 24)),
        ("w4", date(2026, 10, 10), date(2026, 11, 7)),  # over the change of clock
        ("m6", date(2026, 1, 15), date(2026, 7, 15)),
        ("m6", date(2026, 8, 31), date(2027, 2, 28)),  # a shorter month
        ("m6", date(2027, 8, 31), date(2028, 2, 29)),
    ],
)
def test_it_is_asked_from_its_day_on_whatever_the_length_of_months(step: str, ended_on: date, day: date) -> None:
    one = STEPS[step]
    assert one.due_on(ended_on) == day
    assert one.ended_by(day) >= ended_on > one.ended_by(day - timedelta(days=1))


def test_who_left_is_asked_at_each_step_until_it_is_answered_or_long_past(session: Session, samir: Person) -> None:
    ines = left(TODAY - timedelta(days=28))
    left(TODAY - timedelta(days=27), first_name="Tom", status="dropped")
    left(TODAY - LISTED_FOR - timedelta(days=1), first_name="Lou", status="interrupted")
    assert due(session) == [("Lou", "w4"), ("Inès", "w0"), ("Inès", "w4"), ("Tom", "w0")]
    actions.note_situation(ines, "w0", "training", TODAY, samir, NOW)
    assert due(session) == [("Lou", "w4"), ("Inès", "w4"), ("Tom", "w0")]
    assert due(session, TODAY - timedelta(days=1)) == [("Lou", "w0"), ("Lou", "w4"), ("Tom", "w0")]


@pytest.mark.parametrize(("status", "came"), [("redirected", True), ("moved_away", False), ("finished", False)])
def test_who_goes_on_in_the_house_or_never_came_is_not_asked(
    session: Session, samir: Person, status: str, came: bool
) -> None:
    left(TODAY, status=status, came=came)
    assert due(session) == []


def test_a_house_that_asks_nothing_lists_nobody(session: Session) -> None:
    left(TODAY)
    with transaction() as writing:
        house.write(writing, SETTING, [])
    assert due(session) == []


def test_the_list_takes_as_many_statements_however_long(session: Session, count_statements: Statements) -> None:
    counts = []
    for number in range(2):
        for one in range(3):
            left(TODAY - timedelta(days=30), first_name=f"Jeune{number}{one}")
        session.expire_all()
        queries_exits.steps(session)
        count_statements.clear()
        queries_exits.due(session, TODAY)
        counts.append(len(count_statements))
    assert counts[0] == counts[1] == 2


# --- what is noted --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "situation", "told", "status", "ended", "may", "codes"),
    [
        ("w0", "training", 0, "finished", 30, True, []),
        ("w4", "no_solution", -30, "dropped", 30, True, []),
        ("w4", "training", 0, "finished", 27, True, ["exit_too_early"]),
        (None, "training", 0, "finished", 30, True, ["exit_step_unknown"]),
        ("w0", "astronaut", 0, "finished", 30, True, ["exit_situation_unknown"]),
        ("w0", "training", 1, "finished", 30, True, ["exit_day_outside"]),
        ("w0", "training", -31, "finished", 30, True, ["exit_day_outside"]),
        ("w0", "training", 0, "redirected", 30, True, ["exit_not_over"]),
        ("w0", "training", 0, "under_way", None, True, ["exit_not_over"]),
        ("w0", "training", 0, "finished", 30, False, ["not_facilitator"]),
    ],
)
def test_what_may_be_noted(
    step: str | None, situation: str, told: int, status: str, ended: int | None, may: bool, codes: list[str]
) -> None:
    found = exit_refusals(
        STEPS[step] if step else None, situation, TODAY + timedelta(days=told), TODAY, status=status,
        ended_on=TODAY - timedelta(days=ended) if ended is not None else None, situations=list(SITUATIONS),
        may_manage=may,
    )  # fmt: skip
    assert [one.code for one in found] == codes


def test_the_latest_note_counts_and_what_is_taken_back_is_asked_again(session: Session, samir: Person) -> None:
    ines = left(TODAY)
    actions.note_situation(ines, "w0", "training", TODAY, samir, NOW)
    second = actions.note_situation(ines, "w0", "no_solution", TODAY, samir, NOW + timedelta(minutes=1))
    assert [one.situation_code for one in queries_exits.checks_of(session, [ines.id])] == ["no_solution", "training"]
    actions.take_situation_back(second, samir, NOW)
    actions.take_situation_back(second, samir, NOW)
    assert due(session) == []  # the first one stands
    (first,) = [one for one in queries_exits.checks_of(session, [ines.id]) if not one.taken_back_at]
    actions.take_situation_back(first, samir, NOW)
    assert due(session) == [("Inès", "w0")]
    verbs = session.query(JournalEntry.verb).filter_by(thing="exit_check").order_by(JournalEntry.id).all()
    assert [verb for (verb,) in verbs] == ["exit_check.note"] * 2 + ["exit_check.take_back"] * 2


def test_who_came_back_and_left_again_is_asked_anew(client: FlaskClient, session: Session, samir: Person) -> None:
    ines = left(TODAY - timedelta(days=40))
    actions.note_situation(ines, "w0", "training", TODAY - timedelta(days=40), samir, NOW)
    assert due(session) == [("Inès", "w4")]
    with transaction() as writing:
        writing.get_one(Enrolment, ines.id).ended_on = TODAY
    session.expire_all()
    assert due(session) == [("Inès", "w0")]
    month = figures(session, Period("month", TODAY.replace(day=1), TODAY), Filters(), NOW).values
    assert (month["exits"], month["known_w0"]) == (1, 0)
    page = BeautifulSoup(log_in(client, samir).get(address(ines)).text, "html.parser")
    assert [one["value"] for one in page.select("input[name=step][checked]")] == ["w0"]


def test_a_situation_that_the_house_adds_counts_at_once(session: Session, samir: Person) -> None:
    ines, month = left(TODAY), Period("month", TODAY.replace(day=1), TODAY)
    actions.note_situation(ines, "w0", "training", TODAY, samir, NOW)
    assert figures(session, month, Filters(), NOW).values["positive_known_w0"] == 1
    with transaction() as writing:
        writing.add(ExitSituation(code="newer", label="Plus récente", positive=False, group="no_solution"))
    actions.note_situation(ines, "w0", "newer", TODAY, samir, NOW + timedelta(minutes=1))
    assert figures(session, month, Filters(), NOW).values["positive_known_w0"] == 0


def test_a_form_sent_twice_notes_once_and_is_no_one_elses(session: Session, samir: Person) -> None:
    ines, tom = left(TODAY), left(TODAY, first_name="Tom")
    first = actions.note_situation(ines, "w0", "training", TODAY, samir, NOW, key="k")
    assert actions.note_situation(ines, "w0", "training", TODAY, samir, NOW, key="k").id == first.id
    with pytest.raises(Refused) as refused:
        actions.note_situation(tom, "w0", "training", TODAY, samir, NOW, key="k")
    assert [one.code for one in refused.value.refusals] == ["form_used"]
    assert session.query(ExitCheck).count() == 1


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.YOUNG, Role.REFERENT])
def test_nobody_else_notes_or_takes_back(session: Session, samir: Person, role: Role) -> None:
    ines = left(TODAY)
    check = actions.note_situation(ines, "w0", "training", TODAY, samir, NOW)
    other = make_staff("Autre", roles=(role,)) if role is not Role.YOUNG else make_young("Autre")
    with pytest.raises(Refused):
        actions.note_situation(ines, "w0", "no_solution", TODAY, other, NOW)
    with pytest.raises(Refused):
        actions.take_situation_back(check, other, NOW)
    session.expire_all()
    assert session.query(ExitCheck).one().taken_back_at is None


# --- pages ----------------------------------------------------------------------------------------


def address(enrolment: Enrolment) -> str:
    code, day = enrolment.version.pathway.code, enrolment.ended_on
    assert day
    return f"/jeunes/{enrolment.person.public_id}/parcours/{code}/apres/{day.isoformat()}"


def test_the_team_asks_notes_and_takes_back(client: FlaskClient, session: Session, samir: Person) -> None:
    ines = left(TODAY - timedelta(days=30))
    log_in(client, samir)
    listed = client.get("/apres-le-parcours").text
    assert "2 situations à demander" in listed
    assert address(ines) in listed
    page = client.get(address(ines))
    ticked = BeautifulSoup(page.text, "html.parser").select("input[name=step][checked]")
    assert [one["value"] for one in ticked] == ["w0"]
    assert "Sortie + 6 mois" in page.text  # said as coming later
    sent = {"key": "k1", "step": "w0", "situation": "training", "told_on": TODAY.isoformat()}
    answer = client.post(address(ines), data=sent, follow_redirects=True)
    assert "Noté pour Inès B." in answer.text
    assert "1 situation à demander" in answer.text
    check = session.query(ExitCheck).one()
    again = client.post(f"{address(ines)}/annuler", data={"check": check.public_id}, follow_redirects=True)
    assert "Cette situation ne compte plus." in again.text
    assert "noté par erreur" in again.text


def test_what_is_wrong_is_said_beside_the_field_and_kept(client: FlaskClient, session: Session, samir: Person) -> None:
    ines = left(TODAY - timedelta(days=1))
    log_in(client, samir)
    sent = {"key": "k", "step": "m6", "situation": "training", "told_on": "2026-13-45"}
    answer = client.post(address(ines), data=sent)
    assert answer.status_code == 422
    assert "2026-13-45" in answer.text
    answer = client.post(address(ines), data=sent | {"told_on": TODAY.isoformat()})
    assert answer.status_code == 422
    assert "On le demande à partir du" in answer.text
    answer = client.post(address(ines), data={"key": "k", "told_on": TODAY.isoformat()})
    assert "Choisissez le moment." in answer.text
    assert "Choisissez une situation de la liste." in answer.text
    assert session.query(ExitCheck).count() == 0


@pytest.mark.parametrize("end", ["2026-11-23", "hier", "2026-11-24/annuler"])
def test_an_exit_that_never_was_is_not_found(client: FlaskClient, samir: Person, end: str) -> None:
    ines = left(TODAY)
    log_in(client, samir)
    url = address(ines).rsplit("/", 1)[0] + f"/{end}"
    answer = client.post(url, data={"check": "none"}) if end.endswith("annuler") else client.get(url)
    assert answer.status_code == 404


def test_the_coordinator_and_the_file_lead_there(client: FlaskClient, session: Session) -> None:
    ines = left(TODAY)
    log_in(client, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    home = client.get("/").text
    assert "1 situation à demander" in home
    assert 'href="/apres-le-parcours"' in home
    assert address(ines) in client.get(f"/jeunes/{ines.person.public_id}").text


def test_steps_of_another_house_may_be_any() -> None:
    (only,) = steps_of([{"months_after": 12, "label": "un an"}])
    assert isinstance(only, Step)
    assert (only.code, only.due_on(date(2024, 2, 29))) == ("m12", date(2025, 2, 28))
