"""The installation seen by its administrator: jobs, letters, and what waits for a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fablab import letters
from fablab.home.jobs import JOBS
from fablab.outbox import Letter
from fablab.people.models import RoleGrant
from fablab.permissions import Role
from fablab.scheduler import JobRun, last_runs


@dataclass(frozen=True)
class JobState:
    """A job and its last run, if it ever ran."""

    name: str
    every: timedelta
    last: JobRun | None

    @property
    def code(self) -> str:
        """Its name in an address."""
        return code_of(self.name)


@dataclass(frozen=True)
class LetterCounts:
    """How many letters are where."""

    waiting: int
    sent: int
    in_doubt: int
    given_up: int


def code_of(job: str) -> str:
    """The name of a job in an address."""
    return job.replace(" ", "-")


def job_states(session: Session) -> list[JobState]:
    """Every job with its last run."""
    runs = last_runs(session)
    return [JobState(job.name, job.every, runs.get(job.name)) for job in JOBS]


def has_a_team(session: Session) -> bool:
    """Whether somebody other than administrators works here yet."""
    others = (Role.FACILITATOR, Role.COORDINATOR, Role.RECEPTION)
    found = select(RoleGrant.id).where(RoleGrant.role.in_(others), RoleGrant.ended_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def letter_counts(session: Session, now: datetime) -> LetterCounts:
    """Letters by state, in one statement."""
    counted = select(
        func.count(Letter.id),
        func.count(Letter.sent_at),
        func.count(Letter.given_up_at),
        func.count(Letter.id).filter(letters.nobody_knows(now)),
    )
    total, sent, given_up, in_doubt = session.execute(counted).one()
    return LetterCounts(waiting=total - sent - given_up - in_doubt, sent=sent, in_doubt=in_doubt, given_up=given_up)


def letters_for_a_person(session: Session, now: datetime) -> list[Letter]:
    """Letters given up, or of which nobody knows whether they left; oldest first, fifty at most."""
    wanted = select(Letter).where(letters.waits_for_a_person(now))
    return list(session.scalars(wanted.order_by(Letter.id).limit(50)))


def latest_letters(session: Session) -> list[Letter]:
    """The letters written last, twenty at most, newest first."""
    return list(session.scalars(select(Letter).order_by(Letter.id.desc()).limit(20)))


def letter_state(letter: Letter, now: datetime) -> str:
    """Where a letter is: sent, refused, given_up, in_doubt, leaving, later (its next try has an hour) or waiting."""
    if letter.sent_at:
        return "sent"
    if letter.given_up_at:
        return "refused" if (letter.last_error or "").startswith(("answered:recipient", "plain_only")) else "given_up"
    if letter.handed_at:
        killed_twice = letter.repeated_at is not None and letter.handed_at < now - letters.KILLED_AFTER
        return "in_doubt" if letter.last_error or killed_twice else "leaving"
    return "later" if letter.due_at > now else "waiting"
