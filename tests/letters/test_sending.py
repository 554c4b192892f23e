"""The outbox's sender against a real SMTP server: each letter leaves once, a «no» is tried again."""

import smtplib
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from fablab import letters
from fablab.carriers import FileCarrier, SmtpCarrier, carrier_for
from fablab.config import Settings
from fablab.people.models import Person
from tests.conftest import NOW
from tests.letters.given import ADDRESS, Box, call_for, letter_of, quick, read, tell_moved, write_letter
from tests.mail_server import OddServer


def test_a_letter_due_reaches_the_server_once(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    letter_id = write_letter()
    carrier = SmtpCarrier(settings)
    assert letters.send_due(NOW, settings, carrier) == 1
    assert letters.send_due(NOW, settings, carrier) == 0
    assert len(server.received) == 1
    content = server.received[0].content
    assert isinstance(content, bytes)
    assert b"Message-ID: <" in content
    assert "=?utf-8?" in content.decode("ascii", "replace")
    assert (read(letter_id).sent_at, read(letter_id).last_error) == (NOW, None)


def test_a_line_that_is_a_dot_ends_no_letter(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    plain = EmailMessage()
    plain["To"], plain["Subject"] = ADDRESS, "x"
    plain.set_content("avant\n.\n..suite\n")
    SmtpCarrier(settings).carry(plain)
    [envelope] = server.received
    assert b"avant\r\n.\r\n..suite" in (envelope.content or b"")


def test_a_letter_not_due_yet_stays(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    write_letter()
    assert letters.send_due(NOW - timedelta(minutes=1), settings, SmtpCarrier(settings)) == 0
    assert server.received == []


def test_a_greylisted_letter_leaves_at_the_next_try(app: Flask, box: tuple[Box, Settings]) -> None:
    server, settings = box
    letter_id = write_letter()
    server.answers = {"recipient": "451 4.7.1 Greylisted, come back in a minute"}
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 0
    assert read(letter_id).last_error == "answered:recipient:451"
    server.answers = {}
    assert letters.send_due(NOW + timedelta(minutes=1), settings, SmtpCarrier(settings)) == 1
    assert len(server.received) == 1


@pytest.mark.parametrize("step", ["sender", "letter"])
def test_a_refused_letter_is_tried_again_later_and_given_up_visibly(
    nadia: Person, box: tuple[Box, Settings], step: str
) -> None:
    server, settings = box
    server.answers = {step: "554 5.7.1 no"}
    tell_moved(nadia)
    carrier = SmtpCarrier(settings)
    moment, delays = NOW, []
    for _ in range(letters.MAX_TRIES):
        assert letters.send_due(moment, settings, carrier) == 0
        delays.append(letter_of().due_at - moment)
        moment = max(letter_of().due_at, moment)
    assert delays[0] < delays[1] < delays[2]
    assert letter_of().given_up_at is not None
    assert letter_of().last_error == f"answered:{step}:554"
    assert call_for() == "late", "whoever it was for is told otherwise"
    server.answers = {}
    assert letters.send_again(letter_of(), moment)
    assert letters.send_due(moment, settings, carrier) == 1
    assert call_for() is None


def test_an_address_with_accents_needs_a_server_that_knows_them(app: Flask, box: tuple[Box, Settings]) -> None:
    _server, settings = box
    letter_id = write_letter(address="éloïse@house.test")
    odd = OddServer()
    assert letters.send_due(NOW, odd.settings, quick(odd.settings)) == 0
    assert read(letter_id).last_error == "plain_only"
    odd.stop()
    assert letters.send_again(read(letter_id), NOW)
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port) as asked:
        asked.ehlo()
        knows = asked.has_extn("smtputf8")
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == (1 if knows else 0)


def test_a_letter_that_cannot_be_put_into_form_keeps_no_other_from_leaving(
    app: Flask, box: tuple[Box, Settings], caplog: pytest.LogCaptureFixture
) -> None:
    _server, settings = box
    bad = write_letter("bad", address="two\nlines@house.test")
    good = write_letter("good")
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 1
    assert (read(bad).last_error, read(good).sent_at) == ("fault", NOW)
    assert "house.test" not in caplog.messages[0]


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


def test_a_letter_that_is_leaving_is_not_sent_again_by_hand(app: Flask) -> None:
    letter_id = write_letter()

    class Asked:
        """While the letter is carried, somebody presses the button."""

        def carry(self, letter: EmailMessage) -> None:
            assert not letters.send_again(read(letter_id), NOW)

    assert letters.send_due(NOW, Settings(), Asked()) == 1


def test_without_a_server_letters_are_files(app: Flask, tmp_path: Path) -> None:
    write_letter()
    settings = replace(Settings(), smtp_host="")
    carrier = carrier_for(settings, tmp_path)
    assert letters.send_due(NOW, settings, carrier) == 1
    [file] = (tmp_path / "letters").glob("*.eml")
    assert b"nadia@house.test" in file.read_bytes()


def test_a_folder_that_cannot_be_written_loses_nothing(app: Flask, tmp_path: Path) -> None:
    letter_id = write_letter()
    (tmp_path / "letters").write_text("a file is in the way")
    assert letters.send_due(NOW, Settings(), FileCarrier(tmp_path / "letters")) == 0
    assert (read(letter_id).handed_at, read(letter_id).last_error) == (None, "folder:FileExistsError")
