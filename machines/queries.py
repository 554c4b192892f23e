"""What is read of machines and shifts. Facts for the rules come for many asks at once, in few statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from bookings.models import Booking, Resource
from bookings.queries import TakenRow
from bookings.values import LONGEST_STAY, Slot
from fablab import clock, house
from fablab.db import UtcDateTime, rows
from fablab.people.models import Authorisation, Person, RoleGrant
from fablab.people.models_file import Traineeship
from fablab.people.rules import needs_parental_authorisation
from fablab.permissions import Role
from machines.models import Machine, Shift
from machines.values import RULES_PREFIX, Lead, MachineRules, Minors, Own, Sheet, Use, Watch, known_level
from pathways.models import OPEN_ENROLMENT, Badge, Enrolment, SessionLead, SessionPart, TrainingSession

_START = bindparam("start", type_=UtcDateTime())
_END = bindparam("end", type_=UtcDateTime())
_EARLIEST = bindparam("earliest", type_=UtcDateTime())


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
    )
    .select_from(Machine.__table__.join(Resource.__table__, Resource.__table__.c.id == Machine.__table__.c.id))
    .join(Badge, Badge.id == Machine.__table__.c.badge_id)
)


def sheet_of(machine: Machine) -> Sheet:
    """A machine already read, as the rules see it."""
    return Sheet(
        machine.id, machine.code, machine.simple_name, machine.badge.code, machine.badge.name, machine.risk,
        machine.constant_watch, machine.max_week_minutes, machine.min_age_beside, machine.min_age_in_room,
        machine.min_age_autonomous, machine.regulated_work,
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
                row.regulated_work,
            ),
            row.place_id,
        )
        for row in rows
    }  # fmt: skip


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


_NO_NUMBER, _NO_WORD = cast(null(), Integer), cast(null(), String)


def _line(what: str, one: Any, two: Any, word: Any, start: Any, end: Any) -> Select[Any]:
    """One branch of the room's statement: the same columns for shifts, leads, groups and a holder's bookings."""
    # Columns are not cast (SQLite would make a number of a date), only the nulls are, for PostgreSQL.
    return select(
        literal(what).label("what"),
        one.label("one"),
        two.label("two"),
        word.label("word"),
        start.label("starts"),
        end.label("ends"),
    )


#: an adult counts as long as they are of the team: who left, or no longer has the role, watches nobody
_STILL_OF_THE_TEAM = (
    select(RoleGrant.id)
    .join(Person, Person.id == RoleGrant.person_id)
    .where(RoleGrant.person_id == Shift.person_id, RoleGrant.ended_at.is_(None), Person.left_at.is_(None))
    .where(RoleGrant.role.in_((Role.FACILITATOR, Role.COORDINATOR)))
    .correlate(Shift)
    .exists()
)

_part, _session = SessionPart, TrainingSession
_watches = _line("watch", Shift.person_id, Shift.place_id, _NO_WORD, Shift.starts_at, Shift.ends_at).where(
    Shift.withdrawn_at.is_(None),
    Shift.starts_at > _EARLIEST,
    Shift.starts_at < _END,
    Shift.ends_at > _START,
    _STILL_OF_THE_TEAM,
)
_leads = (
    _line("lead", SessionLead.person_id, Booking.place_id, _NO_WORD, _part.starts_at, _part.ends_at)
    .select_from(SessionPart)
    .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
    .join(SessionLead, SessionLead.session_id == TrainingSession.id)
    .outerjoin(Booking, Booking.id == SessionPart.booking_id)
    .where(_session.status == "planned")
    .where(_part.starts_at > _EARLIEST, _part.starts_at < _END, _part.ends_at > _START)
)
_groups = (
    _line("group", func.count(), Booking.place_id, _NO_WORD, _part.starts_at, _part.ends_at)
    .select_from(SessionPart)
    .join(Booking, Booking.id == SessionPart.booking_id)
    .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
    .join(Enrolment, Enrolment.group_id == TrainingSession.group_id)
    .join(Person, Person.id == Enrolment.person_id)
    .where(_session.status == "planned", Enrolment.ended_on.is_(None), Enrolment.status.in_(OPEN_ENROLMENT))
    .where(_part.starts_at > _EARLIEST, _part.starts_at < _END, _part.ends_at > _START)
    .where(or_(Person.birth_date.is_(None), Person.birth_date > bindparam("eighteen", type_=Date())))
    .group_by(SessionPart.id, Booking.place_id, _part.starts_at, _part.ends_at)
)
_own_word = case((Machine.__table__.c.constant_watch, "watched"), else_="alone")
_own = (
    _line("own", Booking.id, Booking.holder_id, _own_word, Booking.starts_at, Booking.ends_at)
    .add_columns(Booking.resource_id.label("machine_id"), Booking.status.label("status"))
    .select_from(Booking)
    .join(Machine.__table__, Machine.__table__.c.id == Booking.resource_id)
    .where(
        Booking.holder_id.in_(bindparam("holders", expanding=True)),
        Booking.starts_at > bindparam("since", type_=UtcDateTime()),
        Booking.kind == "own",
        Booking.status.in_(("requested", "confirmed", "checked_in", "done")),
        ~Booking.suspended,
    )
)
_nothing = (_NO_NUMBER.label("machine_id"), _NO_WORD.label("status"))
_ROOM = union_all(*(branch.add_columns(*_nothing) for branch in (_watches, _leads, _groups)), _own)


#: statuses of a booking that somebody works, or worked, a machine by
_WATCHED_OVER = ("confirmed", "checked_in", "done")


@dataclass(frozen=True)
class Happening:
    """Everything that happens in the rooms of machines in a span, with the place of each, and what holders booked."""

    watches: tuple[tuple[int, Watch], ...]
    leads: tuple[tuple[int | None, Lead], ...]
    taken: Sequence[TakenRow]
    groups: tuple[tuple[int, Minors], ...]
    own: Mapping[int, tuple[Own, ...]]


def happening(
    session: Session, holder_ids: Collection[int], span: Slot, taken: Sequence[TakenRow], now: datetime
) -> Happening:
    """Shifts, leads and groups that touch a span, and the bookings of these holders: one statement.

    Others' bookings are found in what is ``taken`` of the house during the span. A watch of any place is given with
    that place: another than the room's means «in the building». Holders' bookings are those since the Monday of the
    span, and all that are still to come.
    """
    first = clock.local_day(span.start)
    monday = clock.day_bounds(clock.week_of(min(first, clock.local_day(now))))[0]
    lines = rows(
        session,
        _ROOM,
        {
            "holders": sorted(holder_ids),
            "start": span.start,
            "end": span.end,
            "earliest": span.start - LONGEST_STAY,
            "since": monday - LONGEST_STAY,
            "eighteen": _years_before(first, 18),
        },
    )
    watches, leads, groups = [], [], []
    own: dict[int, tuple[Own, ...]] = {}
    for what, one, two, word, start, end, machine_id, status in lines:
        slot = Slot(start, end)
        if what == "watch":
            watches.append((two, Watch(one, slot, True)))
        elif what == "lead":
            leads.append((two, Lead(one, slot, True)))
        elif what == "group":
            groups.append((two, Minors(slot, one)))
        else:
            active = status != "done" and slot.end > now
            own[two] = (*own.get(two, ()), Own(one, machine_id, slot, word == "watched", active))
    return Happening(tuple(watches), tuple(leads), taken, tuple(groups), own)


def uses_of(taken: Sequence[TakenRow], place_id: int, around: Slot) -> tuple[Use, ...]:
    """People's own bookings in a room during a time, among what is taken, each once."""
    mine = {
        row.booking_id: row
        for row in taken
        if row.starts_at < around.end
        and around.start < row.ends_at
        and row.place_id == place_id
        and row.kind == "own"
        and row.status in _WATCHED_OVER
        and row.holder_id is not None
    }
    return tuple(_use(row, Slot(row.starts_at, row.ends_at)) for row in mine.values())


def _use(row: TakenRow, slot: Slot) -> Use:
    return Use(row.booking_id, slot, known_level(row.supervision), _is_minor(row.birth_date, slot))


def _is_minor(born: date | None, slot: Slot) -> bool:
    return needs_parental_authorisation(born, clock.local_day(slot.start))


def _years_before(day: date, years: int) -> date:
    """The latest birth date of somebody of that many years on a day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


_SHIFTS = select(Shift.person_id, Shift.place_id, Shift.starts_at, Shift.ends_at).where(
    Shift.withdrawn_at.is_(None),
    Shift.starts_at > _EARLIEST,
    Shift.starts_at < _END,
    Shift.ends_at > _START,
    _STILL_OF_THE_TEAM,
)


def shifts_during(session: Session, span: Slot) -> list[tuple[int, int, Slot]]:
    """Who is on shift in the house during a span: person, place, hours. One statement.

    Left out: shifts withdrawn, and those of people who left or no longer have the role.
    """
    values = {"start": span.start, "end": span.end, "earliest": span.start - LONGEST_STAY}
    return [(person, place, Slot(start, end)) for person, place, start, end in rows(session, _SHIFTS, values)]


@dataclass(frozen=True)
class NextLesson:
    """The next session of somebody's groups."""

    public_id: str
    title: str
    start: datetime
    end: datetime


def next_lesson_of(session: Session, person_id: int, now: datetime) -> NextLesson | None:
    """The next session, not over, of the groups somebody follows: one statement."""
    found = (
        select(TrainingSession.public_id, TrainingSession.title, TrainingSession.starts_at, TrainingSession.ends_at)
        .join(Enrolment, Enrolment.group_id == TrainingSession.group_id)
        .where(Enrolment.person_id == person_id, Enrolment.ended_on.is_(None))
        .where(TrainingSession.status == "planned", TrainingSession.starts_at > now)
        .order_by(TrainingSession.starts_at)
        .limit(1)
    )
    row = session.execute(found).one_or_none()
    return NextLesson(*row) if row else None


def names_on_shift(session: Session, slots: Collection[Slot]) -> dict[Slot, list[str]]:
    """First names of who is on shift by the machines during the whole of each slot, in order: one statement or none."""
    if not slots:
        return {}
    span = Slot(min(slot.start for slot in slots), max(slot.end for slot in slots))
    rows = session.execute(
        select(Person.first_name, Shift.starts_at, Shift.ends_at)
        .join(Person, Person.id == Shift.person_id)
        .where(Shift.withdrawn_at.is_(None), Shift.starts_at > span.start - LONGEST_STAY, Shift.starts_at < span.end)
        .where(_STILL_OF_THE_TEAM)
        # An adult elsewhere in the building stays beside nobody.
        .where(Shift.place_id.in_(select(Machine.place_id)))
        .order_by(Person.first_name, Shift.starts_at)
    ).all()
    return {
        slot: list(dict.fromkeys(name for name, start, end in rows if start <= slot.start and slot.end <= end))
        for slot in slots
    }
