"""Pure: a school year, and what each machine did in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings.values import Slot
from fablab import clock


@dataclass(frozen=True, order=True)
class SchoolYear:
    """From 1 September to 31 August of the next year, in wall time; known by the year in which it begins."""

    begins: int

    @classmethod
    def of(cls, day: date) -> "SchoolYear":
        """The school year of a day."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @property
    def first(self) -> date:
        """1 September."""
        return date(self.begins, 9, 1)

    @property
    def name(self) -> str:
        """«2026-2027», with the sign that no line is cut at."""
        return f"{self.begins}\u2011{self.begins + 1}"

    @property
    def span(self) -> Slot:
        """Its first moment and the first of the next, UTC."""
        return Slot(clock.day_bounds(self.first)[0], clock.day_bounds(date(self.begins + 1, 9, 1))[0])


@dataclass(frozen=True)
class Hours:
    """What a machine did in a year, or all of them. Times in minutes.

    ``bookings``: those of young people that began in the year; ``missed`` and ``came``: how they ended, as far as
    it is known; ``out``: broken or stopped for upkeep while the Fablab was open.
    """

    own: int = 0
    groups: int = 0
    training: int = 0
    bookings: int = 0
    missed: int = 0
    came: int = 0
    out: int = 0

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(
            self.own + other.own,
            self.groups + other.groups,
            self.training + other.training,
            self.bookings + other.bookings,
            self.missed + other.missed,
            self.came + other.came,
            self.out + other.out,
        )

    @property
    def missed_percent(self) -> int | None:
        """The share of young people's bookings to which nobody came; None when none is known to have ended."""
        ended = self.missed + self.came
        return None if not ended else round(100 * self.missed / ended)


@dataclass(frozen=True)
class MachineHours:
    """A line of the table."""

    code: str
    name: str
    hours: Hours


@dataclass(frozen=True)
class YearHours:
    """The table of a year, and the years that may be asked for, latest first."""

    year: SchoolYear
    years: tuple[SchoolYear, ...]
    machines: tuple[MachineHours, ...]

    @property
    def total(self) -> Hours:
        """All machines together."""
        return sum((one.hours for one in self.machines), Hours())


def years_between(moments: Iterable[datetime], now: datetime) -> tuple[SchoolYear, ...]:
    """Every school year from the first of some moments to the last, this one included, latest first."""
    found = {SchoolYear.of(clock.local_day(moment)).begins for moment in (*moments, now)}
    return tuple(SchoolYear(begins) for begins in range(max(found), min(found) - 1, -1))


def minutes_of(slots: Iterable[Slot]) -> int:
    """How long they really last together."""
    return int(sum((slot.end - slot.start for slot in slots), timedelta()).total_seconds()) // 60
