"""The rights of people over what is held about them: who opened their file, what they asked."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from fablab.people.rules_keeping import REASONS

#: what can be asked: a mistake mended, everything erased, photos deleted (asked by the withdrawal of the agreement)
REQUEST_KINDS = ("correction", "erasure", "photos")


class FileOpening(Model):
    """Somebody of the team opened a young person's file on a day."""

    __tablename__ = "file_opening"
    __table_args__ = (UniqueConstraint("person_id", "reader_id", "day", name="uq_file_opening"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date] = mapped_column(index=True)
    first_at: Mapped[datetime]

    reader: Mapped[Person] = relationship(foreign_keys=[reader_id])


class DataRequest(Model):
    """What a young person asks about their own data; answered within a month."""

    __tablename__ = "data_request"
    __table_args__ = (
        one_of("kind", REQUEST_KINDS),
        Index(
            "ix_data_request_open",
            "asked_at",
            postgresql_where=text("answered_at IS NULL"),
            sqlite_where=text("answered_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str | None] = mapped_column(String(500), comment="in the words of the young person")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(500), comment="read by the young person")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])


class FileEnding(Model):
    """A young person of whom nothing was heard for long: since when the end of their file is said, or until when it
    is kept all the same, by whom and why."""

    __tablename__ = "file_ending"
    __table_args__ = (
        one_of("kept_why", REASONS),
        CheckConstraint("(kept_until IS NULL) = (kept_why IS NULL)", name="kept_says_why"),
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    listed_on: Mapped[date]
    kept_until: Mapped[date | None]
    kept_why: Mapped[str | None] = mapped_column(String(20), comment="code of a reason")
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    kept_by: Mapped[Person | None] = relationship(foreign_keys=[kept_by_id])
