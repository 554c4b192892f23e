"""Senders that are real processes: killed while a letter leaves, and several at once."""

import multiprocessing
import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest
from flask import Flask

from fablab import clock, letters
from fablab.carriers import SmtpCarrier
from fablab.config import Settings
from fablab.db import db, transaction
from fablab.outbox import Letter
from tests.conftest import make_app
from tests.mail_server import OddServer

#: forked, since a fresh interpreter needs seconds; each child opens the database anew
FORK = multiprocessing.get_context("fork")


class Dawdling(SmtpCarrier):
    """Dies of old age between the server's answer and the mark."""

    def carry(self, letter: EmailMessage) -> None:
        super().carry(letter)
        time.sleep(60)


@pytest.fixture
def server() -> Iterator[OddServer]:
    odd = OddServer()
    yield odd
    odd.stop()


def write_letters(number: int) -> None:
    with transaction() as session:
        for key in range(number):
            now = clock.now() - timedelta(seconds=1)
            letter = Letter(key=f"letter:{key}", to_address="nadia@house.test", subject="À demain", body="Mardi.\n")
            letter.written_at = letter.due_at = now
            session.add(letter)


def work(folder: Path, address: str, settings: Settings, kind: type[SmtpCarrier]) -> None:
    """What a sender's process does."""
    with make_app(folder, address).app_context():
        letters.send_due(clock.now(), settings, kind(settings))


def sender(app: Flask, folder: Path, server: OddServer, kind: type[SmtpCarrier] = SmtpCarrier) -> ForkProcess:
    """A process that sends what is due."""
    db.session.remove()
    db.engine.dispose()
    address = app.config["SETTINGS"].database_url
    process = FORK.Process(target=work, args=(folder, address, server.settings, kind), daemon=True)
    process.start()
    return process


def wait_for(server: OddServer, number: int) -> None:
    """Until the server has answered for so many letters."""
    patient = time.monotonic() + 20
    while server.answered < number and time.monotonic() < patient:
        time.sleep(0.02)
    assert server.answered == number


def the_letter() -> Letter:
    db.session().rollback()
    return db.session().query(Letter).execution_options(populate_existing=True).one()


def test_killed_between_the_answer_and_the_mark_a_letter_leaves_once_more_with_the_same_id(
    shared_database: Flask, tmp_path: Path, server: OddServer
) -> None:
    write_letters(1)
    process = sender(shared_database, tmp_path, server, Dawdling)
    wait_for(server, 1)
    process.kill()
    process.join()
    assert the_letter().sent_at is None
    now, carrier = clock.now(), SmtpCarrier(server.settings)
    assert letters.send_due(now + timedelta(minutes=5), server.settings, carrier) == 0, "its sender may still work"
    later = now + letters.KILLED_AFTER + timedelta(minutes=1)
    assert letters.send_due(later, server.settings, carrier) == 1
    assert letters.send_due(later + timedelta(days=1), server.settings, carrier) == 0
    assert len(server.received) == 2
    assert len(set(server.ids())) == 1
    assert the_letter().repeated_at is not None


def test_killed_before_the_answer_a_letter_leaves_again_and_killed_twice_it_waits_for_a_person(
    shared_database: Flask, tmp_path: Path, server: OddServer
) -> None:
    write_letters(1)
    server.odd = {"answer": "stall"}
    for time_killed in (1, 2):
        process = sender(shared_database, tmp_path, server)
        server.on_received = process.kill
        process.join()
        assert len(server.received) == time_killed
        with transaction() as session:
            session.query(Letter).update({"handed_at": clock.now() - letters.KILLED_AFTER - timedelta(minutes=1)})
    far = clock.now() + timedelta(days=1)
    server.odd, server.on_received = {}, lambda: None
    assert letters.send_due(far, server.settings, SmtpCarrier(server.settings)) == 0, "twice is enough"
    assert len(set(server.ids())) == 1
    waiting = db.session().query(Letter).where(letters.waits_for_a_person(far)).all()
    assert [one.key for one in waiting] == ["letter:0"]


def test_three_senders_at_once_send_each_letter_once(shared_database: Flask, tmp_path: Path, server: OddServer) -> None:
    write_letters(30)
    senders = [sender(shared_database, tmp_path, server) for _ in range(3)]
    for one in senders:
        one.join()
    assert len(server.ids()) == len(set(server.ids())) == 30
