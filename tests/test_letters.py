"""The outbox's sender, against a real SMTP server on this machine."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask
from sqlalchemy.orm import Session

from fablab import letters
from fablab.config import Settings
from fablab.db import db, transaction
from fablab.outbox import Letter
from tests.conftest import NOW


class Box:
    """What the mail server received, and how it is to answer."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.answer = "250 OK"
        self.breaks_off = False

    async def handle_DATA(self, server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        if self.breaks_off:
            self.received.append(envelope)
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            await asyncio.sleep(0)
            return "250 never read"
        if self.answer.startswith("250"):
            self.received.append(envelope)
        return self.answer


@pytest.fixture
def box() -> Iterator[tuple[Box, Settings]]:
    handler = Box()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, Settings(smtp_host="127.0.0.1", smtp_port=port, mail_from="la-dynamo@house.test")
    controller.stop()


def write_letter(key: str = "reminder:1") -> int:
    with transaction() as session:
        letter = Letter(
            key=key,
            to_address="nadia@house.test",
            subject="À demain",
            body="Mardi à 14\u00a0h.\n",
            written_at=NOW,
            due_at=NOW,
        )
        session.add(letter)
    return letter.id


def read(letter_id: int) -> Letter:
    return db.session().get_one(Letter, letter_id, populate_existing=True)


def test_a_letter_due_reaches_the_server_once(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    letter_id = write_letter()
    carrier = letters.SmtpCarrier(settings)
    assert letters.send_due(NOW, settings, carrier) == 1
    assert letters.send_due(NOW, settings, carrier) == 0
    assert len(server.received) == 1
    content = server.received[0].content
    assert isinstance(content, bytes)
    assert b"Message-ID: <" in content
    assert "=?utf-8?" in content.decode("ascii", "replace")
    assert read(letter_id).sent_at == NOW


def test_a_letter_not_due_yet_stays(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    write_letter()
    assert letters.send_due(NOW - timedelta(minutes=1), settings, letters.SmtpCarrier(settings)) == 0
    assert server.received == []


def test_a_refused_letter_is_tried_again_later_and_given_up_visibly(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    server.answer = "451 try later"
    letter_id = write_letter()
    carrier = letters.SmtpCarrier(settings)
    moment = NOW
    delays = []
    for _ in range(letters.MAX_TRIES):
        assert letters.send_due(moment, settings, carrier) == 0
        delays.append(read(letter_id).due_at - moment)
        moment = max(read(letter_id).due_at, moment)
    assert delays[0] < delays[1] < delays[2]
    assert read(letter_id).given_up_at is not None
    assert "451" in (read(letter_id).last_error or "")
    server.answer = "250 OK"
    letters.send_again(read(letter_id), moment)
    assert letters.send_due(moment, settings, carrier) == 1


def test_a_server_that_is_down_loses_nothing(app: Flask) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings = Settings(smtp_host="127.0.0.1", smtp_port=closed.getsockname()[1])
    letter_id = write_letter()
    assert letters.send_due(NOW, settings, letters.SmtpCarrier(settings)) == 0
    assert read(letter_id).handed_at is None
    assert read(letter_id).due_at > NOW


def test_a_letter_broken_off_waits_for_a_person(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    server.breaks_off = True
    letter_id = write_letter()
    assert letters.send_due(NOW, settings, letters.SmtpCarrier(settings)) == 0
    later = NOW + timedelta(days=1)
    assert letters.send_due(later, settings, letters.SmtpCarrier(settings)) == 0
    assert len(server.received) == 1, "it may have left: it is not sent again by itself"
    assert read(letter_id).handed_at == NOW


def test_two_senders_at_once_hand_a_letter_over_once(app: Flask) -> None:
    write_letter()
    settings = Settings()
    carried: list[Any] = []

    class Meddling:
        """While one letter is carried, another sender looks for work."""

        def carry(self, letter: EmailMessage) -> None:
            carried.append(letter["Message-ID"])
            assert letters.send_due(NOW, settings, self) == 0

    assert letters.send_due(NOW, settings, Meddling()) == 1
    assert len(carried) == 1


def test_without_a_server_letters_are_files(app: Flask, tmp_path: Path) -> None:
    write_letter()
    settings = replace(Settings(), smtp_host="")
    carrier = letters.carrier_for(settings, tmp_path)
    assert letters.send_due(NOW, settings, carrier) == 1
    [file] = (tmp_path / "letters").glob("*.eml")
    assert b"nadia@house.test" in file.read_bytes()


def test_what_is_not_committed_never_leaves(app: Flask, session: Session, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as writing:
        writing.add(Letter(key="x", to_address="a@b.c", subject="s", body="b", written_at=NOW, due_at=NOW))
        writing.flush()
        _ = 1 / 0
    assert letters.send_due(NOW, Settings(), letters.FileCarrier(tmp_path)) == 0
