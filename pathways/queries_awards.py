"""Badges and awards as pages list them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, with_polymorphic

from bookings.models import Booking, Resource
from fablab import clock
from fablab.people.models import Person
from pathways.models_badges import Award, Badge, BadgeOpening, BadgePrerequisite


def badge_by_code(session: Session, code: str) -> Badge | None:
    """A badge by its code, or None."""
    return session.scalar(select(Badge).where(Badge.code == code))


def opened_by_code(session: Session, badge_id: int, code: str) -> Resource | None:
    """What a badge opens, by its code; None when it opens no such thing."""
    found = select(Resource).join(BadgeOpening, BadgeOpening.resource_id == Resource.id)
    return session.scalar(found.where(BadgeOpening.badge_id == badge_id, Resource.code == code))


def holders_of(session: Session, badge_id: int, now: datetime, limit: int = 300) -> Sequence[Award]:
    """The awards of a badge that hold now, by name, with their holders."""
    return session.scalars(
        select(Award)
        .join(Award.person)
        .where(Award.badge_id == badge_id, Award.ended_at.is_(None))
        .where(or_(Award.expires_at.is_(None), Award.expires_at > now))
        .options(contains_eager(Award.person), joinedload(Award.badge), joinedload(Award.author))
        .order_by(Person.first_name, Person.last_name, Award.id)
        .limit(limit)
    ).all()


def awards_by_public_ids(session: Session, public_ids: Collection[str]) -> Sequence[Award]:
    """These awards, still in force, with their holders and badges."""
    return session.scalars(
        select(Award)
        .where(Award.public_id.in_(list(public_ids)[:300]), Award.ended_at.is_(None))
        .options(joinedload(Award.person), joinedload(Award.badge))
        .order_by(Award.id)
    ).all()


def bookings_resting_on(
    session: Session, badge_code: str, person_ids: Collection[int], now: datetime
) -> dict[int, list[Booking]]:
    """By person, what they booked that a badge (or one that needs it) opens, still to come: it falls with the badge."""
    needing = select(BadgePrerequisite.badge_id, Badge.code).join(Badge, Badge.id == BadgePrerequisite.required_id)
    above: dict[str, set[int]] = defaultdict(set)
    for badge_id, code in session.execute(needing):
        above[code].add(badge_id)
    codes = dict(session.execute(select(Badge.id, Badge.code)).all())
    own = session.scalar(select(Badge.id).where(Badge.code == badge_code))
    ids, waiting = set(), [own] if own else []
    while waiting:
        one = waiting.pop()
        if one not in ids:
            ids.add(one)
            waiting += above.get(codes[one], ())
    found: dict[int, list[Booking]] = defaultdict(list)
    rows = session.scalars(
        select(Booking)
        .join(BadgeOpening, BadgeOpening.resource_id == Booking.resource_id)
        .where(BadgeOpening.badge_id.in_(ids), Booking.holder_id.in_(list(person_ids)), Booking.kind == "own")
        .where(Booking.status.in_(("requested", "confirmed")), Booking.starts_at > now, ~Booking.suspended)
        .options(joinedload(Booking.resource))
        .order_by(Booking.starts_at, Booking.id)
    )
    for booking in rows:
        found[booking.holder_id or 0].append(booking)
    return dict(found)


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
