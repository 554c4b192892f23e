"""What is held about somebody's work on machines, and what they said of them: sections of «Mes données»."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fablab.home.my_data_line import Line, line_of
from fablab.i18n import _, in_french, lazy, say_hour, say_length
from fablab.people.models import Person
from machines.forms_use import STATES
from machines.models_care import CareLine
from machines.models_repair import Ticket
from machines.models_waiting import Waiting
from machines.queries_use import uses_of_person


def uses(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """When I began and ended, with which material, and how the machine was left."""
    for one in uses_of_person(session, person.id, limit):
        ended = say_hour(one.ended_at) if one.ended_at else None
        taken_back = lazy("commencé par erreur") if one.taken_back_at else None
        words = (
            in_french(one.material or ""),
            in_french(", ".join(one.ticked)),
            ended,
            STATES.get(one.state or ""),
            one.material_used,
            one.remark,
        )
        yield line_of(one.started_at, in_french(one.booking.resource.simple_name), *words, one.correction, taken_back)


def reports(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """The problems of machines that I told."""
    told = select(Ticket).where(Ticket.reported_by_id == person.id).options(joinedload(Ticket.machine))
    for one in session.scalars(told.order_by(Ticket.id.desc()).limit(limit)):
        photo = _("avec une photo") if one.file_key else ""
        yield line_of(one.reported_at, in_french(one.machine.simple_name), one.text, photo)


def log_lines(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """What I wrote in the logs of machines."""
    wrote = select(CareLine).where(CareLine.written_by_id == person.id).options(joinedload(CareLine.machine))
    for one in session.scalars(wrote.order_by(CareLine.id.desc()).limit(limit)):
        taken_back = lazy("reprise") if one.taken_back_at else None
        yield line_of(one.written_at, in_french(one.machine.simple_name), one.words, taken_back)


def waits(session: Session, person: Person, limit: int) -> Iterator[Line]:
    """The machines for which I waited, and for how long a time."""
    asked = select(Waiting).where(Waiting.person_id == person.id).options(joinedload(Waiting.machine))
    for one in session.scalars(asked.order_by(Waiting.id.desc()).limit(limit)):
        offered = _("une heure m’a été proposée") if one.offered_until else ""
        words = (lazy("J’attends une place"), say_length(one.minutes), offered)
        yield line_of(one.asked_at, in_french(one.machine.simple_name), *words)
