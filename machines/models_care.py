"""What a machine needs to stay well: what is planned, how often, and the log of what was done."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Closure
from fablab.db import Model, new_public_id
from fablab.people.models import Person
from machines.models import Machine
from machines.values_care import NAME_LENGTH, WORDS_LENGTH


class Care(Model):
    """Something to do on a machine again and again: every so many days, or hours of use, whichever comes first.

    When it was last done stands in the log alone.
    """

    __tablename__ = "machine_care"
    __table_args__ = (
        CheckConstraint("every_days IS NOT NULL OR every_hours IS NOT NULL", name="comes_back"),
        CheckConstraint("every_days > 0", name="days_positive"),
        CheckConstraint("every_hours > 0", name="hours_positive"),
        Index(
            "ix_machine_care_planned",
            "machine_id",
            postgresql_where=text("stopped_at IS NULL"),
            sqlite_where=text("stopped_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    steps: Mapped[list[str]] = mapped_column(JSON, comment="its checklist, in order")
    every_days: Mapped[int | None]
    every_hours: Mapped[int | None] = mapped_column(comment="hours of use of the machine")
    counts_from: Mapped[datetime] = mapped_column(comment="since when it counts, until it is done a first time")
    closure_id: Mapped[int | None] = mapped_column(ForeignKey("closure.id"), comment="of the last time it stopped")
    planned_at: Mapped[datetime]
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stopped_at: Mapped[datetime | None]
    stopped_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    machine: Mapped[Machine] = relationship()
    closure: Mapped[Closure | None] = relationship()

    @property
    def touches(self) -> list[tuple[str, int | None]]:
        """What it is about, as the journal says it."""
        return [("resource", self.machine_id)]

    def closed_now(self, now: datetime) -> bool:
        """Whether the machine is stopped for it."""
        closure = self.closure
        return closure is not None and closure.lifted_at is None and (closure.ends_at is None or closure.ends_at > now)


class CareLine(Model):
    """A line of a machine's log: something planned that was done, or a word about the machine. Never about people."""

    __tablename__ = "machine_care_line"
    __table_args__ = (
        CheckConstraint("care_id IS NOT NULL OR words IS NOT NULL", name="says_something"),
        Index("ix_machine_care_line_machine", "machine_id", "written_at"),
        Index("ix_machine_care_line_care", "care_id", "written_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    care_id: Mapped[int | None] = mapped_column(ForeignKey("machine_care.id"), comment="what was done, all its steps")
    words: Mapped[str | None] = mapped_column(String(WORDS_LENGTH))
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    request_key: Mapped[str] = mapped_column(String(64), unique=True, comment="a form sent twice is one line")
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    machine: Mapped[Machine] = relationship()
    care: Mapped[Care | None] = relationship()
    written_by: Mapped[Person] = relationship(foreign_keys=[written_by_id])

    @property
    def touches(self) -> list[tuple[str, int | None]]:
        """What it is about, as the journal says it."""
        return [("resource", self.machine_id)]
