"""What the team did to reach somebody who no longer comes: an outcome from a list, never words about a person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, one_of
from fablab.people.models import Person
from pathways.models_groups import Enrolment
from pathways.values_outreach import OUTCOMES


class Outreach(Model):
    """A call or a message (relance), what came of it, and until when nobody needs to call again."""

    __tablename__ = "outreach"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_by"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(14))
    aside_until: Mapped[date | None] = mapped_column(comment="listed again on this day; empty: still listed")
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), comment="who looks after it")
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, comment="a form sent twice writes once")
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="noted by mistake")
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    enrolment: Mapped[Enrolment] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
