"""What the pages of groups and sessions list, each in a bounded number of statements."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, with_polymorphic

from bookings.models import Booking, Claim, Resource
from fablab import clock
from fablab.people.models import Person, RoleGrant
from fablab.permissions import Role
from pathways.grid import Column
from pathways.models import (
    Apology,
    Attendance,
    Award,
    Badge,
    BadgeOpening,
    BadgePrerequisite,
    BadgeRequirement,
    Competency,
    Enrolment,
    Group,
    Level,
    Mastery,
    Pathway,
    PathwayVersion,
    SessionLead,
    SessionPart,
    Stage,
    StageTarget,
    TrainingSession,
    Validation,
    ValidationBatch,
    ValidatorRight,
)
from pathways.rules import may_validate

_SESSION = (
    joinedload(TrainingSession.group).joinedload(Group.version).joinedload(PathwayVersion.pathway),
    joinedload(TrainingSession.stage),
    selectinload(TrainingSession.leads).joinedload(SessionLead.person),
    selectinload(TrainingSession.parts)
    .joinedload(SessionPart.booking)
    .selectinload(Booking.claims)
    .joinedload(Claim.resource),
)


@dataclass(frozen=True)
class GroupLine:
    """A group in the list: how many people are enrolled, and its next session if one is planned."""

    group: Group
    members: int
    next_session: TrainingSession | None


def group_lines(session: Session, now: datetime) -> list[GroupLine]:
    """The groups still open, by pathway then name: 3 statements."""
    open_groups = session.scalars(
        select(Group)
        .join(Group.version)
        .join(PathwayVersion.pathway)
        .where(Group.closed_at.is_(None))
        .options(joinedload(Group.version).joinedload(PathwayVersion.pathway))
        .order_by(Pathway.position, Group.starts_on, Group.name)
    ).all()
    ids = [group.id for group in open_groups]
    counted = session.execute(
        select(Enrolment.group_id, func.count())
        .where(Enrolment.group_id.in_(ids), Enrolment.ended_on.is_(None), Enrolment.status != "referred")
        .group_by(Enrolment.group_id)
    )
    members = {group_id: count for group_id, count in counted}
    upcoming: dict[int, TrainingSession] = {}
    coming = select(TrainingSession).where(
        TrainingSession.group_id.in_(ids), TrainingSession.status == "planned", TrainingSession.ends_at > now
    )
    for one in session.scalars(coming.order_by(TrainingSession.starts_at, TrainingSession.id)):
        upcoming.setdefault(one.group_id, one)
    return [GroupLine(group, members.get(group.id, 0), upcoming.get(group.id)) for group in open_groups]


def group_by_public_id(session: Session, public_id: str) -> Group | None:
    """A group with its pathway and its sessions in order of time, or None."""
    return session.scalar(
        select(Group)
        .where(Group.public_id == public_id)
        .options(
            joinedload(Group.version).joinedload(PathwayVersion.pathway),
            selectinload(Group.sessions).joinedload(TrainingSession.stage),
        )
    )


def enrolments_of(session: Session, group_id: int) -> Sequence[Enrolment]:
    """Who follows a group now, by first name, with the person."""
    return session.scalars(
        select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.group_id == group_id, Enrolment.ended_on.is_(None), Enrolment.status != "referred")
        .options(joinedload(Enrolment.person))
        .order_by(Person.first_name, Person.last_name, Person.id)
    ).all()


def versions_to_open(session: Session) -> Sequence[PathwayVersion]:
    """The published versions, in which a group may be opened, with their pathways."""
    return session.scalars(
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(PathwayVersion.status == "published")
        .options(joinedload(PathwayVersion.pathway))
        .order_by(Pathway.position)
    ).all()


def machines(session: Session) -> Sequence[Resource]:
    """The machines that a session can take, in the house's order."""
    # Columns of the base only: what a machine is beside belongs to the part above.
    wanted = select(Resource).where(Resource.kind == "machine", Resource.retired_on.is_(None))
    return session.scalars(wanted.order_by(Resource.position, Resource.id)).all()


def session_by_public_id(session: Session, public_id: str) -> TrainingSession | None:
    """A session with its group, stage, facilitators, parts and the things they claim, or None."""
    return session.scalar(select(TrainingSession).where(TrainingSession.public_id == public_id).options(*_SESSION))


def sessions_during(session: Session, start: datetime, end: datetime) -> Sequence[TrainingSession]:
    """The sessions planned that touch a time, first first, ready to print."""
    return session.scalars(
        select(TrainingSession)
        .where(TrainingSession.status == "planned", TrainingSession.starts_at < end, TrainingSession.ends_at > start)
        .options(*_SESSION)
        .order_by(TrainingSession.starts_at, TrainingSession.id)
    ).all()


def members_on(session: Session, group_id: int, day: date) -> Sequence[Person]:
    """Who followed a group on a day, by first name."""
    return session.scalars(
        select(Person)
        .join(Enrolment, Enrolment.person_id == Person.id)
        .where(
            Enrolment.group_id == group_id,
            Enrolment.status != "referred",
            Enrolment.enrolled_on <= day,
            or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= day),
        )
        .distinct()
        .order_by(Person.first_name, Person.last_name, Person.id)
    ).all()


def attendance_of(session: Session, session_id: int) -> dict[int, Attendance]:
    """What was noted of each person at a session, by person."""
    found = session.scalars(select(Attendance).where(Attendance.session_id == session_id))
    return {attendance.person_id: attendance for attendance in found}


def apologies_of(session: Session, session_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(session, person) of those who said that they cannot come, and did not take it back."""
    found = session.execute(
        select(Apology.session_id, Apology.person_id).where(
            Apology.session_id.in_(list(session_ids)), Apology.withdrawn_at.is_(None)
        )
    )
    return {(session_id, person_id) for session_id, person_id in found}


def stages_of(session: Session, version_id: int) -> Sequence[Stage]:
    """The stages of a version, in order."""
    return session.scalars(select(Stage).where(Stage.version_id == version_id).order_by(Stage.position)).all()


def columns_of(session: Session, stage: Stage, rights: Collection[int]) -> list[Column]:
    """The competencies of a stage as columns: those aimed at, then those to choose among.

    ``rights`` are the badges for which the reader holds the dated right: other columns are shown, not open.
    """
    aimed = session.scalars(
        select(StageTarget)
        .where(StageTarget.stage_id == stage.id)
        .options(joinedload(StageTarget.competency))
        .order_by(StageTarget.position, StageTarget.id)
    )
    wanted = [(target.competency, target.level) for target in aimed]
    if stage.choice:
        known = {competency.id for competency, _level in wanted}
        among = session.scalars(
            select(Competency).where(Competency.code.in_(stage.choice["among"])).order_by(Competency.position)
        )
        wanted += [(one, int(stage.choice["level"])) for one in among if one.id not in known]
    asked_by = _asked_by(session, [competency.id for competency, _level in wanted])
    return [
        Column(one.id, one.title, level, tuple(one.criteria), may_validate(one.id, asked_by, rights))
        for one, level in wanted
    ]


def _asked_by(session: Session, competency_ids: Collection[int]) -> dict[int, frozenset[int]]:
    found: dict[int, frozenset[int]] = {}
    asked = select(BadgeRequirement.competency_id, BadgeRequirement.badge_id).where(
        BadgeRequirement.competency_id.in_(competency_ids)
    )
    for competency_id, badge_id in session.execute(asked):
        found[competency_id] = found.get(competency_id, frozenset()) | {badge_id}
    return found


def scale(session: Session) -> Sequence[Level]:
    """The levels that can be given, lowest first; «not seen yet» is not one of them."""
    return session.scalars(select(Level).where(Level.level > 0).order_by(Level.level)).all()


def levels_held(
    session: Session, person_ids: Iterable[int], competency_ids: Iterable[int]
) -> dict[tuple[int, int], int]:
    """The level that each of these people holds in each of these competencies; nothing seen, no entry."""
    # Core on purpose: a grid has hundreds of cells, and an entity for each costs more than the query.
    found = session.execute(
        select(Mastery.person_id, Mastery.competency_id, Mastery.level).where(
            Mastery.person_id.in_(list(person_ids)), Mastery.competency_id.in_(list(competency_ids)), Mastery.level > 0
        )
    )
    return {(person_id, competency_id): level for person_id, competency_id, level in found}


@dataclass(frozen=True)
class BatchLine:
    """What somebody saved at once: how many cells, and whether its author may still undo it today."""

    batch: ValidationBatch
    count: int
    undoable: bool


def batches_of(session: Session, session_id: int, reader_id: int, today: date) -> list[BatchLine]:
    """What was saved in a session, newest first, with its authors; corrections are left out."""
    cells = (
        select(func.count())
        .where(Validation.batch_id == ValidationBatch.id, Validation.corrects_id.is_(None))
        .correlate(ValidationBatch)
        .scalar_subquery()
    )
    found = session.execute(
        select(ValidationBatch, cells)
        .where(ValidationBatch.session_id == session_id, cells > 0)
        .options(joinedload(ValidationBatch.author))
        .order_by(ValidationBatch.id.desc())
    )
    return [
        BatchLine(
            batch,
            count,
            batch.author_id == reader_id and batch.undone_at is None and clock.local_day(batch.at) == today,
        )
        for batch, count in found
    ]


def sessions_to_validate(session: Session, person_id: int, now: datetime) -> Sequence[TrainingSession]:
    """The sessions that somebody leads and that have begun, newest first, twelve at most."""
    return session.scalars(
        select(TrainingSession)
        .join(SessionLead, SessionLead.session_id == TrainingSession.id)
        .where(
            SessionLead.person_id == person_id,
            TrainingSession.status == "planned",
            TrainingSession.starts_at <= clock.day_bounds(clock.local_day(now))[1],
        )
        .options(*_SESSION)
        .order_by(TrainingSession.starts_at.desc())
        .limit(12)
    ).all()


# --- badges ---------------------------------------------------------------------------------------


def badge_by_code(session: Session, code: str) -> Badge | None:
    """A badge by its code, or None."""
    return session.scalar(select(Badge).where(Badge.code == code))


def safety_badges_listed(session: Session) -> Sequence[Badge]:
    """The safety badges, in the house's order."""
    return session.scalars(select(Badge).where(Badge.kind == "safety").order_by(Badge.position, Badge.id)).all()


def badge_families(session: Session) -> dict[str, str]:
    """By badge code, the pictogram of the first machine it opens; a badge that opens none has no entry.

    The badge that comes first (it asks none, others ask it) is about the place: it shows the workshop.
    """
    # The subclass that carries the pictogram belongs to a part above this one: read it without importing it.
    things = with_polymorphic(Resource, "*", flat=True)
    found = session.execute(
        select(Badge.code, things)
        .join(BadgeOpening, BadgeOpening.badge_id == Badge.id)
        .join(things, things.id == BadgeOpening.resource_id)
        .order_by(BadgeOpening.id.desc())
    )
    asking = select(BadgePrerequisite.badge_id)
    first = session.scalars(
        select(Badge.code).where(Badge.id.in_(select(BadgePrerequisite.required_id)), Badge.id.not_in(asking))
    )
    families = {code: getattr(thing, "pictogram", "outillage") for code, thing in found}
    return families | dict.fromkeys(first, "atelier")


def people_by_public_ids(session: Session, public_ids: Collection[str]) -> Sequence[Person]:
    """The people with these public ids, by first name; unknown ids are left out."""
    wanted = select(Person).where(Person.public_id.in_(list(public_ids)[:200]))
    return session.scalars(wanted.order_by(Person.first_name, Person.last_name, Person.id)).all()


def award_by_public_id(session: Session, public_id: str) -> Award | None:
    """An award still in force, with its holder and its badge, or None."""
    return session.scalar(
        select(Award)
        .where(Award.public_id == public_id, Award.ended_at.is_(None))
        .options(joinedload(Award.person), joinedload(Award.badge), joinedload(Award.author))
    )


def awards_given_since(session: Session, day: date, limit: int = 20) -> Sequence[Award]:
    """The safety badges handed over since a day and still in force, newest first."""
    return session.scalars(
        select(Award)
        .join(Award.badge)
        .where(Badge.kind == "safety", Award.awarded_at >= clock.day_bounds(day)[0], Award.ended_at.is_(None))
        .options(joinedload(Award.person), joinedload(Award.badge), joinedload(Award.author))
        .order_by(Award.id.desc())
        .limit(limit)
    ).all()


def skill_awards_of(session: Session, person_id: int) -> Sequence[Award]:
    """The stage and pathway badges somebody holds, newest first."""
    return session.scalars(
        select(Award)
        .join(Award.badge)
        .where(Award.person_id == person_id, Badge.kind != "safety", Award.ended_at.is_(None))
        .options(joinedload(Award.badge).joinedload(Badge.pathway))
        .order_by(Award.id.desc())
    ).all()


def team(session: Session) -> Sequence[Person]:
    """Everybody who leads and validates (facilitators and coordinators), by name."""
    holding = select(RoleGrant.person_id).where(
        RoleGrant.role.in_((Role.FACILITATOR, Role.COORDINATOR)), RoleGrant.ended_at.is_(None)
    )
    return session.scalars(
        select(Person)
        .where(Person.id.in_(holding), Person.left_at.is_(None))
        .options(selectinload(Person.grants))
        .order_by(Person.first_name, Person.last_name, Person.id)
    ).all()


def rights_listed(session: Session, today: date) -> Sequence[ValidatorRight]:
    """The rights to validate that run or are to come, by person then badge."""
    return session.scalars(
        select(ValidatorRight)
        .join(ValidatorRight.person)
        .join(ValidatorRight.badge)
        .where(or_(ValidatorRight.until.is_(None), ValidatorRight.until >= today))
        # Ended before it began: it never ran.
        .where(or_(ValidatorRight.until.is_(None), ValidatorRight.until >= ValidatorRight.since))
        .options(contains_eager(ValidatorRight.person), contains_eager(ValidatorRight.badge))
        .order_by(Person.first_name, Person.last_name, Person.id, Badge.position, ValidatorRight.id)
    ).all()


def people_by_ids(session: Session, ids: Collection[int]) -> Sequence[Person]:
    """These people, by first name; no statement for nobody."""
    if not ids:
        return []
    return session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.first_name, Person.id)).all()
