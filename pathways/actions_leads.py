"""Another facilitator for a session: replaced, added, or leading alone. Who gains or loses it is told."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bookings.queries import lock_house
from bookings.upkeep_again import ask_again
from bookings.values import Slot
from fablab import journal
from fablab.db import transaction
from fablab.outbox import confirm, tell
from fablab.people.models import Person
from fablab.refusals import Refusal, Refused
from pathways import upkeep, upkeep_sessions
from pathways.models_groups import TrainingSession
from pathways.queries_sessions import bookings_beside, meetings
from pathways.rules_sessions import lead_refusals, other_leads_refusals
from pathways.upkeep_telling import entry_of
from pathways.values_sessions import LeadFacts, Meeting


def change_leads(
    training_session: TrainingSession, lead_ids: Sequence[int], by: Person, now: datetime
) -> TrainingSession:
    """Let these people lead a session that is not over; what an adult of the room watches over is asked again.

    The same people as before change nothing. Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        before = [lead.person_id for lead in training_session.leads]
        people = upkeep.lock_people(session, {*lead_ids, *before})
        _check(session, training_session, lead_ids, people, by, now)
        if set(before) == set(lead_ids):
            return training_session
        upkeep_sessions.set_leads(session, training_session, lead_ids)
        gone, come = set(before) - set(lead_ids), set(lead_ids) - set(before)
        for person_id in sorted(gone | come):
            _tell(session, training_session, people[person_id], by, now, leads=person_id in come)
        journal.note(
            session,
            "session.leads",
            "training_session",
            training_session.id,
            by=by,
            now=now,
            about=[*journal.people(sorted(gone | come)), ("training_group", training_session.group_id)],
            before=before,
        )
        # Who leads a session in the room counts among its adults.
        hours = Slot(training_session.starts_at, training_session.ends_at)
        ask_again(session, bookings_beside(session, hours, now), now)
    return training_session


def _check(
    session: Session,
    training_session: TrainingSession,
    lead_ids: Sequence[int],
    people: dict[int, Person],
    by: Person,
    now: datetime,
) -> None:
    facts = LeadFacts(
        may_plan=by.may("group.manage"),
        leads_team={one: one in people and people[one].may("session.lead") for one in lead_ids},
        over=training_session.ends_at <= now,
        cancelled=training_session.status == "cancelled",
    )
    refusals = other_leads_refusals(facts)
    refusals += _elsewhere(session, training_session, lead_ids, people)
    if refusals:
        raise Refused(refusals)


def _elsewhere(
    session: Session, training_session: TrainingSession, lead_ids: Collection[int], people: dict[int, Person]
) -> list[Refusal]:
    parts = training_session.parts
    if not parts:
        return []
    names = {person.id: person.short_name for person in people.values()}
    mine = [Meeting(lead_id, part.starts_at, part.ends_at, "") for lead_id in lead_ids for part in parts]
    span = Slot(training_session.starts_at, training_session.ends_at)
    return lead_refusals(mine, meetings(session, lead_ids, span, besides=training_session.id), names)


def _tell(
    session: Session, training_session: TrainingSession, person: Person, by: Person, now: datetime, *, leads: bool
) -> None:
    link = f"/seances/{training_session.public_id}"
    entry = entry_of(training_session, link)
    say = confirm if person.id == by.id else tell
    say(
        session,
        person,
        "session-leads",
        key=f"session-leads:{training_session.id}:{person.id}:{int(now.timestamp())}",
        now=now,
        link=link,
        entries=[entry if leads else replace(entry, state="cancelled")],
        leads=leads,
        group=training_session.group,
        title=training_session.title,
        when=training_session.starts_at,
    )
