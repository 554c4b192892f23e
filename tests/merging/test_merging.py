"""Two accounts of one young person become one, and exactly two again; no fact changes author, text or day."""

import importlib.util
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.db import Model, db, known_id, transaction
from fablab.home import merging_actions, merging_rows
from fablab.journal import JournalAbout, JournalEntry
from fablab.outbox import tell
from fablab.people import actions_account, actions_file, actions_rights, actions_sessions
from fablab.people.models import Card, FollowUp, Person
from fablab.people.models_access import OpenSession
from fablab.people.models_file import Contact
from fablab.people.models_merging import Apart, Merge
from fablab.people.rules_merging import UNDO_FOR
from fablab.permissions import Role
from fablab.refusals import Refused
from machines.models import Machine
from pathways.models import Apology, Attendance, Competency, Enrolment, Mastery, Validation
from pathways.models_requests import ValidationRequest
from tests.conftest import NOW
from tests.make import PIN, make_authorisation, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_file import make_contact, make_structure, make_trainee
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import attend, enrol, levels_held, make_group, make_pathway, make_session, validate

DAY = date(2026, 11, 25)
#: what a merge leaves behind on purpose: its own row, the journal, messages, doors that were shut
LEFT = {"person_merge", "journal_entry", "journal_about", "message", "open_session", "lockout"}
#: raised to close every session: it never goes back
_VERSION = "enter_version"


@pytest.fixture
def nadia(app: Flask) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


@pytest.fixture
def ines(app: Flask) -> Person:
    return make_young("Inès", "Benali", handle="renard-42", situation="in_school")


@pytest.fixture
def twin(app: Flask) -> Person:
    """The same Inès, made a second time at the desk with a slip in her name."""
    return make_young("Ines", "Benalli", handle="loutre-11", phone="0612345678", situation="integration")


@pytest.fixture
def machines(app: Flask) -> list[Machine]:
    """Two machines of an open Fablab, watched over on a day to come."""
    fablab = make_fablab()
    make_shift(make_staff(), fablab.place, on(DAY, "13:00"), on(DAY, "19:00"))
    return [make_machine(fablab, code) for code in ("VIN-01", "VIN-02")]


def everything(session: Session) -> dict[str, list[str]]:
    """Every row of every table, but what a merge leaves behind on purpose."""
    session.rollback()
    found = {}
    for table in Model.metadata.sorted_tables:
        if table.name not in LEFT:
            rows = session.execute(select(table)).mappings()
            found[table.name] = sorted(
                json.dumps({k: v for k, v in row.items() if k != _VERSION}, default=str) for row in rows
            )
    return found


def held(session: Session, column: Any, person: Person) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(column == known_id(person))) or 0


def fill(ines: Person, twin: Person, machines: list[Machine], nadia: Person) -> None:
    """Facts of every kind on both accounts, many of them of the same thing."""
    version = make_pathway(stages={"EXP": {"SEC-01": 2}})
    group = make_group(version)
    lesson, only_twin = make_session(group), make_session(group, NOW - timedelta(days=7))
    coming = make_session(group, NOW + timedelta(days=7))
    enrol(ines, group)
    enrol(twin, group, enrolled_on=date(2026, 9, 8), status="under_way", first_attended_on=date(2026, 11, 17))
    attend(lesson, ines, status="late")
    attend(lesson, twin)
    attend(only_twin, twin)
    validate(ines, {"SEC-01": 1}, training_session=lesson)
    validate(twin, {"SEC-01": 2, "SEC-02": 3})
    badge = make_badge()
    for person, hour in ((ines, "14:00"), (twin, "14:00"), (twin, "16:00")):
        if hour == "14:00":
            give_badge(person, badge)
        machine = machines[person is twin]
        make_booking(machine, slot(hour, f"{hour[:2]}:30", DAY), person)
        make_authorisation(person, "image")
    for person in (ines, twin):
        make_contact(person, name=f"Rosa {person.last_name}")
        make_trainee(person)
        person_now = db.session().get_one(Person, person.id)
        answers = {"gender": "female", "commune": "Chambéry" if person is ines else "Cognin"}
        facts = actions_file.FollowUpFacts(answers, make_structure(f"Structure {person.handle}").public_id)
        actions_file.record_follow_up(person_now, facts, nadia, NOW)
        actions_rights.note_opening(person_now, nadia, NOW)
        with transaction() as session:
            session.add(Apology(session_id=coming.id, person_id=person.id, said_at=NOW))
            wish = {"own_level": 2, "words": "J’ai fait un porte-clés.", "asked_at": NOW}
            competency_id = session.scalars(select(Competency.id).where(Competency.code == "SEC-02")).one()
            session.add(ValidationRequest(person_id=person.id, competency_id=competency_id, **wish))
            session.add(FollowUp(person_id=person.id, referent_id=nadia.id, since=date(2026, 9, 1)))
            session.add(Card(person_id=person.id, token_digest=str(person.handle), made_at=NOW))
            one = session.get_one(Person, person.id)
            tell(session, one, "badge-earned", key=f"t{one.id}", now=NOW, badge="X", kind="stage")


def merged(kept: Person, gone: Person, by: Person, **more: Any) -> Merge:
    return merging_actions.merge(kept, gone, more.get("from_gone", ()), by, more.get("now", NOW))


def test_every_table_about_people_says_what_a_merge_does_with_it(app: Flask) -> None:
    about = {
        f"{table.name}.{key.parent.name}"
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    assert about == {*merging_rows.MOVES, *merging_rows.STAYS, *merging_rows.TOLD_ANEW}


def test_undone_a_merge_leaves_both_accounts_exactly_as_they_were(
    session: Session, ines: Person, twin: Person, machines: list[Machine], nadia: Person
) -> None:
    fill(ines, twin, machines, nadia)
    before = everything(session)
    made = merged(ines, twin, nadia, from_gone=["last_name", "situation"])
    assert everything(session) != before
    merging_actions.undo(made, nadia, NOW + UNDO_FOR - timedelta(seconds=1))
    after = everything(session)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


def test_the_kept_account_holds_all_of_both(
    session: Session, ines: Person, twin: Person, machines: list[Machine], nadia: Person
) -> None:
    fill(ines, twin, machines, nadia)
    merged(ines, twin, nadia, from_gone=["situation"])
    assert held(session, Booking.holder_id, ines) == 3
    assert held(session, Validation.person_id, ines) == 3
    assert levels_held(ines) == {"SEC-01": 2, "SEC-02": 3}
    assert held(session, Mastery.person_id, twin) == 0
    kept = session.get_one(Person, ines.id)
    assert (kept.first_name, kept.situation, kept.phone) == ("Inès", "integration", "0612345678")
    (enrolment,) = session.scalars(select(Enrolment).where(Enrolment.person_id == ines.id))
    assert (enrolment.status, enrolment.enrolled_on) == ("under_way", date(2026, 9, 8))
    assert enrolment.first_attended_on == date(2026, 11, 17)
    assert held(session, Attendance.person_id, ines) == 2
    assert {one.status for one in session.scalars(select(Attendance).where(Attendance.person_id == ines.id))} == {
        "present"
    }
    asked = session.scalars(select(ValidationRequest.outcome).order_by(ValidationRequest.person_id))
    assert asked.all() == [None, "withdrawn"]
    emergency = session.scalars(select(Contact).where(Contact.person_id == ines.id, Contact.until.is_(None)))
    assert [one.name for one in emergency] == ["Rosa Benali"]


def test_a_validation_keeps_its_author_its_text_and_its_day(
    session: Session, ines: Person, twin: Person, nadia: Person
) -> None:
    validate(twin, {"SEC-01": 2})
    columns = [column for column in Validation.__table__.c if column.name != "person_id"]
    before = session.execute(select(*columns)).all()
    merged(ines, twin, nadia)
    session.rollback()
    assert session.execute(select(*columns)).all() == before


@pytest.mark.parametrize("change", ["level = 4", "author_id = person_id + 0, level = level + 1", "note = 'x'"])
def test_the_database_lets_a_merge_move_a_validation_and_change_nothing_else(
    session: Session, ines: Person, twin: Person, nadia: Person, change: str
) -> None:
    validate(twin, {"SEC-01": 2})
    stranger = make_young("Lou")
    for to in (ines, stranger):
        with pytest.raises(DatabaseError, match="append_only"), transaction() as writing:
            writing.execute(update(Validation).values(person_id=to.id))
    merged(ines, twin, nadia)
    for wish in (change, f"person_id = {stranger.id}", f"person_id = {twin.id}, {change}"):
        with pytest.raises(DatabaseError, match="append_only"), transaction() as writing:
            writing.execute(text(f"UPDATE validation SET {wish}"))


def test_what_is_added_meanwhile_stays_with_the_kept_account(
    session: Session, ines: Person, twin: Person, machines: list[Machine], nadia: Person
) -> None:
    fill(ines, twin, machines, nadia)
    made = merged(ines, twin, nadia)
    validate(session.get_one(Person, ines.id), {"SEC-03": 2})
    attendance = session.scalars(select(Attendance).where(Attendance.person_id == ines.id)).first()
    assert attendance is not None
    with transaction() as writing:
        writing.get_one(Attendance, attendance.id).status = "excused"
    merging_actions.undo(made, nadia, NOW)
    session.rollback()
    assert levels_held(ines) == {"SEC-01": 1, "SEC-03": 2}
    assert levels_held(twin) == {"SEC-01": 2, "SEC-02": 3}
    assert session.get_one(Attendance, attendance.id).status == "excused", "changed since: it is not changed back"


def test_of_two_bookings_at_one_hour_the_later_is_marked_for_the_team_until_undone(
    session: Session, ines: Person, twin: Person, machines: list[Machine], nadia: Person
) -> None:
    fill(ines, twin, machines, nadia)
    made = merged(ines, twin, nadia)
    session.rollback()
    assert sorted(one.attention or "" for one in session.scalars(select(Booking))) == ["", "", "two_places"]
    merging_actions.undo(made, nadia, NOW)
    session.rollback()
    assert [one.attention for one in session.scalars(select(Booking))] == [None, None, None]


def test_the_account_that_goes_enters_no_more_and_is_told_where(app: Flask, ines: Person, twin: Person) -> None:
    key = actions_sessions.open_one(twin, "Firefox", timedelta(hours=1), NOW)
    merged(ines, twin, make_staff("Nadia", roles=(Role.COORDINATOR,)))
    opened = db.session().scalars(select(OpenSession).where(OpenSession.key_digest == actions_sessions.key_digest(key)))
    assert opened.one().closed_at is not None
    with pytest.raises(Refused) as refused:
        actions_account.enter_with_handle("loutre-11", PIN, NOW)
    assert refused.value.codes == ["merged"]
    assert "renard-42" in refused.value.refusals[0].sentence
    for left in range(5):
        with pytest.raises(Refused, match="wrong" if left < 4 else "locked"):
            actions_account.enter_with_handle("loutre-11", "111222", NOW)
    with pytest.raises(Refused, match="locked"):
        actions_account.enter_with_handle("loutre-11", PIN, NOW)
    assert actions_account.enter_with_handle("renard-42", PIN, NOW).id == ines.id


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.REFERENT])
def test_nobody_of_the_team_is_merged_not_even_once_they_left(
    app: Flask, ines: Person, nadia: Person, role: Role
) -> None:
    both = make_young("Sam")
    with transaction() as session:
        from fablab.people import upkeep

        upkeep.grant(session, session.get_one(Person, both.id), role, None, NOW)
        session.get_one(Person, both.id).grants[-1].ended_at = NOW
    for kept, gone in ((ines, both), (both, ines)):
        with pytest.raises(Refused, match="team"):
            merged(kept, gone, nadia)


def test_a_merge_sent_twice_is_done_once_and_merges_do_not_cross(
    session: Session, ines: Person, twin: Person, nadia: Person
) -> None:
    made = merged(ines, twin, nadia)
    assert merged(ines, twin, nadia).id == made.id
    assert held(session, Merge.kept_id, ines) == 1
    for kept, gone in ((twin, ines), (make_young("Lou"), twin)):
        with pytest.raises(Refused, match="merged"):
            merged(kept, gone, nadia)
    with pytest.raises(Refused, match="same"):
        merged(ines, ines, nadia)


def test_merges_are_undone_in_the_other_order_for_thirty_days_and_once(
    session: Session, ines: Person, twin: Person, nadia: Person
) -> None:
    third = make_young("Inès", "B.")
    first, second = merged(ines, twin, nadia), merged(ines, third, nadia)

    def codes(made: Merge, later: timedelta) -> list[str]:
        with pytest.raises(Refused) as refused:
            merging_actions.undo(made, nadia, NOW + later)
        return refused.value.codes

    assert codes(first, timedelta(0)) == ["later"]
    merging_actions.undo(second, nadia, NOW)
    assert codes(second, timedelta(0)) == ["undone"]
    assert codes(first, UNDO_FOR) == ["too_late"]
    assert merging_actions.forget_old(NOW + UNDO_FOR - timedelta(seconds=1)) == 0
    assert merging_actions.forget_old(NOW + UNDO_FOR) == 2
    assert merging_actions.forget_old(NOW + UNDO_FOR) == 0
    session.rollback()
    assert [one.changed for one in session.scalars(select(Merge))] == [[], []]


def test_both_ends_are_in_the_journal_without_a_name(
    session: Session, ines: Person, twin: Person, nadia: Person
) -> None:
    merging_actions.undo(merged(ines, twin, nadia), nadia, NOW)
    session.rollback()
    lines = session.scalars(select(JournalEntry).where(JournalEntry.verb.in_(("person.merge", "person.part"))))
    assert {(one.verb, one.thing_id) for one in lines} == {("person.merge", ines.id), ("person.part", ines.id)}
    about = session.execute(select(JournalAbout.thing, JournalAbout.thing_id))
    assert [tuple(one) for one in about] == [("person", twin.id)] * 2


def test_two_people_said_to_be_two_are_remembered_once(session: Session, ines: Person, twin: Person) -> None:
    nadia = make_staff("Nadia", roles=(Role.COORDINATOR,))
    merging_actions.say_apart(twin, ines, nadia, NOW)
    merging_actions.say_apart(ines, twin, nadia, NOW)
    session.rollback()
    assert [(one.one_id, one.other_id) for one in session.scalars(select(Apart))] == [(ines.id, twin.id)]
    lines = session.scalar(select(func.count()).where(JournalEntry.verb == "person.apart"))
    assert lines == 1
    with pytest.raises(Refused, match="same"):
        merging_actions.say_apart(ines, ines, nadia, NOW)


def test_the_database_watches_every_column_of_a_validation(app: Flask) -> None:
    revisions = sorted((Path(__file__).parent.parent.parent / "migrations" / "versions").glob("*.py"))
    path = [one for one in revisions if "\nKEPT = " in one.read_text()][-1]
    spec = importlib.util.spec_from_file_location("kept_revision", path)
    assert spec is not None
    assert spec.loader is not None
    revision = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(revision)
    kept = revision.KEPT
    assert {column.name for column in Validation.__table__.c} == {*kept, "person_id"}
