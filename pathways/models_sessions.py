"""What is written about a session itself, and which calls of its roll were already received."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, one_of
from fablab.people.models import Person
from pathways.models_groups import TrainingSession
from pathways.values_sessions import NOTE_KINDS, NOTE_LENGTH


class SessionNote(Model):
    """A note about a session, never about a person; or a near-miss or an accident, with who was told.

    Taken away, its row is gone: what may have named somebody is kept nowhere. The journal says that it was there.
    """

    __tablename__ = "session_note"
    __table_args__ = (one_of("kind", NOTE_KINDS), Index("ix_session_note_session", "session_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(NOTE_LENGTH), comment="about the session, never about a person")
    told: Mapped[list[str]] = mapped_column(comment="codes of who was told of an accident")
    at: Mapped[datetime]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, comment="a form sent twice writes once")

    session: Mapped[TrainingSession] = relationship()
    author: Mapped[Person] = relationship()


class RollCall(Model):
    """A call of the roll that was received: its key makes a double send count once."""

    __tablename__ = "roll_call"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
