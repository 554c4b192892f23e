"""What actions share about requests: closed by what answers them. Helpers that open no transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fablab import journal
from fablab.outbox import tell
from fablab.people.models import Person
from pathways.models_requests import TrainingRequest, ValidationRequest

#: where a young person reads the answers
PATH, BADGES = "/mon-parcours", "/mes-badges"


def note(
    session: Session,
    verb: str,
    request: TrainingRequest | ValidationRequest,
    by: Person | None,
    now: datetime,
    **details: str,
) -> None:
    """Write what became of a request in the journal, where who asked finds it."""
    thing, about = request.__tablename__, journal.people([request.person_id])
    journal.note(session, verb, thing, request.id, by=by, now=now, about=about, **details)


def answer_seen(
    session: Session,
    pairs: Collection[tuple[int, int]],
    people: Mapping[int, Person],
    by: Person,
    now: datetime,
) -> None:
    """A validation answers what was asked: close the open requests of these (person, competency), and tell."""
    asked = session.scalars(
        select(ValidationRequest)
        .where(
            ValidationRequest.closed_at.is_(None),
            ValidationRequest.person_id.in_({person_id for person_id, _competency in pairs}),
            ValidationRequest.competency_id.in_({competency_id for _person, competency_id in pairs}),
        )
        .options(joinedload(ValidationRequest.competency))
        .order_by(ValidationRequest.id)
    )
    for request in asked:
        if (request.person_id, request.competency_id) in pairs:
            close_seen(session, request, "validated", people[request.person_id], by, now)


def close_seen(
    session: Session,
    request: ValidationRequest,
    outcome: str,
    person: Person,
    by: Person,
    now: datetime,
    *,
    code: str | None = None,
    answer: str | None = None,
) -> None:
    """Write the answer to a request to be seen, and tell who asked."""
    request.outcome, request.closed_at, request.answered_by_id = outcome, now, by.id
    request.answer_code, request.answer = code, answer
    note(session, "validation_request.answer", request, by, now, outcome=outcome)
    tell(
        session,
        person,
        "validation-answered",
        key=f"validation-answered:{request.id}",
        now=now,
        link=PATH,
        outcome=outcome,
        i_can=request.competency.i_can,
        code=code,
        answer=answer,
        by=by.first_name,
    )


def close_trained(session: Session, badge_id: int, person_ids: Collection[int], now: datetime) -> None:
    """The badge came: whoever had asked to be trained for it has their answer."""
    for request in session.scalars(
        select(TrainingRequest).where(
            TrainingRequest.badge_id == badge_id,
            TrainingRequest.person_id.in_(person_ids),
            TrainingRequest.closed_at.is_(None),
        )
    ):
        request.status, request.closed_at = "done", now
        note(session, "training_request.done", request, None, now)


def put_back(session: Session, request: TrainingRequest, now: datetime) -> None:
    """Nothing is planned any more: the request waits again, as old as it is."""
    if request.closed_at is None and request.status == "planned":
        request.status, request.answered_at, request.answered_by_id = "waiting", None, None
        note(session, "training_request.waits", request, None, now)


def plan(session: Session, request: TrainingRequest, by: Person, now: datetime) -> None:
    """A slot answers the request."""
    request.status, request.answered_at, request.answered_by_id = "planned", now, by.id
    request.answer, request.session_id = None, None
    note(session, "training_request.plan", request, by, now)


def give_up(session: Session, request: TrainingRequest, by: Person, now: datetime) -> None:
    """The young person wants it no more."""
    request.status, request.closed_at = "withdrawn", now
    note(session, "training_request.withdraw", request, by, now)
