"""The open lab over real HTTP, on both databases: a machine begun by many at once, longer against a booking, a badge
taken back as somebody begins."""

from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from sqlalchemy import func, select

from bookings.models import Booking, Claim, OpeningRule
from fablab import clock, house
from fablab.db import db, transaction
from fablab.people import actions_kiosk
from fablab.people.entering import KIOSK_COOKIE
from fablab.people.models import Person
from fablab.permissions import Role
from machines.models import Machine
from machines.models_use import MachineUse
from pathways.models import Award, Badge
from tests.bookings.serving import Answer, Served, Visitor, at_once
from tests.make import PASSWORD, PIN, make_staff, make_young
from tests.make_machines import give_badge, make_badge, make_fablab, make_machine, make_shift

pytestmark = pytest.mark.slow

PEOPLE, ROUNDS = 12, 4
_numbers = count(1)
SAID = {"material": "vinyle adhésif", "checks": "lame réglée"}


class Lab:
    """A Fablab that is always open, where an adult is from two hours ago on; whoever is there stands at a kiosk."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.fablab = make_fablab(gauge=200)
        self.badge = make_badge()
        with transaction() as session:
            for rule in session.scalars(select(OpeningRule)):
                session.delete(rule)
            for code, value in (("min_notice_hours", 0), ("max_weekly_hours", 1000), ("max_active_bookings", 1000)):
                house.write(session, f"machines.rules.{code}", value)
        now = clock.now()
        make_shift(make_staff(), self.fablab.place, now - timedelta(hours=2), now + timedelta(hours=10))
        self.kiosk = actions_kiosk.enrol("Borne", make_staff(roles=(Role.ADMINISTRATOR,)), now)

    def machine(self, badge: Badge | None = None) -> Machine:
        """A machine without cleaning or weekly limit."""
        code = f"U-{next(_numbers)}"
        return make_machine(self.fablab, code, badge=badge or self.badge, turnaround=0, max_week_minutes=100000)

    def person(self, badge: Badge | None = None) -> Person:
        """Somebody of 19 with the badge."""
        person = make_young()
        give_badge(person, badge or self.badge)
        return person

    def at_kiosk(self, person: Person) -> Visitor:
        """Somebody who has entered at a kiosk."""
        visitor = Visitor(self.served).enter(person.handle or "", PIN)
        visitor.keep(KIOSK_COOKIE, self.kiosk)
        visitor.patience = 20
        return visitor

    def desk(self) -> Visitor:
        """Somebody of the team."""
        one = make_staff()
        visitor = Visitor(self.served).enter_team(one.email or "", PASSWORD)
        visitor.patience = 20
        return visitor


@pytest.fixture(scope="module")
def lab(served: Served) -> Lab:
    return Lab(served)


def begin(visitor: Visitor, machine: Machine, key: str) -> Answer:
    return visitor.post(f"/reserver/{machine.code}/tout-de-suite", minutes="30", key=key, **SAID)


def begun_on(machine: Machine) -> Booking:
    db.session.rollback()
    return db.session.scalars(select(Booking).where(Booking.resource_id == machine.id)).one()


def counted(machine: Machine) -> tuple[int, int]:
    """Claims that hold on a machine, and uses of it."""
    db.session.rollback()
    claims = select(func.count(Claim.id)).where(Claim.resource_id == machine.id, Claim.holds)
    uses = select(func.count(MachineUse.id)).join(Booking).where(Booking.resource_id == machine.id)
    return db.session.scalar(claims) or 0, db.session.scalar(uses) or 0


def test_of_many_who_begin_on_one_machine_one_does(lab: Lab) -> None:
    crowd = [lab.at_kiosk(lab.person()) for _one in range(PEOPLE)]
    for _round in range(ROUNDS):
        machine = lab.machine()
        acts = [partial(begin, visitor, machine, f"race-{next(_numbers)}") for visitor in crowd[:PEOPLE]]
        answers = at_once(acts)
        # Who began on the machine before is in two places now.
        statuses = sorted(answer.status for answer in answers)
        assert statuses.count(303) == 1
        assert set(statuses) <= {303, 409, 422}
        assert counted(machine) == (1, 1)
    assert lab.served.complaints() == []


def test_the_same_form_sent_many_times_at_once_begins_once_and_always_says_the_same(lab: Lab) -> None:
    for _round in range(ROUNDS):
        machine, visitor = lab.machine(), lab.at_kiosk(lab.person())
        answers = at_once([partial(begin, visitor, machine, f"same-{machine.code}")] * 6)
        assert {answer.status for answer in answers} == {303}
        assert len({answer.location for answer in answers}) == 1
        assert counted(machine) == (1, 1)
    assert lab.served.complaints() == []


def test_a_use_that_goes_on_and_a_booking_that_follows_never_both_have_the_time(lab: Lab) -> None:
    for _round in range(ROUNDS):
        machine, user, other = lab.machine(), lab.at_kiosk(lab.person()), lab.at_kiosk(lab.person())
        assert begin(user, machine, f"use-{machine.code}").status == 303
        booking = begun_on(machine)
        until = booking.ends_at + timedelta(minutes=30)
        start = clock.to_local(booking.ends_at).isoformat(timespec="minutes")
        wish = {"start": start, "minutes": "30", "key": f"after-{machine.code}"}
        longer = partial(user.post, f"/reservations/{booking.public_id}/prolonger", until=until.isoformat())
        answers = at_once([longer, partial(other.post, f"/reserver/{machine.code}", **wish)])
        assert sorted(answer.status for answer in answers) in ([303, 409], [303, 422])
        db.session.rollback()
        ends = db.session.scalars(
            select(Claim.ends_at).where(Claim.resource_id == machine.id, Claim.holds).order_by(Claim.ends_at)
        ).all()
        assert ends[-1] == until
    assert lab.served.complaints() == []


def test_a_badge_taken_back_as_somebody_begins_is_either_before_or_after(lab: Lab) -> None:
    desk, other = lab.desk(), lab.desk()
    for _round in range(ROUNDS):
        badge = make_badge(f"BS-{next(_numbers)}")
        machine, person = lab.machine(badge), lab.person(badge)
        award = db.session.scalars(select(Award).where(Award.person_id == person.id)).one()
        wish = SAID | {"person": person.handle or "", "minutes": "30", "key": f"badge-{machine.code}"}
        begin_for = partial(desk.post, f"/machines/{machine.code}/tout-de-suite", **wish)
        revoke = partial(other.post, f"/badges/{award.public_id}/retirer", reason="Capot ouvert pendant la découpe.")
        begun, revoked = at_once([begin_for, revoke])
        assert (begun.status in (303, 422), revoked.status in (302, 303)) == (True, True)
        assert counted(machine) == ((1, 1) if begun.status == 303 else (0, 0))
        db.session.rollback()
        assert db.session.get_one(Award, award.id).ended_at is not None
    assert lab.served.complaints() == []
