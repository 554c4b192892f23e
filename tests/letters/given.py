"""A mail server that behaves, and what tests of letters write, read and carry with."""

import socket

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy import select

from fablab.carriers import SmtpCarrier
from fablab.config import Settings
from fablab.db import db, transaction
from fablab.outbox import Letter, Message, tell
from fablab.people.models import Person
from tests.conftest import NOW

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


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


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
