"""Who helps in a session of another group: named by the team, told, taken away; and whether they came."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bookings.queries import lock_house
from bookings.values import Slot
from fablab import clock, journal
from fablab.db import transaction
from fablab.outbox import tell
from fablab.people.models import Person
from fablab.people.rules import may_take_part
from fablab.refusals import Refused
from pathways import upkeep, upkeep_sessions, upkeep_telling
from pathways.models_groups import TrainingSession
from pathways.models_own_pace import SessionHelper
from pathways.queries_helpers import follows_own_pace
from pathways.queries_sessions import expected_at, meetings
from pathways.rules_own_pace import helper_end_refusals, helper_refusals
from pathways.rules_papers import SESSIONS
from pathways.rules_sessions import crossings, roll_refusals
from pathways.values_own_pace import HelperFacts
from pathways.values_sessions import Meeting


def name_helper(training_session: TrainingSession, person: Person, by: Person, now: datetime) -> SessionHelper:
    """Let somebody who follows a pathway at their own pace help in a session: one head more. Raises Refused.

    They are told. Named already, nothing changes.
    """
    with transaction() as session:
        # The house first, as every act that counts people in its rooms.
        lock_house(session)
        person = upkeep.lock_people(session, [person.id])[person.id]
        training_session = session.get_one(TrainingSession, training_session.id, populate_existing=True)
        named = session.scalar(_named(training_session.id, person.id))
        if named is not None:
            return named
        if refusals := helper_refusals(_facts(session, training_session, person, by, now)):
            raise Refused(refusals)
        helper = SessionHelper(session_id=training_session.id, person_id=person.id, named_at=now, named_by_id=by.id)
        session.add(helper)
        session.flush()
        upkeep_sessions.require_room(session, training_session, now)
        _tell(session, helper, training_session, person, "helper-named", now)
        _note(session, "helper.name", helper, by, now)
    return helper


def helps_no_more(helper: SessionHelper, by: Person, now: datetime) -> SessionHelper:
    """Somebody does not help in a session after all, before it is over; they are told. Raises Refused."""
    with transaction() as session:
        lock_house(session)
        people = upkeep.lock_people(session, [helper.person_id])
        helper = session.get_one(SessionHelper, helper.id, populate_existing=True)
        if refusals := helper_end_refusals(may_manage=by.may("group.manage")):
            raise Refused(refusals)
        if helper.ended_at is None:
            helper.ended_at = now
            lesson = session.get_one(TrainingSession, helper.session_id)
            if lesson.ends_at > now:
                _tell(session, helper, lesson, people[helper.person_id], "helper-ended", now)
            _note(session, "helper.end", helper, by, now)
            upkeep.settle(session, people, now)
    return helper


def say_helper_came(helper: SessionHelper, came: bool, by: Person, now: datetime) -> SessionHelper:
    """Note whether somebody who was to help was there; their hours follow. Raises Refused."""
    with transaction() as session:
        people = upkeep.lock_people(session, [helper.person_id])
        helper = session.get_one(SessionHelper, helper.id, populate_existing=True)
        lesson = session.get_one(TrainingSession, helper.session_id)
        if refusals := roll_refusals(may_lead=by.may("session.lead"), starts_at=lesson.starts_at, now=now):
            raise Refused(refusals)
        if helper.ended_at is None and helper.came is not came:
            before, helper.came = helper.came, came
            _note(session, "helper.came", helper, by, now, before=before, came=came)
            upkeep.settle(session, people, now)
    return helper


def _facts(
    session: Session, training_session: TrainingSession, person: Person, by: Person, now: datetime
) -> HelperFacts:
    day = clock.local_day(training_session.starts_at)
    mine = [Meeting(person.id, part.starts_at, part.ends_at, "") for part in training_session.parts]
    span = Slot(training_session.starts_at, training_session.ends_at)
    crossed = crossings(mine, meetings(session, [person.id], span, besides=training_session.id))
    return HelperFacts(
        name=person.short_name,
        may_manage=by.may("group.manage"),
        own_pace=follows_own_pace(session, person.id, day),
        of_the_group=person.id in expected_at(session, [training_session])[training_session.id],
        authorised=may_take_part(person.birth_date, person.authorisations, SESSIONS, day),
        planned=training_session.status == "planned",
        over=training_session.ends_at <= now,
        elsewhere=crossed[0][1].what if crossed else "",
    )


def _named(session_id: int, person_id: int) -> Select[SessionHelper]:
    return select(SessionHelper).where(
        SessionHelper.session_id == session_id,
        SessionHelper.person_id == person_id,
        SessionHelper.ended_at.is_(None),
    )


def _tell(
    session: Session, helper: SessionHelper, lesson: TrainingSession, person: Person, notice: str, now: datetime
) -> None:
    link = f"/seances-ou-j-aide/{lesson.public_id}" if notice == "helper-named" else upkeep.PATH
    tell(
        session,
        person,
        notice,
        key=f"{notice}:{helper.id}",
        now=now,
        link=link,
        entries=[upkeep_telling.entry_of(lesson, link)] if notice == "helper-named" else [],
        title=lesson.title,
        when=lesson.starts_at,
    )


def _note(
    session: Session, verb: str, helper: SessionHelper, by: Person, now: datetime, **details: bool | None
) -> None:
    about = [*journal.people([helper.person_id]), ("training_session", helper.session_id)]
    journal.note(session, verb, "session_helper", helper.id, by=by, now=now, about=about, **details)
