"""What is still to mend before a period is closed: each list is counted whole, and its first lines are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from pathways import queries_exits
from pathways.models_exits import ExitCheck
from pathways.models_groups import Enrolment, Group, TrainingSession
from pathways.models_pathways import Pathway, PathwayVersion
from pathways.values_exits import ASKED_OF, Step
from reports.queries_scope import Rows, sources, values_of
from reports.values_indicators import EXIT_STEPS
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
    on_day: str | None = None

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
CHECKS = ("not_called", "never_came", "no_funder", *(f"after_{step}" for step in EXIT_STEPS), "gender", "district")


def flaws(session: Session, period: Period, now: datetime) -> Mapping[str, Flaws]:
    """Everything to mend in a period, by check. One statement."""
    found: dict[str, list[Flaw]] = {check: [] for check in CHECKS}
    counts = dict.fromkeys(CHECKS, 0)
    until = min(period.last, clock.local_day(now))
    values = {
        **values_of(period, Filters(), now),
        "silent": until - SILENCE,
        **_asked_between(queries_exits.steps(session), period.first, until),
    }
    for check, count, _place, *told in rows(session, _statement(), values):
        counts[check] = count
        found[check].append(Flaw(*told))
    return {check: Flaws(counts[check], found[check]) for check in CHECKS}


def _asked_between(steps: Sequence[Step], first: date, last: date) -> dict[str, date]:
    """Between which days people left of whom a step was asked in these days: none of a step the house does not ask."""
    asked = {one.code: one for one in steps}
    found = {}
    for code in EXIT_STEPS:
        step = asked.get(code)
        found[f"left_from_{code}"] = step.ended_by(first - timedelta(days=1)) + timedelta(days=1) if step else date.max
        found[f"left_to_{code}"] = step.ended_by(last) if step else date.min
    return found


@lru_cache(1)
def _statement() -> CompoundSelect[*tuple[Any, ...]]:
    after = [_not_asked(step) for step in EXIT_STEPS]
    return union_all(_not_called(), _never_came(), _no_funder(), *after, _not_known("gender"), _not_known("district"))


def _check(check: str, of: Any, order: Any, *, where: Any, **told: Any) -> Rows:
    """The first lines of a list, each with how many there are in all."""
    columns = {
        "name": null(),
        "last_name": null(),
        "public_id": null(),
        "code": null(),
        "at_moment": null(),
        "on_day": null(),
    }
    columns |= told
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
    "on_day": String(),
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


def _no_funder() -> Rows:
    """Groups that met in the period, of which nobody said who pays."""
    met = select(sources(frozenset()).sessions.c.group_id)
    unsaid = and_(Group.scheme_id.is_(None), ~Group.paid_by_house, Group.id.in_(met))
    return _check(
        "no_funder", Group.__table__, (Group.name, Group.id), where=unsaid, name=Group.name, public_id=Group.public_id
    )


def _enrolled() -> Any:
    return (
        Enrolment.__table__.join(Person.__table__, Person.id == Enrolment.person_id)
        .join(PathwayVersion.__table__, PathwayVersion.id == Enrolment.version_id)
        .join(Pathway.__table__, Pathway.id == PathwayVersion.pathway_id)
    )


def _not_asked(step: str) -> Rows:
    """Those to be asked in the period where they stand after a pathway, of whom nobody noted it."""
    noted = select(ExitCheck.id).where(*queries_exits.notes_that_count(Enrolment.id, Enrolment.ended_on, step))
    asked = (
        Enrolment.status.in_([literal_column(f"'{status}'") for status in ASKED_OF]),
        Enrolment.first_attended_on.is_not(None),
        Enrolment.ended_on >= bindparam(f"left_from_{step}", type_=Date),
        Enrolment.ended_on <= bindparam(f"left_to_{step}", type_=Date),
        Person.erased_at.is_(None),
        ~noted.exists(),
    )
    return _check(
        f"after_{step}", _enrolled(), (Enrolment.ended_on, Person.last_name, Enrolment.id), where=and_(*asked),
        name=Person.first_name, last_name=Person.last_name, public_id=Person.public_id, code=Pathway.code,
        on_day=Enrolment.ended_on,
    )  # fmt: skip


def _never_came() -> Rows:
    """Enrolled for a month, or more, by the end of the period, and never seen."""
    silent = (
        Enrolment.status == "enrolled",
        Enrolment.first_attended_on.is_(None),
        Enrolment.ended_on.is_(None),
        Enrolment.enrolled_on <= bindparam("silent", type_=Date),
    )
    return _check(
        "never_came", _enrolled(), (Person.last_name, Person.first_name, Enrolment.id), where=and_(*silent),
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
