"""Sessions of a group: planned in several parts, moved, cancelled. Those in the Fablab take its floor and machines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings import asking
from bookings.models import Booking
from bookings.queries import lock_house
from bookings.upkeep import drop
from bookings.upkeep_placing import place
from bookings.values import Ask, Slot
from fablab import journal
from fablab.db import transaction
from fablab.i18n import _
from fablab.people.models import Person
from fablab.reasons import Why
from fablab.refusals import Refusal, Refused, refuse
from pathways import upkeep, upkeep_telling
from pathways.models_groups import Group, SessionLead, SessionPart, TrainingSession
from pathways.queries_sessions import expected_at, floor, meetings
from pathways.queries_taken import whose
from pathways.rules_sessions import cancel_refusals, group_warnings, lead_refusals, plan_refusals
from pathways.values_sessions import Meeting, PartWish, PlanFacts


@dataclass(frozen=True)
class Planned:
    """A session, and what the team should know about it: said, never in the way."""

    session: TrainingSession
    warnings: tuple[Refusal, ...] = ()


def plan_session(
    group: Group,
    title: str,
    parts: Sequence[PartWish],
    lead_ids: Sequence[int],
    by: Person,
    now: datetime,
    *,
    stage_id: int | None = None,
    override: str | None = None,
    key: str | None = None,
) -> Planned:
    """Plan a session: its parts in the Fablab take the floor and their machines, all or nothing.

    Outside the group windows, or with people of the group already elsewhere, it is planned and said in
    ``warnings``. ``override`` is the written reason to pass soft rules of the engine. A form sent twice (``key``)
    gives the session it made. Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        group = session.get_one(Group, group.id)
        if key and (made := session.scalar(select(TrainingSession).where(TrainingSession.request_key == key))):
            return _same_form(made, group, parts)
        last = session.scalar(select(func.max(TrainingSession.number)).where(TrainingSession.group_id == group.id))
        training_session = TrainingSession(
            group=group,
            stage_id=stage_id,
            number=(last or 0) + 1,
            title=title.strip() or group.version.short_title,
            starts_at=min((part.start for part in parts), default=now),
            ends_at=max((part.end for part in parts), default=now),
            request_key=key,
        )
        with session.no_autoflush:
            _check(session, training_session, parts, lead_ids, by, now)
        session.add(training_session)
        training_session.leads = [SessionLead(person_id=lead_id) for lead_id in dict.fromkeys(lead_ids)]
        session.flush()
        warnings = _hold(session, training_session, parts, by, now, override)
        journal.note(
            session,
            "session.plan",
            "training_session",
            training_session.id,
            by=by,
            now=now,
            about=[("training_group", training_session.group_id)],
        )
    return Planned(training_session, warnings)


def move_session(
    training_session: TrainingSession,
    parts: Sequence[PartWish],
    by: Person,
    now: datetime,
    *,
    lead_ids: Sequence[int] | None = None,
    override: str | None = None,
) -> Planned:
    """Give a session to come other parts (and other leads, if given): what it held is let go, then taken anew.

    Everyone is told when its beginning changes. Raises Refused, and then nothing has changed.
    """
    with transaction() as session:
        lock_house(session)
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        before = training_session.starts_at
        if lead_ids is None:
            lead_ids = [lead.person_id for lead in training_session.leads]
        _check(session, training_session, parts, lead_ids, by, now)
        _let_go(session, training_session, [{"code": "session_changed"}], by, now)
        training_session.starts_at = min(part.start for part in parts)
        training_session.ends_at = max(part.end for part in parts)
        _set_leads(session, training_session, lead_ids)
        warnings = _hold(session, training_session, parts, by, now, override)
        if training_session.starts_at != before:
            upkeep_telling.tell_everyone(session, training_session, "session-moved", by, now, before=before)
        journal.note(
            session,
            "session.move",
            "training_session",
            training_session.id,
            by=by,
            now=now,
            about=[("training_group", training_session.group_id)],
        )
    return Planned(training_session, warnings)


def cancel_session(training_session: TrainingSession, reason: str, by: Person, now: datetime) -> TrainingSession:
    """Cancel a session to come: its time in the Fablab is free again and everyone is told. Raises Refused."""
    with transaction() as session:
        lock_house(session)
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        if training_session.status == "cancelled":
            return training_session
        if refusals := cancel_refusals(
            may_plan=by.may("group.manage"),
            taken=training_session.attendance_at is not None,
            reason=reason,
        ):
            raise Refused(refusals)
        for part in training_session.parts:
            if part.booking is not None:
                _drop(session, part.booking, reason.strip(), by, now)
        training_session.status = "cancelled"
        upkeep_telling.tell_everyone(session, training_session, "session-cancelled", by, now, reason=reason.strip())
        journal.note(
            session,
            "session.cancel",
            "training_session",
            training_session.id,
            by=by,
            now=now,
            about=[("training_group", training_session.group_id)],
        )
    return training_session


# --- what is asked ------------------------------------------------------------------------------


def _check(
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


def _same_form(made: TrainingSession, group: Group, parts: Sequence[PartWish]) -> Planned:
    """The session that a form already made. Raises Refused for another wish (back, another hour)."""
    asked = (group.id, min(part.start for part in parts), max(part.end for part in parts)) if parts else None
    if asked != (made.group_id, made.starts_at, made.ends_at):
        raise refuse("form_used", _("Ce formulaire a déjà servi. Recommencer depuis le début."))
    return Planned(made)


def _members_elsewhere(session: Session, training_session: TrainingSession, parts: Sequence[PartWish]) -> list[Refusal]:
    ids = expected_at(session, [training_session])[training_session.id]
    people = session.scalars(select(Person).where(Person.id.in_(ids)))
    names = {person.id: person.short_name for person in people}
    mine = [Meeting(person_id, part.start, part.end, "") for person_id in ids for part in parts]
    return group_warnings(mine, meetings(session, ids, _span(parts), besides=training_session.id), names)


def _span(parts: Sequence[PartWish]) -> Slot:
    return Slot(min(part.start for part in parts), max(part.end for part in parts))


# --- what is written ----------------------------------------------------------------------------


def _hold(
    session: Session,
    training_session: TrainingSession,
    parts: Sequence[PartWish],
    by: Person,
    now: datetime,
    override: str | None,
) -> tuple[Refusal, ...]:
    """Write the parts and book those in the Fablab; gives the warnings. Raises Refused with the engine's reasons."""
    warnings = _members_elsewhere(session, training_session, parts)
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


def _let_go(session: Session, training_session: TrainingSession, why: Why, by: Person, now: datetime) -> None:
    for part in list(training_session.parts):
        booking = part.booking
        session.delete(part)
        session.flush()
        if booking is not None:
            _drop(session, booking, why, by, now)
    session.expire(training_session, ["parts"])


def _drop(session: Session, booking: Booking, why: Why, by: Person, now: datetime) -> None:
    if booking.status in ("requested", "confirmed"):
        drop(session, booking, why, by, now)


def _set_leads(session: Session, training_session: TrainingSession, lead_ids: Sequence[int]) -> None:
    for lead in list(training_session.leads):
        if lead.person_id not in lead_ids:
            session.delete(lead)
    held = {lead.person_id for lead in training_session.leads}
    for lead_id in dict.fromkeys(lead_ids):
        if lead_id not in held:
            session.add(SessionLead(session_id=training_session.id, person_id=lead_id))
    session.flush()
    session.expire(training_session, ["leads"])
