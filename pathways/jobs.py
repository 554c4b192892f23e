"""What training does by itself as time passes. Each run finds what is due and may be run twice without harm."""

from datetime import datetime, timedelta

from fablab.db import db
from pathways import actions_own_pace_ends, actions_small_groups, actions_visits, actions_warning, queries_warning
from pathways.values_badges import SOON_DAYS

#: so many days before the end a badge is spoken of; the nearest step counts
STEPS = (7, SOON_DAYS)


def warn_of_endings(now: datetime) -> str:
    """Safety badges that end or fall asleep within 30 days, then 7: their holders are told. Says how many."""
    told = 0
    for person, standing in queries_warning.ending(db.session(), now, now + timedelta(days=SOON_DAYS)):
        left = standing.until - now if standing.until else timedelta()
        step = next(days for days in STEPS if left <= timedelta(days=days))
        if not queries_warning.said(db.session(), actions_warning.key_of(standing, step)):
            actions_warning.warn_of_ending(person, standing, step, now)
            told += 1
    return f"{told} told"


def warn_of_small_groups(now: datetime) -> str:
    """The coordination hears of groups that start within a week and lack people. Says how many there are."""
    return f"{len(actions_small_groups.warn_of_small_groups(now))} small groups"


def warn_of_own_pace_ends(now: datetime) -> str:
    """Pathways at one's own pace that end within 30 days, then 7: who follows them is told. Says how many."""
    return f"{actions_own_pace_ends.warn_of_ends(now)} told"


def close_forgotten_visits(now: datetime) -> str:
    """Who was not said gone from the open lab on an earlier day has left as it closed. Says how many."""
    return f"{actions_visits.close_forgotten(now)} departures"
