"""Several machines closed in one act: seen before, done whole, opened again in one."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.models import Booking, Closure
from bookings.values import Ask
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_block, queries_block
from machines.models import Machine
from tests.conftest import NOW, Statements
from tests.machines.pages import WEDNESDAY, read, text
from tests.make import log_in, make_staff
from tests.make_bookings import slot
from tests.make_machines import Fablab, make_machine

AFTERNOON = slot("13:00", "18:00", WEDNESDAY)
SENT = {"day": "2026-11-25", "start": "13:00", "last_day": "2026-11-25", "end": "18:00", "reason": "Portes ouvertes"}


@pytest.fixture
def machines(fablab: Fablab, vinyl: Machine) -> list[Machine]:
    return [vinyl, make_machine(fablab, "FDM-01"), make_machine(fablab, "FDM-02")]


@pytest.fixture
def nadia(machines: Sequence[Machine]) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


@pytest.fixture
def booking(ines: Person, machines: Sequence[Machine]) -> Booking:
    return engine.book(Ask(machines[1].id, slot("14:00", "15:00", WEDNESDAY), holder_id=ines.id), ines, NOW)


def standing(session: Session) -> list[Closure]:
    return list(session.scalars(select(Closure).where(Closure.lifted_at.is_(None))))


def test_they_are_closed_together_and_opened_together(
    session: Session, machines: Sequence[Machine], booking: Booking, nadia: Person
) -> None:
    laid = actions_block.block(machines, AFTERNOON, "Portes ouvertes", 1, nadia, NOW)
    assert [len(one.suspended) for one in laid] == [0, 1, 0]
    assert (booking.suspended, len(standing(session))) == (True, 3)
    lifted = actions_block.open_again(laid[2].closure, nadia, NOW)
    assert [one.id for each in lifted for one in each.back] == [booking.id]
    assert standing(session) == []
    with pytest.raises(Refused, match="block_lifted"):
        actions_block.open_again(laid[0].closure, nadia, NOW)


def test_another_act_of_the_same_time_is_left_alone(
    session: Session, machines: Sequence[Machine], nadia: Person
) -> None:
    first = actions_block.block(machines[:2], AFTERNOON, "Portes ouvertes", 0, nadia, NOW)
    actions_block.block(machines[2:], AFTERNOON, "Travaux", 0, nadia, NOW)
    actions_block.open_again(first[0].closure, nadia, NOW)
    assert [one.resource_id for one in standing(session)] == [machines[2].id]


def test_what_changed_since_it_was_seen_closes_nothing(
    session: Session, machines: Sequence[Machine], booking: Booking, nadia: Person
) -> None:
    with pytest.raises(Refused, match="block_changed"):
        actions_block.block(machines, AFTERNOON, "Portes ouvertes", 0, nadia, NOW)
    assert (standing(session), booking.suspended) == ([], False)


def test_a_time_that_is_over_or_longer_than_a_month_is_refused(machines: Sequence[Machine], nadia: Person) -> None:
    with pytest.raises(Refused, match="block_past"):
        actions_block.block(machines, AFTERNOON, "Portes ouvertes", 0, nadia, NOW + timedelta(days=3))
    with pytest.raises(Refused, match="block_long"):
        longer = AFTERNOON.longer(32 * 24 * 60)
        actions_block.block(machines, longer, "Portes ouvertes", 0, nadia, NOW)


def test_the_page_shows_what_it_touches_then_does_it_and_the_toast_undoes_it(
    client: FlaskClient, session: Session, machines: Sequence[Machine], booking: Booking, nadia: Person
) -> None:
    log_in(client, nadia)
    assert read(client, "/machines/semaine").select_one('main a[href="/machines/fermer"]') is not None
    chosen = {"machines": ["VIN-01", "FDM-01"]}
    wrong = client.post("/machines/fermer", data=SENT)
    assert wrong.status_code == 422
    assert "Choisir au moins une machine." in wrong.text
    assert 'value="Portes ouvertes"' in wrong.text
    shown = client.post("/machines/fermer", data=SENT | chosen | {"seen": ""})
    assert shown.status_code == 200
    assert "1 réservation attendra" in shown.text.replace("\u00a0", " ")
    assert standing(session) == []
    stale = client.post("/machines/fermer", data=SENT | chosen | {"seen": "0"})
    assert stale.status_code == 422
    assert "regarder de nouveau" in stale.text
    done = client.post("/machines/fermer", data=SENT | chosen | {"seen": "1"}, follow_redirects=True)
    assert "2 machines fermées." in done.text.replace("\u00a0", " ")
    [first, _second] = standing(session)
    assert f'action="/machines/fermer/{first.id}/rouvrir"' in done.text
    back = client.post(f"/machines/fermer/{first.id}/rouvrir", follow_redirects=True)
    assert "2 machines rouvertes." in back.text.replace("\u00a0", " ")
    assert standing(session) == []


def test_a_use_under_way_is_not_touched_and_reads_are_bounded(
    client: FlaskClient,
    session: Session,
    machines: Sequence[Machine],
    booking: Booking,
    nadia: Person,
    count_statements: Statements,
) -> None:
    assert queries_block.touched(session, [one.id for one in machines], AFTERNOON, NOW) == [booking]
    booking.status = "checked_in"
    session.commit()
    assert queries_block.touched(session, [one.id for one in machines], AFTERNOON, NOW) == []
    log_in(client, nadia)
    chosen = {"machines": [one.code for one in machines], "seen": ""}
    client.post("/machines/fermer", data=SENT | chosen)
    count_statements.clear()
    assert client.post("/machines/fermer", data=SENT | chosen).status_code == 200
    assert len(count_statements) <= 10


def test_a_facilitator_does_not_close_several(client: FlaskClient, machines: Sequence[Machine]) -> None:
    log_in(client, make_staff("Awa"))
    assert "/machines/fermer" not in str(read(client, "/machines/semaine"))
    assert text(read(client, "/machines/fermer", 403))
