"""Waiting for a machine: in order, one offer at a time, kept for a while; then the next. Told once of room."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bookings import actions
from bookings.models import Booking, Claim
from bookings.values import Ask
from fablab import clock, house
from fablab.db import db, transaction
from fablab.outbox import Letter, Message
from fablab.people.models import Person
from fablab.refusals import Refused
from machines import actions_waiting, jobs, queries_waiting
from machines.models import Machine
from machines.models_waiting import Waiting
from machines.values_waiting import MOST, OFFER_LASTS
from tests.conftest import NOW, Statements
from tests.machines.pages import THURSDAY, WEDNESDAY, read, text
from tests.make import log_in, make_staff, make_young
from tests.make_bookings import make_booking, slot
from tests.make_machines import Fablab, give_badge, make_fablab, make_machine, make_shift, on

START = clock.day_bounds(WEDNESDAY)[0]


def someone(name: str, machine: Machine) -> Person:
    """A young person who may use the machine."""
    person = make_young(name, "Attend")
    give_badge(person, machine.badge)
    return person


def fill(machine: Machine, day: date = WEDNESDAY) -> list[Booking]:
    """Somebody else has every hour of a day."""
    hours = ("14:00", "15:00", "16:00", "17:00", "18:00") if day == WEDNESDAY else ("17:00", "18:00", "19:00", "20:00")
    spans = list(pairwise(hours))
    return [make_booking(machine, slot(*span, day), someone(f"Qui {n}", machine)) for n, span in enumerate(spans)]


@pytest.fixture
def vinyl(fablab: Fablab) -> Machine:
    """Nothing to clean between two hours, so that a day is full with whole hours."""
    return make_machine(fablab, "VIN-01", simple_name="La découpe vinyle", pictogram="decoupe_vinyle", turnaround=0)


@pytest.fixture
def full(vinyl: Machine) -> list[Booking]:
    return fill(vinyl)


def at(moment: datetime) -> str:
    return f"{clock.to_local(moment):%H:%M}"


def offered(session: Session, now: datetime = NOW) -> list[tuple[str, str, str]]:
    """What is offered at a moment: to whom, from when, until when."""
    session.rollback()
    found = select(Waiting).where(Waiting.offered_until > now).order_by(Waiting.id)
    return [
        (
            one.person.first_name,
            f"{clock.to_local(one.offered_start):%H:%M}",
            f"{clock.to_local(one.offered_until):%H:%M}",
        )
        for one in session.scalars(found)
        if one.offered_start and one.offered_until
    ]


def told(session: Session, person: Person, notice: str) -> list[str]:
    found = select(Message.text).where(Message.person_id == person.id, Message.notice == notice)
    return list(session.scalars(found))


def join(person: Person, machine: Machine, minutes: int = 60, day: date = WEDNESDAY, now: datetime = NOW) -> None:
    actions_waiting.join(person, machine, day, minutes, now)


def codes_of(act: Callable[[], Any]) -> list[str]:
    try:
        act()
    except Refused as refused:
        return refused.codes
    return []


def test_while_the_day_is_full_nothing_is_offered(session: Session, vinyl: Machine, full: list[Booking]) -> None:
    join(someone("Ana", vinyl), vinyl)
    assert jobs.offer_hours(NOW) == "0 told"
    assert offered(session) == []


def test_an_hour_let_go_is_offered_to_the_first_in_line_alone(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    ana, bob = someone("Ana", vinyl), someone("Bob", vinyl)
    join(ana, vinyl)
    join(bob, vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    assert jobs.offer_hours(NOW) == "1 told"
    assert jobs.offer_hours(NOW) == "0 told"
    assert offered(session) == [("Ana", "15:00", "11:00")]
    [said] = told(session, ana, "slot-offered")
    assert "11" in said
    assert told(session, bob, "slot-offered") == []


def test_whoever_has_an_address_gets_a_letter_too(session: Session, vinyl: Machine, full: list[Booking]) -> None:
    ana = someone("Ana", vinyl)
    with transaction():
        ana.email = "ana@example.org"
        ana.birth_date = date(2000, 1, 1)
    join(ana, vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    letters = session.scalars(select(Letter).where(Letter.notice == "slot-offered")).all()
    assert [letter.to_address for letter in letters] == ["ana@example.org"]


def test_what_is_offered_to_one_is_kept_from_others_until_it_runs_out(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    ana, bob = someone("Ana", vinyl), someone("Bob", vinyl)
    join(ana, vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    ask = Ask(vinyl.id, slot("15:00", "16:00", WEDNESDAY), holder_id=bob.id)
    assert codes_of(lambda: actions.book(ask, bob, NOW)) == ["kept_for_line"]
    later = NOW + OFFER_LASTS
    assert actions.book(ask, bob, later).status == "confirmed"


def test_the_team_passes_it_with_a_reason(session: Session, vinyl: Machine, full: list[Booking]) -> None:
    bob, samir = someone("Bob", vinyl), make_staff("Samir")
    join(someone("Ana", vinyl), vinyl)
    actions.cancel(full[1], "", samir, NOW)
    jobs.offer_hours(NOW)
    ask = Ask(vinyl.id, slot("15:00", "16:00", WEDNESDAY), holder_id=bob.id, override="Son exposé est demain.")
    assert actions.book(ask, samir, NOW).holder_id == bob.id


def test_refused_it_goes_to_the_next_at_once(session: Session, vinyl: Machine, full: list[Booking]) -> None:
    ana, bob = someone("Ana", vinyl), someone("Bob", vinyl)
    join(ana, vinyl)
    join(bob, vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    actions_waiting.leave(queries_waiting.mine(session, ana.id, NOW)[0][0], NOW)
    assert offered(session) == [("Bob", "15:00", "11:00")]
    assert len(told(session, bob, "slot-offered")) == 1


def test_run_out_it_goes_to_the_next_and_the_first_waits_no_more(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    ana, bob = someone("Ana", vinyl), someone("Bob", vinyl)
    join(ana, vinyl)
    join(bob, vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    later = NOW + OFFER_LASTS
    assert jobs.offer_hours(later) == "1 told"
    assert offered(session, later) == [("Bob", "15:00", "12:00")]
    assert queries_waiting.mine(session, ana.id, later) == []


def test_whoever_wants_more_than_there_is_keeps_their_place(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    ana, bob = someone("Ana", vinyl), someone("Bob", vinyl)
    join(ana, vinyl, 120)
    join(bob, vinyl, 60)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    assert offered(session) == [("Bob", "15:00", "11:00")]
    [(place, before)] = queries_waiting.mine(session, ana.id, NOW)
    assert (place.minutes, before) == (120, 0)


def test_an_hour_is_offered_only_to_whom_every_rule_accepts(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    join(make_young("Sans", "Badge"), vinyl)
    join(someone("Bob", vinyl), vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    assert offered(session) == [("Bob", "15:00", "11:00")]


def test_whoever_books_and_cancels_is_not_offered_their_own_hour_again(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    ana = someone("Ana", vinyl)
    join(ana, vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    mine = actions.book(Ask(vinyl.id, slot("15:00", "16:00", WEDNESDAY), holder_id=ana.id), ana, NOW)
    actions.cancel(mine, "", ana, NOW)
    assert jobs.offer_hours(NOW + timedelta(minutes=5)) == "0 told"
    assert queries_waiting.mine(session, ana.id, NOW) == []


def test_nothing_is_offered_so_late_that_it_could_not_be_booked(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    with transaction() as writing:
        house.write(writing, "machines.min_notice_hours", 2)
    join(someone("Ana", vinyl), vinyl)
    actions.cancel(full[0], "", make_staff(), NOW)
    late = on(WEDNESDAY, "11:55").astimezone(NOW.tzinfo)
    assert jobs.offer_hours(late) == "0 told"
    assert jobs.offer_hours(late - timedelta(minutes=10)) == "1 told"


def test_a_house_that_sends_nothing_before_a_time_offers_nothing_before_it(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    with transaction() as writing:
        house.write(writing, "letters.not_before", "8")
    join(someone("Ana", vinyl), vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    night = on(WEDNESDAY, "03:00").astimezone(NOW.tzinfo)
    assert jobs.offer_hours(night) == "0 told"
    assert jobs.offer_hours(night + timedelta(hours=5)) == "1 told"


def test_who_asked_to_be_told_is_told_once_of_a_long_enough_time(
    session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    evening = fill(vinyl, THURSDAY)
    ana = someone("Ana", vinyl)
    actions_waiting.ask_to_be_told(ana, vinyl, 120, NOW)
    samir = make_staff()
    later = NOW
    actions.cancel(full[1], "", samir, NOW)
    with transaction() as writing:
        house.write(writing, "machines.horizon_days", 2)
    assert jobs.offer_hours(later) == "0 told"
    actions.cancel(evening[0], "", samir, NOW)
    actions.cancel(evening[1], "", samir, NOW)
    assert jobs.offer_hours(later) == "1 told"
    assert jobs.offer_hours(later) == "0 told"
    [said] = told(session, ana, "slot-free")
    assert "jeudi" in said
    assert offered(session) == []


def test_waiting_twice_is_one_place_and_there_are_so_many_at_most(session: Session, vinyl: Machine) -> None:
    ana = someone("Ana", vinyl)
    join(ana, vinyl)
    join(ana, vinyl)
    assert len(queries_waiting.mine(session, ana.id, NOW)) == 1
    for number in range(1, MOST):
        join(ana, vinyl, day=WEDNESDAY + timedelta(days=number))
    assert codes_of(lambda: join(ana, vinyl, day=WEDNESDAY + timedelta(days=MOST))) == ["too_many_waits"]
    assert codes_of(lambda: actions_waiting.ask_to_be_told(ana, vinyl, 60, NOW)) == ["too_many_waits"]


@pytest.mark.parametrize(
    ("days", "minutes", "codes"),
    [(-2, 60, ["wait_day"]), (400, 60, ["wait_day"]), (0, 0, ["wait_minutes"]), (0, 10_000, ["wait_minutes"])],
)
def test_a_day_or_a_length_that_cannot_be_booked_is_not_waited_for(
    vinyl: Machine, days: int, minutes: int, codes: list[str]
) -> None:
    ana = someone("Ana", vinyl)
    assert codes_of(lambda: join(ana, vinyl, minutes, WEDNESDAY + timedelta(days=days))) == codes


# pages


def test_a_full_day_leads_to_its_line_and_the_offer_to_the_booking(
    phone: FlaskClient, session: Session, vinyl: Machine, ines: Person, full: list[Booking]
) -> None:
    page = read(phone, f"/reserver/{vinyl.code}")
    form = page.select_one("form[action$='/attendre']")
    assert form is not None
    sent = {str(one["name"]): str(one["value"]) for one in form.select("input")}
    assert (sent["day"], sent["minutes"]) == (WEDNESDAY.isoformat(), "60")
    assert phone.post(str(form["action"]), data=sent).location == "/attente"
    assert "Je suis le prochain." in text(read(phone, "/attente"))
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    page = read(phone, "/attente")
    assert "C’est mon tour" in text(page)
    accept = page.select_one("form[action$='/accepter']")
    assert accept is not None
    made = phone.post(str(accept["action"]))
    assert made.location.startswith("/reservations/")
    session.rollback()
    [mine] = session.scalars(select(Booking).where(Booking.holder_id == ines.id)).all()
    assert (mine.status, mine.starts_at) == ("confirmed", slot("15:00", "16:00", WEDNESDAY).start)
    assert "Je n’attends rien" in text(read(phone, "/attente"))


def test_an_offer_run_out_is_said_so(
    phone: FlaskClient, session: Session, vinyl: Machine, ines: Person, full: list[Booking]
) -> None:
    join(ines, vinyl)
    place = queries_waiting.mine(session, ines.id, NOW)[0][0]
    answer = phone.post(f"/attente/{place.public_id}/accepter", follow_redirects=True)
    assert "Cette heure n’est plus proposée." in answer.text
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    with time_machine.travel(NOW + OFFER_LASTS, tick=False):
        assert phone.post(f"/attente/{place.public_id}/accepter").status_code == 404


def test_to_be_told_is_asked_and_taken_back_in_one_tap(
    phone: FlaskClient, session: Session, vinyl: Machine, full: list[Booking]
) -> None:
    form = read(phone, f"/reserver/{vinyl.code}").select_one("form[action$='/dire-quand-libre']")
    assert form is not None
    phone.post(str(form["action"]), data={"minutes": "90"})
    page = read(phone, "/attente")
    assert "Dès qu’il y a 1 h 30 de libre" in text(page)
    leave = page.select_one("form[action$='/quitter']")
    assert leave is not None
    phone.post(str(leave["action"]))
    assert session.scalar(select(func.count(Waiting.id))) == 0


def test_no_page_says_who_else_waits_or_is_offered_what(
    phone: FlaskClient, session: Session, vinyl: Machine, ines: Person, full: list[Booking]
) -> None:
    join(someone("Philippine-Aurore", vinyl), vinyl)
    join(ines, vinyl)
    actions.cancel(full[1], "", make_staff(), NOW)
    jobs.offer_hours(NOW)
    pages = phone.get("/attente").text + phone.get(f"/reserver/{vinyl.code}?jour={WEDNESDAY}").text
    assert "proposé à quelqu’un" in pages
    assert "Ma place" in pages
    assert "Philippine-Aurore" not in pages


@pytest.mark.parametrize("sent", [{}, {"day": "demain"}, {"day": "2026-11-25", "minutes": "x"}])
def test_what_no_page_of_ours_sends_changes_nothing(
    phone: FlaskClient, session: Session, vinyl: Machine, sent: dict[str, str]
) -> None:
    assert phone.post(f"/reserver/{vinyl.code}/attendre", data=sent).status_code in (303, 400)
    assert phone.post(f"/reserver/{vinyl.code}/dire-quand-libre", data={}).status_code == 303
    assert phone.post("/reserver/XXX-99/dire-quand-libre", data={"minutes": "60"}).status_code == 404
    assert session.scalar(select(func.count(Waiting.id))) == 0


def test_the_pages_ask_a_bounded_number_of_statements(
    phone: FlaskClient, vinyl: Machine, ines: Person, full: list[Booking], count_statements: Statements
) -> None:
    for day in range(3):
        join(ines, vinyl, day=WEDNESDAY + timedelta(days=day))
    for address in ("/attente", f"/reserver/{vinyl.code}"):
        phone.get(address)
        count_statements.clear()
        read(phone, address)
        assert len(count_statements) <= 10, (address, count_statements)


# at the same moment


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """What each returned, or the codes of its refusals, all begun together in threads of their own."""
    start = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                return act()
            except Refused as refused:
                return refused.codes
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(one, acts))


def free_day(person_names: tuple[str, ...]) -> tuple[Machine, list[Person], date, datetime]:
    """A machine with Samir by it in two days, people who may use it, that day, and now."""
    now = clock.now().replace(microsecond=0)
    fablab, day = make_fablab(), WEDNESDAY
    make_shift(make_staff(), fablab.place, on(day, "14:00"), on(day, "16:00"))
    machine = make_machine(fablab, "VIN-01")
    return machine, [someone(name, machine) for name in person_names], day, now


@pytest.mark.parametrize("time", range(3))
def test_an_offer_and_an_ordinary_booking_at_once_never_both_have_the_hour(shared_database: Flask, time: int) -> None:
    machine, (ana, bob), day, _now = free_day(("Ana", "Bob"))
    full = slot("14:00", "16:00", day)
    join(ana, machine, 120, day)
    ids = machine.id, bob.id
    db.session.remove()
    ask = Ask(ids[0], full, holder_id=ids[1], key=f"bob-{time}")
    booked, was_offered = at_once(
        shared_database,
        lambda: actions.book(ask, db.session().get_one(Person, ids[1]), NOW).status,
        lambda: actions_waiting.offer_next(ids[0], clock.day_bounds(day)[0], NOW),
    )
    assert (booked, was_offered) in ((["kept_for_line"], True), ("confirmed", False))


def test_two_who_were_offered_one_after_the_other_do_not_both_have_it(shared_database: Flask) -> None:
    machine, (ana, bob), day, _now = free_day(("Ana", "Bob"))
    for person in (ana, bob):
        join(person, machine, 120, day)
    later = NOW + OFFER_LASTS
    assert actions_waiting.offer_next(machine.id, clock.day_bounds(day)[0], NOW)
    assert actions_waiting.offer_next(machine.id, clock.day_bounds(day)[0], later)
    machine_id, people = machine.id, (ana.id, bob.id)
    db.session.remove()

    def accept(person_id: int, at: datetime) -> Any:
        ask = Ask(machine_id, slot("14:00", "16:00", day), holder_id=person_id, key=f"waiting:{person_id}")
        return actions.book(ask, db.session().get_one(Person, person_id), at).status

    answers = at_once(shared_database, lambda: accept(people[0], later), lambda: accept(people[1], later))
    assert answers[1] == "confirmed"
    assert answers[0] in (["kept_for_line"], ["taken", "kept_for_line"], ["taken"])
    assert db.session().scalar(select(func.count(Claim.id)).where(Claim.holds)) == 1


def test_two_runs_of_the_job_at_once_offer_once(shared_database: Flask) -> None:
    machine, (ana, bob), day, _now = free_day(("Ana", "Bob"))
    for person in (ana, bob):
        join(person, machine, 60, day)
    machine_id = machine.id
    db.session.remove()
    offers = at_once(
        shared_database,
        *(lambda: actions_waiting.offer_next(machine_id, clock.day_bounds(day)[0], NOW) for _n in range(4)),
    )
    assert sorted(offers) == [False, False, False, True]


def test_told_once_even_when_two_runs_meet(shared_database: Flask) -> None:
    machine, (ana,), day, _now = free_day(("Ana",))
    actions_waiting.ask_to_be_told(ana, machine, 60, NOW)
    waiting_id = db.session().scalars(select(Waiting.id)).one()
    db.session.remove()
    hour = slot("14:00", "15:00", day)
    answers = at_once(
        shared_database, *(lambda: actions_waiting.tell_of_room(waiting_id, hour, NOW) for _n in range(4))
    )
    assert sorted(answers) == [False, False, False, True]
    assert db.session().scalar(select(func.count(Message.id)).where(Message.notice == "slot-free")) == 1


def test_somebody_of_the_team_does_not_wait_here(client: FlaskClient) -> None:
    assert log_in(client, make_staff()).get("/attente").status_code == 403
