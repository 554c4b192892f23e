"""The second step of a young person's account: what is asked once they come, each fact with its day.

Rows are ended, not changed: who they were at entry stays known. What the house refuses to know has no column.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, one_of
from fablab.people.models import SITUATIONS, Person, Structure

#: question -> the answers that can be given; None: words of the person, letters only
ANSWERS: dict[str, tuple[str, ...] | None] = {
    "gender": ("female", "male", "other", "no_answer"),
    "priority_district": ("yes", "no", "unknown"),
    "commune": None,
    "situation": SITUATIONS,
}
CONTACT_KINDS = ("emergency", "guardian")


class Answer(Model):
    """What somebody answered to a question of the funders, from a day on; the latest one counts."""

    __tablename__ = "person_answer"
    __table_args__ = (one_of("kind", tuple(ANSWERS)), Index("ix_person_answer_person", "person_id", "kind"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str | None] = mapped_column(String(80), comment="empty: taken back")
    since: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Contact(Model):
    """Whom to call for somebody, from a day to another."""

    __tablename__ = "person_contact"
    __table_args__ = (one_of("kind", CONTACT_KINDS), Index("ix_person_contact_person", "person_id", "kind"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    link: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(30), comment="figures, a + before them at most")
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(comment="the first day it no longer holds")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Referral(Model):
    """The body that sent somebody here (prescripteur), from a day to another."""

    __tablename__ = "referral"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    since: Mapped[date]
    until: Mapped[date | None] = mapped_column(comment="the first day it no longer holds")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    structure: Mapped[Structure] = relationship()


class Traineeship(Model):
    """Somebody is a vocational trainee, and the derogation under which a minor one uses regulated machines.

    Labour code, D.4153-15 and following: reference and end of the declaration, day of the medical opinion (never
    what it says).
    """

    __tablename__ = "traineeship"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
    reference: Mapped[str | None] = mapped_column(String(40))
    derogation_until: Mapped[date | None] = mapped_column(comment="its last day")
    medical_opinion_on: Mapped[date | None]
    until: Mapped[date | None] = mapped_column(comment="the first day it no longer holds")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
