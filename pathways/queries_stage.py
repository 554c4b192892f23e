"""One stage of somebody's path: its sessions, the pieces there are, what is validated and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, exists, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock
from pathways.models_badges import Award, Badge
from pathways.models_evidence import Evidence, EvidenceShows, ProjectSheet
from pathways.models_groups import Apology, Attendance, Enrolment, TrainingSession
from pathways.models_pathways import Pathway, PathwayVersion, Stage
from pathways.progress import stage_states
from pathways.queries_evidence import SeenPiece, seen_behind
from pathways.queries_kept import KeptCompetency, KeptStage, stages_of
from pathways.queries_own_pace import chosen_by
from pathways.queries_path import SHOWN, Aim, Next, aim_of, card_of, mastered
from pathways.queries_proofs import ExpectedProof, expected_proofs
from pathways.rules_badges import stage_gap
from pathways.values_badges import StageGap


@dataclass(frozen=True)
class StageLesson:
    """A session of the stage: what was noted of somebody, or whether they said that they cannot come."""

    lesson: TrainingSession
    status: str | None
    minutes_late: int
    sorry: bool

    @property
    def card(self) -> Next:
        """The same as the card of a session to come reads it."""
        return card_of(self.lesson, self.sorry)


@dataclass(frozen=True)
class LivedStage:
    """A stage that somebody lives, in the version that they follow, among its stages."""

    enrolment: Enrolment
    stage: KeptStage
    stages: Sequence[KeptStage]


@dataclass(frozen=True)
class StagePage:
    """One stage as its page shows it, for the young person and for the team."""

    enrolment: Enrolment
    stage: KeptStage
    state: str
    names: tuple[str, ...]
    aims: tuple[Aim, ...]
    #: those to choose among, or only those chosen once ``made``
    choice: tuple[Aim, ...]
    among: tuple[tuple[KeptCompetency, int], ...]
    made: bool
    #: whether its badge is held, and what is missing for it
    held: bool
    gap: StageGap
    proofs: tuple[ExpectedProof, ...]
    pieces: tuple[SeenPiece, ...]
    past: tuple[StageLesson, ...]
    coming: tuple[StageLesson, ...]

    @property
    def missing(self) -> int:
        """How many levels aimed at are not reached."""
        return len(self.gap.missing) + self.gap.to_choose


def stage_page(session: Session, person_id: int, code: str, position: int, now: datetime) -> StagePage | None:
    """A stage of the pathway that somebody follows, or followed to its end; None when there is none.

    Nine statements at most.
    """
    lived = lived_stage(session, person_id, code, position)
    if lived is None:
        return None
    enrolment, stage, stages = lived.enrolment, lived.stage, lived.stages
    earned = _earned(session, person_id, enrolment.version.pathway_id)
    states = stage_states([one.code in earned for one in stages])
    mine = _chosen(session, lived)
    among = tuple(one for one in stage.among if not mine or one[0].code in mine)
    aims, choice = _aims(session, person_id, stage.aims, among)
    levels = {aim.competency_id: aim.level for aim in (*aims, *choice)}
    lessons = _lessons(session, enrolment, stage)
    return StagePage(
        enrolment=enrolment,
        stage=stage,
        state=states[stages.index(stage)],
        names=tuple(one.name for one in stages),
        aims=aims,
        choice=choice,
        among=among,
        made=bool(mine) and len(mine) == stage.choice_count,
        held=stage.code in earned,
        gap=stage_gap(stage.targets, levels, stage.choice(mine)),
        proofs=expected_proofs(session, person_id, enrolment.version.pathway_id, stage.code, stage.proofs),
        pieces=_pieces(session, person_id, [one.competency_id for one in (*aims, *choice)]),
        past=tuple(one for one in lessons if one.lesson.ends_at <= now),
        coming=tuple(one for one in lessons if one.lesson.ends_at > now),
    )


def lived_stage(session: Session, person_id: int, code: str, position: int) -> LivedStage | None:
    """A stage of the pathway that somebody follows, or followed to its end; None when there is none."""
    enrolment = session.scalar(_enrolment(person_id, code))
    if enrolment is None:
        return None
    stages = stages_of(session, enrolment.version_id)
    stage = next((one for one in stages if one.position == position), None)
    return LivedStage(enrolment, stage, stages) if stage else None


def aimed(session: Session, lived: LivedStage) -> list[int]:
    """Ids of what somebody aims at in a stage: of those to choose among, only those chosen once there are any."""
    mine = _chosen(session, lived)
    among = [one for one, _level in lived.stage.among if not mine or one.code in mine]
    return [one.id for one in (*(aim for aim, _level in lived.stage.aims), *among)]


def _chosen(session: Session, lived: LivedStage) -> frozenset[str]:
    if not lived.stage.among:
        return frozenset()
    return chosen_by(session, [lived.enrolment]).get(lived.enrolment.id, {}).get(lived.stage.code, frozenset())


def _enrolment(person_id: int, code: str) -> Select[Enrolment]:
    return (
        select(Enrolment)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(Enrolment.person_id == person_id, Enrolment.status.in_(SHOWN), Pathway.code == code)
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.group),
            joinedload(Enrolment.version).joinedload(PathwayVersion.pathway),
        )
        .order_by(Enrolment.ended_on.is_not(None), Enrolment.enrolled_on.desc(), Enrolment.id)
        .limit(1)
    )


def _earned(session: Session, person_id: int, pathway_id: int) -> set[str | None]:
    found = select(Badge.stage_code).join(Award, Award.badge_id == Badge.id)
    return set(
        session.scalars(
            found.where(
                Award.person_id == person_id,
                Award.ended_at.is_(None),
                Badge.pathway_id == pathway_id,
                Badge.kind == "stage",
            )
        )
    )


def _aims(
    session: Session,
    person_id: int,
    asked: Sequence[tuple[KeptCompetency, int]],
    among: Sequence[tuple[KeptCompetency, int]],
) -> tuple[tuple[Aim, ...], tuple[Aim, ...]]:
    held = mastered(session, person_id)
    wanted = {one.id for one, _level in (*asked, *among)}
    lines = [one.validation_id for id_, one in held.items() if id_ in wanted]
    seen = seen_behind(session, lines) if lines else {}

    return tuple(aim_of(*one, held, seen) for one in asked), tuple(aim_of(*one, held, seen) for one in among)


def _lessons(session: Session, enrolment: Enrolment, stage: KeptStage) -> list[StageLesson]:
    """The sessions of the group in this stage, first first: those planned, with what was noted of the person."""
    if enrolment.group_id is None:
        return []
    rows = session.execute(
        select(TrainingSession, Attendance.status, Attendance.minutes_late, Apology.id)
        .outerjoin(
            Attendance,
            (Attendance.session_id == TrainingSession.id) & (Attendance.person_id == enrolment.person_id),
        )
        .outerjoin(
            Apology,
            (Apology.session_id == TrainingSession.id)
            & (Apology.person_id == enrolment.person_id)
            & Apology.withdrawn_at.is_(None),
        )
        .where(
            TrainingSession.group_id == enrolment.group_id,
            # By its code: a group moved to another version lived its first sessions in the stage of before.
            TrainingSession.stage_id.in_(select(Stage.id).where(Stage.code == stage.code)),
            TrainingSession.status == "planned",
        )
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    )
    # What the group lived before somebody entered it is not theirs.
    return [
        StageLesson(lesson, status, minutes or 0, sorry is not None)
        for lesson, status, minutes, sorry in rows
        if status or clock.local_day(lesson.starts_at) >= enrolment.enrolled_on
    ]


def _pieces(session: Session, person_id: int, competency_ids: Sequence[int]) -> tuple[SeenPiece, ...]:
    """The pieces of somebody that show something of the stage, the latest first, twenty at most."""
    shows = exists().where(
        EvidenceShows.evidence_id == Evidence.id, EvidenceShows.competency_id.in_(list(competency_ids))
    )
    rows = session.execute(
        select(
            Evidence.public_id,
            case((Evidence.kind == "sheet", ProjectSheet.public_id)),
            Evidence.text,
            ProjectSheet.title,
        )
        .outerjoin(ProjectSheet, ProjectSheet.id == Evidence.sheet_id)
        .where(Evidence.owner_id == person_id, Evidence.removed_at.is_(None), shows)
        .where((Evidence.kind == "sheet") | Evidence.sheet_id.is_(None), Evidence.stage_id.is_(None))
        .order_by(Evidence.id.desc())
        .limit(20)
    )
    return tuple(SeenPiece(title or text, public_id, sheet_id) for public_id, sheet_id, text, title in rows)
