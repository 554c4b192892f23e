"""The front page of the reception: who is expected at the Fablab today, finding somebody, making an account."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fablab.home import today
from fablab.outbox import unread
from fablab.people.models import Person

TEMPLATE = "home/reception.html"


def context(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """Everything the page prints; the number of statements does not grow with the facts."""
    cards = today.lessons(session, now)
    return {
        "now": now,
        "messages": unread(session, person),
        "lessons": cards,
        "following": today.following(session, cards, now),
        "expected": today.expected(session, now),
        "sorry": today.sorry_today(session, cards),
    }
