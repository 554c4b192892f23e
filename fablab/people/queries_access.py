"""Reading who is in, and what second step somebody has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fablab import house
from fablab.people.models import Person
from fablab.people.models_access import Kiosk, OpenSession, RecoveryCode, SecondFactor

#: the house's setting: false lets coordinators and administrators enter with a password alone
SECOND_STEP = "second_step_required"

#: more than anybody has at once; older ones are closed together with them
SHOWN = 50


def open_sessions(session: Session, person: Person, now: datetime) -> Sequence[OpenSession]:
    """The sessions somebody has open, the newest first, fifty at most."""
    theirs = select(OpenSession).where(
        OpenSession.person_id == person.id, OpenSession.closed_at.is_(None), OpenSession.ends_at > now
    )
    return session.scalars(theirs.order_by(OpenSession.id.desc()).limit(SHOWN)).all()


def second_factor(session: Session, person_id: int) -> SecondFactor | None:
    """The authenticator of somebody, or None."""
    return session.get(SecondFactor, person_id)


def recovery_codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes of somebody can still serve."""
    left = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return session.scalar(left) or 0


def second_step_required(session: Session) -> bool:
    """Whether this house asks coordinators and administrators for a second step: yes, unless it said no."""
    return bool(house.read(session, SECOND_STEP).get(SECOND_STEP, True))


def kiosks(session: Session) -> Sequence[Kiosk]:
    """The kiosks enrolled now, the newest first, fifty at most."""
    found = select(Kiosk).where(Kiosk.ended_at.is_(None)).options(joinedload(Kiosk.enrolled_by))
    return session.scalars(found.order_by(Kiosk.id.desc()).limit(SHOWN)).all()
