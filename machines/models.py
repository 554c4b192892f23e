"""Machines of the Fablab, and the shifts of the people who watch over them."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Time
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Place, Resource
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from pathways.models import Badge


class Machine(Resource):
    """A machine: which badge opens it, from what age, and with whom beside.

    Ages and supervision are house rules, not a legal table (catalogue file). Out of service is
    a Closure of kind breakdown, so that one mechanism suspends bookings.
    """

    __tablename__ = "machine"
    __mapper_args__ = {"polymorphic_identity": "machine"}
    __table_args__ = (one_of("risk", ("low", "medium", "high")),)
    id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    family: Mapped[str] = mapped_column(String(40))
    pictogram: Mapped[str] = mapped_column(String(40))
    risk: Mapped[str] = mapped_column(String(10))
    badge_id: Mapped[int] = mapped_column(ForeignKey("badge.id"))
    min_age_beside: Mapped[int]
    min_age_in_room: Mapped[int | None]
    min_age_autonomous: Mapped[int | None]
    regulated_work: Mapped[bool] = mapped_column(comment="travaux réglementés for 15-17 vocational trainees")
    constant_watch: Mapped[bool] = mapped_column(comment="someone stays in front of it all the time")
    max_week_minutes: Mapped[int]
    past_closing: Mapped[str | None] = mapped_column(String(20), comment="on_agreement: may run past closing if agreed")
    preparation: Mapped[int] = mapped_column(comment="minutes, inside the slot")
    materials_allowed: Mapped[list[str]]
    materials_forbidden: Mapped[list[str]]
    protections: Mapped[list[str]]
    checks: Mapped[list[str]]

    badge: Mapped[Badge] = relationship()


class ShiftPattern(Model):
    """A facilitator's usual week; each date of it becomes a Shift."""

    __tablename__ = "shift_pattern"
    __table_args__ = (
        CheckConstraint("ends > starts", name="lasts"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    weekday: Mapped[int]
    starts: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    in_holidays: Mapped[bool] = mapped_column(comment="true: school holidays only; false: school weeks only")
    first_on: Mapped[date]
    last_on: Mapped[date]

    person: Mapped[Person] = relationship()
    place: Mapped[Place] = relationship()
    shifts: Mapped[list["Shift"]] = relationship(back_populates="pattern")


class Shift(Model):
    """An adult of the team is there: in the Fablab (room) or only in the house (building)."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="lasts"),
        Index("ix_shift_time", "place_id", "starts_at"),
        Index("ix_shift_person", "person_id", "starts_at"),
        # Who is in the house at an hour, whatever the place: asked with every booking.
        Index("ix_shift_starts", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), comment="Fablab: in the room; house: in the building")
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("shift_pattern.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    place: Mapped[Place] = relationship()
    pattern: Mapped[ShiftPattern | None] = relationship(back_populates="shifts")
