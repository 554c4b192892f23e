"""The papers that an enrolment asks, as they come."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model
from fablab.people.models import Person
from pathways.models_groups import Enrolment


class EnrolmentPaper(Model):
    """A paper of an enrolment that came on a day. Ticked by mistake, the row stays and holds no more.

    Parental authorisations are not here: they are agreements of the person (``Authorisation``), whatever the pathway.
    """

    __tablename__ = "enrolment_paper"
    __table_args__ = (
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_by"),
        Index(
            "uq_enrolment_paper_held",
            "enrolment_id",
            "paper",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
            sqlite_where=text("taken_back_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    paper: Mapped[str] = mapped_column(String(40), comment="its code in the pathway's list")
    received_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="ticked by mistake: it never came")
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    enrolment: Mapped[Enrolment] = relationship()
    recorded_by: Mapped[Person] = relationship(foreign_keys=[recorded_by_id])
