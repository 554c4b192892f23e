"""Reading who is in, and what second step somebody has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.people.models import Person
from fablab.people.models_access import OpenSession

#: more than anybody has at once; older ones are closed together with them
SHOWN = 50


def open_sessions(session: Session, person: Person, now: datetime) -> Sequence[OpenSession]:
    """The sessions somebody has open, the newest first, fifty at most."""
    theirs = select(OpenSession).where(
        OpenSession.person_id == person.id, OpenSession.closed_at.is_(None), OpenSession.ends_at > now
    )
    return session.scalars(theirs.order_by(OpenSession.id.desc()).limit(SHOWN)).all()
