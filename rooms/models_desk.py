"""What the desk notes: how many really came to a room that is lent, the day opened and closed, the log of the day."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
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


class DeskDay(Model):
    """A day at the desk: who opened it, who closed it."""

    __tablename__ = "desk_day"
    day: Mapped[date] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    opened_by: Mapped[Person] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])


class DeskNote(Model):
    """A line of the day's log at the desk, never about a person; handed over, a colleague must see it."""

    __tablename__ = "desk_note"
    __table_args__ = (
        Index("ix_desk_note_day", "day"),
        Index(
            "ix_desk_note_waiting",
            "written_at",
            postgresql_where=text("handover AND seen_at IS NULL"),
            sqlite_where=text("handover = 1 AND seen_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    said: Mapped[str] = mapped_column(String(300))
    handover: Mapped[bool] = mapped_column(comment="the next colleague must know")
    written_at: Mapped[datetime]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seen_at: Mapped[datetime | None]
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    written_by: Mapped[Person] = relationship(foreign_keys=[written_by_id])
    seen_by: Mapped[Person | None] = relationship(foreign_keys=[seen_by_id])
