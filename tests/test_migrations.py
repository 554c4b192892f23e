"""One history for both databases; an upgrade keeps what is there; models and migrations say the same."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim, Place, Resource
from fablab.db import Model, db, transaction
from fablab.journal import JournalAbout, JournalEntry
from fablab.people.models import Card, Person, PersonWord, Structure
from fablab.people.names import words_of
from tests import databases
from tests.conftest import NOW, make_app


@pytest.fixture
def empty_app(engine_name: str, tmp_path: Path) -> Iterator[Flask]:
    """An app whose database has no table yet."""
    with databases.fresh(engine_name, tmp_path) as address:
        app = make_app(tmp_path, address)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def take(resource: Resource, *, start: int, end: int) -> Booking:
    """A confirmed booking whose claim holds, hours counted from now."""
    starts_at, ends_at = NOW + timedelta(hours=start), NOW + timedelta(hours=end)
    booking = Booking(
        kind="rental", resource=resource, place=resource.place, starts_at=starts_at, ends_at=ends_at, created_at=NOW
    )
    booking.claims.append(Claim(resource=resource, starts_at=starts_at, ends_at=ends_at, holds=True))
    return booking


def as_first_written(session: Session, resource: Resource, *, holds: bool = True, **fields: Any) -> None:
    """A booking of two hours from now with the columns of the first release only, and its claim."""
    times = {"starts_at": NOW, "ends_at": NOW + timedelta(hours=2)}
    values = {"kind": "rental", "resource_id": resource.id, "place_id": resource.place_id, "created_at": NOW}
    made = session.execute(insert(Booking).values(**values, **times, **fields).returning(Booking.id))
    session.add(Claim(booking_id=made.scalar_one(), resource_id=resource.id, holds=holds, **times))


def somebody_of_before(session: Session, **named: str) -> int:
    """Somebody with the columns of the first release only: their id."""
    values = {**named, "public_id": "x" * 22, "language": "fr", "enter_version": 1, "created_at": NOW}
    return int(session.execute(insert(Person).values(**values).returning(Person.id)).scalar_one())


def test_an_upgrade_keeps_what_is_there_and_brings_the_guarantee(empty_app: Flask) -> None:
    upgrade(revision="0001")
    with transaction() as session:
        place = Place(code="HOUSE", name="La Dynamo", gauge=295)
        room = Resource(kind="space", code="X", name="Salle", simple_name="Salle", place=place)
        session.add(room)
        session.flush()
        as_first_written(session, room, reason="Erreur de saisie.")
        as_first_written(session, room, reason="The team is away.", status="cancelled", holds=False)
        as_first_written(session, room, reason="Panne de courant.", status="cancelled", holds=False)
    db.session.remove()
    upgrade()
    kept, known, typed = db.session().query(Booking).order_by(Booking.id)
    assert (kept.starts_at, kept.claims[0].holds, kept.resource.place.gauge) == (NOW, True, 295)
    assert (known.reason, known.reasons) == (None, [{"code": "cancel_team"}])
    assert (typed.reason, typed.reasons) == ("Panne de courant.", None)
    with pytest.raises(DatabaseError, match="claim_taken"), transaction() as session:
        session.add(take(session.get_one(Resource, kept.resource_id), start=1, end=3))
    with transaction() as session:
        session.add(take(session.get_one(Resource, kept.resource_id), start=2, end=3))


def test_people_who_are_there_are_found_by_joined_words_after_the_upgrade(empty_app: Flask) -> None:
    upgrade(revision="0015")
    with transaction() as session:
        person_id = somebody_of_before(session, first_name="Sinead", last_name="O’Brien", handle="renard-42")
        words = [PersonWord(word=word, person_id=person_id) for word in ("sinead", "o", "brien", "renard", "42")]
        session.add_all(words)
    db.session.remove()
    upgrade()
    found = set(db.session().scalars(select(PersonWord.word)))
    assert found == words_of("Sinead", "O’Brien", "renard-42")


def test_acts_written_before_are_found_by_whom_they_touched_after_the_upgrade(empty_app: Flask) -> None:
    upgrade(revision="0018")
    with transaction() as session:
        person_id = somebody_of_before(session, first_name="Tom", last_name="Perrin", handle="renard-42")
        place = Place(code="HOUSE", name="La Dynamo")
        room = Resource(kind="space", code="X", name="Salle", simple_name="Salle", place=place)
        session.add(room)
        session.flush()
        as_first_written(session, room, holder_id=person_id)
        session.add(JournalEntry(at=NOW, verb="booking.confirmed", thing="booking", thing_id=1, details={}))
    db.session.remove()
    upgrade()
    touched = db.session().execute(select(JournalAbout.thing, JournalAbout.thing_id, JournalAbout.at))
    assert set(touched) == {("person", person_id, NOW), ("resource", room.id, NOW)}


def test_keys_that_are_out_under_one_name_in_two_cases_are_both_kept_after_the_upgrade(empty_app: Flask) -> None:
    upgrade(revision="0166")
    with transaction() as session:
        by = somebody_of_before(session, first_name="Ilham", last_name="Perrin", handle="renard-42")
        values = {
            "code": "ST-1",
            "name": "Chœurs",
            "kind": "association",
            "public_id": "s" * 22,
            "data_status": "invented",
        }
        of = session.execute(insert(Structure).values(**values).returning(Structure.id)).scalar_one()
        add = text(
            "INSERT INTO access_key (public_id, structure_id, kind, label, request_key, given_at, given_by_id)"
            " VALUES (:label, :of, 'key', :label, :label, '2026-11-24 09:00:00', :by)"
        )
        for label in ("ÉTAGE 1", "étage 1", "Cave"):
            session.execute(add, {"label": label, "of": of, "by": by})
    db.session.remove()
    upgrade()
    kept = db.session().execute(text("SELECT label, folded FROM access_key")).all()
    assert {tuple(one) for one in kept} == {("ÉTAGE 1", "ÉTAGE 1"), ("étage 1", "étage 1"), ("Cave", "cave")}


def test_every_migration_can_be_undone(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "claim" in inspect(db.engine).get_table_names()


def test_the_models_and_the_migrations_say_the_same(shared_database: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            difference
            for difference in compare_metadata(context, Model.metadata)
            # the guarantee's own index lives in its migration, not in a model
            if not (difference[0] == "remove_index" and difference[1].name in ("ix_claim_held", "claim_taken"))
        ]
    assert differences == []


def test_foreign_keys_are_on(shared_database: Flask) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), transaction() as session:
        session.add(Card(person_id=77, token_digest="x", made_at=NOW))


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE journal_entry SET verb = 'other'",
        "DELETE FROM journal_entry",
        "UPDATE journal_about SET thing_id = 5",
        "DELETE FROM journal_about",
    ],
)
def test_the_journal_cannot_be_rewritten(shared_database: Flask, act: str) -> None:
    with transaction() as session:
        entry = JournalEntry(at=NOW, verb="x", thing="y", details={})
        session.add(entry)
        session.flush()
        session.add(JournalAbout(thing="resource", thing_id=3, at=NOW, entry_id=entry.id))
    with pytest.raises(DatabaseError, match="append_only"), transaction() as session:
        session.execute(text(act))
    assert db.session().query(JournalEntry).one().verb == "x"
