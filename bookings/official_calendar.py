"""Public and school holidays from the ``holidays`` library, merged with the house's word.

Public holidays follow from the law (code du travail, L3133-1) and Easter; school holidays are decreed for a few
years at a time (arrêté of 22 October 2025 for the last known ones). The library goes on computing school holidays
by rule beyond the decrees, so that what starts past ``KNOWN_UNTIL`` is not kept, public holidays included: the last
holiday kept tells how far the calendar is known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from fablab.catalogue_shapes import typeset

#: last day of the last decreed school year that the library knows
KNOWN_UNTIL = date(2029, 8, 31)


@dataclass(frozen=True)
class OfficialHoliday:
    """A public ("public") or school ("school") holiday, first and last day included; ``source`` says whose word."""

    kind: str
    name: str
    starts_on: date
    ends_on: date
    source: str = "library"
    data_status: str = "documented"

    def crosses(self, other: "OfficialHoliday") -> bool:
        """Whether both are of one kind and share a day."""
        return self.kind == other.kind and self.starts_on <= other.ends_on and other.starts_on <= self.ends_on


@dataclass(frozen=True)
class Disagreement:
    """A holiday on which the house and the library differ; one of the two may be missing."""

    house: OfficialHoliday | None
    library: OfficialHoliday | None

    def __str__(self) -> str:
        return f"{_said(self.house)} for the house, {_said(self.library)} in the official calendar: the house wins"


def _said(day: OfficialHoliday | None) -> str:
    if day is None:
        return "nothing"
    span = f"{day.starts_on}" if day.starts_on == day.ends_on else f"{day.starts_on} to {day.ends_on}"
    return f"{day.name} ({day.kind}) {span}"


@lru_cache(maxsize=8)
def official(zone: str, since: int) -> tuple[OfficialHoliday, ...]:
    """What the library knows from 1 January of the year ``since`` on, by kind and date; computed once."""
    # A year more before: the holidays of Noël begin in the year before.
    years = range(since - 1, KNOWN_UNTIL.year + 1)
    public = holidays.country_holidays("FR", years=years, categories=("public",), language="fr")
    school = holidays.country_holidays("FR", subdiv=f"Zone {zone}", years=years, categories=("school",), language="fr")
    found = [OfficialHoliday("public", typeset(name), day, day) for day, name in sorted(public.items())]
    found += _spans(sorted(school.items()))
    return tuple(day for day in found if day.ends_on.year >= since and day.starts_on <= KNOWN_UNTIL)


def _spans(days: Iterable[tuple[date, str]]) -> Iterator[OfficialHoliday]:
    """Days of the same name that follow each other, as one holiday."""
    first = last = None
    name = ""
    for day, said in days:
        if last is not None and said == name and day == last + timedelta(days=1):
            last = day
            continue
        if first is not None and last is not None:
            yield OfficialHoliday("school", typeset(name), first, last)
        first, last, name = day, day, said
    if first is not None and last is not None:
        yield OfficialHoliday("school", typeset(name), first, last)


def merged(
    ours: list[OfficialHoliday], spoken_for: tuple[date, date], *, zone: str, since: int
) -> list[OfficialHoliday]:
    """The library's holidays with the house's in their place over the days ``spoken_for`` (both included)."""
    others = [day for day in official(zone, since) if not _speaks(day, spoken_for) and not any(map(day.crosses, ours))]
    return sorted([*ours, *others], key=lambda day: (day.kind, day.starts_on))


def disagreements(ours: list[OfficialHoliday], spoken_for: tuple[date, date], *, zone: str) -> list[Disagreement]:
    """Where the house's calendar and the library differ in dates, over the days ``spoken_for``."""
    theirs = [day for day in official(zone, spoken_for[0].year) if _speaks(day, spoken_for)]
    found = []
    for day in ours:
        same = next((other for other in theirs if day.crosses(other)), None)
        if same is None or (same.starts_on, same.ends_on) != (day.starts_on, day.ends_on):
            found.append(Disagreement(day, same))
    for other in theirs:
        if not any(map(other.crosses, ours)):
            found.append(Disagreement(None, other))
    return found


def _speaks(day: OfficialHoliday, spoken_for: tuple[date, date]) -> bool:
    return spoken_for[0] <= day.starts_on <= spoken_for[1]
