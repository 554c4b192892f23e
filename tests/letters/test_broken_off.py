"""Servers that are down, stall, dribble or hang up: nothing is lost, nothing leaves twice knowingly."""

import socket
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import letters
from fablab.carriers import FileCarrier, SmtpCarrier
from fablab.config import Settings
from fablab.db import db, transaction
from fablab.outbox import Letter
from fablab.people.models import Person
from tests.conftest import NOW
from tests.letters.given import ADDRESS, call_for, letter_of, quick, read, tell_moved, write_letter
from tests.mail_server import STEPS, OddServer


def test_a_server_that_is_down_loses_nothing_and_is_asked_again_for_as_long_as_it_takes(nadia: Person) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = Settings(smtp_host="127.0.0.1", smtp_port=closed.getsockname()[1])
    tell_moved(nadia)
    moment = NOW
    for _ in range(3 * letters.MAX_TRIES):
        assert letters.send_due(moment, settings, quick(settings)) == 0
        assert letter_of().given_up_at is None
        assert timedelta(0) < letter_of().due_at - moment <= timedelta(hours=1)
        moment = letter_of().due_at
    assert call_for() == "late"


def test_a_server_that_is_down_is_not_called_for_every_letter(app: Flask) -> None:
    server = OddServer(connect="stall")
    for number in range(5):
        write_letter(f"letter:{number}")
    assert letters.send_due(NOW, server.settings, quick(server.settings)) == 0
    tried = db.session().scalars(select(Letter.tries).order_by(Letter.id)).all()
    assert tried == [1, 0, 0, 0, 0]
    server.stop()


@pytest.mark.parametrize("how", ["stall", "drop"])
@pytest.mark.parametrize("step", STEPS[:-1])
def test_what_breaks_before_the_last_dot_did_not_leave_and_leaves_later(app: Flask, step: str, how: str) -> None:
    server = OddServer(**{step: how})
    letter_id = write_letter()
    assert letters.send_due(NOW, server.settings, quick(server.settings)) == 0
    found = read(letter_id)
    # A few lines fit into the network's own buffers: what breaks while they travel shows after the dot.
    if step == "letter":
        assert found.last_error in ("silent:answer", "broken:answer", "broken:letter")
        server.stop()
        return
    assert found.handed_at is None
    assert found.due_at == NOW + timedelta(minutes=1)
    assert (found.last_error or "").split(":")[1] == step
    server.odd = {}
    assert letters.send_due(NOW + timedelta(minutes=1), server.settings, SmtpCarrier(server.settings)) == 1
    assert len(server.received) == 1
    server.stop()


def test_a_long_letter_broken_off_before_its_dot_did_not_leave(app: Flask) -> None:
    server = OddServer(letter="stall")
    plain = EmailMessage()
    plain["To"], plain["Subject"] = ADDRESS, "x"
    plain.set_content(("x" * 70 + "\n") * 150_000)
    with pytest.raises(Exception, match=r"(silent|broken):letter"):
        quick(server.settings).carry(plain)
    server.stop()


@pytest.mark.parametrize("how", ["stall", "drop", "what?"])
def test_a_letter_without_an_answer_waits_for_a_person_and_is_never_sent_again_by_itself(
    nadia: Person, how: str
) -> None:
    server = OddServer(answer=how)
    tell_moved(nadia)
    assert letters.send_due(NOW, server.settings, quick(server.settings)) == 0
    server.odd = {}
    later = NOW + timedelta(days=1)
    assert letters.send_due(later, server.settings, quick(server.settings)) == 0
    assert len(server.received) == 1, "it may have left"
    assert letter_of().handed_at == NOW
    assert call_for() == "unknown", "its reader is told otherwise"
    assert letters.send_again(letter_of(), later)
    assert letters.send_due(later, server.settings, SmtpCarrier(server.settings)) == 1
    assert len(set(server.ids())) == 1, "sent again by a person it is still the same letter"
    server.stop()


def test_a_server_that_dribbles_is_cut_off(app: Flask) -> None:
    server = OddServer(connect="dribble")
    letter_id = write_letter()
    # Without its limit this would never come back: each dribble begins the patience anew.
    assert letters.send_due(NOW, server.settings, quick(server.settings, whole_patience=0.5)) == 0
    assert ":connect" in (read(letter_id).last_error or "")
    server.stop()


def test_a_letter_that_left_is_marked_although_the_server_breaks_off_the_goodbye(app: Flask) -> None:
    server = OddServer()
    server.on_received = lambda: server.odd.update(greeting="drop")
    letter_id = write_letter()
    assert letters.send_due(NOW, server.settings, SmtpCarrier(server.settings)) == 1
    assert read(letter_id).sent_at == NOW
    server.stop()


def test_what_is_not_committed_never_leaves(app: Flask, session: Session, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as writing:
        writing.add(Letter(key="x", to_address="a@b.c", subject="s", body="b", written_at=NOW, due_at=NOW))
        writing.flush()
        _ = 1 / 0
    assert letters.send_due(NOW, Settings(), FileCarrier(tmp_path)) == 0
