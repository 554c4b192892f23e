"""The sessions in somebody's own calendar."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fablab.calendars import Entry
from pathways.models_groups import Enrolment, SessionLead, TrainingSession
from pathways.models_own_pace import SessionHelper
from pathways.upkeep import PATH
from pathways.upkeep_telling import entry_of


def sessions_of(session: Session, person_id: int, start: datetime, end: datetime, most: int) -> list[Entry]:
    """The sessions that somebody follows, helps in or leads and that begin in a time, cancelled ones too.

    Soonest first, each once; two statements.
    """
    followed = select(Enrolment.group_id).where(
        Enrolment.person_id == person_id, Enrolment.ended_on.is_(None), Enrolment.status != "referred"
    )
    led = select(SessionLead.session_id).where(SessionLead.person_id == person_id)
    helped = select(SessionHelper.session_id).where(
        SessionHelper.person_id == person_id, SessionHelper.ended_at.is_(None)
    )
    mine = or_(TrainingSession.group_id.in_(followed), TrainingSession.id.in_(led), TrainingSession.id.in_(helped))
    found = select(TrainingSession).where(mine, TrainingSession.starts_at >= start, TrainingSession.starts_at < end)
    leads = set(session.scalars(led))
    return [
        entry_of(one, f"/seances/{one.public_id}" if one.id in leads else PATH)
        for one in session.scalars(found.order_by(TrainingSession.starts_at, TrainingSession.id).limit(most))
    ]
