"""Who is of the team, and which badges each may hand over and validate."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from fablab import clock
from fablab.people.models import Person, RoleGrant
from fablab.permissions import Role
from pathways.models_badges import Badge, ValidatorRight


def rights_of(session: Session, person_id: int, now: datetime) -> frozenset[int]:
    """Ids of the badges for which somebody holds the dated right to validate on the day of ``now``."""
    today = clock.local_day(now)
    current = select(ValidatorRight.badge_id).where(
        ValidatorRight.person_id == person_id,
        ValidatorRight.since <= today,
        or_(ValidatorRight.until.is_(None), ValidatorRight.until >= today),
    )
    return frozenset(session.scalars(current))


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


def holders(session: Session, today: date) -> dict[int, list[str]]:
    """By badge id, the short names of those of the team who may hand it over on a day, by name."""
    of_the_team = select(RoleGrant.person_id).where(
        RoleGrant.role.in_((Role.FACILITATOR, Role.COORDINATOR)), RoleGrant.ended_at.is_(None)
    )
    running = (
        select(ValidatorRight.badge_id, Person)
        .join(ValidatorRight.person)
        .where(ValidatorRight.since <= today, or_(ValidatorRight.until.is_(None), ValidatorRight.until >= today))
        .where(Person.left_at.is_(None), Person.id.in_(of_the_team))
        .order_by(Person.first_name, Person.last_name, Person.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for badge_id, person in session.execute(running):
        if person.short_name not in found[badge_id]:
            found[badge_id].append(person.short_name)
    return found


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
