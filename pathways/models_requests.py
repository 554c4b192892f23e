"""What young people ask of the team: to be trained for a badge, to be seen for a competency."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Resource
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from pathways.models_badges import Badge
from pathways.models_groups import TrainingSession
from pathways.models_pathways import Competency

#: waiting for the team; a slot is planned; answered with words; the badge came; given up
TRAINING_STATUSES = ("waiting", "planned", "answered", "done", "withdrawn")
VALIDATION_OUTCOMES = ("validated", "to_complete", "not_yet", "withdrawn")


class TrainingRequest(Model):
    """«Je demande à être formé»: somebody wants a safety badge, or wants it again. One open at a time."""

    __tablename__ = "training_request"
    __table_args__ = (
        one_of("status", TRAINING_STATUSES),
        CheckConstraint("(closed_at IS NOT NULL) = (status IN ('done', 'withdrawn'))", name="closed_when_over"),
        Index(
            "uq_training_request_open",
            "person_id",
            "badge_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index("ix_training_request_badge", "badge_id", "asked_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), comment="the machine it was asked from")
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    asked_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(300), comment="words of the team; never about the person")
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"), comment="the session to join")
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    badge: Mapped[Badge] = relationship()
    resource: Mapped[Resource | None] = relationship()
    training_session: Mapped[TrainingSession | None] = relationship()
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])


class ValidationRequest(Model):
    """«Je pense y arriver»: somebody's own level and a sentence. Shown beside, never counted."""

    __tablename__ = "validation_request"
    __table_args__ = (
        CheckConstraint("own_level BETWEEN 1 AND 4", name="own_level_known"),
        one_of("outcome", VALIDATION_OUTCOMES),
        CheckConstraint("(closed_at IS NULL) = (outcome IS NULL)", name="closed_says_how"),
        Index(
            "uq_validation_request_open",
            "person_id",
            "competency_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index("ix_validation_request_waiting", "closed_at", "asked_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"))
    title: Mapped[str | None] = mapped_column(String(160), comment="frozen: what the competency was called that day")
    own_level: Mapped[int]
    words: Mapped[str] = mapped_column(String(200), comment="the young person's own sentence")
    asked_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(12))
    answer_code: Mapped[str | None] = mapped_column(String(20), comment="kind words chosen from the list")
    answer: Mapped[str | None] = mapped_column(String(300), comment="about the skill, never about the person")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    competency: Mapped[Competency] = relationship()
    answered_by: Mapped[Person | None] = relationship(foreign_keys=[answered_by_id])
