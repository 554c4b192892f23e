"""The demonstration's pathway at one's own pace: the charter, the choices, an afternoon at the open lab."""

from datetime import datetime, timedelta

from fablab.db import db
from fablab.people.models import Person
from pathways import actions
from pathways.queries_own_pace import offers_of
from pathways.queries_own_pace_list import my_enrolment

CODE = "PASSEUR"


def accept(person_id: int, now: datetime) -> None:
    """Somebody just enrolled reads the charter and accepts it."""
    enrolment = my_enrolment(db.session(), person_id, CODE)
    if enrolment is not None:
        actions.accept_charter(enrolment, db.session.get_one(Person, person_id), now)


def choose(person_id: int, now: datetime) -> None:
    """Somebody chooses: from the middle of each list, what the other pathways teach least."""
    enrolment = my_enrolment(db.session(), person_id, CODE)
    if enrolment is not None:
        offers = offers_of(db.session(), enrolment)
        chosen = {
            one.code: [option.code for option in one.options[len(one.options) // 2 :]][: one.count] for one in offers
        }
        actions.choose(enrolment, chosen, db.session.get_one(Person, person_id), now)


def afternoon(person_id: int, by: Person, now: datetime) -> None:
    """Somebody was at the open lab for the last hours, and leaves."""
    visit = actions.arrive(db.session.get_one(Person, person_id), by, now - timedelta(hours=2, minutes=30))
    actions.leave_lab(visit, by, now)
