"""Why a booking was cancelled or marked: kept as codes, read by each in their language; what was typed stays."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking
from bookings.values import Ask, Slot
from fablab import reasons
from fablab.i18n import speaking
from fablab.outbox import Letter, Message
from fablab.people.models import Person
from fablab.permissions import Role
from machines import actions as shop
from machines.models import Machine, Shift
from pathways import actions as training
from pathways.models import Award
from tests import refusal_table
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on

WEDNESDAY = date(2026, 11, 25)
AFTERNOON = Slot(on(WEDNESDAY, "13:30"), on(WEDNESDAY, "18:00"))
TWO = Slot(on(WEDNESDAY, "14:00"), on(WEDNESDAY, "15:00"))


@pytest.fixture
def fablab(session: Session) -> Fablab:
    return make_fablab()


@pytest.fixture
def machine(fablab: Fablab) -> Machine:
    return make_machine(fablab)


@pytest.fixture
def samir(session: Session) -> Person:
    return make_staff(roles=(Role.FACILITATOR, Role.COORDINATOR))


@pytest.fixture
def shift(fablab: Fablab, samir: Person) -> Shift:
    return make_shift(samir, fablab.place, AFTERNOON.start, AFTERNOON.end)


def booked(machine: Machine, **fields: Any) -> Booking:
    person = make_young(**fields)
    give_badge(person, machine.badge)
    return actions.book(Ask(machine.id, TWO, holder_id=person.id), person, NOW)


def test_every_reason_that_may_follow_a_booking_has_words_in_both_languages(session: Session) -> None:
    following = {code for code, line in refusal_table.refusals().items() if line.effects & {"cancel", "warn"}}
    following -= {"member_elsewhere"}  # said when a session is planned, never after
    samples = {"badge": "Laser", "day": "2026-11-30", "age": 14, "num": 2, "thing": "La scie", "what": "La découpe"}
    samples |= {"place": "Fablab", "most": 19}
    for code in sorted(following):
        said = {}
        for language in ("fr", "en"):
            with speaking(language):
                said[language] = [reasons.say([{"code": code, **samples}], team=team) for team in (False, True)]
        assert code not in said["fr"], f"{code} has no words"
        assert all(french != english for french, english in zip(said["fr"], said["en"], strict=True)), code


def test_every_reason_that_may_mark_a_booking_is_said_in_a_few_words(session: Session) -> None:
    marking = {code for code, line in refusal_table.refusals().items() if "warn" in line.effects}
    marking -= {"member_elsewhere"}  # said when a session is planned, never after
    assert {code for code in marking if reasons.marks(code) == "à vérifier"} == set()


def test_a_badge_taken_back_by_somebody_who_reads_english_is_told_in_french_to_who_reads_french(
    session: Session, client: FlaskClient, machine: Machine, shift: Shift
) -> None:
    booking = booked(machine)
    chloe = make_staff("Chloé", language="en")
    [award] = session.scalars(select(Award)).all()
    with speaking("en"):
        training.revoke(award, "Laser left alone", chloe, NOW)
    assert (booking.status, booking.reason) == ("cancelled", None)
    assert [one["code"] for one in booking.reasons or ()] == ["badge_missing"]
    told = session.scalars(select(Message.text).where(Message.person_id == booking.holder_id)).all()
    assert any("Il me faut le badge" in text for text in told)
    assert any("Laser left alone" in text for text in told)
    log_in(client, session.get_one(Person, booking.holder_id))
    page = f"/reservations/{booking.public_id}"
    assert "Il me faut le badge" in client.get(page).text
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    assert "Il me faut le badge" not in client.get(page).text


def test_the_team_reads_a_reason_in_its_own_words_and_language(
    session: Session, client: FlaskClient, machine: Machine, samir: Person, shift: Shift
) -> None:
    booking = booked(machine)
    log_in(client, samir)
    client.post(f"/equipe/reservations/{booking.public_id}/annuler", data={"reason": "team"})
    assert (booking.reason, booking.reasons) == (None, [{"code": "cancel_team"}])
    page = f"/equipe/reservations/{booking.public_id}"
    assert "L’équipe n’est pas là." in client.get(page).text
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    assert "The team is away." in client.get(page).text


def test_a_mark_is_told_in_the_language_of_the_person(
    session: Session, machine: Machine, samir: Person, shift: Shift
) -> None:
    booking = booked(machine, language="en", email="ines@example.org")
    with speaking("fr"):
        shop.withdraw_shift(shift, samir, NOW)
    assert booking.attention == "supervision_missing"
    of_mark = select(Letter).where(Letter.person_id == booking.holder_id, Letter.notice == "booking-warned")
    [letter] = session.scalars(of_mark).all()
    assert "nobody" in letter.body.lower()
    assert "personne" not in letter.body


def test_a_reason_typed_by_a_person_stays_as_typed(
    session: Session, machine: Machine, samir: Person, shift: Shift
) -> None:
    booking = booked(machine, language="en")
    actions.cancel(booking, "Panne de courant.", samir, NOW)
    assert (booking.reason, booking.reasons) == ("Panne de courant.", None)
    [message] = session.scalars(select(Message).where(Message.person_id == booking.holder_id)).all()
    assert "Panne de courant." in message.text
