"""Accounts that may be one person, for the coordination to look at; and the merges that can still be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from fablab.people.models import Person, RoleGrant
from fablab.people.models_merging import Apart, Merge
from fablab.people.rules_merging import UNDO_FOR, Known, pairs_among
from fablab.permissions import Role

#: pairs on one page; the next ones come once these are answered
SHOWN = 30


@dataclass(frozen=True)
class Pair:
    """Two accounts that look alike, the older one first, and why."""

    one: Person
    other: Person
    why: Sequence[str]


def likely(session: Session) -> tuple[list[Pair], int]:
    """The first pairs, by first name, and how many there are. Three statements, whatever the number of people."""
    young = select(RoleGrant.person_id).where(RoleGrant.role == Role.YOUNG, RoleGrant.ended_at.is_(None))
    here = (Person.id.in_(young), Person.left_at.is_(None))
    rows = select(Person.id, Person.first_name, Person.last_name, Person.birth_date, Person.phone).where(*here)
    known = [Known(*row) for row in session.execute(rows.order_by(Person.id))]
    apart = [(one, other) for one, other in session.execute(select(Apart.one_id, Apart.other_id))]
    found = pairs_among(known, apart)
    shown = found[:SHOWN]
    wanted = {person.id for one, other, _why in shown for person in (one, other)}
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(wanted)))}
    return [Pair(people[one.id], people[other.id], why) for one, other, why in shown], len(found)


def two(session: Session, public_id: str, other_id: str) -> tuple[Person, Person] | None:
    """Two young people's accounts that stand apart, in this order: one statement. None: one of them is not."""
    young = exists().where(RoleGrant.person_id == Person.id, RoleGrant.role == Role.YOUNG, RoleGrant.ended_at.is_(None))
    both = select(Person).where(Person.public_id.in_((public_id, other_id)), Person.merged_into_id.is_(None), young)
    found = {person.public_id: person for person in session.scalars(both)}
    return (found[public_id], found[other_id]) if len(found) == 2 else None


def undoable(session: Session, now: datetime) -> Sequence[Merge]:
    """The merges that stand and can still be undone, the latest first."""
    stands = (Merge.undone_at.is_(None), Merge.at > now - UNDO_FOR, Merge.kept.has(Person.erased_at.is_(None)))
    both = (joinedload(Merge.kept), joinedload(Merge.gone), joinedload(Merge.by))
    return session.scalars(select(Merge).where(*stands).options(*both).order_by(Merge.id.desc()).limit(SHOWN)).all()


def into(session: Session, person: Person) -> Sequence[Merge]:
    """The accounts made one with this one, the latest first."""
    stands = (Merge.kept_id == person.id, Merge.undone_at.is_(None))
    return session.scalars(
        select(Merge).where(*stands).options(joinedload(Merge.gone)).order_by(Merge.id.desc()).limit(SHOWN)
    ).all()


def by_public_id(session: Session, public_id: str) -> Merge | None:
    """A merge with its people."""
    both = (joinedload(Merge.kept), joinedload(Merge.gone), joinedload(Merge.by))
    return session.scalars(select(Merge).where(Merge.public_id == public_id).options(*both)).one_or_none()
