"""Sessions of a group: planned in several parts, moved, cancelled. Those in the Fablab take its floor and machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings.queries import lock_house
from fablab import journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from fablab.rules_forms import form_used
from pathways import upkeep_sessions, upkeep_telling
from pathways.models_groups import Group, SessionLead, TrainingSession
from pathways.rules_sessions import cancel_refusals
from pathways.values_sessions import PartWish


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
        training_session = _next_of(session, group, title, parts, now)
        training_session.stage_id, training_session.request_key = stage_id, key
        with session.no_autoflush:
            upkeep_sessions.check(session, training_session, parts, lead_ids, by, now)
        session.add(training_session)
        training_session.leads = [SessionLead(person_id=lead_id) for lead_id in dict.fromkeys(lead_ids)]
        session.flush()
        warnings = upkeep_sessions.hold(session, training_session, parts, by, now, override)
        _note(session, "session.plan", training_session, by, now)
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
        upkeep_sessions.check(session, training_session, parts, lead_ids, by, now)
        upkeep_sessions.let_go(session, training_session, [{"code": "session_changed"}], by, now)
        training_session.starts_at = min(part.start for part in parts)
        training_session.ends_at = max(part.end for part in parts)
        upkeep_sessions.set_leads(session, training_session, lead_ids)
        warnings = upkeep_sessions.hold(session, training_session, parts, by, now, override)
        if training_session.starts_at != before:
            upkeep_telling.tell_everyone(session, training_session, "session-moved", by, now, before=before)
        _note(session, "session.move", training_session, by, now)
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
                upkeep_sessions.drop_one(session, part.booking, reason.strip(), by, now)
        training_session.status = "cancelled"
        upkeep_telling.tell_everyone(session, training_session, "session-cancelled", by, now, reason=reason.strip())
        _note(session, "session.cancel", training_session, by, now)
    return training_session


def _next_of(session: Session, group: Group, title: str, parts: Sequence[PartWish], now: datetime) -> TrainingSession:
    """The next session of a group, not written yet, from its first part to its last."""
    last = session.scalar(select(func.max(TrainingSession.number)).where(TrainingSession.group_id == group.id))
    return TrainingSession(
        group=group,
        number=(last or 0) + 1,
        title=title.strip() or group.version.short_title,
        starts_at=min((part.start for part in parts), default=now),
        ends_at=max((part.end for part in parts), default=now),
    )


def _same_form(made: TrainingSession, group: Group, parts: Sequence[PartWish]) -> Planned:
    """The session that a form already made. Raises Refused for another wish (back, another hour)."""
    asked = (group.id, min(part.start for part in parts), max(part.end for part in parts)) if parts else None
    if asked != (made.group_id, made.starts_at, made.ends_at):
        raise Refused([form_used()])
    return Planned(made)


def _note(session: Session, verb: str, training_session: TrainingSession, by: Person, now: datetime) -> None:
    about = [("training_group", training_session.group_id)]
    journal.note(session, verb, "training_session", training_session.id, by=by, now=now, about=about)
