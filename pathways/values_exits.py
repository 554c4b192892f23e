"""When somebody who left a pathway is asked where they stand, and what may be answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

#: who is asked: whoever began a pathway and left it; somebody redirected goes on in another one of the house
ASKED_OF = ("finished", "dropped", "interrupted", "moved_away")
#: a question nobody answered is no longer listed after so long: the situation stays unknown
LISTED_FOR = timedelta(days=90)
#: the house's setting, from its catalogue (``exits.asked``)
SETTING = "exits.asked"


@dataclass(frozen=True)
class Step:
    """One moment at which the situation is asked. ``code``: «w0» (at the exit), «w4», «m6»: weeks or months after."""

    code: str
    label: str
    after: relativedelta

    def due_on(self, ended_on: date) -> date:
        """The local day from which it is asked of whoever left on that day."""
        return ended_on + self.after

    def ended_by(self, today: date) -> date:
        """The latest day of leaving of whom it is asked today: months have different lengths."""
        day = today - self.after
        while self.due_on(day + timedelta(days=1)) <= today:
            day += timedelta(days=1)
        return day


def steps_of(asked: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a house as its catalogue says them, the earliest first."""
    found = []
    for one in asked:
        weeks, months = one.get("weeks_after") or 0, one.get("months_after") or 0
        code = f"m{months}" if months else f"w{weeks}"
        found.append(Step(code, one["label"], relativedelta(weeks=weeks, months=months)))
    return tuple(sorted(found, key=lambda step: step.due_on(date(2001, 1, 1))))
