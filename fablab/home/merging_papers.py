"""What two accounts hold of one pathway: papers and choices count for the one that stays, and what is open once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.home.merging_rows import Changes
from fablab.people.models import Person
from pathways.models import Enrolment, EnrolmentChoice, EnrolmentPaper, Visit


def carry(session: Session, changes: Changes, enrolments: Sequence[tuple[Enrolment, Enrolment]]) -> None:
    """Give the kept enrolments the papers and the choices that only the other one has."""
    for mine, other in enrolments:
        held = {one.paper for one in _papers(session, mine)}
        for paper in _papers(session, other):
            if paper.paper not in held:
                changes.write("enrolment_paper", paper.id, {"enrolment_id": mine.id})
        made = {one.offer for one in _choices(session, mine)}
        for choice in _choices(session, other):
            if choice.offer not in made:
                changes.write("enrolment_choice", choice.id, {"enrolment_id": mine.id})


def there_twice(session: Session, kept: Person, gone: Person) -> set[int]:
    """The coming of the account that goes, when both are noted at the open lab now."""
    there = select(Visit).where(
        Visit.person_id.in_((kept.id, gone.id)), Visit.left_at.is_(None), Visit.taken_back_at.is_(None)
    )
    visits = {visit.person_id: visit.id for visit in session.scalars(there)}
    return {visits[gone.id]} if len(visits) == 2 else set()


def close_twice(changes: Changes, visits: set[int], helpers: set[int], now: datetime) -> None:
    """Who is there, or helps, is counted once."""
    for row_id in sorted(visits):
        changes.write("open_lab_visit", row_id, {"taken_back_at": now})
    for row_id in sorted(helpers):
        changes.write("session_helper", row_id, {"ended_at": now})


def _papers(session: Session, enrolment: Enrolment) -> Sequence[EnrolmentPaper]:
    found = select(EnrolmentPaper).where(
        EnrolmentPaper.enrolment_id == enrolment.id, EnrolmentPaper.taken_back_at.is_(None)
    )
    return session.scalars(found.order_by(EnrolmentPaper.id)).all()


def _choices(session: Session, enrolment: Enrolment) -> Sequence[EnrolmentChoice]:
    found = select(EnrolmentChoice).where(
        EnrolmentChoice.enrolment_id == enrolment.id, EnrolmentChoice.dropped_at.is_(None)
    )
    return session.scalars(found.order_by(EnrolmentChoice.id)).all()
