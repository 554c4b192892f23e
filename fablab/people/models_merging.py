"""Two accounts of one young person made one; and pairs that look alike and are two people."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id
from fablab.people.models import Person


class Merge(Model):
    """One account joined to another: what it moved and changed, so that it can be undone exactly for a while."""

    __tablename__ = "person_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> gone_id", name="two_accounts"),
        Index(
            "uq_person_merge_gone",
            "gone_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
            sqlite_where=text("undone_at IS NULL"),
        ),
        Index("ix_person_merge_kept", "kept_id"),
        Index("ix_person_merge_at", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, comment="table.column -> ids of the rows that changed person")
    changed: Mapped[list[Any]] = mapped_column(
        JSON, comment="table, id, column, before, after; emptied when it can be undone no more"
    )

    kept: Mapped[Person] = relationship(foreign_keys=[kept_id])
    gone: Mapped[Person] = relationship(foreign_keys=[gone_id])
    by: Mapped[Person] = relationship(foreign_keys=[by_id])


class Apart(Model):
    """Somebody looked at two accounts that look alike: they are two people."""

    __tablename__ = "person_apart"
    __table_args__ = (CheckConstraint("one_id < other_id", name="in_order"),)
    one_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    said_at: Mapped[datetime]
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
