"""The page of a young person: every part shows its panel, to those who may see it, in few questions."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.actions import book
from bookings.values import Ask
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from tests.conftest import NOW
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_file import make_contact, make_trainee
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on
from tests.make_pathways import enrol, make_group, make_pathway, make_session, validate

DAY = date(2026, 11, 25)


def busy_person() -> Person:
    """Somebody enrolled, with a badge and a machine booked tomorrow."""
    fablab, ines = make_fablab(), make_young()
    make_shift(make_staff(), fablab.place, on(DAY, "13:30"), on(DAY, "18:00"))
    machine = make_machine(fablab, "VIN-01", simple_name="La découpe vinyle")
    give_badge(ines, make_badge())
    make_booking(machine, slot("14:00", "15:00", DAY), ines)
    enrol(ines, make_group())
    return ines


def read(client: FlaskClient, role: Role, person: Person) -> str:
    """The words of the page for somebody of this role."""
    log_in(client, make_staff(roles=(role,)))
    answer = client.get(f"/jeunes/{person.public_id}")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser").get_text(" ")


def test_every_part_shows_its_panel_to_a_facilitator(client: FlaskClient, session: Session) -> None:
    page = read(client, Role.FACILITATOR, busy_person())
    assert "La découpe vinyle" in page
    assert "Badge valable" in page
    assert "compétences au niveau visé" in page


def test_a_badge_is_taken_back_from_the_page_of_its_holder_however_old(client: FlaskClient, session: Session) -> None:
    person = busy_person()
    log_in(client, make_staff())
    page = BeautifulSoup(client.get(f"/jeunes/{person.public_id}").text, "html.parser")
    [link] = [one["href"] for one in page.find_all("a", href=True) if str(one["href"]).endswith("/retirer")]
    client.post(str(link), data={"reason": "Machine laissée seule."})
    shown = client.get(f"/jeunes/{person.public_id}").text
    assert "Machine laissée seule." in shown
    assert str(link) not in shown


def test_the_reception_sees_bookings_and_no_training(client: FlaskClient, session: Session) -> None:
    page = read(client, Role.RECEPTION, busy_person())
    assert "La découpe vinyle" in page
    assert "Parcours" not in page
    assert "Badges" not in page


def test_a_new_person_has_empty_panels_that_say_so(client: FlaskClient, session: Session) -> None:
    page = read(client, Role.COORDINATOR, make_young())
    for sentence in ("Pas encore de parcours.", "Aucun badge pour l’instant.", "Aucune réservation à venir."):
        assert sentence in page


@pytest.mark.both
@pytest.mark.parametrize(("role", "most"), [(Role.RECEPTION, 7), (Role.FACILITATOR, 11), (Role.COORDINATOR, 12)])
def test_the_page_asks_few_questions_however_much_there_is_to_say(
    client: FlaskClient, session: Session, count_statements: list[str], role: Role, most: int
) -> None:
    person = busy_person()
    log_in(client, make_staff(roles=(role,)))
    counts = []
    for code, competency in (("TREMPLIN", "SEC-01"), ("REBOND", "NUM-01")):
        client.get(f"/jeunes/{person.public_id}")  # what is kept of the house is read once
        count_statements.clear()
        client.get(f"/jeunes/{person.public_id}")
        counts.append(len(count_statements))
        group = make_group(make_pathway(code))
        enrol(person, group)
        make_session(group, NOW + timedelta(days=1))
        validate(person, {competency: 2})
        make_contact(person)
        make_contact(person, "guardian")
        make_trainee(person)
        make_authorisation(person, "outing")
    assert counts[1] <= counts[0] + 1  # the levels, which nobody without a pathway has
    assert max(counts) <= most, count_statements


def test_what_was_booked_under_a_withdrawn_authorisation_is_cancelled_and_told(
    client: FlaskClient, session: Session
) -> None:
    fablab, minor, samir = make_fablab(), make_minor(), make_staff()
    make_shift(samir, fablab.place, on(DAY, "13:30"), on(DAY, "18:00"))
    machine = make_machine(fablab, "VIN-01")
    give_badge(minor, make_badge())
    agreed = make_authorisation(minor)
    booking = book(Ask(machine.id, slot("14:00", "15:00", DAY), holder_id=minor.id), minor, NOW)
    log_in(client, samir)
    client.post(f"/jeunes/{minor.public_id}/autorisations/{agreed.id}/retirer")
    assert "1 réservation annulée" in client.get(f"/jeunes/{minor.public_id}").text
    session.refresh(booking)
    assert booking.status == "cancelled"
    assert [message.person_id for message in session.scalars(select(Message))] == [minor.id]
