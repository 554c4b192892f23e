"""The papers of an enrolment that both accounts hold: what either brought counts for the one that stays."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.home.merging_rows import Changes
from pathways.models import Enrolment, EnrolmentPaper


def carry(session: Session, changes: Changes, enrolments: Sequence[tuple[Enrolment, Enrolment]]) -> None:
    """Give the kept enrolments the papers that only the other one has."""
    for mine, other in enrolments:
        held = {one.paper for one in _held(session, mine)}
        for paper in _held(session, other):
            if paper.paper not in held:
                changes.write("enrolment_paper", paper.id, {"enrolment_id": mine.id})


def _held(session: Session, enrolment: Enrolment) -> Sequence[EnrolmentPaper]:
    found = select(EnrolmentPaper).where(
        EnrolmentPaper.enrolment_id == enrolment.id, EnrolmentPaper.taken_back_at.is_(None)
    )
    return session.scalars(found.order_by(EnrolmentPaper.id)).all()
