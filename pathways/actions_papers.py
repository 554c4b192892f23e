"""The papers of an enrolment: ticked as they come, and taken back; who keeps the authorisations of a group."""

from datetime import date, datetime

from sqlalchemy import Select, select

from fablab import clock, journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import upkeep, upkeep_enrolling
from pathways.models_groups import Enrolment, Group
from pathways.models_papers import EnrolmentPaper
from pathways.rules_papers import keeping_refusals, receive_refusals, recording_refusals


def receive_paper(enrolment: Enrolment, paper: str, received_on: date, by: Person, now: datetime) -> EnrolmentPaper:
    """Note that a paper came, with its day. Noted already, nothing changes. Raises Refused."""
    with transaction() as session:
        upkeep.lock_people(session, [enrolment.person_id])
        enrolment = session.get_one(Enrolment, enrolment.id, populate_existing=True)
        if refusals := receive_refusals(
            paper,
            {one["paper"] for one in enrolment.version.papers},
            received_on,
            clock.local_day(now),
            may_manage=by.may("group.manage"),
            ended=enrolment.ended_on is not None,
        ):
            raise Refused(refusals)
        held = session.scalar(_held(enrolment.id, paper))
        if held is not None:
            return held
        held = EnrolmentPaper(
            enrolment_id=enrolment.id, paper=paper, received_on=received_on, recorded_at=now, recorded_by_id=by.id
        )
        session.add(held)
        session.flush()
        about = journal.people([enrolment.person_id])
        journal.note(session, "paper.receive", "enrolment", enrolment.id, by=by, now=now, about=about, paper=paper)
    return held


def paper_not_received(enrolment: Enrolment, paper: str, by: Person, now: datetime) -> None:
    """Say that a paper noted as received never came; not noted, nothing changes. Raises Refused."""
    with transaction() as session:
        if refusals := recording_refusals(by_team=by.may("group.manage")):
            raise Refused(refusals)
        upkeep.lock_people(session, [enrolment.person_id])
        held = session.scalar(_held(enrolment.id, paper))
        if held is not None:
            held.taken_back_at, held.taken_back_by_id = now, by.id
            about = journal.people([enrolment.person_id])
            journal.note(
                session, "paper.take_back", "enrolment", enrolment.id, by=by, now=now, about=about, paper=paper
            )


def say_held_by(group: Group, held_by: str, by: Person, now: datetime) -> Group:
    """Say which school or body keeps the parental authorisations of a group; empty: the house does. Raises Refused."""
    with transaction() as session:
        if refusals := keeping_refusals(by_team=by.may("group.manage")):
            raise Refused(refusals)
        group = upkeep_enrolling.locked_group(session, group.id)
        before, after = group.authorisations_held_by, held_by.strip() or None
        if before != after:
            group.authorisations_held_by = after
            journal.note(session, "group.held_by", "training_group", group.id, by=by, now=now, elsewhere=bool(after))
    return group


def _held(enrolment_id: int, paper: str) -> Select[EnrolmentPaper]:
    return select(EnrolmentPaper).where(
        EnrolmentPaper.enrolment_id == enrolment_id,
        EnrolmentPaper.paper == paper,
        EnrolmentPaper.taken_back_at.is_(None),
    )
