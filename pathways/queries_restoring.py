"""What must be known to take an act of training back: the last call, what ended today, what a batch wrote."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from fablab import clock
from fablab.journal import JournalEntry
from fablab.people.models import Person
from pathways.models_groups import LEAVING, Enrolment
from pathways.models_validations import Validation
from pathways.queries_groups import enrolments_in
from pathways.rules_restoring import undo_call_refusals


def last_call(session: Session, session_id: int) -> JournalEntry | None:
    """The call that says who was at a session and what was noted before it, unless it was taken back since."""
    last = _last(session, "training_session", session_id, ("attendance.take", "attendance.undo"))
    kept = last is not None and last.verb == "attendance.take" and "before" in last.details
    return last if kept else None


def may_undo_call(session: Session, session_id: int, reader: Person, now: datetime) -> bool:
    """Whether somebody may take the last call of a session back."""
    call = last_call(session, session_id)
    if call is None:
        return False
    return not undo_call_refusals(call.actor_id, clock.local_day(call.at), reader.id, clock.local_day(now))


def end_of_right(session: Session, right_id: int) -> JournalEntry | None:
    """The act that ended a right to validate, unless it was given back since."""
    last = _last(session, "validator_right", right_id, ("right.end", "right.return"))
    return last if last is not None and last.verb == "right.end" else None


def rights_ended_on(session: Session, ids: Collection[int], now: datetime) -> set[int]:
    """Which of these rights were ended on this local day, and may be given back."""
    since = clock.day_bounds(clock.local_day(now))[0]
    ended = session.execute(
        select(JournalEntry.thing_id, JournalEntry.verb)
        .where(
            JournalEntry.thing == "validator_right",
            JournalEntry.thing_id.in_(ids),
            JournalEntry.verb.in_(("right.end", "right.return")),
            JournalEntry.at >= since,
        )
        .order_by(JournalEntry.at, JournalEntry.id)
    )
    last = {id_: verb for id_, verb in ended if id_ is not None}
    return {id_ for id_, verb in last.items() if verb == "right.end"}


def left_of_group(session: Session, group_id: int) -> Sequence[Enrolment]:
    """Who left this group before its end, latest first."""
    found = select(Enrolment).where(Enrolment.group_id == group_id, Enrolment.status.in_(LEAVING))
    return session.scalars(
        found.options(joinedload(Enrolment.person)).order_by(Enrolment.ended_on.desc(), Enrolment.id.desc())
    ).all()


def left_enrolment(session: Session, person_public_id: str, pathway_code: str) -> Enrolment | None:
    """What somebody left last of a pathway, with the person, the group and the version, or None."""
    left = enrolments_in(person_public_id, pathway_code).where(Enrolment.status.in_(LEAVING))
    return session.scalars(left.order_by(Enrolment.ended_on.desc(), Enrolment.id.desc()).limit(1)).first()


def lines_of_batch(session: Session, batch_id: int) -> Sequence[Validation]:
    """What a batch of validations wrote, by person, with the competencies."""
    return session.scalars(
        select(Validation)
        .join(Validation.person)
        .where(Validation.batch_id == batch_id)
        .options(contains_eager(Validation.person), joinedload(Validation.competency))
        .order_by(Person.first_name, Person.last_name, Validation.id)
    ).all()


def _last(session: Session, thing: str, thing_id: int, verbs: Collection[str]) -> JournalEntry | None:
    found = select(JournalEntry).where(
        JournalEntry.thing == thing, JournalEntry.thing_id == thing_id, JournalEntry.verb.in_(verbs)
    )
    return session.scalars(found.order_by(JournalEntry.at.desc(), JournalEntry.id.desc()).limit(1)).first()
