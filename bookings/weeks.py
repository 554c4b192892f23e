"""The week that a page shows: which one an address asks for, and the way to the others."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import url_for

from fablab import clock
from fablab.i18n import _, say_day


def day_of_week_shown(text: str, now: datetime) -> date:
    """The day asked for in an address, else today; on a Sunday the Monday, since the week shown ends on Saturday."""
    today = clock.local_day(now)
    return read_day(text) or (today + timedelta(days=1) if today.weekday() == 6 else today)


def read_day(text: str) -> date | None:
    """A day sent in an address ("2026-11-26"); None when it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 < day.year < 2100 else None


@dataclass(frozen=True)
class WeekLinks:
    """A week and the way to the one before, to this one and to the next."""

    monday: date
    title: str
    before: str
    now: str
    after: str


def week_links(
    endpoint: str,
    monday: date,
    now: datetime,
    *,
    last: date | None = None,
    name: str = "semaine",
    code: str | None = None,
) -> WeekLinks:
    """«Du lundi 23 au samedi 28 novembre», with its neighbours; ``last`` is the last day shown, else the Saturday.

    In their addresses: ``name`` of the day, ``code`` of the thing whose week it is.
    """
    last = last or monday + timedelta(days=5)
    title = _("Du %(first)s au %(last)s", first=say_day(monday), last=say_day(last))
    today = clock.local_day(now)
    this_week = today + timedelta(days=today.weekday() == 6)
    days = (monday - timedelta(days=7), this_week, monday + timedelta(days=7))
    more = {"code": code} if code else {}
    before, this, after = (url_for(endpoint, **{name: day.isoformat()}, **more) for day in days)  # type: ignore[arg-type]  # a query
    return WeekLinks(monday, title, before, this, after)
