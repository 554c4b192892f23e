"""Who holds which badge, until when, and who is ready for one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from bookings.models import Booking, Claim
from fablab import clock
from fablab.people.models import Person
from fablab.people.names import fold
from pathways.models import (
    PRESENT,
    Attendance,
    Award,
    Badge,
    BadgeOpening,
    BadgePrerequisite,
    BadgeRequirement,
    Enrolment,
    Mastery,
    SessionPart,
    TrainingSession,
    ValidatorRight,
)
from pathways.rules import badge_gap
from pathways.values import (
    SOON_DAYS,
    BadgeState,
    BadgeTerms,
    Gap,
    Named,
    Requirement,
    Standing,
    award_state,
    lacks,
    lapse_of,
)

Standings = Mapping[int, Mapping[str, Standing]]


def terms_of(badge: Badge) -> BadgeTerms:
    """What a badge asks, as a plain value."""
    return BadgeTerms(
        id=badge.id,
        code=badge.code,
        name=badge.name,
        min_age=badge.min_age,
        validity_months=badge.validity_months,
        disuse_months=badge.disuse_months,
        requirements=tuple(
            Requirement(
                need.competency_id, need.competency.code, need.competency.title, need.competency.i_can, need.level
            )
            for need in badge.requirements
        ),
        prerequisites=tuple(Named(needed.required.code, needed.required.name) for needed in badge.prerequisites),
        renewal_minutes=badge.renewal_minutes,
        renewal_test=badge.renewal_test,
    )


def safety_badges(session: Session, codes: Collection[str] | None = None) -> list[BadgeTerms]:
    """The safety badges with all they ask, in the house's order; only these codes if given. Three statements."""
    wanted = select(Badge).where(Badge.kind == "safety")
    if codes is not None:
        wanted = wanted.where(Badge.code.in_(codes))
    badges = session.scalars(
        wanted.order_by(Badge.position, Badge.id).options(
            selectinload(Badge.requirements).joinedload(BadgeRequirement.competency),
            selectinload(Badge.prerequisites).joinedload(BadgePrerequisite.required),
        )
    )
    return [terms_of(badge) for badge in badges]


_AWARDS = (
    select(
        Award.id,
        Award.public_id,
        Award.person_id,
        Award.badge_id,
        Award.badge_name,
        Award.awarded_at,
        Award.expires_at,
        Award.ended_at,
        Award.ended_reason,
        Badge.code,
        Badge.disuse_months,
        Person.first_name.label("author_name"),
    )
    .join(Badge, Badge.id == Award.badge_id)
    .outerjoin(Person, Person.id == Award.author_id)
    .where(Award.person_id.in_(bindparam("people", expanding=True)), Badge.kind == "safety")
    .order_by(Award.id)
)
_AWARDS_OF = _AWARDS.where(Badge.code.in_(bindparam("codes", expanding=True)))


def badge_standings(
    session: Session, person_ids: Collection[int], badge_codes: Collection[str] | None = None
) -> dict[int, dict[str, Standing]]:
    """For each person, by code, the award of each safety badge that goes furthest, ended ones included.

    With codes, their prerequisites come too. At most five statements, whatever the number of people.
    A person without any award has an empty mapping.
    """
    found: dict[int, dict[str, Standing]] = {person_id: {} for person_id in person_ids}
    if not found:
        return found
    needed = _prerequisites(session)
    rows: Sequence[Any]
    if badge_codes is None:
        rows = session.execute(_AWARDS, {"people": list(found)}).all()
    else:
        codes = _with_prerequisites(badge_codes, needed)
        rows = session.execute(_AWARDS_OF, {"people": list(found), "codes": list(codes)}).all()
    uses = _uses(session, [row for row in rows if row.disuse_months is not None])
    for row in rows:
        standing = _standing(row, uses.get((row.person_id, row.badge_id), []), needed)
        held = found[row.person_id].get(standing.code)
        if held is None or _reach(standing) >= _reach(held):
            found[row.person_id][standing.code] = standing
    return found


def _standing(row: Any, uses: list[datetime], needed: Mapping[str, tuple[str, ...]]) -> Standing:
    return Standing(
        badge_id=row.badge_id,
        code=row.code,
        name=row.badge_name,
        award_id=row.id,
        public_id=row.public_id,
        awarded_at=row.awarded_at,
        expires_at=row.expires_at,
        lapses_at=lapse_of(row.awarded_at, uses, row.disuse_months),
        last_use=max(uses, default=None),
        ended_at=row.ended_at,
        ended_reason=row.ended_reason,
        author_name=row.author_name,
        prerequisites=needed.get(row.code, ()),
    )


def _reach(standing: Standing) -> tuple[bool, float]:
    """Awards in order: those taken back first, then by how far they go."""
    until = standing.until
    return standing.ended_at is None, until.timestamp() if until else float("inf")


# Said once: putting a statement together costs more than asking it, and every booking asks these.
_required = aliased(Badge)
_PAIRS = (
    select(Badge.code, _required.code)
    .select_from(BadgePrerequisite)
    .join(Badge, Badge.id == BadgePrerequisite.badge_id)
    .join(_required, _required.id == BadgePrerequisite.required_id)
    .order_by(BadgePrerequisite.id)
)


def _prerequisites(session: Session) -> dict[str, tuple[str, ...]]:
    pairs = session.execute(_PAIRS)
    found: dict[str, tuple[str, ...]] = {}
    for code, needed in pairs:
        found[code] = (*found.get(code, ()), needed)
    return found


def _with_prerequisites(codes: Iterable[str], needed: Mapping[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(needed.get(code, ()))
    return found


def _uses(session: Session, awards: Sequence[Any]) -> dict[tuple[int, int], list[datetime]]:
    """When the machines that these badges open were used, by (person, badge). Two statements, none without awards.

    A use is a check-in, or a session attended in which the machine was claimed.
    """
    if not awards:
        return {}
    people = {award.person_id for award in awards}
    badges = {award.badge_id for award in awards}
    first = min(award.awarded_at for award in awards)
    check_ins = (
        select(Booking.holder_id, BadgeOpening.badge_id, Booking.checked_in_at)
        .join(BadgeOpening, BadgeOpening.resource_id == Booking.resource_id)
        .where(
            Booking.holder_id.in_(people),
            Booking.starts_at >= first,
            Booking.checked_in_at.is_not(None),
            Booking.status.in_(("checked_in", "done")),
            BadgeOpening.badge_id.in_(badges),
        )
    )
    sessions = (
        select(Attendance.person_id, BadgeOpening.badge_id, SessionPart.starts_at)
        .join(TrainingSession, TrainingSession.id == Attendance.session_id)
        .join(SessionPart, SessionPart.session_id == TrainingSession.id)
        .join(Claim, Claim.booking_id == SessionPart.booking_id)
        .join(BadgeOpening, BadgeOpening.resource_id == Claim.resource_id)
        .where(
            Attendance.person_id.in_(people),
            Attendance.status.in_(PRESENT),
            TrainingSession.status == "planned",
            SessionPart.starts_at >= first,
            Claim.holds,
            BadgeOpening.badge_id.in_(badges),
        )
    )
    found: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for statement in (check_ins, sessions):
        for person_id, badge_id, used_at in session.execute(statement):
            if person_id is not None and used_at is not None:
                found[person_id, badge_id].append(used_at)
    return found


def valid_badges(session: Session, person_ids: Collection[int], at: datetime) -> dict[int, frozenset[str]]:
    """Codes of the safety badges that hold at a moment, prerequisites included, for each person."""
    return held_of(badge_standings(session, person_ids), at)


def held_of(standings: Standings, at: datetime) -> dict[int, frozenset[str]]:
    """Codes that hold at a moment, prerequisites included, from standings already read."""
    return {
        person_id: frozenset(code for code in held if not lacks(held, code, at, at))
        for person_id, held in standings.items()
    }


def rights_of(session: Session, person_id: int, now: datetime) -> frozenset[int]:
    """Ids of the badges for which somebody holds the dated right to validate on the day of ``now``."""
    today = clock.local_day(now)
    current = select(ValidatorRight.badge_id).where(
        ValidatorRight.person_id == person_id,
        ValidatorRight.since <= today,
        or_(ValidatorRight.until.is_(None), ValidatorRight.until >= today),
    )
    return frozenset(session.scalars(current))


def levels_of(session: Session, person_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """Current levels by person, then by competency id. One statement."""
    found: dict[int, dict[int, int]] = {person_id: {} for person_id in person_ids}
    rows = session.execute(
        select(Mastery.person_id, Mastery.competency_id, Mastery.level).where(Mastery.person_id.in_(found))
    )
    for person_id, competency_id, level in rows:
        found[person_id][competency_id] = level
    return found


def gaps_of(session: Session, people: Sequence[Person], now: datetime) -> dict[int, dict[str, Gap]]:
    """What each person lacks for each safety badge today, by person id, then by code. Nine statements at most."""
    ids = [person.id for person in people]
    terms = safety_badges(session)
    levels = levels_of(session, ids)
    held = valid_badges(session, ids, now)
    day = clock.local_day(now)
    return {
        person.id: {
            badge.code: badge_gap(badge, levels[person.id], held[person.id], person.birth_date, day) for badge in terms
        }
        for person in people
    }


@dataclass(frozen=True)
class Ready:
    """Somebody who can be handed a badge now; ``earlier`` says how an earlier one ended, None: it is the first."""

    person: Person
    badge: BadgeTerms
    earlier: BadgeState | None

    @property
    def renews(self) -> bool:
        """Whether the test of renewal must be passed first."""
        return self.earlier is not None


def ready_to_hand_over(
    session: Session,
    now: datetime,
    *,
    badge_codes: Collection[str] | None = None,
    person_ids: Collection[int] | None = None,
) -> list[Ready]:
    """Who has reached all that a safety badge asks and does not hold it (or not for long), by badge then name.

    A renewal waits only for somebody who still comes: in a pathway, or checked in within a year. At most eleven
    statements, whatever the number of people.
    """
    terms = {badge.id: badge for badge in safety_badges(session, badge_codes)}
    pairs = _all_levels_reached(session, terms, now, person_ids)
    ids = set(pairs)
    people = session.scalars(select(Person).where(Person.id.in_(ids), Person.left_at.is_(None))).all()
    standings = badge_standings(session, ids)
    held = held_of(standings, now)
    levels = levels_of(session, ids)
    coming = _still_coming(session, {person_id for person_id in ids if standings[person_id]}, now)
    day = clock.local_day(now)
    found = []
    for person in people:
        for badge in (terms[badge_id] for badge_id in pairs[person.id]):
            standing = standings[person.id].get(badge.code)
            state = award_state(standing, now) if standing else None
            gap = badge_gap(badge, levels[person.id], held[person.id], person.birth_date, day)
            if gap.ready and state is not BadgeState.VALID and (state is None or person.id in coming):
                found.append(Ready(person, badge, state))
    order = {badge_id: position for position, badge_id in enumerate(terms)}
    return sorted(found, key=lambda ready: (order[ready.badge.id], fold(ready.person.full_name), ready.person.id))


def _still_coming(session: Session, person_ids: Collection[int], now: datetime) -> set[int]:
    """Those of these people who follow a pathway, or who checked in at a machine within the last year."""
    year_ago = now - timedelta(days=365)
    enrolled = select(Enrolment.person_id).where(Enrolment.person_id.in_(person_ids), Enrolment.ended_on.is_(None))
    used = select(Booking.holder_id).where(Booking.holder_id.in_(person_ids), Booking.checked_in_at > year_ago)
    return {*session.scalars(enrolled), *(one for one in session.scalars(used) if one is not None)}


def _all_levels_reached(
    session: Session, terms: Mapping[int, BadgeTerms], now: datetime, person_ids: Collection[int] | None
) -> dict[int, list[int]]:
    """Badges by person where every level is reached, without those who plainly hold the badge for long."""
    soon = clock.day_bounds(clock.local_day(now) + timedelta(days=SOON_DAYS + 1))[0]
    holds_long = exists().where(
        Award.person_id == Mastery.person_id,
        Award.badge_id == BadgeRequirement.badge_id,
        Award.ended_at.is_(None),
        Award.expires_at > soon,
    )
    enough = and_(BadgeRequirement.competency_id == Mastery.competency_id, Mastery.level >= BadgeRequirement.level)
    reached = (
        select(Mastery.person_id, BadgeRequirement.badge_id, func.count())
        .join(BadgeRequirement, enough)
        .where(
            BadgeRequirement.badge_id.in_(terms),
            or_(~holds_long, BadgeRequirement.badge_id.in_([t.id for t in terms.values() if t.disuse_months])),
        )
        .group_by(Mastery.person_id, BadgeRequirement.badge_id)
    )
    if person_ids is not None:
        reached = reached.where(Mastery.person_id.in_(person_ids))
    found: dict[int, list[int]] = defaultdict(list)
    for person_id, badge_id, count in session.execute(reached):
        if count == len(terms[badge_id].requirements):
            found[person_id].append(badge_id)
    return found
