"""The same moment, over real HTTP: 2 workers of 8 threads, log-in and forms' tokens included, on both databases."""

import http.client
import socket
import time
from collections.abc import Callable
from datetime import time as hour_of_day
from datetime import timedelta
from functools import partial
from itertools import count
from select import select as select_ready

import pytest
from sqlalchemy import func, select

from bookings.models import Booking, Claim, OpeningRule
from fablab import clock, house
from fablab.db import db, transaction
from fablab.people.models import Person
from machines.models import Machine
from tests.bookings.serving import Answer, Served, Visitor, at_once
from tests.make import PASSWORD, PIN, make_staff, make_young
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift, on

pytestmark = pytest.mark.slow

PEOPLE, SLOTS = 32, 25
#: of both workers
THREADS = 16
_numbers = count(1)


class House:
    """A Fablab open every day, where an adult always is; its people hold the badge of its machines."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.fablab = make_fablab(gauge=200)
        self.badge = make_badge()
        self.day = clock.local_day(clock.now()) + timedelta(days=2)
        with transaction() as session:
            for rule in session.scalars(select(OpeningRule)):
                session.delete(rule)
            for weekday in range(7):
                opening = {"season": "school", "weekday": weekday, "use": "open_lab", "nth": []}
                hours = {"opens": hour_of_day(16), "closes": hour_of_day(19)}
                session.add(OpeningRule(place_id=self.fablab.place.id, **opening, **hours))
        adult = make_staff()
        for evening in range(SLOTS // 6 + 1):
            day = self.day + timedelta(days=evening)
            make_shift(adult, self.fablab.place, on(day, "16:00"), on(day, "19:00"))
        self.allow(bookings=1000)

    def allow(self, *, bookings: int) -> None:
        """How many active bookings somebody may have; hours are not counted here."""
        with transaction() as session:
            house.write(session, "machines.rules.max_active_bookings", bookings)
            house.write(session, "machines.rules.max_weekly_hours", 1000)

    def machine(self) -> Machine:
        """A machine without cleaning or weekly limit."""
        code = f"M-{next(_numbers)}"
        return make_machine(self.fablab, code, badge=self.badge, turnaround=0, max_week_minutes=100000)

    def person(self) -> Person:
        """Somebody of 19 with the badge."""
        person = make_young()
        give_badge(person, self.badge)
        return person

    def enter(self, person: Person) -> Visitor:
        """A browser in which this person is logged in; in the race nobody waits more than ten seconds."""
        visitor = Visitor(self.served).enter(person.handle or "", PIN)
        visitor.patience = 10
        return visitor

    def crowd(self, size: int) -> list[Visitor]:
        """So many people, each logged in."""
        return [self.enter(self.person()) for _ in range(size)]

    def wish(self, visitor: Visitor, machine: Machine, number: int, minutes: int = 30) -> Callable[[], Answer]:
        """The sending of the form that books from the half-hour of this number."""
        return self._form(visitor, f"/reserver/{machine.code}", number, minutes)

    def change(self, visitor: Visitor, booking: Booking, number: int) -> Callable[[], Answer]:
        """The sending of the form that moves a booking."""
        return self._form(visitor, f"/reservations/{booking.public_id}/deplacer", number, 30)

    def _form(self, visitor: Visitor, path: str, number: int, minutes: int) -> Callable[[], Answer]:
        # Six half-hours an evening.
        evening, turn = divmod(number, 6)
        moment = on(self.day + timedelta(days=evening), "16:00") + timedelta(minutes=30 * turn)
        start = clock.to_local(moment).isoformat(timespec="minutes")
        fields = {"start": start, "minutes": str(minutes), "key": f"race-{next(_numbers)}"}
        return lambda: visitor.post(path, **fields)


@pytest.fixture(scope="module")
def race(served: Served) -> House:
    return House(served)


def held(machine: Machine) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Claim.id)).where(Claim.resource_id == machine.id, Claim.holds)) or 0


def judge(race: House, answers: list[Answer], *, winners: int, refused: int) -> list[Answer]:
    """So many done, the others refused clearly, in a browser’s patience; nothing broke. The refused ones."""
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [303] * winners + [refused] * (len(answers) - winners)
    assert race.served.complaints() == []
    return [answer for answer in answers if answer.status == refused]


def test_32_people_ask_for_the_same_slot_25_times_over(race: House) -> None:
    machine, crowd = race.machine(), race.crowd(PEOPLE)
    for number in range(SLOTS):
        answers = at_once([race.wish(visitor, machine, number) for visitor in crowd])
        for lost in judge(race, answers, winners=1, refused=409):
            assert "Ce créneau est pris." in lost.text
            assert "Le plus proche" in lost.text
    assert held(machine) == SLOTS


def test_two_slots_that_overlap_in_part_are_never_both_booked(race: House) -> None:
    machine, crowd = race.machine(), race.crowd(PEOPLE)
    acts = [race.wish(one, machine, number % 2, 60) for number, one in enumerate(crowd)]
    judge(race, at_once(acts), winners=1, refused=409)
    assert held(machine) == 1


def test_one_of_many_moves_onto_a_free_slot(race: House) -> None:
    machine, movers = race.machine(), race.crowd(16)
    for number, mover in enumerate(movers):
        assert race.wish(mover, machine, number)().status == 303
    bookings = db.session.scalars(select(Booking).where(Booking.resource_id == machine.id).order_by(Booking.starts_at))
    acts = [race.change(mover, booking, 20) for mover, booking in zip(movers, bookings, strict=True)]
    judge(race, at_once(acts), winners=1, refused=409)
    assert held(machine) == len(movers)


def test_a_form_sent_many_times_at_once_books_once_and_always_says_the_same(race: House) -> None:
    machine = race.machine()
    for number in range(8):
        send = race.wish(race.enter(race.person()), machine, number)
        answers = at_once([send] * 8)
        judge(race, answers, winners=8, refused=0)
        assert len({answer.location for answer in answers}) == 1
    assert held(machine) == 8


def test_the_teams_form_sent_many_times_at_once_books_once(race: House) -> None:
    machine, samir = race.machine(), make_staff()
    desk = Visitor(race.served).enter_team(samir.email or "", PASSWORD)
    desk.patience = 10
    for number in range(4):
        wish = {"person": race.person().handle or "", "key": f"race-{next(_numbers)}", "minutes": "30"}
        wish |= {"day": race.day.isoformat(), "starts": f"{16 + number // 2}:{number % 2 * 30:02d}"}
        answers = at_once([partial(desk.post, f"/machines/{machine.code}/reserver", **wish)] * 8)
        judge(race, answers, winners=8, refused=0)
        assert len({answer.location for answer in answers}) == 1
    assert held(machine) == 4


def test_two_devices_of_one_person_are_not_in_two_places(race: House) -> None:
    left, right = race.machine(), race.machine()
    for number in range(8):
        person = race.person()
        acts = [race.wish(race.enter(person), machine, number) for machine in (left, right)]
        judge(race, at_once(acts), winners=1, refused=422)
    assert held(left) + held(right) == 8


def test_two_devices_of_one_person_do_not_pass_the_two_bookings(race: House) -> None:
    first, left, right = race.machine(), race.machine(), race.machine()
    race.allow(bookings=2)
    try:
        for number in range(8):
            person = race.person()
            phone, tablet = race.enter(person), race.enter(person)
            assert race.wish(phone, first, number)().status == 303
            acts = [race.wish(phone, left, number + 8), race.wish(tablet, right, number + 16)]
            judge(race, at_once(acts), winners=1, refused=422)
    finally:
        race.allow(bookings=1000)
    assert held(left) + held(right) == 8


def still_open(connection: socket.socket) -> bool:
    """Whether the server has not hung up, nor said anything."""
    return not select_ready([connection], [], [], 0)[0]


def test_twenty_clients_that_never_hang_up_do_not_stall_the_next_visitor(race: House) -> None:
    kept = []
    for _client in range(20):
        connection = http.client.HTTPConnection("127.0.0.1", race.served.port, timeout=10)
        connection.request("GET", "/entrer", headers={"Connection": "keep-alive"})
        connection.getresponse().read()
        kept.append(connection)
    assert Visitor(race.served).get("/entrer").status == 200
    # As many as there are threads are still connected: had each held one, the visitor would still wait.
    assert sum(still_open(connection.sock) for connection in kept) >= THREADS
    for connection in kept:
        connection.close()


@pytest.mark.parametrize(
    "first_words",
    [
        b"",
        b"G",
        b"GET /entrer HTTP/1.1\r\nHost: la-dynamo\r\nX-",
        b"POST /entrer HTTP/1.1\r\nContent-Length: 40\r\n\r\nhandle=",
    ],
    ids=["silent", "one letter", "half the headers", "half a form"],
)
def test_forty_clients_that_never_finish_asking_do_not_stall_the_next_visitor(race: House, first_words: bytes) -> None:
    kept = [socket.create_connection(("127.0.0.1", race.served.port), timeout=10) for _client in range(40)]
    for connection in kept:
        connection.sendall(first_words)
    time.sleep(0.2)  # both workers have taken them
    for _visit in range(8):
        assert Visitor(race.served).get("/entrer").status == 200
    assert all(still_open(connection) for connection in kept), "somebody was hung up on, for a visitor to get in"
    for connection in kept:
        connection.close()
    assert race.served.complaints() == []


def test_who_asks_letter_by_letter_gets_an_answer_too(race: House) -> None:
    with socket.create_connection(("127.0.0.1", race.served.port), timeout=10) as connection:
        for number in range(2):  # the second time on the connection that was kept
            for letter in b"GET /entrer HTTP/1.1\r\nHost: la-dynamo\r\n\r\n":
                connection.sendall(bytes([letter]))
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert (number, answer.status) == (number, 200)
            answer.read()


@pytest.mark.parametrize("letters", [9_000, 40_000])
def test_an_address_far_too_long_gets_a_page_of_the_house(race: House, letters: int) -> None:
    for path in ("/" + "a" * letters, "/entrer?next=" + "a" * letters):
        answer = Visitor(race.served).get(path)
        assert answer.status == (404 if path.startswith("/a") else 200)
        assert 'lang="fr"' in answer.text
    assert race.served.complaints() == []
