"""Acts above several parts taken back: a breakdown, a shift, a paper, a mission."""

import secrets
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings.models import Booking, Closure
from bookings.values import Ask, Slot
from fablab.journal import JournalEntry
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions, actions_back, actions_repair, actions_team, queries_repair
from machines.models import Machine, Shift
from machines.values_repair import Report
from tests.conftest import NOW
from tests.machines.pages import stop
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_machines import Fablab, break_down, give_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import make_group, make_session

WEDNESDAY = date(2026, 11, 25)
TWO = Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00"))
MINUTES, DAY = timedelta(minutes=5), timedelta(days=1)


@pytest.fixture
def fablab(session: Session) -> Fablab:
    return make_fablab()


@pytest.fixture
def machine(fablab: Fablab) -> Machine:
    return make_machine(fablab)


@pytest.fixture
def samir(session: Session) -> Person:
    return make_staff()


@pytest.fixture
def shift(fablab: Fablab, samir: Person) -> Shift:
    return make_shift(samir, fablab.place, on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))


@pytest.fixture
def booking(machine: Machine, shift: Shift) -> Booking:
    ines = make_young()
    give_badge(ines, machine.badge)
    return engine.book(Ask(machine.id, TWO, holder_id=ines.id), ines, NOW)


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)))


def told(session: Session, booking: Booking) -> list[str]:
    return list(session.scalars(select(Message.text).where(Message.person_id == booking.holder_id)))


def test_a_breakdown_noted_by_mistake_gives_its_bookings_back_at_once(
    session: Session, machine: Machine, booking: Booking, samir: Person
) -> None:
    break_down(machine, "Tube cassé", None, samir, NOW)
    session.refresh(booking)
    assert booking.suspended
    lifted = actions.undo_out_of_service(machine, samir, NOW + MINUTES)
    assert (lifted.back, booking.suspended, booking.claims[0].holds) == ((booking,), False, True)
    assert [text.endswith("c’est de nouveau bon.") for text in told(session, booking)] == [False, True]
    assert "closure.taken_back" in verbs(session)


def test_the_problem_told_with_a_breakdown_goes_with_it_unless_another_keeps_the_machine_out(
    client: FlaskClient, session: Session, machine: Machine, samir: Person
) -> None:
    log_in(client, samir)
    said = Report("wear", "Tube cassé", False, secrets.token_hex(16))
    told = actions_repair.report_grave(machine, said, None, None, samir, NOW).ticket
    other = Report("power", "Il y a de la fumée", False, secrets.token_hex(16))
    second = actions_repair.report_grave(machine, other, None, None, make_staff("Awa"), NOW + MINUTES).ticket
    assert "C’était une erreur" not in client.get(f"/machines/{machine.code}").text
    with pytest.raises(Refused, match="other_problems"):
        actions.undo_out_of_service(machine, samir, NOW + MINUTES)
    actions_repair.repair(second, "La poussière est enlevée", samir, NOW + MINUTES)
    page = client.post(f"/machines/{machine.code}/hors-service/annuler", follow_redirects=True).text
    assert "Signalé par erreur." in page
    assert "En panne" not in page
    assert queries_repair.troubles(session, [machine.id], NOW + MINUTES) == {}
    actions_repair.reopen(told, samir, NOW + MINUTES)
    assert queries_repair.troubles(session, [machine.id], NOW + MINUTES)[machine.id].state == "to_check"


def test_a_breakdown_is_taken_back_by_who_noted_it_within_minutes(machine: Machine, samir: Person) -> None:
    with pytest.raises(Refused, match="not_out"):
        actions.undo_out_of_service(machine, samir, NOW)
    break_down(machine, "Tube cassé", None, samir, NOW)
    with pytest.raises(Refused, match="other_author"):
        actions.undo_out_of_service(machine, make_staff(), NOW + MINUTES)
    with pytest.raises(Refused, match="too_late"):
        actions.undo_out_of_service(machine, samir, NOW + DAY)


def test_the_page_of_a_machine_offers_to_take_a_breakdown_back(
    client: FlaskClient, session: Session, machine: Machine, samir: Person
) -> None:
    log_in(client, samir)
    undo = f"/machines/{machine.code}/hors-service/annuler"
    page = stop(client, machine.code, "Tube cassé, à changer").text
    assert page.count(f'action="{undo}"') == 2, "in the toast and on the page"
    assert f'action="{undo}"' not in log_in(client, make_staff()).get(f"/machines/{machine.code}").text
    log_in(client, samir).post(undo)
    assert session.scalars(select(Closure.lifted_at)).one() is not None


def test_i_put_a_booking_that_i_cancelled_back(client: FlaskClient, session: Session, booking: Booking) -> None:
    log_in(client, session.get_one(Person, booking.holder_id))
    address = f"/reservations/{booking.public_id}"
    page = client.post(f"{address}/annuler", follow_redirects=True).text
    assert f'action="{address}/remettre"' in page
    assert "Je remets" in client.get(address).text
    assert "C’est remis." in client.post(f"{address}/remettre", follow_redirects=True).text
    session.refresh(booking)
    assert booking.status == "confirmed"


def test_i_read_why_my_booking_is_not_put_back(
    client: FlaskClient, session: Session, booking: Booking, machine: Machine, samir: Person
) -> None:
    log_in(client, session.get_one(Person, booking.holder_id))
    address = f"/reservations/{booking.public_id}"
    client.post(f"{address}/annuler")
    break_down(machine, "Tube cassé", None, samir, NOW)
    answer = client.post(f"{address}/remettre")
    assert answer.status_code == 422
    assert "en panne" in answer.text


def test_a_shift_withdrawn_is_put_back_and_its_bookings_are_watched_again(
    client: FlaskClient, session: Session, shift: Shift, booking: Booking, samir: Person
) -> None:
    log_in(client, samir)
    address = f"/equipe/permanences/{shift.public_id}"
    page = client.post(f"{address}/retirer", follow_redirects=True).text
    assert f'action="{address}/remettre"' in page
    assert f'action="{address}/remettre"' in client.get(f"{address}/retirer").text
    session.refresh(booking)
    assert booking.attention == "supervision_missing"
    for _twice in range(2):
        client.post(f"{address}/remettre")
    session.expire_all()
    assert not shift.withdrawn_at
    assert not booking.attention
    assert verbs(session).count("shift.restored") == 1


def test_a_shift_is_not_put_back_over_another_or_for_who_left(
    session: Session, fablab: Fablab, shift: Shift, samir: Person
) -> None:
    other = make_staff()
    actions.withdraw_shift(shift, other, NOW)
    second = make_shift(samir, fablab.place, shift.starts_at, shift.ends_at)
    with pytest.raises(Refused, match="shift_twice"):
        actions_back.restore_shift(shift, other, NOW)
    actions.withdraw_shift(second, other, NOW)
    actions_team.end_mission(samir, make_staff(roles=(Role.COORDINATOR,)), NOW)
    with pytest.raises(Refused, match="not_team"):
        actions_back.restore_shift(shift, other, NOW)


def test_an_authorisation_withdrawn_by_mistake_is_put_back_the_same_day(
    client: FlaskClient, session: Session, samir: Person
) -> None:
    tom = make_minor()
    paper = make_authorisation(tom)
    log_in(client, samir)
    address = f"/jeunes/{tom.public_id}/autorisations/{paper.id}"
    page = client.post(f"{address}/retirer", follow_redirects=True).text
    assert page.count(f'action="{address}/remettre"') == 2, "in the toast and on the page"
    assert "Autorisation remise." in client.post(f"{address}/remettre", follow_redirects=True).text
    session.refresh(paper)
    assert paper.withdrawn_at is None
    assert verbs(session)[-2:] == ["authorisation.withdraw", "authorisation.restore"]


def test_an_authorisation_is_put_back_by_who_withdrew_it_never_for_photos(session: Session, samir: Person) -> None:
    tom = make_minor()
    paper, photos = make_authorisation(tom), make_authorisation(tom, "image")
    actions.withdraw_authorisation(tom, paper.id, samir, NOW)
    actions.withdraw_authorisation(tom, photos.id, samir, NOW)
    for id_, by, now, code in (
        (paper.id, make_staff(), NOW, "other_author"),
        (paper.id, samir, NOW + DAY, "other_day"),
        (photos.id, samir, NOW, "image"),
        (987654, samir, NOW, "unknown"),
    ):
        with pytest.raises(Refused, match=code):
            actions_back.restore_authorisation(tom, id_, by, now)


def test_photos_withdrawn_offer_no_way_back(client: FlaskClient, samir: Person) -> None:
    tom = make_minor()
    photos = make_authorisation(tom, "image")
    log_in(client, samir)
    address = f"/jeunes/{tom.public_id}/autorisations/{photos.id}"
    page = client.post(f"{address}/retirer", follow_redirects=True).text
    assert "Autorisation retirée." in page
    assert f'action="{address}/remettre"' not in page


def test_what_a_young_person_withdrew_stays_so(samir: Person) -> None:
    ines = make_young()
    paper = make_authorisation(ines, "outing")
    actions.withdraw_authorisation(ines, paper.id, ines, NOW)
    with pytest.raises(Refused, match="other_author"):
        actions_back.restore_authorisation(ines, paper.id, samir, NOW)


def test_a_mission_ended_by_mistake_comes_back_with_its_shifts_and_sessions(
    client: FlaskClient, session: Session, shift: Shift, booking: Booking, samir: Person
) -> None:
    lesson = make_session(make_group(), NOW + DAY, leads=[samir])
    log_in(client, make_staff(roles=(Role.ADMINISTRATOR,)))
    page = client.post(f"/equipe/{samir.public_id}/fin", follow_redirects=True).text
    assert page.count(f'action="/equipe/{samir.public_id}/retour"') == 2, "in the toast and on the page"
    page = client.post(f"/equipe/{samir.public_id}/retour", follow_redirects=True).text
    assert "2 permanences ou séances rendues." in page
    session.expire_all()
    assert (samir.left_at, shift.withdrawn_at, booking.attention) == (None, None, None)
    assert [lead.person_id for lead in lesson.leads] == [samir.id]


def test_who_returns_another_day_finds_no_shift(session: Session, shift: Shift, samir: Person) -> None:
    admin = make_staff(roles=(Role.ADMINISTRATOR,))
    actions_team.end_mission(samir, admin, NOW - DAY)
    assert actions_back.come_back(samir, admin, NOW) == 0
    session.refresh(shift)
    assert (samir.left_at, shift.withdrawn_at) == (None, NOW - DAY)
