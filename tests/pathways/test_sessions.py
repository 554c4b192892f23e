from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim
from fablab import clock
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions
from pathways.models import Apology, Attendance, Enrolment, Group, TrainingSession
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.make import make_staff, make_young
from tests.make_machines import Fablab, make_fablab, make_machine
from tests.make_pathways import enrol, make_group, make_pathway, make_session, validate

#: Thursday 26 November 2026, 13:30 in Chambéry: a group window of the Fablab
THURSDAY = datetime(2026, 11, 26, 12, 30, tzinfo=NOW.tzinfo)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@pytest.fixture
def samir(app: object) -> Person:
    return make_staff("Samir")


@pytest.fixture
def group(app: object) -> Group:
    return make_group()


@pytest.fixture
def fablab(app: object) -> Fablab:
    return make_fablab()


def plan(group: Group, samir: Person, *parts: PartWish, **options: object) -> actions.Planned:
    wanted = parts or (PartWish(THURSDAY, THURSDAY + hours(2)),)
    lead_ids = options.pop("lead_ids", [samir.id])
    return actions.plan_session(group, "Découvrir", wanted, lead_ids, samir, NOW, **options)  # type: ignore[arg-type]  # options of the test


def test_a_session_takes_the_floor_and_its_machines(
    session: Session, fablab: Fablab, group: Group, samir: Person
) -> None:
    machine = make_machine(fablab)
    enrol(make_young(), group)
    planned = plan(group, samir, PartWish(THURSDAY, THURSDAY + hours(2), (machine.id,)))
    booking = session.scalars(select(Booking)).one()
    assert (booking.kind, booking.headcount, booking.holder_id) == ("session", 1, None)
    assert set(session.scalars(select(Claim.resource_id))) == {fablab.floor.id, machine.id}
    assert planned.warnings == ()
    assert [part.booking_id for part in planned.session.parts] == [booking.id]


def test_a_session_may_have_a_part_elsewhere(session: Session, fablab: Fablab, group: Group, samir: Person) -> None:
    plan(
        group,
        samir,
        PartWish(THURSDAY, THURSDAY + hours(1)),
        PartWish(THURSDAY + hours(1), THURSDAY + hours(2), elsewhere="Salle du Bas"),
    )
    found = session.scalars(select(TrainingSession)).one()
    assert [part.elsewhere for part in found.parts] == [None, "Salle du Bas"]
    assert (found.starts_at, found.ends_at) == (THURSDAY, THURSDAY + hours(2))


def test_outside_the_group_windows_it_is_planned_and_said(fablab: Fablab, group: Group, samir: Person) -> None:
    evening = THURSDAY + hours(4)
    planned = plan(group, samir, PartWish(evening, evening + hours(2)))
    assert [warning.code for warning in planned.warnings] == ["outside_group_hours"]


def test_two_sessions_never_take_the_floor_at_once(fablab: Fablab, group: Group, samir: Person) -> None:
    plan(group, samir)
    lina = make_staff("Lina")
    with pytest.raises(Refused) as refused:
        plan(make_group(group.version), lina)
    assert refused.value.codes == ["taken"]


def test_a_facilitator_is_not_in_two_places_at_once(fablab: Fablab, group: Group, samir: Person) -> None:
    make_session(group, THURSDAY + hours(1), leads=[samir])
    with pytest.raises(Refused) as refused:
        plan(group, samir)
    assert refused.value.codes == ["lead_elsewhere"]
    start, half, end = (THURSDAY + hours(number) for number in (1, 1.5, 2))
    with pytest.raises(Refused) as refused:
        plan(group, samir, PartWish(start, half), PartWish(half, end, elsewhere="Parc"))
    assert refused.value.codes == ["lead_elsewhere"], "what crosses two parts is said once"


def test_people_of_the_group_already_elsewhere_are_said(fablab: Fablab, group: Group, samir: Person) -> None:
    ines = make_young("Inès")
    enrol(ines, group)
    other = make_group(make_pathway("REBOND"))
    enrol(ines, other)
    make_session(other, THURSDAY + hours(1))
    planned = plan(group, samir)
    assert [warning.code for warning in planned.warnings] == ["member_elsewhere"]
    assert "Inès B." in planned.warnings[0].sentence


def test_planning_is_refused_for_each_reason(session: Session, fablab: Fablab, group: Group, samir: Person) -> None:
    later = THURSDAY + hours(2)
    young = make_young()
    for parts, options, code in (
        ((PartWish(later, THURSDAY),), {}, "reversed"),
        ((PartWish(NOW - hours(1), later),), {}, "past"),
        ((PartWish(THURSDAY, THURSDAY + hours(25)),), {}, "too_long"),
        # Elsewhere no place is asked how long it may be taken.
        ((PartWish(THURSDAY, THURSDAY + hours(25), elsewhere="Musée"),), {}, "too_long"),
        ((PartWish(THURSDAY, later), PartWish(THURSDAY + hours(1), later + hours(1))), {}, "parts_cross"),
        ((PartWish(THURSDAY, later, elsewhere=" "),), {}, "elsewhere"),
        ((PartWish(THURSDAY, later),), {"lead_ids": []}, "lead_missing"),
        ((PartWish(THURSDAY, later),), {"lead_ids": [young.id]}, "lead_not_team"),
    ):
        with pytest.raises(Refused) as refused:
            plan(group, samir, *parts, **options)
        assert code in refused.value.codes
    with pytest.raises(Refused) as refused:
        actions.plan_session(group, "", [], [samir.id], samir, NOW)
    assert refused.value.codes == ["parts_missing"]
    with pytest.raises(Refused) as refused:
        actions.plan_session(group, "", [PartWish(THURSDAY, later)], [samir.id], young, NOW)
    assert refused.value.codes == ["not_facilitator"]
    actions.close_group(group, samir, NOW)
    with pytest.raises(Refused) as refused:
        plan(group, samir)
    assert refused.value.codes == ["group_closed"]
    assert session.scalars(select(TrainingSession)).all() == []


def test_a_fablab_nobody_described_holds_no_session(group: Group, samir: Person) -> None:
    with pytest.raises(Refused) as refused:
        plan(group, samir)
    assert refused.value.codes == ["no_floor"]


def test_a_session_in_the_fablab_counts_its_leads_once(fablab: Fablab, group: Group, samir: Person) -> None:
    crowded = make_fablab_full(group)
    with pytest.raises(Refused) as refused:
        plan(crowded, samir)
    assert refused.value.codes == ["place_full"]


def make_fablab_full(group: Group) -> Group:
    for number in range(19):
        enrol(make_young(f"Jeune{number}"), group)
    return group


def test_a_moved_session_lets_its_time_go_and_tells_everyone(
    session: Session, fablab: Fablab, group: Group, samir: Person
) -> None:
    ines = make_young("Inès")
    enrol(ines, group)
    planned = plan(group, samir)
    # It overlaps its own former time: it must not be refused against itself.
    start = THURSDAY + hours(0.5)
    moved = actions.move_session(planned.session, [PartWish(start, start + hours(2))], samir, NOW)
    assert moved.session.starts_at == start
    assert [claim.holds for claim in session.scalars(select(Claim).order_by(Claim.id))] == [False, True]
    messages = session.scalars(select(Message)).all()
    assert [message.person_id for message in messages] == [ines.id]
    assert "jeudi 26 novembre à 14" in messages[0].text


def test_a_session_that_has_begun_is_not_moved(group: Group, samir: Person) -> None:
    begun = make_session(group, leads=[samir])
    with pytest.raises(Refused) as refused:
        actions.move_session(begun, [PartWish(THURSDAY, THURSDAY + hours(2))], samir, NOW)
    assert refused.value.codes == ["already_begun"]


def test_a_move_that_is_refused_changes_nothing(session: Session, fablab: Fablab, group: Group, samir: Person) -> None:
    planned = plan(group, samir)
    lina = make_staff("Lina")
    other = THURSDAY + hours(2)
    plan(make_group(group.version), lina, PartWish(other, other + hours(1)))
    with pytest.raises(Refused) as refused:
        actions.move_session(planned.session, [PartWish(other, other + hours(1))], samir, NOW)
    assert refused.value.codes == ["taken"]
    session.expire_all()
    assert session.get_one(TrainingSession, planned.session.id).starts_at == THURSDAY
    assert all(claim.holds for claim in session.scalars(select(Claim)))


def test_a_cancelled_session_frees_the_fablab_and_tells_everyone(
    session: Session, fablab: Fablab, group: Group, samir: Person
) -> None:
    lina, ines = make_staff("Lina"), make_young("Inès")
    enrol(ines, group)
    planned = plan(group, samir, lead_ids=[samir.id, lina.id])
    actions.cancel_session(planned.session, "Pas de chauffage", samir, NOW)
    assert planned.session.status == "cancelled"
    assert not any(claim.holds for claim in session.scalars(select(Claim)))
    assert {message.person_id for message in session.scalars(select(Message))} == {ines.id, lina.id}
    with pytest.raises(Refused) as refused:
        actions.move_session(planned.session, [PartWish(THURSDAY, THURSDAY + hours(2))], samir, NOW)
    assert refused.value.codes == ["session_cancelled"]


def test_a_session_is_cancelled_with_a_reason_by_the_team_before_the_roll(group: Group, samir: Person) -> None:
    seance = make_session(group, leads=[samir])
    ines = make_young("Inès")
    enrol(ines, group)
    for by, reason, code in ((samir, " ", "reason_missing"), (ines, "Non", "not_facilitator")):
        with pytest.raises(Refused) as refused:
            actions.cancel_session(seance, reason, by, NOW)
        assert refused.value.codes == [code]
    actions.take_attendance(seance, {}, samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.cancel_session(seance, "Trop tard", samir, NOW)
    assert refused.value.codes == ["attendance_taken"]


def test_everybody_is_present_in_one_gesture_save_exceptions(session: Session, group: Group, samir: Person) -> None:
    ines, tom, lou = make_young("Inès"), make_young("Tom"), make_young("Lou")
    for person in (ines, tom, lou):
        enrol(person, group)
    seance = make_session(group)
    actions.take_attendance(seance, {tom.id: ("absent", 0), lou.id: ("late", 15)}, samir, NOW)
    rows = {row.person_id: (row.status, row.minutes_late) for row in session.scalars(select(Attendance))}
    assert rows == {ines.id: ("present", 0), tom.id: ("absent", 0), lou.id: ("late", 15)}


def test_a_first_attendance_begins_the_pathway_and_a_mistake_gives_the_place_back(
    session: Session, group: Group, samir: Person
) -> None:
    ines = make_young("Inès")
    enrol(ines, group)
    seance = make_session(group, NOW - timedelta(days=1))
    actions.take_attendance(seance, {}, samir, NOW)
    enrolment = session.scalars(select(Enrolment)).one()
    assert (enrolment.status, enrolment.first_attended_on) == ("under_way", clock.local_day(NOW - timedelta(days=1)))
    actions.take_attendance(seance, {ines.id: ("absent", 0)}, samir, NOW)
    session.refresh(enrolment)
    assert (enrolment.status, enrolment.first_attended_on) == ("enrolled", None)


def test_changing_one_mark_leaves_the_others(session: Session, group: Group, samir: Person) -> None:
    ines, tom = make_young("Inès"), make_young("Tom")
    enrol(ines, group)
    enrol(tom, group)
    seance = make_session(group)
    actions.take_attendance(seance, {tom.id: ("absent", 0)}, samir, NOW)
    actions.take_attendance(seance, {ines.id: ("late", 5)}, samir, NOW)
    rows = {row.person_id: row.status for row in session.scalars(select(Attendance))}
    assert rows == {ines.id: "late", tom.id: "absent"}


def test_attendance_is_refused_for_each_reason(group: Group, samir: Person) -> None:
    ines, stranger = make_young("Inès"), make_young("Lou")
    enrol(ines, group)
    seance = make_session(group)
    future, cancelled = make_session(group, NOW + hours(1)), make_session(group, status="cancelled")
    for one, marks, by, code in (
        (seance, {ines.id: ("asleep", 0)}, samir, "status_unknown"),
        (seance, {ines.id: ("late", 500)}, samir, "minutes_late"),
        (seance, {ines.id: ("present", 5)}, samir, "minutes_late"),
        (seance, {stranger.id: ("present", 0)}, samir, "not_in_group"),
        (seance, {}, ines, "not_facilitator"),
        (future, {}, samir, "too_early"),
        (cancelled, {}, samir, "session_cancelled"),
    ):
        with pytest.raises(Refused) as refused:
            actions.take_attendance(one, marks, by, NOW)
        assert refused.value.codes == [code]


def test_i_say_that_i_cannot_come_and_back(session: Session, group: Group, samir: Person) -> None:
    ines = make_young("Inès")
    enrol(ines, group)
    seance = make_session(group, NOW + hours(0.25))
    first = actions.say_cannot_come(seance, ines, NOW)
    assert actions.say_cannot_come(seance, ines, NOW).id == first.id
    actions.take_attendance(seance, {}, samir, NOW)
    assert session.scalars(select(Attendance.status)).one() == "excused"
    actions.take_apology_back(seance, ines, NOW)
    actions.take_apology_back(seance, ines, NOW)
    assert session.scalars(select(Apology)).one().withdrawn_at == NOW


def test_i_say_it_for_my_own_sessions_only_before_they_begin(group: Group) -> None:
    ines = make_young("Inès")
    future = make_session(group, NOW + hours(1))
    with pytest.raises(Refused) as refused:
        actions.say_cannot_come(future, ines, NOW)
    assert refused.value.codes == ["not_mine"]
    enrol(ines, group)
    for one, code in (
        (make_session(group, NOW), "already_begun"),
        (make_session(group, NOW + hours(1), status="cancelled"), "session_cancelled"),
    ):
        with pytest.raises(Refused) as refused:
            actions.say_cannot_come(one, ines, NOW)
        assert refused.value.codes == [code]


def test_the_pathway_badge_asks_the_attendance_too_and_finishes_the_enrolment(session: Session, samir: Person) -> None:
    group = make_group(make_pathway("DECLIC", attendance_percent=75, session_count=4))
    ines = make_young("Inès")
    enrol(ines, group)
    past = [make_session(group, NOW - timedelta(days=days)) for days in (4, 3, 2)]
    for seance in past[:2]:
        actions.take_attendance(seance, {}, samir, NOW)
    saved = validate(ines, {"SEC-01": 2, "NUM-01": 2, "PRO-03": 2, "PAR-01": 2}, samir)
    assert len(saved.awards) == 4
    awards = actions.take_attendance(past[2], {}, samir, NOW)
    assert [award.badge_name for award in awards] == ["Parcours DECLIC"]
    enrolment = session.scalars(select(Enrolment)).one()
    assert (enrolment.status, enrolment.ended_on) == ("finished", clock.local_day(NOW))
    actions.take_attendance(past[2], {ines.id: ("absent", 0)}, samir, NOW)
    session.refresh(enrolment)
    assert (enrolment.status, enrolment.ended_on) == ("under_way", None)
    assert awards[0].ended_at == NOW


def test_a_group_that_ends_early_asks_its_percentage_of_what_took_place(session: Session, samir: Person) -> None:
    group = make_group(make_pathway("DECLIC", attendance_percent=75, session_count=4))
    ines = make_young("Inès")
    enrol(ines, group)
    actions.take_attendance(make_session(group, NOW - timedelta(days=2)), {}, samir, NOW)
    validate(ines, {"SEC-01": 2, "NUM-01": 2, "PRO-03": 2, "PAR-01": 2}, samir)
    assert session.scalars(select(Enrolment.status)).one() == "under_way"
    actions.close_group(group, samir, NOW)
    assert session.scalars(select(Enrolment.status)).one() == "finished"


def test_a_coordinator_plans_too(fablab: Fablab, group: Group) -> None:
    paul = make_staff("Paul", roles=(Role.COORDINATOR,))
    assert plan(group, paul).session.number == 1
