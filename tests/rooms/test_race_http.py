"""Many organisations ask for one hall at once, over real HTTP: 2 workers of 8 threads, on both databases."""

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from bookings.models import Booking, Claim, OpeningRule
from fablab import clock, house
from fablab.db import db, transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from rooms.models import Room
from tests.bookings.serving import Answer, Served, Visitor, at_once
from tests.make import PASSWORD, make_staff
from tests.make_machines import make_fablab
from tests.make_rooms import make_contact_of, make_room, make_tenant, say_applicants

pytestmark = pytest.mark.slow

CONTACTS, HOURS = 16, 8
_numbers = count(1)


class House:
    """A house open every day; so many organisations, each with a contact who is logged in."""

    def __init__(self, served: Served) -> None:
        self.served = served
        say_applicants()
        self.place = make_fablab().house
        self.day = clock.local_day(clock.now()) + timedelta(days=20)
        with transaction() as session:
            house.write(session, "second_step_required", False)  # of the coordination: not what is raced for
            for rule in session.scalars(select(OpeningRule)):
                session.delete(rule)
            for weekday in range(7):
                for season in ("school", "holidays"):
                    hours: dict[str, Any] = {
                        "opens": time(8),
                        "closes": time(22),
                        "season": season,
                        "use": "open",
                        "nth": [],
                    }
                    session.add(OpeningRule(place_id=self.place.id, weekday=weekday, **hours))
        until = self.day + timedelta(days=300)
        self.tenants = [make_tenant(f"Chorale {number}", insurance_until=until) for number in range(CONTACTS)]
        since = clock.local_day(clock.now()) - timedelta(days=1)
        self.contacts = [self.enter(make_contact_of(one, since=since)) for one in self.tenants]

    def enter(self, person: Person) -> Visitor:
        """A browser in which this person is logged in; in the race nobody waits more than ten seconds."""
        visitor = Visitor(self.served).enter_team(person.email or "", PASSWORD)
        visitor.patience = 10
        return visitor

    def room(self, **fields: object) -> Room:
        """A room for everybody."""
        return make_room(self.place, f"R-{next(_numbers)}", **fields)

    def wish(self, number: int, room: Room, hour: int, *, week: int = 0) -> Callable[[], Answer]:
        """The sending of a contact's form for an hour of the day, or of that day some weeks later."""
        day = self.day + timedelta(weeks=week)
        fields = {"structure": self.tenants[number].public_id, "people": "8", "day": day.isoformat()}
        fields |= {"starts": f"{hour:02}:00", "ends": f"{hour + 1:02}:00", "key": f"race-{next(_numbers)}"}
        return partial(self.contacts[number].post, f"/salles/{room.code}/demander", **fields)


@pytest.fixture(scope="module")
def race(served: Served) -> House:
    return House(served)


def held(room: Room) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Claim.id)).where(Claim.resource_id == room.id, Claim.holds)) or 0


def booking_of(room: Room) -> Booking:
    db.session.rollback()
    return db.session.scalars(select(Booking).where(Booking.resource_id == room.id)).one()


def test_16_contacts_ask_for_the_same_hall_and_one_has_it_hour_after_hour(race: House) -> None:
    hall = race.room()
    for hour in range(9, 9 + HOURS):
        answers = at_once([race.wish(number, hall, hour) for number in range(CONTACTS)])
        assert sorted(answer.status for answer in answers) == [303] + [409] * (CONTACTS - 1)
        assert all("Ce créneau est pris." in answer.text for answer in answers if answer.status == 409)
    assert held(hall) == HOURS
    assert race.served.complaints() == []


def test_requests_that_wait_for_an_answer_hold_the_hall_as_well(race: House) -> None:
    hall = race.room(approval="coordination")
    answers = at_once([race.wish(number, hall, 9) for number in range(CONTACTS)])
    assert sorted(answer.status for answer in answers) == [303] + [409] * (CONTACTS - 1)
    assert held(hall) == 1
    assert race.served.complaints() == []


def test_the_whole_hall_against_its_halves(race: House) -> None:
    hall = race.room()
    left, right = race.room(whole_id=hall.id), race.room(whole_id=hall.id)
    for hour in range(9, 9 + HOURS):
        wanted = [(hall, hall, left, right)[number % 4] for number in range(CONTACTS)]
        answers = at_once([race.wish(number, room, hour) for number, room in enumerate(wanted)])
        won = [wanted[number].id for number, answer in enumerate(answers) if answer.status == 303]
        assert sorted(won) in ([hall.id], sorted([left.id, right.id]))
        assert {answer.status for answer in answers} == {303, 409}
    assert (held(left), held(right)) == (HOURS, HOURS)
    assert race.served.complaints() == []


def test_a_request_accepted_by_several_at_once_is_accepted_once(race: House) -> None:
    hall = race.room(approval="coordination")
    team = [race.enter(make_staff(f"Nadia {name}", roles=(Role.COORDINATOR,))) for name in "ABCDEFGH"]
    assert race.wish(0, hall, 9)().status == 303
    booking = booking_of(hall)
    asks = [partial(one.post, "/salles/demandes", chosen=booking.public_id, answer="yes") for one in team]
    assert {answer.status for answer in at_once(asks)} <= {303, 422}
    db.session.rollback()
    accepted = select(func.count(JournalEntry.id)).where(
        JournalEntry.verb == "booking.approved", JournalEntry.thing_id == booking.id
    )
    assert (db.session.scalar(accepted), booking.status, held(hall)) == (1, "confirmed", 1)
    assert race.served.complaints() == []


def test_of_requests_that_compete_each_accepted_by_another_at_once_one_has_the_hour(race: House) -> None:
    hall = race.room(approval="coordination", first_come=False)
    team = [race.enter(make_staff(f"Nadia {name}", roles=(Role.COORDINATOR,))) for name in "IJKLMNOP"]
    for hour in (9, 11, 13):
        wishes = [race.wish(number, hall, hour) for number in range(len(team))]
        assert {answer.status for answer in at_once(wishes)} == {303}
        db.session.rollback()
        waiting = select(Booking).where(Booking.resource_id == hall.id, Booking.status == "requested")
        rivals = db.session.scalars(waiting).all()
        assert len(rivals) == len(team)
        chosen = zip(team, (one.public_id for one in rivals), strict=True)
        asks = [partial(one.post, "/salles/demandes", chosen=public_id, answer="yes") for one, public_id in chosen]
        assert {answer.status for answer in at_once(asks)} <= {303, 422}
        db.session.rollback()
        lived = sorted(db.session.get_one(Booking, one.id).status for one in rivals)
        assert lived == ["confirmed"] + ["refused"] * (len(team) - 1)
    assert held(hall) == 3
    assert race.served.complaints() == []


def test_dates_that_come_back_against_single_ones(race: House) -> None:
    hall, weeks = race.room(), 6
    fields = {"structure": race.tenants[0].public_id, "people": "8", "day": race.day.isoformat(), "act": "send"}
    fields |= {"starts": "09:00", "ends": "10:00", "frequency": "weekly", "in_holidays": "y", "key": "race-series"}
    fields |= {"until": (race.day + timedelta(weeks=weeks - 1)).isoformat()}
    series = partial(race.contacts[0].post, f"/salles/{hall.code}/plusieurs-dates", **fields)
    singles = [race.wish(number, hall, 9, week=number % weeks) for number in range(1, CONTACTS)]
    answers = at_once([series, *singles])
    assert {answer.status for answer in answers} <= {303, 409}
    assert held(hall) == weeks
    assert race.served.complaints() == []


def test_the_desk_moves_bookings_while_contacts_ask_for_the_same_hour(race: House) -> None:
    hall, other = race.room(), race.room()
    assert race.wish(0, other, 9)().status == 303
    booking = booking_of(other)
    desk = race.enter(make_staff("Lucie", roles=(Role.RECEPTION,)))
    fields = {"room": hall.code, "day": race.day.isoformat(), "starts": "10:00", "ends": "11:00", "people": "8"}
    move = partial(desk.post, f"/salles/reservations/{booking.public_id}/deplacer", **fields)
    answers = at_once([move, *(race.wish(number, hall, 10) for number in range(1, CONTACTS))])
    assert sorted(answer.status for answer in answers) == [303] + [409] * (CONTACTS - 1)
    assert (held(hall), held(hall) + held(other)) in ((1, 1), (1, 2))
    assert race.served.complaints() == []
