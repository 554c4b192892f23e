"""Groups, and who follows a pathway: enrolled in a version that no longer changes for them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from bookings.queries import lock_house
from fablab import clock, journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from pathways import upkeep, upkeep_telling
from pathways.models_badges import Badge
from pathways.models_groups import Enrolment, Group, TrainingSession
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.queries_standings import valid_badges
from pathways.rules_enrolling import close_refusals, enrolment_refusals, leave_refusals, return_refusals
from pathways.values_badges import Named
from pathways.values_enrolling import EnrolmentFacts, Terms

#: ways to leave a pathway before its end; what was validated stays valid (domain notes §1.1)
LEAVING = ("dropped", "interrupted", "redirected", "moved_away")
#: how many of the group's next sessions somebody who is enrolled is told
TOLD_AT_MOST = 3


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
        group = _locked_group(session, group.id)
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

    ``reason`` passes soft rules (age, situation) and is kept; never those about places or prerequisites.
    The person is told, with the group's next sessions.
    """
    with transaction() as session:
        # The house first, as every act that counts people in its rooms: the sessions of a group take its members.
        lock_house(session)
        locked = _locked_group(session, group.id) if group else None
        person = upkeep.lock_people(session, [person.id])[person.id]
        refusals = []
        if not by.may("group.manage"):
            refusals.append(Refusal("not_facilitator", _("Seule l’équipe inscrit à un parcours.")))
        terms = _terms(session, version)
        refusals += enrolment_refusals(terms, _facts(session, person, version, locked, now))
        passed = [refusal for refusal in refusals if refusal.soft and reason and reason.strip()]
        if len(passed) < len(refusals):
            raise Refused([refusal for refusal in refusals if refusal not in passed])
        enrolment = Enrolment(
            person_id=person.id,
            version_id=version.id,
            group_id=locked.id if locked else None,
            status="enrolled",
            enrolled_on=clock.local_day(now),
            situation_at_entry=person.situation,
            soft_reason=reason.strip() if passed and reason else None,
        )
        session.add(enrolment)
        session.flush()
        _tell(session, enrolment, person, version, now)
        codes = [refusal.code for refusal in passed]
        journal.note(
            session,
            "enrolment.make",
            "enrolment",
            enrolment.id,
            by=by,
            now=now,
            about=[*journal.people([enrolment.person_id]), ("training_group", enrolment.group_id)],
            passed=codes,
        )
    return enrolment


def _tell(session: Session, enrolment: Enrolment, person: Person, version: PathwayVersion, now: datetime) -> None:
    planned = select(TrainingSession).where(
        TrainingSession.group_id == enrolment.group_id,
        TrainingSession.status == "planned",
        TrainingSession.starts_at > now,
    )
    coming = session.scalars(planned.order_by(TrainingSession.starts_at, TrainingSession.id).limit(TOLD_AT_MOST)).all()
    tell(
        session,
        person,
        "enrolled",
        key=f"enrolled:{enrolment.id}",
        now=now,
        link=upkeep.PATH,
        entries=[upkeep_telling.entry_of(one) for one in coming],
        pathway=version.short_title,
        coming=coming,
    )


def leave(enrolment: Enrolment, status: str, by: Person, now: datetime) -> Enrolment:
    """Somebody leaves a pathway before its end: "dropped", "interrupted", "redirected" or "moved_away".

    Validations, badges and the place of the year stay. Raises Refused.
    """
    with transaction() as session:
        upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        if refusals := leave_refusals(
            may_manage=by.may("group.manage"), ended=enrolment.ended_on is not None, known_word=status in LEAVING
        ):
            raise Refused(refusals)
        enrolment.status, enrolment.ended_on = status, clock.local_day(now)
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
        group = _locked_group(session, enrolment.group_id) if enrolment.group_id else None
        people = upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        if enrolment.status not in LEAVING:
            return enrolment
        version, person = enrolment.version, people[enrolment.person_id]
        facts = _facts(session, person, version, group, now)
        if refusals := return_refusals(_terms(session, version), facts, may_manage=by.may("group.manage")):
            raise Refused(refusals)
        enrolment.status, enrolment.ended_on = "enrolled", None
        upkeep.settle(session, people, now)
        about = [*journal.people([person.id]), ("training_group", enrolment.group_id)]
        journal.note(session, "enrolment.return", "enrolment", enrolment.id, by=by, now=now, about=about)
    return enrolment


def _locked_group(session: Session, group_id: int) -> Group:
    """The group as it stands, locked: of two people enrolled at once in the last place, one waits."""
    return session.scalars(
        select(Group).where(Group.id == group_id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).one()


def _facts(
    session: Session, person: Person, version: PathwayVersion, group: Group | None, now: datetime
) -> EnrolmentFacts:
    own = session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person.id)
        .options(joinedload(Enrolment.version).joinedload(PathwayVersion.pathway))
    ).all()
    size = None
    if group is not None:
        here = select(func.count()).where(Enrolment.group_id == group.id, Enrolment.status.not_in(LEAVING))
        size = session.scalar(here) or 0
    return EnrolmentFacts(
        day=clock.local_day(now),
        birth_date=person.birth_date,
        situation=person.situation,
        finished=frozenset(one.version.pathway.code for one in own if one.status == "finished"),
        valid_badges=valid_badges(session, [person.id], now)[person.id],
        already=any(one.ended_on is None and one.version.pathway_id == version.pathway_id for one in own),
        published=version.status == "published" or (group is not None and group.version_id == version.id),
        group_size=size,
        group_closed=group is not None and group.closed_at is not None,
        group_of_version=group is None or group.version_id == version.id,
    )


def _terms(session: Session, version: PathwayVersion) -> Terms:
    """Whom a version welcomes. Prerequisites: {type: pathway_finished, any_of}, {type: badge_valid, all_of}."""
    asked: Sequence[Mapping[str, Any]] = version.prerequisites
    pathways = [code for one in asked if one["type"] == "pathway_finished" for code in one["any_of"]]
    badges = [code for one in asked if one["type"] == "badge_valid" for code in one["all_of"]]
    return Terms(
        title=version.short_title,
        situations=tuple(version.situations),
        min_age=version.min_age,
        max_age=version.max_age,
        extended_max_age=version.extended_max_age,
        extended_condition=version.extended_condition,
        group_max=version.group_max,
        any_pathway_finished=_pathway_names(session, pathways),
        all_badges_valid=_badge_names(session, badges),
    )


def _pathway_names(session: Session, codes: Sequence[str]) -> tuple[Named, ...]:
    if not codes:
        return ()
    found = session.scalars(
        select(PathwayVersion)
        .join(PathwayVersion.pathway)
        .where(Pathway.code.in_(codes), PathwayVersion.status == "published")
        .options(joinedload(PathwayVersion.pathway))
    )
    names = {version.pathway.code: version.short_title for version in found}
    return tuple(Named(code, names.get(code, code)) for code in codes)


def _badge_names(session: Session, codes: Sequence[str]) -> tuple[Named, ...]:
    if not codes:
        return ()
    names = dict(session.execute(select(Badge.code, Badge.name).where(Badge.code.in_(codes))).all())
    return tuple(Named(code, names.get(code, code)) for code in codes)
