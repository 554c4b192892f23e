"""Letters and messages, written in the same transaction as the fact, sent or read later.

A notice's key makes it unique: the same reminder is written once, however often it is asked for.
The words of a notice live in templates/mail/<name>/: subject.txt and body.txt for the letter,
message.txt for the short message on the home page. What each is worth is in ``fablab.notices``.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ColumnElement, ForeignKey, Index, String, Text, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fablab import calendars, clock, identity
from fablab.db import Model
from fablab.i18n import language, speaking
from fablab.notices import MATTERING, NOTICES, told
from fablab.people.models import Person

#: under this age a letter holds no more than what and when: somebody else may read it
LETTERS_SAY_ALL_FROM = 18


class Letter(Model):
    """An e-mail to be sent.

    ``handed_at`` without ``sent_at``: it is leaving, or its sender was killed, or (with an error) nobody knows.
    """

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_due", "sent_at", "due_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    notice: Mapped[str | None] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    to_address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    calendar: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSON(none_as_null=True), comment="what it carries for the reader's calendar"
    )
    written_at: Mapped[datetime]
    due_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    repeated_at: Mapped[datetime | None] = mapped_column(comment="its sender was killed: it left again, once")
    tries: Mapped[int] = mapped_column(default=0)
    #: a code, and its values; never an address
    last_error: Mapped[str | None] = mapped_column(String(300))


class Message(Model):
    """A short text shown at the top of somebody's home page until read; the team calls about some of them."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_unread", "person_id", "read_at"),
        Index(
            "ix_message_call",
            "created_at",
            postgresql_where=text("call_for IS NOT NULL"),
            sqlite_where=text("call_for IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    notice: Mapped[str | None] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(String(500))
    link: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    about: Mapped[str | None] = mapped_column(String(40), comment="«booking:412»: what it speaks of")
    overtaken_at: Mapped[datetime | None] = mapped_column(comment="a newer one says how it is now")
    call_for: Mapped[str | None] = mapped_column(String(12), comment="why the team tells it: no letter reaches them")
    called_at: Mapped[datetime | None] = mapped_column(comment="somebody of the team told it")
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    called_by: Mapped[Person | None] = relationship(foreign_keys=[called_by_id])


def tell(
    session: Session,
    person: Person,
    notice: str,
    *,
    key: str,
    now: datetime,
    link: str | None = None,
    about: str | None = None,
    entries: Sequence[calendars.Entry] = (),
    **context: Any,
) -> None:
    """Write a message to somebody, and a letter too when one can reach them, as they chose.

    ``notice`` names the folder in templates/mail/; ``key`` makes it unique ("reminder:booking:412");
    ``link`` is a local path; ``entries`` go with the letter for their calendar. Said in the person's language.
    ``about`` ("booking:412") overtakes what was said of the same thing and is still unread.
    A key already used writes nothing.
    """
    way = told(NOTICES[notice], person.told_by)
    if not way.message or session.scalar(select(Message.id).where(Message.key == key)) is not None:
        return
    overtake(session, person, about, now, by=notice)
    reached_at = person.letters_reach if way.letter else None
    address = reached_at if identity.of(session).writes(notice) else None
    with speaking(person.language, now):
        said = _words(notice, "message.txt", person=person, link=link, **context)
        call_for = "no_address" if way.call and not reached_at else None
        session.add(
            Message(
                key=key,
                notice=notice,
                person_id=person.id,
                text=_cut(said, 500),
                link=link,
                about=about,
                created_at=now,
                call_for="refused" if call_for and person.letters_refused_at else call_for,
            )
        )
    if address:
        _write(session, address, notice, person, key=key, now=now, link=link, entries=entries, **context)


def confirm(
    session: Session,
    person: Person,
    notice: str,
    *,
    key: str,
    now: datetime,
    link: str | None = None,
    entries: Sequence[calendars.Entry] = (),
    **context: Any,
) -> None:
    """Write a letter about what somebody has just done themselves: the page said it, their calendar must know.

    Nothing for whoever has no address that works, or wants no letters about it. A key already used writes nothing.
    """
    address = person.letters_reach if told(NOTICES[notice], person.told_by).letter else None
    if address:
        _write(session, address, notice, person, key=key, now=now, link=link, entries=entries, **context)


def write_letter(
    session: Session, address: str, notice: str, *, key: str, now: datetime, person: Person | None, **context: Any
) -> None:
    """Write a letter to an address, in the language now spoken; sent by the job, never here."""
    _add(session, address, notice, key=key, now=now, person=person, **context)


def call_instead(session: Session, key: str, why: str) -> bool:
    """A letter does not reach its reader: the team tells them, if its message matters and is unread. Whether so."""
    waits = (Message.key == key) & standing() & Message.notice.in_(MATTERING)
    return session.scalar(update(Message).where(waits).values(call_for=why).returning(Message.id)) is not None


def call_no_more(session: Session, key: str) -> None:
    """A letter left after all: nobody has to be called about it, unless somebody did already."""
    waits = (Message.key == key) & Message.call_for.in_(("late", "unknown")) & Message.called_at.is_(None)
    session.execute(update(Message).where(waits).values(call_for=None))


def overtake(session: Session, person: Person, about: str | None, now: datetime, *, by: str | None = None) -> None:
    """What is still unread and untold about this is outdated: it is kept, and no longer asked to be read or told.

    What matters is overtaken only by a notice that matters too, or (``by`` none) by what the person did themselves.
    """
    if about is None:
        return
    older = (Message.person_id == person.id) & (Message.about == about) & standing() & Message.called_at.is_(None)
    if by is not None and by not in MATTERING:
        older &= Message.notice.not_in(MATTERING)
    session.execute(update(Message).where(older).values(overtaken_at=now))


def standing() -> ColumnElement[bool]:
    """Neither read nor overtaken by a newer message."""
    return Message.read_at.is_(None) & Message.overtaken_at.is_(None)


def unread(session: Session, person: Person) -> list[Message]:
    """The messages somebody has not read yet, newest first, twenty at most."""
    waiting = select(Message).where(Message.person_id == person.id, standing())
    return list(session.scalars(waiting.order_by(Message.id.desc()).limit(20)))


def _write(session: Session, address: str, notice: str, person: Person, *, now: datetime, **context: Any) -> None:
    """A letter in its reader's language, once; to a minor, no more than needed."""
    if session.scalar(select(Letter.id).where(Letter.key == context["key"])) is not None:
        return
    age = person.age_on(clock.local_day(now))
    brief = age is not None and age < LETTERS_SAY_ALL_FROM
    with speaking(person.language, now):
        _add(session, address, notice, now=now, person=person, brief=brief, **context)


def _add(
    session: Session,
    address: str,
    notice: str,
    *,
    key: str,
    now: datetime,
    entries: Sequence[calendars.Entry] = (),
    **context: Any,
) -> None:
    person: Person | None = context.get("person")
    words = _words(notice, "body.txt", **context)
    can_choose = bool(NOTICES[notice].group)
    session.add(
        Letter(
            key=key,
            notice=notice,
            person_id=person.id if person else None,
            to_address=address,
            language=language(),
            subject=_cut(_words(notice, "subject.txt", **context).replace("\r", " ").replace("\n", " "), 200),
            body=_tidy(_words(None, "frame.txt", words=words, can_choose=can_choose, **context)),
            calendar=calendars.kept(entries) or None,
            written_at=now,
            # A link that somebody asked for is never kept waiting.
            due_at=identity.of(session).leaves_at(now) if can_choose else now,
        )
    )


def _tidy(said: str) -> str:
    """What conditions of a template left between its lines goes: spaces at their end, blank lines after another."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", said)) + "\n"


def _cut(said: str, most: int) -> str:
    """At most so many characters: PostgreSQL refuses longer ones, and with them the act that is told."""
    return said if len(said) <= most else said[: most - 1] + "…"


def _words(notice: str | None, name: str, **context: Any) -> str:
    # Not render_template: a letter has no frame, and whoever writes it may be a job without a page.
    where = f"mail/{notice}/{name}" if notice else f"mail/{name}"
    return current_app.jinja_env.get_template(where).render(context).strip()
