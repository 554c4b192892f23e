"""The right to validate for a safety badge, from a day to another; given and ended by the coordination.

Training slots to come that somebody teaches are asked again: who may no longer validate cannot teach.
"""

from datetime import date, datetime

from bookings.queries import lock_house
from bookings.upkeep_again import ask_again_about
from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways.models_badges import Badge, ValidatorRight
from pathways.queries_restoring import end_of_right
from pathways.rules_badges import right_end_refusals, right_refusals
from pathways.rules_restoring import right_return_refusals


def give_right(
    person: Person, badge: Badge, since: date, until: date | None, by: Person, now: datetime
) -> ValidatorRight:
    """Let somebody of the team validate for a safety badge and hand it over, both days included. Raises Refused."""
    with transaction() as session:
        lock_house(session)
        if refusals := right_refusals(
            may_give=by.may("validation.right"),
            is_team=person.may("badge.award"),
            is_safety=badge.kind == "safety",
            since=since,
            until=until,
        ):
            raise Refused(refusals)
        right = ValidatorRight(person_id=person.id, badge_id=badge.id, since=since, until=until, given_by_id=by.id)
        session.add(right)
        session.flush()
        journal.note(
            session,
            "right.give",
            "validator_right",
            right.id,
            by=by,
            now=now,
            about=journal.people([person.id]),
            badge=badge.code,
        )
        ask_again_about(session, [person.id], now)
    return right


def end_right(right: ValidatorRight, last_day: date, by: Person, now: datetime) -> ValidatorRight:
    """End a right on a day, which still counts. What was validated with it stays. Raises Refused.

    A right that ends earlier by itself is left as it is: ending never gives days back. Ended on
    a day before it began, it holds on no day.
    """
    with transaction() as session:
        if refusals := right_end_refusals(may_end=by.may("validation.right")):
            raise Refused(refusals)
        lock_house(session)
        right = session.get_one(ValidatorRight, right.id, with_for_update=True)
        if right.until is not None and right.until <= last_day:
            return right
        before = right.until.isoformat() if right.until else None
        right.until = last_day
        journal.note(
            session,
            "right.end",
            "validator_right",
            right.id,
            by=by,
            now=now,
            about=journal.people([right.person_id]),
            before=before,
        )
        ask_again_about(session, [right.person_id], now)
    return right


def return_right(right: ValidatorRight, by: Person, now: datetime) -> ValidatorRight:
    """Give a right ended by mistake its days back, the same day. Raises Refused."""
    with transaction() as session:
        lock_house(session)
        right = session.get_one(ValidatorRight, right.id, with_for_update=True)
        ended = end_of_right(session, right.id)
        if refusals := right_return_refusals(
            may_give=by.may("validation.right"),
            ended_on=clock.local_day(ended.at) if ended else None,
            today=clock.local_day(now),
        ):
            raise Refused(refusals)
        before = ended.details.get("before") if ended else None
        right.until = date.fromisoformat(before) if before else None
        about = journal.people([right.person_id])
        journal.note(session, "right.return", "validator_right", right.id, by=by, now=now, about=about)
        ask_again_about(session, [right.person_id], now)
    return right
