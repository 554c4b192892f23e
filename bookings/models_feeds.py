"""Calendars that people follow from outside, each by a secret address."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Resource
from fablab.db import Model
from fablab.people.models import Person


class Feed(Model):
    """The calendar of a person or of a thing; with another nonce it has another address, stopped it is gone."""

    __tablename__ = "calendar_feed"
    __table_args__ = (CheckConstraint("(person_id IS NULL) <> (resource_id IS NULL)", name="of_one"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(
        String(32), unique=True, comment="the address is made of it and of the house's own key"
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    resource: Mapped[Resource | None] = relationship()
    made_by: Mapped[Person] = relationship(foreign_keys=[made_by_id])
