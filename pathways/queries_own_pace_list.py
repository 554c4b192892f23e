"""Those who follow a pathway at their own pace, and who is at the open lab, as the team lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fablab import clock
from fablab.people.models import Person
from pathways.models_groups import OPEN_ENROLMENT, Enrolment
from pathways.models_own_pace import Visit
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.queries_own_pace import chosen_by
from pathways.queries_papers import missing_of
from pathways.queries_presence import Presence, presences
from pathways.rules_own_pace import last_day
from pathways.values_own_pace import BADGES, Chosen
from pathways.values_papers import PaperLine

#: shown of somebody's comings
VISITS = 20


@dataclass(frozen=True)
class OwnPace:
    """Somebody who follows a pathway at their own pace: until when, how much, what is still to be done."""

    enrolment: Enrolment
    presence: Presence
    last_day: date | None
    chose: bool
    missing: tuple[PaperLine, ...]

    def days_left(self, today: date) -> int | None:
        """Days to the last one, negative once it is past; None: no end."""
        return (self.last_day - today).days if self.last_day else None


def running(session: Session, pathway_code: str | None = None) -> Sequence[Enrolment]:
    """Enrolments at one's own pace that nobody ended, the oldest first; of one pathway if its code is given."""
    found = (
        select(Enrolment)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(
            Enrolment.group_id.is_(None),
            Enrolment.status.in_(OPEN_ENROLMENT),
            Enrolment.ended_on.is_(None),
            PathwayVersion.own_pace.is_(True),
        )
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.group),
            joinedload(Enrolment.version).joinedload(PathwayVersion.pathway),
            joinedload(Enrolment.version).selectinload(PathwayVersion.stages),
        )
    )
    if pathway_code is not None:
        found = found.where(Pathway.code == pathway_code)
    return session.scalars(found.order_by(Enrolment.enrolled_on, Enrolment.id)).all()


def stands_of(session: Session, enrolments: Sequence[Enrolment], day: date) -> list[OwnPace]:
    """Where each of these stands, those that end first before. A bounded number of statements."""
    if not enrolments:
        return []
    came = presences(session, enrolments)
    chosen = chosen_by(session, [one for one in enrolments if one.version.chooses])
    missing = missing_of(session, enrolments, day)
    found = [
        OwnPace(
            one,
            came[one.id],
            last_day(one.enrolled_on, one.version.max_months),
            all_chosen(one.version, chosen.get(one.id, {})),
            tuple(missing[one.id]),
        )
        for one in enrolments
    ]
    return sorted(found, key=lambda one: (one.last_day or date.max, one.enrolment.id))


def all_chosen(version: PathwayVersion, chosen: Chosen) -> bool:
    """Whether everything that is to be chosen is."""
    wanted = {stage.code: int(stage.choice["count"]) for stage in version.stages if stage.choice}
    if version.badge_choice:
        wanted[BADGES] = int(version.badge_choice["count"])
    return all(len(chosen.get(code, ())) == count for code, count in wanted.items())


def past_their_end(session: Session, day: date) -> int:
    """How many have come to the last day, and wait for somebody to say how it ended. One statement."""
    rows = session.execute(
        select(Enrolment.enrolled_on, PathwayVersion.max_months)
        .join(Enrolment.version)
        .where(
            Enrolment.group_id.is_(None),
            Enrolment.status.in_(OPEN_ENROLMENT),
            Enrolment.ended_on.is_(None),
            PathwayVersion.own_pace.is_(True),
        )
    )
    return sum((last := last_day(since, months)) is not None and last < day for since, months in rows)


def own_pace_pathways(session: Session) -> Sequence[tuple[PathwayVersion, int]]:
    """The published pathways lived at one's own pace, and how many follow each."""
    follow = (
        select(func.count(Enrolment.id))
        .join(PathwayVersion, PathwayVersion.id == Enrolment.version_id)
        .where(
            PathwayVersion.pathway_id == Pathway.id,
            Enrolment.group_id.is_(None),
            Enrolment.status.in_(OPEN_ENROLMENT),
            Enrolment.ended_on.is_(None),
        )
        .correlate(Pathway)
        .scalar_subquery()
    )
    rows = session.execute(
        select(PathwayVersion, follow)
        .join(PathwayVersion.pathway)
        .where(PathwayVersion.status == "published", PathwayVersion.own_pace.is_(True))
        .options(joinedload(PathwayVersion.pathway))
        .order_by(Pathway.position)
    )
    return [(version, count) for version, count in rows]


def own_pace_version(session: Session, code: str) -> PathwayVersion | None:
    """The published version of a pathway lived at one's own pace, or None."""
    return session.scalar(
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(Pathway.code == code, PathwayVersion.status == "published", PathwayVersion.own_pace.is_(True))
        .options(joinedload(PathwayVersion.pathway), selectinload(PathwayVersion.stages))
    )


def my_enrolment(session: Session, person_id: int, code: str) -> Enrolment | None:
    """What somebody follows now of a pathway, with its stages, or None."""
    return session.scalar(
        select(Enrolment)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(
            Enrolment.person_id == person_id,
            Pathway.code == code,
            Enrolment.status.in_(OPEN_ENROLMENT),
            Enrolment.ended_on.is_(None),
        )
        .options(
            joinedload(Enrolment.person),
            joinedload(Enrolment.group),
            joinedload(Enrolment.version).joinedload(PathwayVersion.pathway),
            joinedload(Enrolment.version).selectinload(PathwayVersion.stages),
        )
        .order_by(Enrolment.id)
        .limit(1)
    )


# --- the open lab ---------------------------------------------------------------------------------


def visits_of_day(session: Session, now: datetime) -> Sequence[Visit]:
    """Who came to the open lab today, those still there first, then the last gone."""
    start, end = clock.day_bounds(clock.local_day(now))
    found = select(Visit).where(Visit.arrived_at >= start, Visit.arrived_at < end, Visit.taken_back_at.is_(None))
    found = found.options(joinedload(Visit.person))
    return session.scalars(found.order_by(Visit.left_at.is_not(None), Visit.left_at.desc(), Visit.arrived_at)).all()


def visits_of(session: Session, person_id: int) -> Sequence[Visit]:
    """Somebody's last comings, newest first."""
    found = select(Visit).where(Visit.person_id == person_id, Visit.taken_back_at.is_(None))
    return session.scalars(found.order_by(Visit.arrived_at.desc(), Visit.id.desc()).limit(VISITS)).all()


def visit_by_id(session: Session, visit_id: int) -> Visit | None:
    """A coming, with who, or None."""
    return session.scalar(select(Visit).where(Visit.id == visit_id).options(joinedload(Visit.person)))


def to_arrive(session: Session, present: Sequence[Visit]) -> list[Person]:
    """Who follows a pathway at their own pace and is not there now: one tap away on the list."""
    there = {visit.person_id for visit in present if visit.left_at is None}
    people = {one.person_id: one.person for one in running(session) if one.person_id not in there}
    return sorted(people.values(), key=lambda person: (person.first_name, person.last_name, person.id))
