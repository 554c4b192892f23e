"""Safety badges taken back, with a reason, or undone the same day; what was booked with them is asked again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bookings.queries import coming_of, lock_house
from bookings.upkeep_again import ask_again
from fablab import clock, journal, reasons
from fablab.db import transaction
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.reasons import Why
from fablab.refusals import Refusal, Refused
from pathways import upkeep, upkeep_settling
from pathways.models_badges import Award
from pathways.rules_badges import chosen_refusals, revoke_refusals
from pathways.rules_restoring import undo_hand_over_refusals


def revoke_many(awards: Sequence[Award], reason: str, by: Person, now: datetime) -> list[Award]:
    """Take a safety badge back from several people for one reason: all or nothing. Raises Refused.

    What they booked with it is asked again in the same transaction, and each is told.
    """
    with transaction() as session:
        lock_house(session)
        people = upkeep.lock_people(session, [award.person_id for award in awards])
        standing = [session.get_one(Award, award.id, populate_existing=True) for award in awards]
        refusals: dict[str, Refusal] = {one.code: one for one in chosen_refusals(len(awards))}
        for award in standing:
            found = revoke_refusals(
                may_revoke=by.may("badge.revoke"),
                oneself=by.id == award.person_id,
                is_safety=award.badge.kind == "safety",
                reason=reason,
            )
            refusals |= {one.code: one for one in found}
        if refusals:
            raise Refused(list(refusals.values()))
        ended = [award for award in standing if award.ended_at is None]
        for award in ended:
            _take_back(session, award, reason, by, now)
        session.flush()
        ask_again(session, coming_of(session, [award.person_id for award in ended], now), now)
        for award in ended:
            _tell(session, award, people[award.person_id], now)
    return ended


def revoke(award: Award, why: Why, by: Person, now: datetime) -> Award:
    """Take a safety badge back from somebody, for words typed or codes; what they booked with it is asked again.

    Every award of that badge still in force ends with it (a renewal and the award it follows are one right).
    Raises Refused. A badge already taken back is left as it is.
    """
    with transaction() as session:
        lock_house(session)
        person = upkeep.lock_people(session, [award.person_id])[award.person_id]
        award = session.get_one(Award, award.id, populate_existing=True)
        if award.ended_at is not None:
            return award
        if refusals := revoke_refusals(
            may_revoke=by.may("badge.revoke"),
            oneself=by.id == person.id,
            is_safety=award.badge.kind == "safety",
            reason=why if isinstance(why, str) else "coded",
        ):
            raise Refused(refusals)
        _take_back(session, award, why, by, now)
        session.flush()
        ask_again(session, coming_of(session, [person.id], now), now)
        _tell(session, award, person, now)
    return award


def undo_hand_over(awards: Sequence[Award], by: Person, now: datetime) -> None:
    """Badges handed to the wrong people, undone by who gave them, the same day: as if they had never been held.

    All or none. The people are told, and what they booked with them is asked again; an earlier award of the same
    badge goes on. What is undone or taken back already is left as it is. Raises Refused.
    """
    with transaction() as session:
        lock_house(session)
        people = upkeep.lock_people(session, [award.person_id for award in awards])
        for given in awards:
            award = session.get_one(Award, given.id, populate_existing=True)
            if award.ended_at is not None:
                continue
            if refusals := undo_hand_over_refusals(
                award.author_id,
                clock.local_day(award.awarded_at),
                by.id,
                clock.local_day(now),
                safety=award.badge.kind == "safety",
            ):
                raise Refused(refusals)
            _undo(session, award, people[award.person_id], by, now)
        ask_again(session, coming_of(session, list(people), now), now)


def _undo(session: Session, award: Award, person: Person, by: Person, now: datetime) -> None:
    _end(award, [{"code": "handed_by_mistake"}], by, now)
    # It follows nothing and takes no turn: the badge may be handed over again, to this person too.
    award.undone_at, award.renews_id, award.key = now, None, f"undone:{award.id}"
    session.flush()
    about = journal.people([person.id])
    journal.note(session, "badge.undo", "award", award.id, by=by, now=now, about=about)
    _tell(session, award, person, now)


def _take_back(session: Session, award: Award, why: Why, by: Person, now: datetime) -> None:
    for one in _in_force(session, award, now):
        _end(one, why, by, now)
        journal.note(session, "badge.revoke", "award", one.id, by=by, now=now, about=journal.people([one.person_id]))


def _end(award: Award, why: Why, by: Person, now: datetime) -> None:
    typed, codes = reasons.parted(why)
    award.ended_at, award.ended_by_id = now, by.id
    award.ended_reason, award.ended_reasons = (typed or "").strip(), codes


def _tell(session: Session, award: Award, person: Person, now: datetime) -> None:
    said: dict[str, Any] = {"badge": award.badge_name, "reason": award.ended_reason, "reasons": award.ended_reasons}
    tell(session, person, "badge-ended", key=f"badge-ended:{award.id}", now=now, link=upkeep_settling.BADGES, **said)


def _in_force(session: Session, award: Award, now: datetime) -> Sequence[Award]:
    """This award and whatever else of the same badge still holds for the person."""
    return session.scalars(
        select(Award)
        .where(
            Award.person_id == award.person_id,
            Award.badge_id == award.badge_id,
            Award.ended_at.is_(None),
            or_(Award.id == award.id, Award.expires_at.is_(None), Award.expires_at > now),
        )
        .order_by(Award.id)
    ).all()
