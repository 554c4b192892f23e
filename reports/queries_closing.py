"""What is still to mend before a period is closed: each list is counted whole, and its first lines are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Date,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import UtcDateTime
from fablab.people.models import Person
from fablab.people.names import short_name
from fablab.ready import rows
from pathways.models_groups import Enrolment, Group, TrainingSession
from pathways.models_pathways import Pathway, PathwayVersion
from reports.queries_scope import Rows, sources, values_of
from reports.values_periods import Period
from reports.values_public import UNKNOWN, Filters

#: lines shown of each list; the next ones come once these are mended
SHOWN = 20
#: enrolled for so long without coming once, somebody is called or taken off the list
SILENCE = timedelta(days=30)


@dataclass(frozen=True)
class Flaw:
    """One thing to mend: of whom or what, and what its page asks for to be found."""

    name: str
    last_name: str | None
    public_id: str
    code: str | None
    at: datetime | None

    @property
    def title(self) -> str:
        """The group, or the person as the team knows them."""
        return self.name if self.last_name is None else short_name(self.name, self.last_name, None)


@dataclass(frozen=True)
class Flaws:
    """What is wrong of one kind: how many in all, and the first of them."""

    count: int
    shown: Sequence[Flaw]


#: what is looked for, in the order shown
CHECKS = ("not_called", "never_came", "gender", "district")


def flaws(session: Session, period: Period, now: datetime) -> Mapping[str, Flaws]:
    """Everything to mend in a period, by check. One statement."""
    found: dict[str, list[Flaw]] = {check: [] for check in CHECKS}
    counts = dict.fromkeys(CHECKS, 0)
    values = {**values_of(period, Filters(), now), "silent": min(period.last, clock.local_day(now)) - SILENCE}
    for check, count, _place, *told in rows(session, _statement(), values):
        counts[check] = count
        found[check].append(Flaw(*told))
    return {check: Flaws(counts[check], found[check]) for check in CHECKS}


@lru_cache(1)
def _statement() -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(_not_called(), _never_came(), _not_known("gender"), _not_known("district"))


def _check(check: str, of: Any, order: Any, *, where: Any, **told: Any) -> Rows:
    """The first lines of a list, each with how many there are in all."""
    columns = {"name": null(), "last_name": null(), "public_id": null(), "code": null(), "at_moment": null(), **told}
    line = (
        select(
            literal_column(f"'{check}'").label("check_code"),
            func.count().over().label("count_of_all"),
            func.row_number().over(order_by=order).label("place"),
            *(type_coerce(cast(column, TYPES[name]), TYPES[name]).label(name) for name, column in columns.items()),
        )
        .select_from(of)
        .where(where)
        .subquery()
    )
    return select(line).where(line.c.place <= literal_column(str(SHOWN)))


#: null has no type of its own, and each part of a union must have the same
TYPES: Mapping[str, Any] = {
    "name": String(),
    "last_name": String(),
    "public_id": String(),
    "code": String(),
    "at_moment": UtcDateTime(),
}


def _not_called() -> Rows:
    """Sessions that took place and whose roll nobody called."""
    one = sources(frozenset()).sessions.c
    of = sources(frozenset()).sessions.join(TrainingSession, TrainingSession.id == one.id)
    of = of.join(Group, Group.id == one.group_id)
    return _check(
        "not_called", of, (one.starts_at, one.id), where=one.attendance_at.is_(None),
        name=Group.name, public_id=TrainingSession.public_id, at_moment=one.starts_at,
    )  # fmt: skip


def _never_came() -> Rows:
    """Enrolled for a month, or more, by the end of the period, and never seen."""
    of = (
        Enrolment.__table__.join(Person.__table__, Person.id == Enrolment.person_id)
        .join(PathwayVersion.__table__, PathwayVersion.id == Enrolment.version_id)
        .join(Pathway.__table__, Pathway.id == PathwayVersion.pathway_id)
    )
    silent = (
        Enrolment.status == "enrolled",
        Enrolment.first_attended_on.is_(None),
        Enrolment.ended_on.is_(None),
        Enrolment.enrolled_on <= bindparam("silent", type_=Date),
    )
    return _check(
        "never_came", of, (Person.last_name, Person.first_name, Enrolment.id), where=and_(*silent),
        name=Person.first_name, last_name=Person.last_name, public_id=Person.public_id, code=Pathway.code,
    )  # fmt: skip


def _not_known(question: str) -> Rows:
    """Those followed in the period of whom funders ask what nobody knows."""
    people = sources(frozenset()).people
    of = people.join(Person, Person.id == people.c.id)
    return _check(
        question, of, (Person.last_name, Person.first_name, Person.id), where=people.c[question] == UNKNOWN,
        name=Person.first_name, last_name=Person.last_name, public_id=Person.public_id,
    )  # fmt: skip
