"""Taking enrolments along to another version, and back. Helpers: they take the session and open no transaction.

Nothing recorded is rewritten: an enrolment says which version it follows now and which it followed before, and what
somebody holds in a competency may count for another one as long as the move stands.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.outbox import tell
from fablab.people.models import Person
from pathways import upkeep, upkeep_mastery
from pathways.models_badges import Award
from pathways.models_groups import Enrolment, Group, TrainingSession
from pathways.models_moves import CarriedLevel, MovedEnrolment, VersionMove
from pathways.models_pathways import Competency, PathwayVersion, Stage


def take_along(session: Session, move: VersionMove, enrolments: Sequence[Enrolment]) -> None:
    """These enrolments follow the version that a move leads to; people must be locked."""
    for one in enrolments:
        follow(one, move.to_version_id)
        session.add(MovedEnrolment(move_id=move.id, enrolment_id=one.id))
    session.flush()
    _carry(session, move, sorted({one.person_id for one in enrolments}))


def take_over(
    session: Session,
    move: VersionMove,
    enrolments: Sequence[Enrolment],
    groups: Iterable[Group],
    after: PathwayVersion,
    now: datetime,
) -> None:
    """Enrolments and groups follow the version that a move leads to, with their sessions to come."""
    take_along(session, move, enrolments)
    for group in groups:
        follow(group, after.id)
    move.sessions = [list(one) for one in point_sessions(session, move.groups, after, now)]
    session.flush()


def follow(thing: Enrolment | Group, version_id: int) -> None:
    """From now on this version; which it followed before stays known."""
    thing.earlier_versions = [*(thing.earlier_versions or ()), thing.version_id]
    thing.version_id = version_id


def come_with_group(session: Session, enrolment: Enrolment, group: Group) -> None:
    """Whoever comes back to a group that was moved meanwhile is moved as the others were; the person is locked."""
    for move in session.scalars(select(VersionMove).where(VersionMove.undone_at.is_(None)).order_by(VersionMove.id)):
        if group.id in move.groups and move.from_version_id == enrolment.version_id:
            take_along(session, move, [enrolment])
    if enrolment.version_id != group.version_id:
        follow(enrolment, group.version_id)
    session.flush()
    session.expire(enrolment, ["version"])


def take_back(session: Session, move: VersionMove, enrolments: Iterable[Enrolment]) -> None:
    """These enrolments follow the version of before again, exactly; what was earned meanwhile stays earned."""
    back = list(enrolments)
    people = {one.person_id for one in back}
    earned = set(
        session.scalars(
            select(Award.person_id).where(Award.person_id.in_(people), Award.version_id == move.to_version_id)
        )
    )
    known = set(session.scalars(select(MovedEnrolment.enrolment_id).where(MovedEnrolment.move_id == move.id)))
    for one in back:
        earlier = list(one.earlier_versions or ())
        if one.id in known and earlier and earlier[-1] == move.from_version_id:
            earlier.pop()
        if one.person_id in earned or one.id not in known:
            earlier.append(move.to_version_id)
        one.version_id, one.earlier_versions = move.from_version_id, earlier or None
    session.flush()


def end_carried(session: Session, move: VersionMove, people: Collection[int], now: datetime) -> None:
    """What counted for something else since a move does so no more."""
    found = select(CarriedLevel).where(
        CarriedLevel.move_id == move.id, CarriedLevel.person_id.in_(people), CarriedLevel.ended_at.is_(None)
    )
    pairs = set()
    for carried in session.scalars(found):
        carried.ended_at = now
        pairs.add((carried.person_id, carried.to_id))
    if pairs:
        upkeep_mastery.project_mastery(session, pairs)


def point_sessions(
    session: Session, groups: Collection[int], version: PathwayVersion, now: datetime
) -> list[tuple[int, int | None, int | None]]:
    """Sessions to come of these groups are about the stages of this version: [(session, stage before, after)].

    A session that was lived keeps the stage it was about.
    """
    by_code = {stage.code: stage.id for stage in version.stages}
    coming = (
        select(TrainingSession, Stage.code)
        .join(TrainingSession.stage)
        .where(
            TrainingSession.group_id.in_(groups),
            TrainingSession.starts_at > now,
            TrainingSession.attendance_at.is_(None),
            Stage.version_id != version.id,
        )
    )
    found = []
    for lesson, code in session.execute(coming.order_by(TrainingSession.id)).all():
        found.append((lesson.id, lesson.stage_id, by_code.get(code)))
        lesson.stage_id = by_code.get(code)
    session.flush()
    return found


def restore_sessions(session: Session, pointed: Iterable[Sequence[int | None]], now: datetime) -> None:
    """Sessions still to come are about the stage they were about, unless somebody changed it since."""
    before = {one[0]: (one[1], one[2]) for one in pointed}
    coming = select(TrainingSession).where(
        TrainingSession.id.in_(before), TrainingSession.starts_at > now, TrainingSession.attendance_at.is_(None)
    )
    for lesson in session.scalars(coming):
        stage_before, stage_after = before[lesson.id]
        if lesson.stage_id == stage_after:
            lesson.stage_id = stage_before
    session.flush()


def tell_moved(
    session: Session,
    move: VersionMove,
    people: Mapping[int, Person],
    version: PathwayVersion,
    now: datetime,
    *,
    back: bool,
) -> None:
    """Tell people that their pathway has changed, or is as it was before."""
    key = "version-back" if back else "version-moved"
    for person in people.values():
        told = f"{key}:{move.id}:{person.id}"
        tell(
            session,
            person,
            "version-moved",
            key=told,
            now=now,
            link=upkeep.PATH,
            pathway=version.short_title,
            back=back,
        )


def _carry(session: Session, move: VersionMove, people: Sequence[int]) -> None:
    """Write what counts for what, what counted already since an earlier move included."""
    codes = {code for code, targets in move.mapping.items() for code in (code, *targets)}
    if not codes:
        return
    ids = dict(session.execute(select(Competency.code, Competency.id).where(Competency.code.in_(codes))).all())
    links = [(ids[code], ids[target]) for code, targets in move.mapping.items() for target in targets]
    earlier = session.execute(
        select(CarriedLevel.person_id, CarriedLevel.from_id, CarriedLevel.to_id).where(
            CarriedLevel.person_id.in_(people), CarriedLevel.ended_at.is_(None)
        )
    ).all()
    wanted = {(person_id, from_id, to_id) for person_id in people for from_id, to_id in links}
    wanted |= {(p, first, last) for p, first, middle in earlier for between, last in links if middle == between}
    for person_id, from_id, to_id in sorted(wanted):
        session.add(CarriedLevel(move_id=move.id, person_id=person_id, from_id=from_id, to_id=to_id))
    session.flush()
    upkeep_mastery.project_mastery(session, {(person_id, to_id) for person_id, _from_id, to_id in wanted})
