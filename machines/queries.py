"""What is read of machines and of who books them: sheets, the house's limits, papers. Few statements for many asks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from bookings.models import Resource
from bookings.queries_house import things_of
from fablab import clock, house
from fablab.people.models import Authorisation, Person
from fablab.people.models_file import Traineeship
from fablab.ready import rows
from machines.models import Machine
from machines.values import RULES_PREFIX, MachineRules, Sheet
from pathways.models import Badge


def rules_of(session: Session) -> MachineRules:
    """The house's limits on machines, its own values over the defaults, as kept."""
    return house.kept(session, _read_rules)


def _read_rules(session: Session) -> MachineRules:
    return MachineRules.of(house.read_prefix(session, RULES_PREFIX))


_SHEETS = (
    select(
        Machine.__table__.c.id,
        Resource.__table__.c.code,
        Resource.__table__.c.simple_name,
        Resource.__table__.c.place_id,
        Badge.code.label("badge_code"),
        Badge.name.label("badge_name"),
        Machine.__table__.c.risk,
        Machine.__table__.c.constant_watch,
        Machine.__table__.c.max_week_minutes,
        Machine.__table__.c.min_age_beside,
        Machine.__table__.c.min_age_in_room,
        Machine.__table__.c.min_age_autonomous,
        Machine.__table__.c.regulated_work,
        Machine.__table__.c.past_closing,
    )
    .select_from(Machine.__table__.join(Resource.__table__, Resource.__table__.c.id == Machine.__table__.c.id))
    .join(Badge, Badge.id == Machine.__table__.c.badge_id)
)


def sheet_of(machine: Machine) -> Sheet:
    """A machine already read, as the rules see it."""
    return Sheet(
        machine.id, machine.code, machine.simple_name, machine.badge.code, machine.badge.name, machine.risk,
        machine.constant_watch, machine.max_week_minutes, machine.min_age_beside, machine.min_age_in_room,
        machine.min_age_autonomous, machine.regulated_work, machine.past_closing == "on_agreement",
    )  # fmt: skip


def sheets(session: Session) -> dict[int, tuple[Sheet, int]]:
    """Every machine as the rules see it, with the id of its room, as kept."""
    return house.kept(session, _read_sheets)


def _read_sheets(session: Session) -> dict[int, tuple[Sheet, int]]:
    rows = session.execute(_SHEETS)
    return {
        row.id: (
            Sheet(
                row.id, row.code, row.simple_name, row.badge_code, row.badge_name, row.risk, row.constant_watch,
                row.max_week_minutes, row.min_age_beside, row.min_age_in_room, row.min_age_autonomous,
                row.regulated_work, row.past_closing == "on_agreement",
            ),
            row.place_id,
        )
        for row in rows
    }  # fmt: skip


def id_of(session: Session, code: str, today: date) -> int | None:
    """The id of a machine that is still in the house, by its code; None for none. As kept."""
    things = things_of(session).by_id
    for id_, (sheet, _place) in sheets(session).items():
        gone = things[id_].retired_on
        if sheet.code == code and (gone is None or gone > today):
            return id_
    return None


@dataclass(frozen=True)
class Paper:
    """A parental authorisation, a traineeship or its derogation as the rules see it: an Agreement."""

    kind: str
    signed_on: date
    valid_until: date | None
    withdrawn_on: date | None


_MACHINE_PAPER = and_(Authorisation.person_id == Person.id, Authorisation.kind == "machines")
_PAPERS = (
    select(
        Person.id,
        Person.birth_date,
        Authorisation.kind,
        Authorisation.signed_on,
        Authorisation.valid_until,
        Authorisation.withdrawn_at,
        Traineeship.since.label("trainee_since"),
        Traineeship.derogation_until,
        Traineeship.medical_opinion_on,
    )
    .outerjoin(Authorisation, _MACHINE_PAPER)
    .outerjoin(Traineeship, and_(Traineeship.person_id == Person.id, Traineeship.until.is_(None)))
    .where(Person.id.in_(bindparam("people", expanding=True)))
)


def papers_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[date | None, tuple[Paper, ...]]]:
    """Birth date and papers of each person: authorisations for machines, traineeship, derogation. One statement."""
    lines = rows(session, _PAPERS, {"people": sorted(person_ids)})
    found: dict[int, tuple[date | None, tuple[Paper, ...]]] = {}
    for row in lines:
        born, papers = found.get(row.id, (row.birth_date, ()))
        if row.kind == "machines":
            withdrawn_on = clock.local_day(row.withdrawn_at) if row.withdrawn_at else None
            papers = (*papers, Paper("machines", row.signed_on, row.valid_until, withdrawn_on))
        if row.trainee_since is not None:
            papers = (*papers, Paper("trainee", row.trainee_since, None, None))
            if row.derogation_until is not None:
                papers = (*papers, Paper("derogation", row.medical_opinion_on, row.derogation_until, None))
        found[row.id] = (born, papers)
    return found
