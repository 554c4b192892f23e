"""The words of competencies in versions, and stages in order. Helpers: they take the session, open no transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from fablab import journal
from fablab.people.models import Person
from pathways.models_pathways import Competency, Pathway, PathwayVersion, Stage, StageTarget

#: what a version says of a competency otherwise than the house, by id of it
OwnWords = Mapping[int, Mapping[str, Any]]


def own_words(version: PathwayVersion) -> dict[int, dict[str, Any]]:
    """What this version chose to say of its competencies otherwise than the house does."""
    return {
        target.competency_id: {
            "own_title": target.own_title,
            "own_i_can": target.own_i_can,
            "own_criteria": target.own_criteria,
        }
        for stage in version.stages
        for target in stage.targets
        if target.own_title is not None and not target.own_kept
    }


def keep_words(session: Session, competency: Competency) -> None:
    """Before the house says this competency otherwise: versions that are no draft keep the words of today."""
    stages = select(Stage.id).join(Stage.version).where(PathwayVersion.status != "draft")
    said = update(StageTarget).where(StageTarget.competency_id == competency.id, StageTarget.own_title.is_(None))
    session.execute(
        said.where(StageTarget.stage_id.in_(stages))
        .values(own_title=competency.title, own_i_can=competency.i_can, own_criteria=competency.criteria, own_kept=True)
        .execution_options(synchronize_session="fetch")
    )


def note(
    session: Session,
    verb: str,
    version: PathwayVersion,
    by: Person,
    now: datetime,
    *,
    about: Sequence[journal.About] = (),
    **details: Any,
) -> None:
    """Write an act about a version in the journal."""
    touched = [("pathway", version.pathway_id), *about]
    said = {"pathway": version.pathway.code, "number": version.number, **details}
    journal.note(session, verb, "pathway_version", version.id, by=by, now=now, about=touched, **said)


def locked_pathway(session: Session, pathway_id: int) -> Pathway:
    """The pathway, locked: of two who prepare, publish or move people at once, one waits. After the house."""
    found = select(Pathway).where(Pathway.id == pathway_id).with_for_update()
    return session.scalars(found, execution_options={"populate_existing": True}).one()


def delete_stages(session: Session, stages: Sequence[Stage]) -> None:
    """Take stages out of a draft, and the competencies that stood in it only."""
    targets = [target for stage in stages for target in stage.targets]
    delete_targets(session, targets)
    for stage in stages:
        stage.version.stages.remove(stage)
        session.delete(stage)
    session.flush()


def delete_targets(session: Session, targets: Sequence[StageTarget]) -> None:
    """Take competencies out of the stages of a draft; those made in it go when no stage aims at them any more."""
    drafted = {target.competency_id for target in targets if target.competency.draft}
    for target in targets:
        target.stage.targets.remove(target)
        session.delete(target)
    session.flush()
    if drafted:
        aimed = select(StageTarget.competency_id)
        session.execute(
            delete(Competency)
            .where(Competency.id.in_(drafted), Competency.id.not_in(aimed))
            .execution_options(synchronize_session="fetch")
        )


def put_in_order(session: Session, version: PathwayVersion, stages: list[Stage]) -> None:
    """Give these stages their places: each lives the next sessions, and the hours follow."""
    for place, stage in enumerate(stages):
        stage.position = -1 - place  # out of the way: two stages never hold one place, not even for a moment
    session.flush()
    number = 0
    for place, stage in enumerate(stages, 1):
        count = len(stage.sessions)
        stage.position = place
        stage.sessions = list(range(number + 1, number + count + 1))
        stage.hours = count * version.session_hours
        number += count
    version.session_count = number
    version.hours = number * version.session_hours
    session.flush()
