"""Reading who is in, and what second step somebody has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

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
    """Whether this house asks coordinators and administrators for a second step: yes, unless it said no.

    A demonstration does not: its log-ins are printed, and nobody could share the phone.
    """
    found = house.read(session, SECOND_STEP, "demo")
    return bool(found.get(SECOND_STEP, not found.get("demo")))


def kiosks(session: Session) -> Sequence[Kiosk]:
    """The kiosks enrolled now, the newest first, fifty at most."""
    found = select(Kiosk).where(Kiosk.ended_at.is_(None)).options(joinedload(Kiosk.enrolled_by))
    return session.scalars(found.order_by(Kiosk.id.desc()).limit(SHOWN)).all()


def waiting_on(session: Session, kiosk_id: int, now: datetime) -> Sequence[OpenSession]:
    """The sessions of a tablet of the team that a short code takes up again, by first name."""
    found = select(OpenSession).join(Person, Person.id == OpenSession.person_id)
    found = found.where(
        OpenSession.kiosk_id == kiosk_id,
        OpenSession.closed_at.is_(None),
        OpenSession.ends_at > now,
        Person.short_hash.is_not(None),
        Person.left_at.is_(None),
    )
    found = found.options(contains_eager(OpenSession.person)).order_by(Person.first_name, OpenSession.id)
    return session.scalars(found.limit(SHOWN)).all()
