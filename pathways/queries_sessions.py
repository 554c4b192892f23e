"""Sessions: who is expected, who is already somewhere else, where the Fablab's floor is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from bookings.models import LIVE, Booking, Claim, Resource
from bookings.values import Slot
from fablab import clock, house
from pathways.models_groups import Apology, Enrolment, Group, SessionLead, SessionPart, TrainingSession
from pathways.values import Meeting, PartWish

#: the code of the Fablab's floor when the house's settings do not say otherwise (machines/data/machines.yaml)
FLOOR = "ESP-01"


def floor(session: Session) -> Resource | None:
    """The space that a session in the Fablab takes."""
    code = house.read(session, "machines.fablab").get("machines.fablab", FLOOR)
    return session.scalar(select(Resource).where(Resource.kind == "space", Resource.code == code))


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

    Three statements at most.
    """
    found = [meeting for meeting, _booking_id in parts_of(session, person_ids, span, besides=besides)]
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


# Said once: putting a statement together costs more than asking it, and every booking asks these.
_DURING = (
    select(SessionPart.starts_at, SessionPart.ends_at, SessionPart.booking_id, TrainingSession.title, Group.name)
    .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
    .join(Group, Group.id == TrainingSession.group_id)
    .where(
        TrainingSession.status == "planned",
        SessionPart.starts_at < bindparam("before"),
        SessionPart.ends_at > bindparam("after"),
        TrainingSession.id != bindparam("besides"),
    )
    .order_by(SessionPart.starts_at, SessionPart.id)
)
_LED = (
    _DURING.add_columns(SessionLead.person_id)
    .join(SessionLead, SessionLead.session_id == TrainingSession.id)
    .where(SessionLead.person_id.in_(bindparam("people", expanding=True)))
)
_LIVED = (
    _DURING.add_columns(Enrolment.person_id, Enrolment.enrolled_on, Enrolment.ended_on)
    .join(Enrolment, and_(Enrolment.group_id == Group.id, Enrolment.status != "referred"))
    .where(
        ~exists().where(
            Apology.session_id == TrainingSession.id,
            Apology.person_id == Enrolment.person_id,
            Apology.withdrawn_at.is_(None),
        ),
        Enrolment.person_id.in_(bindparam("people", expanding=True)),
    )
)


def parts_of(
    session: Session, person_ids: Collection[int], span: Slot, *, besides: int | None = None
) -> list[tuple[Meeting, int | None]]:
    """Parts of sessions that take these people's time, as leads or as members, each with its booking.

    Whoever said that they cannot come is free. Two statements.
    """
    asked = {"people": list(person_ids), "before": span.end, "after": span.start, "besides": besides or 0}
    found = []
    for start, end, booking_id, title, name, person_id in session.execute(_LED, asked):
        found.append((Meeting(person_id, start, end, f"{title}, {name}"), booking_id))
    for start, end, booking_id, title, name, person_id, since, until in session.execute(_LIVED, asked):
        day = clock.local_day(start)
        if since <= day and (until is None or day <= until):
            found.append((Meeting(person_id, start, end, f"{title}, {name}"), booking_id))
    return found


def heads_in_fablab(
    session: Session, place_ids: Iterable[int], span: Slot
) -> list[tuple[SessionPart, Booking, list[int], int]]:
    """Parts of sessions in these places during a time, with their booking, their leads and how many are enrolled."""
    rows = session.execute(
        select(SessionPart, Booking, TrainingSession.group_id)
        .join(Booking, Booking.id == SessionPart.booking_id)
        .join(TrainingSession, TrainingSession.id == SessionPart.session_id)
        .where(
            Booking.place_id.in_(list(place_ids)),
            Booking.status.in_(LIVE),
            ~Booking.suspended,
            SessionPart.starts_at < span.end,
            SessionPart.ends_at > span.start,
        )
        .order_by(SessionPart.starts_at, SessionPart.id)
    ).all()
    if not rows:
        return []
    leads: dict[int, list[int]] = defaultdict(list)
    for session_id, person_id in session.execute(
        select(SessionLead.session_id, SessionLead.person_id).where(
            SessionLead.session_id.in_({part.session_id for part, _b, _g in rows})
        )
    ):
        leads[session_id].append(person_id)
    enrolled: dict[int, int] = defaultdict(int)
    for group_id in session.scalars(
        select(Enrolment.group_id).where(
            Enrolment.group_id.in_({group_id for _p, _b, group_id in rows}),
            or_(Enrolment.ended_on.is_(None), Enrolment.ended_on >= clock.local_day(span.start)),
            Enrolment.status != "referred",
        )
    ):
        if group_id is not None:
            enrolled[group_id] += 1
    return [(part, booking, leads[part.session_id], enrolled[group_id]) for part, booking, group_id in rows]


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
