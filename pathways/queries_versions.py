"""The versions of a pathway: the list, one of them whole, and what the rules of publishing are asked with."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from fablab.seen import stamp
from pathways.models_badges import Badge, BadgeRequirement
from pathways.models_groups import Enrolment, Group
from pathways.models_pathways import Competency, EvidenceKind, Level, Pathway, PathwayVersion, Stage, StageTarget
from pathways.rules_versions import Fault, aim_faults, own_faults, sentences
from pathways.values_versions import Change
from pathways.words_versions import Names


@dataclass(frozen=True)
class VersionLine:
    """A version in the list: who follows it now, and who ever did."""

    version: PathwayVersion
    running: int
    ever: int
    groups: int


@dataclass(frozen=True)
class PathwayLine:
    """A pathway in the list: what is published, what is being prepared, who follows an older version."""

    pathway: Pathway
    published: PathwayVersion | None
    draft: PathwayVersion | None
    versions: int
    older: int


def pathway_lines(session: Session) -> list[PathwayLine]:
    """Every pathway, in the house's order. Two statements."""
    pathways = session.scalars(
        select(Pathway).options(selectinload(Pathway.versions)).order_by(Pathway.position, Pathway.id)
    ).all()
    open_ones = select(Enrolment.version_id, func.count()).where(Enrolment.ended_on.is_(None))
    running = dict(session.execute(open_ones.group_by(Enrolment.version_id)).all())
    return [_line(pathway, running) for pathway in pathways]


def _line(pathway: Pathway, running: dict[int, int]) -> PathwayLine:
    by_status = {version.status: version for version in pathway.versions}
    older = sum(running.get(version.id, 0) for version in pathway.versions if version.status == "retired")
    return PathwayLine(pathway, by_status.get("published"), by_status.get("draft"), len(pathway.versions), older)


def version_lines(session: Session, pathway: Pathway) -> list[VersionLine]:
    """The versions of a pathway, newest first. Two statements."""
    running = func.count().filter(Enrolment.ended_on.is_(None))
    counted = select(Enrolment.version_id, running, func.count()).join(Enrolment.version)
    counted = counted.where(PathwayVersion.pathway_id == pathway.id).group_by(Enrolment.version_id)
    people = {version_id: (now, ever) for version_id, now, ever in session.execute(counted)}
    lived = select(Group.version_id, func.count()).join(Group.version)
    lived = lived.where(PathwayVersion.pathway_id == pathway.id, Group.closed_at.is_(None)).group_by(Group.version_id)
    groups = dict(session.execute(lived).all())
    newest = sorted(pathway.versions, key=lambda version: version.number, reverse=True)
    return [VersionLine(one, *people.get(one.id, (0, 0)), groups.get(one.id, 0)) for one in newest]


def pathway_by_code(session: Session, code: str) -> Pathway | None:
    """A pathway with its versions, or None."""
    return session.scalar(select(Pathway).where(Pathway.code == code).options(selectinload(Pathway.versions)))


def whole(version: Select[PathwayVersion]) -> Select[PathwayVersion]:
    """A version with its pathway, stages, competencies: four statements."""
    targets = selectinload(PathwayVersion.stages).selectinload(Stage.targets).joinedload(StageTarget.competency)
    return version.options(joinedload(PathwayVersion.pathway), targets)


def version_by_number(session: Session, code: str, number: int) -> PathwayVersion | None:
    """One version of a pathway, whole, or None."""
    found = select(PathwayVersion).join(PathwayVersion.pathway)
    return session.scalar(whole(found.where(Pathway.code == code, PathwayVersion.number == number)))


def version_and_before(session: Session, code: str, number: int) -> tuple[PathwayVersion | None, PathwayVersion | None]:
    """One version of a pathway and the one that it followed, both whole. Three statements."""
    found = select(PathwayVersion).join(PathwayVersion.pathway)
    found = found.where(
        Pathway.code == code,
        or_(
            PathwayVersion.number == number,
            and_(PathwayVersion.number < number, PathwayVersion.status != "draft"),
        ),
    )
    pair = session.scalars(whole(found.order_by(PathwayVersion.number.desc()).limit(2))).all()
    if not pair or pair[0].number != number:
        return None, None
    return pair[0], next(iter(pair[1:]), None)


def draft_and_published(session: Session, code: str) -> tuple[PathwayVersion | None, PathwayVersion | None]:
    """The draft of a pathway and the version it will follow, both whole. Three statements."""
    found = select(PathwayVersion).join(PathwayVersion.pathway)
    found = found.where(Pathway.code == code, PathwayVersion.status.in_(("draft", "published")))
    by_status = {version.status: version for version in session.scalars(whole(found))}
    return by_status.get("draft"), by_status.get("published")


def draft_stage(session: Session, code: str, stage_id: int) -> Stage | None:
    """A stage of the draft of a pathway, with its competencies, or None."""
    found = select(Stage).join(Stage.version).join(PathwayVersion.pathway)
    found = found.where(Stage.id == stage_id, Pathway.code == code, PathwayVersion.status == "draft")
    version = contains_eager(Stage.version)
    stages = version.selectinload(PathwayVersion.stages).selectinload(Stage.targets).joinedload(StageTarget.competency)
    return session.scalar(found.options(version.contains_eager(PathwayVersion.pathway), stages))


def draft_target(session: Session, code: str, target_id: int) -> StageTarget | None:
    """A competency aimed at in the draft of a pathway, or None."""
    found = select(StageTarget).join(StageTarget.stage).join(Stage.version).join(PathwayVersion.pathway)
    found = found.where(StageTarget.id == target_id, Pathway.code == code, PathwayVersion.status == "draft")
    version = contains_eager(StageTarget.stage).contains_eager(Stage.version)
    return session.scalar(
        found.options(version.contains_eager(PathwayVersion.pathway), joinedload(StageTarget.competency))
    )


def elsewhere(session: Session, competency_id: int, pathway_id: int) -> list[str]:
    """The other pathways whose published version aims at a competency."""
    found = select(PathwayVersion).join(PathwayVersion.pathway)
    aims = exists().where(
        Stage.version_id == PathwayVersion.id,
        StageTarget.stage_id == Stage.id,
        StageTarget.competency_id == competency_id,
    )
    found = found.where(PathwayVersion.status == "published", PathwayVersion.pathway_id != pathway_id, aims)
    return [version.short_title for version in session.scalars(found.order_by(Pathway.position))]


def competencies(session: Session) -> Sequence[Competency]:
    """Every competency of the house, those of other drafts left out, in order."""
    found = select(Competency).where(~Competency.draft)
    return session.scalars(found.order_by(Competency.position, Competency.id)).all()


def evidence_kinds(session: Session) -> Sequence[EvidenceKind]:
    """The kinds of proof, by their words."""
    return session.scalars(select(EvidenceKind).order_by(EvidenceKind.label, EvidenceKind.code)).all()


def levels(session: Session) -> dict[int, str]:
    """The levels that can be aimed at, in words."""
    found = session.execute(select(Level.level, Level.label).where(Level.level > 0).order_by(Level.level))
    return {level: label for level, label in found}


def safety_badges(session: Session) -> Sequence[Badge]:
    """The safety badges with what they ask, in order."""
    asks = selectinload(Badge.requirements).joinedload(BadgeRequirement.competency)
    return session.scalars(
        select(Badge).where(Badge.kind == "safety").order_by(Badge.position, Badge.id).options(asks)
    ).all()


def names_of(session: Session, versions: Collection[PathwayVersion], badges: Sequence[Badge]) -> Names:
    """What the codes in these versions are called. Two statements at most."""
    chosen = {
        code for version in versions for stage in version.stages for code in (stage.choice or {"among": []})["among"]
    }
    titles = {
        one.competency.code: one.title for version in versions for stage in version.stages for one in stage.targets
    }
    if more := chosen - titles.keys():
        titles |= dict(
            session.execute(select(Competency.code, Competency.title).where(Competency.code.in_(more))).all()
        )
    asked = {need.competency.code: need.competency.title for badge in badges for need in badge.requirements}
    return Names({badge.code: badge.name for badge in badges}, asked | titles, levels(session))


def stamp_of(told: Sequence[Change]) -> str:
    """A short mark of what changes: says whether it still is what was shown before confirming."""
    return stamp([asdict(change) for change in told])


def faults_of(version: PathwayVersion, badges: Sequence[Badge], names: Names) -> list[tuple[Fault, str]]:
    """What must still be mended in a draft, each in words: the same as in the files of the catalogue."""
    written = as_written(version)
    asked = {badge.code: _badge_as_written(badge) for badge in badges}
    found = [*own_faults(written), *aim_faults(written, asked)]
    return list(sentences(found, [stage.name for stage in version.stages], names.badges, names.competencies))


def as_written(version: PathwayVersion) -> dict[str, Any]:
    """A version as pathways.yaml would write it."""
    extended = {"max_age": version.extended_max_age} if version.extended_max_age else None
    pace = {"per_week": version.per_week, "weeks": version.weeks, "own_pace": version.own_pace}
    return {
        "audience": {"min_age": version.min_age, "max_age": version.max_age, "extended": extended},
        "group": {"min": version.group_min, "max": version.group_max},
        "sessions": {"count": version.session_count, "hours": version.session_hours, "pace": pace},
        "hours": version.hours,
        "places_per_year": version.places_per_year,
        "groups_per_year": version.groups_per_year,
        "prerequisites": [{"any_of": None, "all_of": None, **one} for one in version.prerequisites],
        "aimed_badges": version.target_badges,
        "chosen_badges": version.badge_choice,
        "stages": [_stage_as_written(stage) for stage in version.stages],
    }


def _stage_as_written(stage: Stage) -> dict[str, Any]:
    targets = [{"code": target.competency.code, "level": target.level} for target in stage.targets]
    return {
        "hours": stage.hours,
        "sessions": stage.sessions,
        "competencies": targets,
        "chosen_competencies": stage.choice,
    }


def _badge_as_written(badge: Badge) -> dict[str, Any]:
    needs = [{"code": need.competency.code, "level": need.level} for need in badge.requirements]
    return {"competencies": needs, "min_age": badge.min_age}
