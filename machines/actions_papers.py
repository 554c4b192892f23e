"""Papers of young people on which machines depend: what was booked is asked again when they change."""

from datetime import datetime

from bookings import queries as engine
from bookings import upkeep as engine_upkeep
from bookings.upkeep_again import Outcome, ask_again_about
from fablab import clock, journal
from fablab.db import transaction
from fablab.people import queries_file, rules_trainee
from fablab.people.models import Person
from fablab.people.models_file import Traineeship
from fablab.people.rules_trainee import Trainee
from fablab.refusals import Refused


def record_traineeship(person: Person, asked: Trainee, by: Person, now: datetime) -> Outcome:
    """Write whether somebody is a vocational trainee and under which derogation; bookings are asked again.

    Raises Refused: derogation_half, medical_future.
    """
    today = clock.local_day(now)
    if found := rules_trainee.refusals(asked, today):
        raise Refused(found)
    with transaction() as session:
        engine.lock_house(session)
        engine_upkeep.lock_people(session, [person.id])
        held = queries_file.traineeship_of(session, person.id)
        if held:
            held.until = today
        if asked.is_trainee:
            session.add(
                Traineeship(
                    person_id=person.id,
                    since=today,
                    reference=asked.reference,
                    derogation_until=asked.derogation_until,
                    medical_opinion_on=asked.medical_opinion_on,
                    recorded_at=now,
                    recorded_by_id=by.id,
                )
            )
        journal.note(session, "person.trainee", "person", person.id, by=by, now=now, trainee=asked.is_trainee)
        session.flush()
        return ask_again_about(session, [person.id], now)
