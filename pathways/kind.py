"""What a group session adds to the engine: where its people are, and the heads that no booking counts."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.kinds import Kind
from bookings.models import Booking
from bookings.values import Presence, Slot, Whereabouts
from fablab.people.models import Person
from pathways.models_groups import SessionLead, SessionPart
from pathways.queries_sessions import heads_in_fablab, parts_of


class SessionKind(Kind):
    """Sessions, for the engine; it has no rules of its own: group windows warn, and ours are asked when planning."""

    def presences(self, session: Session, place_ids: Iterable[int], span: Slot) -> list[Presence]:
        """Each lead by name, and whoever was enrolled in the group since its session was booked."""
        found = []
        for part, booking, lead_ids, enrolled in heads_in_fablab(session, place_ids, span):
            slot = Slot(part.starts_at, part.ends_at)
            found += [Presence(booking.place_id, slot, 1, lead_id) for lead_id in lead_ids]
            if enrolled > booking.headcount:
                found.append(Presence(booking.place_id, slot, enrolled - booking.headcount))
        return found

    def whereabouts(self, session: Session, person_ids: Iterable[int], span: Slot) -> list[Whereabouts]:
        """The sessions that people lead, or live in a group, in the Fablab or elsewhere."""
        return [
            Whereabouts(meeting.person_id, Slot(meeting.start, meeting.end), meeting.what, booking_id)
            for meeting, booking_id in parts_of(session, list(person_ids), span)
        ]

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
