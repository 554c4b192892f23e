"""What is known of the papers of enrolments, for pages and for the roll: a bounded number of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from fablab import clock, ready
from fablab.people.models import Authorisation, Person
from fablab.people.names import short_name
from pathways.models_groups import OPEN_ENROLMENT, PRESENT, Attendance, Enrolment, Group, TrainingSession
from pathways.models_papers import EnrolmentPaper
from pathways.models_pathways import PathwayVersion
from pathways.rules_papers import SESSIONS, checklist
from pathways.values_papers import PARENTAL, PaperLine, PapersKnown, Receipt

#: how many enrolments the list of missing papers shows at once
PAGE = 60


@dataclass(frozen=True)
class _Agreed:
    """An agreement as the rules read it."""

    kind: str
    signed_on: date
    valid_until: date | None
    withdrawn_on: date | None


@dataclass(frozen=True)
class Lacking:
    """Somebody whose enrolment still lacks papers."""

    person: Person
    enrolment: Enrolment
    lines: tuple[PaperLine, ...]

    @property
    def blocked(self) -> bool:
        """Whether one of them keeps them from sessions."""
        return any(line.blocks for line in self.lines)


def papers_of(session: Session, enrolments: Sequence[Enrolment], day: date) -> dict[int, list[PaperLine]]:
    """The checklist of each enrolment on a day, by enrolment id: two statements, none when nothing is asked.

    Person, group and version are those of the enrolments: the caller brings them.
    """
    asking = [one for one in enrolments if one.version.papers]
    if not asking:
        return {one.id: [] for one in enrolments}
    receipts = _receipts(session, [one.id for one in asking])
    agreed = agreements_of(session, {one.person_id for one in asking})
    return {
        one.id: checklist(
            one.version.papers,
            PapersKnown(
                birth_date=one.person.birth_date,
                photos_said=one.person.photos_allowed is not None,
                held_by=one.group.authorisations_held_by if one.group else None,
                agreements=tuple(agreed[one.person_id]),
                receipts=receipts[one.id],
            ),
            day,
        )
        for one in enrolments
    }


def missing_of(session: Session, enrolments: Sequence[Enrolment], day: date) -> dict[int, list[PaperLine]]:
    """Only what is missing, by enrolment id."""
    found = papers_of(session, enrolments, day)
    return {id_: [line for line in lines if line.missing] for id_, lines in found.items()}


def asked_before(
    session: Session, version: PathwayVersion, people: Collection[Person], group: Group | None, day: date
) -> dict[int, list[PaperLine]]:
    """What people who are not enrolled yet would have to bring, by person id. One statement, none for nobody."""
    agreed = agreements_of(session, {person.id for person in people}) if people and version.papers else {}
    return {
        person.id: [
            line
            for line in checklist(
                version.papers,
                PapersKnown(
                    birth_date=person.birth_date,
                    photos_said=person.photos_allowed is not None,
                    held_by=group.authorisations_held_by if group else None,
                    agreements=tuple(agreed.get(person.id, ())),
                ),
                day,
            )
            if line.missing
        ]
        for person in people
    }


def lacks_at(
    session: Session, training_session: TrainingSession, people: Collection[Person]
) -> dict[int, list[PaperLine]]:
    """What these people of a session's group still have to bring, as of its day, by person id: three statements."""
    group = training_session.group
    if not group.version.papers or not people:
        return {}
    enrolments = session.scalars(
        select(Enrolment)
        .where(
            Enrolment.group_id == group.id,
            Enrolment.person_id.in_([person.id for person in people]),
            Enrolment.status != "referred",
        )
        .order_by(Enrolment.ended_on.is_(None), Enrolment.id)
    ).all()
    missing = missing_of(session, enrolments, clock.local_day(training_session.starts_at))
    return {one.person_id: missing[one.id] for one in enrolments}


def blocked_at(session: Session, training_session: TrainingSession, people: Collection[Person]) -> dict[int, str]:
    """Who of these does not take part in a session for want of a parent's agreement that day: names by person id.

    Whoever was noted there already stays noted: the fact is not asked again. Two statements at most.
    """
    group = training_session.group
    papers = [one for one in group.version.papers if one["paper"] == PARENTAL]
    if not papers or group.authorisations_held_by or not people:
        return {}
    day = clock.local_day(training_session.starts_at)
    agreed = agreements_of(session, {person.id for person in people})
    names = {
        person.id: person.short_name
        for person in people
        for line in checklist(papers, PapersKnown(person.birth_date, agreements=tuple(agreed[person.id])), day)
        if line.blocks
    }
    if not names:
        return {}
    there = select(Attendance.person_id).where(
        Attendance.session_id == training_session.id,
        Attendance.person_id.in_(names),
        Attendance.status.in_(PRESENT),
    )
    noted = set(session.scalars(there))
    return {person_id: name for person_id, name in names.items() if person_id not in noted}


def lacking(session: Session, day: date, *, limit: int = PAGE) -> tuple[list[Lacking], int]:
    """The enrolments under way whose papers are not all there, those that block first, and how many there are."""
    running = _running().options(
        joinedload(Enrolment.person),
        joinedload(Enrolment.group),
        joinedload(Enrolment.version).joinedload(PathwayVersion.pathway),
    )
    enrolments = session.scalars(running).all()
    missing = missing_of(session, enrolments, day)
    found = [Lacking(one.person, one, tuple(missing[one.id])) for one in enrolments if missing[one.id]]
    found.sort(key=lambda one: (not one.blocked, one.enrolment.enrolled_on, one.enrolment.id))
    return found[:limit], len(found)


def count_lacking(session: Session, day: date) -> tuple[int, int]:
    """How many enrolments under way lack papers, and how many of them are blocked by it: four statements."""
    counts = _counts(session, day, _running())
    return sum(one for one, _blocked in counts.values()), sum(blocked for _one, blocked in counts.values())


def lacking_in(session: Session, group_ids: Collection[int], day: date) -> dict[int | None, tuple[int, int]]:
    """The same for each of these groups: those where nothing is missing are left out."""
    counts = _counts(session, day, _running().where(Enrolment.group_id.in_(group_ids))) if group_ids else {}
    return {group_id: count for group_id, count in counts.items() if count[0]}


def _counts(session: Session, day: date, running: Select[Any]) -> dict[int | None, tuple[int, int]]:
    """How many lack papers, and how many are blocked, by group. Columns only: a house has hundreds of enrolments."""
    rows: Sequence[Any] = session.execute(
        running.with_only_columns(
            Enrolment.id,
            Enrolment.group_id,
            Enrolment.person_id,
            Enrolment.version_id,
            Person.birth_date,
            Person.photos_allowed,
            Group.authorisations_held_by,
        ).outerjoin(Enrolment.group)
    ).all()
    versions = select(PathwayVersion.id, PathwayVersion.papers).where(
        PathwayVersion.id.in_({row.version_id for row in rows})
    )
    asked = {id_: papers for id_, papers in session.execute(versions)} if rows else {}
    rows = [row for row in rows if asked[row.version_id]]
    if not rows:
        return {}
    receipts = _receipts(session, [row.id for row in rows])
    agreed = agreements_of(session, {row.person_id for row in rows})
    found: dict[int | None, tuple[int, int]] = {}
    for row in rows:
        known = PapersKnown(
            row.birth_date,
            row.photos_allowed is not None,
            row.authorisations_held_by,
            tuple(agreed[row.person_id]),
            receipts[row.id],
        )
        lines = checklist(asked[row.version_id], known, day)
        lacks, blocked = found.get(row.group_id, (0, 0))
        found[row.group_id] = (
            lacks + any(line.missing for line in lines),
            blocked + any(line.blocks for line in lines),
        )
    return found


def _running() -> Select[Enrolment]:
    return (
        select(Enrolment)
        .join(Enrolment.person)
        .where(Enrolment.status.in_(OPEN_ENROLMENT), Enrolment.ended_on.is_(None))
        .order_by(Enrolment.enrolled_on, Enrolment.id)
    )


def agreements_of(session: Session, person_ids: Collection[int]) -> Mapping[int, list[_Agreed]]:
    """What parents agreed to for sessions, by person, the longest first. One statement."""
    found: dict[int, list[_Agreed]] = defaultdict(list)
    for person_id, kind, signed_on, until, withdrawn_at in ready.rows(session, _AGREED, {"people": list(person_ids)}):
        withdrawn_on = clock.local_day(withdrawn_at) if withdrawn_at else None
        found[person_id].append(_Agreed(kind, signed_on, until, withdrawn_on))
    return found


_AGREED = (
    select(
        Authorisation.person_id,
        Authorisation.kind,
        Authorisation.signed_on,
        Authorisation.valid_until,
        Authorisation.withdrawn_at,
    )
    .where(Authorisation.person_id.in_(bindparam("people", expanding=True)), Authorisation.kind == SESSIONS)
    .order_by(Authorisation.id.desc())
)


def _receipts(session: Session, enrolment_ids: Collection[int]) -> Mapping[int, dict[str, Receipt]]:
    found: dict[int, dict[str, Receipt]] = defaultdict(dict)
    asked = {"enrolments": list(enrolment_ids)}
    for enrolment_id, paper, received_on, *by in ready.rows(session, _RECEIVED, asked, tuple):
        found[enrolment_id][paper] = Receipt(received_on, short_name(*by))
    return found


_RECEIVED = (
    select(
        EnrolmentPaper.enrolment_id,
        EnrolmentPaper.paper,
        EnrolmentPaper.received_on,
        Person.first_name,
        Person.last_name,
        Person.email,
    )
    .join(Person, Person.id == EnrolmentPaper.recorded_by_id)
    .where(
        EnrolmentPaper.enrolment_id.in_(bindparam("enrolments", expanding=True)), EnrolmentPaper.taken_back_at.is_(None)
    )
)
