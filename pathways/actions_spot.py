"""Somebody who comes to a session without being of its group: enrolled on the spot, every rule asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.queries import lock_house
from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from pathways import upkeep, upkeep_enrolling, upkeep_sessions
from pathways.models_groups import Attendance, Enrolment, TrainingSession
from pathways.queries_papers import blocked_at
from pathways.queries_sessions import expected_at
from pathways.rules_papers import presence_refusals
from pathways.rules_sessions import EARLY, spot_refusals
from pathways.values_sessions import SpotFacts


@dataclass(frozen=True)
class Added:
    """Somebody added to a session, and what the team should know about it: said, never in the way."""

    enrolment: Enrolment
    warnings: tuple[Refusal, ...] = ()


def add_on_the_spot(
    training_session: TrainingSession, person: Person, by: Person, now: datetime, *, reason: str | None = None
) -> Added:
    """Enrol somebody in the group of a session of this day; present at once when its call was made already.

    The rules of enrolling are asked; ``reason``, one of EXCEPTIONS, passes the soft ones. Who was referred is
    admitted. Over the gauge nobody is, whatever the reason. Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        group = training_session.group
        referral = session.scalar(_referral(person.id, group.version_id))
        apart = referral.id if referral else None
        entering = upkeep_enrolling.entering(session, person, group.version, group, now, apart=apart)
        if refusals := spot_refusals(_facts(session, training_session, entering.person, by), now):
            raise Refused(refusals)
        if referral is not None:
            enrolment = upkeep_enrolling.admit(session, referral, entering, by, now, reason)
        else:
            enrolment = upkeep_enrolling.enrol(session, entering, group.version, by, now, reason)
        session.flush()
        upkeep_sessions.require_room(session, training_session, now)
        if training_session.attendance_at is not None:
            _note_present(session, training_session, entering.person, by, now)
        about = [*journal.people([person.id]), ("training_group", group.id)]
        journal.note(
            session, "session.add_person", "training_session", training_session.id, by=by, now=now, about=about
        )
        upkeep.settle(session, {person.id: entering.person}, now)
        warnings = upkeep_sessions.elsewhere(session, training_session, [person.id])
    return Added(enrolment, tuple(warnings))


def _note_present(
    session: Session, training_session: TrainingSession, person: Person, by: Person, now: datetime
) -> None:
    """The call is made already: they are there too. Raises Refused for a minor whose parents have not agreed."""
    blocked = blocked_at(session, training_session, [person])
    if refusals := presence_refusals({person.id: "present"}, blocked, clock.local_day(training_session.starts_at)):
        raise Refused(refusals)
    session.add(
        Attendance(
            session_id=training_session.id, person_id=person.id, status="present", taken_at=now, taken_by_id=by.id
        )
    )


def _referral(person_id: int, version_id: int) -> Select[Enrolment]:
    return select(Enrolment).where(
        Enrolment.person_id == person_id,
        Enrolment.version_id == version_id,
        Enrolment.status == "referred",
        Enrolment.ended_on.is_(None),
    )


def _facts(session: Session, training_session: TrainingSession, person: Person, by: Person) -> SpotFacts:
    day = clock.local_day(training_session.starts_at)
    return SpotFacts(
        may_lead=by.may("session.lead"),
        opens_at=training_session.starts_at - EARLY,
        closes_at=clock.day_bounds(day)[1],
        cancelled=training_session.status == "cancelled",
        expected=person.id in expected_at(session, [training_session])[training_session.id],
    )
