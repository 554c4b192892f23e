"""How many people came to an activity, or through the door, by age band: numbers, never names."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, one_of
from fablab.people.models import Person
from rooms.models import Activity
from rooms.values_activities import BANDS


class VisitorCount(Model):
    """So many people more, of an age band, on a day; fewer when a count is put right. Added or taken back only."""

    __tablename__ = "visitor_count"
    __table_args__ = (
        one_of("band", BANDS),
        CheckConstraint("people <> 0", name="people_some"),
        Index("ix_visitor_count_day", "day", "activity_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), comment="empty: at the door")
    day: Mapped[date]
    band: Mapped[str] = mapped_column(String(10))
    people: Mapped[int]
    counted_at: Mapped[datetime]
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="counted by mistake")

    activity: Mapped[Activity | None] = relationship()
    counted_by: Mapped[Person] = relationship()
