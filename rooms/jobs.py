"""What rooms do by themselves as time passes. Each run finds what is due and may be run twice without harm."""

from datetime import datetime, timedelta

from fablab import clock
from rooms import actions_day, actions_papers

#: the log of the desk is kept so long: a season's end looks back at its beginning
LOG_KEPT = timedelta(days=365)


def warn_of_papers(now: datetime) -> str:
    """Conventions and insurances that end in 60, 30 and 7 days: contacts are told. Says how many."""
    return f"{actions_papers.remind(now)} told"


def forget_log(now: datetime) -> str:
    """Forget the log of days over a year ago. Says how many lines."""
    return f"{actions_day.forget_before(clock.local_day(now - LOG_KEPT))} forgotten"
