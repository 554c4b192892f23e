"""What an organisation gives the house: its papers, each looked at by somebody; and conditions found to be met."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person, Structure
from rooms.values_papers import CONDITIONS, KINDS


class StructurePaper(Model):
    """A paper that was sent: to be looked at until it has an answer. Its file goes when it is taken back."""

    __tablename__ = "structure_paper"
    __table_args__ = (
        one_of("kind", KINDS),
        one_of("answer", ("accepted", "refused", "withdrawn")),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("covers_from <= covers_until", name="covers_a_time"),
        CheckConstraint("(answer = 'refused') = (reason IS NOT NULL) OR answer IS NULL", name="refused_why"),
        Index("ix_structure_paper_of", "structure_id", "kind", "answer", "covers_until"),
        Index(
            "ix_structure_paper_sent",
            "sent_at",
            postgresql_where=text("answer IS NULL"),
            sqlite_where=text("answer IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    kind: Mapped[str] = mapped_column(String(20))
    covers_from: Mapped[date | None] = mapped_column(comment="first day, as written on it; empty: since before")
    covers_until: Mapped[date | None] = mapped_column(comment="last day, as written on it; empty: until it changes")
    file_key: Mapped[str | None] = mapped_column(String(32))
    file_name: Mapped[str] = mapped_column(String(80))
    request_key: Mapped[str] = mapped_column(String(64), unique=True, comment="a form sent twice sends one paper")
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(10), comment="empty: to be looked at")
    reason: Mapped[str | None] = mapped_column(String(40), comment="why refused, of the house's list")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    structure: Mapped[Structure] = relationship()
    sent_by: Mapped[Person] = relationship(foreign_keys=[sent_by_id])
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])


class StructureCondition(Model):
    """Somebody found that an organisation meets a condition, from a day on, and says what shows it."""

    __tablename__ = "structure_condition"
    __table_args__ = (
        one_of("condition", CONDITIONS),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_by"),
        Index(
            "uq_structure_condition_met",
            "structure_id",
            "condition",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
            sqlite_where=text("taken_back_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    condition: Mapped[str] = mapped_column(String(30))
    met_on: Mapped[date]
    proof: Mapped[str] = mapped_column(String(200), comment="what shows it; never about a person")
    noted_at: Mapped[datetime]
    noted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    structure: Mapped[Structure] = relationship()
    noted_by: Mapped[Person] = relationship(foreign_keys=[noted_by_id])
