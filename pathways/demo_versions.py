"""The demonstration's next version of a pathway: prepared by the coordination, not published yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from fablab.db import db
from fablab.people.models import Person
from pathways import actions_drafts, actions_versions
from pathways.actions_drafts import Written
from pathways.models_pathways import Competency, PathwayVersion, Stage
from pathways.queries_versions import draft_and_published

CODE = "DECLIC"
#: what the last stage aims at besides, and how far
MORE = ("TXT-01", 2)


def prepare(by: Person, now: datetime) -> None:
    """A draft that changes a few things of each kind: the pathway's own, a stage's words, what is aimed at."""
    _draft, published = draft_and_published(db.session(), CODE)
    if published is None:
        return
    draft = actions_versions.prepare(published, by, now)
    rhythm = f"{published.rhythm}, un samedi par mois en plus"[:120]
    actions_drafts.change_version(draft, _written(attendance_percent=80, rhythm=rhythm), by, now)
    stage = _last_stage(draft)
    proofs = [*stage.expected_proofs, "une phrase écrite sur ce que j’ai raté, puis réussi"]
    actions_drafts.change_stage(stage, _written(expected_proofs=proofs), by, now)
    code, level = MORE
    more = db.session.scalars(select(Competency).where(Competency.code == code)).one_or_none()
    stage = _last_stage(draft)
    if more is not None and more.id not in {target.competency_id for target in stage.targets}:
        actions_drafts.add_target(stage, more, level, by, now)


def _last_stage(draft: PathwayVersion) -> Stage:
    return db.session.scalars(
        select(Stage).where(Stage.version_id == draft.id).order_by(Stage.position.desc()).limit(1)
    ).one()


def _written(**wanted: Any) -> Written:
    return Written(wanted, {}, lambda _field, value: str(value))
