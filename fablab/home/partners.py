"""The front pages of partners: a structure's contact sees their organisation, a referent their young people.

A referent reads attendance and progress only, of the young people they follow today: access ends with the link.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock
from fablab.i18n import _, ngettext
from fablab.outbox import unread
from fablab.people.models import FollowUp, Person, Structure, StructureContact
from pathways.models import (
    PRESENT,
    Attendance,
    Award,
    Badge,
    Enrolment,
    Group,
    PathwayVersion,
    TrainingSession,
)
from rooms import queries, queries_coming, queries_keys

STRUCTURE_TEMPLATE = "home/structure.html"
REFERENT_TEMPLATE = "home/referent.html"


@dataclass(frozen=True)
class Followed:
    """One young person as their referent reads them: no note, no booking, no contact."""

    name: str
    initials: str
    pathway: str
    cls: str
    stages: str
    attendance: str
    last_came: date | None
    since: date


def structure_context(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """The organisations for which somebody acts today, with their papers and their dates to come."""
    today = clock.local_day(now)
    held = session.scalars(
        select(Structure)
        .join(StructureContact, StructureContact.structure_id == Structure.id)
        .where(
            StructureContact.person_id == person.id,
            StructureContact.since <= today,
            or_(StructureContact.until.is_(None), StructureContact.until >= today),
        )
        .order_by(Structure.name)
    ).all()
    return {
        "structures": held,
        "today": today,
        "messages": unread(session, person),
        "dates": queries_coming.coming(session, [one.id for one in held], now),
        "several": len(held) > 1,
        "keys": queries_keys.held_by(session, [one.id for one in held], today),
        "tenants": queries.tenants(session),
    }


def referent_context(session: Session, person: Person, now: datetime) -> dict[str, Any]:
    """The young people whom a referent follows today: 5 statements, whatever their number."""
    today = clock.local_day(now)
    links = session.scalars(
        select(FollowUp)
        .join(Person, Person.id == FollowUp.person_id)
        .where(
            FollowUp.referent_id == person.id,
            FollowUp.ended_at.is_(None),
            FollowUp.since <= today,
            or_(FollowUp.until.is_(None), FollowUp.until >= today),
        )
        .options(joinedload(FollowUp.person))
        .order_by(Person.first_name, Person.last_name, Person.id)
    ).all()
    ids = [link.person_id for link in links]
    enrolments = _enrolments(session, ids)
    came, called, last = _attendance(session, ids)
    stages = _stages_done(session, ids)
    return {
        "messages": unread(session, person),
        "followed": [_followed(link, enrolments.get(link.person_id), came, called, last, stages) for link in links],
    }


def _enrolments(session: Session, ids: Collection[int]) -> dict[int, Enrolment]:
    """The running enrolment of each person, else the latest one."""
    found = session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id.in_(ids))
        .options(joinedload(Enrolment.version).joinedload(PathwayVersion.pathway))
        .order_by(Enrolment.ended_on.is_(None), Enrolment.enrolled_on, Enrolment.id)
    )
    return {enrolment.person_id: enrolment for enrolment in found}


Counts = dict[tuple[int, int], int]


def _attendance(session: Session, ids: Collection[int]) -> tuple[Counts, Counts, dict[int, date]]:
    """By (person, version): sessions attended and sessions called; and the last day each person came."""
    came: Counts = {}
    called: Counts = {}
    last: dict[int, date] = {}
    rows = session.execute(
        select(Attendance.person_id, Group.version_id, Attendance.status, TrainingSession.starts_at)
        .join(TrainingSession, TrainingSession.id == Attendance.session_id)
        .join(Group, Group.id == TrainingSession.group_id)
        .where(Attendance.person_id.in_(ids))
        .order_by(TrainingSession.starts_at)
    )
    for person_id, version_id, status, start in rows:
        key = (person_id, version_id)
        called[key] = called.get(key, 0) + 1
        if status in PRESENT:
            came[key] = came.get(key, 0) + 1
            last[person_id] = clock.local_day(start)
    return came, called, last


def _stages_done(session: Session, ids: Collection[int]) -> dict[tuple[int, int | None], int]:
    """Stage badges held, by (person, version)."""
    rows = session.execute(
        select(Award.person_id, Award.version_id, func.count())
        .join(Badge, Badge.id == Award.badge_id)
        .where(Award.person_id.in_(ids), Badge.kind == "stage", Award.ended_at.is_(None))
        .group_by(Award.person_id, Award.version_id)
    )
    return {(person_id, version_id): count for person_id, version_id, count in rows}


def _followed(
    link: FollowUp,
    enrolment: Enrolment | None,
    came: Counts,
    called: Counts,
    last: dict[int, date],
    stages: dict[tuple[int, int | None], int],
) -> Followed:
    person = link.person
    initials = (person.first_name[:1] + person.last_name[:1]).upper()
    if enrolment is None:
        return Followed(
            person.short_name, initials, _("pas encore de parcours"), "", "", "", last.get(person.id), link.since
        )
    key = (person.id, enrolment.version_id)
    done = stages.get(key, 0)
    return Followed(
        name=person.short_name,
        initials=initials,
        pathway=enrolment.version.short_title,
        cls=enrolment.version.css_class,
        stages=ngettext("%(num)s étape finie sur 4", "%(num)s étapes finies sur 4", done),
        attendance=ngettext(
            "%(num)s séance sur %(called)s",
            "%(num)s séances sur %(called)s",
            came.get(key, 0),
            called=called.get(key, 0),
        ),
        last_came=last.get(person.id),
        since=link.since,
    )
