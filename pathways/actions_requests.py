"""What young people ask and take back, and what the team answers with words. One verb and one transaction each."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Resource
from fablab.db import transaction
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_requests, upkeep_settling
from pathways.models_badges import Badge
from pathways.models_groups import TrainingSession
from pathways.models_pathways import Competency
from pathways.models_requests import TrainingRequest, ValidationRequest
from pathways.models_validations import Mastery
from pathways.queries_standings import badge_standings
from pathways.rules_requests import answer_refusals, seen_refusals, training_refusals, words_refusals
from pathways.values_badges import BadgeState, award_state
from pathways.values_requests import AnswerFacts


def ask_training(person: Person, badge: Badge, now: datetime, *, machine: Resource | None = None) -> TrainingRequest:
    """Ask to be trained for a safety badge, or to renew it. Sent twice, it is asked once. Raises Refused."""
    with transaction() as session:
        upkeep.lock_people(session, [person.id])
        if open_one := _open_training(session, person, badge):
            return open_one
        standing = badge_standings(session, [person.id], [badge.code])[person.id].get(badge.code)
        if refusals := training_refusals(
            may_ask=person.may("pathway.own"),
            is_safety=badge.kind == "safety",
            held=standing is not None and award_state(standing, now) is BadgeState.VALID,
        ):
            raise Refused(refusals)
        request = TrainingRequest(
            person_id=person.id,
            badge_id=badge.id,
            resource_id=machine.id if machine else None,
            status="waiting",
            asked_at=now,
        )
        session.add(request)
        session.flush()
        upkeep_requests.note(session, "training_request.ask", request, person, now)
    return request


def take_training_back(request: TrainingRequest, person: Person, now: datetime) -> TrainingRequest:
    """«Je renonce», while nothing is planned. A request that is over is left as it is."""
    with transaction() as session:
        upkeep.lock_people(session, [person.id])
        session.refresh(request)
        if request.closed_at is None and request.person_id == person.id and request.status != "planned":
            upkeep_requests.give_up(session, request, person, now)
    return request


def answer_training(
    request: TrainingRequest, text: str, by: Person, now: datetime, *, lesson: TrainingSession | None = None
) -> TrainingRequest:
    """Answer with words (a session to join, an open lab to come to); the young person is told. Raises Refused."""
    with transaction() as session:
        person = upkeep.lock_people(session, [by.id, request.person_id])[request.person_id]
        session.refresh(request)
        facts = AnswerFacts(
            by.may("validation.write"),
            by.id == request.person_id,
            request.closed_at is not None or request.status == "planned",
        )
        if refusals := words_refusals(facts, text):
            raise Refused(refusals)
        if request.status == "answered" and request.answer == text.strip():
            return request
        request.status, request.answer = "answered", text.strip()
        request.session_id = lesson.id if lesson else None
        request.answered_at, request.answered_by_id = now, by.id
        upkeep_requests.note(session, "training_request.answer", request, by, now)
        when = lesson.starts_at if lesson else None
        said: dict[str, Any] = {"badge": request.badge.name, "answer": text.strip(), "by": by.first_name, "when": when}
        key = f"training-answered:{request.id}:{int(now.timestamp())}"
        tell(session, person, "training-answered", key=key, now=now, link=upkeep_settling.BADGES, **said)
    return request


def ask_to_be_seen(person: Person, competency: Competency, level: int, words: str, now: datetime) -> ValidationRequest:
    """«Je pense y arriver»: own level and a sentence. One open for a competency: a second one is the first. Refused."""
    with transaction() as session:
        upkeep.lock_people(session, [person.id])
        if open_one := _open_seen(session, person, competency):
            return open_one
        held = session.get(Mastery, (person.id, competency.id))
        if refusals := seen_refusals(
            may_ask=person.may("pathway.own"), level=level, words=words, level_now=held.level if held else 0
        ):
            raise Refused(refusals)
        request = ValidationRequest(
            person_id=person.id,
            competency_id=competency.id,
            title=competency.title,
            own_level=level,
            words=words.strip(),
            asked_at=now,
        )
        session.add(request)
        session.flush()
        upkeep_requests.note(session, "validation_request.ask", request, person, now)
    return request


def take_seen_back(request: ValidationRequest, person: Person, now: datetime) -> ValidationRequest:
    """Take «je pense y arriver» back. One that has its answer is left as it is."""
    with transaction() as session:
        upkeep.lock_people(session, [person.id])
        session.refresh(request)
        if request.closed_at is None and request.person_id == person.id:
            request.outcome, request.closed_at = "withdrawn", now
            upkeep_requests.note(session, "validation_request.withdraw", request, person, now)
    return request


def answer_seen(
    request: ValidationRequest, outcome: str, code: str, text: str, by: Person, now: datetime
) -> ValidationRequest:
    """Answer «to complete» with a message, or «not yet» with kind words of the list and some about the skill.

    «Validated» is a validation like any other (``validate_batch``), which answers by itself. Raises Refused.
    """
    with transaction() as session:
        person = upkeep.lock_people(session, [by.id, request.person_id])[request.person_id]
        session.refresh(request)
        facts = AnswerFacts(by.may("validation.write"), by.id == request.person_id, request.closed_at is not None)
        if refusals := answer_refusals(facts, outcome, code, text):
            raise Refused(refusals)
        upkeep_requests.close_seen(
            session,
            request,
            outcome,
            person,
            by,
            now,
            code=code if outcome == "not_yet" else None,
            answer=text.strip() or None,
        )
    return request


def _open_training(session: Session, person: Person, badge: Badge) -> TrainingRequest | None:
    return session.scalar(
        select(TrainingRequest).where(
            TrainingRequest.person_id == person.id,
            TrainingRequest.badge_id == badge.id,
            TrainingRequest.closed_at.is_(None),
        )
    )


def _open_seen(session: Session, person: Person, competency: Competency) -> ValidationRequest | None:
    return session.scalar(
        select(ValidationRequest).where(
            ValidationRequest.person_id == person.id,
            ValidationRequest.competency_id == competency.id,
            ValidationRequest.closed_at.is_(None),
        )
    )
