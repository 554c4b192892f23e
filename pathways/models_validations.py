"""Validations, which are only ever added, and the current levels that follow from them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model
from fablab.people.models import Person
from pathways.models_groups import TrainingSession
from pathways.models_pathways import Competency, EvidenceKind


class ValidationBatch(Model):
    """What one named person saved at once; its key makes a double send save once."""

    __tablename__ = "validation_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"), index=True)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    author: Mapped[Person] = relationship()
    session: Mapped[TrainingSession | None] = relationship()
    validations: Mapped[list["Validation"]] = relationship(back_populates="batch", order_by="Validation.id")


class Validation(Model):
    """A level given by a named facilitator on a day, with the text of the criteria as it stood.

    Only ever added. A correction is a new row that points at the one it corrects, with a reason.
    """

    __tablename__ = "validation"
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 4", name="level_known"),
        CheckConstraint("person_id <> author_id", name="not_oneself"),
        CheckConstraint("(corrects_id IS NULL) = (reason IS NULL)", name="correction_says_why"),
        CheckConstraint("corrects_id IS NOT NULL OR level > 0", name="raises_something"),
        Index("ix_validation_person", "person_id", "competency_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("validation_batch.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"))
    level: Mapped[int]
    level_label: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"))
    evidence_code: Mapped[str] = mapped_column(ForeignKey("evidence_kind.code"))
    criteria: Mapped[list[str]] = mapped_column(comment="frozen copy of what had to be seen")
    title: Mapped[str] = mapped_column(
        String(160), default="", server_default="", comment="frozen: what the competency was called that day"
    )
    i_can: Mapped[str] = mapped_column(
        String(200), default="", server_default="", comment="frozen: the sentence young people read that day"
    )
    note: Mapped[str | None] = mapped_column(String(300), comment="about the skill, never about the person")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("validation.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(300))
    needs_second: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="counts once another person saw as much; frozen that day"
    )

    batch: Mapped[ValidationBatch] = relationship(back_populates="validations")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    competency: Mapped[Competency] = relationship()
    evidence: Mapped[EvidenceKind] = relationship()
    corrects: Mapped["Validation | None"] = relationship(remote_side="Validation.id")


class Mastery(Model):
    """The current level of somebody in a competency: a projection of the validations, rebuildable."""

    __tablename__ = "mastery"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    level: Mapped[int]
    validation_id: Mapped[int] = mapped_column(ForeignKey("validation.id"))

    validation: Mapped[Validation] = relationship()
    competency: Mapped[Competency] = relationship()


#: what the rules look at of a validation, after whose it is and of what: a Line, but for its moment
LINE_OF = (
    Validation.person_id,
    Validation.competency_id,
    Validation.id,
    Validation.level,
    Validation.corrects_id,
    Validation.author_id,
    Validation.needs_second,
)
