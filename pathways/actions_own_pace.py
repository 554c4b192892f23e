"""What somebody does at their own pace: choosing competencies and badges, accepting the charter."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep
from pathways.models_badges import Award
from pathways.models_groups import Enrolment
from pathways.models_own_pace import EnrolmentChoice
from pathways.models_papers import EnrolmentPaper
from pathways.queries_own_pace import offers_of
from pathways.rules_own_pace import charter_refusals, choice_refusals, last_day
from pathways.values_own_pace import ChoiceFacts

#: the paper that is accepted on a page
CHARTER = "passeur_charter"


def choose(enrolment: Enrolment, chosen: Mapping[str, Collection[str]], by: Person, now: datetime) -> list[Award]:
    """Choose so many competencies and badges of one's own pathway; chosen anew until validated. Raises Refused.

    What follows by itself does: a stage may be complete. Gives the badges that came.
    """
    with transaction() as session:
        people = upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        offers = offers_of(session, enrolment)
        if refusals := choice_refusals(offers, chosen, _facts(enrolment, by, now)):
            raise Refused(refusals)
        changed = False
        for offer in offers:
            wanted = set(chosen[offer.code])
            held = {one.code: one for one in _held(session, enrolment.id, offer.code)}
            for code in set(held) - wanted:
                held[code].dropped_at, changed = now, True
            for code in sorted(wanted - set(held)):
                row = EnrolmentChoice(enrolment_id=enrolment.id, offer=offer.code, code=code, chosen_at=now)
                session.add(row)
                changed = True
        if not changed:
            return []
        session.flush()
        about = journal.people([enrolment.person_id])
        codes = {offer.code: sorted(chosen[offer.code]) for offer in offers}
        journal.note(session, "choice.make", "enrolment", enrolment.id, by=by, now=now, about=about, chosen=codes)
        return upkeep.settle(session, people, now)


def accept_charter(enrolment: Enrolment, by: Person, now: datetime) -> EnrolmentPaper:
    """Accept the charter of one's pathway, on this day; accepted already, nothing changes. Raises Refused."""
    with transaction() as session:
        upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        facts = _facts(enrolment, by, now)
        asked = CHARTER in {one["paper"] for one in enrolment.version.papers}
        if refusals := charter_refusals(facts, has_charter=bool(enrolment.version.charter) and asked):
            raise Refused(refusals)
        mine = (EnrolmentPaper.enrolment_id == enrolment.id, EnrolmentPaper.paper == CHARTER)
        held = session.scalar(select(EnrolmentPaper).where(*mine, EnrolmentPaper.taken_back_at.is_(None)))
        if held is None:
            held = EnrolmentPaper(
                enrolment_id=enrolment.id,
                paper=CHARTER,
                received_on=facts.today,
                recorded_at=now,
                recorded_by_id=by.id,
            )
            session.add(held)
            session.flush()
            about = journal.people([enrolment.person_id])
            journal.note(session, "charter.accept", "enrolment", enrolment.id, by=by, now=now, about=about)
    return held


def _facts(enrolment: Enrolment, by: Person, now: datetime) -> ChoiceFacts:
    return ChoiceFacts(
        is_mine=enrolment.person_id == by.id,
        ended=enrolment.ended_on is not None or enrolment.status == "referred",
        last_day=last_day(enrolment.enrolled_on, enrolment.version.max_months) if enrolment.group_id is None else None,
        today=clock.local_day(now),
    )


def _held(session: Session, enrolment_id: int, offer: str) -> list[EnrolmentChoice]:
    found = select(EnrolmentChoice).where(
        EnrolmentChoice.enrolment_id == enrolment_id,
        EnrolmentChoice.offer == offer,
        EnrolmentChoice.dropped_at.is_(None),
    )
    return list(session.scalars(found))
