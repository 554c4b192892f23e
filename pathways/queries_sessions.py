"""Sessions: who is expected, who is already somewhere else, where the Fablab's floor is."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from bookings.models import LIVE, Booking, Claim, Resource
from bookings.values import LONGEST_STAY, Presence, Slot
from fablab import clock, house
from fablab.db import UtcDateTime
from fablab.ready import rows
from pathways.models_groups import (
    PRESENT,
    Apology,
    Attendance,
    Enrolment,
    Group,
    SessionLead,
    SessionPart,
    TrainingSession,
)
from pathways.models_own_pace import SessionHelper
from pathways.values_sessions import Meeting, PartWish

#: the code of the Fablab's floor when the house's settings do not say otherwise (machines/data/machines.yaml)
FLOOR = "ESP-01"


def floor(session: Session) -> Resource | None:
    """The space that a session in the Fablab takes."""
    code = house.settings(session).get("machines.fablab", FLOOR)
    return session.scalar(select(Resource).where(Resource.kind == "space", Resource.code == code))


def floor_place(session: Session) -> int | None:
    """The place of the Fablab's floor, as kept: where the open lab is."""
    return house.kept(session, _floor_place)


def _floor_place(session: Session) -> int | None:
    ground = floor(session)
    return ground.place_id if ground else None


def expected_at(session: Session, sessions: Sequence[TrainingSession]) -> dict[int, list[int]]:
    """Ids of the people expected at each session, by session id: enrolled by that day and not gone before it."""
    rows = session.execute(
        select(Enrolment.group_id, Enrolment.person_id, Enrolment.enrolled_on, Enrolment.ended_on)
        .where(Enrolment.group_id.in_({one.group_id for one in sessions}), Enrolment.status != "referred")
        .order_by(Enrolment.id)
    ).all()
    found: dict[int, list[int]] = {}
    for one in sessions:
        day = clock.local_day(one.starts_at)
        there = [
            person_id
            for group_id, person_id, since, until in rows
            if group_id == one.group_id and since <= day and (until is None or day <= until)
        ]
        found[one.id] = list(dict.fromkeys(there))
    return found


def meetings(session: Session, person_ids: Collection[int], span: Slot, *, besides: int | None = None) -> list[Meeting]:
    """What takes these people's time during a span, sessions and bookings of their own; ``besides`` one session.

    Two statements.
    """
    found = [meeting for meeting, _booking in sessions_around(session, person_ids, span, besides=besides).meetings]
    own = session.execute(
        select(Booking.holder_id, Booking.starts_at, Booking.ends_at, Resource.name)
        .join(Resource, Resource.id == Booking.resource_id)
        .where(
            Booking.holder_id.in_(person_ids),
            Booking.status.in_(LIVE),
            Booking.starts_at < span.end,
            Booking.ends_at > span.start,
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    found += [Meeting(person_id, start, end, name) for person_id, start, end, name in own if person_id is not None]
    return found


def away(person_id: Any) -> ColumnElement[bool]:
    """Whether somebody does not come to the session of a statement: they said so, or the call says so.

    What the call says holds: who had said no and was noted there is there.
    """
    here = (Attendance.session_id == TrainingSession.id, Attendance.person_id == person_id)
    said = (Apology.session_id == TrainingSession.id, Apology.person_id == person_id, Apology.withdrawn_at.is_(None))
    noted_away = exists().where(*here, Attendance.status.not_in(PRESENT)).correlate_except(Attendance)
    noted_there = exists().where(*here, Attendance.status.in_(PRESENT)).correlate_except(Attendance)
    return noted_away | (exists().where(*said).correlate_except(Apology) & ~noted_there)


# Said once: putting a statement together costs more than asking it, and every booking asks this one.
_START, _END = bindparam("start", type_=UtcDateTime()), bindparam("end", type_=UtcDateTime())
_EARLIEST = bindparam("earliest", type_=UtcDateTime())
_NO_NUMBER, _NO_DAY = cast(null(), Integer), cast(null(), Date)
_enrolled = (
    select(func.count(Enrolment.person_id.distinct()))
    .where(
        Enrolment.group_id == TrainingSession.group_id,
        or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= bindparam("day", type_=Date())),
        Enrolment.status != "referred",
        ~away(Enrolment.person_id),
    )
    .correlate(TrainingSession)
    .scalar_subquery()
)


def _branch(what: str, person: Any, surplus: Any, since: Any, until: Any) -> Select[Any]:
    """One branch of the statement: parts of planned sessions that touch the span, with the same columns."""
    return (
        select(
            literal(what).label("what"),
            person.label("person_id"),
            SessionPart.starts_at.label("starts"),
            SessionPart.ends_at.label("ends"),
            SessionPart.booking_id.label("booking_id"),
            case((Booking.status.in_(LIVE) & ~Booking.suspended, Booking.place_id)).label("place_id"),
            surplus.label("surplus"),
            TrainingSession.title,
            Group.name,
            since.label("since"),
            until.label("until"),
        )
        .select_from(SessionPart)
        .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
        .join(Group, Group.id == TrainingSession.group_id)
        .outerjoin(Booking, Booking.id == SessionPart.booking_id)
        .where(
            TrainingSession.status == "planned",
            SessionPart.starts_at > _EARLIEST,
            SessionPart.starts_at < _END,
            SessionPart.ends_at > _START,
            TrainingSession.id != bindparam("besides"),
        )
    )


_AROUND = union_all(
    _branch("part", _NO_NUMBER, _enrolled - Booking.headcount, _NO_DAY, _NO_DAY).where(
        SessionPart.booking_id.is_not(None)
    ),
    _branch("lead", SessionLead.person_id, _NO_NUMBER, _NO_DAY, _NO_DAY).join(
        SessionLead, SessionLead.session_id == TrainingSession.id
    ),
    _branch("helper", SessionHelper.person_id, _NO_NUMBER, _NO_DAY, _NO_DAY).join(
        SessionHelper,
        and_(
            SessionHelper.session_id == TrainingSession.id,
            SessionHelper.ended_at.is_(None),
            SessionHelper.came.is_not(False),
        ),
    ),
    _branch("member", Enrolment.person_id, _NO_NUMBER, Enrolment.enrolled_on, Enrolment.ended_on)
    .join(Enrolment, and_(Enrolment.group_id == Group.id, Enrolment.status != "referred"))
    .where(~away(Enrolment.person_id), Enrolment.person_id.in_(bindparam("people", expanding=True))),
).order_by("starts", "booking_id", "person_id")


@dataclass(frozen=True)
class Around:
    """Sessions during a time: the heads that no booking counts, and where some people are by them."""

    heads: tuple[Presence, ...]
    meetings: tuple[tuple[Meeting, int | None], ...]


def sessions_around(session: Session, person_ids: Collection[int], span: Slot, *, besides: int | None = None) -> Around:
    """Parts of planned sessions that touch a span; ``besides`` one session. One statement.

    Heads: each lead and helper by name, and how many more of the group come than were booked for, or fewer (below
    zero): enrolled since, gone, or away. Meetings: what these people lead, live or help in, each with its booking, in
    the Fablab or elsewhere; whoever is away is free.
    """
    asked = {
        "people": list(person_ids),
        "start": span.start,
        "end": span.end,
        "earliest": span.start - LONGEST_STAY,
        "day": clock.local_day(span.start),
        "besides": besides or 0,
    }
    heads: list[Presence] = []
    meetings: list[tuple[Meeting, int | None]] = []
    people = frozenset(person_ids)
    for row in rows(session, _AROUND, asked):
        slot = Slot(row.starts, row.ends)
        if row.what == "part":
            if row.place_id is not None and row.surplus:
                heads.append(Presence(row.place_id, slot, row.surplus))
            continue
        if row.what in ("lead", "helper") and row.place_id is not None:
            heads.append(Presence(row.place_id, slot, 1, row.person_id))
        if row.person_id in people and _then(row, slot):
            meeting = Meeting(row.person_id, slot.start, slot.end, f"{row.title}, {row.name}")
            meetings.append((meeting, row.booking_id))
    return Around(tuple(heads), tuple(meetings))


def _then(row: Any, slot: Slot) -> bool:
    """Whether a member was enrolled on the day of a part; a lead always is there."""
    day = clock.local_day(slot.start)
    return (row.since is None or row.since <= day) and (row.until is None or day <= row.until)


def wishes_of(session: Session, training_session: TrainingSession) -> list[PartWish]:
    """The parts of a session as they would be asked for again: the same hours, places and machines. Two statements."""
    machines: dict[int, list[int]] = defaultdict(list)
    claimed = (
        select(Claim.booking_id, Claim.resource_id)
        .join(Resource, Resource.id == Claim.resource_id)
        .join(SessionPart, SessionPart.booking_id == Claim.booking_id)
        .where(SessionPart.session_id == training_session.id, Resource.kind != "space")
        .order_by(Claim.id)
    )
    for booking_id, resource_id in session.execute(claimed):
        machines[booking_id].append(resource_id)
    return [
        PartWish(part.starts_at, part.ends_at, tuple(machines.get(part.booking_id or 0, ())), part.elsewhere)
        for part in training_session.parts
    ]


def bookings_beside(session: Session, span: Slot, now: datetime) -> Sequence[Booking]:
    """What others hold and has not begun while a session lasts: who leads it may watch over them."""
    return session.scalars(
        select(Booking)
        .where(
            Booking.kind.in_(("own", "training")),
            Booking.status.in_(("requested", "confirmed")),
            Booking.starts_at > max(now, span.start - LONGEST_STAY),
            Booking.starts_at < span.end,
            Booking.ends_at > span.start,
        )
        .order_by(Booking.starts_at, Booking.id)
    ).all()
