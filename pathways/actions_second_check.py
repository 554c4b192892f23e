"""Which competencies two people must see before a level counts; set by the coordination."""

from datetime import datetime

from fablab import journal
from fablab.db import transaction
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways.models_pathways import Competency
from pathways.rules_validating import two_looks_refusals


def ask_for_two(competency: Competency, by: Person, now: datetime) -> Competency:
    """From now on a level of this competency counts once a second person saw it. Raises Refused."""
    return _set(competency, by, now, wanted=True)


def one_is_enough(competency: Competency, by: Person, now: datetime) -> Competency:
    """From now on one person is enough; what waits for a second one still waits. Raises Refused."""
    return _set(competency, by, now, wanted=False)


def _set(competency: Competency, by: Person, now: datetime, *, wanted: bool) -> Competency:
    with transaction() as session:
        if refusals := two_looks_refusals(may_set=by.may("validation.right")):
            raise Refused(refusals)
        competency = session.get_one(Competency, competency.id, with_for_update=True)
        if competency.second_check != wanted:
            competency.second_check = wanted
            journal.note(session, "competency.second_check", "competency", competency.id, by=by, now=now, on=wanted)
    return competency
