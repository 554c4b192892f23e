"""Append-only: who did what to what, when. Ids and codes only, never a name, a PIN or a token."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from fablab.db import Model, known_id
from fablab.journal_words import SAID

if TYPE_CHECKING:
    from fablab.people.models import Person

#: a table and the id of a row in it, as ("person", 12); without an id it says nothing
About = tuple[str, int | None]


class JournalEntry(Model):
    """One act. Rows are added, never changed."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_thing", "thing", "thing_id", "at"),
        Index("ix_journal_entry_at", "at", "id"),
        Index("ix_journal_entry_actor", "actor_id", "at", "id"),
        Index("ix_journal_entry_verb", "verb", "at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="empty: the program itself")
    verb: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(40), comment="table of what was acted on")
    thing_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


class JournalAbout(Model):
    """What an act touches: the people, the machine, the group. This is how an entry is found again by them."""

    __tablename__ = "journal_about"
    thing: Mapped[str] = mapped_column(String(40), primary_key=True, comment="table of what is touched")
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True, comment="as of the entry: found in order")
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("journal_entry.id"), primary_key=True, autoincrement=False, index=True
    )


def note(
    session: Session,
    verb: str,
    thing: str,
    thing_id: int | None,
    *,
    by: "Person | None",
    now: datetime,
    about: Iterable[About] = (),
    **details: Any,
) -> None:
    """Write one line in the same transaction as the act; ``details`` must fit in JSON and name nobody.

    ``about`` says what else the act touches, people above all: whoever searches for them finds the line.
    A verb that has no words is a bug: KeyError.
    """
    if verb not in SAID:
        raise KeyError(verb)
    actor_id = known_id(by) if by else None
    line = {"at": now, "actor_id": actor_id, "verb": verb, "thing": thing, "thing_id": thing_id, "details": details}
    session.flush()  # in the order of the acts
    [entry_id] = session.connection().execute(_LINE, line).inserted_primary_key or [None]
    touched = [
        {"thing": what, "thing_id": id_, "at": now, "entry_id": entry_id}
        for what, id_ in dict.fromkeys(about)
        if id_ is not None and (what, id_) != (thing, thing_id)
    ]
    if touched:
        session.connection().execute(_TOUCHED, touched)


def people(ids: Iterable[int]) -> list[About]:
    """These people, as ``about`` says them."""
    return [("person", id_) for id_ in ids]


_LINE = insert(JournalEntry)
_TOUCHED = insert(JournalAbout)
