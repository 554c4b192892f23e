"""What is missing for a badge, and who is ready for one."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from fablab.people.models import Person
from fablab.people.names import fold
from pathways.models_badges import Award, BadgeRequirement
from pathways.models_groups import Enrolment
from pathways.models_validations import Mastery
from pathways.queries_standings import badge_standings, held_of, safety_badges, valid_badges
from pathways.rules_badges import badge_gap
from pathways.values_badges import SOON_DAYS, BadgeState, BadgeTerms, Gap, award_state


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
