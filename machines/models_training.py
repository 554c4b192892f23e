"""Training slots: a machine and a facilitator taken for some learners, who need no badge for it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from pathways.models import Badge, TrainingRequest

#: states of somebody who is there, or will be
SITTING = ("expected", "validated", "again")
#: expected; said that they cannot come; gave up; how it went
SEAT_STATES = ("expected", "cannot_come", "withdrawn", "validated", "again", "absent")


class TrainingSlot(Model):
    """A booking of kind «training»: who teaches which badge."""

    __tablename__ = "training_slot"
    __table_args__ = (Index("ix_training_slot_facilitator", "facilitator_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    facilitator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime | None] = mapped_column(comment="when how it went was first written")

    booking: Mapped[Booking] = relationship()
    badge: Mapped[Badge] = relationship()
    facilitator: Mapped[Person] = relationship()
    seats: Mapped[list["TrainingSeat"]] = relationship(back_populates="slot", order_by="TrainingSeat.id")


class TrainingSeat(Model):
    """A learner of a training slot."""

    __tablename__ = "training_seat"
    __table_args__ = (
        one_of("state", SEAT_STATES),
        UniqueConstraint("slot_id", "person_id", name="uq_training_seat"),
        Index("ix_training_seat_person", "person_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("training_slot.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("training_request.id"), index=True)
    state: Mapped[str] = mapped_column(String(12), default="expected")
    said_at: Mapped[datetime | None] = mapped_column(comment="when its state last changed")

    slot: Mapped[TrainingSlot] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship()
    request: Mapped[TrainingRequest | None] = relationship()
