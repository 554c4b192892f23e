"""What the desk notes of a room that is lent: how many were planned, until when, how many really came."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking
from fablab.db import Model
from fablab.people.models import Person


class RoomUse(Model):
    """A booking of a room that has begun; the booking itself then says what really is."""

    __tablename__ = "room_use"
    __table_args__ = (CheckConstraint("counted >= 1", name="counted_positive"),)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    planned_people: Mapped[int] = mapped_column(comment="how many were said to come")
    planned_end: Mapped[datetime] = mapped_column(comment="until when it was booked as it began")
    counted: Mapped[int | None] = mapped_column(comment="how many came, seen at the door; empty: nobody counted")
    counted_at: Mapped[datetime | None]
    counted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    booking: Mapped[Booking] = relationship()
    counted_by: Mapped[Person | None] = relationship()
