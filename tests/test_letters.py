"""The outbox's sender, against real SMTP servers on this machine: nothing lost, nothing twice knowingly."""

import smtplib
import socket
import time
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
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import letters
from fablab.carriers import FileCarrier, SmtpCarrier, carrier_for, is_no_such_address
from fablab.config import Settings
from fablab.db import db, transaction
from fablab.outbox import Letter, Message, tell
from fablab.people.models import Person
from tests.conftest import NOW
from tests.mail_server import STEPS, OddServer
from tests.make import make_young

ADDRESS = "nadia@house.test"


class Box:
    """What a well-made mail server received, and how it is to answer."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.answers: dict[str, str] = {}

    async def handle_MAIL(
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("sender", "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("recipient", "250 OK")

    async def handle_DATA(self, _server: SMTP, _session: SmtpSession, envelope: Envelope) -> str:
        answer = self.answers.get("letter", "250 OK")
        if answer.startswith("250"):
            self.received.append(envelope)
        return answer


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


@pytest.fixture
def nadia(app: Flask) -> Person:
    return make_young("Nadia", letters_to=ADDRESS)


def write_letter(key: str = "reminder:1", address: str = ADDRESS, person: Person | None = None) -> int:
    with transaction() as session:
        letter = Letter(
            key=key,
            person_id=person.id if person else None,
            to_address=address,
            subject="À demain",
            body="Mardi à 14\u00a0h.\n.\nUn point seul ne finit rien.\n",
            language="fr",
            written_at=NOW,
            due_at=NOW,
        )
        session.add(letter)
    return letter.id


def tell_moved(person: Person, key: str = "moved:1") -> None:
    """Something that matters."""
    with transaction() as session:
        tell(session, person, "session-moved", key=key, now=NOW, title="Découpe", when=NOW, before=NOW)


def read(letter_id: int) -> Letter:
    return db.session().get_one(Letter, letter_id, populate_existing=True)


def letter_of(key: str = "moved:1") -> Letter:
    return db.session().scalars(select(Letter).filter_by(key=key).execution_options(populate_existing=True)).one()


def call_for(key: str = "moved:1") -> str | None:
    return db.session().scalar(select(Message.call_for).filter_by(key=key))


def quick(settings: Settings, **patience: float) -> SmtpCarrier:
    return SmtpCarrier(settings, **{"patience": 0.3, "last_patience": 0.3, "whole_patience": 5.0, **patience})


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


def test_a_refused_address_is_given_up_at_once_and_its_person_is_called(
    nadia: Person, box: tuple[Box, Settings], session: Session
) -> None:
    server, settings = box
    server.answers = {"recipient": "550 5.1.1 No such user"}
    tell_moved(nadia)
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 0
    assert (letter_of().given_up_at, letter_of().tries) == (NOW, 1)
    assert call_for() == "refused"
    session.refresh(nadia)
    assert nadia.letters_refused_at == NOW
    assert [one.notice for one in session.scalars(select(Message).order_by(Message.id))] == [
        "session-moved",
        "address-refused",
    ]
    tell_moved(nadia, "moved:2")
    assert call_for("moved:2") == "refused", "nothing is written any more to an address that is none"
    assert session.scalar(select(Letter.id).filter_by(key="moved:2")) is None


def test_a_refused_address_of_a_letter_that_does_not_matter_puts_its_person_on_the_list_once(
    nadia: Person, box: tuple[Box, Settings], session: Session
) -> None:
    server, settings = box
    server.answers = {"recipient": "550 unknown"}
    write_letter("a", person=nadia)
    write_letter("b", person=nadia)
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 0
    [told] = session.scalars(select(Message))
    assert (told.notice, told.call_for, told.person_id) == ("address-refused", "refused", nadia.id)


def test_an_address_that_works_again_is_believed(nadia: Person, box: tuple[Box, Settings], session: Session) -> None:
    _server, settings = box
    with transaction():
        session.refresh(nadia)
        nadia.letters_refused_at = NOW
    write_letter(person=nadia)
    assert letters.send_due(NOW, settings, SmtpCarrier(settings)) == 1
    session.refresh(nadia)
    assert nadia.letters_refused_at is None


@pytest.mark.parametrize(
    ("code", "said", "wrong"),
    [
        (550, b"no such user", True),
        (550, b"5.1.1 no such user", True),
        (553, b"5.1.3 not an address", True),
        (550, b"5.7.1 relaying denied", False),
        (552, b"5.2.2 mailbox full", False),
        (550, b"5.2.2 mailbox full", False),
        (554, b"5.7.1 we do not like you", False),
        (450, b"4.2.1 later", False),
    ],
)
def test_only_what_speaks_of_the_address_condemns_it(code: int, said: bytes, wrong: bool) -> None:
    assert is_no_such_address(code, said) is wrong


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
    began = time.perf_counter()
    assert letters.send_due(NOW, server.settings, quick(server.settings)) == 0
    assert time.perf_counter() - began < 2
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
    write_letter()
    began = time.perf_counter()
    assert letters.send_due(NOW, server.settings, quick(server.settings, whole_patience=0.5)) == 0
    assert time.perf_counter() - began < 3
    server.stop()


def test_a_letter_that_left_is_marked_although_the_server_breaks_off_the_goodbye(app: Flask) -> None:
    server = OddServer()
    server.on_received = lambda: server.odd.update(greeting="drop")
    letter_id = write_letter()
    assert letters.send_due(NOW, server.settings, SmtpCarrier(server.settings)) == 1
    assert read(letter_id).sent_at == NOW
    server.stop()


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


def test_what_is_not_committed_never_leaves(app: Flask, session: Session, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), transaction() as writing:
        writing.add(Letter(key="x", to_address="a@b.c", subject="s", body="b", written_at=NOW, due_at=NOW))
        writing.flush()
        _ = 1 / 0
    assert letters.send_due(NOW, Settings(), FileCarrier(tmp_path)) == 0
