"""A published pathway, as the demonstration lives it: its stages, what they aim at, the machines it is learnt on."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pathways.models_badges import BadgeOpening, BadgeRequirement
from pathways.models_pathways import Competency, EvidenceKind, PathwayVersion

#: families of competencies that are learnt on machines
HANDS_ON = ("machines", "textile", "electronics")
MACHINES_AT_ONCE = 3


@dataclass(frozen=True)
class StageOf:
    """A stage of a course: its targets (competency id, level), those to choose, its sessions, the proofs expected."""

    id: int
    code: str
    title: str
    targets: tuple[tuple[int, int], ...]
    choice: tuple[tuple[int, int], ...]
    sessions: tuple[int, ...]
    proofs: tuple[str, ...]

    def targets_of(self, number: int) -> tuple[tuple[int, int], ...]:
        """What is aimed at in one of its sessions: the targets spread over them."""
        turn = self.sessions.index(number)
        return self.targets[turn :: len(self.sessions)]


@dataclass(frozen=True)
class Course:
    """A published pathway, as the demonstration lives it; ``machines`` by competency id."""

    code: str
    version_id: int
    group_min: int
    group_max: int
    adults: int
    stages: tuple[StageOf, ...]
    machines: dict[int, tuple[int, ...]]
    needed: frozenset[int]
    with_file: frozenset[int]

    @classmethod
    def of(cls, session: Session, version: PathwayVersion) -> Self:
        """Read once what the story needs of a version."""
        needs = select(BadgeRequirement.competency_id, BadgeOpening.resource_id, Competency.family)
        needs = needs.join(BadgeOpening, BadgeOpening.badge_id == BadgeRequirement.badge_id)
        needs = needs.join(Competency, Competency.id == BadgeRequirement.competency_id)
        machines: dict[int, tuple[int, ...]] = {}
        needed = set()
        for competency_id, resource_id, family in session.execute(needs.order_by(BadgeOpening.id)):
            needed.add(competency_id)
            if family in HANDS_ON:
                machines[competency_id] = (*machines.get(competency_id, ()), resource_id)
        codes = {code: id_ for code, id_ in session.execute(select(Competency.code, Competency.id))}
        stages = tuple(
            StageOf(
                stage.id,
                stage.code,
                stage.name,
                tuple((target.competency_id, target.level) for target in stage.targets),
                _chosen(stage.choice, codes),
                tuple(stage.sessions),
                tuple(stage.expected_proofs),
            )
            for stage in version.stages
        )
        return cls(
            version.pathway.code, version.id, version.group_min, version.group_max, version.adults, stages, machines,
            frozenset(needed), frozenset(session.scalars(_expects_a_file())),
        )  # fmt: skip

    def stage_of(self, number: int) -> StageOf:
        """The stage in which a session is lived."""
        return next(stage for stage in self.stages if number in stage.sessions)

    def stage(self, code: str) -> StageOf:
        """A stage by its code."""
        return next(stage for stage in self.stages if stage.code == code)

    def machines_of(self, number: int) -> tuple[int, ...]:
        """The machines of a session: those of what it aims at, or those learnt before."""
        stage = self.stage_of(number)
        found = [one for competency, _level in stage.targets_of(number) for one in self.machines.get(competency, ())]
        if not found and stage.code in ("FAB", "PAR"):
            before = [target for earlier in self.stages for target in earlier.targets if earlier.code in ("APP", "FAB")]
            found = [one for competency, _level in before for one in self.machines.get(competency, ())[:1]]
        return tuple(dict.fromkeys(found))[:MACHINES_AT_ONCE]


def _expects_a_file() -> Select[int]:
    """The competencies whose own kind of evidence comes with a file."""
    kinds = select(EvidenceKind.code).where(EvidenceKind.file == "possible")
    return select(Competency.id).where(Competency.evidence_code.in_(kinds))


def _chosen(choice: dict[str, object] | None, codes: dict[str, int]) -> tuple[tuple[int, int], ...]:
    if choice is None:
        return ()
    count, level, among = choice["count"], choice["level"], choice["among"]
    assert isinstance(count, int)
    assert isinstance(level, int)
    assert isinstance(among, list)
    # From the middle of the list: the machines that the other pathways teach least.
    return tuple((codes[code], level) for code in among[len(among) // 2 :][:count])
