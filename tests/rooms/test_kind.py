"""Rooms through the engine: who may have one, from when, with what papers, how many, and who is told."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import actions, asking, upkeep_again
from bookings.models import Booking, Place
from bookings.values import Ask, Scope, Slot
from fablab import clock
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people.models import Structure
from fablab.permissions import Role
from fablab.refusals import Refused
from rooms import queries
from rooms.models import Room
from tests.conftest import NOW, Statements
from tests.make import make_staff
from tests.make_rooms import lend, make_contact_of, make_room, make_tenant

DAY = date(2026, 12, 15)
TODAY = clock.local_day(NOW)


def at(start: str, end: str, day: date = DAY) -> Slot:
    return Slot(clock.at(day, time.fromisoformat(start)), clock.at(day, time.fromisoformat(end)))


def ask(
    room: Room, structure: Structure | None, slot: Slot | None = None, people: int = 8, override: str | None = None
) -> Ask:
    structure_id = structure.id if structure else None
    return Ask(
        room.id,
        slot or at("17:00", "19:00"),
        kind="rental",
        structure_id=structure_id,
        headcount=people,
        override=override,
    )


def codes(session: Session, wanted: Ask) -> list[str]:
    return asking.weigh_one(session, wanted, NOW).codes


def test_an_association_with_its_papers_has_a_room(leysse: Room) -> None:
    booking = lend(leysse, make_tenant(), at("17:00", "19:00"))
    assert (booking.status, booking.kind, booking.headcount) == ("confirmed", "rental", 8)


def test_everything_that_stands_in_the_way_is_said_at_once(session: Session, leysse: Room) -> None:
    wanted = ask(leysse, make_tenant(insurance_until=date(2026, 12, 1)), at("23:00", "23:45"), people=20)
    assert set(codes(session, wanted)) >= {"off_step", "closed", "over_gauge", "insurance_ends"}


def test_a_room_is_asked_for_ten_days_before_at_the_latest_and_half_a_year_at_the_earliest(
    session: Session, leysse: Room
) -> None:
    choir = make_tenant()

    def on(days: int) -> list[str]:
        day = TODAY + timedelta(days=days)
        return codes(session, ask(leysse, choir, at("17:00", "19:00", day)))

    assert (on(9), on(10)) == (["too_soon"], [])
    assert "too_far" not in on(180)
    assert "too_far" in on(181)


def test_the_team_passes_a_missing_insurance_with_a_reason_and_never_the_gauge(leysse: Room) -> None:
    nadia, choir = make_staff("Nadia", roles=(Role.COORDINATOR,)), make_tenant(insurance_until=None)
    why = "Attestation promise lundi."
    with pytest.raises(Refused) as refused:
        actions.book(ask(leysse, choir, people=20, override=why), nadia, NOW)
    assert refused.value.codes == ["over_gauge"]
    assert actions.book(ask(leysse, choir, override=why), nadia, NOW).override_reason == why


def test_the_usual_capacity_is_told_and_refuses_nothing(session: Session, leysse: Room) -> None:
    answer = asking.weigh_one(session, ask(leysse, make_tenant(), people=15), NOW)
    assert (answer.codes, [one.code for one in answer.warnings]) == ([], ["over_usual"])


def test_the_building_holds_295_people_over_all_its_rooms(session: Session, dynamo: Place, leysse: Room) -> None:
    big = make_room(dynamo, "SAL-01", safety_gauge=290, usual_capacity=290, exits=4)
    choir = make_tenant()
    lend(big, choir, at("17:00", "19:00"), people=285)
    assert codes(session, ask(leysse, choir, people=10)) == []
    assert codes(session, ask(leysse, choir, people=11)) == ["place_full"]


def test_two_organisations_never_have_one_room_at_once(session: Session, leysse: Room) -> None:
    lend(leysse, make_tenant(), at("17:00", "19:00"))
    assert codes(session, ask(leysse, make_tenant("Théâtre"), at("18:00", "20:00"))) == ["taken"]


def test_a_booking_whose_insurance_was_shortened_is_marked_when_it_is_asked_again(leysse: Room) -> None:
    choir = make_tenant()
    booking = lend(leysse, choir, at("17:00", "19:00"))
    with transaction() as session:
        choir.insurance_until = date(2026, 12, 1)
        session.flush()
        upkeep_again.ask_again(session, [booking], NOW)
    assert (booking.status, booking.attention) == ("confirmed", "insurance_ends")


def test_what_is_kept_of_an_organisation_follows_its_papers(session: Session, leysse: Room) -> None:
    choir = make_tenant()
    assert codes(session, ask(leysse, choir)) == []
    with transaction():
        choir.insurance_until = None
    assert codes(session, ask(leysse, choir)) == ["insurance_missing"]


def test_rooms_and_organisations_are_kept_and_cost_a_reading_no_statement(
    session: Session, leysse: Room, count_statements: Statements
) -> None:
    wanted = ask(leysse, make_tenant())
    asking.weigh_one(session, wanted, NOW)
    session.rollback()
    count_statements.clear()
    asking.read(session, Scope.of([wanted]), NOW).answer(wanted)
    assert [one for one in count_statements if "FROM room" in one or "FROM structure" in one] == []


def test_contacts_are_told_of_what_others_do_for_their_organisation(session: Session, leysse: Room) -> None:
    choir, nadia = make_tenant(), make_staff("Nadia", roles=(Role.COORDINATOR,))
    solene, gone = make_contact_of(choir), make_contact_of(choir, "Paul", until=date(2026, 11, 1))
    booking = lend(leysse, choir, at("17:00", "19:00"))
    assert queries.contacts_of(session, [booking]) == {booking.id: [solene]}
    assert gone not in queries.contacts_of(session, [booking])[booking.id]
    assert queries.acted_for(session, gone.id, TODAY) == []
    assert [one.name for one in queries.acted_for(session, solene.id, TODAY)] == ["Chœurs du Quai"]
    actions.cancel(booking, "Travaux.", nadia, NOW)
    assert session.scalars(select(Booking.status)).all() == ["cancelled"]
    told = session.execute(select(Message.person_id, Message.notice)).all()
    assert [tuple(one) for one in told] == [(solene.id, "room-made"), (solene.id, "room-cancelled")]
