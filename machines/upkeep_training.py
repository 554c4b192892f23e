"""What a training slot brings: validations, badges, letters. Helpers that take the session, open no transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.refusals import Refused
from machines.models_training import TrainingSeat, TrainingSlot
from pathways import queries_ready, upkeep_badges, upkeep_requests, upkeep_validating
from pathways.models import Badge, Competency, EvidenceKind
from pathways.queries_standings import badge_standings, held_of, safety_badges
from pathways.rules_badges import badge_gap
from pathways.values_badges import BadgeTerms, lacks
from pathways.values_validating import Cell

HOME = "/"
#: what is done in front of the facilitator, on the machine: the proof of a training slot
SHOWN = "observation"


def tell_planned(session: Session, slot: TrainingSlot, by: Person, now: datetime) -> None:
    """Tell the learners of their slot, and whoever teaches when somebody else planned it."""
    said: dict[str, Any] = {
        "badge": slot.badge.name,
        "when": slot.booking.starts_at,
        "by": slot.facilitator.first_name,
        "machine": slot.booking.resource.simple_name,
    }
    for seat in slot.seats:
        tell(session, seat.person, "training-planned", key=f"training-planned:{seat.id}", now=now, link=HOME, **said)
    if slot.facilitator_id != by.id:
        key, link = f"training-planned:slot:{slot.id}", f"/formations/{slot.public_id}"
        tell(session, slot.facilitator, "training-planned", key=key, now=now, link=link, **said)


def write_result(
    session: Session, slot: TrainingSlot, seat: TrainingSeat, result: str, by: Person, now: datetime
) -> None:
    """How it went for one learner; who is not there yet waits again."""
    seat.state, seat.said_at = result, now
    if result == "validated":
        return
    if seat.request is not None:
        upkeep_requests.put_back(session, seat.request, now)
    if result == "again":
        said: dict[str, Any] = {"badge": slot.badge.name, "by": by.first_name}
        key = f"training-again:{seat.id}:{int(now.timestamp())}"
        tell(session, seat.person, "training-again", key=key, now=now, link=upkeep_requests.BADGES, **said)


def make_able(session: Session, slot: TrainingSlot, people: Sequence[Person], by: Person, now: datetime) -> list[str]:
    """Validate what the badge and those before it ask, and hand them over. Gives who waits for a second person.

    Raises Refused with every reason (no right, too young).
    """
    terms = {one.code: one for one in safety_badges(session)}
    chains = _chains(session, slot.badge, terms, people, now)
    cells = _cells(session, chains)
    if cells:
        key = f"training:{slot.id}:{int(now.timestamp())}:{people[0].id}"
        try:
            upkeep_validating.save_batch(session, None, by, cells, key=key, now=now)
        except Refused as refused:
            # All of it was seen already, and waits for a second person.
            if refused.codes != ["already_reached"]:
                raise
    twice = set(session.scalars(select(Competency.id).where(Competency.second_check)))
    waiting: list[str] = []
    for code in dict.fromkeys(one.code for chain in chains.values() for one in chain):
        asked = [person for person in people if any(one.code == code for one in chains[person])]
        able = _able(session, terms[code], asked, twice, now)
        waiting += [person.short_name for person in asked if person not in able]
        if able:
            badge = session.scalars(select(Badge).where(Badge.code == code)).one()
            upkeep_badges.give_badge(session, badge, able, by, now)
    return list(dict.fromkeys(waiting))


def _chains(
    session: Session, badge: Badge, terms: dict[str, BadgeTerms], people: Sequence[Person], now: datetime
) -> dict[Person, list[BadgeTerms]]:
    """For each person, the badges to hand over, those needed first: this one, and those before it not held today."""
    held = held_of(badge_standings(session, [person.id for person in people]), now)
    found = {}
    for person in people:
        wanted: list[BadgeTerms] = []
        _add(badge.code, terms, held[person.id], wanted)
        found[person] = [one for one in wanted if one.code == badge.code or one.code not in held[person.id]]
    return found


def _add(code: str, terms: dict[str, BadgeTerms], held: frozenset[str], wanted: list[BadgeTerms]) -> None:
    for needed in terms[code].prerequisites:
        if needed.code not in held and terms[needed.code] not in wanted:
            _add(needed.code, terms, held, wanted)
    if terms[code] not in wanted:
        wanted.append(terms[code])


def _cells(session: Session, chains: dict[Person, list[BadgeTerms]]) -> list[Cell]:
    """What is still to be validated for these badges, at the level they ask."""
    levels = queries_ready.levels_of(session, [person.id for person in chains])
    evidence = SHOWN if session.get(EvidenceKind, SHOWN) is not None else None
    cells = []
    for person, chain in chains.items():
        asked: dict[int, int] = {}
        for badge in chain:
            for need in badge.requirements:
                asked[need.competency_id] = max(asked.get(need.competency_id, 0), need.level)
        cells += [
            Cell(person.id, competency_id, level, evidence=evidence)
            for competency_id, level in asked.items()
            if levels[person.id].get(competency_id, 0) < level
        ]
    return cells


def _able(
    session: Session, badge: BadgeTerms, people: Sequence[Person], twice: set[int], now: datetime
) -> list[Person]:
    """Those of these people to whom the badge can be handed; not those who only wait for a second person's look."""
    levels = queries_ready.levels_of(session, [person.id for person in people])
    standings = badge_standings(session, [person.id for person in people])
    found = []
    for person in people:
        held = {code for code in standings[person.id] if not lacks(standings[person.id], code, now, now)}
        gap = badge_gap(badge, levels[person.id], held, person.birth_date, clock.local_day(now))
        waits = gap.missing and all(need.competency_id in twice for need in gap.missing)
        before = any(needed.code not in held for needed in badge.prerequisites)
        if not waits and not (before and _waits_before(badge, levels[person.id], twice, session)):
            found.append(person)
    return found


def _waits_before(badge: BadgeTerms, levels: dict[int, int], twice: set[int], session: Session) -> bool:
    """Whether a badge needed first is itself only waiting for a second person's look."""
    for needed in safety_badges(session, [one.code for one in badge.prerequisites]):
        missing = [need for need in needed.requirements if levels.get(need.competency_id, 0) < need.level]
        if missing and all(need.competency_id in twice for need in missing):
            return True
    return False
