"""Who is at the open lab: arrival and departure, noted by the team, each with its way back."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings import asking
from bookings.queries import lock_house
from bookings.queries_house import house_of
from bookings.values import Slot
from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import upkeep
from pathways.models_own_pace import Visit
from pathways.queries_sessions import floor, floor_place
from pathways.rules_own_pace import arrival_full, arrival_refusals, stay_refusals, taken_to_leave, visit_refusals


def arrive(person: Person, by: Person, now: datetime, *, at: datetime | None = None) -> Visit:
    """Note that somebody came to the open lab, unless it is full; there already, nothing changes. Raises Refused."""
    with transaction() as session:
        # The house first, as every act that counts people in its rooms.
        lock_house(session)
        person = upkeep.lock_people(session, [person.id])[person.id]
        arrived_at = at or now
        young = Role.YOUNG in person.roles and person.left_at is None
        if refusals := arrival_refusals(may_note=by.may("session.lead"), young=young, at=arrived_at, now=now):
            raise Refused(refusals)
        there = session.scalar(_there(person.id))
        if there is not None:
            return there
        visit = Visit(person_id=person.id, arrived_at=arrived_at, arrival_by_id=by.id)
        try:
            with session.begin_nested():
                session.add(visit)
        except IntegrityError:
            return session.scalars(_there(person.id)).one()
        _require_room(session, arrived_at, now)
        _note(session, "visit.arrive", visit, by, now)
        upkeep.settle(session, {person.id: person}, now)
    return visit


def leave_lab(visit: Visit, by: Person, now: datetime) -> Visit:
    """Note that somebody left; gone already, nothing changes. Their hours count from now on. Raises Refused."""
    with transaction() as session:
        _require_team(by)
        people = upkeep.lock_people(session, [visit.person_id])
        visit = session.get_one(Visit, visit.id, populate_existing=True)
        if visit.left_at is None and visit.taken_back_at is None:
            # Tapped in the minute of the arrival: a visit lasts, however little.
            visit.left_at = max(now, visit.arrived_at + timedelta(minutes=1))
            visit.leaving_by_id = by.id
            _note(session, "visit.leave", visit, by, now)
            upkeep.settle(session, people, now)
    return visit


def stay(visit: Visit, by: Person, now: datetime) -> Visit:
    """Somebody noted as gone is still there, the same day. Raises Refused.

    No gauge is asked: they never left, and what is written is what is.
    """
    with transaction() as session:
        _require_team(by)
        people = upkeep.lock_people(session, [visit.person_id])
        visit = session.get_one(Visit, visit.id, populate_existing=True)
        if visit.left_at is None or visit.taken_back_at is not None:
            return visit
        if refusals := stay_refusals(
            came_on=clock.local_day(visit.arrived_at),
            today=clock.local_day(now),
            there=session.scalar(_there(visit.person_id)) is not None,
        ):
            raise Refused(refusals)
        visit.left_at, visit.leaving_by_id = None, None
        _note(session, "visit.stay", visit, by, now)
        upkeep.settle(session, people, now)
    return visit


def not_there(visit: Visit, by: Person, now: datetime) -> Visit:
    """An arrival noted by mistake: the person was not there; said already, nothing changes. Raises Refused."""
    with transaction() as session:
        _require_team(by)
        people = upkeep.lock_people(session, [visit.person_id])
        visit = session.get_one(Visit, visit.id, populate_existing=True)
        if visit.taken_back_at is None:
            visit.taken_back_at = now
            _note(session, "visit.take_back", visit, by, now)
            upkeep.settle(session, people, now)
    return visit


def close_forgotten(now: datetime) -> int:
    """Let those leave whom nobody said gone, on an earlier day: as the open lab ended. How many."""
    with transaction() as session:
        today = clock.day_bounds(clock.local_day(now))[0]
        forgotten = select(Visit).where(
            Visit.left_at.is_(None), Visit.taken_back_at.is_(None), Visit.arrived_at < today
        )
        visits = session.scalars(forgotten.order_by(Visit.id)).all()
        people = upkeep.lock_people(session, {visit.person_id for visit in visits}) if visits else {}
        for visit in visits:
            visit.left_at = _end_of_lab(session, visit.arrived_at)
            _note(session, "visit.close", visit, None, now)
        if people:
            upkeep.settle(session, people, now)
    return len(visits)


def _require_room(session: Session, at: datetime, now: datetime) -> None:
    """Refuse when those there, whoever has just arrived included, are too many as they arrive."""
    ground = floor(session)
    if ground is None:
        return
    moment = [Slot(at, at + timedelta(minutes=1))]
    full = [dict(one.values) for one in asking.full_at(session, ground.id, moment, now)]
    if full:
        raise Refused([arrival_full(str(one["place"]), int(one["most"])) for one in full])


def _end_of_lab(session: Session, arrived_at: datetime) -> datetime:
    """When the open lab in which somebody arrived ends."""
    place_id, day = floor_place(session), clock.local_day(arrived_at)
    windows = house_of(session).open(place_id, "open_lab", day, day) if place_id else None
    return taken_to_leave(arrived_at, windows or ())


def _there(person_id: int) -> Select[Visit]:
    return select(Visit).where(Visit.person_id == person_id, Visit.left_at.is_(None), Visit.taken_back_at.is_(None))


def _require_team(by: Person) -> None:
    if refusals := visit_refusals(may_note=by.may("session.lead")):
        raise Refused(refusals)


def _note(session: Session, verb: str, visit: Visit, by: Person | None, now: datetime) -> None:
    session.flush()
    about = journal.people([visit.person_id])
    journal.note(session, verb, "open_lab_visit", visit.id, by=by, now=now, about=about)
