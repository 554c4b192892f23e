"""What tests of versions start from: a pathway that is lived, a draft of its next version, and how both are written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.db import db
from fablab.people.models import Person
from fablab.permissions import Role
from pathways import actions_drafts, actions_versions, queries_versions
from pathways.actions_drafts import Written
from pathways.models import Competency, PathwayVersion, Stage, StageTarget
from pathways.words_versions import changes
from tests.conftest import NOW
from tests.make import make_staff


def coordinator(name: str = "Nadia") -> Person:
    return make_staff(name, roles=(Role.COORDINATOR,))


def drafted(source: PathwayVersion, by: Person) -> PathwayVersion:
    return actions_versions.prepare(source, by, NOW)


def write(wanted: Mapping[str, Any], **seen: str) -> Written:
    return Written(wanted, seen, lambda _field, value: str(value))


def stage(version: PathwayVersion, code: str) -> Stage:
    found = select(Stage).where(Stage.version_id == version.id, Stage.code == code)
    return db.session().scalars(found).one()


def target(version: PathwayVersion, code: str) -> StageTarget:
    found = select(StageTarget).join(StageTarget.stage).join(StageTarget.competency)
    return db.session().scalars(found.where(Stage.version_id == version.id, Competency.code == code)).one()


def competency_values(title: str, replaces: str = "") -> dict[str, Any]:
    said = {"family": "machines", "title": title, "i_can": f"Je sais {title}.", "criteria": ["le fait"]}
    return {**said, "evidence_code": "observation", "replaces": replaces}


def published(draft: PathwayVersion, by: Person) -> PathwayVersion:
    """The draft published, as its page would ask it."""
    return actions_versions.publish(draft, seen_of(db.session(), draft.pathway.code), by, NOW)


def seen_of(session: Session, code: str) -> str:
    found, before = queries_versions.draft_and_published(session, code)
    assert found is not None
    badges = queries_versions.safety_badges(session)
    names = queries_versions.names_of(session, [one for one in (found, before) if one], badges)
    return queries_versions.stamp_of(changes(before, found, names))


def changed(source: PathwayVersion, by: Person) -> PathwayVersion:
    """A next version, published: NUM-01 is replaced by another competency, SEC-01 asks more, PRO-03 has other words."""
    draft = drafted(source, by)
    actions_drafts.remove_target(target(draft, "NUM-01"), by, NOW)
    actions_drafts.make_competency(stage(draft, "APP"), competency_values("Je dessine", "NUM-01"), 2, by, NOW)
    actions_drafts.change_target(target(draft, "SEC-01"), write({"level": 3}), by, NOW)
    words = {"title": "Un projet à plusieurs", "i_can": "Je fais à plusieurs.", "criteria": ["partage le travail"]}
    actions_drafts.change_target(target(draft, "PRO-03"), write(words), by, NOW)
    return published(draft, by)
