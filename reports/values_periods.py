"""Pure: the stretch of days that figures are about, and the one before."""

from dataclasses import dataclass
from datetime import date, timedelta

#: how a period can be chosen: from 1 September, from 1 January, three months, one month, two days of one's own
KINDS = ("school_year", "civil_year", "term", "month", "free")
#: no free period is longer, so that nothing is added up without end
LONGEST = timedelta(days=366 * 10)


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both counted."""

    kind: str
    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The period before: the same kind; of a free one, as many days just before."""
        day = self.first - timedelta(days=1)
        if self.kind == "free":
            return Period("free", self.first - (self.last - self.first) - timedelta(days=1), day)
        return period_of(self.kind, day)

    def holds(self, day: date) -> bool:
        """Whether a day is one of it."""
        return self.first <= day <= self.last


def period_of(kind: str, day: date) -> Period:
    """The period of a kind that a day belongs to; KeyError for «free», which has no limits of its own."""
    month, length = {
        "school_year": (9, 12),
        "civil_year": (1, 12),
        "term": (1 + (day.month - 1) // 3 * 3, 3),
        "month": (day.month, 1),
    }[kind]
    first = date(day.year if day.month >= month else day.year - 1, month, 1)
    months = first.year * 12 + first.month - 1 + length
    return Period(kind, first, date(months // 12, months % 12 + 1, 1) - timedelta(days=1))


def read_period(kind: str, first: str, last: str, today: date) -> Period:
    """What was asked for, in an address: a kind and a day of it, or two days. Anything else is this school year."""
    begins, ends = _day(first), _day(last)
    if kind == "free" and begins and ends and begins <= ends and ends - begins <= LONGEST:
        return Period("free", begins, ends)
    if kind not in KINDS or kind == "free":
        return period_of("school_year", today)
    return period_of(kind, begins or today)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # Far from both ends of the calendar: the period before and its hours must exist.
    return day if 1990 <= day.year <= 2200 else None
