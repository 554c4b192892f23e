"""Letters handed over under encryption: to the server that proves who it is, and to no other."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask

from fablab import clock, letters
from fablab.carriers import SmtpCarrier
from fablab.config import Settings
from fablab.home import doctor
from tests.conftest import NOW
from tests.letters.given import Box, free_port, read, write_letter

#: made for these tests alone: a certificate for 127.0.0.1 that nobody signed, good until 2126, and its key
CERTIFICATE = Path(__file__).with_name("mail_server.pem")


class SealedBox(Box):
    """What a mail server received, and under which cipher."""

    def __init__(self) -> None:
        super().__init__()
        self.ciphers: list[object] = []

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        self.ciphers.append(session.ssl and session.ssl["cipher"])
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def sealed() -> Iterator[tuple[SealedBox, Settings]]:
    """A server that takes letters under encryption only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    handler = SealedBox()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True)
    controller.start()
    yield handler, Settings(smtp_host="127.0.0.1", smtp_port=port, mail_from="la-dynamo@house.test", smtp_starttls=True)
    controller.stop()


def test_a_letter_goes_encrypted_to_a_server_that_proves_who_it_is(
    app: Flask, sealed: tuple[SealedBox, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, settings = sealed
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    letter_id = write_letter()
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 1
    assert read(letter_id).sent_at == NOW
    [cipher] = server.ciphers
    assert cipher


def test_a_certificate_that_nobody_vouches_for_gets_no_letter(
    app: Flask, sealed: tuple[SealedBox, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, settings = sealed
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    letter_id = write_letter()
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 0
    assert (server.received, read(letter_id).sent_at) == ([], None)
    assert read(letter_id).last_error == "broken:starttls"


def test_the_doctor_names_a_server_that_does_not_prove_who_it_is(
    shared_database: Flask, sealed: tuple[SealedBox, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    _server, settings = sealed
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setitem(shared_database.config, "SETTINGS", settings)
    wrong = [one.what for one in doctor.examine(shared_database, clock.now()) if one.level == "wrong"]
    assert any("does not prove who it is (self-signed certificate)" in one for one in wrong)


def test_a_server_without_encryption_gets_no_letter_where_encryption_is_asked_for(
    app: Flask, box: tuple[Box, Settings]
) -> None:
    server, settings = box
    letter_id = write_letter()
    asked = replace(settings, smtp_starttls=True)
    assert letters.send_due(NOW, asked, SmtpCarrier(asked)) == 0
    assert (server.received, read(letter_id).last_error) == ([], "broken:starttls")
