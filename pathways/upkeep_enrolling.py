"""What entering a pathway shares between its acts. Helpers: they take the session and open no transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock, journal
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from pathways import upkeep, upkeep_telling
from pathways.models_groups import Enrolment, Group
from pathways.models_pathways import PathwayVersion
from pathways.queries_enrolling import facts_of, terms_of
from pathways.rules_enrolling import enroller_refusals, enrolment_refusals, exception_refusals
from pathways.values_enrolling import EnrolmentFacts, Terms


@dataclass(frozen=True)
class Entering:
    """Somebody who enters a pathway, and the group, both locked; what the rules are asked with."""

    person: Person
    group: Group | None
    terms: Terms
    facts: EnrolmentFacts

    def check(self, by: Person, reason: str | None) -> list[str]:
        """Ask every rule; gives the codes of those passed over with this reason. Raises Refused."""
        found = enrolment_refusals(self.terms, self.facts)
        left = exception_refusals(found, reason) + forbidden(by)
        if left:
            raise Refused(left)
        return [refusal.code for refusal in found]


def entering(
    session: Session,
    person: Person,
    version: PathwayVersion,
    group: Group | None,
    now: datetime,
    *,
    apart: int | None = None,
) -> Entering:
    """Lock the group, then the person, and read what the rules ask."""
    locked = locked_group(session, group.id) if group else None
    person = upkeep.lock_people(session, [person.id])[person.id]
    facts = facts_of(session, [person], version, locked, now, apart=apart)[person.id]
    return Entering(person, locked, terms_of(session, version), facts)


def forbidden(by: Person) -> list[Refusal]:
    """Why this person enrols nobody."""
    return enroller_refusals(may_enrol=by.may("group.manage"))


def locked_group(session: Session, group_id: int) -> Group:
    """The group as it stands, locked: of two people enrolled at once in the last place, one waits."""
    return session.scalars(
        select(Group).where(Group.id == group_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).one()


def enrol(
    session: Session, entering: Entering, version: PathwayVersion, by: Person, now: datetime, reason: str | None
) -> Enrolment:
    """Enrol whoever enters, and tell them. Raises Refused."""
    passed = entering.check(by, reason)
    enrolment = Enrolment(
        person_id=entering.person.id,
        version_id=version.id,
        group_id=entering.group.id if entering.group else None,
        status="enrolled",
        enrolled_on=clock.local_day(now),
        situation_at_entry=entering.person.situation,
        soft_reason=reason if passed else None,
    )
    session.add(enrolment)
    session.flush()
    upkeep_telling.tell_enrolled(session, enrolment, entering.person, version, now)
    about = [*journal.people([enrolment.person_id]), ("training_group", enrolment.group_id)]
    journal.note(session, "enrolment.make", "enrolment", enrolment.id, by=by, now=now, about=about, passed=passed)
    return enrolment


def admit(
    session: Session, enrolment: Enrolment, entering: Entering, by: Person, now: datetime, reason: str | None
) -> Enrolment:
    """Enrol somebody who was referred, and tell them. Raises Refused."""
    passed = entering.check(by, reason)
    enrolment.status, enrolment.enrolled_on = "enrolled", clock.local_day(now)
    enrolment.group_id = entering.group.id if entering.group else None
    enrolment.situation_at_entry = entering.person.situation
    enrolment.soft_reason = reason if passed else None
    session.flush()
    upkeep_telling.tell_enrolled(session, enrolment, entering.person, enrolment.version, now)
    note(session, "enrolment.admit", enrolment, by, now)
    return enrolment


def note(session: Session, verb: str, enrolment: Enrolment, by: Person, now: datetime) -> None:
    """Keep in the journal what becomes of an enrolment."""
    about = [*journal.people([enrolment.person_id]), ("training_group", enrolment.group_id)]
    journal.note(session, verb, "enrolment", enrolment.id, by=by, now=now, about=about)
