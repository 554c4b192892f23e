"""What is known of people who enter a pathway: the rules of entering are asked with it, by the act and by its page."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from fablab import clock
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.refusals import Refusal
from pathways.models_badges import Badge
from pathways.models_groups import LEAVING, Enrolment, Group
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.queries_standings import valid_badges
from pathways.rules_enrolling import enrolment_refusals
from pathways.values_badges import Named
from pathways.values_enrolling import EnrolmentFacts, Terms

_REFERRED = and_(Enrolment.status == "referred", Enrolment.ended_on.is_(None))


def checks(
    session: Session,
    people: Collection[Person],
    version: PathwayVersion,
    group: Group | None,
    now: datetime,
    *,
    apart: int | None = None,
) -> dict[int, list[Refusal]]:
    """Every reason not to enrol each of these people, soft ones too, by person: what the act itself would say."""
    if not people:
        return {}
    terms = terms_of(session, version)
    facts = facts_of(session, people, version, group, now, apart=apart)
    return {person.id: enrolment_refusals(terms, facts[person.id]) for person in people}


def facts_of(
    session: Session,
    people: Collection[Person],
    version: PathwayVersion,
    group: Group | None,
    now: datetime,
    *,
    apart: int | None = None,
) -> dict[int, EnrolmentFacts]:
    """What is known of each; ``apart`` is the enrolment that is being settled, which does not stand in its own way."""
    ids = [person.id for person in people]
    own: dict[int, list[Enrolment]] = defaultdict(list)
    for one in session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id.in_(ids))
        .options(joinedload(Enrolment.version).joinedload(PathwayVersion.pathway))
    ):
        own[one.person_id].append(one)
    size = members_of(session, [group.id]).get(group.id, 0) if group is not None else None
    badges = valid_badges(session, ids, now)
    return {
        person.id: EnrolmentFacts(
            day=clock.local_day(now),
            birth_date=person.birth_date,
            situation=person.situation,
            finished=frozenset(one.version.pathway.code for one in own[person.id] if one.status == "finished"),
            valid_badges=badges[person.id],
            already=any(
                one.ended_on is None and one.id != apart and one.version.pathway_id == version.pathway_id
                for one in own[person.id]
            ),
            published=version.status == "published" or (group is not None and group.version_id == version.id),
            group_size=size,
            group_closed=group is not None and group.closed_at is not None,
            group_of_version=group is None or group.version_id == version.id,
        )
        for person in people
    }


def members_of(session: Session, group_ids: Collection[int]) -> dict[int, int]:
    """How many places are taken in these groups: whoever left, or is referred only, takes none."""
    counted = session.execute(
        select(Enrolment.group_id, func.count())
        .where(Enrolment.group_id.in_(group_ids), Enrolment.status.not_in((*LEAVING, "referred")))
        .group_by(Enrolment.group_id)
    )
    return {group_id: count for group_id, count in counted if group_id is not None}


def groups_starting(session: Session, first: date, last: date) -> Sequence[Group]:
    """The open groups that start between two days, with their versions."""
    found = select(Group).where(Group.closed_at.is_(None), Group.starts_on.between(first, last))
    return session.scalars(found.options(joinedload(Group.version)).order_by(Group.starts_on, Group.id)).all()


def referred_to(session: Session, group_id: int) -> Sequence[Enrolment]:
    """Who is referred to a group and not enrolled yet, first referred first."""
    found = select(Enrolment).where(Enrolment.group_id == group_id, _REFERRED)
    found = found.options(joinedload(Enrolment.person))
    return session.scalars(found.order_by(Enrolment.enrolled_on, Enrolment.id)).all()


def referral(session: Session, person_public_id: str, pathway_code: str) -> Enrolment | None:
    """The referral of somebody to a pathway, with person, group and version, or None."""
    return session.scalars(
        select(Enrolment)
        .join(Enrolment.person)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(Person.public_id == person_public_id, Pathway.code == pathway_code, _REFERRED)
        .options(
            contains_eager(Enrolment.person),
            contains_eager(Enrolment.version).contains_eager(PathwayVersion.pathway),
            joinedload(Enrolment.group),
        )
        .order_by(Enrolment.id)
        .limit(1)
    ).first()


def referred_only(session: Session, enrolment_id: int) -> bool:
    """Whether somebody was referred and never enrolled, whatever became of it since."""
    said = select(JournalEntry.verb).where(JournalEntry.thing == "enrolment", JournalEntry.thing_id == enrolment_id)
    verbs = set(session.scalars(said.where(JournalEntry.verb.in_(("enrolment.refer", "enrolment.admit")))))
    return verbs == {"enrolment.refer"}


def terms_of(session: Session, version: PathwayVersion) -> Terms:
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
