"""Telling somebody that a safety badge is about to end: once a step, whoever asks and however often."""

from datetime import datetime

from fablab.db import transaction
from fablab.outbox import tell
from fablab.people.models import Person
from pathways import upkeep_settling
from pathways.values import last_day
from pathways.values_badges import Standing


def warn_of_ending(person: Person, standing: Standing, step: int, now: datetime) -> None:
    """Tell that a badge ends or falls asleep within ``step`` days; said already for this end, nothing more is said."""
    until = standing.until
    if until is None:
        return
    lapses = standing.lapses_at is not None and standing.lapses_at == until
    with transaction() as session:
        tell(
            session,
            person,
            "badge-ends",
            key=key_of(standing, step),
            now=now,
            link=f"{upkeep_settling.BADGES}/{standing.code}",
            badge=standing.name,
            day=last_day(until),
            lapses=lapses,
        )


def key_of(standing: Standing, step: int) -> str:
    """What makes a warning unique: the award, the day it ends (a use moves it), the step."""
    return f"badge-ends:{standing.award_id}:{standing.until:%Y%m%d}:{step}"
