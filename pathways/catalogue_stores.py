"""Where training's part of the catalogue is kept: words, competencies, badges, and pathways by version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fablab.catalogue_items import Item
from fablab.catalogue_stores import Column, Lacking, Levels, Link, Store, Table, by_code
from pathways.models_badges import Badge, BadgePrerequisite, BadgeRequirement
from pathways.models_pathways import (
    Competency,
    EvidenceKind,
    ExitReason,
    ExitSituation,
    Level,
    Pathway,
    PathwayVersion,
    Stage,
    StageTarget,
)
from pathways.upkeep_versions import OwnWords, keep_words, own_words


class Prerequisites(Column):
    """Codes of the badges that a badge needs."""

    def get(self, row: Badge) -> list[str]:
        """The codes, in the order of the file."""
        return [link.required.code for link in row.prerequisites]

    def put(self, session: Session, row: Badge, value: list[str]) -> None:
        """Replace the links; the badges must be there."""
        for link in list(row.prerequisites):
            row.prerequisites.remove(link)
            session.delete(link)
        session.flush()
        for code in value:
            row.prerequisites.append(BadgePrerequisite(required=by_code(session, Badge, code)))


#: fields of the file kept in a column of the version
_VERSION = {
    "title": "title",
    "youth_label": "young_label",
    "color": "colour",
    "audience.statuses": "situations",
    "audience.min_age": "min_age",
    "audience.max_age": "max_age",
    "audience.extended.max_age": "extended_max_age",
    "audience.extended.condition": "extended_condition",
    "audience.label": "audience",
    "referrers": "prescribers",
    "hours": "hours",
    "sessions.count": "session_count",
    "sessions.hours": "session_hours",
    "sessions.pace.label": "rhythm",
    "sessions.pace.per_week": "per_week",
    "sessions.pace.weeks": "weeks",
    "sessions.pace.own_pace": "own_pace",
    "sessions.pace.during": "own_pace_during",
    "sessions.pace.max_months": "max_months",
    "group.min": "group_min",
    "group.max": "group_max",
    "group.adults": "adults",
    "places_per_year": "places_per_year",
    "groups_per_year": "groups_per_year",
    "prerequisites": "prerequisites",
    "papers": "papers",
    "charter": "charter",
    "min_attendance_pct": "attendance_percent",
    "project": "project",
    "aimed_badges": "target_badges",
    "chosen_badges": "badge_choice",
    "certificate": "certificate",
    "next_pathways": "next_pathways",
    "data_status": "data_status",
}
#: fields of a stage kept in a column of it
_STAGE = {
    "order": "position",
    "name": "name",
    "youth_label": "young_label",
    "hours": "hours",
    "sessions": "sessions",
    "goal": "aim",
    "expected_evidence": "expected_proofs",
    "milestone": "milestone",
    "chosen_competencies": "choice",
}


class Competencies(Table):
    """Competencies of the house. A version that speaks of one keeps the words it was published with."""

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Write the fields; published and retired versions keep the words of before."""
        if values.keys() & {"title", "i_can", "criteria"}:
            competency = by_code(session, Competency, code)
            keep_words(session, competency)
        super().change(session, code, values, now)


class Pathways(Store):
    """Pathways as they are published. A published version is frozen: what is taken makes the next one."""

    kind = "pathway"

    def held(self, session: Session) -> dict[str, dict[str, Any]]:
        """The published version of each pathway."""
        targets = selectinload(PathwayVersion.stages).selectinload(Stage.targets).joinedload(StageTarget.competency)
        published = select(PathwayVersion).where(PathwayVersion.status == "published")
        found = session.scalars(published.options(joinedload(PathwayVersion.pathway), targets))
        return {version.pathway.code: self._values(version) for version in found}

    def _values(self, version: PathwayVersion) -> dict[str, Any]:
        values = {name: getattr(version, column) for name, column in _VERSION.items()}
        for stage in version.stages:
            kept = {f"stages.{stage.code}.{name}": getattr(stage, column) for name, column in _STAGE.items()}
            levels = {target.competency.code: target.level for target in stage.targets}
            values |= kept | {f"stages.{stage.code}.competencies": levels}
        return values

    def add(self, session: Session, item: Item, now: datetime) -> None:
        """A new pathway, published at once."""
        pathway = session.scalars(select(Pathway).where(Pathway.code == item.code)).one_or_none()
        if pathway is None:
            pathway = Pathway(code=item.code, **item.once)
            session.add(pathway)
            session.flush()
        self._publish(session, pathway, item.values, now)

    def change(self, session: Session, code: str, values: Mapping[str, Any], now: datetime) -> None:
        """Publish the next version with these values; who is enrolled keeps theirs."""
        current = self.held(session)[code]
        pathway = by_code(session, Pathway, code)
        self._publish(session, pathway, current | dict(values), now)

    def _publish(self, session: Session, pathway: Pathway, values: Mapping[str, Any], now: datetime) -> None:
        ours = PathwayVersion.pathway_id == pathway.id
        own: OwnWords = {}
        for version in session.scalars(select(PathwayVersion).where(ours, PathwayVersion.status == "published")):
            version.status, version.retired_at = "retired", now
            own = own_words(version)
        number = session.scalar(select(func.max(PathwayVersion.number)).where(ours)) or 0
        session.flush()
        version = PathwayVersion(pathway_id=pathway.id, number=number + 1, status="published", published_at=now)
        for name, column in _VERSION.items():
            setattr(version, column, values[name])
        session.add(version)
        session.flush()
        for code in dict.fromkeys(name.split(".")[1] for name in values if name.startswith("stages.")):
            names = [f"stages.{code}.{name}" for name in (*_STAGE, "competencies")]
            if absent := [name for name in names if name not in values]:
                raise Lacking(absent[0])  # a stage is taken whole
            fields = {name.rpartition(".")[2]: values[name] for name in names}
            self._add_stage(session, version, code, fields, own)

    def _add_stage(
        self, session: Session, version: PathwayVersion, code: str, fields: dict[str, Any], own: OwnWords
    ) -> None:
        stage = Stage(version_id=version.id, code=code)
        for name, column in _STAGE.items():
            setattr(stage, column, fields[name])
        for position, (key, level) in enumerate(fields["competencies"].items()):
            competency = by_code(session, Competency, key)
            words = own.get(competency.id, {})
            stage.targets.append(StageTarget(competency=competency, level=level, position=position, **words))
        session.add(stage)
        session.flush()


LEVELS = Table("level", Level, {"level": "level", "label": "label", "youth_label": "young_label"})
EVIDENCE = Table("evidence_kind", EvidenceKind, {"label": "label", "file": "file"})
COMPETENCIES = Competencies(
    "competency",
    Competency,
    {
        "family": "family",
        "title": "title",
        "i_can": "i_can",
        "criteria": "criteria",
        "evidence": "evidence_code",
        "double_validation": "second_check",
        "alignments": "alignments",
    },
)
BADGES = Table(
    "badge",
    Badge,
    {
        "name": "name",
        "kind": "kind",
        "valid_months": "validity_months",
        "lapses_unused_months": "disuse_months",
        "min_age": "min_age",
        "renewal_minutes": "renewal_minutes",
        "renewal_test": "renewal_test",
        "training_minutes": "training_minutes",
        "training_learners": "training_places",
        "competencies": Levels("requirements", BadgeRequirement, Competency, "competency"),
        "prerequisites": Prerequisites("prerequisites"),
        "pathway": Link("pathway", Pathway),
        "stage": "stage_code",
    },
    options=[
        selectinload(Badge.requirements).joinedload(BadgeRequirement.competency),
        selectinload(Badge.prerequisites).joinedload(BadgePrerequisite.required),
        joinedload(Badge.pathway),
    ],
)
PATHWAYS = Pathways()
REASONS = Table("exit_reason", ExitReason, {"label": "label", "reason_not_recorded": "reason_not_stored"})
SITUATIONS_AFTER = Table("exit_situation", ExitSituation, {"label": "label", "positive": "positive", "group": "group"})
