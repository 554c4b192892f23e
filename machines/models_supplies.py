"""The materials of the machines: how much is there, what came and what went. Nothing is sold."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Booking
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from machines.values_supplies import KINDS, NAME_LENGTH, UNIT_LENGTH


class Supply(Model):
    """A material, counted in whole units. How much is there is the sum of what came and went.

    Retired, it is asked for at no machine and nothing of it moves any more.
    """

    __tablename__ = "supply"
    __table_args__ = (CheckConstraint("low_at >= 0", name="low_positive"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True, comment="as the sheets of machines write it")
    unit: Mapped[str] = mapped_column(String(UNIT_LENGTH), comment="counted in whole ones: g, cm, feuille")
    low_at: Mapped[int | None] = mapped_column(comment="under it the coordination is told; empty: never")
    retired_at: Mapped[datetime | None] = mapped_column(comment="not used any more; what moved stays")

    @property
    def touches(self) -> list[tuple[str, int | None]]:
        """What it is, as the journal says it."""
        return [("supply", self.id)]


class SupplyMove(Model):
    """Some of a material came, went on a machine or by hand, or was counted again."""

    __tablename__ = "supply_move"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("quantity <> 0", name="moves"),
        CheckConstraint("(kind <> 'in' OR quantity > 0) AND (kind <> 'use' OR quantity < 0)", name="right_way"),
        CheckConstraint("cents IS NULL OR (kind = 'in' AND cents >= 0)", name="price_of_what_came"),
        Index("ix_supply_move_supply", "supply_id", "moved_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    supply_id: Mapped[int] = mapped_column(ForeignKey("supply.id"))
    kind: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[int] = mapped_column(comment="in units of the material, negative when it went")
    cents: Mapped[int | None] = mapped_column(comment="what was paid for all of what came")
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True, comment="of a use")
    words: Mapped[str | None] = mapped_column(String(200))
    moved_at: Mapped[datetime]
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    request_key: Mapped[str] = mapped_column(String(64), unique=True, comment="a form sent twice moves once")
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    supply: Mapped[Supply] = relationship()
    booking: Mapped[Booking | None] = relationship()
    moved_by: Mapped[Person] = relationship(foreign_keys=[moved_by_id])
