"""Pure: how often a machine is looked after, and when it is time again."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

NAME_LENGTH, WORDS_LENGTH = 80, 300
#: how many days a machine may be stopped to be looked after
MOST_DAYS_STOPPED = 90
#: done again sooner than this, it is the same form sent from a page gone back to
SAME_DONE = timedelta(hours=1)
#: said to be soon from so many days before, or with so many hundredths of the hours left
SOON_DAYS, SOON_PERCENT = 7, 10


@dataclass(frozen=True)
class Rhythm:
    """Every so many days, or hours of use; of both, whichever comes first."""

    days: int | None = None
    hours: int | None = None


@dataclass(frozen=True)
class CareWish:
    """Something to do on a machine, as it is planned; ``last_on``: the last day it was done, if it was."""

    name: str
    steps: tuple[str, ...]
    rhythm: Rhythm
    last_on: date | None = None


@dataclass(frozen=True)
class Due:
    """When it is time again: a day, or minutes of use that are left (none: 0); None where it does not count so."""

    state: Literal["due", "soon", "later"]
    on: date | None
    minutes_left: int | None


def due(rhythm: Rhythm, since: date, used: int, today: date) -> Due:
    """When something done on ``since`` is to be done again, the machine used ``used`` minutes from then on."""
    on = since + timedelta(days=rhythm.days) if rhythm.days else None
    left = max(0, rhythm.hours * 60 - used) if rhythm.hours else None
    if left == 0 or (on is not None and on <= today):
        return Due("due", on, left)
    soon_by_day = on is not None and on <= today + timedelta(days=SOON_DAYS)
    soon_by_use = left is not None and rhythm.hours is not None and left * 100 <= rhythm.hours * 60 * SOON_PERCENT
    return Due("soon" if soon_by_day or soon_by_use else "later", on, left)
