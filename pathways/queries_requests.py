"""What waits for the team, and what a young person asked: requests to be trained, to be seen, second looks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Integer, bindparam, exists, func, select
from sqlalchemy.orm import Session, joinedload

from fablab import ready
from fablab.people.models import Person
from pathways.models_badges import Badge, BadgeOpening
from pathways.models_groups import TrainingSession
from pathways.models_pathways import Competency, Level
from pathways.models_requests import TrainingRequest, ValidationRequest
from pathways.models_validations import LINE_OF, Mastery, Validation
from pathways.queries_ready import gaps_of
from pathways.rules_validating import to_second
from pathways.values_badges import Gap
from pathways.values_validating import Line

_SEEN = select(func.count()).select_from(ValidationRequest).where(ValidationRequest.closed_at.is_(None))
_TRAINED = select(func.count()).select_from(TrainingRequest).where(TrainingRequest.status == "waiting")
#: how many requests, to be seen or to be trained, wait for an answer: a number to ask for with others, in one statement
WAITING = _SEEN.scalar_subquery() + _TRAINED.scalar_subquery()


@dataclass(frozen=True)
class Asked:
    """A request to be trained, and what is missing today for the badge."""

    request: TrainingRequest
    gap: Gap | None


def trainings_by_badge(session: Session, now: datetime) -> dict[Badge, list[Asked]]:
    """The open requests to be trained, by badge in the house's order, oldest first. Eleven statements at most."""
    found = session.scalars(
        select(TrainingRequest)
        .join(TrainingRequest.badge)
        .where(TrainingRequest.closed_at.is_(None))
        .options(
            joinedload(TrainingRequest.person),
            joinedload(TrainingRequest.badge),
            joinedload(TrainingRequest.resource),
            joinedload(TrainingRequest.answered_by),
            joinedload(TrainingRequest.training_session),
        )
        .order_by(Badge.position, Badge.id, TrainingRequest.asked_at, TrainingRequest.id)
    ).all()
    gaps = gaps_of(session, list({request.person_id: request.person for request in found}.values()), now)
    lines: dict[Badge, list[Asked]] = defaultdict(list)
    for request in found:
        lines[request.badge].append(Asked(request, gaps[request.person_id].get(request.badge.code)))
    return dict(lines)


def training_by_public_id(session: Session, public_id: str) -> TrainingRequest | None:
    """One request to be trained, with who asked and for what."""
    found = select(TrainingRequest).where(TrainingRequest.public_id == public_id)
    wanted = (joinedload(TrainingRequest.person), joinedload(TrainingRequest.badge))
    return session.scalar(found.options(*wanted, joinedload(TrainingRequest.resource)))


def my_trainings(session: Session, person_id: int) -> dict[int, TrainingRequest]:
    """Somebody's open requests to be trained, by badge id."""
    found = session.scalars(
        select(TrainingRequest)
        .where(TrainingRequest.person_id == person_id, TrainingRequest.closed_at.is_(None))
        .options(
            joinedload(TrainingRequest.answered_by),
            joinedload(TrainingRequest.training_session),
            joinedload(TrainingRequest.badge),
        )
        .order_by(TrainingRequest.asked_at)
    )
    return {request.badge_id: request for request in found}


def lessons_to_join(session: Session, now: datetime, most: int = 30) -> Sequence[TrainingSession]:
    """The next sessions that somebody could be told to join, soonest first."""
    return session.scalars(
        select(TrainingSession)
        .where(TrainingSession.status == "planned", TrainingSession.starts_at > now)
        .options(joinedload(TrainingSession.group))
        .order_by(TrainingSession.starts_at)
        .limit(most)
    ).all()


@dataclass(frozen=True)
class Waiting:
    """A request to be seen, and the level that counts today."""

    request: ValidationRequest
    level: int


def seen_waiting(session: Session) -> list[Waiting]:
    """The open requests to be seen, oldest first. One statement."""
    held = (Mastery.person_id == ValidationRequest.person_id) & (
        Mastery.competency_id == ValidationRequest.competency_id
    )
    rows = session.execute(
        select(ValidationRequest, Mastery.level)
        .outerjoin(Mastery, held)
        .where(ValidationRequest.closed_at.is_(None))
        .options(joinedload(ValidationRequest.person), joinedload(ValidationRequest.competency))
        .order_by(ValidationRequest.asked_at, ValidationRequest.id)
        .limit(200)
    )
    return [Waiting(request, level or 0) for request, level in rows]


def seen_by_public_id(session: Session, public_id: str) -> ValidationRequest | None:
    """One request to be seen, with who asked and for what."""
    found = select(ValidationRequest).where(ValidationRequest.public_id == public_id)
    return session.scalar(found.options(joinedload(ValidationRequest.person), joinedload(ValidationRequest.competency)))


class MySeen(NamedTuple):
    """A request to be seen as who made it reads it: what they wrote, what came back and from whom."""

    competency_id: int
    public_id: str
    words: str
    outcome: str | None
    answer: str | None
    answer_code: str | None
    answered_by: str | None


def my_seen(session: Session, person_id: int) -> dict[int, MySeen]:
    """Somebody's latest request to be seen for each competency, by its id; those taken back are left out."""
    return {one.competency_id: one for one in ready.rows(session, _ASKED, {"person": person_id}, MySeen._make)}


_ASKED = (
    select(
        ValidationRequest.competency_id,
        ValidationRequest.public_id,
        ValidationRequest.words,
        ValidationRequest.outcome,
        ValidationRequest.answer,
        ValidationRequest.answer_code,
        Person.first_name,
    )
    .outerjoin(Person, Person.id == ValidationRequest.answered_by_id)
    .where(ValidationRequest.person_id == bindparam("person", type_=Integer()))
    .where(ValidationRequest.outcome.is_(None) | (ValidationRequest.outcome != "withdrawn"))
    .order_by(ValidationRequest.id)
)


def proposed(session: Session, person_ids: Iterable[int], competency_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """The level that each of these people thinks to have, by (person, competency): shown beside, never counted."""
    rows = session.execute(
        select(ValidationRequest.person_id, ValidationRequest.competency_id, ValidationRequest.own_level).where(
            ValidationRequest.closed_at.is_(None),
            ValidationRequest.person_id.in_(list(person_ids)),
            ValidationRequest.competency_id.in_(list(competency_ids)),
        )
    )
    return {(person_id, competency_id): level for person_id, competency_id, level in rows}


def waits_for_second(session: Session, person_id: int, competency_ids: Collection[int]) -> set[int]:
    """Of which of these competencies a level of somebody waits for a second person. One statement, none for none."""
    if not competency_ids:
        return set()
    mine = (Validation.person_id == person_id) & Validation.competency_id.in_(list(competency_ids))
    return {competency_id for (_person, competency_id), found in _lines(session, mine).items() if to_second(found)}


def second_looks(session: Session) -> list[Validation]:
    """The validations that wait for a second person, oldest first, one a person and competency. Two statements."""
    pairs = select(Validation.person_id, Validation.competency_id).where(Validation.needs_second).distinct().subquery()
    same = exists().where(pairs.c.person_id == Validation.person_id, pairs.c.competency_id == Validation.competency_id)
    found = _lines(session, same).values()
    return _with_words(session, [waiting[0].id for lines in found if (waiting := to_second(lines))])


def _lines(session: Session, wanted: ColumnElement[bool]) -> dict[tuple[int, int], list[Line]]:
    """The validations that are wanted, as the projection sees them, by person and competency."""
    lines: dict[tuple[int, int], list[Line]] = defaultdict(list)
    found = session.execute(select(*LINE_OF).where(wanted))
    for person_id, competency_id, id_, level, corrects_id, author_id, needs_second in found:
        lines[person_id, competency_id].append(Line(id_, level, corrects_id, author_id, needs_second))
    return lines


def _with_words(session: Session, ids: Collection[int]) -> list[Validation]:
    if not ids:
        return []
    found = select(Validation).where(Validation.id.in_(ids)).order_by(Validation.at, Validation.id)
    wanted = (joinedload(Validation.person), joinedload(Validation.competency), joinedload(Validation.author))
    return list(session.scalars(found.options(*wanted)))


def levels(session: Session) -> Sequence[Level]:
    """The levels that can be given, lowest first."""
    return session.scalars(select(Level).where(Level.level > 0).order_by(Level.level)).all()


def every_competency(session: Session) -> Sequence[Competency]:
    """All competencies of the house, in its order."""
    found = select(Competency).where(~Competency.draft)
    return session.scalars(found.order_by(Competency.position, Competency.id)).all()


def opened_by(session: Session, badge_id: int) -> list[str]:
    """The simple names of what a badge opens: sibling machines, one check for all."""
    found = select(BadgeOpening).where(BadgeOpening.badge_id == badge_id).options(joinedload(BadgeOpening.resource))
    return [opening.resource.simple_name for opening in session.scalars(found.order_by(BadgeOpening.id))]


def opened_by_all(session: Session) -> dict[int, list[str]]:
    """The simple names of what each badge opens, by badge id. One statement."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = select(BadgeOpening).options(joinedload(BadgeOpening.resource)).order_by(BadgeOpening.id)
    for opening in session.scalars(rows):
        found[opening.badge_id].append(opening.resource.simple_name)
    return dict(found)
