"""The demonstration's keys and badges: some out, one late, one lost."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from fablab import clock
from fablab.people.models import Person
from rooms import actions_keys, queries
from rooms.actions_keys import Handed

#: what, its name, who has it, due so many days later (none: no day), lost
OUT = (
    ("badge", "B-07", "Solène Marchand", None, False),
    ("badge", "B-12", "Karim Benali", 4, False),
    ("key", "Placard Granier", "Odile Favre", 30, False),
    ("badge", "B-15", "Théo Girard", None, True),
)


def hand_badges(session: Session, first: int, by: Person, now: datetime) -> None:
    """Hand a badge to the organisation ``first`` and to three associations; one of them loses it."""
    known = queries.tenants(session)
    others = [one for one in known.values() if one.kind == "association" and not one.sensitive and one.id != first]
    for tenant, (kind, label, held_by, days, lost) in zip([known[first], *others[:3]], OUT, strict=False):
        due = clock.local_day(now) + timedelta(days=days) if days is not None else None
        made = actions_keys.hand_over(tenant, Handed(kind, label, held_by, due, f"demo-key-{label}"), by, now)
        if lost:
            actions_keys.lose(made, by, now)
