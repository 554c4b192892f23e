"""Writing in a draft: the pathway's own fields, its stages, what they aim at. Two who write at once are shown both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab.db import Model, transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.seen import meanwhile, stamp
from pathways.models_pathways import Competency, PathwayVersion, Stage, StageTarget
from pathways.rules_publishing import aim_refusals, draft_refusals
from pathways.upkeep_versions import delete_stages, delete_targets, note, put_in_order


@dataclass(frozen=True)
class Written:
    """What a form says: the values wanted by field, the stamps of those that were shown, and how values are said."""

    wanted: Mapping[str, Any]
    seen: Mapping[str, str]
    said: Callable[[str, Any], str]


def change_version(draft: PathwayVersion, written: Written, by: Person, now: datetime) -> int:
    """Say fields of the pathway otherwise. How many were; raises Refused beside what somebody else changed since."""
    with transaction() as session:
        version = _draft(session, draft.id, by)
        changed = _write(session, version, written)
        if "session_hours" in changed:
            put_in_order(session, version, list(version.stages))
        _note(session, version, by, now, changed)
    return len(changed)


def add_stage(draft: PathwayVersion, values: Mapping[str, Any], by: Person, now: datetime) -> Stage:
    """A further stage, the last one; its badge comes with the publication. Raises Refused."""
    with transaction() as session:
        version = _draft(session, draft.id, by)
        used = select(Stage.code).join(Stage.version).where(PathwayVersion.pathway_id == version.pathway_id)
        code = _stage_code(str(values["name"]), set(session.scalars(used)))
        stage = Stage(code=code, position=len(version.stages) + 1, hours=0, choice=None, **_stage_fields(values))
        version.stages.append(stage)
        session.flush()
        put_in_order(session, version, list(version.stages))
        _note(session, version, by, now, ["stages"])
    return stage


def change_stage(stage: Stage, written: Written, by: Person, now: datetime) -> int:
    """Say a stage otherwise; how many sessions it lives moves those of the following ones. Raises Refused."""
    with transaction() as session:
        stage = session.get_one(Stage, stage.id)
        version = _draft(session, stage.version_id, by)
        changed = _write(session, stage, written)
        put_in_order(session, version, list(version.stages))
        _note(session, version, by, now, changed)
    return len(changed)


def move_stage(stage: Stage, before: Stage | None, by: Person, now: datetime) -> None:
    """Put a stage before another one, or last. Raises Refused."""
    with transaction() as session:
        stage = session.get_one(Stage, stage.id)
        version = _draft(session, stage.version_id, by)
        others = [one for one in version.stages if one.id != stage.id]
        place = next((spot for spot, one in enumerate(others) if before and one.id == before.id), len(others))
        put_in_order(session, version, [*others[:place], stage, *others[place:]])
        _note(session, version, by, now, ["stages"])


def remove_stage(stage: Stage, by: Person, now: datetime) -> None:
    """Take a stage out of the draft. Raises Refused."""
    with transaction() as session:
        found = session.get(Stage, stage.id)
        if found is None:
            return
        version = _draft(session, found.version_id, by)
        delete_stages(session, [found])
        put_in_order(session, version, list(version.stages))
        _note(session, version, by, now, ["stages"])


def add_target(stage: Stage, competency: Competency, level: int, by: Person, now: datetime) -> StageTarget:
    """A competency of the house is aimed at in this stage. Raises Refused."""
    with transaction() as session:
        stage = session.get_one(Stage, stage.id)
        version = _draft(session, stage.version_id, by)
        if refusals := aim_refusals(competency.id, [target.competency_id for target in stage.targets]):
            raise Refused(refusals)
        target = _aim(session, stage, session.get_one(Competency, competency.id), level)
        _note(session, version, by, now, ["targets"])
    return target


def make_competency(stage: Stage, values: Mapping[str, Any], level: int, by: Person, now: datetime) -> StageTarget:
    """A competency that the house does not have: nobody meets it before this draft is published. Raises Refused."""
    with transaction() as session:
        stage = session.get_one(Stage, stage.id)
        version = _draft(session, stage.version_id, by)
        place = session.scalar(select(func.max(Competency.position))) or 0
        code = _competency_code(session, str(values["family"]))
        competency = Competency(code=code, alignments={}, draft=True, position=place + 1, **values)
        session.add(competency)
        session.flush()
        target = _aim(session, stage, competency, level)
        _note(session, version, by, now, ["targets"])
    return target


def change_target(target: StageTarget, written: Written, by: Person, now: datetime) -> int:
    """Say what is aimed at otherwise: the level in this stage, the words in the whole version. Raises Refused."""
    with transaction() as session:
        target = session.get_one(StageTarget, target.id)
        version = _draft(session, target.stage.version_id, by)
        thing = Worded(target)
        changed = _write(session, thing, written)
        if set(changed) & {"title", "i_can", "criteria"}:
            _say(session, version, thing)
        _note(session, version, by, now, changed)
    return len(changed)


def remove_target(target: StageTarget, by: Person, now: datetime) -> None:
    """This stage does not aim at this competency any more. Raises Refused."""
    with transaction() as session:
        found = session.get(StageTarget, target.id)
        if found is None:
            return
        version = _draft(session, found.stage.version_id, by)
        delete_targets(session, [found])
        _note(session, version, by, now, ["targets"])


class Worded:
    """A target with the words of its competency, as a form shows them."""

    def __init__(self, target: StageTarget) -> None:
        self.target = target
        self.title, self.i_can, self.criteria = target.title, target.i_can, list(target.criteria)

    @property
    def level(self) -> int:
        """The level aimed at in this stage."""
        return self.target.level

    @level.setter
    def level(self, value: int) -> None:
        self.target.level = value


# --- what they share ----------------------------------------------------------------------------


def _draft(session: Session, version_id: int, by: Person) -> PathwayVersion:
    """The draft, locked: of two who write in it at once, one waits. Raises Refused."""
    found = select(PathwayVersion).where(PathwayVersion.id == version_id).with_for_update()
    version = session.scalars(found, execution_options={"populate_existing": True}).one_or_none()
    is_draft = version is not None and version.status == "draft"
    refusals = draft_refusals(may_change=by.may("pathway.versions"), is_draft=is_draft)
    if refusals or version is None:
        raise Refused(refusals)
    return version


def _write(session: Session, thing: Any, written: Written) -> list[str]:
    """Write what differs from what was seen; gives the fields that changed. Raises Refused: changed_meanwhile."""
    before = {name: getattr(thing, name) for name in written.wanted}
    seen = {name: written.seen.get(name, stamp(value)) for name, value in before.items()}
    mine = [name for name, value in written.wanted.items() if stamp(value) != seen[name]]
    crossing = [name for name in mine if stamp(before[name]) != seen[name] and before[name] != written.wanted[name]]
    if crossing:
        raise Refused([meanwhile(written.said(name, before[name]), field=name) for name in crossing])
    changed = [name for name in mine if before[name] != written.wanted[name]]
    for name in changed:
        setattr(thing, name, written.wanted[name])
    if isinstance(thing, Model):
        session.flush()
    return changed


def _note(session: Session, version: PathwayVersion, by: Person, now: datetime, changed: list[str]) -> None:
    if changed:
        note(session, "version.change", version, by, now, fields=changed)


def _aim(session: Session, stage: Stage, competency: Competency, level: int) -> StageTarget:
    """Aim at a competency, in the words that this version uses for it already."""
    spoken = [one for other in stage.version.stages for one in other.targets if one.competency_id == competency.id]
    said = {name: getattr(spoken[0], name) for name in ("own_title", "own_i_can", "own_criteria")} if spoken else {}
    place = max((one.position for one in stage.targets), default=-1) + 1
    target = StageTarget(competency=competency, level=level, position=place, **said)
    stage.targets.append(target)
    session.flush()
    return target


def _say(session: Session, version: PathwayVersion, words: Worded) -> None:
    """Words of a competency: its own if it stands in this draft only, else those of this version, in every stage."""
    competency = words.target.competency
    if competency.draft:
        competency.title, competency.i_can, competency.criteria = words.title, words.i_can, words.criteria
        return
    house = (competency.title, competency.i_can, competency.criteria)
    own = (words.title, words.i_can, words.criteria)
    for stage in version.stages:
        for target in stage.targets:
            if target.competency_id == competency.id:
                said = (None, None, None) if own == house else own
                target.own_title, target.own_i_can, target.own_criteria = said
    session.flush()


def _stage_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in values.items() if name != "session_total"}
    return fields | {"sessions": [0] * int(values["session_total"])}


def _stage_code(name: str, used: set[str]) -> str:
    """Three letters of the name that no stage of this pathway ever had; with a number where they are taken."""
    letters = "".join(sign for sign in name.upper() if "A" <= sign <= "Z")[:3] or "ETA"
    found, number = letters, 2
    while found in used:
        found, number = f"{letters}{number}", number + 1
    return found


def _competency_code(session: Session, family: str) -> str:
    """The next code of a family: «SEC-07» after «SEC-06»."""
    alike = select(Competency.code).where(Competency.family == family)
    codes = list(session.scalars(alike.order_by(Competency.position, Competency.id)))
    prefixes = [code.partition("-")[0] for code in codes if "-" in code] or [family[:3].upper()]
    prefix = max(dict.fromkeys(prefixes), key=prefixes.count)
    every = session.scalars(select(Competency.code).where(Competency.code.startswith(prefix + "-")))
    numbers = [int(code.partition("-")[2]) for code in every if code.partition("-")[2].isdecimal()]
    return f"{prefix}-{max(numbers, default=0) + 1:02d}"
