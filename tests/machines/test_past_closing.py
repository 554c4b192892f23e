"""A machine that goes on past closing: asked for, agreed or refused by somebody named, held whole, looked at after."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bookings import actions as engine
from bookings import asking, jobs
from bookings.models import Booking, Claim
from bookings.values import Ask, Over, Slot
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_now, actions_past_closing, actions_repair, actions_use, queries_past_closing, queries_use
from machines.models import Machine
from machines.models_repair import Ticket
from machines.rules_quotas import counted_minutes
from machines.values_use import Left, Start
from tests.conftest import NOW
from tests.machines.pages import THURSDAY, WEDNESDAY, read, text
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import slot
from tests.make_machines import Fablab, give_badge, make_machine, on

#: from 16:00 to midnight: the open lab of Wednesday closes at 18:00, and opens on Thursday at 09:00 for a group
EIGHT_HOURS = Slot(on(WEDNESDAY, "16:00"), on(THURSDAY, "00:00"))
READY = Start("vinyle adhésif", (), ("lame réglée",))
MORNING = on(THURSDAY, "09:10")


@pytest.fixture
def printer(fablab: Fablab) -> Machine:
    more: dict[str, Any] = {"past_closing": "on_agreement", "max_minutes": 480, "max_week_minutes": 480}
    return make_machine(fablab, "FDM-04", simple_name="La grande imprimante 3D", pictogram="impression_3d", **more)


@pytest.fixture
def ines(printer: Machine) -> Person:
    person = make_young()
    give_badge(person, printer.badge)
    return person


@pytest.fixture
def sonia(fablab: Fablab, session: Session) -> Person:
    return make_staff("Sonia")


@pytest.fixture
def asked(printer: Machine, ines: Person) -> Booking:
    return actions_past_closing.ask(printer, EIGHT_HOURS, "asked-once", ines, NOW)


@pytest.fixture
def agreed(asked: Booking, sonia: Person) -> Booking:
    return engine.approve(asked, sonia, NOW)


@pytest.fixture
def begun(agreed: Booking, sonia: Person) -> Booking:
    actions_use.check_in(agreed, READY, sonia, on(WEDNESDAY, "16:00"))
    return agreed


def notices(session: Session, person: Person) -> list[str | None]:
    return list(session.scalars(select(Message.notice).where(Message.person_id == person.id).order_by(Message.id)))


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)))


# --- asked for -----------------------------------------------------------------------------------


def test_an_ordinary_booking_past_closing_is_refused_and_says_what_to_ask(
    client: FlaskClient, printer: Machine, ines: Person
) -> None:
    log_in(client, ines)
    sent = {"start": EIGHT_HOURS.start.isoformat(), "minutes": "480", "key": "k"}
    refused = client.post("/reserver/FDM-04", data=sent)
    assert refused.status_code == 422
    assert "La maison est fermée à cette heure." in refused.text
    above, way, _below = refused.text.partition('href="/reserver/FDM-04/apres-fermeture?jour=2026-11-25"')
    assert way
    assert "Pas encore possible" in above
    assert "Quel jour" not in above, "beside the reason, above the days"


@pytest.mark.parametrize(
    ("day", "start", "minutes"),
    [
        (WEDNESDAY, "18:30", "60"),  # the lab is shut as it would begin
        (WEDNESDAY, "17:45", "120"),  # too late to stay half an hour
        (WEDNESDAY + timedelta(days=4), "15:00", "120"),  # a Sunday
    ],
)
def test_a_closed_hour_that_could_not_be_asked_for_says_no_way(
    client: FlaskClient, session: Session, printer: Machine, ines: Person, day: date, start: str, minutes: str
) -> None:
    printer.step_minutes = 15
    session.commit()
    log_in(client, ines)
    refused = client.post(
        "/reserver/FDM-04", data={"start": on(day, start).isoformat(), "minutes": minutes, "key": "k"}
    )
    assert refused.status_code == 422
    assert any(said in refused.text for said in ("fermé", "Pas de réservation à cette heure."))
    assert "/apres-fermeture" not in refused.text


def test_what_is_asked_for_must_pass_the_other_rules_too(
    client: FlaskClient, fablab: Fablab, printer: Machine, ines: Person, sonia: Person
) -> None:
    works = Over("Coupure de courant", on(WEDNESDAY, "17:00"), on(THURSDAY, "06:00"), place_id=fablab.house.id)
    engine.close(works, sonia, NOW)
    log_in(client, ines)
    sent = {"start": EIGHT_HOURS.start.isoformat(), "minutes": "480", "key": "k"}
    refused = client.post("/reserver/FDM-04", data=sent)
    assert refused.status_code == 422
    assert "/apres-fermeture" not in refused.text


def test_what_is_asked_holds_its_whole_time_in_the_database(session: Session, asked: Booking, ines: Person) -> None:
    assert (asked.status, asked.there_until, asked.holder_id) == ("requested", on(WEDNESDAY, "18:00"), ines.id)
    claim = session.scalars(select(Claim)).one()
    assert (claim.starts_at, claim.ends_at, claim.holds) == (
        EIGHT_HOURS.start,
        EIGHT_HOURS.end + timedelta(minutes=5),
        True,
    )
    late = {"starts_at": on(WEDNESDAY, "23:00"), "ends_at": on(THURSDAY, "01:00"), "holds": True}
    with pytest.raises(IntegrityError, match="claim_taken"), transaction() as writing:
        writing.add(Claim(resource_id=asked.resource_id, booking_id=asked.id, **late))


def test_the_same_form_asks_once(printer: Machine, ines: Person, asked: Booking) -> None:
    assert actions_past_closing.ask(printer, EIGHT_HOURS, "asked-once", ines, NOW).id == asked.id


@pytest.mark.parametrize(
    ("start", "minutes", "code"),
    [
        ("16:00", 60, "before_closing"),
        ("16:00", 120, "before_closing"),
        ("17:45", 240, "off_step"),
        ("17:30", 540, "too_long"),
        ("18:30", 240, "outside_hours"),
        ("12:00", 480, "outside_hours"),
    ],
)
def test_it_must_need_it_and_begin_while_the_lab_is_open(
    printer: Machine, ines: Person, start: str, minutes: int, code: str
) -> None:
    begin = on(WEDNESDAY, start)
    with pytest.raises(Refused) as refused:
        actions_past_closing.ask(printer, Slot(begin, begin + timedelta(minutes=minutes)), "k", ines, NOW)
    assert code in refused.value.codes


def test_whoever_starts_it_stays_half_an_hour(session: Session, printer: Machine, ines: Person) -> None:
    printer.step_minutes = 15
    session.commit()
    begin = on(WEDNESDAY, "17:45")
    with pytest.raises(Refused) as refused:
        actions_past_closing.ask(printer, Slot(begin, begin + timedelta(hours=4)), "k", ines, NOW)
    assert refused.value.codes == ["starts_too_late"]


def test_a_machine_that_may_not_has_no_page_for_it_and_refuses(
    client: FlaskClient, vinyl: Machine, ines: Person
) -> None:
    with pytest.raises(Refused) as refused:
        actions_past_closing.ask(vinyl, EIGHT_HOURS, "k", ines, NOW)
    assert "never_past_closing" in refused.value.codes
    log_in(client, ines)
    read(client, "/reserver/VIN-01/apres-fermeture", 404)


def test_a_closure_in_the_night_refuses_it(fablab: Fablab, printer: Machine, ines: Person, sonia: Person) -> None:
    works = Over("Coupure de courant", on(WEDNESDAY, "22:00"), on(THURSDAY, "06:00"), place_id=fablab.house.id)
    engine.close(works, sonia, NOW)
    with pytest.raises(Refused) as refused:
        actions_past_closing.ask(printer, EIGHT_HOURS, "k", ines, NOW)
    assert refused.value.codes == ["closed"]


def test_a_closure_laid_over_the_night_afterwards_suspends_it(
    session: Session, fablab: Fablab, agreed: Booking, sonia: Person
) -> None:
    works = Over("Coupure de courant", on(WEDNESDAY, "22:00"), on(THURSDAY, "06:00"), place_id=fablab.house.id)
    laid = engine.close(works, sonia, NOW)
    assert [one.id for one in laid.suspended] == [agreed.id]
    engine.lift(laid.closure, sonia, NOW)
    assert (agreed.suspended, agreed.claims[0].holds) == (False, True)


# --- supervision, heads and hours count while it is open -----------------------------------------


def test_people_count_until_closing_alone(session: Session, fablab: Fablab, agreed: Booking, ines: Person) -> None:
    assert agreed.supervision == "autonomous"
    asks = Ask(fablab.floor.id, EIGHT_HOURS, kind="session", headcount=17)
    assert "place_full" not in asking.weigh_one(session, asks, NOW).codes
    over = Ask(fablab.floor.id, EIGHT_HOURS, kind="session", headcount=18)
    assert "place_full" in asking.weigh_one(session, over, NOW).codes
    evening = Slot(on(WEDNESDAY, "19:00"), on(WEDNESDAY, "21:00"))
    assert (
        "place_full" not in asking.weigh_one(session, Ask(fablab.floor.id, evening, "session", headcount=19), NOW).codes
    )
    assert counted_minutes(EIGHT_HOURS, constant_watch=False) == 60


def test_its_holder_may_be_elsewhere_once_it_is_closed(
    session: Session, fablab: Fablab, agreed: Booking, ines: Person
) -> None:
    there = Ask(fablab.floor.id, slot("17:00", "19:00", WEDNESDAY), kind="session", person_ids=(ines.id,))
    after = Ask(fablab.floor.id, slot("18:00", "19:00", WEDNESDAY), kind="session", person_ids=(ines.id,))
    assert "two_places" in asking.weigh_one(session, there, NOW).codes
    assert "two_places" not in asking.weigh_one(session, after, NOW).codes


# --- answered, and taken back --------------------------------------------------------------------


def test_who_agrees_is_named_and_the_person_told(
    session: Session, agreed: Booking, ines: Person, sonia: Person
) -> None:
    assert (agreed.status, agreed.agreed_by_id) == ("confirmed", sonia.id)
    assert notices(session, ines)[-1] == "past-closing-agreed"
    said = session.scalars(select(Message.text).where(Message.notice == "past-closing-agreed")).one()
    assert "Sonia" in said
    assert queries_past_closing.next_opening(session, agreed.place_id, agreed.ends_at) == on(THURSDAY, "09:00")


def test_agreed_by_mistake_it_waits_again_and_keeps_its_time(
    session: Session, agreed: Booking, ines: Person, sonia: Person
) -> None:
    for _twice in range(2):
        actions_past_closing.unsay(agreed, sonia, NOW)
    assert (agreed.status, agreed.agreed_by_id, agreed.claims[0].holds) == ("requested", None, True)
    assert notices(session, ines)[-1] == "past-closing-unsure"
    assert verbs(session).count("booking.unapproved") == 1
    engine.approve(agreed, sonia, NOW)
    with pytest.raises(Refused, match="already_begun"):
        actions_past_closing.unsay(agreed, sonia, on(WEDNESDAY, "16:30"))


def test_refused_with_a_reason_of_the_list_it_lets_its_time_go(
    client: FlaskClient, session: Session, asked: Booking, ines: Person, sonia: Person
) -> None:
    log_in(client, sonia)
    address = f"/machines/apres-fermeture/{asked.public_id}"
    form = read(client, address).select_one("main form:has(input[name=reason])")
    assert form is not None
    assert form["action"] == f"{address}/refuser"
    missing = client.post(f"{address}/refuser", data={})
    assert missing.status_code == 422
    assert client.get(f"{address}/refuser").status_code == 200
    assert client.post(f"{address}/refuser", data={"reason": "nobody"}).status_code == 303
    session.refresh(asked)
    assert (asked.status, asked.claims[0].holds) == ("refused", False)
    said = session.scalars(select(Message.text).where(Message.notice == "past-closing-refused")).one()
    assert "Personne ne peut venir voir la fin." in said


def test_unanswered_when_its_hour_comes_it_is_refused(session: Session, asked: Booking, ines: Person) -> None:
    assert jobs.refuse_unanswered(on(WEDNESDAY, "16:00")) == "1 refused"
    assert notices(session, ines)[-1] == "past-closing-refused"


def test_whoever_asked_withdraws_and_puts_it_back(session: Session, agreed: Booking, client: FlaskClient) -> None:
    log_in(client, session.get_one(Person, agreed.holder_id))
    client.post(f"/reservations/{agreed.public_id}/annuler")
    session.refresh(agreed)
    assert (agreed.status, agreed.claims[0].holds) == ("cancelled", False)
    client.post(f"/reservations/{agreed.public_id}/remettre")
    session.refresh(agreed)
    assert (agreed.status, agreed.there_until, agreed.claims[0].holds) == ("confirmed", on(WEDNESDAY, "18:00"), True)


def test_what_was_agreed_is_not_moved_nor_made_longer(begun: Booking, sonia: Person) -> None:
    with pytest.raises(Refused, match="agreed_as_it_is"):
        actions_now.extend(begun, begun.ends_at + timedelta(minutes=30), sonia, on(WEDNESDAY, "17:00"))


def test_an_agreed_one_is_not_moved(agreed: Booking, sonia: Person) -> None:
    with pytest.raises(Refused, match="agreed_as_it_is"):
        engine.move(agreed, Slot(on(WEDNESDAY, "15:00"), on(WEDNESDAY, "23:00")), sonia, NOW)


# --- lived, and looked at ------------------------------------------------------------------------


def test_its_end_is_for_whoever_agreed_at_the_next_opening(
    client: FlaskClient, session: Session, begun: Booking, sonia: Person
) -> None:
    assert jobs.finish_ended(MORNING) == "1 done"
    found = queries_past_closing.past_closing(session, MORNING)
    assert ([one.id for one in found.to_look_at], found.agreed, found.waiting) == ([begun.id], [], [])
    with time_machine.travel(MORNING, tick=False):
        log_in(client, sonia)
        assert f"/machines/apres-fermeture/{begun.public_id}/relever" in client.get("/open-lab").text
        address = f"/machines/apres-fermeture/{begun.public_id}/relever"
        sent = {"state": "mess", "remark": "Des fils sur le plateau"}
        assert client.post(address, data={"state": "mess"}).status_code == 422
        for _twice in range(2):
            assert client.post(address, data=sent).status_code == 303
    use = queries_use.use_of(session, begun.id)
    assert use is not None
    session.refresh(use)
    assert (use.state, use.ended_at, use.ended_by_id) == ("mess", EIGHT_HOURS.end, sonia.id)
    assert verbs(session).count("booking.looked_at") == 1
    actions_past_closing.look_again(begun, sonia, MORNING)
    assert queries_past_closing.past_closing(session, MORNING).to_look_at == [begun]
    with pytest.raises(Refused, match="end_not_said"):
        actions_past_closing.look_again(begun, sonia, MORNING)


def test_what_never_began_has_no_end_to_note(session: Session, agreed: Booking, sonia: Person) -> None:
    for act in (
        lambda: actions_past_closing.look(agreed, Left("fine"), sonia, MORNING),
        lambda: actions_past_closing.look_again(agreed, sonia, MORNING),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ["status"]
    assert agreed.status == "confirmed"


def test_a_fault_noted_by_mistake_is_taken_back_with_the_end_and_told_again_is_open(
    session: Session, begun: Booking, sonia: Person
) -> None:
    actions_past_closing.look(begun, Left("fault", None, "Buse bouchée"), sonia, MORNING)
    told = session.scalars(select(Ticket)).one()
    actions_past_closing.look_again(begun, sonia, MORNING)
    session.refresh(told)
    assert (told.closed_at, told.closed_by_id, told.done) == (MORNING, sonia.id, "")
    assert verbs(session)[-2:] == ["machine_ticket.take_back", "booking.to_look_at"]
    actions_past_closing.look(begun, Left("fault", None, "Plateau froid"), sonia, MORNING)
    session.refresh(told)
    assert (told.closed_at, told.done, told.text) == (None, None, "Plateau froid")


def test_a_fault_settled_meanwhile_stays_settled_and_another_is_another_problem(
    session: Session, begun: Booking, sonia: Person
) -> None:
    actions_past_closing.look(begun, Left("fault", None, "Buse bouchée"), sonia, MORNING)
    first = session.scalars(select(Ticket)).one()
    actions_repair.repair(first, "Buse changée", sonia, MORNING)
    for words in ("Plateau froid", "Plateau tiède"):
        actions_past_closing.look_again(begun, sonia, MORNING)
        actions_past_closing.look(begun, Left("fault", None, words), sonia, MORNING)
    session.expire_all()
    every = session.scalars(select(Ticket).order_by(Ticket.id)).all()
    assert [(one.text, one.done) for one in every] == [("Buse bouchée", "Buse changée"), ("Plateau tiède", None)]


def test_it_is_not_looked_at_before_its_end_nor_by_two(begun: Booking, sonia: Person) -> None:
    with pytest.raises(Refused, match="still_runs"):
        actions_past_closing.look(begun, Left("fine"), sonia, on(WEDNESDAY, "18:00"))
    actions_past_closing.look(begun, Left("fine"), sonia, MORNING)
    with pytest.raises(Refused, match="end_said"):
        actions_past_closing.look(begun, Left("fine"), make_staff("Awa"), MORNING)


def test_the_card_of_the_end_of_day_says_that_it_goes_on_and_by_whose_word(
    client: FlaskClient, begun: Booking, sonia: Person
) -> None:
    with time_machine.travel(on(WEDNESDAY, "17:45"), tick=False):
        log_in(client, sonia)
        left = text(read(client, "/open-lab")).partition("Avant de fermer")[2].partition("Sur une machine")[0]
    assert "La grande imprimante 3D" in left
    assert "accord de Sonia" in left


# --- pages ---------------------------------------------------------------------------------------


def test_the_young_person_asks_from_the_page_of_hours_and_reads_the_answer(
    client: FlaskClient, session: Session, printer: Machine, ines: Person, sonia: Person
) -> None:
    log_in(client, ines)
    assert read(client, "/reserver/FDM-04").select_one('a[href="/reserver/FDM-04/apres-fermeture"]') is not None
    address = "/reserver/FDM-04/apres-fermeture"
    key = read(client, address).select_one("main input[name=key]")
    assert key is not None
    sent = {"key": str(key["value"]), "day": "2026-11-25", "start": "16:00", "minutes": "480"}
    wrong = client.post(address, data=sent | {"minutes": "60"})
    assert wrong.status_code == 422
    assert 'value="16:00"' in wrong.text
    made = client.post(address, data=sent)
    assert made.status_code == 303
    assert "Un animateur dit oui ou non." in client.get(made.location).text
    booking = session.scalars(select(Booking)).one()
    log_in(client, sonia)
    assert read(client, "/machines").select_one('main a[href="/machines/apres-fermeture"]') is not None
    page = read(client, f"/machines/apres-fermeture/{booking.public_id}")
    assert "Prochaine ouverture jeudi 26 novembre à 9 h" in text(page)
    client.post(f"/machines/apres-fermeture/{booking.public_id}/accepter")
    log_in(client, ines)
    assert "la machine continue seule et Sonia regarde la fin" in client.get(made.location).text


def test_reception_sees_and_does_not_decide(client: FlaskClient, asked: Booking) -> None:
    log_in(client, make_staff("Rita", roles=(Role.RECEPTION,)))
    address = f"/machines/apres-fermeture/{asked.public_id}"
    page = read(client, address)
    assert page.select_one("main form input[name=reason]") is None
    assert client.post(f"{address}/refuser", data={"reason": "nobody"}).status_code == 403
    assert client.post(address, data={"reason": "nobody"}).status_code == 405
    assert client.post(f"{address}/accepter").status_code == 403
