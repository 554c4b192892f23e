"""What planning, moving and restoring a session share: helpers that take the session and open no transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import asking
from bookings.models import Booking
from bookings.upkeep import drop
from bookings.upkeep_placing import place
from bookings.values import Ask, Slot
from fablab.i18n import _
from fablab.people.models import Person
from fablab.reasons import Why
from fablab.refusals import Refusal, Refused, refuse
from pathways import upkeep
from pathways.models_groups import SessionLead, SessionPart, TrainingSession
from pathways.queries_sessions import expected_at, floor, meetings
from pathways.queries_taken import whose
from pathways.rules_sessions import group_warnings, lead_refusals, plan_refusals
from pathways.values_sessions import Meeting, PartWish, PlanFacts

# --- what is asked ------------------------------------------------------------------------------


def check(
    session: Session,
    training_session: TrainingSession,
    parts: Sequence[PartWish],
    lead_ids: Sequence[int],
    by: Person,
    now: datetime,
) -> None:
    """Raise Refused with everything of ours that stands in the way; the engine's rules come with the bookings."""
    leads = upkeep.lock_people(session, lead_ids)
    facts = PlanFacts(
        may_plan=by.may("group.manage"),
        group_closed=training_session.group.closed_at is not None,
        leads_team={lead_id: lead_id in leads and leads[lead_id].may("session.lead") for lead_id in lead_ids},
        begun=training_session.id is not None and training_session.starts_at <= now,
        cancelled=training_session.status == "cancelled",
    )
    refusals = plan_refusals(parts, facts, now)
    if parts and all(part.start < part.end for part in parts):
        names = {person.id: person.short_name for person in leads.values()}
        mine = [Meeting(lead_id, part.start, part.end, "") for lead_id in leads for part in parts]
        others = meetings(session, list(leads), _span(parts), besides=training_session.id)
        refusals += lead_refusals(mine, others, names)
    if refusals:
        raise Refused(refusals)


def elsewhere(session: Session, training_session: TrainingSession, ids: Sequence[int]) -> list[Refusal]:
    """Which of these young people are already somewhere else while a planned session lasts: said, not refused."""
    parts = [PartWish(part.starts_at, part.ends_at) for part in training_session.parts]
    return _elsewhere(session, training_session, parts, ids) if parts else []


def _elsewhere(
    session: Session, training_session: TrainingSession, parts: Sequence[PartWish], ids: Sequence[int]
) -> list[Refusal]:
    people = session.scalars(select(Person).where(Person.id.in_(ids)))
    names = {person.id: person.short_name for person in people}
    mine = [Meeting(person_id, part.start, part.end, "") for person_id in ids for part in parts]
    return group_warnings(mine, meetings(session, ids, _span(parts), besides=training_session.id), names)


def require_room(session: Session, training_session: TrainingSession, now: datetime) -> None:
    """Refuse (place_full) when those there pass a gauge at some moment left of a session, whoever was just added.

    The house must be locked.
    """
    left = [part.booking for part in training_session.parts if part.booking is not None and part.ends_at > now]
    if not left:
        return
    slots = [Slot(max(booking.starts_at, now), booking.ends_at) for booking in left]
    if full := asking.full_at(session, left[0].resource_id, slots, now):
        raise Refused([replace(one, field="who") for one in full])


def _span(parts: Sequence[PartWish]) -> Slot:
    return Slot(min(part.start for part in parts), max(part.end for part in parts))


# --- what is written ----------------------------------------------------------------------------


def hold(
    session: Session,
    training_session: TrainingSession,
    parts: Sequence[PartWish],
    by: Person,
    now: datetime,
    override: str | None,
) -> tuple[Refusal, ...]:
    """Write the parts and book those in the Fablab; gives the warnings. Raises Refused with the engine's reasons."""
    ids = expected_at(session, [training_session])[training_session.id]
    warnings = _elsewhere(session, training_session, parts, ids)
    asks = _asks(session, training_session, parts, override)
    answers = asking.weigh(session, list(asks.values()), now)
    refused = [
        refusal
        for answer in answers.values()
        for refusal in answer.refusals
        if not (refusal.soft and override and by.may("machine.override"))
    ]
    if refused:
        taken_by = whose(session, list(asks.values())) if any(one.code == "taken" for one in refused) else []
        raise Refused(list(dict.fromkeys(_with_names(one, taken_by) for one in refused)))
    warnings += [refusal for answer in answers.values() for refusal in answer.warnings]
    for part in parts:
        row = SessionPart(session_id=training_session.id, starts_at=part.start, ends_at=part.end)
        if part in asks:
            row.booking_id = place(session, asks[part], by, now).id
        else:
            row.elsewhere = (part.elsewhere or "").strip()
        session.add(row)
        session.flush()
    session.expire(training_session, ["parts"])
    return tuple(dict.fromkeys(warnings))


def _with_names(refusal: Refusal, taken_by: Sequence[str]) -> Refusal:
    """«Taken» says by whom: only the team plans sessions, and it may know."""
    if refusal.code != "taken" or not taken_by:
        return refusal
    return replace(refusal, sentence=_("Déjà pris à ce moment : %(what)s.", what=", ".join(taken_by)))


def _asks(
    session: Session, training_session: TrainingSession, parts: Sequence[PartWish], override: str | None
) -> dict[PartWish, Ask]:
    inside = [part for part in parts if part.elsewhere is None]
    if not inside:
        return {}
    ground = floor(session)
    if ground is None:
        raise refuse("no_floor", _("L’atelier n’est pas encore décrit\u00a0: charger le catalogue."))
    heads = len(expected_at(session, [training_session])[training_session.id])
    return {
        part: Ask(
            ground.id,
            Slot(part.start, part.end),
            kind="session",
            headcount=heads,
            resource_ids=(ground.id, *part.machine_ids),
            staff_ids=tuple(lead.person_id for lead in training_session.leads),
            override=override,
            purpose=f"{training_session.title}, {training_session.group.name}"[:200],
        )
        for part in inside
    }


def let_go(session: Session, training_session: TrainingSession, why: Why, by: Person, now: datetime) -> None:
    """Let a session's parts go, and what they held."""
    for part in list(training_session.parts):
        booking = part.booking
        session.delete(part)
        session.flush()
        if booking is not None:
            drop_one(session, booking, why, by, now)
    session.expire(training_session, ["parts"])


def drop_one(session: Session, booking: Booking, why: Why, by: Person, now: datetime) -> None:
    """Cancel what a part of a session held, unless it is over already."""
    if booking.status in ("requested", "confirmed"):
        drop(session, booking, why, by, now)


def set_leads(session: Session, training_session: TrainingSession, lead_ids: Sequence[int]) -> None:
    """Let these people lead a session."""
    for lead in list(training_session.leads):
        if lead.person_id not in lead_ids:
            session.delete(lead)
    held = {lead.person_id for lead in training_session.leads}
    for lead_id in dict.fromkeys(lead_ids):
        if lead_id not in held:
            session.add(SessionLead(session_id=training_session.id, person_id=lead_id))
    session.flush()
    session.expire(training_session, ["leads"])
