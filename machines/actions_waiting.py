"""Waiting for a machine: in the line of a day, to be told, no more; what the program offers. One transaction each.

An offer is taken by the ordinary booking (``bookings.actions.book``): the rules keep its hour from everybody else.
"""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings.values import Slot
from fablab import clock
from fablab.db import transaction
from fablab.journal import About, note
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import queries_waiting, rules_waiting, upkeep_waiting
from machines.models import Machine
from machines.models_waiting import Waiting
from machines.queries import rules_of
from machines.queries_cards import coming


def join(person: Person, machine: Machine, day: date, minutes: int, now: datetime) -> None:
    """Take the last place in the line of a machine and day. Sent twice, it is one place.

    Raises Refused: wait_day, wait_minutes, too_many_waits.
    """
    start, end = clock.day_bounds(day)
    with transaction() as session:
        horizon = timedelta(days=rules_of(session).horizon_days)
        if found := rules_waiting.join_refusals(day, minutes, machine.max_minutes, horizon, now):
            raise Refused(found)
        _wait(session, person, machine, Slot(start, end), minutes, now, in_line=True)


def ask_to_be_told(person: Person, machine: Machine, minutes: int, now: datetime) -> None:
    """Be told once when the machine has so many minutes free, any day that may be booked. Sent twice, it is one wish.

    Raises Refused: wait_minutes, too_many_waits.
    """
    with transaction() as session:
        limits = rules_of(session)
        today, horizon = clock.local_day(now), timedelta(days=limits.horizon_days)
        if found := rules_waiting.join_refusals(today, minutes, machine.max_minutes, horizon, now):
            raise Refused(found)
        start = clock.day_bounds(today)[0]
        _wait(session, person, machine, Slot(start, coming(limits, now).end), minutes, now, in_line=False)


def leave(waiting: Waiting, now: datetime) -> None:
    """Wait no more, or say no to what is offered: the next in line is offered it at once."""
    with transaction() as session:
        engine.lock_house(session)
        found = session.get(Waiting, waiting.id, populate_existing=True)
        if found is None:
            return
        line, offered, about = (found.resource_id, found.starts_at), found.offered_until is not None, _about(found)
        by = session.get_one(Person, found.person_id)
        session.delete(found)
        note(session, "waiting.leave", "waiting", waiting.id, by=by, now=now, about=about)
        if offered:
            upkeep_waiting.offer_next(session, *line, now)


def offer_next(resource_id: int, start: datetime, now: datetime) -> bool:
    """Offer an hour to the first in a line for whom there is one; whether it was."""
    with transaction() as session:
        # An ordinary booking comes before, and takes the hour, or after, and meets the offer.
        engine.lock_house(session)
        return upkeep_waiting.offer_next(session, resource_id, start, now)


def tell_of_room(waiting_id: int, slot: Slot, now: datetime) -> bool:
    """There is room: tell whoever asked, once; their wish is done. False when somebody else told them meanwhile."""
    with transaction() as session:
        found = session.get(Waiting, waiting_id, with_for_update={"of": Waiting}, populate_existing=True)
        if found is None:
            return False
        machine, day = found.machine, clock.local_day(slot.start).isoformat()
        tell(
            session,
            found.person,
            "slot-free",
            key=f"slot-free:{found.id}",
            now=now,
            link=f"/reserver/{machine.code}?jour={day}&duree={found.minutes}",
            machine=machine.simple_name,
            when=slot.start,
            free_until=slot.end,
        )
        note(session, "waiting.told", "waiting", found.id, by=None, now=now, about=_about(found))
        session.delete(found)
    return True


def _wait(
    session: Session, person: Person, machine: Machine, span: Slot, minutes: int, now: datetime, *, in_line: bool
) -> None:
    engine.lock_house(session)
    held = queries_waiting.open_of(session, person.id, now)
    same = (machine.id, in_line)
    if any((one.resource_id, one.in_line) == same and (not in_line or one.starts_at == span.start) for one in held):
        return
    if found := rules_waiting.too_many_waits(len(held)):
        raise Refused(found)
    made = Waiting(
        person_id=person.id,
        resource_id=machine.id,
        starts_at=span.start,
        ends_at=span.end,
        in_line=in_line,
        minutes=minutes,
        asked_at=now,
    )
    session.add(made)
    session.flush()
    note(session, "waiting.join", "waiting", made.id, by=person, now=now, about=_about(made))


def _about(one: Waiting) -> list[About]:
    return [("person", one.person_id), ("resource", one.resource_id)]
