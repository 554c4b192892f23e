"""Keys and access badges that organisations hold: each given to somebody that the organisation names."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person, Structure
from rooms.values_keys import KINDS

_OUT = "returned_at IS NULL AND cancelled_at IS NULL"


class AccessKey(Model):
    """A key or an access badge handed over; it ends given back, or lost and then cancelled."""

    __tablename__ = "access_key"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("(returned_at IS NULL) = (returned_by_id IS NULL)", name="returned_by"),
        CheckConstraint("(lost_on IS NULL) = (lost_by_id IS NULL)", name="lost_by"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_by_id IS NULL)", name="cancelled_by"),
        CheckConstraint("cancelled_at IS NULL OR lost_on IS NOT NULL", name="lost_first"),
        CheckConstraint("returned_at IS NULL OR cancelled_at IS NULL", name="ends_once"),
        Index("uq_access_key_out", "kind", "folded", unique=True, postgresql_where=text(_OUT), sqlite_where=text(_OUT)),
        Index("ix_access_key_of", "structure_id", "given_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(40), comment="what is written on it")
    folded: Mapped[str] = mapped_column(String(120), comment="the label without capitals: one of a name is out")
    held_by: Mapped[str | None] = mapped_column(String(80), comment="who has it; forgotten after it came back")
    due_on: Mapped[date | None] = mapped_column(comment="empty: as long as the organisation is there")
    request_key: Mapped[str] = mapped_column(String(64), unique=True, comment="a form sent twice hands one over")
    given_at: Mapped[datetime]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    returned_at: Mapped[datetime | None]
    returned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lost_on: Mapped[date | None]
    lost_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), comment="who noted it")
    cancelled_at: Mapped[datetime | None] = mapped_column(comment="it opens nothing any more")
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    structure: Mapped[Structure] = relationship()
    given_by: Mapped[Person] = relationship(foreign_keys=[given_by_id])
