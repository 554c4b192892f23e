"""Groups, and who follows a pathway: enrolled in a version that no longer changes for them."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bookings.queries import lock_house
from fablab import clock, journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from pathways import upkeep, upkeep_enrolling, upkeep_moving
from pathways.models_groups import LEAVING, Enrolment, Group, TrainingSession
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.queries_enrolling import referred_only
from pathways.rules_enrolling import close_refusals, leave_refusals, return_refusals


def open_group(version: PathwayVersion, name: str, starts_on: date, by: Person, now: datetime) -> Group:
    """Open a group that will live a published version together. Raises Refused."""
    with transaction() as session:
        found = []
        if not by.may("group.manage"):
            found.append(Refusal("not_facilitator", _("Seule l’équipe ouvre un groupe.")))
        if version.status != "published":
            found.append(Refusal("not_published", _("Ce parcours n’est pas ouvert aux inscriptions."), field="pathway"))
        if not name.strip():
            found.append(Refusal("name_missing", _("Donnez un nom au groupe."), field="name"))
        elif session.scalar(select(Group.id).where(Group.name == name.strip())) is not None:
            found.append(_name_taken())
        if found:
            raise Refused(found)
        group = Group(
            version_id=version.id, name=name.strip(), starts_on=starts_on, created_at=now, created_by_id=by.id
        )
        try:
            with session.begin_nested():
                session.add(group)
        except IntegrityError as error:
            # Somebody gave the name in the same second: only the name is chosen by a person.
            raise Refused([_name_taken()]) from error
        journal.note(session, "group.open", "training_group", group.id, by=by, now=now)
    return group


def _name_taken() -> Refusal:
    return Refusal("name_taken", _("Un groupe porte déjà ce nom."), field="name")


def close_group(group: Group, by: Person, now: datetime) -> Group:
    """The group is over: the attendance asked is counted on the sessions that took place.

    Sessions to come are cancelled first: they hold the Fablab, and people expect them. Whoever has not finished
    stays enrolled until their own ending is noted. A group already closed is left as it is. Raises Refused.
    """
    with transaction() as session:
        # Sessions are planned under this lock: none comes between the count and the end.
        lock_house(session)
        group = upkeep_enrolling.locked_group(session, group.id)
        planned = select(func.count()).where(
            TrainingSession.group_id == group.id, TrainingSession.status == "planned", TrainingSession.starts_at > now
        )
        to_come = session.scalar(planned) or 0
        if refusals := close_refusals(may_manage=by.may("group.manage"), to_come=to_come):
            raise Refused(refusals)
        if group.closed_at is None:
            group.closed_at = now
            members = session.scalars(select(Enrolment.person_id).where(Enrolment.group_id == group.id)).all()
            upkeep.settle(session, upkeep.lock_people(session, members), now)
            journal.note(session, "group.close", "training_group", group.id, by=by, now=now)
    return group


def enrol(
    person: Person,
    version: PathwayVersion,
    by: Person,
    now: datetime,
    *,
    group: Group | None = None,
    reason: str | None = None,
) -> Enrolment:
    """Enrol somebody in a version, in a group or at their own pace. Raises Refused.

    ``reason``, one of EXCEPTIONS, passes soft rules (age, situation) and is kept; never those about places or
    prerequisites. The person is told, with the group's next sessions.
    """
    with transaction() as session:
        # The house first, as every act that counts people in its rooms: the sessions of a group take its members.
        lock_house(session)
        entering = upkeep_enrolling.entering(session, person, version, group, now)
        enrolment = upkeep_enrolling.enrol(session, entering, version, by, now, reason)
    return enrolment


def leave(
    enrolment: Enrolment, status: str, by: Person, now: datetime, *, redirected_to: Pathway | None = None
) -> Enrolment:
    """Somebody leaves a pathway before its end: "dropped", "interrupted", "redirected" or "moved_away".

    Who is redirected goes to another pathway, named. Validations, badges and the place of the year stay. Raises
    Refused.
    """
    with transaction() as session:
        upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        other = redirected_to if status == "redirected" else None
        if refusals := leave_refusals(
            may_manage=by.may("group.manage"),
            ended=enrolment.ended_on is not None,
            known_word=status in LEAVING,
            whither=status != "redirected" or (other is not None and other.id != enrolment.version.pathway_id),
        ):
            raise Refused(refusals)
        enrolment.status, enrolment.ended_on = status, clock.local_day(now)
        enrolment.redirected_to_id = other.id if other else None
        journal.note(
            session,
            "enrolment.leave",
            "enrolment",
            enrolment.id,
            by=by,
            now=now,
            about=[*journal.people([enrolment.person_id]), ("training_group", enrolment.group_id)],
            status=status,
        )
    return enrolment


def come_back(enrolment: Enrolment, by: Person, now: datetime) -> Enrolment:
    """A pathway left by mistake goes on, if its group still has a place; what was validated counts again.

    Gone on with already, nothing changes. Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        # A group that was moved to another version meanwhile takes whoever comes back along.
        version = enrolment.group.version if enrolment.group else enrolment.version
        back = upkeep_enrolling.entering(session, enrolment.person, version, enrolment.group, now)
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        if enrolment.status not in LEAVING:
            return enrolment
        if refusals := return_refusals(back.terms, back.facts, may_manage=by.may("group.manage")):
            raise Refused(refusals)
        # Who was only proposed when they left is proposed again: the rules of entering were never asked.
        enrolment.status = "referred" if referred_only(session, enrolment.id) else "enrolled"
        enrolment.ended_on, enrolment.redirected_to_id = None, None
        person = back.person
        if back.group is not None and back.group.version_id != enrolment.version_id:
            upkeep_moving.come_with_group(session, enrolment, back.group)
        upkeep.settle(session, {person.id: person}, now)
        about = [*journal.people([person.id]), ("training_group", enrolment.group_id)]
        journal.note(session, "enrolment.return", "enrolment", enrolment.id, by=by, now=now, about=about)
    return enrolment
