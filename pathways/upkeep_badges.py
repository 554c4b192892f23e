"""Handing safety badges over, in the transaction of whoever asks: helpers that open none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from bookings.queries import coming_of
from bookings.upkeep_again import ask_again
from fablab import clock, journal
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from pathways import upkeep, upkeep_requests, upkeep_settling
from pathways.models_badges import Award, Badge
from pathways.models_validations import Mastery
from pathways.queries_rights import rights_of
from pathways.queries_standings import badge_standings, held_of, terms_of
from pathways.rules_badges import badge_gap, chosen_refusals, giver_refusals, hand_over_refusals
from pathways.upkeep_settling import BADGES
from pathways.values import end_after_months, last_day
from pathways.values_badges import BadgeState, BadgeTerms, Standing, award_state


def give_badge(session: Session, badge: Badge, people: Sequence[Person], by: Person, now: datetime) -> list[Award]:
    """Hand a safety badge to one or many people: see ``actions_badges.hand_over``. Raises Refused.

    The house must be locked. Who had asked to be trained for it has their answer.
    """
    locked = upkeep.lock_people(session, [by.id, *(person.id for person in people)])
    badge = session.get_one(Badge, badge.id)
    terms = terms_of(badge)
    refusals = giver_refusals(
        may_award=by.may("badge.award"),
        holds_right=badge.id in rights_of(session, by.id, now),
        is_safety=badge.kind == "safety",
    )
    refusals += chosen_refusals(len(people))
    if refusals:
        raise Refused(refusals)
    standings = badge_standings(session, [person.id for person in people])
    given = _given_today(session, badge, people, by, now)
    masteries = _masteries(session, terms, people)
    awards = []
    for person in dict.fromkeys(people):
        if person.id in given:
            awards.append(given[person.id])
            continue
        refusals += _refusals(terms, locked[person.id], by, standings[person.id], masteries[person.id], now)
        if not refusals:
            awards.append(_give(session, badge, locked[person.id], by, masteries[person.id], now))
    if refusals:
        raise Refused(refusals)
    # What a badge about to end had marked in their bookings holds again.
    ask_again(session, coming_of(session, [person.id for person in people], now), now)
    upkeep_requests.close_trained(session, badge.id, [person.id for person in people], now)
    # A pathway may wait for a badge chosen in it.
    upkeep.settle(session, {person.id: locked[person.id] for person in people}, now)
    return awards


# --- what is read to decide ---------------------------------------------------------------------


def _given_today(
    session: Session, badge: Badge, people: Sequence[Person], by: Person, now: datetime
) -> dict[int, Award]:
    """Awards of this badge that the same person already handed over on this local day, by person id."""
    start, end = clock.day_bounds(clock.local_day(now))
    made = session.scalars(
        select(Award).where(
            Award.badge_id == badge.id,
            Award.person_id.in_([person.id for person in people]),
            Award.author_id == by.id,
            Award.awarded_at >= start,
            Award.awarded_at < end,
            Award.ended_at.is_(None),
        )
    )
    return {award.person_id: award for award in made}


def _masteries(session: Session, terms: BadgeTerms, people: Sequence[Person]) -> dict[int, dict[int, Mastery]]:
    """The levels that the badge asks, with the validations that gave them, by person and competency."""
    found: dict[int, dict[int, Mastery]] = {person.id: {} for person in people}
    rows = session.scalars(
        select(Mastery)
        .where(
            Mastery.person_id.in_(found),
            Mastery.competency_id.in_([need.competency_id for need in terms.requirements]),
        )
        .options(selectinload(Mastery.validation))
        .order_by(Mastery.person_id, Mastery.competency_id),
        execution_options={"populate_existing": True},  # levels are written by plain statements
    )
    for row in rows:
        found[row.person_id][row.competency_id] = row
    return found


def _refusals(
    terms: BadgeTerms,
    person: Person,
    by: Person,
    standings: Mapping[str, Standing],
    masteries: Mapping[int, Mastery],
    now: datetime,
) -> list[Refusal]:
    levels = {competency_id: row.level for competency_id, row in masteries.items()}
    valid = held_of({person.id: standings}, now)[person.id]
    gap = badge_gap(terms, levels, valid, person.birth_date, clock.local_day(now))
    standing = standings.get(terms.code)
    held = standing is not None and award_state(standing, now) is BadgeState.VALID
    return hand_over_refusals(gap, person.short_name, oneself=person.id == by.id, held=held)


# --- what is written ----------------------------------------------------------------------------


def _give(
    session: Session, badge: Badge, person: Person, by: Person, masteries: Mapping[int, Mastery], now: datetime
) -> Award:
    earlier = session.scalar(
        select(Award.id)
        .where(Award.person_id == person.id, Award.badge_id == badge.id, Award.undone_at.is_(None))
        .order_by(Award.id.desc())
        .limit(1)
    )
    award = Award(
        # The key is unique: of two people who hand it over at once, the database keeps one.
        key=f"safety:{person.id}:{badge.id}:{earlier or 'first'}",
        person_id=person.id,
        badge_id=badge.id,
        badge_name=badge.name,
        proof=[upkeep_settling.proof_of(row.validation) for row in masteries.values()],
        awarded_at=now,
        author_id=by.id,
        expires_at=end_after_months(now, badge.validity_months) if badge.validity_months else None,
        renews_id=earlier,
    )
    session.add(award)
    session.flush()
    journal.note(
        session,
        "badge.hand_over",
        "award",
        award.id,
        by=by,
        now=now,
        about=journal.people([person.id]),
        badge=badge.code,
    )
    said: dict[str, Any] = {"badge": badge.name, "until": last_day(award.expires_at), "renewed": earlier is not None}
    tell(session, person, "badge-handed-over", key=f"badge-handed-over:{award.id}", now=now, link=BADGES, **said)
    return award
