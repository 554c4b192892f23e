"""Moving people to another version of their pathway, with what counts for what; and back, exactly."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from bookings.queries import lock_house
from fablab import journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import queries_moving, queries_versions, upkeep, upkeep_moving
from pathways.models_groups import Enrolment, Group
from pathways.models_moves import MovedEnrolment, VersionMove
from pathways.models_pathways import PathwayVersion
from pathways.rules_moving import mapping_refusals, move_back_refusals, move_refusals, shown_refusals
from pathways.upkeep_versions import locked_pathway, note

Counting = Mapping[str, Sequence[str]]


def move(
    before: PathwayVersion,
    after: PathwayVersion,
    crews: Collection[str],
    mapping: Counting,
    seen: str,
    by: Person,
    now: datetime,
) -> VersionMove:
    """Move groups with their people, and people at their own pace, to another version. All or nothing.

    ``crews`` are codes (queries_moving.Crew), ``mapping`` says which competency counts for which, ``seen`` is the
    stamp of what was shown beforehand. Badges come with the next presence or validation. Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        locked_pathway(session, after.pathway_id)
        before, after = (_whole(session, one.id) for one in (before, after))
        chosen = [crew for crew in queries_moving.crews_of(session, before.id) if crew.code in crews]
        groups = [crew.group for crew in chosen if crew.group is not None]
        enrolments = [one for crew in chosen for one in crew.enrolments]
        people = upkeep.lock_people(session, [one.person_id for one in enrolments])
        kept = {code: tuple(targets) for code, targets in mapping.items() if targets}
        _check(session, before, after, enrolments, len(chosen), kept, by)
        stands = queries_moving.stands_of(session, enrolments, after, kept)
        if refusals := shown_refusals(seen, queries_moving.stamp_of(stands, kept)):
            raise Refused(refusals)
        made = VersionMove(
            from_version_id=before.id,
            to_version_id=after.id,
            mapping={code: list(targets) for code, targets in kept.items()},
            groups=[group.id for group in groups],
            sessions=[],
            moved_at=now,
            moved_by_id=by.id,
        )
        session.add(made)
        session.flush()
        upkeep_moving.take_over(session, made, enrolments, groups, after, now)
        upkeep_moving.tell_moved(session, made, _told(people, enrolments), after, now, back=False)
        _note(session, "version.move", made, after, people, by, now)
    return made


def move_back(moved: VersionMove, by: Person, now: datetime) -> VersionMove:
    """Undo a move exactly. Who came into its groups since comes along; who has finished or left stays as they are.

    One that is undone already is left as it is. Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        locked_pathway(session, moved.to_version.pathway_id)
        found = select(VersionMove).where(VersionMove.id == moved.id).with_for_update()
        moved = session.scalars(found, execution_options={"populate_existing": True}).one()
        if moved.undone_at is not None:
            return moved
        before, after = _whole(session, moved.from_version_id), _whole(session, moved.to_version_id)
        if refusals := move_back_refusals(
            may_move=by.may("pathway.versions"),
            moved_since=_moved_since(session, moved),
            version_draft=before.status == "draft",
        ):
            raise Refused(refusals)
        mine = select(MovedEnrolment.enrolment_id).where(MovedEnrolment.move_id == moved.id)
        following = select(Enrolment).where(
            Enrolment.version_id == after.id,
            Enrolment.ended_on.is_(None),
            or_(Enrolment.id.in_(mine), Enrolment.group_id.in_(moved.groups)),
        )
        enrolments = session.scalars(following.order_by(Enrolment.id)).all()
        people = upkeep.lock_people(session, [one.person_id for one in enrolments])
        upkeep_moving.take_back(session, moved, enrolments)
        upkeep_moving.end_carried(session, moved, list(people), now)
        for group in session.scalars(select(Group).where(Group.id.in_(moved.groups))):
            earlier = list(group.earlier_versions or ())
            group.version_id, group.earlier_versions = before.id, earlier[:-1] or None
        upkeep_moving.restore_sessions(session, moved.sessions, now)
        upkeep_moving.point_sessions(session, moved.groups, before, now)
        moved.undone_at, moved.undone_by_id = now, by.id
        upkeep_moving.tell_moved(session, moved, _told(people, enrolments), before, now, back=True)
        _note(session, "version.move_back", moved, before, people, by, now)
    return moved


# --- what they share ----------------------------------------------------------------------------


def _whole(session: Session, version_id: int) -> PathwayVersion:
    return session.scalars(queries_versions.whole(select(PathwayVersion).where(PathwayVersion.id == version_id))).one()


def _check(
    session: Session,
    before: PathwayVersion,
    after: PathwayVersion,
    enrolments: Sequence[Enrolment],
    crews: int,
    mapping: Counting,
    by: Person,
) -> None:
    moved = [one.id for one in enrolments]
    others = (
        select(Enrolment)
        .join(Enrolment.person)
        .where(
            Enrolment.person_id.in_([one.person_id for one in enrolments]),
            Enrolment.version_id == after.id,
            Enrolment.ended_on.is_(None),
            Enrolment.id.not_in(moved),
        )
    )
    targets = {target for codes in mapping.values() for target in codes}
    refusals = move_refusals(
        may_move=by.may("pathway.versions"),
        published=after.status == "published",
        same_pathway=before.pathway_id == after.pathway_id,
        other_version=before.id != after.id,
        people=crews,
        following=[one.person.short_name for one in session.scalars(others)],
    )
    known, coming = queries_moving.known_of(before), queries_moving.known_of(after)
    refusals += mapping_refusals(known, coming, mapping, queries_moving.guarded_of(session, targets))
    if refusals:
        raise Refused(refusals)


def _moved_since(session: Session, moved: VersionMove) -> bool:
    later, mine = aliased(MovedEnrolment), aliased(MovedEnrolment)
    found = (
        select(later.id)
        .join(mine, mine.enrolment_id == later.enrolment_id)
        .join(VersionMove, VersionMove.id == later.move_id)
        .where(mine.move_id == moved.id, later.move_id > moved.id, VersionMove.undone_at.is_(None))
    )
    since = select(VersionMove).where(VersionMove.id > moved.id, VersionMove.undone_at.is_(None))
    groups = any(set(one.groups) & set(moved.groups) for one in session.scalars(since))
    return groups or bool(session.scalar(select(exists(found))))


def _told(people: Mapping[int, Person], enrolments: Sequence[Enrolment]) -> dict[int, Person]:
    """Whoever hears of it: who is only referred has not heard of the pathway yet."""
    told = {one.person_id for one in enrolments if one.status != "referred"}
    return {id_: person for id_, person in people.items() if id_ in told}


def _note(
    session: Session,
    verb: str,
    moved: VersionMove,
    version: PathwayVersion,
    people: Mapping[int, Person],
    by: Person,
    now: datetime,
) -> None:
    about = [*journal.people(sorted(people)), *(("training_group", group_id) for group_id in moved.groups)]
    note(session, verb, version, by, now, about=about, people=len(people), move=moved.public_id)
