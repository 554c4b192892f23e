"""Adults who come to the open lab without an account: counted by age band, never named."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fablab.db import Model, one_of

#: half-open: from 18 to 24, from 25 to 59, 60 and more
BANDS = ("18_24", "25_59", "60_more")


class AdultVisit(Model):
    """One adult who came, seen by the team."""

    __tablename__ = "adult_visit"
    __table_args__ = (one_of("age_band", BANDS), Index("ix_adult_visit_day", "counted_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    age_band: Mapped[str] = mapped_column(String(10))
    counted_at: Mapped[datetime]
    counted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(comment="counted by mistake")
