from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab import clock
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, queries
from pathways.models import Award, Badge, ValidatorRight
from pathways.values_badges import BadgeState
from pathways.values_sessions import PartWish
from tests.conftest import NOW, Statements
from tests.make import make_minor, make_staff, make_young
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import (
    award,
    enrol,
    make_group,
    make_right,
    make_safety_badge,
    make_validator,
    validate,
)
from tests.pathways.given import DAY, state


@pytest.fixture
def samir(laser: Badge) -> Person:
    return make_validator(first_name="Samir")


def test_a_badge_is_handed_over_to_many_at_once(session: Session, laser: Badge, samir: Person) -> None:
    people = [make_young("Inès"), make_young("Tom")]
    for person in people:
        validate(person, {"MAC-05": 2}, samir)
    awards = actions.hand_over(laser, people, samir, NOW)
    assert [award.person_id for award in awards] == [person.id for person in people]
    assert all(award.author_id == samir.id for award in awards)
    assert session.scalars(select(Message.person_id)).all() == [person.id for person in people]


def test_it_holds_to_the_end_of_the_day_months_later(laser: Badge, samir: Person, ines: Person) -> None:
    handed = award(ines, laser, author=samir)
    # Twelve months after 24 November 2026, until midnight in Chambéry.
    assert handed.expires_at == clock.day_bounds(date(2027, 11, 24))[1]


def test_undoing_a_batch_names_the_badges_that_leaned_on_it(laser: Badge, samir: Person, ines: Person) -> None:
    other = validate(make_young("Tom"), {"MAC-05": 2}, samir)
    saved = validate(ines, {"MAC-05": 2}, samir)
    handed = actions.hand_over(laser, [ines], samir, NOW)[0]
    assert actions.undo_batch(saved.batch, samir, NOW).leaning == (handed,)
    assert actions.undo_batch(other.batch, samir, NOW).leaning == ()


def test_the_proof_is_frozen_without_a_name(laser: Badge, samir: Person, ines: Person) -> None:
    saved = validate(ines, {"MAC-05": 3}, samir)
    handed = actions.hand_over(laser, [ines], samir, NOW)[0]
    assert [proof["level"] for proof in handed.proof] == [3]
    assert saved.written == 1
    assert "Samir" not in str(handed.proof)


def test_handing_over_twice_the_same_day_counts_once(
    session: Session, laser: Badge, samir: Person, ines: Person
) -> None:
    first = award(ines, laser, author=samir)
    again = actions.hand_over(laser, [ines], samir, NOW + timedelta(minutes=1))
    assert [one.id for one in again] == [first.id]
    assert len(session.scalars(select(Award)).all()) == 1


def test_a_badge_is_refused_for_each_reason(session: Session, samir: Person) -> None:
    workshop = make_safety_badge("BS-ATELIER", {"SEC-01": 2})
    cnc = make_safety_badge("BS-CNC", {"MAC-06": 2}, min_age=16, prerequisites=[workshop])
    make_right(samir, cnc)
    child = make_minor("Tom", birth_date=date(2012, 5, 3))
    with pytest.raises(Refused) as refused:
        actions.hand_over(cnc, [child], samir, NOW)
    assert refused.value.codes == ["levels", "prerequisites", "too_young"]
    assert session.scalars(select(Award)).all() == []


def test_nobody_hands_a_badge_over_without_the_right(laser: Badge, ines: Person, samir: Person) -> None:
    validate(ines, {"MAC-05": 2}, samir)
    for by, codes in (
        (make_staff("Lina"), ["no_right"]),
        (make_young("Passeur"), ["not_facilitator", "no_right"]),
    ):
        with pytest.raises(Refused) as refused:
            actions.hand_over(laser, [ines], by, NOW)
        assert refused.value.codes == codes
    with pytest.raises(Refused) as refused:
        actions.hand_over(laser, [], samir, NOW)
    assert refused.value.codes == ["nobody"]


def test_nobody_hands_a_badge_to_themselves(laser: Badge, samir: Person) -> None:
    with pytest.raises(Refused) as refused:
        actions.hand_over(laser, [samir], samir, NOW)
    assert "oneself" in refused.value.codes


def test_a_colleague_does_not_hand_it_over_again(laser: Badge, samir: Person, ines: Person) -> None:
    award(ines, laser, author=samir)
    with pytest.raises(Refused) as refused:
        actions.hand_over(laser, [ines], make_validator(), NOW)
    assert refused.value.codes == ["already_held"]


def test_all_or_nothing_when_one_of_many_is_refused(
    session: Session, laser: Badge, samir: Person, ines: Person
) -> None:
    validate(ines, {"MAC-05": 2}, samir)
    with pytest.raises(Refused) as refused:
        actions.hand_over(laser, [ines, make_young("Tom")], samir, NOW)
    assert refused.value.codes == ["levels"]
    assert session.scalars(select(Award)).all() == []


def test_a_stage_badge_is_not_handed_over(session: Session, samir: Person, ines: Person) -> None:
    make_group()
    stage = session.scalars(select(Badge).where(Badge.kind == "stage")).first()
    assert stage is not None
    with pytest.raises(Refused) as refused:
        actions.hand_over(stage, [ines], samir, NOW)
    assert refused.value.codes == ["comes_by_itself"]


def test_a_renewal_is_a_successor(session: Session, laser: Badge, samir: Person, ines: Person) -> None:
    first = award(ines, laser, at=NOW - 350 * DAY, author=samir)
    assert state(session, ines, "BS-LASER", NOW) is BadgeState.EXPIRES_SOON
    second = actions.hand_over(laser, [ines], samir, NOW)[0]
    assert second.renews_id == first.id
    assert state(session, ines, "BS-LASER", NOW) is BadgeState.VALID
    assert session.get_one(Award, first.id).ended_at is None


def test_without_use_the_badge_lapses_and_a_check_in_keeps_it(session: Session, samir: Person, ines: Person) -> None:
    tools = make_safety_badge("BS-OUTILS", {"MAC-07": 2}, disuse_months=6)
    fablab = make_fablab()
    machine = make_machine(fablab, "OUT-01", badge=tools)
    award(ines, tools, at=NOW - 200 * DAY)
    assert state(session, ines, "BS-OUTILS", NOW) is BadgeState.LAPSED
    used = NOW - 100 * DAY
    with session.begin_nested():
        session.add(
            Booking(
                kind="own", resource_id=machine.id, place_id=fablab.place.id, holder_id=ines.id, starts_at=used,
                ends_at=used + timedelta(hours=1), status="done", checked_in_at=used, created_at=used,
            )
        )  # fmt: skip
    session.commit()
    assert state(session, ines, "BS-OUTILS", NOW) is BadgeState.VALID
    standing = queries.badge_standings(session, [ines.id])[ines.id]["BS-OUTILS"]
    assert standing.last_use == used


def test_a_session_attended_with_the_machine_is_a_use(session: Session, samir: Person, ines: Person) -> None:
    tools = make_safety_badge("BS-OUTILS", {"MAC-07": 2}, disuse_months=6)
    machine = make_machine(make_fablab(), "OUT-01", badge=tools)
    award(ines, tools, at=NOW - 150 * DAY)
    group = make_group()
    enrol(ines, group)
    thursday = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    planned = actions.plan_session(
        group, "Percer", [PartWish(thursday, thursday + timedelta(hours=2), (machine.id,))], [samir.id], samir, NOW
    )
    after = thursday + timedelta(hours=3)
    actions.take_attendance(planned.session, {}, samir, after)
    assert queries.badge_standings(session, [ines.id])[ines.id]["BS-OUTILS"].last_use == thursday
    actions.take_attendance(planned.session, {ines.id: ("absent", 0)}, samir, after)
    assert queries.badge_standings(session, [ines.id])[ines.id]["BS-OUTILS"].last_use is None


def test_a_prerequisite_that_no_longer_holds_takes_the_badge_with_it(session: Session, ines: Person) -> None:
    workshop = make_safety_badge("BS-ATELIER", {"SEC-01": 2}, validity_months=12)
    laser = make_safety_badge("BS-LASER", {"MAC-05": 2}, validity_months=24, prerequisites=[workshop])
    award(ines, laser, at=NOW - 300 * DAY)
    assert queries.valid_badges(session, [ines.id], NOW)[ines.id] == {"BS-ATELIER", "BS-LASER"}
    assert queries.valid_badges(session, [ines.id], NOW + 100 * DAY)[ines.id] == frozenset()
    assert queries.badge_standings(session, [ines.id], ["BS-LASER"])[ines.id].keys() == {"BS-ATELIER", "BS-LASER"}


def test_who_is_ready_is_listed_once_all_is_reached(session: Session, laser: Badge, samir: Person) -> None:
    ready, started, held, old, young = (make_young(name) for name in ("Ana", "Bo", "Cléo", "Dan", "Eva"))
    child = make_minor("Fil", birth_date=date(2016, 5, 3))
    for person in (ready, child):
        validate(person, {"MAC-05": 2}, samir)
    validate(started, {"MAC-05": 1}, samir)
    award(held, laser)
    award(old, laser, at=NOW - 400 * DAY)
    enrol(old)
    assert young.id
    found = queries.ready_to_hand_over(session, NOW)
    assert [(one.person.id, one.earlier, one.renews) for one in found] == [
        (ready.id, None, False),
        (old.id, BadgeState.EXPIRED, True),
    ]


def test_a_renewal_waits_only_for_somebody_who_still_comes(session: Session, laser: Badge) -> None:
    gone, finished, regular = (make_young(name) for name in ("Ana", "Bo", "Cléo"))
    for person in (gone, finished, regular):
        award(person, laser, at=NOW - 400 * DAY)
    enrol(finished, status="finished", ended_on=clock.local_day(NOW))
    machine = make_machine(make_fablab(), "LAS-01", badge=laser)
    with transaction() as writing:
        for person, start in ((regular, NOW - 300 * DAY), (gone, NOW - 380 * DAY)):
            writing.add(
                Booking(
                    resource_id=machine.id,
                    place_id=machine.place_id,
                    kind="own",
                    holder_id=person.id,
                    starts_at=start,
                    ends_at=start + timedelta(hours=1),
                    status="done",
                    checked_in_at=start,
                    created_at=start,
                )
            )
    assert [one.person.id for one in queries.ready_to_hand_over(session, NOW)] == [regular.id]


def test_standings_and_readiness_say_few_statements_whatever_the_number(
    session: Session, samir: Person, count_statements: Statements
) -> None:
    tools = make_safety_badge("BS-OUTILS", {"MAC-07": 2}, disuse_months=6)
    people = [make_young(f"Jeune{number}") for number in range(12)]
    lina = make_validator()
    for person in people:
        validate(person, {"MAC-07": 2, "MAC-05": 2}, lina)
    actions.hand_over(tools, people, lina, NOW)
    ids = [person.id for person in people]
    session.expunge_all()
    count_statements.clear()
    queries.badge_standings(session, ids)
    assert len(count_statements) <= 5
    count_statements.clear()
    assert len(queries.ready_to_hand_over(session, NOW)) == 12
    assert len(count_statements) <= 12
    count_statements.clear()
    queries.gaps_of(session, people, NOW)
    assert len(count_statements) <= 10


def test_the_coordination_gives_and_ends_rights(session: Session, laser: Badge, ines: Person) -> None:
    paul, lina = make_staff("Paul", roles=(Role.COORDINATOR,)), make_staff("Lina")
    today = clock.local_day(NOW)
    right = actions.give_right(lina, laser, today, None, paul, NOW)
    assert laser.id in queries.rights_of(session, lina.id, NOW)
    actions.end_right(right, today - DAY, paul, NOW)
    assert queries.rights_of(session, lina.id, NOW) == frozenset()
    actions.end_right(right, today, paul, NOW)
    assert queries.rights_of(session, lina.id, NOW) == frozenset()  # ended yesterday: today is not given back
    stage = Badge(code="BC-X", kind="stage", name="x")
    with session.begin_nested():
        session.add(stage)
    session.commit()
    for person, badge, until, by, codes in (
        (lina, laser, None, lina, ["not_coordinator"]),
        (ines, laser, None, paul, ["not_facilitator"]),
        (lina, stage, None, paul, ["not_safety"]),
        (lina, laser, today - DAY, paul, ["reversed"]),
    ):
        with pytest.raises(Refused) as refused:
            actions.give_right(person, badge, today, until, by, NOW)
        assert refused.value.codes == codes
    with pytest.raises(Refused) as refused:
        actions.end_right(session.scalars(select(ValidatorRight)).first(), today, lina, NOW)  # type: ignore[arg-type]  # there is one
    assert refused.value.codes == ["not_coordinator"]
