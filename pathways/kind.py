"""What a group session adds to the engine: where its people are, and the heads that no booking counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.kinds import Kind, Known
from bookings.models import Booking
from bookings.queries import TakenRow
from bookings.values import Scope, Slot, Whereabouts
from fablab.people.models import Person
from pathways.models_groups import SessionLead, SessionPart, TrainingSession
from pathways.queries_sessions import Around, sessions_around


class SessionsKnown(Known):
    """Heads of sessions, and where people are by them."""

    def __init__(self, around: Around) -> None:
        self.presences = around.heads
        self.whereabouts = [
            Whereabouts(meeting.person_id, Slot(meeting.start, meeting.end), meeting.what, booking_id)
            for meeting, booking_id in around.meetings
        ]


class SessionKind(Kind):
    """Sessions, for the engine; it has no rules of its own: group windows warn, and ours are asked when planning."""

    def read(self, session: Session, scope: Scope, taken: Sequence[TakenRow], now: datetime) -> SessionsKnown:
        """Heads that no booking counts, and the sessions that people lead or live in a group. One statement."""
        return SessionsKnown(sessions_around(session, scope.people, scope.span))

    def page(self, session: Session, booking: Booking) -> str | None:
        """The page of the session that a booking is a part of."""
        part = select(TrainingSession.public_id).join(SessionPart).where(SessionPart.booking_id == booking.id)
        public_id = session.scalar(part) if booking.kind == "session" else None
        return f"/seances/{public_id}" if public_id else None

    def people(self, session: Session, bookings: Sequence[Booking]) -> Mapping[int, Sequence[Person]]:
        """The leads of the sessions booked: they tell the group, or plan anew."""
        rows = session.execute(
            select(SessionPart.booking_id, Person)
            .join(SessionLead, SessionLead.session_id == SessionPart.session_id)
            .join(Person, Person.id == SessionLead.person_id)
            .where(SessionPart.booking_id.in_([booking.id for booking in bookings]))
            .order_by(Person.id)
        )
        found: dict[int, list[Person]] = {}
        for booking_id, person in rows:
            if booking_id is not None:
                found.setdefault(booking_id, []).append(person)
        return found
