"""Which badges end soon, and what was said of it already."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fablab.outbox import Message
from fablab.people.models import Person
from pathways.models_badges import Award, Badge
from pathways.queries_standings import badge_standings
from pathways.values_badges import Standing


def ending(session: Session, now: datetime, before: datetime) -> list[tuple[Person, Standing]]:
    """The safety badges that hold now and end by themselves before a moment, with their holders. Four statements."""
    people = session.scalars(
        select(Person)
        .where(
            Person.left_at.is_(None),
            Person.id.in_(
                select(Award.person_id)
                .join(Badge, Badge.id == Award.badge_id)
                .where(Badge.kind == "safety", Award.ended_at.is_(None), Award.expires_at > now)
                .where(or_(Award.expires_at <= before, Badge.disuse_months.is_not(None)))
            ),
        )
        .order_by(Person.id)
    ).all()
    standings = badge_standings(session, [person.id for person in people])
    return [
        (person, standing)
        for person in people
        for standing in standings[person.id].values()
        if standing.ended_at is None and standing.until is not None and now < standing.until <= before
    ]


def said(session: Session, key: str) -> bool:
    """Whether a message with this key was written already."""
    return session.scalar(select(Message.id).where(Message.key == key)) is not None
