"""The verbs of looking after machines: planned, stopped for, done, noted. One transaction each; Raises Refused."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import upkeep_closures
from bookings.upkeep_closures import Laid, Lifted
from bookings.values import Over
from fablab import clock
from fablab.db import transaction
from fablab.journal import note
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.rules_forms import form_used
from machines import queries_care, rules_care
from machines.models import Machine
from machines.models_care import Care, CareLine
from machines.values_care import CareWish
from pathways.queries_helpers import follows_own_pace


@dataclass(frozen=True)
class Done:
    """A line that says that it was done, and what opening the machine again did; None: it was not stopped for it."""

    line: CareLine
    lifted: Lifted | None


def plan(machine: Machine, wish: CareWish, by: Person, now: datetime) -> Care:
    """Something is to be done on a machine again and again.

    Raises Refused: care_never, care_last_later, care_step_twice.
    """
    with transaction() as session:
        _stop_for(rules_care.plan_refusals(wish, clock.local_day(now)))
        care = Care(
            machine_id=machine.id,
            name=wish.name,
            steps=list(wish.steps),
            every_days=wish.rhythm.days,
            every_hours=wish.rhythm.hours,
            counts_from=clock.at(wish.last_on, time(12)) if wish.last_on else now,
            planned_at=now,
            planned_by_id=by.id,
        )
        session.add(care)
        session.flush()
        note(session, "machine_care.plan", "machine_care", care.id, by=by, now=now, about=care.touches)
    return care


def stop(care: Care, by: Person, now: datetime) -> None:
    """It is planned no more; stopped for it, the machine opens again. Raises Refused: care_stopped."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(care)
        _stop_for(rules_care.stop_refusals(stopped=care.stopped_at is not None))
        care.stopped_at, care.stopped_by_id = now, by.id
        note(session, "machine_care.stop", "machine_care", care.id, by=by, now=now, about=care.touches)
        _lift(session, care, by, now)


def close(care: Care, until: date, by: Person, now: datetime) -> Laid:
    """The machine stops for it, from now to the end of a day: its bookings wait, their people are told.

    Raises Refused: care_stopped, care_begun, care_until_past, care_until_far.
    """
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(care)
        stopped, closed = care.stopped_at is not None, care.closed_now(now)
        _stop_for(rules_care.close_refusals(until, clock.local_day(now), stopped=stopped, closed=closed))
        over = Over(care.name, now, clock.day_bounds(until)[1], resource_id=care.machine_id)
        laid = upkeep_closures.lay(session, over, by, now)
        care.closure = laid.closure
    return laid


def reopen(care: Care, by: Person, now: datetime) -> Lifted:
    """The machine opens again, nothing being done. Raises Refused: care_not_begun."""
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(care)
        closure = care.closure if care.closed_now(now) else None
        if closure is None:
            raise Refused(rules_care.reopen_refusals(closed=False))
        return upkeep_closures.lift(session, closure, by, now)


def do(care: Care, ticked: Collection[str], words: str | None, key: str, by: Person, now: datetime) -> Done:
    """It was done, all its steps: it counts anew from now on, and the machine opens again. Once by the form's key.

    Raises Refused: care_stopped, care_just_done, care_step_missing, form_used.
    """
    with transaction() as session:
        engine.lock_house(session)
        if before := _written_before(session, key, by):
            return Done(before, None)
        session.refresh(care)
        _stop_for(rules_care.again_refusals(queries_care.last_done(session, care), now))
        _stop_for(rules_care.done_refusals(care.steps, ticked, stopped=care.stopped_at is not None))
        line = _write(session, care.machine_id, words, key, by, now, care_id=care.id)
        return Done(line, _lift(session, care, by, now))


def write(machine: Machine, words: str, key: str, by: Person, now: datetime) -> CareLine:
    """A word about a machine in its log, by the team or by whoever follows a pathway at their own pace.

    Once by the form's key. Raises Refused: log_closed, form_used.
    """
    with transaction() as session:
        engine.lock_house(session)
        if before := _written_before(session, key, by):
            return before
        own_pace = follows_own_pace(session, by.id, clock.local_day(now))
        _stop_for(rules_care.write_refusals(of_team=by.may("machine.state"), own_pace=own_pace))
        return _write(session, machine.id, words, key, by, now)


def take_back(line: CareLine, by: Person, now: datetime) -> None:
    """A line was written by mistake, the same day: what it said was done counts as before.

    Raises Refused: line_gone, line_old.
    """
    with transaction() as session:
        engine.lock_house(session)
        session.refresh(line)
        gone, written_on = line.taken_back_at is not None, clock.local_day(line.written_at)
        _stop_for(rules_care.take_back_refusals(written_on, clock.local_day(now), gone=gone))
        line.taken_back_at, line.taken_back_by_id = now, by.id
        note(session, "machine_care.take_back", "machine_care_line", line.id, by=by, now=now, about=line.touches)


def _write(
    session: Session,
    machine_id: int,
    words: str | None,
    key: str,
    by: Person,
    now: datetime,
    *,
    care_id: int | None = None,
) -> CareLine:
    line = CareLine(
        machine_id=machine_id, care_id=care_id, words=words, written_at=now, written_by_id=by.id, request_key=key
    )
    session.add(line)
    session.flush()
    note(session, "machine_care.write", "machine_care_line", line.id, by=by, now=now, about=line.touches)
    return line


def _lift(session: Session, care: Care, by: Person, now: datetime) -> Lifted | None:
    """Open the machine again where it is stopped for this; None: it is not."""
    if not care.closed_now(now) or care.closure is None:
        return None
    return upkeep_closures.lift(session, care.closure, by, now)


def _written_before(session: Session, key: str, by: Person) -> CareLine | None:
    """The line that this form wrote already. Raises Refused when the key is of somebody else's form."""
    found = queries_care.line_by_key(session, key)
    if found is not None and found.written_by_id != by.id:
        raise Refused([form_used()])
    return found


def _stop_for(found: Sequence[Refusal]) -> None:
    if found:
        raise Refused(list(found))
