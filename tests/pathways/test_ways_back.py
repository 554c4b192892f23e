"""Acts of training taken back: calls, batches, badges, groups, sessions, rights. Both acts stay in the journal."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking, Claim
from fablab import clock
from fablab.journal import JournalEntry
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, queries
from pathways.models import Attendance, Award, Badge, Group
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.make import log_in, make_staff, make_young
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import (
    award,
    enrol,
    levels_held,
    make_group,
    make_right,
    make_safety_badge,
    make_session,
    make_validator,
    validate,
)
from tests.pathways.test_sessions import THURSDAY

DAY = timedelta(days=1)


@pytest.fixture
def samir(app: object) -> Person:
    return make_staff("Samir")


@pytest.fixture
def claire(app: object) -> Person:
    return make_staff("Claire", roles=(Role.COORDINATOR,))


@pytest.fixture
def ines(app: object) -> Person:
    return make_young("Inès")


@pytest.fixture
def group(app: object) -> Group:
    return make_group()


def verbs(session: Session) -> list[str]:
    return list(session.scalars(select(JournalEntry.verb).order_by(JournalEntry.id)))


def noted(session: Session) -> list[tuple[str, int]]:
    session.expire_all()
    return [(row.status, row.minutes_late) for row in session.scalars(select(Attendance).order_by(Attendance.id))]


def test_a_first_call_taken_back_leaves_nobody_noted(
    session: Session, client: FlaskClient, samir: Person, ines: Person, group: Group
) -> None:
    enrolment, lesson = enrol(ines, group), make_session(group)
    log_in(client, samir)
    address = f"/seances/{lesson.public_id}"
    page = client.post(f"{address}/appel", data={f"status-{ines.id}": "present"}, follow_redirects=True).text
    assert page.count(f'action="{address}/appel/annuler"') == 2, "in the toast and on the page"
    session.expire_all()
    assert enrolment.status == "under_way"
    client.post(f"{address}/appel/annuler")
    assert noted(session) == []
    assert (lesson.attendance_at, enrolment.status, enrolment.first_attended_on) == (None, "enrolled", None)
    assert verbs(session)[-2:] == ["attendance.take", "attendance.undo"]


def test_a_second_call_taken_back_leaves_what_the_first_noted(
    session: Session, samir: Person, ines: Person, group: Group
) -> None:
    enrol(ines, group)
    lesson = make_session(group)
    actions.take_attendance(lesson, {ines.id: ("late", 10)}, samir, NOW)
    actions.take_attendance(lesson, {ines.id: ("absent", 0)}, samir, NOW)
    actions.undo_attendance(lesson, samir, NOW)
    assert noted(session) == [("late", 10)]
    assert lesson.attendance_at == NOW
    with pytest.raises(Refused, match="no_call"):
        actions.undo_attendance(lesson, samir, NOW)


def test_a_call_is_taken_back_by_who_made_it_the_same_day(samir: Person, ines: Person, group: Group) -> None:
    enrol(ines, group)
    lesson = make_session(group)
    actions.take_attendance(lesson, {}, samir, NOW)
    for by, now, code in ((make_staff(), NOW, "other_author"), (samir, NOW + DAY, "other_day")):
        with pytest.raises(Refused, match=code):
            actions.undo_attendance(lesson, by, now)


def test_the_coordination_takes_a_batch_back_the_day_after_with_a_reason(
    session: Session, client: FlaskClient, claire: Person, ines: Person, group: Group
) -> None:
    enrol(ines, group)
    saved = validate(ines, {"SEC-01": 3}, at=NOW - DAY)
    log_in(client, claire)
    address = f"/validations/lots/{saved.batch.id}/retirer"
    assert "Inès B." in client.get(address).text
    assert client.post(address, data={"reason": "non"}).status_code == 422
    for _twice in range(2):
        client.post(address, data={"reason": "Grille d’un autre groupe."})
    session.expire_all()
    assert levels_held(ines) == {}
    assert verbs(session).count("validation.take_back") == 1


def test_only_the_coordination_takes_a_batch_back(samir: Person, claire: Person, ines: Person) -> None:
    saved = validate(ines, {"SEC-01": 3})
    with pytest.raises(Refused, match="not_coordinator"):
        actions.take_back_batch(saved.batch, "Grille d’un autre groupe.", samir, NOW)
    with pytest.raises(Refused, match="reason_missing"):
        actions.take_back_batch(saved.batch, " ", claire, NOW)
    undone = actions.take_back_batch(saved.batch, "Grille d’un autre groupe.", claire, NOW)
    with pytest.raises(Refused, match="is_correction"):
        actions.take_back_batch(undone.batch, "Grille d’un autre groupe.", claire, NOW)


@pytest.fixture
def laser(app: object) -> Badge:
    return make_safety_badge("BS-LASER", {"MAC-05": 2}, min_age=12)


@pytest.fixture
def giver(laser: Badge) -> Person:
    return make_validator(first_name="Samir")


def test_a_badge_handed_to_the_wrong_person_was_never_held(
    session: Session, laser: Badge, giver: Person, ines: Person
) -> None:
    given = award(ines, laser, author=giver)
    for _twice in range(2):
        actions.undo_hand_over([given], giver, NOW)
    assert queries.badge_standings(session, [ines.id])[ines.id] == {}
    assert verbs(session).count("badge.undo") == 1
    text = session.scalars(select(Message.text).where(Message.person_id == ines.id).order_by(Message.id)).all()[-1]
    assert "remis par erreur" in text
    assert "etiré" not in text
    again = actions.hand_over(laser, [ines], giver, NOW)[0]
    assert (again.renews_id, again.id != given.id) == (None, True)


def test_a_renewal_undone_leaves_the_badge_before_it(
    session: Session, laser: Badge, giver: Person, ines: Person
) -> None:
    first = award(ines, laser, at=NOW - 350 * DAY, author=giver)
    actions.undo_hand_over(actions.hand_over(laser, [ines], giver, NOW), giver, NOW)
    assert queries.badge_standings(session, [ines.id])[ines.id]["BS-LASER"].award_id == first.id
    assert actions.hand_over(laser, [ines], giver, NOW)[0].renews_id == first.id


def test_a_hand_over_is_undone_by_who_gave_it_the_same_day(laser: Badge, giver: Person, ines: Person) -> None:
    given = award(ines, laser, author=giver)
    for by, now, code in ((make_staff(), NOW, "other_author"), (giver, NOW + DAY, "other_day")):
        with pytest.raises(Refused, match=code):
            actions.undo_hand_over([given], by, now)


def test_a_badge_that_came_by_itself_is_not_handed_back(
    session: Session, laser: Badge, giver: Person, ines: Person
) -> None:
    given = award(ines, laser, author=giver)
    laser.kind = "stage"
    session.commit()
    with pytest.raises(Refused, match="not_safety"):
        actions.undo_hand_over([given], giver, NOW)
    session.expire_all()
    assert given.ended_at is None


def test_several_badges_are_undone_from_the_toast_and_one_from_the_page(
    client: FlaskClient, session: Session, laser: Badge, giver: Person, ines: Person
) -> None:
    tom = make_young("Tom")
    for person in (ines, tom):
        validate(person, {"MAC-05": 2})
    log_in(client, giver)
    people = [ines.public_id, tom.public_id]
    page = client.post("/badges-prets/BS-LASER", data={"people": people}, follow_redirects=True).text
    assert page.count('action="/badges-remis/annuler"') == 3, "one toast for both, one button each on the page"
    awards = session.scalars(select(Award.public_id).where(Award.badge_id == laser.id)).all()
    assert (
        "2 badges annulés."
        in client.post("/badges-remis/annuler", data={"awards": ",".join(awards)}, follow_redirects=True).text
    )
    assert client.post("/badges-remis/annuler", data={"awards": "nothing"}).status_code == 404


def test_later_a_badge_is_taken_back_as_handed_over_by_mistake(
    client: FlaskClient, session: Session, laser: Badge, giver: Person, ines: Person
) -> None:
    given = award(ines, laser, at=NOW - DAY, author=giver)
    log_in(client, giver)
    assert client.post(f"/badges/{given.public_id}/retirer", data={}).status_code == 422
    client.post(f"/badges/{given.public_id}/retirer", data={"mistake": "y"})
    session.refresh(given)
    assert (given.ended_reason, given.ended_reasons) == ("", [{"code": "handed_by_mistake"}])


def test_a_right_ended_by_mistake_runs_on_as_before(
    client: FlaskClient, session: Session, laser: Badge, samir: Person, claire: Person
) -> None:
    until = clock.local_day(NOW) + 90 * DAY
    right = make_right(samir, laser, until=until)
    log_in(client, claire)
    page = client.post(f"/droits-de-valider/{right.id}/fin", follow_redirects=True).text
    assert page.count(f'action="/droits-de-valider/{right.id}/rendre"') == 2, "in the toast and on the page"
    client.post(f"/droits-de-valider/{right.id}/rendre")
    session.refresh(right)
    assert right.until == until
    with pytest.raises(Refused, match="other_day"):
        actions.return_right(right, claire, NOW)


def test_a_right_ended_another_day_is_given_anew(laser: Badge, samir: Person, claire: Person) -> None:
    right = make_right(samir, laser)
    actions.end_right(right, clock.local_day(NOW), claire, NOW)
    with pytest.raises(Refused, match="other_day"):
        actions.return_right(right, claire, NOW + DAY)
    with pytest.raises(Refused, match="not_coordinator"):
        actions.return_right(right, samir, NOW)


def test_a_pathway_left_by_mistake_goes_on(
    client: FlaskClient, session: Session, samir: Person, ines: Person, group: Group
) -> None:
    enrolment = enrol(ines, group)
    actions.take_attendance(make_session(group), {}, samir, NOW)
    log_in(client, samir)
    address = f"/jeunes/{ines.public_id}/parcours/DECLIC"
    page = client.post(f"{address}/sortie", data={"status": "dropped"}, follow_redirects=True).text
    assert page.count(f'action="{address}/reprise"') == 2, "in the toast and on the page"
    assert f'action="{address}/reprise"' in client.get(f"/jeunes/{ines.public_id}").text
    client.post(f"{address}/reprise")
    session.refresh(enrolment)
    assert (enrolment.status, enrolment.ended_on) == ("under_way", None)
    assert client.post(f"{address}/reprise").status_code == 404


def test_a_pathway_followed_again_already_does_not_go_on_twice(samir: Person, ines: Person, group: Group) -> None:
    enrolment = enrol(ines, group)
    actions.leave(enrolment, "dropped", samir, NOW)
    enrol(ines, group)
    with pytest.raises(Refused, match="already_enrolled"):
        actions.come_back(enrolment, samir, NOW)


def test_a_group_closed_by_mistake_is_opened_again(
    client: FlaskClient, session: Session, samir: Person, group: Group
) -> None:
    log_in(client, samir)
    address = f"/groupes/{group.public_id}"
    page = client.post(f"{address}/fermer", follow_redirects=True).text
    assert page.count(f'action="{address}/rouvrir"') == 2, "in the toast and on the page"
    for _twice in range(2):
        client.post(f"{address}/rouvrir")
    session.refresh(group)
    assert group.closed_at is None
    assert verbs(session).count("group.reopen") == 1


def test_a_closed_group_is_opened_again_by_the_team_alone(session: Session, samir: Person, group: Group) -> None:
    actions.close_group(group, samir, NOW)
    with pytest.raises(Refused, match="not_facilitator"):
        actions.reopen_group(group, make_young(), NOW)
    session.expire_all()
    assert group.closed_at == NOW


def test_a_session_cancelled_by_mistake_takes_its_floor_and_machines_again(
    session: Session, client: FlaskClient, samir: Person, ines: Person, group: Group
) -> None:
    machine = make_machine(make_fablab())
    enrol(ines, group)
    part = PartWish(THURSDAY, THURSDAY + timedelta(hours=2), (machine.id,))
    lesson = actions.plan_session(group, "Découvrir", [part], [samir.id], samir, NOW).session
    log_in(client, samir)
    address = f"/seances/{lesson.public_id}"
    page = client.post(f"{address}/annuler", data={"reason": "Erreur"}, follow_redirects=True).text
    assert page.count(f'action="{address}/remettre"') == 2, "in the toast and on the page"
    for _twice in range(2):
        client.post(f"{address}/remettre")
    session.expire_all()
    assert lesson.status == "planned"
    assert machine.id in session.scalars(select(Claim.resource_id).where(Claim.holds)).all()
    assert verbs(session).count("session.restore") == 1
    texts = session.scalars(select(Message.text).where(Message.person_id == ines.id).order_by(Message.id)).all()
    assert "a lieu finalement" in texts[-1]


def test_a_session_whose_time_is_taken_meanwhile_stays_cancelled(session: Session, samir: Person, group: Group) -> None:
    make_fablab()
    part = PartWish(THURSDAY, THURSDAY + timedelta(hours=2))
    lesson = actions.plan_session(group, "Découvrir", [part], [samir.id], samir, NOW).session
    actions.cancel_session(lesson, "Erreur", samir, NOW)
    other = make_staff()
    actions.plan_session(make_group(group.version), "Autre", [part], [other.id], other, NOW)
    with pytest.raises(Refused, match="taken"):
        actions.restore_session(lesson, samir, NOW)
    session.expire_all()
    assert lesson.status == "cancelled"
    assert session.scalars(select(Booking.status).order_by(Booking.id)).all() == ["cancelled", "confirmed"]


def test_a_session_whose_hour_is_past_is_not_put_back_nor_any_by_who_plans_none(
    session: Session, samir: Person, group: Group
) -> None:
    lesson = make_session(group, NOW + DAY, leads=[samir])
    actions.cancel_session(lesson, "Erreur", samir, NOW)
    for by, now, code in ((samir, NOW + 2 * DAY, "past"), (make_young(), NOW, "not_facilitator")):
        with pytest.raises(Refused, match=code):
            actions.restore_session(lesson, by, now)
    session.expire_all()
    assert lesson.status == "cancelled"
