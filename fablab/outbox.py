"""Letters and messages, written in the same transaction as the fact, sent or read later.

A letter's key makes it unique: the same reminder is written once, however often it is asked for.
The words of a notice live in templates/mail/<name>/: subject.txt and body.txt for the letter,
message.txt for the short message on the home page.
"""

from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fablab.db import Model
from fablab.i18n import speaking
from fablab.people.models import Person


class Letter(Model):
    """An e-mail to be sent. After ``handed_at`` without ``sent_at`` nobody knows: it waits for a person."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_due", "sent_at", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    to_address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(300))


class Message(Model):
    """A short text shown at the top of somebody's home page until read."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_unread", "person_id", "read_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(500))
    link: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


def tell(
    session: Session,
    person: Person,
    notice: str,
    *,
    key: str,
    now: datetime,
    link: str | None = None,
    **context: Any,
) -> None:
    """Write a message to somebody, and a letter too when an address is known.

    ``notice`` names the folder in templates/mail/; ``key`` makes it unique ("reminder:booking:412");
    ``link`` is a local path. Said in the person's language. A key already used writes nothing.
    """
    if session.scalar(select(Message.id).where(Message.key == key)) is not None:
        return
    with speaking(person.language):
        text = _words(notice, "message.txt", person=person, link=link, **context)
        session.add(Message(key=key, person_id=person.id, text=_cut(text, 500), link=link, created_at=now))
        if person.email:
            write_letter(session, person.email, notice, key=key, now=now, person=person, link=link, **context)


def write_letter(
    session: Session,
    address: str,
    notice: str,
    *,
    key: str,
    now: datetime,
    person: Person | None = None,
    **context: Any,
) -> None:
    """Write a letter to an address, in the language now spoken; sent by the job, never here."""
    session.add(
        Letter(
            key=key,
            person_id=person.id if person else None,
            to_address=address,
            subject=_cut(_words(notice, "subject.txt", person=person, **context).replace("\n", " "), 200),
            body=_words(notice, "body.txt", person=person, **context) + "\n",
            written_at=now,
            due_at=now,
        )
    )


def unread(session: Session, person: Person) -> list[Message]:
    """The messages somebody has not read yet, newest first, twenty at most."""
    waiting = select(Message).where(Message.person_id == person.id, Message.read_at.is_(None))
    return list(session.scalars(waiting.order_by(Message.id.desc()).limit(20)))


def _cut(text: str, most: int) -> str:
    """At most so many characters: PostgreSQL refuses longer ones, and with them the act that is told."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _words(notice: str, name: str, **context: Any) -> str:
    # Not render_template: a letter has no frame, and whoever writes it may be a job without a page.
    return current_app.jinja_env.get_template(f"mail/{notice}/{name}").render(context).strip()
