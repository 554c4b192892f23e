"""The verbs of machines and shifts: one transaction each. ``by`` is who acts, ``now`` the present moment (UTC)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import rules_back, upkeep_closures
from bookings import upkeep as engine_upkeep
from bookings.models import Booking, Closure
from bookings.queries_house import house_of
from bookings.upkeep_again import Outcome, ask_again_about
from bookings.upkeep_closures import Lifted
from bookings.values import Slot
from fablab import clock
from fablab.db import transaction
from fablab.i18n import _
from fablab.journal import note, people
from fablab.people import upkeep as people_upkeep
from fablab.people.models import Person
from fablab.refusals import Refused, refuse
from machines import queries_repair, queries_shifts, rules_service, rules_shifts, upkeep, upkeep_repair
from machines.models import Machine, Shift, ShiftPattern
from machines.rules_shifts import Wish
from pathways import upkeep_leads


@dataclass(frozen=True)
class Uncovered:
    """What a withdrawn shift leaves without anybody to watch: bookings marked, sessions to look at."""

    shift: Shift
    bookings: tuple[Booking, ...]
    sessions: tuple[queries_shifts.SessionLine, ...]


def add_shift(wish: Wish, by: Person, now: datetime) -> list[Shift]:
    """Write one shift, or one a week until a last day (school holidays or school weeks only, as the first day is).

    Bookings that were marked for want of somebody are asked again. Raises Refused.
    """
    with transaction() as session:
        engine.lock_house(session)
        taken = queries_shifts.shifts_of(session, wish.person_id, Slot(wish.first.start, wish.last_end))
        if found := rules_shifts.refusals(wish, [Slot(one.starts_at, one.ends_at) for one in taken], now):
            raise Refused(found)
        pattern = _pattern(session, wish)
        shifts = [
            Shift(
                person_id=wish.person_id,
                place_id=wish.place_id,
                pattern=pattern,
                starts_at=slot.start,
                ends_at=slot.end,
            )
            for slot in _dates(session, wish)
        ]
        session.add_all(shifts)
        session.flush()
        upkeep.watch_again(session, [Slot(shift.starts_at, shift.ends_at) for shift in shifts], now)
        note(
            session,
            "shift.added",
            "shift",
            shifts[0].id,
            by=by,
            now=now,
            about=people([wish.person_id]),
            count=len(shifts),
        )
    return shifts


def withdraw_shift(shift: Shift, by: Person, now: datetime) -> Uncovered:
    """Take a shift away: bookings it leaves uncovered are marked and their people told; nothing is cancelled.

    Sessions that this person leads then are told to their leads and to the coordination.
    """
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(shift)
        gone = shift.withdrawn_at is not None
        if found := rules_shifts.withdraw_refusals(gone=gone, ends_at=shift.ends_at, now=now):
            raise Refused(found)
        shift.withdrawn_at, shift.withdrawn_by_id = now, by.id
        slot = Slot(shift.starts_at, shift.ends_at)
        sessions = queries_shifts.sessions_led(session, shift.person_id, slot)
        outcome = upkeep.watch_again(session, [slot], now)
        led = upkeep_leads.lessons(session, [line.id for line in sessions])
        upkeep_leads.tell_of_absence(session, shift.person, led, by, now)
        note(
            session,
            "shift.withdrawn",
            "shift",
            shift.id,
            by=by,
            now=now,
            about=people([shift.person_id]),
            uncovered=len(outcome.warned),
        )
    return Uncovered(shift, (*outcome.warned, *outcome.cancelled), tuple(sessions))


def undo_out_of_service(machine: Machine, by: Person, now: datetime) -> Lifted:
    """Put out of service by mistake: within minutes, by the same person; its bookings come back, people are told.

    The problem that was told with it goes too. Raises Refused: not_out, other_author, too_late, other_problems.
    """
    with transaction() as session:
        engine.lock_house(session)
        closure = _breakdown_of(session, machine, now)
        if found := rules_back.breakdown_undo_refusals(closure.made_by_id, closure.made_at, by.id, now):
            raise Refused(found)
        told = queries_repair.open_on(session, closure.id)
        if found := rules_service.mistake_refusals(others=len(told[1:])):
            raise Refused(found)
        upkeep_repair.take_back(session, told, by, now)
        return upkeep_closures.take_back(session, closure, by, now)


def back_in_service(machine: Machine, by: Person, now: datetime) -> Lifted:
    """The machine works again; bookings it suspended wait until a person gives them back. Raises Refused."""
    with transaction() as session:
        engine.lock_house(session)
        closure = _breakdown_of(session, machine, now)
        return upkeep_closures.lift(session, closure, by, now)


def withdraw_authorisation(person: Person, authorisation_id: int, by: Person, now: datetime) -> Outcome:
    """End a parental authorisation from today on; what was booked under it is asked again. Raises Refused (unknown).

    It is done here, above ``people``, because the machines' rules know what the paper allowed.
    """
    with transaction() as session:
        engine.lock_house(session)
        engine_upkeep.lock_people(session, [person.id])
        people_upkeep.end_authorisation(session, person, authorisation_id, by, now)
        return ask_again_about(session, [person.id], now)


def _breakdown_of(session: Session, machine: Machine, now: datetime) -> Closure:
    """What puts a machine out of service now. Raises Refused when nothing does."""
    closure = queries_shifts.breakdown_of(session, machine.id, now)
    if closure is None:
        raise refuse("not_out", _("Cette machine est déjà en service."))
    return closure


def _pattern(session: Session, wish: Wish) -> ShiftPattern | None:
    if wish.until is None:
        return None
    local_start, local_end = clock.to_local(wish.first.start), clock.to_local(wish.first.end)
    first = local_start.date()
    house = house_of(session)
    pattern = ShiftPattern(
        person_id=wish.person_id,
        place_id=wish.place_id,
        weekday=first.weekday(),
        starts=local_start.time(),
        ends=local_end.time(),
        in_holidays=house.season(first) == "holidays",
        first_on=first,
        last_on=wish.until,
    )
    session.add(pattern)
    return pattern


def _dates(session: Session, wish: Wish) -> Sequence[Slot]:
    """The slots of a wish: one, or the same wall time each week in the season of the first day, public holidays out."""
    if wish.until is None:
        return [wish.first]
    first = clock.local_day(wish.first.start)
    house = house_of(session)
    slots = []
    for slot in rules_shifts.weekly(wish):
        day = clock.local_day(slot.start)
        if house.season(day) == house.season(first) and house.public_holiday(day) is None:
            slots.append(slot)
    return slots or [wish.first]
