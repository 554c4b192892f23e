"""Who is to be asked where they stand after a pathway, and what was answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload

from fablab import house
from fablab.people.models import Person
from pathways.models_exits import ExitCheck
from pathways.models_groups import Enrolment
from pathways.models_pathways import ExitSituation, Pathway, PathwayVersion
from pathways.values_exits import ASKED_OF, LISTED_FOR, SETTING, Step, steps_of

#: lines of the page; the next ones come once these are answered
SHOWN = 50


@dataclass(frozen=True)
class Due:
    """A question to ask somebody: at which step."""

    enrolment: Enrolment
    step: Step


def steps(session: Session) -> tuple[Step, ...]:
    """The moments at which this house asks, the earliest first."""
    return steps_of(house.settings(session).get(SETTING) or ())


def situations(session: Session) -> Sequence[ExitSituation]:
    """What may be answered, in the house's order."""
    return session.scalars(select(ExitSituation).order_by(ExitSituation.position, ExitSituation.code)).all()


def due(session: Session, today: date) -> list[Due]:
    """What is to be asked on a local day, of whoever left longest ago first, SHOWN at most. Two statements."""
    known = {one.code: one for one in steps(session)}
    if not known:
        return []
    asked = union_all(*(_due(one, today) for one in known.values())).subquery("asked")
    first = select(asked).order_by(asked.c.ended_on, asked.c.id, asked.c.step).limit(SHOWN)
    rows = list(session.execute(first))
    found = (
        select(Enrolment)
        .where(Enrolment.id.in_({row.id for row in rows}))
        .options(joinedload(Enrolment.person), joinedload(Enrolment.version).joinedload(PathwayVersion.pathway))
    )
    enrolments = {one.id: one for one in session.scalars(found)}
    order = list(known)
    rows.sort(key=lambda row: (row.ended_on, row.id, order.index(row.step)))
    return [Due(enrolments[row.id], known[row.step]) for row in rows]


def count_due(session: Session, today: date) -> int:
    """How many questions are to be asked on a local day."""
    known = steps(session)
    if not known:
        return 0
    asked = union_all(*(_due(one, today) for one in known)).subquery("asked")
    return session.scalar(select(func.count()).select_from(asked)) or 0


def _due(step: Step, today: date) -> Select[int, date | None, str]:
    """The exits of which a step is asked, and was not answered."""
    last = step.ended_by(today)
    answered = select(ExitCheck.id).where(*notes_that_count(Enrolment.id, Enrolment.ended_on, step.code))
    return (
        select(Enrolment.id, Enrolment.ended_on, literal(step.code).label("step"))
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.ended_on.between(last - LISTED_FOR, last),
            Enrolment.status.in_(ASKED_OF),
            Enrolment.first_attended_on.is_not(None),
            Person.erased_at.is_(None),
            ~answered.exists(),
        )
    )


def notes_that_count(enrolment_id: Any, ended_on: Any, step: str) -> tuple[ColumnElement[bool], ...]:
    """Which notes count at a step of an exit, by its columns: who came back and left again is asked anew."""
    return (
        ExitCheck.enrolment_id == enrolment_id,
        ExitCheck.step == literal_column(f"'{step}'"),
        ExitCheck.taken_back_at.is_(None),
        ExitCheck.told_on >= ended_on,
    )


def exit_of(session: Session, public_id: str, code: str, ended_on: date) -> Enrolment | None:
    """What somebody left of a pathway on a local day, begun and not gone on with elsewhere in the house."""
    found = (
        select(Enrolment)
        .join(Enrolment.person)
        .join(Enrolment.version)
        .join(PathwayVersion.pathway)
        .where(
            Person.public_id == public_id,
            Person.erased_at.is_(None),
            Pathway.code == code,
            Enrolment.ended_on == ended_on,
            Enrolment.status.in_(ASKED_OF),
            Enrolment.first_attended_on.is_not(None),
        )
        .options(
            contains_eager(Enrolment.person),
            contains_eager(Enrolment.version).contains_eager(PathwayVersion.pathway),
            joinedload(Enrolment.group),
        )
        .order_by(Enrolment.id.desc())
    )
    return session.scalars(found).first()


def checks_of(session: Session, enrolment_ids: Collection[int]) -> Sequence[ExitCheck]:
    """What was noted of these exits, taken back or not, the latest first."""
    if not enrolment_ids:
        return []
    noted = select(ExitCheck).where(ExitCheck.enrolment_id.in_(enrolment_ids))
    noted = noted.options(joinedload(ExitCheck.by), joinedload(ExitCheck.situation))
    return session.scalars(noted.order_by(ExitCheck.at.desc(), ExitCheck.id.desc())).all()
