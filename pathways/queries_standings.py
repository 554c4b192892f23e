"""Who holds which badge, and until when."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, bindparam, select, union_all
from sqlalchemy.orm import Session, aliased, selectinload

from bookings.models import Booking, Claim
from fablab import house
from fablab.db import UtcDateTime
from fablab.people.models import Person
from fablab.ready import rows
from pathways.models_badges import Award, Badge, BadgeOpening, BadgePrerequisite, BadgeRequirement
from pathways.models_groups import PRESENT, Attendance, SessionPart, TrainingSession
from pathways.values_badges import BadgeTerms, Named, Requirement, Standing, lacks, lapse_of

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
        training_minutes=badge.training_minutes,
        training_places=badge.training_places,
    )


def safety_badges(session: Session, codes: Collection[str] | None = None) -> list[BadgeTerms]:
    """The safety badges with all they ask, in the house's order, as kept; only these codes if given."""
    every = house.kept(session, _read_safety_badges)
    return [terms for terms in every if codes is None or terms.code in codes]


def _read_safety_badges(session: Session) -> tuple[BadgeTerms, ...]:
    badges = session.scalars(
        select(Badge)
        .where(Badge.kind == "safety")
        .order_by(Badge.position, Badge.id)
        .options(
            selectinload(Badge.requirements).joinedload(BadgeRequirement.competency),
            selectinload(Badge.prerequisites).joinedload(BadgePrerequisite.required),
        )
    )
    return tuple(terms_of(badge) for badge in badges)


_ALL_AWARDS = (
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
    .where(Award.person_id.in_(bindparam("people", expanding=True)), Award.undone_at.is_(None))
    .order_by(Award.id)
)
_AWARDS = _ALL_AWARDS.where(Badge.kind == "safety")
#: with the badges of stages and pathways
_EVERY_AWARD = _ALL_AWARDS.add_columns(Badge.kind, Badge.pathway_id, Badge.stage_code)
_AWARDS_OF = _AWARDS.where(Badge.code.in_(bindparam("codes", expanding=True)))


def badge_standings(
    session: Session, person_ids: Collection[int], badge_codes: Collection[str] | None = None
) -> dict[int, dict[str, Standing]]:
    """For each person, by code, the award of each safety badge that goes furthest, ended ones included.

    With codes, their prerequisites come too. At most two statements, whatever the number of people.
    A person without any award has an empty mapping.
    """
    if not person_ids:
        return {}
    people = list(person_ids)
    lines: Sequence[Any]
    if badge_codes is None:
        lines = rows(session, _AWARDS, {"people": people})
    else:
        codes = _with_prerequisites(badge_codes, house.kept(session, _prerequisites))
        lines = rows(session, _AWARDS_OF, {"people": people, "codes": sorted(codes)})
    return _standings(session, people, lines)


@dataclass(frozen=True)
class Skill:
    """A badge of a stage or of a pathway that somebody holds."""

    badge_name: str
    awarded_at: datetime
    kind: str
    pathway_id: int
    stage_code: str | None


def badges_of(session: Session, person_id: int) -> tuple[Mapping[str, Standing], list[Skill]]:
    """All the badges of somebody: where the safety badges stand, and the others, newest first. Two statements."""
    lines = rows(session, _EVERY_AWARD, {"people": [person_id]})
    skills = [
        Skill(row.badge_name, row.awarded_at, row.kind, row.pathway_id, row.stage_code)
        for row in reversed(lines)
        if row.kind != "safety" and row.ended_at is None
    ]
    return _standings(session, [person_id], [row for row in lines if row.kind == "safety"])[person_id], skills


def _standings(session: Session, people: Collection[int], lines: Sequence[Any]) -> dict[int, dict[str, Standing]]:
    """For each person, by code, the award that goes furthest. One statement when a badge lapses by disuse."""
    found: dict[int, dict[str, Standing]] = {person_id: {} for person_id in people}
    needed = house.kept(session, _prerequisites)
    uses = _uses(session, [row for row in lines if row.disuse_months is not None])
    for row in lines:
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


_FIRST = bindparam("first", type_=UtcDateTime())
_PEOPLE: BindParameter[int] = bindparam("people", expanding=True)
_BADGES: BindParameter[int] = bindparam("badges", expanding=True)
_USES: CompoundSelect[Any] = union_all(
    select(Booking.holder_id, BadgeOpening.badge_id, Booking.checked_in_at)
    .join(BadgeOpening, BadgeOpening.resource_id == Booking.resource_id)
    .where(
        Booking.holder_id.in_(_PEOPLE),
        Booking.starts_at >= _FIRST,
        Booking.checked_in_at.is_not(None),
        Booking.status.in_(("checked_in", "done")),
        BadgeOpening.badge_id.in_(_BADGES),
    ),
    select(Attendance.person_id, BadgeOpening.badge_id, SessionPart.starts_at)
    .join(TrainingSession, TrainingSession.id == Attendance.session_id)
    .join(SessionPart, SessionPart.session_id == TrainingSession.id)
    .join(Claim, Claim.booking_id == SessionPart.booking_id)
    .join(BadgeOpening, BadgeOpening.resource_id == Claim.resource_id)
    .where(
        Attendance.person_id.in_(_PEOPLE),
        Attendance.status.in_(PRESENT),
        TrainingSession.status == "planned",
        SessionPart.starts_at >= _FIRST,
        Claim.holds,
        BadgeOpening.badge_id.in_(_BADGES),
    ),
)


def _uses(session: Session, awards: Sequence[Any]) -> dict[tuple[int, int], list[datetime]]:
    """When the machines that these badges open were used, by (person, badge). One statement, none without awards.

    A use is a check-in, or a session attended in which the machine was claimed.
    """
    if not awards:
        return {}
    asked = {
        "people": sorted({award.person_id for award in awards}),
        "badges": sorted({award.badge_id for award in awards}),
        "first": min(award.awarded_at for award in awards),
    }
    found: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for person_id, badge_id, used_at in rows(session, _USES, asked):
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
