"""Who wants to be told when a thing that is out of service is back."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Resource
from fablab.db import Model
from fablab.people.models import Person


class ReturnWish(Model):
    """«On me prévient»: it goes when it is taken back, and when the person is told."""

    __tablename__ = "return_wish"
    __table_args__ = (UniqueConstraint("person_id", "resource_id", name="uq_return_wish_person"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    asked_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    resource: Mapped[Resource] = relationship()
