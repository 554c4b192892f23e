"""What was really done on a machine: from the check-in to the check-out, with the material and the state left."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking
from fablab.db import Model, one_of
from fablab.people.models import Person

#: how a machine was left: in order, to tidy or clean, with a fault
STATES = ("fine", "mess", "fault")


class MachineUse(Model):
    """A booking begun. Without ``ended_at`` on a booking that is done: nobody checked out, it closed by itself."""

    __tablename__ = "machine_use"
    __table_args__ = (
        one_of("state", STATES),
        CheckConstraint("ended_at >= started_at", name="lasts"),
        Index(
            "uq_machine_use_booking",
            "booking_id",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
            sqlite_where=text("taken_back_at IS NULL"),
        ),
        Index("ix_machine_use_state", "state", "ended_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    material: Mapped[str | None] = mapped_column(String(120), comment="empty: the machine asks for none")
    ticked: Mapped[list[str]] = mapped_column(JSON, comment="protections and checks, as they were said")
    planned_end: Mapped[datetime] = mapped_column(comment="until when it was booked as it began")
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str | None] = mapped_column(String(10))
    material_used: Mapped[str | None] = mapped_column(String(120), comment="how much, as it was said")
    remark: Mapped[str | None] = mapped_column(String(300), comment="the mess or the fault; never about the person")
    correction: Mapped[str | None] = mapped_column(String(300), comment="why the end was written later")
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="checked in by mistake")

    booking: Mapped[Booking] = relationship()
    started_by: Mapped[Person] = relationship(foreign_keys=[started_by_id])
    ended_by: Mapped[Person | None] = relationship(foreign_keys=[ended_by_id])
