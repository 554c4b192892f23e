"""Bookings of machines as calendars followed from outside show them: one's own, and a machine's without names."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from bookings import queries_feeds
from bookings.models import Booking
from bookings.upkeep_telling import entry_of
from bookings.values import Slot
from fablab.calendars import Entry
from fablab.i18n import _
from machines.models import Machine
from machines.models_training import TrainingSeat, TrainingSlot

#: of a seat: who does not come after all
_NOT_COMING = ("cannot_come", "withdrawn")


def mine(session: Session, person_id: int, span: Slot) -> list[Entry]:
    """What somebody booked, and the trainings on machines that they give or follow. Three statements at most."""
    held = queries_feeds.held_by(session, person_id, span)
    own = [entry_of(one, one.called, f"/reservations/{one.public_id}") for one in held]
    return own + _trainings(session, person_id, span)


def taken(session: Session, machine: Machine, span: Slot) -> list[Entry]:
    """When a machine is booked, by nobody's name: for one person, for a group or for a training. One statement."""
    words = {"session": _("Séance d’un groupe"), "training": _("Formation")}
    link = f"/m/{machine.code}"
    found: Sequence[Booking] = queries_feeds.taking(session, machine.id, span)
    return [entry_of(one, words.get(one.kind, _("Réservée")), link) for one in found]


def _trainings(session: Session, person_id: int, span: Slot) -> list[Entry]:
    seats = select(TrainingSeat.slot_id, TrainingSeat.state).where(TrainingSeat.person_id == person_id)
    states = {slot_id: state for slot_id, state in session.execute(seats)}
    found = (
        select(TrainingSlot)
        .join(TrainingSlot.booking)
        .where(or_(TrainingSlot.facilitator_id == person_id, TrainingSlot.id.in_(states)))
        .where(Booking.starts_at >= span.start, Booking.starts_at < span.end)
        .options(joinedload(TrainingSlot.booking).joinedload(Booking.resource))
        .order_by(Booking.starts_at, Booking.id)
        .limit(queries_feeds.MOST)
    )
    return [_training(one, states.get(one.id), person_id) for one in session.scalars(found)]


def _training(slot: TrainingSlot, state: str | None, person_id: int) -> Entry:
    title = _("Formation\u00a0: %(machine)s", machine=slot.booking.resource.simple_name)
    link = f"/formations/{slot.public_id}" if slot.facilitator_id == person_id else "/"
    entry = entry_of(slot.booking, title, link)
    return replace(entry, state="cancelled") if state in _NOT_COMING else entry
