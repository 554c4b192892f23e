"""What proves a level: photos, files, links, words of the team, and the sheet of a project."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, new_public_id, one_of
from fablab.people.models import Person
from pathways.models_pathways import Competency, Pathway, Stage
from pathways.models_validations import Validation
from pathways.values_evidence import KINDS, TEXT_LENGTH


class ProjectSheet(Model):
    """«Ma fiche projet»: what somebody made, in their own words, with three photos at most.

    Shown inside the house when its owner agrees; taken back in one tap, or hidden by the team with a reason.
    """

    __tablename__ = "project_sheet"
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    pathway_id: Mapped[int | None] = mapped_column(ForeignKey("pathway.id"))
    title: Mapped[str] = mapped_column(String(120))
    steps: Mapped[str] = mapped_column(String(2000))
    materials: Mapped[str] = mapped_column(String(500))
    minutes: Mapped[int | None]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    request_key: Mapped[str] = mapped_column(String(64), unique=True, comment="a form sent twice writes one sheet")
    shown_at: Mapped[datetime | None] = mapped_column(index=True, comment="its owner agrees to the gallery since then")
    hidden_at: Mapped[datetime | None] = mapped_column(comment="the team took it out of the gallery")
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    hidden_why: Mapped[str | None] = mapped_column(String(300), comment="read by its owner")

    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    pathway: Mapped[Pathway | None] = relationship()
    pieces: Mapped[list["Evidence"]] = relationship(back_populates="sheet", order_by="Evidence.id")


class Evidence(Model):
    """One piece that proves something somebody can do. Its files are kept apart, under ``file_key``.

    A piece taken away keeps its row, without words nor files: a validation may rest on it. A proof that a stage
    expects, ticked by the team, keeps its words too: they are the pathway's.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("kind NOT IN ('photo', 'file') OR file_key IS NOT NULL OR removed_at IS NOT NULL", name="file"),
        CheckConstraint("kind <> 'link' OR url IS NOT NULL OR removed_at IS NOT NULL", name="link"),
        CheckConstraint("kind <> 'sheet' OR sheet_id IS NOT NULL", name="sheet"),
        CheckConstraint("stage_id IS NULL OR kind = 'checklist'", name="ticked"),
        Index("ix_evidence_owner", "owner_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True, default=new_public_id)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(TEXT_LENGTH), default="")
    url: Mapped[str | None] = mapped_column(String(500))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("project_sheet.id"), index=True)
    stage_id: Mapped[int | None] = mapped_column(
        ForeignKey("stage.id"), comment="the text is an expected proof of it, ticked"
    )
    file_key: Mapped[str | None] = mapped_column(String(32), unique=True, comment="names its files in the folder")
    file_name: Mapped[str | None] = mapped_column(String(120), comment="as its owner finds it again")
    file_size: Mapped[int] = mapped_column(default=0, comment="bytes kept, the small photo included")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    request_key: Mapped[str | None] = mapped_column(String(64), unique=True, comment="a form sent twice adds one piece")
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    owner: Mapped[Person] = relationship(foreign_keys=[owner_id])
    added_by: Mapped[Person] = relationship(foreign_keys=[added_by_id])
    sheet: Mapped[ProjectSheet | None] = relationship(back_populates="pieces")
    stage: Mapped[Stage | None] = relationship()
    shows: Mapped[list["EvidenceShows"]] = relationship(back_populates="evidence")


class EvidenceShows(Model):
    """A competency that a piece shows, as its owner or the team says."""

    __tablename__ = "evidence_shows"
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"), primary_key=True, index=True)
    title: Mapped[str | None] = mapped_column(String(160), comment="frozen: what the competency was called that day")

    evidence: Mapped[Evidence] = relationship(back_populates="shows")
    competency: Mapped[Competency] = relationship()


class ValidationEvidence(Model):
    """A piece on which a validation rests, since it was saved."""

    __tablename__ = "validation_evidence"
    validation_id: Mapped[int] = mapped_column(ForeignKey("validation.id"), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, index=True)

    validation: Mapped[Validation] = relationship()
    evidence: Mapped[Evidence] = relationship()
