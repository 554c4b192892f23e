"""Where somebody stood after a pathway: at the exit and some time later. A choice of a list, never words."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id
from fablab.people.models import Person
from pathways.models_groups import Enrolment
from pathways.models_pathways import ExitSituation


class ExitCheck(Model):
    """The answer at one step of an exit; the latest not taken back counts."""

    __tablename__ = "exit_check"
    __table_args__ = (
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_by"),
        Index("ix_exit_check_enrolment", "enrolment_id", "step"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    step: Mapped[str] = mapped_column(String(6), comment="w0: at the exit; w4: four weeks later; m6: six months")
    situation_code: Mapped[str] = mapped_column(ForeignKey("exit_situation.code"))
    told_on: Mapped[date] = mapped_column(comment="the day on which it was so")
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, comment="a form sent twice writes once")
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="noted by mistake")
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    enrolment: Mapped[Enrolment] = relationship()
    situation: Mapped[ExitSituation] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
