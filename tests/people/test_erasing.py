"""Somebody erased: nothing says who it was, what is counted stays; a backup brought back does not undo it."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bookings import actions as booking_actions
from bookings.models import Booking
from fablab import clock
from fablab.db import Model, db, known_id, transaction
from fablab.home import erased_list, erasing_actions, erasing_rows, merging_actions, merging_rows
from fablab.journal import JournalEntry
from fablab.people import actions_account, actions_tokens, queries
from fablab.people.models import Person
from fablab.people.models_merging import Merge
from fablab.people.models_rights import DataRequest
from fablab.people.rules import age_on
from fablab.people.rules_erasing import ErasingFacts, blurred_birth, erase_refusals, read_on
from fablab.people.values_tokens import Wanted
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways.models import Attendance, Award, Enrolment, Mastery, TrainingSession, Validation
from tests.conftest import NOW
from tests.make import PIN, log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import attend, enrol, make_group, make_session, validate
from tests.test_who_sees import WORDS, make_kept

DAY = date(2026, 11, 25)
#: words that are not of the person: an organisation and who holds its key, the account of somebody of the team
OTHERS = {"structure", "key", "key holder", "referent"}
COUNTED = (Enrolment, Attendance, Validation, Award, Mastery)


@pytest.fixture
def nadia(app: Flask) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def over(person: Person, by: Person) -> None:
    """Everything of somebody that is still under way ends, so that they can be erased."""
    for booking in db.session.scalars(select(Booking).where(Booking.holder_id == person.id, Booking.ends_at > NOW)):
        booking_actions.cancel(booking, "", by, NOW)
    with transaction() as session:
        session.execute(
            update(Enrolment).where(Enrolment.person_id == person.id).values(status="finished", ended_on=DAY)
        )


def counted(session: Session, person: Person) -> dict[str, int]:
    session.rollback()
    numbers = {
        model.__name__: session.scalar(select(func.count()).where(model.person_id == known_id(person))) or 0
        for model in COUNTED
    }
    bookings = select(func.count()).where(Booking.holder_id == known_id(person))
    return numbers | {"Booking": session.scalar(bookings) or 0}


def rows_that_say(session: Session, word: str) -> Iterator[str]:
    """Every row of the database in which a word stands, whatever the column."""
    session.rollback()
    for table in Model.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            if word.lower() in json.dumps(dict(row), default=str, ensure_ascii=False).lower():
                yield f"{table.name}: {dict(row)}"


def refused(person: Person, by: Person) -> list[str]:
    with pytest.raises(Refused) as found:
        erasing_actions.erase(person, by, NOW)
    return found.value.codes


def test_every_table_about_people_says_what_an_erasure_does_with_it(app: Flask) -> None:
    about = {
        f"{table.name}.{key.parent.name}"
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    ours = [*erasing_rows.GONE, *erasing_rows.EMPTIED, *erasing_rows.EVIDENCE, *erasing_rows.KEPT]
    assert len(ours) == len(set(ours))
    # Whoever did an act of the team's is not erased: an act keeps its author.
    assert about - set(ours) <= set(merging_rows.STAYS)
    assert set(ours) <= about


def test_no_word_of_whom_was_erased_is_left_in_any_table_and_nothing_counted_moves(
    session: Session, tmp_path: Path
) -> None:
    readers, ids = make_kept()
    lea = queries.by_public_id(session, ids["/jeunes"])
    nadia = readers[Role.COORDINATOR]
    assert lea is not None
    assert nadia is not None
    attend(session.scalars(select(TrainingSession).where(TrainingSession.public_id == ids["/seances"])).one(), lea)
    over(lea, nadia)
    before = counted(session, lea)
    for what in set(WORDS) - OTHERS:
        assert list(rows_that_say(session, WORDS[what])), what
    assert all(before.values())
    erased = erasing_actions.erase(lea, nadia, NOW)
    assert erased.rows > 10
    assert erased.files > 0
    for what in set(WORDS) - OTHERS:
        assert list(rows_that_say(session, WORDS[what])) == [], what
    assert counted(session, lea) == before
    gone = session.get_one(Person, lea.id)
    assert (gone.full_name, gone.short_name, gone.erased_at) == ("Personne effacée", "Personne effacée", NOW)
    assert gone.birth_date is not None
    assert (gone.birth_date.year, gone.birth_date.month) != (1, 1)
    assert session.scalars(select(Merge.changed).where(Merge.kept_id == lea.id)).all() == [[]]
    request = session.scalars(select(DataRequest).where(DataRequest.person_id == lea.id)).one()
    assert (request.text, request.answered_at, request.answered_by_id) == (None, NOW, nadia.id)
    said = session.scalars(select(JournalEntry).where(JournalEntry.verb == "person.erase")).one()
    assert (said.thing_id, said.actor_id, said.details["files"]) == (lea.id, nadia.id, erased.files)


def test_who_was_erased_enters_no_more_and_is_found_by_nobody(
    session: Session, client: FlaskClient, nadia: Person
) -> None:
    young = make_young("Zoé", "Lafleur", handle="cigale-12")
    erasing_actions.erase(young, nadia, NOW)
    with pytest.raises(Refused):
        actions_account.enter_with_handle("cigale-12", PIN, NOW)
    assert queries.search(session, "lafleur") == []
    assert queries.search_anybody(session, "cigale") == []
    log_in(client, nadia)
    page = client.get(f"/jeunes/{young.public_id}")
    assert page.status_code == 410
    assert "Personne effacée" in page.text
    assert "Lafleur" not in client.get("/jeunes").text
    assert client.get(f"/journal?personne={young.public_id}").status_code == 200
    assert client.post(f"/jeunes/{young.public_id}/effacer", data={"sure": "y"}).status_code == 404


def test_what_is_not_over_is_ended_first_and_the_team_is_not_erased(session: Session, nadia: Person) -> None:
    fablab = make_fablab()
    make_shift(make_staff(), fablab.place, on(DAY, "13:00"), on(DAY, "19:00"))
    machine, badge = make_machine(fablab, "VIN-01"), make_badge()
    young = make_young()
    give_badge(young, badge)
    enrol(young, make_group())
    make_booking(machine, slot("14:00", "14:30", DAY), young)
    assert refused(young, nadia) == ["enrolled", "booked"]
    assert refused(nadia, nadia) == ["team"]
    over(young, nadia)
    erasing_actions.erase(young, nadia, NOW)
    assert refused(young, nadia) == ["erased"]


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (ErasingFacts(True, False, False, 0, 0), []),
        (ErasingFacts(False, False, False, 0, 0), ["team"]),
        (ErasingFacts(True, True, False, 0, 0), ["erased"]),
        (ErasingFacts(True, False, True, 0, 0), ["erased"]),
        (ErasingFacts(True, False, False, 2, 1), ["enrolled", "booked"]),
    ],
)
def test_the_rules_of_erasing(words: None, facts: ErasingFacts, codes: list[str]) -> None:
    assert [one.code for one in erase_refusals(facts)] == codes


@pytest.mark.parametrize(
    ("birth", "counted_on", "kept"),
    [
        (None, [], None),
        (date(2010, 6, 15), [], date(2010, 1, 1)),
        (date(2010, 6, 15), [date(2026, 9, 1)], date(2010, 1, 1)),
        (date(2010, 6, 15), [date(2026, 3, 1)], date(2010, 12, 31)),
        (date(2010, 6, 15), [date(2026, 3, 1), date(2026, 9, 1)], date(2010, 6, 1)),
        (date(2010, 6, 15), [date(2026, 6, 3), date(2026, 9, 1)], date(2010, 6, 30)),
        (date(2010, 6, 1), [date(2026, 3, 1), date(2026, 9, 1)], date(2010, 6, 30)),
        (date(2010, 1, 1), [], date(2010, 12, 31)),
        (date(2008, 2, 15), [date(2026, 2, 14), date(2026, 2, 15)], date(2008, 2, 16)),
    ],
)
def test_the_birth_kept_says_the_same_age_on_each_day_that_counts(
    birth: date | None, counted_on: list[date], kept: date | None
) -> None:
    found = blurred_birth(birth, counted_on)
    assert found == kept
    assert found is None or found != birth
    if birth and found and found.day != 16:  # where no other day of the month fits, the age may move by one
        assert [age_on(found, day) for day in counted_on] == [age_on(birth, day) for day in counted_on]


@pytest.mark.parametrize("day", [date(2025, 12, 10), date(2026, 8, 31), date(2026, 9, 1), date(2024, 2, 29)])
def test_reports_read_ages_at_the_end_of_the_month_and_of_the_school_year(day: date) -> None:
    same, month_end, year_end = read_on(day)
    assert same == day <= month_end <= year_end
    assert (month_end + timedelta(days=1)).day == 1
    assert (year_end.month, year_end.day) == (8, 31)
    assert year_end - day < timedelta(days=366)


def test_the_age_on_each_session_and_booking_stays(session: Session, nadia: Person) -> None:
    young = make_young(birth_date=date(2011, 10, 20))
    group = make_group()
    enrol(young, group, enrolled_on=date(2026, 9, 7))
    attend(make_session(group, NOW - timedelta(days=7)), young)
    over(young, nadia)
    erasing_actions.erase(young, nadia, NOW)
    kept = session.get_one(Person, young.id).birth_date
    assert kept != date(2011, 10, 20)
    assert kept is not None
    assert (age_on(kept, date(2026, 9, 7)), age_on(kept, clock.local_day(NOW))) == (14, 15)


def test_the_database_empties_words_of_a_validation_for_whom_is_erased_alone(session: Session, nadia: Person) -> None:
    young = make_young()
    validate(young, {"SEC-01": 2})
    line = session.scalars(select(Validation).where(Validation.person_id == young.id)).one()

    def write(**values: Any) -> None:
        with transaction() as writing:
            writing.execute(update(Validation).where(Validation.id == line.id).values(**values))

    with pytest.raises(DatabaseError, match="append_only"):
        write(note=None)
    db.session.rollback()
    erasing_actions.erase(young, nadia, NOW)
    write(note=None)
    for values in ({"note": "Encore."}, {"level": 4}, {"note": None, "person_id": nadia.id}, {"title": ""}):
        with pytest.raises(DatabaseError, match="append_only"):
            write(**values)
        db.session.rollback()


def test_accounts_made_one_are_erased_together_and_come_apart_no_more(session: Session, nadia: Person) -> None:
    kept, gone = make_young("Léa", "Lafleur"), make_young("Lea", "Laffleur", handle="cigale-13")
    made = merging_actions.merge(kept, gone, (), nadia, NOW)
    erasing_actions.erase(kept, nadia, NOW)
    assert list(rows_that_say(session, "laf")) == []
    assert list(rows_that_say(session, "cigale-13")) == []
    with pytest.raises(Refused, match="erased"):
        merging_actions.undo(made, nadia, NOW)


def test_a_program_acts_for_nobody_who_was_erased(session: Session, client: FlaskClient, nadia: Person) -> None:
    young = make_young(birth_date=date(2000, 5, 3))
    wanted = Wanted("own", "Mon agenda", ("bookings:read",), DAY)
    key = {"Authorization": f"Bearer {actions_tokens.make(wanted, young, NOW)}"}
    assert client.get("/api/v1/bookings", headers=key).status_code == 200
    erasing_actions.erase(young, nadia, NOW)
    assert client.get("/api/v1/bookings", headers=key).status_code == 401
    assert list(rows_that_say(session, "Mon agenda")) == []


def test_a_failure_leaves_the_person_whole(session: Session, nadia: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    young = make_young("Zoé", "Lafleur")

    def full(*_all: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(erased_list, "add", full)
    with pytest.raises(OSError, match="No space"):
        erasing_actions.erase(young, nadia, NOW)
    session.rollback()
    assert session.get_one(Person, young.id).full_name == "Zoé Lafleur"
    assert queries.search(session, "lafleur") == [young]


def test_whoever_the_list_names_is_erased_again(session: Session, nadia: Person, tmp_path: Path) -> None:
    young, other = make_young("Zoé", "Lafleur"), make_young("Tom", "Roy")
    begun = make_young("Cut", "Off")
    said = (("about", young), ("done", young), ("about", begun))
    lines = "".join(f"{word} {one.public_id} 2026-11-20\n" for word, one in said)
    (tmp_path / erased_list.NAME).write_text(lines)
    assert erased_list.doubtful(tmp_path) == {begun.public_id}
    assert erasing_actions.again(NOW, tmp_path) == (1, [])
    assert session.get_one(Person, begun.id).erased_at is None
    assert session.get_one(Person, young.id).erased_at == NOW
    assert session.get_one(Person, other.id).erased_at is None
    assert erasing_actions.again(NOW, tmp_path) == (0, [])
    assert young.public_id in erased_list.read()


def test_the_coordination_sees_what_goes_before_and_ticks_to_do_it(client: FlaskClient, nadia: Person) -> None:
    young = make_young("Zoé", "Lafleur")
    log_in(client, nadia)
    page, where = client.get(f"/jeunes/{young.public_id}").text, f"/jeunes/{young.public_id}/effacer"
    assert where in page
    assert "Ce qui reste, sans nom" in client.get(where).text
    refused = client.post(where)
    assert refused.status_code == 422
    assert "Cocher cette case pour effacer." in refused.text
    done = client.post(where, data={"sure": "y"})
    assert (done.status_code, done.location) == (303, "/jeunes")
    assert "C’est effacé." in client.get("/jeunes").text


def test_the_page_says_what_is_to_be_ended_first_and_offers_nothing(client: FlaskClient, nadia: Person) -> None:
    young = make_young("Zoé", "Lafleur")
    enrol(young, make_group())
    log_in(client, nadia)
    page = client.get(f"/jeunes/{young.public_id}/effacer").text
    assert "Une inscription est en cours" in page
    assert "Effacer pour toujours" not in page
    assert client.post(f"/jeunes/{young.public_id}/effacer", data={"sure": "y"}).status_code == 422
