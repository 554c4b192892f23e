"""Somebody of the team leaves, or may no longer watch over others: what they held up is asked again, and told."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings import upkeep_again
from bookings.jobs import look_at_overdue
from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.outbox import Letter, Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions, actions_team
from machines.models import Machine, Shift
from pathways import actions as training
from pathways.models import Group, TrainingSession
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.machines.pages import stop
from tests.make import log_in, make_staff, make_young
from tests.make_machines import Fablab, break_down, give_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import make_group, make_session

WEDNESDAY = date(2026, 11, 25)
AFTERNOON = Slot(on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
TWO = Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00"))


@pytest.fixture
def fablab(session: Session) -> Fablab:
    return make_fablab()


@pytest.fixture
def nadia(session: Session) -> Person:
    return make_staff("Nadia", "Ferrand", roles=(Role.COORDINATOR,))


@pytest.fixture
def admin(session: Session) -> Person:
    return make_staff("Aline", "Roche", roles=(Role.ADMINISTRATOR,))


@pytest.fixture
def chloe(session: Session) -> Person:
    return make_staff("Chloé", "Martin", email="chloe@example.org")


@pytest.fixture
def shift(fablab: Fablab, chloe: Person) -> Shift:
    return make_shift(chloe, fablab.place, AFTERNOON.start, AFTERNOON.end)


@pytest.fixture
def booking(fablab: Fablab, shift: Shift) -> Booking:
    ines, machine = make_young(), make_machine(fablab)
    give_badge(ines, machine.badge)
    return engine.book(Ask(machine.id, TWO, holder_id=ines.id), ines, NOW)


def plan(
    group: Group, by: Person, leads: list[Person], machine: Machine | None = None, *, override: str | None = None
) -> TrainingSession:
    """A session in the Fablab on Wednesday from 14 to 15, with a machine."""
    wish = PartWish(TWO.start, TWO.end, (machine.id,) if machine else ())
    people = [lead.id for lead in leads]
    return training.plan_session(group, "Découpe", [wish], people, by, NOW, override=override).session


def messages(session: Session, person: Person) -> list[str]:
    return list(session.scalars(select(Message.text).where(Message.person_id == person.id)))


@pytest.mark.parametrize("how", ["the mission ends", "the role ends"])
def test_what_somebody_watched_over_is_marked_and_told_in_the_same_act(
    session: Session, booking: Booking, shift: Shift, chloe: Person, admin: Person, how: str
) -> None:
    if how == "the mission ends":
        left = actions_team.end_mission(chloe, admin, NOW)
    else:
        left = actions_team.set_roles(chloe, [Role.RECEPTION], admin, NOW)
    assert (left.shifts, left.bookings) == ((shift,), (booking,))
    assert (booking.status, booking.attention) == ("confirmed", "supervision_missing")
    assert shift.withdrawn_at == NOW
    assert len(messages(session, session.get_one(Person, booking.holder_id))) == 1


def test_who_stays_of_the_team_keeps_shifts_and_sessions(
    booking: Booking, shift: Shift, chloe: Person, admin: Person
) -> None:
    assert actions_team.set_roles(chloe, [Role.COORDINATOR, Role.RECEPTION], admin, NOW) == actions_team.Left()
    assert (shift.withdrawn_at, booking.attention) == (None, None)


def test_somebody_else_on_shift_keeps_everything_covered(
    booking: Booking, fablab: Fablab, chloe: Person, admin: Person
) -> None:
    make_shift(make_staff(), fablab.place, AFTERNOON.start, AFTERNOON.end)
    assert actions_team.end_mission(chloe, admin, NOW).bookings == ()
    assert booking.attention is None


def test_sessions_to_come_are_given_back_and_the_coordination_and_other_leads_are_told(
    session: Session, fablab: Fablab, chloe: Person, admin: Person, nadia: Person
) -> None:
    samir, group = make_staff(), make_group(name="Renards")
    alone = make_session(group, NOW + timedelta(days=3), leads=[chloe])
    shared = make_session(group, NOW + timedelta(days=10), leads=[chloe, samir])
    past = make_session(group, NOW - timedelta(days=3), leads=[chloe])
    left = actions_team.end_mission(chloe, admin, NOW)
    assert [(loss.training_session.id, loss.still_led) for loss in left.sessions] == [
        (alone.id, False),
        (shared.id, True),
    ]
    led = {
        one.id: [lead.person_id for lead in one.leads]
        for one in session.scalars(select(TrainingSession).execution_options(populate_existing=True))
    }
    assert led == {alone.id: [], shared.id: [samir.id], past.id: [chloe.id]}
    [told] = messages(session, nadia)
    assert told.startswith("Chloé M. ne sera pas là. 2 séances à revoir")
    assert "1 séance à revoir" in messages(session, samir)[0]
    assert messages(session, admin) == messages(session, chloe) == []
    letters = session.scalars(select(Letter).where(Letter.person_id == nadia.id)).all()
    assert [letter.body.count("Renards, Séance") for letter in letters] == [2]


def test_ended_twice_it_changes_and_tells_nothing_more(
    session: Session, booking: Booking, chloe: Person, admin: Person, nadia: Person
) -> None:
    make_session(make_group(), NOW + timedelta(days=3), leads=[chloe])
    actions_team.end_mission(chloe, admin, NOW)
    again = actions_team.end_mission(chloe, admin, NOW + timedelta(minutes=5))
    assert again == actions_team.Left()
    assert len(messages(session, nadia)) == 1


def test_administrator_only_refuses_a_coordinator_to_end_an_administrators_mission(
    session: Session, admin: Person, nadia: Person
) -> None:
    make_staff("Autre", roles=(Role.ADMINISTRATOR,))
    with pytest.raises(Refused, match="administrator_only"):
        actions_team.end_mission(admin, nadia, NOW)
    assert session.get_one(Person, admin.id).is_active


def test_administrator_only_accepts_a_coordinator_to_end_a_facilitators_mission(chloe: Person, nadia: Person) -> None:
    actions_team.end_mission(chloe, nadia, NOW)
    assert not chloe.is_active


def test_a_withdrawn_shift_tells_the_leads_of_its_sessions_and_the_coordination(
    session: Session, fablab: Fablab, chloe: Person, admin: Person, nadia: Person, shift: Shift
) -> None:
    lesson = plan(make_group(name="Renards"), nadia, [chloe])
    left = actions.withdraw_shift(shift, admin, NOW)
    assert [line.id for line in left.sessions] == [lesson.id]
    for reader in (chloe, nadia):
        assert "Renards" in messages(session, reader)[0]
    assert [letter.subject for letter in session.scalars(select(Letter).where(Letter.person_id == chloe.id))] == [
        "Chloé M. ne sera pas là\u00a0: séances à revoir"
    ]
    assert [lead.person_id for lead in lesson.leads] == [chloe.id]


# pages


def test_the_coordination_reaches_the_end_of_a_mission_from_the_list_and_sees_what_it_leaves(
    client: FlaskClient, booking: Booking, chloe: Person, nadia: Person
) -> None:
    make_session(make_group(name="Renards"), NOW + timedelta(days=3), leads=[chloe])
    page, own = log_in(client, nadia), f"/equipe/{chloe.public_id}"
    assert own in page.get("/equipe").text
    shown = page.get(own).text
    assert f"{own}/fin" in shown
    assert "Enregistrer les rôles" not in shown
    asked = page.get(f"{own}/fin").text
    assert "Inès B." in asked
    assert "Renards" in asked
    assert "aujourd’hui, mardi 24 novembre" in asked
    done = page.post(f"{own}/fin", follow_redirects=True)
    assert "1 permanence retirée. 1 réservation à revoir. 1 séance à confier." in done.text
    assert "Chloé Martin" not in page.get("/equipe/permanences?semaine=2026-11-25").text
    assert "Inès B." not in page.get(f"{own}/fin").text


def test_a_coordinator_is_told_why_an_administrators_mission_goes_on(
    client: FlaskClient, admin: Person, nadia: Person
) -> None:
    answer = log_in(client, nadia).post(f"/equipe/{admin.public_id}/fin")
    assert answer.status_code == 422
    assert "Seule l’administration" in answer.text


def test_roles_lost_say_what_they_leave(client: FlaskClient, booking: Booking, chloe: Person, admin: Person) -> None:
    page = log_in(client, admin)
    done = page.post(f"/equipe/{chloe.public_id}", data={"roles": ["reception"]}, follow_redirects=True)
    assert "Rôles enregistrés. 1 permanence retirée. 1 réservation à revoir." in done.text


def test_a_machine_out_of_service_tells_the_leads_of_the_sessions_that_take_it_and_cancels_nothing(
    session: Session, client: FlaskClient, fablab: Fablab, chloe: Person, nadia: Person
) -> None:
    machine = make_machine(fablab, "VIN-07")
    lesson = plan(make_group(name="Renards"), nadia, [chloe], machine, override="Groupe déjà prévenu")
    page = log_in(client, nadia)
    done = stop(page, machine.code, "Courroie cassée.")
    assert "1 séance la prévoyait" in done.text
    [part] = lesson.parts
    assert part.booking is not None
    assert (part.booking.status, part.booking.attention) == ("confirmed", "out_of_service")
    [message] = session.scalars(select(Message).where(Message.person_id == chloe.id)).all()
    assert "Découpe, Renards" in message.text
    assert "est en panne" in message.text
    assert [letter.subject for letter in session.scalars(select(Letter).where(Letter.person_id == chloe.id))] == [
        "À vérifier\u00a0: Découpe, Renards"
    ]
    assert message.link is not None
    assert log_in(client, chloe).get(message.link).status_code == 200
    assert "machine en panne" in page.get(f"/seances/{lesson.public_id}").text


def weeks_of_sessions(machine: Machine, by: Person, lead: Person, weeks: int) -> list[TrainingSession]:
    """One session a week with a machine, from Wednesday 25 November on."""
    group = make_group(name="Renards")
    found = []
    for week in range(weeks):
        day = WEDNESDAY + timedelta(weeks=week)
        wish = PartWish(on(day, "14:00"), on(day, "15:00"), (machine.id,))
        planned = training.plan_session(
            group, f"Découpe {week}", [wish], [lead.id], by, NOW, override="Groupe déjà prévenu"
        )
        found.append(planned.session)
    return found


def why_marked(session: Session, lessons: list[TrainingSession]) -> list[str | None]:
    session.expire_all()
    return [part.booking.attention for lesson in lessons for part in lesson.parts if part.booking]


def test_sessions_after_the_day_a_machine_should_be_back_are_left_alone_until_that_day_is_over(
    session: Session, fablab: Fablab, chloe: Person, nadia: Person
) -> None:
    machine = make_machine(fablab)
    lessons = weeks_of_sessions(machine, nadia, chloe, 3)
    laid = break_down(machine, "Courroie.", WEDNESDAY + timedelta(weeks=1), nadia, NOW)
    assert len(laid.marked) == 2
    assert why_marked(session, lessons) == ["out_of_service", "out_of_service", None]
    with transaction() as writing:
        upkeep_again.ask_again(writing, [part.booking for part in lessons[2].parts if part.booking], NOW)
    assert why_marked(session, lessons)[2] is None, "asked again for another reason, it still waits"
    last_hour = on(WEDNESDAY + timedelta(weeks=1), "23:00")
    look_at_overdue(last_hour)
    assert why_marked(session, lessons)[2] is None
    look_at_overdue(last_hour + timedelta(hours=2))
    assert why_marked(session, lessons)[2] == "out_of_service"
    said = len(messages(session, chloe))
    look_at_overdue(last_hour + timedelta(hours=3))
    assert len(messages(session, chloe)) == said, "told once"


def test_a_booking_after_the_day_a_machine_should_be_back_stands_and_a_new_one_is_refused(
    session: Session, fablab: Fablab, booking: Booking, shift: Shift, nadia: Person
) -> None:
    break_down(session.get_one(Machine, booking.resource_id), "Courroie.", NOW.date(), nadia, NOW)
    assert (booking.suspended, booking.attention) == (False, None)
    later = Slot(TWO.end, TWO.end + timedelta(hours=1))
    with pytest.raises(Refused, match="out_of_service"):
        engine.book(Ask(booking.resource_id, later, holder_id=booking.holder_id), booking.holder, NOW)


def test_a_lead_gets_one_letter_for_all_the_sessions_that_a_machine_leaves_and_one_when_it_is_back(
    session: Session, client: FlaskClient, fablab: Fablab, chloe: Person, nadia: Person
) -> None:
    machine = make_machine(fablab)
    lessons = weeks_of_sessions(machine, nadia, chloe, 7)
    break_down(machine, "Courroie.", None, nadia, NOW)
    assert why_marked(session, lessons) == ["out_of_service"] * 7
    (said,) = messages(session, chloe)
    assert "7 réservations à vérifier" in said
    assert "Découpe 0, Renards" in said
    assert "est en panne" in said
    (letter,) = session.scalars(select(Letter).where(Letter.person_id == chloe.id))
    assert [f"Découpe {week}" in letter.body for week in range(7)] == [True] * 5 + [False] * 2
    assert "… et 2 autres." in letter.body
    booking = lessons[0].parts[0].booking
    assert booking is not None
    link = f"/equipe/reservations/{booking.public_id}"
    assert link in letter.body
    page = log_in(client, chloe).get(link).text
    assert "machine en panne" in page
    assert f'href="/seances/{lessons[0].public_id}"' in page
    actions.back_in_service(machine, nadia, NOW + timedelta(hours=1))
    assert why_marked(session, lessons) == [None] * 7
    _before, after = messages(session, chloe)
    assert "Tout est rentré dans l’ordre\u00a0: Découpe 0, Renards" in after
    assert "… et 6 autres." in after
