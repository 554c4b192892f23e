"""What a merge would do, read before it is done: by the page that shows it, and again under the locks by the action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session, joinedload

from bookings.models import LIVE, Booking
from fablab.home.merging_rows import MOVES, column_of
from fablab.people.models import FollowUp, Person
from fablab.people.models_file import Contact, Referral, Traineeship
from pathways.models import Apology, Attendance, Enrolment, TrainingSession

#: what a person is: chosen from either account where they differ
FIELDS = ("first_name", "last_name", "birth_date", "situation", "phone")
#: how much somebody was there: of two marks of one session the first one of these stays
BEST = ("present", "late", "excused", "absent")


@dataclass(frozen=True)
class Twice:
    """Rows that both accounts hold of one thing, of which one can stay: that of the kept account, and the other."""

    enrolments: Sequence[tuple[Enrolment, Enrolment]]
    attendances: Sequence[tuple[Attendance, Attendance]]
    apologies: Sequence[tuple[Apology, Apology]]
    contacts: Sequence[tuple[Contact, Contact]]
    referrals: Sequence[tuple[Referral, Referral]]
    traineeships: Sequence[tuple[Traineeship, Traineeship]]
    follow_ups: Sequence[tuple[FollowUp, FollowUp]]


@dataclass(frozen=True)
class Plan:
    """What is seen before two accounts are made one."""

    differing: Sequence[str]
    counts: Mapping[str, tuple[int, int]]
    twice: Twice
    same_hour: Sequence[tuple[Booking, Booking]]
    coming: int


def plan(session: Session, kept: Person, gone: Person, now: datetime) -> Plan:
    """What making these accounts one would move, choose and close. A constant number of statements."""
    coming = _coming(session, kept, gone, now)
    return Plan(
        differing=[name for name in FIELDS if differs(getattr(kept, name), getattr(gone, name))],
        counts=counts(session, kept, gone),
        twice=twice(session, kept, gone),
        same_hour=[
            (one, other)
            for one, other in combinations(coming, 2)
            if one.holder_id != other.holder_id and one.starts_at < other.ends_at and other.starts_at < one.ends_at
        ],
        coming=len(coming),
    )


def differs(kept: Any, gone: Any) -> bool:
    """Whether somebody must choose: both say something, and not the same."""
    return kept is not None and gone is not None and kept != gone


def counts(session: Session, kept: Person, gone: Person) -> dict[str, tuple[int, int]]:
    """How many rows each account holds, by "table.column", those of nobody left out: one statement."""
    parts = []
    for where in MOVES:
        table, column = column_of(where)
        of = table.c[column]
        rows = select(func.count().label("held"), of.label("whose")).where(of.in_((kept.id, gone.id))).group_by(of)
        marked = rows.subquery()
        parts.append(select(func.coalesce(where, "").label("place"), marked.c.whose, marked.c.held))
    found: dict[str, list[int]] = {}
    for where, whose, held in session.execute(union_all(*parts)):
        found.setdefault(where, [0, 0])[whose == gone.id] = held
    return {where: (held[0], held[1]) for where, held in found.items()}


def twice(session: Session, kept: Person, gone: Person) -> Twice:
    """What both hold of the same thing, open. Seven statements."""
    both = (kept.id, gone.id)

    def paired(found: Sequence[Any], key: Any) -> list[tuple[Any, Any]]:
        mine = {key(one): one for one in found if one.person_id == kept.id}
        return [(mine[key(one)], one) for one in found if one.person_id == gone.id and key(one) in mine]

    def read(model: Any, *conditions: Any, options: Sequence[Any] = ()) -> Sequence[Any]:
        rows = select(model).where(model.person_id.in_(both), *conditions).order_by(model.id).options(*options)
        return session.scalars(rows, execution_options={"populate_existing": True}).all()

    in_group = (joinedload(Enrolment.group), joinedload(Enrolment.version))
    at_session = joinedload(Attendance.session).joinedload(TrainingSession.group)
    return Twice(
        paired(read(Enrolment, Enrolment.ended_on.is_(None), options=in_group), lambda one: one.version_id),
        paired(read(Attendance, options=[at_session]), lambda one: one.session_id),
        paired(read(Apology, Apology.withdrawn_at.is_(None)), lambda one: one.session_id),
        paired(read(Contact, Contact.until.is_(None)), lambda one: one.kind),
        paired(read(Referral, Referral.until.is_(None)), lambda _one: None),
        paired(read(Traineeship, Traineeship.until.is_(None)), lambda _one: None),
        paired(read(FollowUp, FollowUp.ended_at.is_(None)), lambda one: one.referent_id),
    )


def _coming(session: Session, kept: Person, gone: Person, now: datetime) -> Sequence[Booking]:
    coming = select(Booking).where(Booking.holder_id.in_((kept.id, gone.id)), Booking.starts_at > now)
    coming = coming.where(Booking.status.in_(LIVE)).options(joinedload(Booking.resource))
    return session.scalars(coming.order_by(Booking.starts_at, Booking.id)).all()
