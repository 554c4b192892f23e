"""The outbox's sender: takes each letter due, hands it to the mail server, and never sends one twice knowingly.

Without a mail server, letters become files in instance/letters/, and the operations page says so.
"""

import hashlib
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol

from sqlalchemy import select, update

from fablab.config import Settings
from fablab.db import db, transaction
from fablab.outbox import Letter

MAX_TRIES = 8
FIRST_DELAY = timedelta(minutes=1)


class NotAccepted(Exception):
    """The server said no, or could not be reached: the letter certainly did not leave."""


class Carrier(Protocol):
    """What takes a letter away."""

    def carry(self, letter: EmailMessage) -> None:
        """Take one letter. Raises NotAccepted when it surely did not leave."""


class SmtpCarrier:
    """A mail server, one connection a letter."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def carry(self, letter: EmailMessage) -> None:
        """Hand over one letter; any other error than NotAccepted means that nobody knows."""
        try:
            server = smtplib.SMTP(self.settings.smtp_host, self.settings.smtp_port, timeout=20)
        except OSError as error:
            raise NotAccepted(f"no connection: {error.__class__.__name__}") from error
        with server:
            try:
                if self.settings.smtp_starttls:
                    server.starttls()
                if self.settings.smtp_user:
                    server.login(self.settings.smtp_user, self.settings.smtp_password)
                server.send_message(letter)
            except smtplib.SMTPRecipientsRefused as error:
                raise NotAccepted("the address was refused") from error
            except smtplib.SMTPResponseException as error:
                raise NotAccepted(f"the server answered {error.smtp_code}") from error


class FileCarrier:
    """A folder of .eml files, for a house without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def carry(self, letter: EmailMessage) -> None:
        """Write one file, named after the letter's own id."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = str(letter["Message-ID"]).strip("<>").split("@")[0]
        (self.folder / f"{name}.eml").write_bytes(letter.as_bytes(policy=SMTP))


def carrier_for(settings: Settings, instance: Path) -> Carrier:
    """The mail server when one is set, else the folder instance/letters/."""
    return SmtpCarrier(settings) if settings.smtp_host else FileCarrier(instance / "letters")


def send_due(now: datetime, settings: Settings, carrier: Carrier) -> int:
    """Send every letter that is due, one by one; may run twice at once without harm. Says how many left."""
    sent = 0
    for letter_id in _due(now):
        if _hand_over(letter_id, now):
            sent += _send_one(letter_id, now, settings, carrier)
    return sent


def send_again(letter: Letter, now: datetime) -> None:
    """A person decided: a letter given up, or of which nobody knows whether it left, becomes due again."""
    letter_id = letter.id
    with transaction() as session:
        session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.sent_at.is_(None))
            .values(handed_at=None, given_up_at=None, due_at=now, tries=0)
        )


def _due(now: datetime) -> list[int]:
    session = db.session()
    due = select(Letter.id).where(
        Letter.sent_at.is_(None), Letter.handed_at.is_(None), Letter.given_up_at.is_(None), Letter.due_at <= now
    )
    found = list(session.scalars(due.order_by(Letter.due_at, Letter.id).limit(200)))
    session.rollback()
    return found


def _hand_over(letter_id: int, now: datetime) -> bool:
    """True for one caller only, however many workers ask."""
    with transaction() as session:
        free = (Letter.id == letter_id) & Letter.handed_at.is_(None) & Letter.sent_at.is_(None)
        mine = update(Letter).where(free).values(handed_at=now, tries=Letter.tries + 1).returning(Letter.id)
        return session.scalar(mine) is not None


def _send_one(letter_id: int, now: datetime, settings: Settings, carrier: Carrier) -> int:
    letter = db.session().get_one(Letter, letter_id, populate_existing=True)
    tries = letter.tries
    envelope = _envelope(letter, settings)
    db.session().rollback()  # no reading is left open while the server answers
    try:
        carrier.carry(envelope)
    except NotAccepted as error:
        _put_back(letter_id, tries, now, str(error))
        return 0
    except (OSError, smtplib.SMTPException) as error:
        # Broken off half-way: it may have left. It waits, shown, for a person.
        _write(letter_id, last_error=f"unknown whether it left: {error.__class__.__name__}")
        return 0
    _write(letter_id, sent_at=now, last_error=None)
    return 1


def _put_back(letter_id: int, tries: int, now: datetime, error: str) -> None:
    if tries >= MAX_TRIES:
        _write(letter_id, given_up_at=now, last_error=error)
    else:
        _write(letter_id, handed_at=None, due_at=now + FIRST_DELAY * 4 ** (tries - 1), last_error=error)


def _write(letter_id: int, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Letter).where(Letter.id == letter_id).values(**values))


def _envelope(letter: Letter, settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = letter.to_address
    message["Subject"] = letter.subject
    # Made from the key, so that a letter sent twice by a person is still one letter for the mail server.
    name = hashlib.sha256(letter.key.encode()).hexdigest()[:40]
    message["Message-ID"] = f"<{name}@{settings.mail_from.rpartition('@')[2]}>"
    message["Date"] = letter.written_at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    return message
