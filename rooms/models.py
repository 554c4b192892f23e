"""Rooms that are lent and the weekly activities of the house (data now; their pages come with the rooms release)."""

from datetime import time

from sqlalchemy import CheckConstraint, ForeignKey, String, Time
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Resource
from fablab.db import Model
from fablab.people.models import Structure


class Room(Resource):
    """A room to lend: how many people, what is in it, who says yes."""

    __tablename__ = "room"
    __mapper_args__ = {"polymorphic_identity": "room"}
    __table_args__ = (CheckConstraint("usual_capacity <= safety_gauge", name="capacity_fits"),)
    id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(40))
    area_m2: Mapped[int]
    floor: Mapped[int] = mapped_column(comment="0 is the ground floor, -1 the basement")
    safety_gauge: Mapped[int] = mapped_column(comment="never to be passed (fire safety)")
    usual_capacity: Mapped[int]
    exits: Mapped[int]
    step_free: Mapped[bool]
    hearing_loop: Mapped[bool] = mapped_column(default=False)
    equipment: Mapped[list[str]]
    uses: Mapped[list[str]]
    instructions: Mapped[str | None]
    noise: Mapped[str] = mapped_column(String(10))
    approval: Mapped[str] = mapped_column(String(40))
    inventory: Mapped[str] = mapped_column(String(20))


class Activity(Model):
    """A weekly offer of the house: what, for whom, where, when, how many people by age band."""

    __tablename__ = "activity"
    __table_args__ = (CheckConstraint("closes > opens", name="lasts"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    weekday: Mapped[int]
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)
    audience: Mapped[str] = mapped_column(String(80))
    audience_kind: Mapped[str | None] = mapped_column(String(40), comment="parents, youth_and_residents; empty: by age")
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    with_adult: Mapped[bool] = mapped_column(default=False)
    enrolment: Mapped[str] = mapped_column(String(40))
    in_holidays: Mapped[bool]
    visitors: Mapped[dict[str, int]] = mapped_column(comment="usual people a week by age band")
    data_status: Mapped[str] = mapped_column(String(20), default="invented")

    structure: Mapped[Structure] = relationship()
    resource: Mapped[Resource] = relationship()
