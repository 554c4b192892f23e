"""Who waits for a machine: in the line of a day, or to be told once when there is room."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id
from fablab.people.models import Person
from machines.models import Machine


class Waiting(Model):
    """Somebody waits for so many minutes of a machine within a time. Over once they book it, or their offer runs out.

    ``in_line``: a place in the line of that day, by order of id, to which an hour is offered; else told, once.
    """

    __tablename__ = "waiting"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="lasts"),
        CheckConstraint("minutes > 0", name="minutes_positive"),
        CheckConstraint("(offered_start IS NULL) = (offered_until IS NULL)", name="offered_whole"),
        Index("ix_waiting_line", "resource_id", "starts_at"),
        Index("ix_waiting_person", "person_id", "ends_at"),
        Index("ix_waiting_ends", "ends_at"),
        Index("ix_waiting_offered", "offered_until"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    in_line: Mapped[bool]
    minutes: Mapped[int]
    asked_at: Mapped[datetime]
    offered_start: Mapped[datetime | None] = mapped_column(comment="the hour offered, for so many minutes")
    offered_until: Mapped[datetime | None] = mapped_column(comment="until when it is kept for them")

    person: Mapped[Person] = relationship()
    machine: Mapped[Machine] = relationship()
