"""Files that end with time: found by the program, said thirty days before, kept longer by a person, erased once."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock, house
from fablab.db import transaction
from fablab.home import keeping, merging_actions
from fablab.people import actions_rights, actions_sessions
from fablab.people.models import Person
from fablab.people.models_rights import FileEnding
from fablab.people.rules_keeping import (
    NOTICE,
    REASONS,
    KeepingRules,
    end_refusals,
    ends_on,
    forgotten_since,
    keep_refusals,
)
from fablab.permissions import Role
from fablab.refusals import Refused
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import attend, enrol, make_group, make_pathway, make_session, validate

TODAY = date(2026, 11, 24)
LONG_AGO = NOW - relativedelta(months=30)
LATELY = NOW - relativedelta(months=20)


@pytest.fixture
def nadia(app: Flask) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def from_then(name: str = "Zoé", at: datetime = LONG_AGO) -> Person:
    """A young person whose account was made long ago, and of whom nothing is known since."""
    return make_young(name, "Lafleur", created_at=at)


def listed(session: Session) -> list[str]:
    session.rollback()
    named = select(Person.first_name).join(FileEnding, FileEnding.person_id == Person.id).order_by(Person.id)
    return list(session.scalars(named))


# --- rules --------------------------------------------------------------------------------------


def test_two_years_back_is_the_same_day_of_the_month() -> None:
    assert forgotten_since(date(2026, 11, 24), KeepingRules()) == date(2024, 11, 24)
    assert forgotten_since(date(2026, 3, 31), KeepingRules(months_kept=1)) == date(2026, 2, 28)


def test_a_file_ends_thirty_days_after_it_was_said_or_later_when_it_is_kept() -> None:
    assert ends_on(TODAY, None) == TODAY + NOTICE
    assert ends_on(TODAY, date(2027, 5, 24)) == date(2027, 5, 24)
    assert ends_on(TODAY, TODAY) == TODAY + NOTICE


def test_only_a_file_that_ends_is_kept_and_with_a_reason(words: None) -> None:
    assert keep_refusals("asked", listed=True) == []
    assert [one.code for one in keep_refusals("asked", listed=False)] == ["not_ending"]
    assert [one.code for one in keep_refusals("no idea", listed=True)] == ["why_missing"]


@pytest.mark.parametrize(("past", "silent"), [(True, False), (False, True), (False, False)])
def test_a_file_ends_when_its_day_has_come_and_nobody_was_heard_of(words: None, past: bool, silent: bool) -> None:
    assert end_refusals(past=True, silent=True) == []
    assert [one.code for one in end_refusals(past=past, silent=silent)] == ["goes_on"]


# --- who is found -------------------------------------------------------------------------------


def took_part(person: Person) -> None:
    group = make_group()
    enrol(person, group, enrolled_on=clock.local_day(LONG_AGO), status="finished", ended_on=clock.local_day(LONG_AGO))
    attend(make_session(group, LATELY), person)


def is_enrolled(person: Person) -> None:
    enrol(person, make_group(), enrolled_on=clock.local_day(LONG_AGO), status="under_way")


def booked(person: Person) -> None:
    machine = make_machine(make_fablab(), "VIN-01")
    times = {"starts_at": LATELY, "ends_at": LATELY + timedelta(hours=1), "created_at": LONG_AGO}
    with transaction() as session:
        thing = {"resource_id": machine.id, "place_id": machine.place_id}
        session.add(Booking(kind="own", holder_id=person.id, status="done", **thing, **times))


def was_validated(person: Person) -> None:
    make_pathway()
    validate(person, {"SEC-01": 1}, at=LATELY)


def entered(person: Person) -> None:
    actions_sessions.open_one(person, "Firefox", timedelta(days=30), LATELY)


def asked(person: Person) -> None:
    actions_rights.ask(person, "correction", "Mon nom.", LATELY)


@pytest.mark.parametrize("heard", [took_part, is_enrolled, booked, was_validated, entered, asked])
def test_whoever_was_heard_of_since_has_a_file_that_goes_on(session: Session, heard: Callable[[Person], None]) -> None:
    person = from_then()
    assert keeping.look(NOW) == "0 erased, 1 files ending"
    heard(person)
    assert keeping.look(NOW) == "0 erased, 0 files ending"
    assert listed(session) == []


def test_who_is_lately_there_of_the_team_or_another_account_is_not_looked_at(session: Session, nadia: Person) -> None:
    make_staff("Awa", created_at=LONG_AGO)
    from_then("Tom", LATELY)
    kept, gone = from_then("Léa"), from_then("Lea")
    merging_actions.merge(kept, gone, (), nadia, NOW)
    assert keeping.look(NOW) == "0 erased, 1 files ending"
    assert listed(session) == ["Léa"]


def test_the_house_sets_the_months(session: Session) -> None:
    from_then("Tom", LATELY)
    assert keeping.look(NOW) == "0 erased, 0 files ending"
    with transaction() as writing:
        house.write(writing, "keeping.months_kept", 18)
    assert keeping.look(NOW) == "0 erased, 1 files ending"


# --- what becomes of it -------------------------------------------------------------------------


def test_said_once_then_erased_after_thirty_days_by_the_program(session: Session) -> None:
    person = from_then()
    keeping.look(NOW)
    assert keeping.look(NOW + NOTICE - timedelta(days=1)) == "0 erased, 0 files ending"
    assert keeping.look(NOW + NOTICE) == "1 erased, 0 files ending"
    session.rollback()
    assert session.get_one(Person, person.id).erased_at == NOW + NOTICE
    assert session.scalars(select(FileEnding)).all() == []
    assert keeping.look(NOW + NOTICE) == "0 erased, 0 files ending"


def test_kept_six_months_longer_and_no_longer_when_it_is_taken_back(session: Session, nadia: Person) -> None:
    person = from_then()
    keeping.look(NOW)
    keeping.keep(person, "dispute", nadia, NOW)
    session.rollback()
    (ending,) = keeping.endings(session, NOW)
    assert (ending.last_contact, ending.ends_on) == (clock.local_day(LONG_AGO), date(2027, 5, 24))
    assert keeping.look(NOW + NOTICE) == "0 erased, 0 files ending"
    keeping.let_end(person, nadia, NOW + NOTICE)
    session.rollback()
    assert keeping.endings(session, NOW)[0].ends_on == TODAY + NOTICE + NOTICE
    keeping.let_end(person, nadia, NOW + NOTICE + NOTICE)  # sent twice: the thirty days do not begin again
    session.rollback()
    assert keeping.endings(session, NOW)[0].ends_on == TODAY + NOTICE + NOTICE
    assert keeping.look(NOW + NOTICE + NOTICE) == "1 erased, 0 files ending"


def test_whoever_entered_a_year_ago_is_known_to_have_although_old_sessions_are_forgotten(session: Session) -> None:
    person = from_then()
    for months in (21, 20):
        actions_sessions.open_one(person, "Firefox", timedelta(days=1), NOW - relativedelta(months=months))
    actions_sessions.forget_old(NOW)
    assert keeping.look(NOW) == "0 erased, 0 files ending"


def test_kept_or_heard_of_at_the_last_moment_it_is_not_erased(
    session: Session, nadia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, back = from_then("Zoé"), from_then("Tom")
    keeping.look(NOW)
    before = keeping.endings

    def meanwhile(session: Session, now: datetime) -> Sequence[keeping.Ending]:
        found = before(session, now)
        keeping.keep(kept, "asked", nadia, now)
        actions_sessions.open_one(back, "Firefox", timedelta(days=1), now)
        return found

    monkeypatch.setattr(keeping, "endings", meanwhile)
    assert keeping.look(NOW + NOTICE) == "0 erased, 0 files ending"
    session.rollback()
    assert {one.erased_at for one in session.scalars(select(Person).where(Person.last_name == "Lafleur"))} == {None}


def test_a_file_that_does_not_end_is_not_kept(nadia: Person) -> None:
    with pytest.raises(Refused, match="not_ending"):
        keeping.keep(from_then(), REASONS[0], nadia, NOW)


# --- pages --------------------------------------------------------------------------------------


def test_the_coordination_is_led_to_who_will_be_erased_and_keeps_one(
    client: FlaskClient, session: Session, nadia: Person
) -> None:
    person = from_then()
    make_pathway()  # a house without any has no dashboard
    keeping.look(NOW)
    log_in(client, nadia)
    assert "1 dossier finit bientôt" in client.get("/").text
    page = client.get("/dossiers-qui-finissent").text
    assert "Zoé Lafleur" in page
    assert "Effacé le 24 décembre 2026." in page
    where = f"/dossiers-qui-finissent/{person.public_id}"
    refused = client.post(f"{where}/garder", data={"why": ""})
    assert refused.status_code == 422
    assert "Choisir pourquoi ce dossier est gardé." in refused.text
    assert client.post(f"{where}/garder", data={"why": "funder"}).status_code == 303
    assert "Gardé par Nadia" in client.get("/dossiers-qui-finissent").text
    assert "dossier finit bientôt" not in client.get("/").text
    assert client.post(f"{where}/ne-plus-garder").status_code == 303
    assert "1 dossier finit bientôt" in client.get("/").text


def test_i_read_in_my_data_when_my_file_ends(client: FlaskClient, session: Session) -> None:
    person = from_then()
    keeping.look(NOW)
    log_in(client, person)
    assert "Mon dossier sera effacé le 24 décembre 2026 si je ne reviens pas." in client.get("/mes-donnees").text
    # I came: entering is news of me.
    assert keeping.look(NOW) == "0 erased, 0 files ending"


def test_the_page_reads_as_few_statements_for_many(
    client: FlaskClient, nadia: Person, count_statements: Statements
) -> None:
    log_in(client, nadia)
    counts = []
    for number in (1, 12):
        for one in range(number):
            from_then(f"Zoé{one}")
        keeping.look(NOW)
        count_statements.clear()
        client.get("/dossiers-qui-finissent")
        counts.append(len(count_statements))
    assert counts[0] == counts[1] <= 8


def test_the_job_says_as_few_statements_for_many(session: Session, count_statements: Statements) -> None:
    counts = []
    for number in (1, 12):
        for one in range(number):
            from_then(f"Zoé{one}")
        count_statements.clear()
        keeping.look(NOW)
        counts.append(len(count_statements))
    assert counts[0] == counts[1]
