"""Who can be moved to another version of their pathway, where they would stand, and the moves already made."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from fablab.people.models import Person
from fablab.seen import stamp
from pathways.models_badges import Award, Badge, BadgeRequirement
from pathways.models_groups import Enrolment, Group
from pathways.models_moves import MovedEnrolment, VersionMove
from pathways.models_pathways import Competency, PathwayVersion
from pathways.models_validations import Mastery
from pathways.rules_moving import standing
from pathways.values_versions import Aimed, Known, Standing


@dataclass(frozen=True)
class Crew:
    """People who are moved together: a group with all who follow it, or somebody at their own pace."""

    code: str
    name: str
    group: Group | None
    enrolments: tuple[Enrolment, ...]


@dataclass(frozen=True)
class Stand:
    """Somebody, and where they would stand in the new version."""

    person: Person
    standing: Standing


@dataclass(frozen=True)
class MoveLine:
    """A move already made: how many people it took along."""

    move: VersionMove
    people: int


def crews_of(session: Session, version_id: int) -> list[Crew]:
    """Whoever follows a version now: groups by name, then people at their own pace. Two statements."""
    groups = session.scalars(
        select(Group).where(Group.version_id == version_id, Group.closed_at.is_(None)).order_by(Group.name)
    ).all()
    followed = select(Enrolment).where(Enrolment.version_id == version_id, Enrolment.ended_on.is_(None))
    options = (joinedload(Enrolment.person), joinedload(Enrolment.group))
    by_group: dict[int | None, list[Enrolment]] = defaultdict(list)
    known = {group.id: group for group in groups}
    for one in session.scalars(followed.options(*options).order_by(Enrolment.id)):
        if one.group is not None:
            known[one.group.id] = one.group
        by_group[one.group_id].append(one)
    found = [Crew(f"g{one.public_id}", one.name, one, tuple(by_group[one.id])) for one in known.values()]
    alone = [Crew(f"p{one.person.public_id}", one.person.full_name, None, (one,)) for one in by_group[None]]
    return found + sorted(alone, key=lambda crew: crew.name)


def known_of(version: PathwayVersion) -> list[Known]:
    """The competencies that a version aims at, once each, as the mapping sees them."""
    targets = [target for stage in version.stages for target in stage.targets]
    found = {one.competency.code: Known(one.competency.code, one.title, one.competency.replaces) for one in targets}
    return list(found.values())


def guarded_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Those of these competencies that open a machine or that two people must see, with their titles."""
    asked = select(BadgeRequirement.competency_id)
    found = select(Competency.code, Competency.title).where(
        Competency.code.in_(codes), or_(Competency.second_check, Competency.id.in_(asked))
    )
    return dict(session.execute(found).all()) if codes else {}


def stands_of(
    session: Session, enrolments: Sequence[Enrolment], version: PathwayVersion, mapping: Mapping[str, Sequence[str]]
) -> list[Stand]:
    """Where each of these people would stand in a version under a mapping. Two statements."""
    people = [one.person_id for one in enrolments]
    levels: dict[int, dict[str, int]] = defaultdict(dict)
    held = select(Mastery.person_id, Competency.code, Mastery.level).join(Mastery.competency)
    for person_id, code, level in session.execute(held.where(Mastery.person_id.in_(people))):
        levels[person_id][code] = level
    badges: dict[int, list[str]] = defaultdict(list)
    earned = select(Award.person_id, Award.badge_name).join(Award.badge)
    earned = earned.where(
        Award.person_id.in_(people),
        Award.ended_at.is_(None),
        Badge.kind == "stage",
        Badge.pathway_id == version.pathway_id,
    )
    for person_id, name in session.execute(earned.order_by(Award.id)):
        badges[person_id].append(name)
    aims = [
        Aimed(one.competency.code, one.title, one.level, stage.name)
        for stage in version.stages
        for one in stage.targets
    ]
    return [
        Stand(one.person, standing(aims, levels[one.person_id], mapping, dict.fromkeys(badges[one.person_id])))
        for one in enrolments
    ]


def stamp_of(stands: Sequence[Stand], mapping: Mapping[str, Sequence[str]]) -> str:
    """A short mark of what was shown before confirming."""
    shown: list[Any] = [
        [one.person.public_id, [[aim.code, aim.level] for aim in one.standing.counts], list(one.standing.badges)]
        for one in stands
    ]
    return stamp([shown, {code: list(to) for code, to in mapping.items()}])


def moves_of(session: Session, pathway_id: int) -> list[MoveLine]:
    """The moves between versions of a pathway, newest first, those undone too."""
    people = (
        select(func.count()).where(MovedEnrolment.move_id == VersionMove.id).correlate(VersionMove).scalar_subquery()
    )
    found = select(VersionMove, people).join(VersionMove.to_version).where(PathwayVersion.pathway_id == pathway_id)
    options = (
        joinedload(VersionMove.from_version),
        joinedload(VersionMove.to_version),
        joinedload(VersionMove.moved_by),
    )
    return [MoveLine(*row) for row in session.execute(found.options(*options).order_by(VersionMove.id.desc()))]


def move_by_public_id(session: Session, public_id: str) -> VersionMove | None:
    """A move, with its versions, or None."""
    options = (
        joinedload(VersionMove.from_version).joinedload(PathwayVersion.pathway),
        joinedload(VersionMove.to_version),
    )
    return session.scalar(select(VersionMove).where(VersionMove.public_id == public_id).options(*options))


def moved_people(session: Session, move_id: int) -> Sequence[Enrolment]:
    """The enrolments of a move, with their people, by name."""
    found = select(Enrolment).join(MovedEnrolment, MovedEnrolment.enrolment_id == Enrolment.id).join(Enrolment.person)
    found = found.where(MovedEnrolment.move_id == move_id).options(joinedload(Enrolment.person))
    return session.scalars(found.order_by(Person.first_name, Person.last_name, Enrolment.id)).all()


def titles_of(session: Session, codes: Collection[str]) -> dict[str, str]:
    """What these competencies are called."""
    found = select(Competency.code, Competency.title).where(Competency.code.in_(codes))
    return dict(session.execute(found).all()) if codes else {}
