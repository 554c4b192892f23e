"""Badges and awards as pages list them."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, with_polymorphic

from bookings.models import Resource
from fablab import clock
from fablab.people.models import Person
from pathways.models_badges import Award, Badge, BadgeOpening, BadgePrerequisite


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
