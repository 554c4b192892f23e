"""Who is at the open lab by an arrival that the team noted: until when, and not counted twice.

A visit is one head by name. While its person is in a session, learns on a machine or works by a booking of their own,
they are counted there.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, exists, or_
from sqlalchemy.orm import Session

from bookings import opening
from bookings.models import Booking
from bookings.queries import TakenRow
from bookings.queries_house import House, house_of
from bookings.values import Slot
from fablab import clock
from fablab.people.models import Person
from machines.queries_lines import EARLIEST, END, MINOR, NO_NUMBER, NO_WORD, START, line
from machines.values import Visitor
from pathways.models import OPEN_ENROLMENT, Enrolment, SessionHelper, SessionPart, TrainingSession, Visit
from pathways.queries_sessions import away, floor_place
from pathways.rules_own_pace import there_until

_crossing = (
    Visit.taken_back_at.is_(None),
    Visit.arrived_at > EARLIEST,
    Visit.arrived_at < END,
    or_(Visit.left_at.is_(None), Visit.left_at > START),
)
#: arrivals noted, with the departure where somebody said it
VISITORS = (
    line("visitor", Visit.person_id, NO_NUMBER, case((MINOR, "minor"), else_="adult"), Visit.arrived_at, Visit.left_at)
    .join(Person, Person.id == Visit.person_id)
    .where(*_crossing)
)
#: sessions in which somebody who arrived is a head already: of the group, or helping
SITTING = (
    line("sitting", Visit.person_id, Booking.place_id, NO_WORD, SessionPart.starts_at, SessionPart.ends_at)
    .select_from(SessionPart)
    .join(Booking, Booking.id == SessionPart.booking_id)
    .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
    .join(Visit, and_(*_crossing))
    .where(TrainingSession.status == "planned")
    .where(SessionPart.starts_at > EARLIEST, SessionPart.starts_at < END, SessionPart.ends_at > START)
    .where(
        or_(
            exists().where(
                Enrolment.group_id == TrainingSession.group_id,
                Enrolment.person_id == Visit.person_id,
                Enrolment.ended_on.is_(None),
                Enrolment.status.in_(OPEN_ENROLMENT),
                ~away(Visit.person_id),
            ),
            exists().where(
                SessionHelper.session_id == TrainingSession.id,
                SessionHelper.person_id == Visit.person_id,
                SessionHelper.ended_at.is_(None),
                SessionHelper.came.is_not(False),
            ),
        )
    )
)


@dataclass(frozen=True)
class Arrival:
    """An arrival that the team noted; ``left_at`` None: nobody said yet that they left."""

    person_id: int
    minor: bool
    arrived_at: datetime
    left_at: datetime | None


def visitors(
    session: Session,
    arrivals: Sequence[Arrival],
    busy: Mapping[int, Sequence[Slot]],
    taken: Sequence[TakenRow],
    now: datetime,
) -> list[tuple[int, Visitor]]:
    """Each stretch in which somebody is at the open lab and counted nowhere else, with the place.

    Elsewhere: ``busy`` in a session or a lesson, or by a booking of their own among what is ``taken``.

    No statement once the house's facts are kept.
    """
    place_id = floor_place(session) if arrivals else None
    if place_id is None:
        return []
    away = defaultdict(list, {person_id: list(slots) for person_id, slots in busy.items()})
    for row in taken:
        if row.kind == "own" and row.holder_id is not None:
            away[row.holder_id].append(row.there)
    house, found = house_of(session), []
    for arrival in arrivals:
        stay = Slot(arrival.arrived_at, _until(house, place_id, arrival, now))
        for stretch in opening.without([stay], away[arrival.person_id]):
            found.append((place_id, Visitor(arrival.person_id, stretch, arrival.minor)))
    return found


def _until(house: House, place_id: int, arrival: Arrival, now: datetime) -> datetime:
    day = clock.local_day(arrival.arrived_at)
    return there_until(arrival.arrived_at, arrival.left_at, house.open(place_id, "open_lab", day, day) or (), now)
