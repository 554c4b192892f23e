"""The page of the installation: its health, its jobs, its letters; and the page of what is still invented."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import house, scheduler
from fablab.db import Model, transaction
from fablab.home import installation, invented, job_words, nightly, operations
from fablab.home.jobs import JOBS
from fablab.i18n import speaking
from fablab.journal import JournalEntry
from fablab.outbox import Letter
from fablab.permissions import Role
from fablab.scheduler import JobRun
from tests.conftest import NOW
from tests.make import log_in, make_staff
from tests.make_bookings import make_place

ENDED = next(job for job in JOBS if job.name == "bookings ended")


@pytest.fixture
def administrator(client: FlaskClient) -> FlaskClient:
    return log_in(client, make_staff(roles=(Role.ADMINISTRATOR,)))


def text_of(client: FlaskClient, address: str = "/installation") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(BeautifulSoup(answer.text, "html.parser").get_text(" ").replace("\u00a0", " ").split())


def test_every_job_is_named_and_its_result_is_said_in_both_languages(app: Flask) -> None:
    for job in JOBS:
        assert job.name in job_words.NAMES, "a new job is named in fablab/home/job_words.py"
        if job.name == "backup":
            continue  # it needs a database of its own: tests/ops/test_backup.py
        run = scheduler.run_job(job, NOW)
        assert run.well, run.result
        said = set()
        for language in ("fr", "en"):
            with speaking(language):
                said.add(job_words.result(run.result, run.well))
        assert run.result not in said, f"«{run.result}» is said in fablab/home/job_words.py"
        assert len(said) == 2


def test_what_the_backup_says_is_said_too(app: Flask) -> None:
    with speaking("fr"):
        assert job_words.result("3 backups", True) == "3 sauvegardes gardées"
        assert job_words.result("OSError", False).startswith("Échec")


def test_a_job_shows_its_last_and_its_next_run(administrator: FlaskClient) -> None:
    scheduler.run_job(ENDED, NOW)
    said = text_of(administrator)
    assert "mar. 24 nov. · 10 h" in said
    assert "mar. 24 nov. · 10 h 05" in said
    assert "0 réservation close" in said


def test_a_job_that_failed_says_so(administrator: FlaskClient) -> None:
    def fail(_now: object) -> str:
        raise OSError("no room on /secret")

    scheduler.run_job(scheduler.Job("letters", timedelta(seconds=20), fail), NOW)
    said = text_of(administrator)
    assert "Échec : OSError" in said
    assert "secret" not in said


def test_a_job_asked_for_is_due_at_once_and_kept_in_the_journal(administrator: FlaskClient, session: Session) -> None:
    scheduler.run_job(ENDED, NOW)
    assert scheduler.run_due([ENDED], NOW + timedelta(seconds=10)) == []
    answer = administrator.post("/installation/taches/bookings-ended")
    assert answer.status_code == 302
    session.expire_all()
    assert session.get_one(JobRun, "bookings ended").next_at == NOW
    assert scheduler.run_due([ENDED], NOW + timedelta(seconds=10)) == ["bookings ended"]
    (entry,) = session.scalars(select(JournalEntry).where(JournalEntry.verb == "job.ask"))
    assert entry.details == {"job": "bookings ended"}


def test_a_job_that_never_ran_may_be_asked_for(administrator: FlaskClient) -> None:
    assert administrator.post("/installation/taches/letters").status_code == 302


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "waiting"),
        ({"due_at": NOW + timedelta(minutes=4)}, "later"),
        ({"handed_at": NOW - timedelta(seconds=5)}, "leaving"),
        ({"handed_at": NOW - timedelta(minutes=5), "last_error": "silent:answer"}, "in_doubt"),
        ({"handed_at": NOW - timedelta(minutes=5)}, "leaving"),
        ({"handed_at": NOW - timedelta(minutes=15), "repeated_at": NOW}, "in_doubt"),
        ({"handed_at": NOW, "given_up_at": NOW, "last_error": "answered:recipient:550"}, "refused"),
        ({"handed_at": NOW, "sent_at": NOW}, "sent"),
        ({"given_up_at": NOW}, "given_up"),
    ],
)
def test_each_letter_says_where_it_is(administrator: FlaskClient, fields: dict[str, object], state: str) -> None:
    with transaction() as session:
        values = {"written_at": NOW, "due_at": NOW, **fields}
        session.add(Letter(key="x", to_address="x@example.org", subject="Bonjour", body="x", **values))
    letter = Letter(key="y", **values)
    assert operations.letter_state(letter, NOW) == state
    assert "Bonjour" in text_of(administrator)


def test_the_health_of_a_house_that_never_worked(administrator: FlaskClient) -> None:
    said = text_of(administrator)
    assert "Planificateur n’a jamais tourné À voir" in said
    assert "Sauvegarde aucune À voir" in said
    assert "Base de données" in said
    assert "libres sur" in said


def test_the_health_of_a_house_that_works(administrator: FlaskClient) -> None:
    assert scheduler.take_lease("scheduler", "me", NOW)
    path = nightly.folder() / nightly.name_at(NOW - timedelta(hours=6))
    path.write_bytes(b"x" * 1024 * 1024)
    try:
        said = text_of(administrator)
    finally:
        path.unlink()
    assert "Planificateur tourne Bien" in said
    assert "il y a 6 heures, 1 Mo, vérifiée Bien" in said


def test_a_small_backup_weighs_kilobytes_not_nothing(administrator: FlaskClient) -> None:
    path = nightly.folder() / nightly.name_at(NOW - timedelta(hours=6))
    path.write_bytes(b"x" * 40_610)
    try:
        assert "il y a 6 heures, 40 ko, vérifiée" in text_of(administrator)
    finally:
        path.unlink()


def test_an_old_backup_is_to_be_looked_at(app: Flask, session: Session) -> None:
    path = nightly.folder() / nightly.name_at(NOW - timedelta(hours=50))
    path.write_bytes(b"x")
    try:
        sign = installation.health(session, NOW)[1]
    finally:
        path.unlink()
    assert not sign.well
    assert "2 jours" in sign.said


def test_what_is_still_invented_is_listed(administrator: FlaskClient) -> None:
    make_place(name="Salle à renommer", data_status="invented")
    make_place(name="Salle vraie", data_status="source")
    with transaction() as session:
        house.write(session, "demo", False)
    said = text_of(administrator, "/installation/invente")
    assert "Salle à renommer" in said
    assert "Salle vraie" not in said
    assert "Lieux 1 sur 2" in said


def test_a_house_without_anything_invented_says_so(administrator: FlaskClient) -> None:
    assert "Plus rien d’inventé" in text_of(administrator, "/installation/invente")


def test_every_table_with_marks_has_a_name_on_that_page() -> None:
    marked = {table.name for table in Model.metadata.tables.values() if "data_status" in table.c}
    assert marked == set(installation.TABLES)


def test_counting_what_is_invented(app: Flask, session: Session) -> None:
    before = invented.count(session)
    make_place(data_status="invented")
    assert invented.count(session) == before + 1
