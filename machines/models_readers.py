"""Readers: a box at a machine that reads cards and lets the current through, and what each has said."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking
from fablab.db import Model, one_of
from fablab.people.models import Person
from machines.models import Machine

#: what is kept of what a reader says: the current on, the current off, a card it refused
KEPT = ("start", "stop", "refused")


class Reader(Model):
    """A reader enrolled at one machine. Its key is told once; with another key it is another reader."""

    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    key_digest: Mapped[str] = mapped_column(String(64), unique=True, comment="sha256 of its key")
    enrolled_at: Mapped[datetime]
    enrolled_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(comment="revoked: its key opens nothing more")

    machine: Mapped[Machine] = relationship()
    enrolled_by: Mapped[Person] = relationship()


class ReaderEvent(Model):
    """What a reader said, once: sent again, an event changes nothing. Whom it was about stands in the booking."""

    __tablename__ = "reader_event"
    __table_args__ = (
        one_of("kind", KEPT),
        UniqueConstraint("reader_id", "key", name="uq_reader_event_key"),
        Index("ix_reader_event_time", "reader_id", "at"),
        Index("ix_reader_event_booking", "booking_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("reader.id"))
    key: Mapped[str] = mapped_column(String(64), comment="the reader's own name of the event")
    kind: Mapped[str] = mapped_column(String(10))
    run: Mapped[str | None] = mapped_column(String(64), comment="of a stop: the key of the start it ends")
    at: Mapped[datetime] = mapped_column(comment="when it happened, the reader's clock set right")
    received_at: Mapped[datetime]
    beat_at: Mapped[datetime | None] = mapped_column(comment="of a start: the last sign that the current is still on")
    offline: Mapped[bool] = mapped_column(comment="it happened without the network, by the list kept on the reader")
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    codes: Mapped[list[str]] = mapped_column(JSON, comment="of refusals, asked as it was received; [] none")

    booking: Mapped[Booking | None] = relationship()
