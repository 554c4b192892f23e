"""Days of training: calendar days of the house; moments are aware and UTC. Other values: values_<subject>.py."""

import calendar
from datetime import date, datetime, timedelta

from fablab import clock


def months_later(day: date, months: int) -> date:
    """The same day of the month, N months on; the last of the month where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def end_after_months(moment: datetime, months: int) -> datetime:
    """First moment after the end of the local day that falls N months after ``moment``, UTC.

    Counted in local days, so that a change of clock neither takes nor gives an hour.
    """
    return clock.day_bounds(months_later(clock.local_day(moment), months))[1]


def school_year(day: date) -> tuple[date, date]:
    """First and last day of the school year of a day: 1 September to 31 August."""
    first = date(day.year if day.month >= 9 else day.year - 1, 9, 1)
    return first, date(first.year + 1, 8, 31)


def last_day(expires_at: datetime | None) -> date | None:
    """The last local day on which something that expires at a moment still holds."""
    return clock.local_day(expires_at - timedelta(seconds=1)) if expires_at else None


def short_title(title: str) -> str:
    """«Déclic» of «Déclic — je découvre le Fablab»."""
    return title.split(" — ")[0]
