"""What several actions of training share. Helpers: they take the session and open no transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fablab.people import upkeep as people_upkeep
from fablab.people.models import Person
from pathways.models_badges import Award
from pathways.models_groups import OPEN_ENROLMENT, Enrolment
from pathways.queries_presence import Presence, presences
from pathways.upkeep_settling import EARNING, Settling

#: where a young person reads about their path
PATH = "/mon-parcours"


def lock_people(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """Lock these people, by id, and give them as they stand now; whoever validates them at once waits.

    After the lock of the house, where both are needed. Raises Refused (merged): one of them is another account now.
    """
    # Not FOR UPDATE: rows that only refer to a person (a booking, a letter) need not wait for us.
    ordered = select(Person).where(Person.id.in_(set(person_ids))).order_by(Person.id)
    locked = session.scalars(ordered.with_for_update(key_share=True), execution_options={"populate_existing": True})
    found = {person.id: person for person in locked}
    if any(person.merged_into_id is not None for person in found.values()):
        people_upkeep.require_not_merged(session, list(found))
    return found


# --- what follows by itself ---------------------------------------------------------------------


def settle(session: Session, people: Mapping[int, Person], now: datetime) -> list[Award]:
    """Bring what follows from validations and attendance up to date, for people who are locked.

    First attendances (a place of the year), stage badges, pathway badges and finished enrolments; what no longer
    follows, after a correction, is ended with a reason. Gives the awards that came. Source: badges_competence
    in pathways/data/pathways.yaml (all competencies of the stage; four stages and the attendance).
    """
    session.flush()
    enrolments = session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id.in_(people))
        .order_by(Enrolment.id)
        .options(
            joinedload(Enrolment.group),
            joinedload(Enrolment.version),
        )
    ).all()
    if not enrolments:
        return []
    came = presences(session, enrolments)
    for enrolment in enrolments:
        _begin(enrolment, came[enrolment.id])
    settling = Settling(session, enrolments, now)
    for enrolment in _one_each(enrolments):
        settling.settle(enrolment, people[enrolment.person_id], came[enrolment.id])
    session.flush()
    return settling.awarded


def _begin(enrolment: Enrolment, presence: Presence) -> None:
    """A first attendance fills a place of the year; one that was a mistake gives it back."""
    if enrolment.status not in OPEN_ENROLMENT:
        return
    enrolment.first_attended_on = presence.first_on
    enrolment.status = "under_way" if presence.first_on else "enrolled"


def _one_each(enrolments: Sequence[Enrolment]) -> list[Enrolment]:
    """One enrolment a person and version: somebody who left and came back earns each badge once."""
    chosen: dict[tuple[int, int], Enrolment] = {}
    for enrolment in sorted(enrolments, key=lambda one: (one.status in EARNING, one.id)):
        chosen[enrolment.person_id, enrolment.version_id] = enrolment
    return list(chosen.values())
