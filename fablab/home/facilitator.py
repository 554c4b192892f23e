"""The front page of a facilitator: the sessions of the day, machines now, who is expected, badges ready."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from fablab.home import today
from fablab.outbox import unread
from fablab.people.models import Person
from machines import queries_care
from pathways import queries

TEMPLATE = "home/facilitator.html"
#: how many of each list stand on the page; the whole list is one link away
SHOWN = 6
#: what is wrong is looked at first, what is free last
_ORDER = ("to_check", "broken", "maintenance", "running", "booked", "free", "closed")


def context(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """Everything the page prints; the number of statements does not grow with the facts."""
    cards = today.lessons(session, now)
    rights = queries.rights_of(session, person.id, now)
    mine = [one for one in queries.ready_to_hand_over(session, now) if one.badge.id in rights]
    ready = [one for one in mine if not one.renews]
    machines = today.machines_now(session, now)
    busy = sorted(machines, key=lambda machine: _ORDER.index(machine.state))
    return {
        "now": now,
        "messages": unread(session, person),
        "lessons": cards,
        "following": today.following(session, cards, now),
        "roll": today.roll_to_call(cards, now),
        "sorry": today.sorry_today(session, cards),
        "machines": busy[:SHOWN],
        "machine_count": len(machines),
        "upkeep": queries_care.all_due(session, now),
        "expected": today.expected(session, now),
        "on_duty": today.on_duty(session, now),
        "ready": ready[: SHOWN - 2],
        "ready_count": len(ready),
        "renewals": len(mine) - len(ready),
    }
