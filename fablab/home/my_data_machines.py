"""What is held about somebody's work on machines: a section of «Mes données»."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from fablab.home.my_data_line import Line, line_of
from fablab.i18n import lazy, say_hour
from fablab.people.models import Person
from machines.forms_use import STATES
from machines.queries_use import uses_of_person


def uses(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """When I began and ended, with which material, and how the machine was left."""
    for one in uses_of_person(session, person.id, limit):
        ended = say_hour(one.ended_at) if one.ended_at else None
        taken_back = lazy("commencé par erreur") if one.taken_back_at else None
        words = (one.material, ", ".join(one.ticked), ended, STATES.get(one.state or ""), one.material_used, one.remark)
        yield line_of(one.started_at, one.booking.resource.simple_name, *words, one.correction, taken_back)
