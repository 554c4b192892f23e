"""A machine left with a fault is a problem that the team looks at, told without a form of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import jobs
from bookings.models import Booking
from fablab.people.models import Person
from machines import actions_repair, actions_use, queries_repair
from machines.models import Machine
from machines.models_repair import Ticket
from machines.values_repair import MOST_WAITING, Report
from machines.values_use import Left, Start
from tests.machines.pages import WEDNESDAY
from tests.make import make_staff
from tests.make_bookings import make_booking, slot
from tests.make_machines import on

TWO = on(WEDNESDAY, "14:00")


@pytest.fixture
def begun(vinyl: Machine, ines: Person) -> Booking:
    booking = make_booking(vinyl, slot("14:00", "16:00", WEDNESDAY), ines)
    start = Start(vinyl.materials_allowed[0], tuple(vinyl.protections), tuple(vinyl.checks))
    actions_use.check_in(booking, start, make_staff("Chloé"), TWO)
    return booking


def problems(session: Session) -> list[tuple[str, str]]:
    """What waits to be looked at: the words, and how grave."""
    session.rollback()
    return [(one.text, one.severity) for one in session.scalars(select(Ticket).order_by(Ticket.id))]


def test_a_machine_left_with_a_fault_is_a_problem_for_the_team_once(session: Session, begun: Booking) -> None:
    samir, at = make_staff(), TWO + timedelta(minutes=30)
    fault = Left("fault", None, "Bruit dans la courroie")
    actions_use.check_out(begun, fault, samir, at)
    actions_use.check_out(begun, fault, samir, at)
    assert problems(session) == [("Bruit dans la courroie", "to_check")]
    found = queries_repair.troubles(session, [begun.resource_id], at)[begun.resource_id]
    assert found.state == "to_check"
    actions_use.go_on(begun, samir, at)
    assert queries_repair.troubles(session, [begun.resource_id], at) == {}
    actions_use.check_out(begun, fault, samir, at + timedelta(minutes=5))
    assert len(problems(session)) == 1


@pytest.mark.parametrize("left", [Left(), Left("mess", None, "Des chutes partout")])
def test_a_machine_left_well_or_in_a_mess_is_no_problem(session: Session, begun: Booking, left: Left) -> None:
    actions_use.check_out(begun, left, make_staff(), TWO + timedelta(minutes=30))
    assert problems(session) == []


def test_a_fault_written_afterwards_is_a_problem_too_and_a_long_one_is_cut(session: Session, begun: Booking) -> None:
    later, samir = TWO + timedelta(days=1), make_staff()
    jobs.finish_ended(later)
    left = Left("fault", None, "x" * 300)
    actions_use.correct_end(begun, left, TWO + timedelta(minutes=30), "Oublié.", samir, later)
    assert problems(session) == [("x" * 200, "to_check")]


def test_who_has_told_as_many_problems_as_one_may_still_ends(session: Session, begun: Booking) -> None:
    holder = begun.holder
    assert holder is not None
    for number in range(MOST_WAITING):
        said = Report("wear", "La lame est usée.", False, f"before-{number}")
        actions_repair.report(begun.resource, said, None, holder, TWO)  # type: ignore[arg-type]  # a machine
    actions_use.check_out(begun, Left("fault", None, "Bruit"), holder, TWO + timedelta(minutes=30))
    assert len(problems(session)) == MOST_WAITING + 1
