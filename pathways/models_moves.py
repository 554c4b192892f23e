"""Moving people from a version of a pathway to another: what was done, to be undone exactly."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id
from fablab.people.models import Person
from pathways.models_groups import Enrolment
from pathways.models_pathways import Competency, PathwayVersion


class VersionMove(Model):
    """People moved to another version at once, with the mapping of competencies that was chosen."""

    __tablename__ = "version_move"
    __table_args__ = (Index("ix_version_move_to", "to_version_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("pathway_version.id"), index=True)
    to_version_id: Mapped[int] = mapped_column(ForeignKey("pathway_version.id"))
    mapping: Mapped[dict[str, Any]] = mapped_column(comment="code of a competency -> codes of those it counts for")
    groups: Mapped[list[int]] = mapped_column(comment="ids of the groups moved with their people")
    sessions: Mapped[list[Any]] = mapped_column(JSON, comment="sessions to come: [id, stage before, stage after]")
    moved_at: Mapped[datetime]
    moved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    from_version: Mapped[PathwayVersion] = relationship(foreign_keys=[from_version_id])
    to_version: Mapped[PathwayVersion] = relationship(foreign_keys=[to_version_id])
    moved_by: Mapped[Person] = relationship(foreign_keys=[moved_by_id])
    enrolments: Mapped[list["MovedEnrolment"]] = relationship(back_populates="move", order_by="MovedEnrolment.id")


class MovedEnrolment(Model):
    """One enrolment of a move."""

    __tablename__ = "moved_enrolment"
    __table_args__ = (UniqueConstraint("move_id", "enrolment_id", name="uq_moved_enrolment"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    move_id: Mapped[int] = mapped_column(ForeignKey("version_move.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)

    move: Mapped[VersionMove] = relationship(back_populates="enrolments")
    enrolment: Mapped[Enrolment] = relationship()


class CarriedLevel(Model):
    """What somebody holds in a competency counts for another one too, since a move: nothing recorded is rewritten."""

    __tablename__ = "carried_level"
    __table_args__ = (Index("ix_carried_level_person", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    move_id: Mapped[int] = mapped_column(ForeignKey("version_move.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("competency.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("competency.id"))
    ended_at: Mapped[datetime | None] = mapped_column(comment="the move was undone")

    move: Mapped[VersionMove] = relationship()
    person: Mapped[Person] = relationship()
    source: Mapped[Competency] = relationship(foreign_keys=[from_id])
    target: Mapped[Competency] = relationship(foreign_keys=[to_id])
