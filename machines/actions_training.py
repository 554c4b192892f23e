"""Training slots: planned for requests, left by a learner, cancelled, and how they went. One transaction each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bookings import queries as engine
from bookings import upkeep as engine_upkeep
from bookings import upkeep_lived, upkeep_placing
from bookings.values import Ask
from fablab import journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.rules_forms import form_used
from machines import queries_training, rules_training, upkeep_training
from machines.models import Machine
from machines.models_training import SITTING, TrainingSeat, TrainingSlot
from machines.values_training import RecordFacts, SlotWish
from pathways import upkeep as training
from pathways import upkeep_requests
from pathways.models import TrainingRequest

HOME = "/"


def plan_slot(wish: SlotWish, by: Person, now: datetime) -> TrainingSlot:
    """Answer requests for one badge with a training slot: the engine's rules and ours; everyone is told.

    A form sent twice (``wish.key``) gives the slot it made. Raises Refused, and then nothing has changed.
    """
    with transaction() as session:
        engine.lock_house(session)
        if wish.key and (made := engine.booking_by_key(session, wish.key)):
            return _same_form(session, made.id)
        requests = _open_requests(session, wish, by)
        machine = session.get_one(Machine, wish.machine_id)
        ask = Ask(
            machine.id,
            wish.slot,
            kind="training",
            headcount=len(requests),
            person_ids=tuple(request.person_id for request in requests),
            staff_ids=(wish.teacher_id,),
            key=wish.key,
            purpose=_("Formation\u00a0: %(badge)s", badge=machine.badge.name),
        )
        booking = upkeep_placing.place(session, ask, by, now)
        slot = TrainingSlot(booking_id=booking.id, badge_id=machine.badge_id, facilitator_id=wish.teacher_id)
        slot.seats = [TrainingSeat(person_id=one.person_id, request_id=one.id, state="expected") for one in requests]
        session.add(slot)
        session.flush()
        about = journal.people([request.person_id for request in requests])
        journal.note(session, "training_slot.plan", "training_slot", slot.id, by=by, now=now, about=about)
        for request in requests:
            upkeep_requests.plan(session, request, by, now)
        upkeep_training.tell_planned(session, slot, by, now)
    return slot


def leave_slot(slot: TrainingSlot, person: Person, now: datetime) -> TrainingSlot:
    """«Je ne peux pas venir»: the place is free, the request waits again. Raises Refused."""
    with transaction() as session:
        seat = _seat_to_leave(session, slot, person, now)
        if seat is not None:
            _leave(session, seat, "cannot_come", person, now)
            if seat.request is not None:
                upkeep_requests.put_back(session, seat.request, now)
    return slot


def give_up_slot(slot: TrainingSlot, person: Person, now: datetime) -> TrainingSlot:
    """«Je renonce»: the place is free and the request is over. Raises Refused."""
    with transaction() as session:
        seat = _seat_to_leave(session, slot, person, now)
        if seat is not None:
            _leave(session, seat, "withdrawn", person, now)
            if seat.request is not None and seat.request.closed_at is None:
                upkeep_requests.give_up(session, seat.request, person, now)
    return slot


def cancel_slot(slot: TrainingSlot, reason: str, by: Person, now: datetime) -> TrainingSlot:
    """Cancel a slot still to come: its time is free, the requests wait again, the learners are told. Raises Refused."""
    with transaction() as session:
        _fresh(session, slot)
        if slot.booking.status == "cancelled":
            return slot
        if found := rules_training.cancel_refusals(
            may_cancel=by.may("session.lead"), recorded=slot.recorded_at is not None, reason=reason
        ):
            raise Refused(found)
        engine_upkeep.drop(session, slot.booking, reason.strip(), by, now)
        about = journal.people([seat.person_id for seat in slot.seats])
        journal.note(session, "training_slot.cancel", "training_slot", slot.id, by=by, now=now, about=about)
        for seat in slot.seats:
            if seat.state == "expected":
                said: dict[str, Any] = {
                    "badge": slot.badge.name,
                    "when": slot.booking.starts_at,
                    "reason": reason.strip(),
                }
                key = f"training-cancelled:{seat.id}"
                tell(session, seat.person, "training-cancelled", key=key, now=now, link=HOME, **said)
    return slot


def record(slot: TrainingSlot, results: Mapping[int, str], by: Person, now: datetime) -> list[str]:
    """Say how it went for each learner, by person id: validated, again, absent. What is written already stays.

    «Validated» validates all that the badge (and those before it) still asks, and hands it over, in the name of
    ``by``. Gives the names of those whose badge waits for a second person. Raises Refused, and then nothing changed.
    """
    with transaction() as session:
        _fresh(session, slot)
        seats = {seat.person_id: seat for seat in slot.seats if seat.state in (*SITTING, "absent")}
        facts = RecordFacts(
            by.may("validation.write"),
            slot.booking.starts_at <= now,
            slot.booking.status in ("cancelled", "refused"),
            {person_id: seat.state for person_id, seat in seats.items()},
        )
        if found := rules_training.record_refusals(results, facts):
            raise Refused(found)
        people = training.lock_people(session, [by.id, *results])
        fresh = {id_: result for id_, result in results.items() if seats[id_].state not in (result, "validated")}
        able = [people[id_] for id_, result in fresh.items() if result == "validated"]
        waiting = upkeep_training.make_able(session, slot, able, by, now) if able else []
        for id_, result in fresh.items():
            upkeep_training.write_result(session, slot, seats[id_], result, by, now)
        slot.recorded_at = slot.recorded_at or now
        _close_booking(session, slot, by, now)
        about = journal.people(sorted(fresh))
        journal.note(session, "training_slot.record", "training_slot", slot.id, by=by, now=now, about=about)
    return waiting


def _fresh(session: Session, slot: TrainingSlot) -> None:
    engine.lock_house(session)
    session.refresh(slot)
    session.refresh(slot.booking)
    for seat in slot.seats:
        session.refresh(seat)


def _same_form(session: Session, booking_id: int) -> TrainingSlot:
    made = queries_training.slot_of_booking(session, booking_id)
    if made is None:
        raise Refused([form_used()])
    return made


def _open_requests(session: Session, wish: SlotWish, by: Person) -> Sequence[TrainingRequest]:
    """The requests to answer, still waiting. Raises Refused."""
    requests = queries_training.requests_by_public_ids(session, wish.request_ids)
    training.lock_people(session, [request.person_id for request in requests])
    for request in requests:
        session.refresh(request)
    machine = session.get(Machine, wish.machine_id)
    if found := rules_training.plan_refusals(
        may_plan=by.may("session.lead"),
        same_badge=machine is not None and all(request.badge_id == machine.badge_id for request in requests),
        still_open=all(request.status in ("waiting", "answered") for request in requests),
    ):
        raise Refused(found)
    return requests


def _seat_to_leave(session: Session, slot: TrainingSlot, person: Person, now: datetime) -> TrainingSeat | None:
    """The seat of somebody, None when they left it already. Raises Refused."""
    _fresh(session, slot)
    seat = next((one for one in slot.seats if one.person_id == person.id), None)
    if seat is not None and seat.state in ("cannot_come", "withdrawn"):
        return None
    begun = slot.booking.starts_at <= now or slot.booking.status != "confirmed"
    if found := rules_training.leave_refusals(mine=seat is not None, begun=begun):
        raise Refused(found)
    return seat


def _leave(session: Session, seat: TrainingSeat, state: str, person: Person, now: datetime) -> None:
    slot = seat.slot
    seat.state, seat.said_at = state, now
    session.flush()
    left = queries_training.seats_left(session, slot.id)
    if left:
        upkeep_lived.change_heads(session, slot.booking, left, person, now)
    else:
        engine_upkeep.drop(session, slot.booking, [{"code": "nobody_left"}], person, now)
    verb = "training_slot.cannot_come" if state == "cannot_come" else "training_slot.give_up"
    journal.note(session, verb, "training_slot", slot.id, by=person, now=now, about=journal.people([person.id]))
    said: dict[str, Any] = {
        "badge": slot.badge.name,
        "when": slot.booking.starts_at,
        "who": person.short_name,
        "alone": not left,
    }
    link = f"/formations/{slot.public_id}"
    tell(session, slot.facilitator, "training-left", key=f"training-left:{seat.id}", now=now, link=link, **said)


def _close_booking(session: Session, slot: TrainingSlot, by: Person, now: datetime) -> None:
    """It was lived as soon as somebody came; when nobody did, its time is let go."""
    states = {seat.state for seat in slot.seats}
    if slot.booking.status == "confirmed" and states & {"validated", "again"}:
        upkeep_lived.lived(session, slot.booking, by, now)
    elif slot.booking.status == "confirmed" and "expected" not in states:
        engine_upkeep.end(session, slot.booking, "no_show", "", by, now)
