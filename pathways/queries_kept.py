"""What the house teaches, kept from page to page: stages, aims, the scale, kinds of evidence, badges that ask.

Read again only when the database says that it changed (``fablab.house.kept``).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import house
from pathways.models_badges import Badge, BadgeRequirement
from pathways.models_pathways import Competency, EvidenceKind, Level, Stage, StageTarget


@dataclass(frozen=True)
class KeptCompetency:
    """Something a facilitator can see somebody do."""

    id: int
    code: str
    title: str
    i_can: str
    criteria: tuple[str, ...]
    evidence_code: str
    second_check: bool


@dataclass(frozen=True)
class KeptStage:
    """One stage of a version: what it aims at and proves, its competencies with the level expected of each."""

    id: int
    version_id: int
    position: int
    code: str
    name: str
    young_label: str
    aim: str
    proofs: tuple[str, ...]
    milestone: str
    aims: tuple[tuple[KeptCompetency, int], ...]
    #: some of these are enough
    among: tuple[tuple[KeptCompetency, int], ...] = ()
    choice_count: int = 0

    @property
    def targets(self) -> dict[int, int]:
        """The level aimed at of each competency, by its id."""
        return {one.id: level for one, level in self.aims}

    def choice(self, mine: Collection[str]) -> tuple[int, list[int], int] | None:
        """How many are enough, among which, at which level; ``mine``: what somebody chose, by code."""
        if not self.choice_count:
            return None
        chosen = len(mine) == self.choice_count
        among = [one.id for one, _level in self.among if not chosen or one.code in mine]
        return self.choice_count, among, max((level for _one, level in self.among), default=0)


@dataclass(frozen=True)
class KeptLevel:
    """One step of the scale."""

    level: int
    label: str
    young_label: str


@dataclass(frozen=True)
class KeptKind:
    """A kind of evidence, and whether a file may come with it."""

    code: str
    label: str
    file: str


@dataclass(frozen=True)
class Teaching:
    """All of it. ``asked_by``: ids of the safety badges that ask for a competency."""

    competencies: Mapping[int, KeptCompetency]
    stages: Mapping[int, tuple[KeptStage, ...]]
    levels: tuple[KeptLevel, ...]
    kinds: tuple[KeptKind, ...]
    asked_by: Mapping[int, frozenset[int]]

    def words_in(self, version_id: int | None) -> Mapping[int, KeptCompetency]:
        """Every competency by id, in the words of this version where it says one otherwise than the house."""
        stages = self.stages.get(version_id, ()) if version_id is not None else ()
        return {**self.competencies, **{one.id: one for stage in stages for one, _level in stage.aims}}


def teaching(session: Session) -> Teaching:
    """What the house teaches, as kept."""
    return house.kept(session, _read)


def stages_of(session: Session, version_id: int) -> Sequence[KeptStage]:
    """The stages of a version, in order."""
    return teaching(session).stages.get(version_id, ())


def scale(session: Session) -> Sequence[KeptLevel]:
    """The levels that can be given, lowest first; «not seen yet» is not one of them."""
    return [one for one in teaching(session).levels if one.level > 0]


def evidence_kinds(session: Session) -> Sequence[KeptKind]:
    """The kinds of proof that a validation may rest on, by their words."""
    return teaching(session).kinds


def asked_by(session: Session, competency_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Ids of the safety badges that ask for each of these competencies: who validates one holds the right for one."""
    known = teaching(session).asked_by
    return {one: known[one] for one in competency_ids if one in known}


def _read(session: Session) -> Teaching:
    columns = (
        Competency.id,
        Competency.code,
        Competency.title,
        Competency.i_can,
        Competency.criteria,
        Competency.evidence_code,
        Competency.second_check,
    )
    found = session.execute(select(*columns).order_by(Competency.position, Competency.id))
    known = {
        row.id: KeptCompetency(
            row.id, row.code, row.title, row.i_can, tuple(row.criteria), row.evidence_code, row.second_check
        )
        for row in found
    }
    levels = session.execute(select(Level.level, Level.label, Level.young_label).order_by(Level.level))
    kinds = select(EvidenceKind.code, EvidenceKind.label, EvidenceKind.file).order_by(
        EvidenceKind.label, EvidenceKind.code
    )
    return Teaching(
        known,
        _stages(session, known),
        tuple(KeptLevel(*row) for row in levels),
        tuple(KeptKind(*row) for row in session.execute(kinds)),
        _asked_by(session),
    )


def _stages(session: Session, known: Mapping[int, KeptCompetency]) -> dict[int, tuple[KeptStage, ...]]:
    targets = session.execute(
        select(
            StageTarget.stage_id,
            StageTarget.competency_id,
            StageTarget.level,
            StageTarget.own_title,
            StageTarget.own_i_can,
            StageTarget.own_criteria,
        ).order_by(StageTarget.position, StageTarget.id)
    )
    aims: dict[int, list[tuple[KeptCompetency, int]]] = defaultdict(list)
    for row in targets:
        one = known[row.competency_id]
        if row.own_title is not None:
            one = replace(one, title=row.own_title, i_can=row.own_i_can, criteria=tuple(row.own_criteria))
        aims[row.stage_id].append((one, row.level))
    columns = (
        *(Stage.id, Stage.version_id, Stage.position, Stage.code, Stage.name, Stage.young_label),
        *(Stage.aim, Stage.expected_proofs, Stage.milestone, Stage.choice),
    )
    found: dict[int, list[KeptStage]] = defaultdict(list)
    for row in session.execute(select(*columns).order_by(Stage.version_id, Stage.position)):
        stage = KeptStage(
            row.id,
            row.version_id,
            row.position,
            row.code,
            row.name,
            row.young_label,
            row.aim,
            tuple(row.expected_proofs),
            row.milestone,
            tuple(aims[row.id]),
            _among(row.choice, known),
            int(row.choice["count"]) if row.choice else 0,
        )
        found[stage.version_id].append(stage)
    return {version_id: tuple(stages) for version_id, stages in found.items()}


def _among(choice: Any, known: Mapping[int, KeptCompetency]) -> tuple[tuple[KeptCompetency, int], ...]:
    if not choice:
        return ()
    level, codes = int(choice["level"]), set(choice["among"])
    return tuple((one, level) for one in known.values() if one.code in codes)


def _asked_by(session: Session) -> dict[int, frozenset[int]]:
    rows = session.execute(
        select(BadgeRequirement.competency_id, BadgeRequirement.badge_id)
        .join(Badge, Badge.id == BadgeRequirement.badge_id)
        .where(Badge.kind == "safety")
    )
    found: dict[int, set[int]] = defaultdict(set)
    for competency_id, badge_id in rows:
        found[competency_id].add(badge_id)
    return {competency_id: frozenset(badges) for competency_id, badges in found.items()}
