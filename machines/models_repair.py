"""Problems of machines: reported by whoever sees them, closed with what was done."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bookings.models import Closure
from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from machines.models import Machine
from machines.values_repair import CAUSES, TEXT_LENGTH


class Ticket(Model):
    """Something is wrong with a machine. A grave one lies on the closure that took the machine out of use.

    The day it should be back stands on that closure alone. It speaks of the machine, never of who used it.
    Closed with nothing done («»), it was told by mistake.
    """

    __tablename__ = "machine_ticket"
    __table_args__ = (
        one_of("severity", ("to_check", "grave")),
        one_of("cause", CAUSES),
        CheckConstraint("severity <> 'grave' OR closure_id IS NOT NULL", name="grave_closes"),
        CheckConstraint("(closed_at IS NULL) = (done IS NULL)", name="closed_says_what"),
        Index(
            "ix_machine_ticket_open",
            "machine_id",
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index("ix_machine_ticket_machine", "machine_id", "reported_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    machine_id: Mapped[int] = mapped_column(ForeignKey("machine.id"))
    severity: Mapped[str] = mapped_column(String(10))
    cause: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(TEXT_LENGTH), comment="about the machine; booked people may read it")
    hazard: Mapped[bool] = mapped_column(comment="somebody could get hurt")
    file_key: Mapped[str | None] = mapped_column(String(32), unique=True, comment="names its photo in the folder")
    closure_id: Mapped[int | None] = mapped_column(ForeignKey("closure.id"), index=True)
    reported_at: Mapped[datetime]
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    request_key: Mapped[str] = mapped_column(String(64), unique=True, comment="a form sent twice is one problem")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    done: Mapped[str | None] = mapped_column(String(300), comment="what was done about it")

    machine: Mapped[Machine] = relationship()
    closure: Mapped[Closure | None] = relationship()
    reported_by: Mapped[Person] = relationship(foreign_keys=[reported_by_id])
    closed_by: Mapped[Person | None] = relationship(foreign_keys=[closed_by_id])

    @property
    def touches(self) -> list[tuple[str, int | None]]:
        """What it is about, as the journal says it: the machine, never who used it."""
        return [("resource", self.machine_id)]
