"""Noting where somebody stands after a pathway, and taking the note back."""

from datetime import date, datetime

from sqlalchemy import select

from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from fablab.rules_forms import form_used
from pathways import queries_exits, upkeep
from pathways.models_exits import ExitCheck
from pathways.models_groups import Enrolment
from pathways.rules_exits import exit_refusals, keeping_refusals


def note_situation(
    enrolment: Enrolment, step: str, situation: str, told_on: date, by: Person, now: datetime, *, key: str | None = None
) -> ExitCheck:
    """Note where somebody stood on a local day, at one step after their exit. A form sent twice (``key``) writes once.

    What was noted before at that step stays written; the latest counts. Raises Refused.
    """
    with transaction() as session:
        upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        if key and (made := session.scalar(select(ExitCheck).where(ExitCheck.request_key == key))):
            if (made.enrolment_id, made.by_id) != (enrolment.id, by.id):
                raise Refused([form_used()])
            return made
        known = {one.code: one for one in queries_exits.steps(session)}
        if refusals := exit_refusals(
            known.get(step),
            situation,
            told_on,
            clock.local_day(now),
            status=enrolment.status,
            ended_on=enrolment.ended_on,
            situations=[one.code for one in queries_exits.situations(session)],
            may_manage=by.may("group.manage"),
        ):
            raise Refused(refusals)
        check = ExitCheck(
            enrolment_id=enrolment.id, step=step, situation_code=situation, told_on=told_on, at=now, by_id=by.id,
            request_key=key,
        )  # fmt: skip
        session.add(check)
        session.flush()
        about = [*journal.people([enrolment.person_id]), ("enrolment", enrolment.id)]
        journal.note(session, "exit_check.note", "exit_check", check.id, by=by, now=now, about=about, step=step)
    return check


def take_situation_back(check: ExitCheck, by: Person, now: datetime) -> None:
    """Say that a situation was noted by mistake; taken back already, nothing changes. Raises Refused."""
    with transaction() as session:
        if refusals := keeping_refusals(may_manage=by.may("group.manage")):
            raise Refused(refusals)
        check = session.get_one(ExitCheck, check.id, populate_existing=True, with_for_update=True)
        if check.taken_back_at is None:
            check.taken_back_at, check.taken_back_by_id = now, by.id
            about = [*journal.people([check.enrolment.person_id]), ("enrolment", check.enrolment_id)]
            journal.note(session, "exit_check.take_back", "exit_check", check.id, by=by, now=now, about=about)
