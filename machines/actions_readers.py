"""Readers: enrolling and revoking one, what a card may do at it, and what it says happened.

A reader begins and ends no booking: it lets the current through while a use is under way, every rule asked again.
"""

import secrets as random_bytes
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bookings import asking, upkeep
from bookings.models import Booking
from bookings.values import Made
from fablab.db import transaction
from fablab.i18n import _
from fablab.journal import About, note
from fablab.people.actions_sessions import key_digest
from fablab.people.models import Person
from fablab.people.secrets import card_digest
from fablab.refusals import Refusal, Refused, refuse
from machines import queries_readers, rules_readers
from machines.models import Machine
from machines.models_readers import Reader, ReaderEvent
from machines.values_readers import LIST_LASTS, Allowed, Decision, Said


def enrol(machine: Machine, name: str, by: Person, now: datetime) -> str:
    """Enrol a reader at a machine; returns its key, told this once."""
    key = random_bytes.token_urlsafe(32)
    with transaction() as session:
        reader = Reader(
            machine_id=machine.id, name=name, key_digest=key_digest(key), enrolled_at=now, enrolled_by_id=by.id
        )
        session.add(reader)
        session.flush()
        note(session, "reader.enrol", "reader", reader.id, by=by, now=now, about=[("resource", machine.id)])
    return key


def end(reader_id: int, by: Person, now: datetime) -> None:
    """Revoke a reader: its key opens and tells nothing more. Raises Refused: unknown."""
    with transaction() as session:
        reader = session.get(Reader, reader_id, with_for_update={"of": Reader})
        if reader is None:
            raise refuse("unknown", _("Ce lecteur n’existe pas."))
        if reader.ended_at is None:
            reader.ended_at = now
            about = [("resource", reader.machine_id)]
            note(session, "reader.end", "reader", reader.id, by=by, now=now, about=about)


def decide(session: Session, machine_id: int, card: str, at: datetime, *, late: bool = False) -> Decision:
    """Whether this card may have the current at a machine, until when, or every reason against it. Reads only.

    ``at``: the present moment; of what is told ``late``, the moment it happened.
    """
    holder = queries_readers.holder_of(session, card_digest(card), machine_id, at, over_since=late)
    booking = holder.booking if holder else None
    begun = booking is not None and booking.checked_in_at is not None and booking.checked_in_at <= at
    found = rules_readers.card_refusals(known=holder is not None, booked=booking is not None, begun=begun)
    if booking is not None:
        found += _standing(session, booking, at)
    return Decision(
        booking.id if booking else None,
        holder.person_id if holder else None,
        holder.first_name if holder else None,
        booking.ends_at if booking and not found else None,
        tuple(found),
    )


def allowed_now(session: Session, machine_id: int, now: datetime) -> list[Allowed]:
    """What readers of a machine may let through for an hour without asking again: the uses under way. Reads only."""
    found = queries_readers.under_way(session, machine_id, now)
    good = {booking.id for booking, _digest in found if not _standing(session, booking, now)}
    until = now + LIST_LASTS
    return [
        Allowed(digest, booking.starts_at, min(booking.ends_at, until))
        for booking, digest in found
        if booking.id in good
    ]


def tell(reader_id: int, events: Sequence[Said], now: datetime) -> list[tuple[Said, list[Refusal]]]:
    """Write down what a reader says happened, each event once; with each, the reasons against it (soft: it is noted).

    What happened without the network is noted even where a rule stands against it: nothing is lost, and the team sees
    it. Raises Refused: too_many_events, reader_ended.
    """
    if found := rules_readers.too_many_events(events):
        raise Refused(found)
    with transaction() as session:
        # A key that was revoked meanwhile tells nothing more.
        kept = session.get(Reader, reader_id, with_for_update={"of": Reader}, populate_existing=True)
        if kept is None or kept.ended_at is not None:
            raise refuse("reader_ended", _("Ce lecteur a été retiré."))
        told = queries_readers.events_by_key(
            session, reader_id, {key for said in events for key in (said.key, said.run) if key}
        )
        return [(said, _note_event(session, kept, said, told, now)) for said in events]


def _note_event(
    session: Session, reader: Reader, said: Said, told: dict[str, ReaderEvent], now: datetime
) -> list[Refusal]:
    if said.key in told:
        return []
    run = told.get(said.run or "")
    if against := rules_readers.event_refusals(said, now, run_known=run is not None and run.kind == "start"):
        return against
    if said.kind == "beat":
        if run is not None:
            run.beat_at = max(said.at, run.beat_at or said.at)
        return []
    about: list[About] = [("resource", reader.machine_id)]
    booking_id, codes = run.booking_id if run else None, []
    if said.kind in ("start", "refused"):
        decision = decide(session, reader.machine_id, said.card or "", said.at, late=True)
        booking_id, codes = decision.booking_id, [one.code for one in decision.refusals]
        about.append(("person", decision.person_id))
    elif booking_id is not None:
        about.append(("person", session.get_one(Booking, booking_id).holder_id))
    event = ReaderEvent(
        reader_id=reader.id,
        key=said.key,
        kind=said.kind,
        run=said.run,
        at=said.at,
        received_at=now,
        offline=said.offline,
        booking_id=booking_id,
        codes=codes,
    )
    session.add(event)
    session.flush()
    told[said.key] = event
    _write_in_journal(session, event, about, now)
    return []


def _write_in_journal(session: Session, event: ReaderEvent, about: list[About], now: datetime) -> None:
    codes = ", ".join(event.codes)
    if event.kind == "start":
        note(session, "reader.on", "reader", event.reader_id, by=None, now=now, about=about, codes=codes)
    elif event.kind == "stop":
        note(session, "reader.off", "reader", event.reader_id, by=None, now=now, about=about)
    else:
        note(session, "reader.refused", "reader", event.reader_id, by=None, now=now, about=about, codes=codes)


def _standing(session: Session, booking: Booking | Made, now: datetime) -> list[Refusal]:
    """What stands against a use under way: the badge, the age, the papers, who watches over it."""
    return upkeep.standing_refusals(asking.weigh_one(session, asking.ask_of(booking), now), booking)
