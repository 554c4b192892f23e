"""What happens to a session, told to whoever takes part and whoever leads it, with what their calendar needs."""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.calendars import Entry
from fablab.outbox import confirm, overtake, tell
from fablab.people.models import Person
from pathways.models_groups import Enrolment, TrainingSession
from pathways.models_own_pace import SessionHelper
from pathways.models_pathways import PathwayVersion
from pathways.queries_sessions import expected_at
from pathways.upkeep import PATH

#: how many of the group's next sessions somebody who is enrolled is told
TOLD_AT_MOST = 3


def entry_of(training_session: TrainingSession, link: str = PATH) -> Entry:
    """A session in somebody's calendar."""
    state = "cancelled" if training_session.status == "cancelled" else "confirmed"
    uid, title = f"session-{training_session.public_id}", training_session.title
    return Entry(uid, title, training_session.starts_at, training_session.ends_at, state, link)


def tell_everyone(
    session: Session, training_session: TrainingSession, notice: str, by: Person, now: datetime, **context: Any
) -> None:
    """Tell the people of the group, who helps and the leads; a lead who did it gets a letter, for their calendar."""
    leads = {lead.person_id for lead in training_session.leads}
    # The hour too: moved, and back at once, it is told twice.
    mark = f"{int(training_session.starts_at.timestamp())}:{int(now.timestamp())}"
    helping = select(SessionHelper.person_id).where(
        SessionHelper.session_id == training_session.id, SessionHelper.ended_at.is_(None)
    )
    ids = set(expected_at(session, [training_session])[training_session.id]) | leads | set(session.scalars(helping))
    for person in session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)):
        link = f"/seances/{training_session.public_id}" if person.id in leads else PATH
        about = f"session:{training_session.id}"
        if person.id == by.id:
            overtake(session, person, about, now)
        say = confirm if person.id == by.id else partial(tell, about=about)
        say(
            session,
            person,
            notice,
            key=f"{notice}:{training_session.id}:{person.id}:{mark}",
            now=now,
            link=link,
            entries=[entry_of(training_session, link)],
            title=training_session.title,
            when=training_session.starts_at,
            **context,
        )


def tell_enrolled(
    session: Session, enrolment: Enrolment, person: Person, version: PathwayVersion, now: datetime
) -> None:
    """Tell somebody that they are enrolled, with the group's next sessions."""
    planned = select(TrainingSession).where(
        TrainingSession.group_id == enrolment.group_id,
        TrainingSession.status == "planned",
        TrainingSession.starts_at > now,
    )
    coming = session.scalars(planned.order_by(TrainingSession.starts_at, TrainingSession.id).limit(TOLD_AT_MOST)).all()
    tell(
        session,
        person,
        "enrolled",
        key=f"enrolled:{enrolment.id}",
        now=now,
        link=PATH,
        entries=[entry_of(one) for one in coming],
        pathway=version.short_title,
        coming=coming,
    )
