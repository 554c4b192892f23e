"""Every job of the house, in the order they run."""

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

from bookings import jobs as bookings
from fablab import carriers, clock, letters
from fablab.home import evidence_files, keeping, merging_actions, nightly
from fablab.people import actions_answers, actions_once, actions_rights, actions_sessions, actions_tries
from fablab.scheduler import Job
from machines import jobs as machines
from pathways import jobs as training
from rooms import jobs as rooms


def send_letters(now: datetime) -> str:
    """Send what waits in the outbox."""
    settings = current_app.config["SETTINGS"]
    carrier = carriers.carrier_for(settings, Path(current_app.instance_path))
    return f"{letters.send_due(now, settings, carrier)} sent"


def forget_sessions(now: datetime) -> str:
    """Forget the sessions that ended over a month ago, and who opened which file over a year ago."""
    sessions = actions_sessions.forget_old(now)
    return f"{sessions} sessions, {actions_rights.forget_openings(clock.local_day(now))} openings forgotten"


def forget_tries(now: datetime) -> str:
    """Forget wrong tries that count no more, secrets that nobody came to see, and what programs were answered."""
    gone = actions_tries.forget_old(now) + actions_once.forget_old(now) + actions_answers.forget_old(now)
    return f"{gone} forgotten"


def forget_merges(now: datetime) -> str:
    """Forget what undoes merges, once they can be undone no more."""
    return f"{merging_actions.forget_old(now)} forgotten"


JOBS = (
    Job("letters", timedelta(seconds=20), send_letters),
    Job("bookings ended", timedelta(minutes=5), bookings.finish_ended),
    Job("hours offered", timedelta(minutes=1), machines.offer_hours),
    Job("requests unanswered", timedelta(minutes=5), bookings.refuse_unanswered),
    Job("not back in time", timedelta(hours=1), bookings.look_at_overdue),
    Job("badges ending", timedelta(hours=6), training.warn_of_endings),
    Job("small groups", timedelta(hours=6), training.warn_of_small_groups),
    Job("own pace ending", timedelta(hours=6), training.warn_of_own_pace_ends),
    Job("departures forgotten", timedelta(hours=6), training.close_forgotten_visits),
    Job("sessions over", timedelta(hours=6), forget_sessions),
    Job("files ending", timedelta(hours=24), keeping.look),
    Job("merges past", timedelta(hours=24), forget_merges),
    Job("papers ending", timedelta(hours=6), rooms.warn_of_papers),
    Job("desk log", timedelta(hours=24), rooms.forget_log),
    Job("key holders", timedelta(hours=24), rooms.forget_key_holders),
    Job("wrong tries", timedelta(hours=24), forget_tries),
    Job("evidence files", timedelta(hours=24), evidence_files.look),
    Job("backup", nightly.LOOKS, nightly.run),
)
