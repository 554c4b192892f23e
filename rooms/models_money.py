"""What is done about the money of bookings, hours given for a season, and the yearly statements that were made."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person, Structure
from rooms.values_money import OUTCOMES


class BookingMoney(Model):
    """What was done about the money of a booking: invoiced; its deposit received, then given back or kept."""

    __tablename__ = "booking_money"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        CheckConstraint("(invoiced_at IS NULL) = (invoiced_by_id IS NULL)", name="invoiced_by"),
        CheckConstraint("(received_at IS NULL) = (received_by_id IS NULL)", name="received_by"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended_how"),
        CheckConstraint("outcome IS NULL OR received_at IS NOT NULL", name="received_first"),
        CheckConstraint("(outcome = 'kept') = (kept_why IS NOT NULL) OR outcome IS NULL", name="kept_says_why"),
        Index(
            "ix_booking_money_deposit",
            "received_at",
            postgresql_where=text("received_at IS NOT NULL AND ended_at IS NULL"),
            sqlite_where=text("received_at IS NOT NULL AND ended_at IS NULL"),
        ),
    )
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    invoiced_at: Mapped[datetime | None]
    invoiced_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime | None] = mapped_column(comment="the deposit")
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(comment="the deposit was given back or kept")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(String(10))
    kept_why: Mapped[str | None] = mapped_column(String(200), comment="never about a person")

    booking: Mapped[Booking] = relationship()


class StructureQuota(Model):
    """Hours that the house gives an organisation for a season, instead of those of its kind."""

    __tablename__ = "structure_quota"
    __table_args__ = (
        CheckConstraint("hours >= 0", name="hours_positive"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by"),
        Index(
            "uq_structure_quota_season",
            "structure_id",
            "season",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    season: Mapped[date] = mapped_column(comment="its first day")
    hours: Mapped[int]
    given_at: Mapped[datetime]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Statement(Model):
    """A yearly statement as it was made: what it says is kept, so that its code tells whether a paper is the same."""

    __tablename__ = "statement"
    __table_args__ = (Index("ix_statement_of", "structure_id", "season"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id, comment="printed on it")
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    season: Mapped[date] = mapped_column(comment="its first day")
    until: Mapped[date] = mapped_column(comment="the last day counted")
    minutes: Mapped[int] = mapped_column(comment="held free of charge")
    cents: Mapped[int] = mapped_column(comment="what they are worth")
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    structure: Mapped[Structure] = relationship()
    made_by: Mapped[Person] = relationship()
