"""A pathway at one's own pace: what is chosen, when somebody is at the open lab, the sessions they help in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model
from fablab.people.models import Person
from pathways.models_groups import Enrolment, TrainingSession


class EnrolmentChoice(Model):
    """A competency or a badge that somebody chose among those of their pathway; kept when another is chosen instead."""

    __tablename__ = "enrolment_choice"
    __table_args__ = (
        Index(
            "uq_enrolment_choice_chosen",
            "enrolment_id",
            "offer",
            "code",
            unique=True,
            postgresql_where=text("dropped_at IS NULL"),
            sqlite_where=text("dropped_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    offer: Mapped[str] = mapped_column(String(10), comment="code of the stage; badges: of the pathway")
    code: Mapped[str] = mapped_column(String(40), comment="of a competency; of a badge")
    chosen_at: Mapped[datetime]
    dropped_at: Mapped[datetime | None] = mapped_column(comment="another one was chosen instead")

    enrolment: Mapped[Enrolment] = relationship()


class Visit(Model):
    """Somebody at the open lab, from the arrival noted by the team to the departure."""

    __tablename__ = "open_lab_visit"
    __table_args__ = (
        CheckConstraint("left_at > arrived_at", name="lasts"),
        Index("ix_open_lab_visit_person", "person_id", "arrived_at"),
        Index("ix_open_lab_visit_day", "arrived_at"),
        Index(
            "uq_open_lab_visit_there",
            "person_id",
            unique=True,
            postgresql_where=text("left_at IS NULL AND taken_back_at IS NULL"),
            sqlite_where=text("left_at IS NULL AND taken_back_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    arrived_at: Mapped[datetime]
    arrival_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    left_at: Mapped[datetime | None] = mapped_column(comment="empty: there, or nobody said that they left")
    leaving_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), comment="empty: the program, as the open lab ended"
    )
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="noted by mistake: was not there")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class SessionHelper(Model):
    """A young person who helps in a session of another group: one head more, never an adult, validates nothing."""

    __tablename__ = "session_helper"
    __table_args__ = (
        Index("ix_session_helper_person", "person_id"),
        Index(
            "uq_session_helper_named",
            "session_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    came: Mapped[bool | None] = mapped_column(comment="empty: not said yet")
    ended_at: Mapped[datetime | None] = mapped_column(comment="does not help after all")

    session: Mapped[TrainingSession] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
