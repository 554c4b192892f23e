"""The factories themselves: a Fablab one can book in."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import OpeningRule
from machines.models import Machine
from tests.make import make_staff
from tests.make_machines import make_fablab, make_machine, make_shift, on


def test_a_made_fablab_has_hours_machines_and_people(session: Session) -> None:
    fablab = make_fablab()
    machine = make_machine(fablab)
    shift = make_shift(make_staff(), fablab.place, on(date(2026, 11, 25), "13:30"), on(date(2026, 11, 25), "18:00"))
    assert session.scalars(select(Machine)).one().badge.openings[0].resource is machine
    assert len(session.scalars(select(OpeningRule)).all()) == 12 + 12 + 6
    assert shift.place is fablab.place
