"""What rooms do by themselves as time passes. Each run finds what is due and may be run twice without harm."""

from datetime import datetime, timedelta

from fablab import clock
from fablab.db import db
from rooms import actions_day, actions_keys, actions_papers, queries_papers
from rooms.values_keys import KEPT

#: the log of the desk is kept so long: a season's end looks back at its beginning
LOG_KEPT = timedelta(days=365)


def warn_of_papers(now: datetime) -> str:
    """Conventions and insurances that end in 60, 30 and 7 days: contacts are told, paper by paper. Says how many.

    What fails of one paper stops no other; it is raised once all were tried.
    """
    told, failed = 0, []
    for tenant, kind, until, people in queries_papers.to_remind(db.session(), clock.local_day(now)):
        try:
            told += actions_papers.remind(tenant, kind, until, people, now)
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{told} told, papers that could not be", failed)
    return f"{told} told"


def forget_log(now: datetime) -> str:
    """Forget the log of days over a year ago. Says how many lines."""
    return f"{actions_day.forget_before(clock.local_day(now - LOG_KEPT))} forgotten"


def forget_key_holders(now: datetime) -> str:
    """Forget who had a key or a badge, some time after it came back or was cancelled. Says how many."""
    return f"{actions_keys.forget_holders(now - KEPT)} forgotten"
