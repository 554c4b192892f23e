"""The path of one person as they read it: stages, what is done and by whom, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from pathways import queries_evidence
from pathways.models_badges import Award, Badge
from pathways.models_groups import Apology, Enrolment, Group, TrainingSession
from pathways.models_pathways import Competency, Pathway, PathwayVersion, Stage, StageTarget
from pathways.models_validations import Mastery, Validation
from pathways.progress import attendance_words, hours_words, stage_states
from pathways.queries_evidence import SeenPiece
from pathways.queries_own_pace import chosen_by
from pathways.queries_presence import Presence, presences
from pathways.rules_own_pace import last_day
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


@dataclass(frozen=True)
class Coming:
    """A session to come of somebody's groups, and whether they said that they cannot come."""

    lesson: TrainingSession
    sorry: bool


def paths_of(session: Session, person_id: int) -> list[Path]:
    """The paths of somebody, those that run first: 15 statements at most."""
    enrolments = session.scalars(
        select(Enrolment)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(Enrolment.person_id == person_id, Enrolment.status.in_(SHOWN))
        .options(
            joinedload(Enrolment.group),
            joinedload(Enrolment.version).joinedload(PathwayVersion.pathway),
            joinedload(Enrolment.version)
            .selectinload(PathwayVersion.stages)
            .selectinload(Stage.targets)
            .joinedload(StageTarget.competency),
        )
        .order_by(Enrolment.ended_on.is_not(None), Enrolment.enrolled_on.desc(), Pathway.position, Enrolment.id)
    ).all()
    if not enrolments:
        return []
    known = mastered(session, person_id)
    seen = queries_evidence.seen_behind(session, [one.validation_id for one in known.values()])
    earned = _earned(session, person_id)
    among = _among(session, [stage for enrolment in enrolments for stage in enrolment.version.stages])
    came = presences(session, enrolments)
    stood = _Stood(known, seen, earned, among)
    chosen = chosen_by(session, [one for one in enrolments if one.version.chooses])
    return [_path(enrolment, stood, came[enrolment.id], chosen.get(enrolment.id, {})) for enrolment in enrolments]


def mastered(session: Session, person_id: int) -> dict[int, Mastery]:
    """What somebody holds, by competency, with the validation that says so and its author."""
    held = session.scalars(
        select(Mastery)
        .where(Mastery.person_id == person_id)
        .options(
            joinedload(Mastery.validation).joinedload(Validation.author),
            joinedload(Mastery.validation).joinedload(Validation.evidence),
        )
    )
    return {mastery.competency_id: mastery for mastery in held}


def coming_for(session: Session, person_id: int, now: datetime, limit: int = 3) -> list[Coming]:
    """The next sessions of the groups that somebody follows, not over yet, soonest first, with stages and parts."""
    options = (joinedload(TrainingSession.stage).selectinload(Stage.targets), selectinload(TrainingSession.parts))
    return _coming(session, _next_sessions(person_id, now, limit).options(*options))


def coming_in_short(session: Session, person_id: int, now: datetime, limit: int = 3) -> list[Coming]:
    """The same with their groups only: one statement."""
    return _coming(session, _next_sessions(person_id, now, limit))


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
    found = session.execute(
        select(Badge.pathway_id, Badge.stage_code, Badge.kind)
        .join(Award, Award.badge_id == Badge.id)
        .where(Award.person_id == person_id, Award.ended_at.is_(None), Badge.kind != "safety")
    )
    return {(pathway_id, stage_code, kind) for pathway_id, stage_code, kind in found}


def _among(session: Session, stages: Sequence[Stage]) -> dict[str, Competency]:
    """The competencies that stages let choose among, by code; no statement when none does."""
    codes = {code for stage in stages if stage.choice for code in stage.choice["among"]}
    if not codes:
        return {}
    return {one.code: one for one in session.scalars(select(Competency).where(Competency.code.in_(codes)))}


@dataclass(frozen=True)
class _Stood:
    """What was read of somebody, whatever the pathway."""

    known: dict[int, Mastery]
    seen: dict[int, tuple[SeenPiece, ...]]
    earned: set[tuple[int | None, str | None, str]]
    among: dict[str, Competency]

    def aim(self, competency_id: int, i_can: str, target: int) -> Aim:
        """How far somebody is in a competency, and what says so."""
        mastery = self.known.get(competency_id)
        if mastery is None or mastery.level == 0:
            return Aim(competency_id, i_can, target, 0)
        said = mastery.validation
        return Aim(
            competency_id,
            i_can,
            target,
            mastery.level,
            said.author.first_name,
            said.at,
            said.note,
            said.evidence.label,
            self.seen.get(said.id, ()),
        )


def _path(enrolment: Enrolment, stood: _Stood, presence: Presence, chosen: Chosen) -> Path:
    pathway_id = enrolment.version.pathway_id
    done = [(pathway_id, stage.code, "stage") in stood.earned for stage in enrolment.version.stages]
    states = stage_states(done)
    stages = []
    for number, stage in enumerate(enrolment.version.stages):
        aims = tuple(stood.aim(target.competency_id, target.i_can, target.level) for target in stage.targets)
        choice: tuple[Aim, ...] = ()
        count, made = 0, False
        if stage.choice:
            level, count = int(stage.choice["level"]), int(stage.choice["count"])
            mine = chosen.get(stage.code, frozenset())
            codes = [code for code in stage.choice["among"] if code in stood.among and (not mine or code in mine)]
            choice = tuple(stood.aim(stood.among[code].id, stood.among[code].i_can, level) for code in codes)
            made = len(mine) == count
        stages.append(
            StageStand(stage.name, stage.young_label, states[number], stage.position, aims, choice, count, made)
        )
    return Path(enrolment, tuple(stages), presence)
