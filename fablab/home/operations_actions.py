"""What the administrator of the installation does. ``by`` is who acts, ``now`` the present moment (UTC)."""

from datetime import datetime

from sqlalchemy import update

from fablab import journal
from fablab.db import transaction
from fablab.home.jobs import JOBS
from fablab.home.operations import code_of
from fablab.people.models import Person
from fablab.scheduler import JobRun


def ask_job_now(code: str, by: Person, now: datetime) -> bool:
    """Make a job due at once: the scheduler runs it within seconds, never a page. False when there is no such job."""
    name = next((job.name for job in JOBS if code_of(job.name) == code), None)
    if name is None:
        return False
    with transaction() as session:
        session.execute(update(JobRun).where(JobRun.name == name).values(next_at=now))
        journal.note(session, "job.ask", "job_run", None, by=by, now=now, job=name)
    return True
