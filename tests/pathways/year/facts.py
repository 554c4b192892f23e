"""What the reckoning of a year is made of: plain facts, and days counted without the program."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

PARIS = ZoneInfo("Europe/Paris")
ROOT = Path(__file__).resolve().parents[3]
HERE = ("present", "late")


@lru_cache
def read_catalogue(part: str, name: str) -> Any:
    """One file of the shipped catalogue, as it is written."""
    return yaml.safe_load((ROOT / part / "data" / name).read_text(encoding="utf-8"))


def local_day(moment: datetime) -> date:
    """The day in Chambéry."""
    return moment.astimezone(PARIS).date()


def local(day: date, hour: str) -> datetime:
    """An hour of the house («13:30») on a day."""
    return datetime.combine(day, time.fromisoformat(hour), PARIS)


def end_after(moment: datetime, months: int) -> datetime:
    """The midnight that ends the day so many months later."""
    first = local_day(moment)
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    day = date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
    return datetime.combine(day + timedelta(days=1), time(), PARIS)


def age_on(born: date, day: date) -> int:
    """How old somebody is on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass
class Line:
    """A level seen by somebody, which ``stands`` until a line that ``mends`` it; some are to be seen ``twice``."""

    who: str
    competency: str
    level: int
    author: str
    at: datetime
    lesson: str | None
    stands: bool = True
    twice: bool = False
    mends: bool = False


@dataclass
class Course:
    """Somebody in a pathway."""

    who: str
    pathway: str
    group: str | None
    status: str
    since: date
    reason: str | None = None
    first_on: date | None = None
    ended_on: date | None = None
    towards: str | None = None


@dataclass(eq=False)
class Lesson:
    """A session planned: when, and the machines it takes."""

    group: str
    start: datetime
    end: datetime
    machines: tuple[str, ...] = ()
    cancelled: bool = False
    marks: dict[str, tuple[str, int]] | None = None

    def came(self, who: str) -> bool:
        """Whether somebody was there, and the session took place."""
        return not self.cancelled and self.marks is not None and self.marks.get(who, ("", 0))[0] in HERE


@dataclass
class Held:
    """A badge given; ``until`` is the midnight at which it expires, ``ended`` when it was taken back."""

    who: str
    badge: str
    at: datetime
    until: datetime | None = None
    ended: datetime | None = None
    undone: bool = False
