"""Groups, who follows them, their sessions, and who came."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person, Scheme
from pathways.models_pathways import Pathway, PathwayVersion, Stage
from pathways.values_frames import LEGAL_FRAMES
from pathways.values_sessions import ATTENDANCES

ENROLMENT_STATUSES = (
    "referred", "enrolled", "under_way", "finished", "dropped", "interrupted", "redirected", "moved_away",
)  # fmt: skip


OPEN_ENROLMENT = ("enrolled", "under_way")

#: ways to leave a pathway before its end; what was validated stays valid
LEAVING = ("dropped", "interrupted", "redirected", "moved_away")


PRESENT = ("present", "late")


class Group(Model):
    """Young people who live a pathway together."""

    __tablename__ = "training_group"
    __table_args__ = (
        one_of("legal_frame", LEGAL_FRAMES),
        CheckConstraint("NOT paid_by_house OR scheme_id IS NULL", name="paid_once"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    version_id: Mapped[int] = mapped_column(ForeignKey("pathway_version.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    starts_on: Mapped[date]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    authorisations_held_by: Mapped[str | None] = mapped_column(
        String(120), comment="the school or body that keeps the parental authorisations; empty: the house does"
    )
    earlier_versions: Mapped[list[int] | None] = mapped_column(
        JSON(none_as_null=True), comment="ids of the versions lived before being moved; empty: never moved"
    )
    legal_frame: Mapped[str | None] = mapped_column(String(14), comment="under what its sessions are held")
    scheme_id: Mapped[int | None] = mapped_column(ForeignKey("scheme.id"), comment="who pays its hours: one at most")
    paid_by_house: Mapped[bool] = mapped_column(default=False, comment="no scheme pays, and that was said")

    version: Mapped[PathwayVersion] = relationship()
    scheme: Mapped[Scheme | None] = relationship()
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
        Index("ix_enrolment_ended", "ended_on"),
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
    earlier_versions: Mapped[list[int] | None] = mapped_column(
        JSON(none_as_null=True), comment="ids of the versions followed before being moved; empty: never moved"
    )
    redirected_to_id: Mapped[int | None] = mapped_column(ForeignKey("pathway.id"), comment="the other pathway")

    person: Mapped[Person] = relationship()
    version: Mapped[PathwayVersion] = relationship()
    group: Mapped[Group | None] = relationship(back_populates="enrolments")
    redirected_to: Mapped[Pathway | None] = relationship()


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
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, comment="a form sent twice plans once")

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
    taken_by: Mapped[Person] = relationship(foreign_keys=[taken_by_id])


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
