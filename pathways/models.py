"""Training: versioned pathways, groups and sessions, validations that are only ever added, badges."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking, Resource
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from pathways.values import ATTENDANCES

ENROLMENT_STATUSES = (
    "referred", "enrolled", "under_way", "finished", "dropped", "interrupted", "redirected", "moved_away",
)  # fmt: skip
OPEN_ENROLMENT = ("enrolled", "under_way")
PRESENT = ("present", "late")


class Level(Model):
    """One step of the scale by which a competency is validated (0 is «not seen yet»)."""

    __tablename__ = "level"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    label: Mapped[str] = mapped_column(String(60))
    young_label: Mapped[str] = mapped_column(String(120))


class EvidenceKind(Model):
    """A kind of proof, and whether a file may come with it."""

    __tablename__ = "evidence_kind"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    file: Mapped[str] = mapped_column(String(20), comment="not_required, possible")


class Competency(Model):
    """Something a facilitator can see somebody do; validated in one pathway, it counts in the others."""

    __tablename__ = "competency"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    family: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(160))
    i_can: Mapped[str] = mapped_column(String(200), comment="the sentence young people read")
    criteria: Mapped[list[str]] = mapped_column(comment="what the facilitator must see")
    evidence_code: Mapped[str] = mapped_column(ForeignKey("evidence_kind.code"))
    alignments: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)

    evidence: Mapped[EvidenceKind] = relationship()


class Pathway(Model):
    """One of the house's pathways, across its versions."""

    __tablename__ = "pathway"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    position: Mapped[int] = mapped_column(default=0)

    versions: Mapped[list["PathwayVersion"]] = relationship(back_populates="pathway", order_by="PathwayVersion.number")


class PathwayVersion(Model):
    """A pathway as it was published: frozen from then on; an enrolment is pinned to one."""

    __tablename__ = "pathway_version"
    __table_args__ = (
        one_of("status", ("draft", "published", "retired")),
        UniqueConstraint("pathway_id", "number", name="uq_pathway_version"),
        Index(
            "uq_pathway_version_published",
            "pathway_id",
            unique=True,
            postgresql_where=text("status = 'published'"),
            sqlite_where=text("status = 'published'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    pathway_id: Mapped[int] = mapped_column(ForeignKey("pathway.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    published_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(String(160))
    young_label: Mapped[str] = mapped_column(String(200))
    colour: Mapped[str] = mapped_column(String(7))
    situations: Mapped[list[str]]
    min_age: Mapped[int]
    max_age: Mapped[int]
    audience: Mapped[str] = mapped_column(String(250))
    extended_max_age: Mapped[int | None]
    extended_condition: Mapped[str | None] = mapped_column(String(200))
    prescribers: Mapped[list[str]]
    hours: Mapped[int]
    session_count: Mapped[int]
    session_hours: Mapped[int]
    rhythm: Mapped[str] = mapped_column(String(120))
    per_week: Mapped[int | None]
    weeks: Mapped[int | None]
    own_pace: Mapped[bool] = mapped_column(default=False)
    own_pace_during: Mapped[str | None] = mapped_column(String(20), comment="open_lab: in which windows it is lived")
    max_months: Mapped[int | None]
    group_min: Mapped[int]
    group_max: Mapped[int]
    adults: Mapped[int]
    places_per_year: Mapped[int]
    groups_per_year: Mapped[int]
    prerequisites: Mapped[list[Any]] = mapped_column(JSON)
    papers: Mapped[list[Any]] = mapped_column(JSON)
    attendance_percent: Mapped[int]
    project: Mapped[str] = mapped_column(String(200))
    target_badges: Mapped[list[str]]
    badge_choice: Mapped[dict[str, Any] | None] = mapped_column(comment="count, among (codes)")
    certificate: Mapped[str] = mapped_column(String(200))
    next_pathways: Mapped[list[str]]
    data_status: Mapped[str] = mapped_column(String(20), default="invented")

    pathway: Mapped[Pathway] = relationship(back_populates="versions")
    stages: Mapped[list["Stage"]] = relationship(back_populates="version", order_by="Stage.position")

    @property
    def short_title(self) -> str:
        """«Déclic» of «Déclic — je découvre le Fablab»."""
        return self.title.split(" — ")[0]

    @property
    def css_class(self) -> str:
        """The style class that carries this pathway's colour."""
        return f"p-{self.pathway.code.lower()}"


class Stage(Model):
    """One of the four stages of a version: what is aimed at, proved and celebrated."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("version_id", "position", name="uq_stage_position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("pathway_version.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    young_label: Mapped[str] = mapped_column(String(120))
    hours: Mapped[int]
    sessions: Mapped[list[int]] = mapped_column(comment="numbers of the sessions in which it is lived")
    aim: Mapped[str] = mapped_column(String(200))
    expected_proofs: Mapped[list[str]]
    milestone: Mapped[str] = mapped_column(String(200))
    choice: Mapped[dict[str, Any] | None] = mapped_column(comment="count, among (codes of competencies), level")

    version: Mapped[PathwayVersion] = relationship(back_populates="stages")
    targets: Mapped[list["StageTarget"]] = relationship(back_populates="stage", order_by="StageTarget.position")


class StageTarget(Model):
    """A competency aimed at in a stage, and the level expected."""

    __tablename__ = "stage_target"
    __table_args__ = (UniqueConstraint("stage_id", "competency_id", name="uq_stage_target"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"))
    level: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)

    stage: Mapped[Stage] = relationship(back_populates="targets")
    competency: Mapped[Competency] = relationship()


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


class Group(Model):
    """Young people who live a pathway together."""

    __tablename__ = "training_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    version_id: Mapped[int] = mapped_column(ForeignKey("pathway_version.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    starts_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]

    version: Mapped[PathwayVersion] = relationship()
    enrolments: Mapped[list["Enrolment"]] = relationship(back_populates="group")
    sessions: Mapped[list["TrainingSession"]] = relationship(
        back_populates="group", order_by="TrainingSession.starts_at"
    )


class Enrolment(Model):
    """Somebody follows a version of a pathway, in a group or at their own pace."""

    __tablename__ = "enrolment"
    __table_args__ = (
        one_of("status", ENROLMENT_STATUSES),
        Index(
            "uq_enrolment_open",
            "person_id",
            "version_id",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
            sqlite_where=text("ended_on IS NULL"),
        ),
        Index("ix_enrolment_group", "group_id"),
        Index("ix_enrolment_filled", "first_attended_on", "version_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("pathway_version.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("training_group.id"))
    status: Mapped[str] = mapped_column(String(12))
    enrolled_on: Mapped[date]
    situation_at_entry: Mapped[str | None] = mapped_column(String(20))
    first_attended_on: Mapped[date | None] = mapped_column(comment="the day it filled a place of the year")
    ended_on: Mapped[date | None]
    soft_reason: Mapped[str | None] = mapped_column(String(300), comment="why enrolled outside age or situation")

    person: Mapped[Person] = relationship()
    version: Mapped[PathwayVersion] = relationship()
    group: Mapped[Group | None] = relationship(back_populates="enrolments")


class TrainingSession(Model):
    """One meeting of a group (séance). Its parts say where; these times are the outer bounds."""

    __tablename__ = "training_session"
    __table_args__ = (
        one_of("status", ("planned", "cancelled")),
        CheckConstraint("ends_at > starts_at", name="lasts"),
        Index("ix_training_session_time", "starts_at"),
        Index("ix_training_session_group", "group_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    group_id: Mapped[int] = mapped_column(ForeignKey("training_group.id"))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(160))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10), default="planned")
    attendance_at: Mapped[datetime | None] = mapped_column(comment="when attendance was first taken")

    group: Mapped[Group] = relationship(back_populates="sessions")
    stage: Mapped[Stage | None] = relationship()
    parts: Mapped[list["SessionPart"]] = relationship(back_populates="session", order_by="SessionPart.starts_at")
    leads: Mapped[list["SessionLead"]] = relationship(back_populates="session", order_by="SessionLead.id")
    attendances: Mapped[list["Attendance"]] = relationship(back_populates="session")


class SessionPart(Model):
    """A stretch of a session, in the Fablab (its booking claims floor and machines) or elsewhere."""

    __tablename__ = "session_part"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint("(booking_id IS NULL) <> (elsewhere IS NULL)", name="somewhere"),
        Index("ix_session_part_time", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), unique=True)
    elsewhere: Mapped[str | None] = mapped_column(String(120))

    session: Mapped[TrainingSession] = relationship(back_populates="parts")
    booking: Mapped[Booking | None] = relationship()


class SessionLead(Model):
    """A facilitator of a session."""

    __tablename__ = "session_lead"
    __table_args__ = (
        UniqueConstraint("session_id", "person_id", name="uq_session_lead"),
        Index("ix_session_lead_person", "person_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    session: Mapped[TrainingSession] = relationship(back_populates="leads")
    person: Mapped[Person] = relationship()


class Attendance(Model):
    """Who was there. One row a person and session; changes are kept in the journal."""

    __tablename__ = "attendance"
    __table_args__ = (
        one_of("status", ATTENDANCES),
        UniqueConstraint("session_id", "person_id", name="uq_attendance"),
        Index("ix_attendance_person", "person_id", "status"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[str] = mapped_column(String(10))
    minutes_late: Mapped[int] = mapped_column(default=0)
    taken_at: Mapped[datetime]
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    session: Mapped[TrainingSession] = relationship(back_populates="attendances")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Apology(Model):
    """«Je ne peux pas venir», said by the young person before a session, and back again."""

    __tablename__ = "apology"
    __table_args__ = (
        Index(
            "uq_apology_open",
            "session_id",
            "person_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    said_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    session: Mapped[TrainingSession] = relationship()
    person: Mapped[Person] = relationship()


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
    note: Mapped[str | None] = mapped_column(String(300), comment="about the skill, never about the person")
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("validation.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(300))

    batch: Mapped[ValidationBatch] = relationship(back_populates="validations")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    competency: Mapped[Competency] = relationship()
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
    ended_reason: Mapped[str | None] = mapped_column(String(300))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("award.id"), unique=True, comment="the award it follows")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    badge: Mapped[Badge] = relationship()
    version: Mapped[PathwayVersion | None] = relationship()


class ExitReason(Model):
    """How a pathway can end (words of the house)."""

    __tablename__ = "exit_reason"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    reason_not_stored: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class ExitSituation(Model):
    """Where somebody stands after a pathway; what counts as positive is agreed with each funder."""

    __tablename__ = "exit_situation"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    positive: Mapped[bool | None]
    group: Mapped[str] = mapped_column("group_code", String(40))
    position: Mapped[int] = mapped_column(default=0)
