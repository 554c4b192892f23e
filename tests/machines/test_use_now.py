"""A machine on the spot: begun at once without notice, every other rule asked; longer than booked, if it is free."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim
from bookings.values import Ask, Slot
from fablab.people import actions_kiosk
from fablab.people.entering import KIOSK_COOKIE
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions_now, queries_use
from machines.models import Machine
from machines.models_use import MachineUse
from machines.values_use import Start
from tests.conftest import NOW
from tests.machines.pages import WEDNESDAY, read, text
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import give_badge, on

READY = Start("vinyle adhésif", (), ("lame réglée",))
AT = on(WEDNESDAY, "14:20")


def ask(machine: Machine, person: Person, minutes: int = 30, at: datetime = AT) -> Ask:
    return Ask(machine.id, Slot(at, at + timedelta(minutes=minutes)), holder_id=person.id, key="k", at_once=True)


@pytest.fixture
def noe(vinyl: Machine) -> Person:
    person = make_young("Noé", "Favre")
    give_badge(person, vinyl.badge)
    return person


@pytest.fixture
def begun(vinyl: Machine, ines: Person) -> Booking:
    return actions_now.use_now(ask(vinyl, ines), READY, make_staff(), AT)


def test_a_free_machine_is_begun_at_any_minute_without_notice(session: Session, begun: Booking) -> None:
    use = queries_use.use_of(session, begun.id)
    assert use is not None
    assert (begun.status, begun.starts_at, begun.checked_in_at, use.started_at) == ("checked_in", AT, AT, AT)


def test_the_same_form_sent_twice_begins_once_even_a_minute_later(
    session: Session, begun: Booking, vinyl: Machine, ines: Person
) -> None:
    later = AT + timedelta(minutes=1)
    assert actions_now.use_now(ask(vinyl, ines, at=later), READY, make_staff(), later).id == begun.id
    assert len(session.scalars(select(MachineUse)).all()) == 1


def test_every_other_rule_is_asked_and_said_with_what_the_machine_asks(vinyl: Machine) -> None:
    stranger = make_young("Ali", "Sans")
    with pytest.raises(Refused) as refused:
        actions_now.use_now(ask(vinyl, stranger, minutes=240), Start("vinyle adhésif"), make_staff(), AT)
    assert set(refused.value.codes) >= {"badge_missing", "too_long", "check_missing"}
    assert "too_soon" not in refused.value.codes


def test_nobody_takes_a_machine_that_somebody_uses_or_expects(begun: Booking, vinyl: Machine, noe: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions_now.use_now(replace(ask(vinyl, noe), key="other"), READY, make_staff(), AT)
    assert "taken" in refused.value.codes


def test_what_somebody_says_wrong_begins_nothing(session: Session, vinyl: Machine, ines: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions_now.use_now(ask(vinyl, ines), Start("vinyle adhésif"), make_staff(), AT)
    assert refused.value.codes == ["check_missing"]
    assert session.scalars(select(Booking)).all() == []


def test_it_goes_on_longer_while_nobody_is_expected(session: Session, begun: Booking) -> None:
    until = begun.ends_at + timedelta(minutes=30)
    ends, why = queries_use.ends_offered(session, begun, AT)
    assert (ends[0], why) == (until, ())
    for _twice in range(2):
        actions_now.extend(begun, until, make_staff(), AT)
    assert begun.ends_at == until
    claim = session.scalars(select(Claim).where(Claim.booking_id == begun.id)).one()
    assert claim.ends_at == until + timedelta(minutes=begun.resource.turnaround)


def test_it_does_not_go_on_over_who_is_expected(session: Session, begun: Booking, vinyl: Machine, noe: Person) -> None:
    make_booking(vinyl, slot("15:00", "16:00", WEDNESDAY), noe)
    ends, why = queries_use.ends_offered(session, begun, AT)
    assert (ends, [one.code for one in why]) == ([], ["taken"])
    with pytest.raises(Refused) as refused:
        actions_now.extend(begun, begun.ends_at + timedelta(minutes=30), make_staff(), AT)
    assert refused.value.codes == ["taken"]


def test_nothing_goes_on_past_the_open_lab(begun: Booking) -> None:
    with pytest.raises(Refused) as refused:
        actions_now.extend(begun, on(WEDNESDAY, "18:20"), make_staff(), AT)
    assert "outside_hours" in refused.value.codes


# --- pages -------------------------------------------------------------------------------------------

At = Callable[[str], time_machine.travel]
SAID = {"material": "vinyle adhésif", "checks": "lame réglée", "minutes": "30", "key": "form-1"}


@pytest.fixture
def at() -> At:
    return lambda hour: time_machine.travel(on(WEDNESDAY, hour), tick=False)


def test_the_team_begins_for_a_person_and_lengthens(
    client: FlaskClient, session: Session, vinyl: Machine, ines: Person, at: At
) -> None:
    with at("14:20"):
        log_in(client, make_staff())
        assert "/machines/VIN-01/tout-de-suite" in client.get("/machines/VIN-01").text
        nobody = client.post("/machines/VIN-01/tout-de-suite", data=SAID | {"person": "personne-00"})
        assert nobody.status_code == 422
        assert "Personne ne répond à ce nom." in nobody.text
        bad = client.post("/machines/VIN-01/tout-de-suite", data=SAID | {"person": ines.handle, "checks": ""})
        assert bad.status_code == 422
        assert 'value="form-1"' in bad.text
        assert client.post("/machines/VIN-01/tout-de-suite", data=SAID | {"person": ines.handle}).status_code == 303
        booking = session.scalars(select(Booking)).one()
        page = f"/equipe/reservations/{booking.public_id}"
        assert f'href="{page}/prolonger"' in client.get(page).text
        assert "15 h 20" in text(read(client, f"{page}/prolonger"))
        until = (booking.ends_at + timedelta(minutes=30)).isoformat()
        assert client.post(f"{page}/prolonger", data={"until": "demain"}).status_code == 422
        assert client.post(f"{page}/prolonger", data={"until": until}).status_code == 303
        assert "jusqu’à 15 h 20" in text(read(client, page))
    assert booking.ends_at == on(WEDNESDAY, "15:20")


def test_the_person_begins_at_once_at_the_kiosk_only(
    client: FlaskClient, session: Session, vinyl: Machine, ines: Person, at: At
) -> None:
    with at("14:20"):
        log_in(client, ines)
        elsewhere = client.post("/reserver/VIN-01/tout-de-suite", data=SAID)
        assert elsewhere.status_code == 422
        assert "Je le fais à la borne de l’atelier, ou avec un animateur." in elsewhere.text
        client.set_cookie(KIOSK_COOKIE, actions_kiosk.enrol("Borne", make_staff(), NOW))
        log_in(client, ines)
        assert "lame réglée" in text(read(client, "/reserver/VIN-01/tout-de-suite"))
        begun = client.post("/reserver/VIN-01/tout-de-suite", data=SAID)
        assert begun.status_code == 303
        booking = session.scalars(select(Booking)).one()
        mine = f"/reservations/{booking.public_id}"
        assert "Je continue plus longtemps" in text(read(client, mine))
        until = (booking.ends_at + timedelta(minutes=30)).isoformat()
        assert client.post(f"{mine}/prolonger", data={"until": until}).status_code == 303
    assert booking.ends_at == on(WEDNESDAY, "15:20")
