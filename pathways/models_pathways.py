"""Pathways: versions that are frozen once published, their stages, the competencies aimed at, how one leaves."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablab.db import Model, one_of
from pathways.values import short_title


class Level(Model):
    """One step of the scale by which a competency is validated (0 is «not seen yet»)."""

    __tablename__ = "level"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    label: Mapped[str] = mapped_column(String(60))
    young_label: Mapped[str] = mapped_column(String(120))


class EvidenceKind(Model):
    """A kind of proof, and whether a file may come with it."""

    __tablename__ = "evidence_kind"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    file: Mapped[str] = mapped_column(String(20), comment="not_required, possible")


class Competency(Model):
    """Something a facilitator can see somebody do; validated in one pathway, it counts in the others."""

    __tablename__ = "competency"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    family: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(160))
    i_can: Mapped[str] = mapped_column(String(200), comment="the sentence young people read")
    criteria: Mapped[list[str]] = mapped_column(comment="what the facilitator must see")
    evidence_code: Mapped[str] = mapped_column(ForeignKey("evidence_kind.code"))
    alignments: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(default=0)
    second_check: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="a level counts once a second person saw it"
    )
    draft: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="stands in a draft only: nobody meets it before it is published"
    )
    replaces: Mapped[str | None] = mapped_column(String(20), comment="code of the one it comes from, as proposed")

    evidence: Mapped[EvidenceKind] = relationship()


class Pathway(Model):
    """One of the house's pathways, across its versions."""

    __tablename__ = "pathway"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    position: Mapped[int] = mapped_column(default=0)

    versions: Mapped[list["PathwayVersion"]] = relationship(back_populates="pathway", order_by="PathwayVersion.number")


class PathwayVersion(Model):
    """A pathway as it was published: frozen from then on; an enrolment is pinned to one."""

    __tablename__ = "pathway_version"
    __table_args__ = (
        one_of("status", ("draft", "published", "retired")),
        UniqueConstraint("pathway_id", "number", name="uq_pathway_version"),
        Index(
            "uq_pathway_version_published",
            "pathway_id",
            unique=True,
            postgresql_where=text("status = 'published'"),
            sqlite_where=text("status = 'published'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    pathway_id: Mapped[int] = mapped_column(ForeignKey("pathway.id"))
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    title: Mapped[str] = mapped_column(String(160))
    young_label: Mapped[str] = mapped_column(String(200))
    colour: Mapped[str] = mapped_column(String(7))
    situations: Mapped[list[str]]
    min_age: Mapped[int]
    max_age: Mapped[int]
    audience: Mapped[str] = mapped_column(String(250))
    extended_max_age: Mapped[int | None]
    extended_condition: Mapped[str | None] = mapped_column(String(200))
    prescribers: Mapped[list[str]]
    hours: Mapped[int]
    session_count: Mapped[int]
    session_hours: Mapped[int]
    rhythm: Mapped[str] = mapped_column(String(120))
    per_week: Mapped[int | None]
    weeks: Mapped[int | None]
    own_pace: Mapped[bool] = mapped_column(default=False)
    own_pace_during: Mapped[str | None] = mapped_column(String(20), comment="open_lab: in which windows it is lived")
    max_months: Mapped[int | None]
    group_min: Mapped[int]
    group_max: Mapped[int]
    adults: Mapped[int]
    places_per_year: Mapped[int]
    groups_per_year: Mapped[int]
    prerequisites: Mapped[list[Any]] = mapped_column(JSON)
    papers: Mapped[list[Any]] = mapped_column(JSON)
    charter: Mapped[list[str] | None] = mapped_column(
        JSON(none_as_null=True), comment="what whoever follows it agrees to, line by line"
    )
    attendance_percent: Mapped[int]
    project: Mapped[str] = mapped_column(String(200))
    target_badges: Mapped[list[str]]
    badge_choice: Mapped[dict[str, Any] | None] = mapped_column(comment="count, among (codes)")
    certificate: Mapped[str] = mapped_column(String(200))
    next_pathways: Mapped[list[str]]
    data_status: Mapped[str] = mapped_column(String(20), default="invented")

    pathway: Mapped[Pathway] = relationship(back_populates="versions")
    stages: Mapped[list["Stage"]] = relationship(back_populates="version", order_by="Stage.position")

    @property
    def short_title(self) -> str:
        """The title without what follows the dash."""
        return short_title(self.title)

    @property
    def chooses(self) -> bool:
        """Whether something is chosen in it: badges, or competencies of a stage."""
        return bool(self.badge_choice) or any(stage.choice for stage in self.stages)

    @property
    def css_class(self) -> str:
        """The style class that carries this pathway's colour."""
        return f"p-{self.pathway.code.lower()}"


class Stage(Model):
    """One of the four stages of a version: what is aimed at, proved and celebrated."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("version_id", "position", name="uq_stage_position"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("pathway_version.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    young_label: Mapped[str] = mapped_column(String(120))
    hours: Mapped[int]
    sessions: Mapped[list[int]] = mapped_column(comment="numbers of the sessions in which it is lived")
    aim: Mapped[str] = mapped_column(String(200))
    expected_proofs: Mapped[list[str]]
    milestone: Mapped[str] = mapped_column(String(200))
    choice: Mapped[dict[str, Any] | None] = mapped_column(comment="count, among (codes of competencies), level")

    version: Mapped[PathwayVersion] = relationship(back_populates="stages")
    targets: Mapped[list["StageTarget"]] = relationship(back_populates="stage", order_by="StageTarget.position")

    @property
    def session_total(self) -> int:
        """How many sessions it lives; which ones follows from the stages before it."""
        return len(self.sessions)

    @session_total.setter
    def session_total(self, count: int) -> None:
        self.sessions = [0] * count


class StageTarget(Model):
    """A competency aimed at in a stage, and the level expected."""

    __tablename__ = "stage_target"
    __table_args__ = (UniqueConstraint("stage_id", "competency_id", name="uq_stage_target"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    competency_id: Mapped[int] = mapped_column(ForeignKey("competency.id"))
    level: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    own_title: Mapped[str | None] = mapped_column(String(160), comment="in this version; empty: as the house says")
    own_i_can: Mapped[str | None] = mapped_column(String(200), comment="as own_title")
    own_criteria: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True), comment="as own_title")
    own_kept: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="its own words are those of before the house said it otherwise"
    )

    stage: Mapped[Stage] = relationship(back_populates="targets")
    competency: Mapped[Competency] = relationship()

    @property
    def title(self) -> str:
        """What the competency is called in this version."""
        return self.own_title or self.competency.title

    @property
    def i_can(self) -> str:
        """The sentence that young people read in this version."""
        return self.own_i_can or self.competency.i_can

    @property
    def criteria(self) -> list[str]:
        """What the facilitator must see, in this version."""
        return self.own_criteria or self.competency.criteria


class ExitReason(Model):
    """How a pathway can end (words of the house)."""

    __tablename__ = "exit_reason"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    reason_not_stored: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class ExitSituation(Model):
    """Where somebody stands after a pathway; what counts as positive is agreed with each funder."""

    __tablename__ = "exit_situation"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    positive: Mapped[bool | None]
    group: Mapped[str] = mapped_column("group_code", String(40))
    position: Mapped[int] = mapped_column(default=0)
