"""Badges taken back, and what becomes of the bookings they opened."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.actions import book
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.refusals import Refused
from pathways import actions, queries
from pathways.models import Award, Badge
from tests.conftest import NOW
from tests.make_machines import make_fablab, make_machine, make_shift
from tests.make_pathways import (
    award,
    enrol,
    make_group,
    make_validator,
)
from tests.pathways.given import DAY


@pytest.fixture
def samir(laser: Badge) -> Person:
    return make_validator(first_name="Samir")


def test_a_badge_taken_back_ends_with_its_renewals(session: Session, laser: Badge, samir: Person, ines: Person) -> None:
    first = award(ines, laser, at=NOW - 350 * DAY, author=samir)
    second = actions.hand_over(laser, [ines], samir, NOW)[0]
    actions.revoke(second, "Laser laissée seule", samir, NOW)
    assert session.get_one(Award, first.id).ended_reason == "Laser laissée seule"
    assert queries.valid_badges(session, [ines.id], NOW)[ines.id] == frozenset()
    actions.revoke(second, "Encore", samir, NOW + DAY)
    assert second.ended_at == NOW


def test_taking_a_badge_back_asks_a_reason_and_the_team(laser: Badge, samir: Person, ines: Person) -> None:
    handed = award(ines, laser, author=samir)
    for by, reason, codes in (
        (samir, " ", ["reason_missing"]),
        (ines, "Non", ["not_facilitator", "oneself"]),
    ):
        with pytest.raises(Refused) as refused:
            actions.revoke(handed, reason, by, NOW)
        assert refused.value.codes == codes


def test_a_badge_that_came_by_itself_is_not_taken_back(session: Session, samir: Person, ines: Person) -> None:
    group = make_group()
    enrol(ines, group, status="under_way")
    stage = session.scalars(select(Badge).where(Badge.kind == "stage")).first()
    assert stage is not None
    with session.begin_nested():
        mine = Award(key="x", person_id=ines.id, badge_id=stage.id, badge_name="x", proof=[], awarded_at=NOW)
        session.add(mine)
    session.commit()
    with pytest.raises(Refused) as refused:
        actions.revoke(mine, "Pourquoi", samir, NOW)
    assert refused.value.codes == ["comes_by_itself"]


def test_a_badge_taken_back_cancels_what_it_opened(session: Session, laser: Badge, samir: Person, ines: Person) -> None:
    fablab = make_fablab()
    machine = make_machine(fablab, "LAS-01", badge=laser)
    handed = award(ines, laser, author=samir)
    # Thursday 17:30 in Chambéry: open lab.
    start = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)
    make_shift(samir, fablab.place, start - timedelta(minutes=30), start + timedelta(hours=2))
    slot = Slot(start, start + timedelta(hours=1))
    booking = book(Ask(machine.id, slot, holder_id=ines.id, key="k" * 32), ines, NOW)
    actions.revoke(handed, "Laser laissée seule", samir, NOW)
    session.refresh(booking)
    assert booking.status == "cancelled"
    assert {message.person_id for message in session.scalars(select(Message))} == {ines.id}


def test_a_renewal_takes_the_mark_off_what_it_opens_again(
    session: Session, laser: Badge, samir: Person, ines: Person
) -> None:
    fablab = make_fablab()
    machine = make_machine(fablab, "LAS-01", badge=laser)
    award(ines, laser, at=NOW - 350 * DAY, author=samir)
    start = datetime(2026, 11, 26, 16, 30, tzinfo=UTC)
    make_shift(samir, fablab.place, start - timedelta(minutes=30), start + timedelta(hours=2))
    booking = book(Ask(machine.id, Slot(start, start + timedelta(hours=1)), holder_id=ines.id), ines, NOW)
    with transaction():
        booking.attention = "badge_expires"
    actions.hand_over(laser, [ines], samir, NOW)
    session.refresh(booking)
    assert booking.status == "confirmed"
    assert not booking.attention
