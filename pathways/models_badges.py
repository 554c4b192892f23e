"""Badges: what each asks and opens, who may hand it over, who holds it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Resource
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from pathways.models_pathways import Competency, Pathway, PathwayVersion


class Badge(Model):
    """What can be earned. Safety badges expire and open machines; skill badges do neither."""

    __tablename__ = "badge"
    __table_args__ = (one_of("kind", ("safety", "stage", "pathway")),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(160))
    position: Mapped[int] = mapped_column(default=0)
    validity_months: Mapped[int | None] = mapped_column(comment="from the hand-over to the end of that day N months on")
    disuse_months: Mapped[int | None] = mapped_column(comment="lapses without use of a machine it opens; when read")
    min_age: Mapped[int | None]
    renewal_minutes: Mapped[int | None]
    renewal_test: Mapped[str | None] = mapped_column(String(200))
    training_minutes: Mapped[int | None] = mapped_column(comment="a first training; empty: the house's usual hour")
    training_places: Mapped[int | None] = mapped_column(comment="how many learn at once; empty: one")
    pathway_id: Mapped[int | None] = mapped_column(ForeignKey("pathway.id"), comment="of a stage or pathway badge")
    stage_code: Mapped[str | None] = mapped_column(String(10))

    requirements: Mapped[list["BadgeRequirement"]] = relationship(
        back_populates="badge", order_by="BadgeRequirement.id"
    )
    prerequisites: Mapped[list["BadgePrerequisite"]] = relationship(
        back_populates="badge", foreign_keys="BadgePrerequisite.badge_id", order_by="BadgePrerequisite.id"
    )
    openings: Mapped[list["BadgeOpening"]] = relationship(back_populates="badge", order_by="BadgeOpening.id")
    pathway: Mapped[Pathway | None] = relationship()


class BadgeRequirement(Model):
    """A competency and the level that a safety badge asks."""

    __tablename__ = "badge_requirement"
    __table_args__ = (UniqueConstraint("badge_id", "competency_id", name="uq_badge_requirement"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), index=True)
    level: Mapped[int]

    badge: Mapped[Badge] = relationship(back_populates="requirements")
    competency: Mapped[Competency] = relationship()


class BadgePrerequisite(Model):
    """A badge that must be valid for another one to be."""

    __tablename__ = "badge_prerequisite"
    __table_args__ = (UniqueConstraint("badge_id", "required_id", name="uq_badge_prerequisite"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    required_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))

    badge: Mapped[Badge] = relationship(back_populates="prerequisites", foreign_keys=[badge_id])
    required: Mapped[Badge] = relationship(foreign_keys=[required_id])


class BadgeOpening(Model):
    """A resource that a badge opens; using it keeps the badge alive."""

    __tablename__ = "badge_opening"
    __table_args__ = (UniqueConstraint("badge_id", "resource_id", name="uq_badge_opening"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)

    badge: Mapped[Badge] = relationship(back_populates="openings")
    resource: Mapped[Resource] = relationship()


class ValidatorRight(Model):
    """A facilitator may hand over a safety badge (and validate what it asks), from a day to another."""

    __tablename__ = "validator_right"
    __table_args__ = (Index("ix_validator_right_person", "person_id", "badge_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(comment="last day; empty: until ended")
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    badge: Mapped[Badge] = relationship()


class Award(Model):
    """A badge held by somebody: author, proof, days; ended, never deleted."""

    __tablename__ = "award"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="end_says_why"),
        Index("ix_award_person", "person_id", "badge_id"),
        Index("ix_award_expiry", "expires_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    key: Mapped[str] = mapped_column(String(120), unique=True, comment="once only: person, badge, version or successor")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("pathway_version.id"), comment="of a skill badge")
    badge_name: Mapped[str] = mapped_column(String(160), comment="as it was called that day")
    proof: Mapped[list[Any]] = mapped_column(JSON, comment="validations (ids, levels, labels) that earned it, frozen")
    awarded_at: Mapped[datetime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="empty: came by itself")
    expires_at: Mapped[datetime | None] = mapped_column(comment="first moment it is no longer valid; empty: never")
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None] = mapped_column(String(300), comment="as typed; empty when ended_reasons says it")
    ended_reasons: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSON(none_as_null=True), comment="why it ended by itself, as codes said in the reader's language"
    )
    undone_at: Mapped[datetime | None] = mapped_column(comment="given by mistake, undone the same day: never held")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), unique=True, comment="the award it follows")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    badge: Mapped[Badge] = relationship()
    version: Mapped[PathwayVersion | None] = relationship()
