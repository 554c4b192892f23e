"""The path of one person as they read it: stages, what is done and by whom, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import BindParameter, Integer, Select, bindparam, exists, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from fablab.db import UtcDateTime
from fablab.people.models import Person
from fablab.ready import rows
from pathways import queries_evidence
from pathways.models_badges import Award, Badge
from pathways.models_groups import Apology, Enrolment, Group, TrainingSession
from pathways.models_pathways import EvidenceKind, Pathway, PathwayVersion, Stage
from pathways.models_validations import Mastery, Validation
from pathways.progress import attendance_words, hours_words, stage_states
from pathways.queries_evidence import SeenPiece
from pathways.queries_kept import KeptCompetency, KeptStage, stages_of
from pathways.queries_own_pace import chosen_by
from pathways.queries_presence import Presence, presences
from pathways.rules_own_pace import last_day
from pathways.values import short_title
from pathways.values_own_pace import Chosen

#: enrolments shown as a path: those that run, and those that were lived to the end
SHOWN = ("enrolled", "under_way", "finished")


@dataclass(frozen=True)
class Aim:
    """A competency aimed at in a stage: how far I am, who saw it when, what they noted of the gesture, the proof."""

    competency_id: int
    i_can: str
    target: int
    level: int
    by: str | None = None
    at: datetime | None = None
    note: str | None = None
    proof: str | None = None
    pieces: tuple[SeenPiece, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the level aimed at is reached."""
        return self.level >= self.target


@dataclass(frozen=True)
class StageStand:
    """A stage, whether its badge was earned, its competencies, and those of which some are enough.

    ``chosen``: the choice is made, and ``choice`` holds only what was chosen.
    """

    name: str
    young_label: str
    state: str
    position: int
    aims: tuple[Aim, ...]
    choice: tuple[Aim, ...] = ()
    choice_count: int = 0
    chosen: bool = False


@dataclass(frozen=True)
class Path:
    """Where somebody stands in one enrolment."""

    enrolment: Enrolment
    stages: tuple[StageStand, ...]
    presence: Presence
    chooses: bool = False

    @property
    def finished(self) -> bool:
        """Whether the four stages and the attendance are all reached."""
        return self.enrolment.status == "finished"

    @property
    def attendance_words(self) -> str:
        """How often I came, and how often it takes."""
        say = hours_words if self.presence.unit == "hours" else attendance_words
        return say(self.presence.count, self.presence.needed)

    @property
    def last_day(self) -> date | None:
        """The last day at one's own pace; None: in a group, or without an end."""
        months = self.enrolment.version.max_months if self.enrolment.group_id is None else None
        return last_day(self.enrolment.enrolled_on, months)

    @property
    def here(self) -> StageStand | None:
        """The stage being lived; None when all are finished."""
        return next((stage for stage in self.stages if stage.state == "here"), None)


class Next(NamedTuple):
    """The next session on somebody's path: when, what, of which pathway, and whether they said they cannot come."""

    public_id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    title_of_pathway: str
    sorry: bool

    @property
    def pathway(self) -> str:
        """The short title of the pathway."""
        return short_title(self.title_of_pathway)


@dataclass(frozen=True)
class Coming:
    """A session to come of somebody's groups, and whether they said that they cannot come."""

    lesson: TrainingSession
    sorry: bool

    @property
    def card(self) -> Next:
        """The same as its card reads it."""
        return card_of(self.lesson, self.sorry)


def paths_of(session: Session, person_id: int) -> list[Path]:
    """The paths of somebody, those that run first: nine statements at most, once what the house teaches is kept."""
    enrolments = session.scalars(_FOLLOWED, {"person": person_id}).all()
    if not enrolments:
        return []
    known = mastered(session, person_id)
    seen = queries_evidence.seen_behind(session, [one.validation_id for one in known.values()]) if known else {}
    stood = _Stood(known, seen, _earned(session, person_id))
    came = presences(session, enrolments)
    stages = {one.id: stages_of(session, one.version_id) for one in enrolments}
    chosen = chosen_by(session, [one for one in enrolments if _chooses(one, stages[one.id])])
    return [_path(one, stages[one.id], stood, came[one.id], chosen.get(one.id, {})) for one in enrolments]


# Said once, as all that this page asks: putting a statement together costs more than its answer.
_FOLLOWED = (
    select(Enrolment)
    .join(Enrolment.version)
    .join(PathwayVersion.pathway)
    .where(Enrolment.person_id == bindparam("person", type_=Integer()), Enrolment.status.in_(SHOWN))
    .options(
        joinedload(Enrolment.group),
        contains_eager(Enrolment.version).contains_eager(PathwayVersion.pathway),
    )
    .order_by(Enrolment.ended_on.is_not(None), Enrolment.enrolled_on.desc(), Pathway.position, Enrolment.id)
)


def _chooses(enrolment: Enrolment, stages: Sequence[KeptStage]) -> bool:
    return bool(enrolment.version.badge_choice) or any(stage.choice_count for stage in stages)


class Held(NamedTuple):
    """A level that somebody holds: the validation that says so, its author's first name, what was noted, on what."""

    competency_id: int
    level: int
    validation_id: int
    by: str
    at: datetime
    note: str | None
    proof: str


def mastered(session: Session, person_id: int) -> dict[int, Held]:
    """What somebody holds, by competency, with the validation that says so. One statement, of plain columns."""
    return {one.competency_id: one for one in rows(session, _MASTERED, {"person": person_id}, Held._make)}


# Said once: every page of a young person asks it.
_MASTERED = (
    select(
        Mastery.competency_id,
        Mastery.level,
        Mastery.validation_id,
        Person.first_name,
        Validation.at,
        Validation.note,
        EvidenceKind.label,
    )
    .join(Validation, Validation.id == Mastery.validation_id)
    .join(Person, Person.id == Validation.author_id)
    .join(EvidenceKind, EvidenceKind.code == Validation.evidence_code)
    .where(Mastery.person_id == bindparam("person", type_=Integer()))
)


def coming_for(session: Session, person_id: int, now: datetime, limit: int = 3) -> list[Coming]:
    """The next sessions of the groups that somebody follows, not over yet, soonest first, with stages and parts."""
    options = (joinedload(TrainingSession.stage).selectinload(Stage.targets), selectinload(TrainingSession.parts))
    return _coming(session, _next_sessions(person_id, now, limit).options(*options))


def coming_in_short(session: Session, person_id: int, now: datetime, limit: int = 3) -> list[Coming]:
    """The same with their groups only: one statement."""
    return _coming(session, _next_sessions(person_id, now, limit))


def card_of(lesson: TrainingSession, sorry: bool) -> Next:
    """A session as its card reads it."""
    pathway = lesson.group.version.title
    return Next(lesson.public_id, lesson.title, lesson.starts_at, lesson.ends_at, pathway, sorry)


def next_for(session: Session, person_id: int, now: datetime) -> Next | None:
    """The next session of the groups that somebody follows, not over yet. One statement, of plain columns."""
    return next(iter(rows(session, _NEXT, {"person": person_id, "now": now}, Next._make)), None)


_MINE: BindParameter[int] = bindparam("person", type_=Integer())
_NEXT = (
    select(
        TrainingSession.public_id,
        TrainingSession.title,
        TrainingSession.starts_at,
        TrainingSession.ends_at,
        PathwayVersion.title,
        exists().where(
            Apology.session_id == TrainingSession.id, Apology.person_id == _MINE, Apology.withdrawn_at.is_(None)
        ),
    )
    .join(TrainingSession.group)
    .join(Group.version)
    .where(
        TrainingSession.group_id.in_(
            select(Enrolment.group_id).where(
                Enrolment.person_id == _MINE, Enrolment.ended_on.is_(None), Enrolment.status != "referred"
            )
        ),
        TrainingSession.status == "planned",
        TrainingSession.ends_at > bindparam("now", type_=UtcDateTime()),
    )
    .order_by(TrainingSession.starts_at, TrainingSession.id)
    .limit(1)
)


def _coming(session: Session, wanted: Select[TrainingSession, bool]) -> list[Coming]:
    return [Coming(lesson, sorry) for lesson, sorry in session.execute(wanted)]


def _next_sessions(person_id: int, now: datetime, limit: int) -> Select[TrainingSession, bool]:
    mine = select(Enrolment.group_id).where(
        Enrolment.person_id == person_id, Enrolment.ended_on.is_(None), Enrolment.status != "referred"
    )
    sorry = exists().where(
        Apology.session_id == TrainingSession.id, Apology.person_id == person_id, Apology.withdrawn_at.is_(None)
    )
    return (
        select(TrainingSession, sorry)
        .where(TrainingSession.group_id.in_(mine), TrainingSession.status == "planned", TrainingSession.ends_at > now)
        .options(joinedload(TrainingSession.group).joinedload(Group.version).joinedload(PathwayVersion.pathway))
        .order_by(TrainingSession.starts_at, TrainingSession.id)
        .limit(limit)
    )


def my_lesson(session: Session, public_id: str, person_id: int) -> TrainingSession | None:
    """A session of a group in which somebody is enrolled now, or None."""
    mine = select(Enrolment.group_id).where(Enrolment.person_id == person_id, Enrolment.ended_on.is_(None))
    found = select(TrainingSession).where(TrainingSession.public_id == public_id, TrainingSession.group_id.in_(mine))
    return session.scalar(found)


def _earned(session: Session, person_id: int) -> set[tuple[int | None, str | None, str]]:
    """(pathway, stage code, kind) of the skill badges still held."""
    return set(rows(session, _EARNED, {"person": person_id}, tuple))


_EARNED = (
    select(Badge.pathway_id, Badge.stage_code, Badge.kind)
    .join(Award, Award.badge_id == Badge.id)
    .where(Award.person_id == bindparam("person", type_=Integer()), Award.ended_at.is_(None), Badge.kind != "safety")
)


@dataclass(frozen=True)
class _Stood:
    """What was read of somebody, whatever the pathway."""

    known: dict[int, Held]
    seen: dict[int, tuple[SeenPiece, ...]]
    earned: set[tuple[int | None, str | None, str]]

    def aim(self, competency: KeptCompetency, target: int) -> Aim:
        """How far somebody is in a competency, and what says so."""
        return aim_of(competency, target, self.known, self.seen)


def aim_of(
    competency: KeptCompetency, target: int, known: Mapping[int, Held], seen: Mapping[int, tuple[SeenPiece, ...]]
) -> Aim:
    """A competency aimed at, with what somebody holds of it and the pieces on which it rests."""
    held = known.get(competency.id)
    if held is None or held.level == 0:
        return Aim(competency.id, competency.i_can, target, 0)
    pieces = seen.get(held.validation_id, ())
    return Aim(competency.id, competency.i_can, target, held.level, held.by, held.at, held.note, held.proof, pieces)


def _path(enrolment: Enrolment, stages: Sequence[KeptStage], stood: _Stood, presence: Presence, chosen: Chosen) -> Path:
    pathway_id = enrolment.version.pathway_id
    states = stage_states([(pathway_id, stage.code, "stage") in stood.earned for stage in stages])
    found = []
    for stage, state in zip(stages, states, strict=True):
        mine = chosen.get(stage.code, frozenset()) if stage.choice_count else frozenset()
        found.append(
            StageStand(
                stage.name,
                stage.young_label,
                state,
                stage.position,
                tuple(stood.aim(*one) for one in stage.aims),
                tuple(stood.aim(*one) for one in stage.among if not mine or one[0].code in mine),
                stage.choice_count,
                bool(mine) and len(mine) == stage.choice_count,
            )
        )
    return Path(enrolment, tuple(found), presence, _chooses(enrolment, stages))
