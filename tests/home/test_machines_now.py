"""«Machines maintenant» on the team's day: nothing is free while the Fablab is closed, and when it opens is said."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim, OpeningRule
from fablab import clock
from fablab.db import transaction
from fablab.home import today
from machines import actions_repair
from machines.models import Machine
from machines.values_repair import Report
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_bookings import make_closure, make_holiday, slot
from tests.make_machines import Fablab, make_fablab, make_machine, on

DAY = clock.local_day(NOW)


@pytest.fixture
def fablab(session: Session) -> Fablab:
    return make_fablab()


@pytest.fixture
def vinyl(fablab: Fablab) -> Machine:
    return make_machine(fablab)


def said(session: Session, now: datetime) -> tuple[str, str]:
    """The state of the one machine and what is said beside it, hard spaces made soft."""
    [found] = today.machines_now(session, now)
    return found.state, found.detail.replace("\u00a0", " ")


@pytest.mark.usefixtures("vinyl")
@pytest.mark.parametrize(
    ("hour", "state", "detail"),
    [
        ("08:59", "closed", "ouvre à 9 h"),
        ("09:00", "free", "rien d’autre aujourd’hui"),
        ("12:00", "closed", "ouvre à 13 h 30"),
        ("16:30", "free", "rien d’autre aujourd’hui"),
        ("19:30", "closed", "ouvre mercredi à 10 h"),
    ],
)
def test_out_of_its_hours_a_machine_is_not_free_and_its_opening_is_said(
    session: Session, hour: str, state: str, detail: str
) -> None:
    assert said(session, on(DAY, hour)) == (state, detail)


@pytest.mark.usefixtures("vinyl")
def test_a_public_holiday_and_a_closure_close_it_too(session: Session, fablab: Fablab) -> None:
    make_holiday("public", DAY, DAY, name="Fête")
    assert said(session, on(DAY, "10:00")) == ("closed", "ouvre mercredi à 10 h")
    shut = slot("08:00", "20:00", DAY + timedelta(days=1))
    make_closure(shut.start, shut.end, place_id=fablab.place.id)
    assert said(session, on(DAY, "10:00")) == ("closed", "ouvre jeudi à 9 h")


@pytest.mark.usefixtures("vinyl")
def test_closed_for_weeks_nobody_promises_a_day(session: Session, fablab: Fablab) -> None:
    make_closure(NOW, None, place_id=fablab.place.id)
    assert said(session, NOW + timedelta(minutes=1)) == ("closed", "on ne sait pas jusqu’à quand")


def test_what_is_wrong_or_runs_is_said_first(session: Session, vinyl: Machine) -> None:
    evening, late = on(DAY, "20:00"), slot("19:00", "21:00", DAY)
    times = {"starts_at": late.start, "ends_at": late.end}
    values = {"kind": "own", "status": "checked_in", "holder_id": make_young().id, "created_at": NOW}
    with transaction() as writing:
        made = Booking(resource_id=vinyl.id, place_id=vinyl.place_id, **values, **times)
        made.claims.append(Claim(resource_id=vinyl.id, holds=True, **times))
        writing.add(made)
    assert said(session, evening) == ("running", "jusqu’à 21 h")
    problem = Report("wear", "La lame est usée.", False, "now")
    actions_repair.report(vinyl, problem, None, make_staff(), NOW)
    assert said(session, evening)[0] == "to_check"


@pytest.mark.usefixtures("vinyl")
def test_a_place_without_hours_never_closes(session: Session, fablab: Fablab) -> None:
    with transaction() as writing:
        writing.execute(delete(OpeningRule).where(OpeningRule.place_id == fablab.place.id))
    assert said(session, on(DAY, "23:00"))[0] == "free"
