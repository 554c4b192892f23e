"""The papers of organisations: of one with their answers, of all as a list of what is to renew."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from bookings.models import Booking
from bookings.values import Slot
from fablab import clock
from fablab.people.models import Person, StructureContact
from rooms import queries
from rooms.models_papers import StructureCondition, StructurePaper
from rooms.values import Tenant, last_day
from rooms.values_papers import CONDITIONS, Standing, asked_of, standing


@dataclass(frozen=True)
class Renewal:
    """One organisation of the list: where its papers stand, and how many conditions nobody has looked at yet."""

    tenant: Tenant
    standings: tuple[Standing, ...]
    to_see: tuple[str, ...]
    dates: int

    @property
    def settled(self) -> bool:
        """Whether nobody has anything to do about its papers."""
        return all(one.settled for one in self.standings)


def papers_of(session: Session, structure_id: int) -> Sequence[StructurePaper]:
    """Every paper of an organisation but those taken back, latest first. One statement."""
    theirs = select(StructurePaper).where(StructurePaper.structure_id == structure_id)
    kept = theirs.where(or_(StructurePaper.answer.is_(None), StructurePaper.answer != "withdrawn"))
    loaded = kept.options(joinedload(StructurePaper.sent_by), joinedload(StructurePaper.answered_by))
    return session.scalars(loaded.order_by(StructurePaper.id.desc()).limit(50)).all()


def paper_by_public_id(session: Session, public_id: str) -> StructurePaper | None:
    """A paper with the organisation that it is of; None for none, or taken back."""
    found = select(StructurePaper).where(StructurePaper.public_id == public_id)
    kept = found.where(or_(StructurePaper.answer.is_(None), StructurePaper.answer != "withdrawn"))
    return session.scalar(kept.options(joinedload(StructurePaper.sent_by)))


def count_to_look_at(session: Session) -> int:
    """How many papers wait for an answer."""
    return session.scalar(select(func.count(StructurePaper.id)).where(StructurePaper.answer.is_(None))) or 0


def conditions_of(session: Session, structure_id: int) -> dict[str, StructureCondition]:
    """The conditions that an organisation was found to meet, by name. One statement."""
    met = select(StructureCondition).where(
        StructureCondition.structure_id == structure_id, StructureCondition.taken_back_at.is_(None)
    )
    return {one.condition: one for one in session.scalars(met.options(joinedload(StructureCondition.noted_by)))}


def dates_of(session: Session, structure_id: int, now: datetime, *, suspended: bool) -> Sequence[Booking]:
    """The dates to come of an organisation, soonest first, with the rooms. One statement."""
    theirs = select(Booking).where(*_coming(now), Booking.structure_id == structure_id)
    some = theirs.where(Booking.suspended.is_(suspended)).options(joinedload(Booking.resource))
    return session.scalars(some.order_by(Booking.starts_at, Booking.id)).all()


def standings_of(session: Session, tenant: Tenant, papers: Collection[StructurePaper], now: datetime) -> list[Standing]:
    """Where the papers asked of one organisation stand, its dates to come counted. One statement."""
    rows = session.execute(
        select(Booking.starts_at, Booking.ends_at).where(
            *_coming(now), ~Booking.suspended, Booking.structure_id == tenant.id
        )
    )
    days = [last_day(Slot(*row)) for row in rows]
    sent = {one.kind for one in papers if one.answer is None}
    seen = {one.kind for one in papers if one.answer == "accepted"}
    asked, today = asked_of(tenant, queries.rules_of(session).terms(tenant.kind)), clock.local_day(now)
    return [standing(tenant, kind, today, days, sent=kind in sent, seen=kind in seen) for kind in asked]


def renewals(session: Session, now: datetime) -> list[Renewal]:
    """Every organisation of which papers are asked, what is to do first, by name. Three statements and what is kept."""
    today, rules = clock.local_day(now), queries.rules_of(session)
    days: dict[int, list[date]] = defaultdict(list)
    coming = select(Booking.structure_id, Booking.starts_at, Booking.ends_at).where(*_coming(now), ~Booking.suspended)
    for structure_id, start, end in session.execute(coming.where(Booking.kind == "rental")):
        days[structure_id or 0].append(last_day(Slot(start, end)))
    answers: dict[tuple[int, str], set[str | None]] = defaultdict(set)
    given = select(StructurePaper.structure_id, StructurePaper.kind, StructurePaper.answer)
    some = or_(StructurePaper.answer.is_(None), StructurePaper.answer == "accepted")
    for structure_id, kind, answer in session.execute(given.where(some).distinct()):
        answers[structure_id, kind].add(answer)
    met = select(StructureCondition.structure_id, StructureCondition.condition)
    known = {tuple(row) for row in session.execute(met.where(StructureCondition.taken_back_at.is_(None)))}
    found = []
    for tenant in queries.tenants(session).values():
        terms = rules.terms(tenant.kind)
        if not (asked := asked_of(tenant, terms)):
            continue
        standings = tuple(
            standing(
                tenant,
                kind,
                today,
                days[tenant.id],
                sent=None in answers[tenant.id, kind],
                seen="accepted" in answers[tenant.id, kind],
            )
            for kind in asked
        )
        to_see = tuple(one for one in CONDITIONS if one in terms.conditions and (tenant.id, one) not in known)
        found.append(Renewal(tenant, standings, to_see, len(days[tenant.id])))
    return sorted(found, key=_urgent_first)


def to_remind(session: Session, today: date) -> list[tuple[Tenant, str, date, list[Person]]]:
    """Papers that end within the time of reminders, none newer waiting, with who acts for the organisation today."""
    rules = queries.rules_of(session)
    waiting = select(StructurePaper.structure_id, StructurePaper.kind).where(StructurePaper.answer.is_(None))
    sent = {tuple(row) for row in session.execute(waiting)}
    ending = [
        (tenant, one.kind, one.until)
        for tenant in queries.tenants(session).values()
        for one in (standing(tenant, kind, today) for kind in asked_of(tenant, rules.terms(tenant.kind)))
        if one.state == "soon" and one.until is not None and (tenant.id, one.kind) not in sent
    ]
    people: dict[int, list[Person]] = defaultdict(list)
    contacts = (
        select(StructureContact.structure_id, Person)
        .join(Person, Person.id == StructureContact.person_id)
        .where(StructureContact.structure_id.in_({tenant.id for tenant, _kind, _until in ending}))
        .where(Person.left_at.is_(None), StructureContact.since <= today)
        .where(or_(StructureContact.until.is_(None), StructureContact.until >= today))
        .order_by(StructureContact.id)
    )
    for structure_id, person in session.execute(contacts):
        people[structure_id].append(person)
    return [(tenant, kind, until, people[tenant.id]) for tenant, kind, until in ending]


def all_keys(session: Session) -> set[str]:
    """The keys of every file that a row names."""
    named = select(StructurePaper.file_key).where(StructurePaper.file_key.is_not(None))
    return {key for key in session.scalars(named) if key}


def _coming(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Booking.status.in_(("requested", "confirmed")), Booking.starts_at > now


def _urgent_first(one: Renewal) -> tuple[bool, int, str]:
    order = ("sent", "over", "missing", "later", "soon", "said", "valid")
    first = min(order.index(paper.state) for paper in one.standings)
    return one.settled, first, one.tenant.name.casefold()
