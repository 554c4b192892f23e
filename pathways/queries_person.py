"""What the page of a young person shows the team of their training, in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from fablab import house
from pathways.models_groups import LEAVING, Enrolment
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.models_validations import Mastery
from pathways.progress import stage_states
from pathways.queries_kept import KeptStage, stages_of
from pathways.queries_path import SHOWN
from pathways.queries_presence import presences
from pathways.queries_standings import Skill
from pathways.rules_own_pace import last_day


@dataclass(frozen=True)
class Followed:
    """A pathway that somebody follows or finished: the stage they live and how many of its aims they reached.

    ``last_day`` and ``hours`` only at one's own pace, while it runs.
    """

    enrolment: Enrolment
    here: KeptStage | None
    reached: int
    last_day: date | None = None
    hours: int = 0

    @property
    def finished(self) -> bool:
        """Whether the four stages and the attendance are all reached."""
        return self.enrolment.status == "finished"


@dataclass(frozen=True)
class Enrolments:
    """The enrolments of somebody: those shown as a path, those left before their end, those not begun."""

    followed: tuple[Enrolment, ...]
    left: tuple[Enrolment, ...]
    referred: tuple[Enrolment, ...]

    @property
    def running(self) -> list[Enrolment]:
        """Those that have not ended."""
        return [one for one in self.followed if one.ended_on is None]


@dataclass(frozen=True)
class OwnPace:
    """A published pathway lived at one's own pace."""

    pathway_id: int
    code: str
    short_title: str


def enrolments_of(session: Session, person_id: int) -> Enrolments:
    """All the enrolments of somebody, with versions and groups, in the order shown: one statement."""
    found = session.scalars(
        select(Enrolment)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(Enrolment.person_id == person_id)
        .options(contains_eager(Enrolment.version).contains_eager(PathwayVersion.pathway), joinedload(Enrolment.group))
        .order_by(Enrolment.ended_on.is_not(None), Enrolment.enrolled_on.desc(), Pathway.position, Enrolment.id)
    ).all()
    left = [one for one in found if one.status in LEAVING]
    return Enrolments(
        tuple(one for one in found if one.status in SHOWN),
        tuple(sorted(left, key=lambda one: (one.ended_on or date.max, one.id), reverse=True)),
        tuple(one for one in found if one.status == "referred" and one.ended_on is None),
    )


def followed_of(
    session: Session, person_id: int, enrolments: Sequence[Enrolment], skills: Sequence[Skill]
) -> list[Followed]:
    """Where somebody is in these enrolments, from the stage badges they hold: one statement, none for no enrolment.

    At one's own pace, the hours are three more.
    """
    if not enrolments:
        return []
    levels = dict(
        session.execute(select(Mastery.competency_id, Mastery.level).where(Mastery.person_id == person_id)).all()
    )
    earned = {(skill.pathway_id, skill.stage_code) for skill in skills if skill.kind == "stage"}
    found = []
    for enrolment in enrolments:
        version = enrolment.version
        stages = stages_of(session, version.id)
        states = stage_states([(version.pathway_id, stage.code) in earned for stage in stages])
        here = next((stage for stage, state in zip(stages, states, strict=True) if state == "here"), None)
        reached = sum(levels.get(one.id, 0) >= level for one, level in here.aims) if here else 0
        found.append(Followed(enrolment, here, reached))
    return _with_hours(session, found)


def _with_hours(session: Session, followed: list[Followed]) -> list[Followed]:
    ends = {
        one.enrolment.id: last_day(one.enrolment.enrolled_on, one.enrolment.version.max_months)
        for one in followed
        if one.enrolment.group_id is None and one.enrolment.ended_on is None
    }
    timed = [one.enrolment for one in followed if ends.get(one.enrolment.id)]
    came = presences(session, timed) if timed else {}
    return [
        replace(one, last_day=ends[one.enrolment.id], hours=came[one.enrolment.id].count)
        if one.enrolment.id in came
        else one
        for one in followed
    ]


def own_pace(session: Session) -> Sequence[OwnPace]:
    """The published pathways lived at one's own pace, as kept."""
    return house.kept(session, _own_pace)


def _own_pace(session: Session) -> tuple[OwnPace, ...]:
    found = session.scalars(
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(PathwayVersion.status == "published", PathwayVersion.own_pace.is_(True))
        .options(contains_eager(PathwayVersion.pathway))
        .order_by(Pathway.position)
    )
    return tuple(OwnPace(one.pathway_id, one.pathway.code, one.short_title) for one in found)
