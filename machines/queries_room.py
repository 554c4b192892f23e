"""What happens in the rooms of machines: shifts, leads, groups, bookings. Facts for many asks at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from bookings.models import Booking
from bookings.queries import TakenRow
from bookings.values import LONGEST_STAY, Slot
from fablab import clock
from fablab.db import UtcDateTime
from fablab.people.models import Person, RoleGrant
from fablab.people.rules import needs_parental_authorisation
from fablab.permissions import Role
from fablab.ready import rows
from machines.models import Machine, Shift
from machines.models_training import SITTING, TrainingSeat, TrainingSlot
from machines.queries_absences import ABSENT
from machines.queries_kept import KEPT
from machines.queries_lines import EARLIEST, END, MINOR, NO_NUMBER, NO_WORD, START, line
from machines.queries_visitors import SITTING as IN_SESSIONS
from machines.queries_visitors import VISITORS, Arrival, visitors
from machines.values import Lead, Minors, Own, Training, Use, Visitor, Watch, known_level
from machines.values_waiting import Kept
from pathways.models import OPEN_ENROLMENT, Enrolment, SessionHelper, SessionLead, SessionPart, TrainingSession
from pathways.queries_sessions import away

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
_watches = line("watch", Shift.person_id, Shift.place_id, NO_WORD, Shift.starts_at, Shift.ends_at).where(
    Shift.withdrawn_at.is_(None),
    Shift.starts_at > EARLIEST,
    Shift.starts_at < END,
    Shift.ends_at > START,
    _STILL_OF_THE_TEAM,
)
_leads = (
    line("lead", SessionLead.person_id, Booking.place_id, NO_WORD, _part.starts_at, _part.ends_at)
    .select_from(SessionPart)
    .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
    .join(SessionLead, SessionLead.session_id == TrainingSession.id)
    .outerjoin(Booking, Booking.id == SessionPart.booking_id)
    .where(_session.status == "planned")
    .where(_part.starts_at > EARLIEST, _part.starts_at < END, _part.ends_at > START)
)
_groups = (
    line("group", func.count(), Booking.place_id, NO_WORD, _part.starts_at, _part.ends_at)
    .select_from(SessionPart)
    .join(Booking, Booking.id == SessionPart.booking_id)
    .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
    .join(Enrolment, Enrolment.group_id == TrainingSession.group_id)
    .join(Person, Person.id == Enrolment.person_id)
    .where(_session.status == "planned", Enrolment.ended_on.is_(None), Enrolment.status.in_(OPEN_ENROLMENT))
    .where(~away(Enrolment.person_id))
    .where(_part.starts_at > EARLIEST, _part.starts_at < END, _part.ends_at > START)
    .where(MINOR)
    .group_by(SessionPart.id, Booking.place_id, _part.starts_at, _part.ends_at)
)
#: a young person who helps is watched over like the others, and watches over nobody
_helpers = (
    line("group", literal(1), Booking.place_id, NO_WORD, _part.starts_at, _part.ends_at)
    .select_from(SessionPart)
    .join(Booking, Booking.id == SessionPart.booking_id)
    .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
    .join(SessionHelper, SessionHelper.session_id == TrainingSession.id)
    .join(Person, Person.id == SessionHelper.person_id)
    .where(_session.status == "planned", SessionHelper.ended_at.is_(None), SessionHelper.came.is_not(False))
    .where(_part.starts_at > EARLIEST, _part.starts_at < END, _part.ends_at > START)
    .where(MINOR)
)
_own_word = case((Machine.__table__.c.constant_watch, "watched"), else_="alone")
_own = (
    line("own", Booking.id, Booking.holder_id, _own_word, Booking.starts_at, Booking.ends_at)
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
_in_hand = (
    Booking.kind == "training",
    Booking.status.in_(("confirmed", "checked_in", "done")),
    ~Booking.suspended,
    Booking.starts_at > EARLIEST,
    Booking.starts_at < END,
    Booking.ends_at > START,
)
_trainers = (
    line("trainer", TrainingSlot.facilitator_id, Booking.place_id, NO_WORD, Booking.starts_at, Booking.ends_at)
    .add_columns(Booking.id.label("machine_id"), NO_WORD.label("status"))
    .select_from(TrainingSlot)
    .join(Booking, Booking.id == TrainingSlot.booking_id)
    .where(*_in_hand)
)
_learners = (
    line(
        "learner",
        TrainingSeat.person_id,
        Booking.place_id,
        case((MINOR, "minor"), else_="adult"),
        Booking.starts_at,
        Booking.ends_at,
    )
    .select_from(TrainingSeat)
    .join(TrainingSlot, TrainingSlot.id == TrainingSeat.slot_id)
    .join(Booking, Booking.id == TrainingSlot.booking_id)
    .join(Person, Person.id == TrainingSeat.person_id)
    .where(*_in_hand, TrainingSeat.state.in_(SITTING))
)
_nothing = (NO_NUMBER.label("machine_id"), NO_WORD.label("status"))
_SEEN = (_watches, _leads, _groups, _helpers, VISITORS, IN_SESSIONS, ABSENT)
_ROOM = union_all(
    *(branch.add_columns(*_nothing) for branch in _SEEN),
    _own,
    _trainers,
    _learners.add_columns(Booking.id.label("machine_id"), NO_WORD.label("status")),
    KEPT,
)
#: statuses of a booking that somebody works, or worked, a machine by
_WATCHED_OVER = ("confirmed", "checked_in", "done")
_NO_TIME = timedelta()


@dataclass(frozen=True)
class Happening:
    """Everything that happens in the rooms of machines in a span, with the place of each, and what holders booked."""

    watches: tuple[tuple[int, Watch], ...]
    leads: tuple[tuple[int | None, Lead], ...]
    taken: Sequence[TakenRow]
    groups: tuple[tuple[int, Minors], ...]
    own: Mapping[int, tuple[Own, ...]]
    trainings: tuple[Training, ...] = ()
    visitors: tuple[tuple[int, Visitor], ...] = ()
    absences: Mapping[int, tuple[datetime, ...]] = field(default_factory=dict)
    kept: tuple[Kept, ...] = ()


def happening(
    session: Session,
    holder_ids: Collection[int],
    span: Slot,
    taken: Sequence[TakenRow],
    now: datetime,
    *,
    counted: timedelta = _NO_TIME,
) -> Happening:
    """Shifts, leads, groups and hours kept that touch a span, and the bookings of these holders: one statement.

    Others' bookings are found in what is ``taken`` of the house during the span. A watch of any place is given with
    that place: another than the room's means «in the building». Holders' bookings are those since the Monday of the
    span, and all that are still to come. Their absences are those that began within ``counted`` from now.
    """
    first = clock.local_day(span.start)
    monday = clock.day_bounds(clock.week_of(min(first, clock.local_day(now))))[0]
    lines = rows(
        session,
        _ROOM,
        {
            **_asked(span, first),
            "holders": sorted(holder_ids),
            "since": monday - LONGEST_STAY,
            "counted": now - counted,
            "now": now,
        },
    )
    watches, leads, groups = [], [], []
    own: dict[int, tuple[Own, ...]] = {}
    trainings: dict[int, Training] = {}
    absences: dict[int, tuple[datetime, ...]] = {}
    learners: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    arrivals, busy, kept = list[Arrival](), defaultdict[int, list[Slot]](list), list[Kept]()
    for what, one, two, word, start, end, machine_id, status in lines:
        if what == "visitor":
            arrivals.append(Arrival(one, word == "minor", start, end))
            continue
        if what == "kept":
            kept.append(Kept(two, start, machine_id, one, end))
            continue
        slot = Slot(start, end)
        if what == "watch":
            watches.append((two, Watch(one, slot, True)))
        elif what == "lead":
            leads.append((two, Lead(one, slot, True)))
        elif what == "group":
            groups.append((two, Minors(slot, one)))
        elif what == "sitting":
            busy[one].append(slot)
        elif what == "trainer":
            trainings[machine_id] = Training(machine_id, two, slot, one)
        elif what == "learner":
            learners[machine_id].append((one, word == "minor"))
            busy[one].append(slot)
        elif what == "absent":
            absences[two] = (*absences.get(two, ()), start)
        elif status != "confirmed" or end > now:
            active = status != "done" and slot.end > now
            own[two] = (*own.get(two, ()), Own(one, machine_id, slot, word == "watched", active))
    every = tuple(replace(one, learners=tuple(learners[booking_id])) for booking_id, one in trainings.items())
    there = visitors(session, arrivals, busy, taken, now)
    seen = tuple(watches), tuple(leads)
    return Happening(*seen, taken, tuple(groups), own, every, tuple(there), absences, tuple(kept))


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
    return tuple(_use(row, row.there) for row in mine.values())


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


_THERE = union_all(_watches, VISITORS, IN_SESSIONS, _learners)


def there_during(session: Session, span: Slot, taken: Sequence[TakenRow], now: datetime) -> list[tuple[int, int, Slot]]:
    """Who is in the house during a span by name, on shift or at the open lab: person, place, hours. One statement.

    Left out: shifts withdrawn, and those of people who left or no longer have the role; visits taken back, and the
    time for which visitors are counted elsewhere.
    """
    found: list[tuple[int, int, Slot]] = []
    arrivals, busy = list[Arrival](), defaultdict[int, list[Slot]](list)
    for what, one, two, word, start, end in rows(session, _THERE, _asked(span, clock.local_day(span.start))):
        if what == "watch":
            found.append((one, two, Slot(start, end)))
        elif what == "visitor":
            arrivals.append(Arrival(one, word == "minor", start, end))
        else:
            busy[one].append(Slot(start, end))
    return found + [(one.person_id, place, one.slot) for place, one in visitors(session, arrivals, busy, taken, now)]


def _asked(span: Slot, day: date) -> dict[str, Any]:
    return {
        "start": span.start,
        "end": span.end,
        "earliest": span.start - LONGEST_STAY,
        "eighteen": _years_before(day, 18),
    }


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
