"""Versions of a pathway: prepared, published (the one before retires), taken back while nobody lives it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from bookings.queries import lock_house
from fablab import house
from fablab.db import Model, transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import queries_versions
from pathways.models_badges import Badge
from pathways.models_groups import Enrolment, Group
from pathways.models_pathways import Competency, PathwayVersion, Stage, StageTarget
from pathways.models_validations import Validation
from pathways.rules_publishing import draft_refusals, prepare_refusals, publish_refusals, unpublish_refusals
from pathways.upkeep_versions import delete_stages, locked_pathway, note
from pathways.words_versions import changes


def prepare(source: PathwayVersion, by: Person, now: datetime) -> PathwayVersion:
    """Copy a version into a draft: the published one, or an earlier one to come back to. Raises Refused.

    What the house has said otherwise of a competency since then is what the draft begins with.
    """
    with transaction() as session:
        pathway = locked_pathway(session, source.pathway_id)
        versions = _versions(session, pathway.id)
        drafted = any(version.status == "draft" for version in versions)
        if refusals := prepare_refusals(may_change=by.may("pathway.versions"), draft=drafted):
            raise Refused(refusals)
        found = queries_versions.whole(select(PathwayVersion).where(PathwayVersion.id == source.id))
        source = session.scalars(found).one()
        number = max(version.number for version in versions) + 1
        fresh = {"number": number, "status": "draft", "published_at": None, "retired_at": None}
        draft = PathwayVersion(**_copied(source, fresh))
        session.add(draft)
        session.flush()
        for stage in source.stages:
            copied = Stage(**_copied(stage, {"version_id": draft.id}))
            session.add(copied)
            session.flush()
            session.add_all(StageTarget(**_copied(one, _aimed(one, copied))) for one in stage.targets)
        session.flush()
        note(session, "version.prepare", draft, by, now, source=source.number)
    return draft


def discard(draft: PathwayVersion, by: Person, now: datetime) -> None:
    """Throw a draft away: it was never published and nobody has lived it. Raises Refused."""
    with transaction() as session:
        pathway = locked_pathway(session, draft.pathway_id)
        found = _one(session, draft.id)
        # Thrown away twice is thrown away.
        if found is None:
            return
        if refusals := draft_refusals(may_change=by.may("pathway.versions"), is_draft=found.status == "draft"):
            raise Refused(refusals)
        note(session, "version.discard", found, by, now)
        delete_stages(session, list(found.stages))
        session.expire(pathway, ["versions"])
        session.delete(found)


def publish(draft: PathwayVersion, seen: str, by: Person, now: datetime) -> PathwayVersion:
    """From now on people are enrolled in this version; the one before retires, who follows it goes on.

    ``seen`` is the stamp of what changes, as it was shown. Raises Refused with all that is still to be mended.
    """
    with transaction() as session:
        lock_house(session)  # nobody is enrolled in a version that retires at the same moment
        pathway = locked_pathway(session, draft.pathway_id)
        version = session.get_one(PathwayVersion, draft.id, populate_existing=True)
        if version.status == "published":
            return version
        found, before = queries_versions.draft_and_published(session, pathway.code)
        badges = queries_versions.safety_badges(session)
        versions = [one for one in (found, before) if one]
        names = queries_versions.names_of(session, versions, badges)
        told = changes(before, version, names)
        if refusals := publish_refusals(
            queries_versions.faults_of(version, badges, names),
            may_change=by.may("pathway.versions"),
            is_draft=version.status == "draft",
            seen=queries_versions.stamp_of(told) == seen,
            changes=len(told),
        ):
            raise Refused(refusals)
        if before is not None:
            before.status, before.retired_at = "retired", now
            session.flush()  # two are never published at once, not even for a moment
        latest = max(one.number for one in _versions(session, pathway.id) if one.id != version.id) if before else 0
        version.number = max(version.number, latest + 1)
        version.status, version.published_at, version.retired_at = "published", now, None
        for stage in version.stages:
            for target in stage.targets:
                target.competency.draft = False
        session.flush()
        _skill_badges(session, version)
        note(session, "version.publish", version, by, now, retired=before.number if before else None)
    return version


def unpublish(version: PathwayVersion, by: Person, now: datetime) -> PathwayVersion:
    """While nobody lives it, a published version is a draft again, and the one before is published. Raises Refused."""
    with transaction() as session:
        lock_house(session)
        pathway = locked_pathway(session, version.pathway_id)
        version = session.get_one(PathwayVersion, version.id, populate_existing=True)
        versions = _versions(session, pathway.id)
        if refusals := unpublish_refusals(
            may_change=by.may("pathway.versions"),
            published=version.status == "published",
            enrolled=_count(session, select(Enrolment.id).where(Enrolment.version_id == version.id)),
            groups=_count(session, select(Group.id).where(Group.version_id == version.id)),
            draft=any(one.status == "draft" for one in versions),
        ):
            raise Refused(refusals)
        version.status, version.published_at = "draft", None
        session.flush()
        retired = [one for one in versions if one.status == "retired"]
        before = max(retired, key=lambda one: one.number, default=None)
        if before is not None:
            before.status, before.retired_at = "published", None
        _hide_new(session, version)
        note(session, "version.unpublish", version, by, now, back=before.number if before else None)
    return version


# --- what they share ----------------------------------------------------------------------------


def _versions(session: Session, pathway_id: int) -> list[PathwayVersion]:
    found = select(PathwayVersion).where(PathwayVersion.pathway_id == pathway_id).order_by(PathwayVersion.number)
    return list(session.scalars(found, execution_options={"populate_existing": True}))


def _one(session: Session, version_id: int) -> PathwayVersion | None:
    return session.get(PathwayVersion, version_id, populate_existing=True)


def _count(session: Session, found: Any) -> int:
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def _copied(row: Model, fresh: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row, for another one; its lists are lists of their own."""
    kept = {attribute.key for attribute in inspect(type(row)).column_attrs} - {"id"}
    copied = {name: getattr(row, name) for name in kept}
    return {name: list(value) if isinstance(value, list) else value for name, value in copied.items()} | dict(fresh)


def _aimed(target: StageTarget, stage: Stage) -> dict[str, Any]:
    """What a draft says anew of a target: the words of the house, where the version only kept those of before."""
    if not target.own_kept:
        return {"stage_id": stage.id}
    return {"stage_id": stage.id, "own_title": None, "own_i_can": None, "own_criteria": None, "own_kept": False}


def _skill_badges(session: Session, version: PathwayVersion) -> None:
    """A stage that this pathway never had gets its badge."""
    known = session.execute(
        select(Badge.stage_code).where(Badge.pathway_id == version.pathway_id, Badge.kind == "stage")
    )
    codes = {code for (code,) in known}
    shape = house.read(session, "skill_badges.stage_code").get("skill_badges.stage_code", "BC-{pathway}-{stage}")
    place = session.scalar(select(func.max(Badge.position))) or 0
    for number, stage in enumerate((one for one in version.stages if one.code not in codes), 1):
        code = shape.format(pathway=version.pathway.code, stage=stage.code)
        name = f"{version.short_title} · {stage.name}"
        said = {"pathway_id": version.pathway_id, "stage_code": stage.code, "position": place + number}
        session.add(Badge(code=code, kind="stage", name=name, **said))
    session.flush()


def _hide_new(session: Session, version: PathwayVersion) -> None:
    """Competencies that came with this version go back into its draft, if nothing of them was validated."""
    mine = select(StageTarget.competency_id).join(StageTarget.stage).where(Stage.version_id == version.id)
    others = select(StageTarget.competency_id).join(StageTarget.stage).where(Stage.version_id != version.id)
    only = select(Competency).where(
        Competency.id.in_(mine), Competency.id.not_in(others), Competency.id.not_in(select(Validation.competency_id))
    )
    # A competency made in a draft says what it replaces, be it nothing; those of the catalogue do not say.
    for competency in session.scalars(only.where(Competency.replaces.is_not(None))):
        competency.draft = True
