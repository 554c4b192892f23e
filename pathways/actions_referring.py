"""Somebody whom an organisation or the team proposes for a pathway: referred first, enrolled when all is in order."""

from datetime import datetime

from bookings.queries import lock_house
from fablab import clock
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep_enrolling
from pathways.models_groups import Enrolment, Group
from pathways.models_pathways import PathwayVersion
from pathways.rules_enrolling import referral_refusals


def refer(
    person: Person, version: PathwayVersion, by: Person, now: datetime, *, group: Group | None = None
) -> Enrolment:
    """Note that somebody is referred to a pathway: it takes no place, and nobody is told yet. Raises Refused."""
    with transaction() as session:
        lock_house(session)
        entering = upkeep_enrolling.entering(session, person, version, group, now)
        refusals = referral_refusals(entering.terms, entering.facts) + upkeep_enrolling.forbidden(by)
        if refusals:
            raise Refused(refusals)
        enrolment = Enrolment(
            person_id=entering.person.id,
            version_id=version.id,
            group_id=entering.group.id if entering.group else None,
            status="referred",
            enrolled_on=clock.local_day(now),
            situation_at_entry=entering.person.situation,
        )
        session.add(enrolment)
        session.flush()
        upkeep_enrolling.note(session, "enrolment.refer", enrolment, by, now)
    return enrolment


def admit(enrolment: Enrolment, by: Person, now: datetime, *, reason: str | None = None) -> Enrolment:
    """Somebody who was referred is enrolled, as `enrol` would; done already, nothing changes. Raises Refused."""
    with transaction() as session:
        lock_house(session)
        version, group = enrolment.version, enrolment.group
        entering = upkeep_enrolling.entering(session, enrolment.person, version, group, now, apart=enrolment.id)
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        if enrolment.status != "referred":
            return enrolment
        upkeep_enrolling.admit(session, enrolment, entering, by, now, reason)
    return enrolment
