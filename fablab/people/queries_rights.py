"""Reading who opened a file, and what was asked about data."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.people.models_rights import DataRequest, FileEnding, FileOpening

WAITING_SHOWN = 100


def openings_of(session: Session, person_id: int, limit: int) -> Sequence[FileOpening]:
    """Who opened somebody's file, the latest first."""
    found = select(FileOpening).where(FileOpening.person_id == person_id).options(joinedload(FileOpening.reader))
    return session.scalars(found.order_by(FileOpening.first_at.desc(), FileOpening.id.desc()).limit(limit)).all()


def requests_of(session: Session, person_id: int) -> Sequence[DataRequest]:
    """What somebody asked, the latest first, fifty at most."""
    found = select(DataRequest).where(DataRequest.person_id == person_id).options(joinedload(DataRequest.answered_by))
    return session.scalars(found.order_by(DataRequest.id.desc()).limit(50)).all()


def waiting(session: Session) -> Sequence[DataRequest]:
    """The requests nobody answered yet, the oldest first, a hundred at most."""
    found = select(DataRequest).where(DataRequest.answered_at.is_(None)).options(joinedload(DataRequest.person))
    return session.scalars(found.order_by(DataRequest.asked_at, DataRequest.id).limit(WAITING_SHOWN)).all()


def how_many_wait(session: Session) -> tuple[int, int]:
    """How many requests nobody answered yet, and how many files end that nobody keeps. One statement."""
    requests = select(func.count()).where(DataRequest.answered_at.is_(None)).scalar_subquery()
    files = select(func.count()).where(FileEnding.kept_until.is_(None)).select_from(FileEnding).scalar_subquery()
    unanswered, ending = session.execute(select(requests, files)).one()
    return unanswered, ending


def request_by_public_id(session: Session, public_id: str) -> DataRequest | None:
    """One request, with who asked."""
    found = select(DataRequest).where(DataRequest.public_id == public_id).options(joinedload(DataRequest.person))
    return session.scalars(found).one_or_none()


def deletes_photos(session: Session, person: Person) -> bool:
    """Whether the team is still to delete the photos of somebody."""
    asked = (DataRequest.person_id == person.id, DataRequest.kind == "photos", DataRequest.answered_at.is_(None))
    return session.scalar(select(DataRequest.id).where(*asked)) is not None


def ended_photos(session: Session, person_id: int) -> bool:
    """Whether somebody's last word on photos was a no that ended what was agreed."""
    said = select(JournalEntry.verb).where(
        JournalEntry.thing == "person",
        JournalEntry.thing_id == person_id,
        JournalEntry.verb.in_(("photos.refuse", "photos.answer")),
    )
    return session.scalar(said.order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(1)) == "photos.refuse"
