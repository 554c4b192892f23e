"""Noting that somebody was called back, and taking the note back."""

from datetime import date, datetime

from sqlalchemy import select

from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.rules_forms import form_used
from pathways import upkeep
from pathways.models_groups import Enrolment
from pathways.models_outreach import Outreach
from pathways.rules_outreach import keeping_refusals, outreach_refusals


def note_call(
    enrolment: Enrolment, outcome: str, aside_until: date | None, by: Person, now: datetime, *, key: str | None = None
) -> Outreach:
    """Note what came of calling somebody, and until when they are set aside. A form sent twice (``key``) writes once.

    Raises Refused.
    """
    with transaction() as session:
        upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        if key and (made := session.scalar(select(Outreach).where(Outreach.request_key == key))):
            if (made.enrolment_id, made.by_id) != (enrolment.id, by.id):
                raise Refused([form_used()])
            return made
        if refusals := outreach_refusals(
            outcome,
            aside_until,
            clock.local_day(now),
            may_manage=by.may("group.manage"),
            ended=enrolment.ended_on is not None,
        ):
            raise Refused(refusals)
        call = Outreach(
            enrolment_id=enrolment.id, outcome=outcome, aside_until=aside_until, at=now, by_id=by.id, request_key=key
        )
        session.add(call)
        session.flush()
        about = [*journal.people([enrolment.person_id]), ("enrolment", enrolment.id)]
        journal.note(session, "outreach.note", "outreach", call.id, by=by, now=now, about=about, outcome=outcome)
    return call


def take_back_call(call: Outreach, by: Person, now: datetime) -> None:
    """Say that a call was noted by mistake; taken back already, nothing changes. Raises Refused."""
    with transaction() as session:
        if refusals := keeping_refusals(may_manage=by.may("group.manage")):
            raise Refused(refusals)
        call = session.get_one(Outreach, call.id, populate_existing=True, with_for_update=True)
        if call.taken_back_at is None:
            call.taken_back_at, call.taken_back_by_id = now, by.id
            about = [*journal.people([call.enrolment.person_id]), ("enrolment", call.enrolment_id)]
            journal.note(session, "outreach.take_back", "outreach", call.id, by=by, now=now, about=about)
