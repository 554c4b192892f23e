"""Append-only: who did what to what, when. Ids and codes only, never a name, a PIN or a token."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from fablab.db import Model, known_id, rows

if TYPE_CHECKING:
    from fablab.people.models import Person


class JournalEntry(Model):
    """One act. Rows are added, never changed."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_thing", "thing", "thing_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="empty: the program itself")
    verb: Mapped[str] = mapped_column(String(60))
    thing: Mapped[str] = mapped_column(String(40), comment="table of what was acted on")
    thing_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]


def note(
    session: Session,
    verb: str,
    thing: str,
    thing_id: int | None,
    *,
    by: "Person | None",
    now: datetime,
    **details: Any,
) -> None:
    """Write one line in the same transaction as the act; ``details`` must fit in JSON and name nobody."""
    actor_id = known_id(by) if by else None
    line = {"at": now, "actor_id": actor_id, "verb": verb, "thing": thing, "thing_id": thing_id, "details": details}
    rows(session, _LINE, line)


_LINE = insert(JournalEntry)
