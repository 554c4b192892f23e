"""The only reader of the real clock, and the house's time zone.

Everything inside the program is an aware datetime in UTC; people read local time.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")


class NoSuchTime(ValueError):
    """A wall time that the clock skips, such as 02:30 on 28 March 2027."""


def now() -> datetime:
    """The present moment, aware, UTC, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def to_local(moment: datetime) -> datetime:
    """The same moment in the house's wall time."""
    return _local(moment)


@lru_cache(maxsize=4096)
def _local(moment: datetime) -> datetime:
    # Grids ask for the same quarter hours thousands of times.
    return moment.astimezone(ZONE)


def local_day(moment: datetime) -> date:
    """The house's calendar day on which a moment falls."""
    return _local(moment).date()


def at(day: date, hour: time) -> datetime:
    """The UTC moment of a wall time; in the doubled hour of autumn, the first of the two.

    Raises NoSuchTime when the spring change skips that wall time.
    """
    local = datetime.combine(day, hour, tzinfo=ZONE)
    moment = local.astimezone(UTC)
    if moment.astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(f"{day} {hour:%H:%M} does not exist")
    return moment


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of a local day and first moment of the next, both UTC: 23, 24 or 25 hours apart."""
    return at(day, time()), at(day + timedelta(days=1), time())


def week_of(day: date) -> date:
    """The Monday of the week in which a day falls."""
    return day - timedelta(days=day.weekday())
