"""Somebody who helps in a session is not staff: first names only, validates nothing, one head, never an adult."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings import asking
from bookings.models import Booking, Place
from bookings.values import Ask, Slot
from fablab.db import transaction
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.refusals import Refused
from machines.queries_room import happening
from pathways import actions
from pathways.models import Group, SessionHelper, TrainingSession
from pathways.queries_presence import presences
from pathways.rules_own_pace import helper_refusals
from pathways.values_own_pace import HelperFacts
from pathways.values_sessions import PartWish
from tests.conftest import NOW
from tests.make import log_in, make_authorisation, make_staff, make_young
from tests.make_machines import make_fablab
from tests.make_own_pace import make_passeur
from tests.make_pathways import enrol, make_group, make_pathway, make_session

HOUR = timedelta(hours=1)
START = NOW + timedelta(days=1)


@pytest.fixture
def samir(client: FlaskClient) -> Person:
    """A facilitator, logged in."""
    samir = make_staff()
    log_in(client, samir)
    return samir


def planned(samir: Person, group: Group) -> TrainingSession:
    """A session tomorrow on the Fablab's floor."""
    return actions.plan_session(group, "Découper", [PartWish(START, START + 2 * HOUR)], [samir.id], samir, NOW).session


def test_every_reason_is_said_at_once() -> None:
    facts = HelperFacts("Julie A.", False, False, True, False, False, True, "Séance, Rebond 5")
    assert [one.code for one in helper_refusals(facts)] == [
        "not_facilitator", "session_cancelled", "session_over", "not_passeur", "helper_of_group",
        "authorisation_missing", "helper_elsewhere",
    ]  # fmt: skip
    assert helper_refusals(HelperFacts("Julie A.", True, True, False, True, True, False)) == []


def test_who_helps_is_named_once_told_and_taken_away(session: Session, samir: Person) -> None:
    julie, _enrolment = make_passeur()
    lesson = make_session(make_group(), START)
    helper = actions.name_helper(lesson, julie, samir, NOW)
    assert actions.name_helper(lesson, julie, samir, NOW).id == helper.id
    for _again in range(2):
        actions.helps_no_more(helper, samir, NOW)
    said = session.scalars(select(Message.notice).where(Message.person_id == julie.id).order_by(Message.id)).all()
    assert said == ["helper-named", "helper-ended"]
    assert actions.name_helper(lesson, julie, samir, NOW).id != helper.id, "named again, a new line"


def test_only_who_follows_a_pathway_at_their_own_pace_helps_and_only_another_group(
    session: Session, samir: Person
) -> None:
    group, tom = make_group(), make_young("Tom")
    lesson = make_session(group, START)
    with pytest.raises(Refused) as refused:
        actions.name_helper(lesson, tom, samir, NOW)
    assert refused.value.codes == ["not_passeur"]
    julie, enrolment = make_passeur()
    enrol(julie, group)
    with pytest.raises(Refused) as refused:
        actions.name_helper(lesson, julie, samir, NOW)
    assert "helper_of_group" in refused.value.codes
    late, _over = make_passeur("Max", enrolment.version, days=200)
    with pytest.raises(Refused) as refused:
        actions.name_helper(make_session(make_group(group.version), START), late, samir, NOW)
    assert refused.value.codes == ["not_passeur"]


def test_a_minor_helps_with_a_parents_agreement_only(session: Session, samir: Person) -> None:
    mathilde, _enrolment = make_passeur("Mathilde", birth_date=date(2010, 5, 3))
    lesson = make_session(make_group(), START)
    with pytest.raises(Refused) as refused:
        actions.name_helper(lesson, mathilde, samir, NOW)
    assert refused.value.codes == ["authorisation_missing"]
    make_authorisation(mathilde, "participation")
    session.expire_all()
    actions.name_helper(lesson, mathilde, samir, NOW)


def test_nobody_helps_in_two_places_at_once(session: Session, samir: Person) -> None:
    julie, _enrolment = make_passeur()
    group = make_group()
    actions.name_helper(make_session(group, START), julie, samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.name_helper(make_session(make_group(group.version), START + HOUR), julie, samir, NOW)
    assert refused.value.codes == ["helper_elsewhere"]


def test_who_helps_is_a_head_of_the_gauge_and_not_an_adult(session: Session, samir: Person) -> None:
    fablab = make_fablab(gauge=4)  # three young people and one who leads
    group = make_group(make_pathway(group_max=12))
    for _one in range(3):
        enrol(make_young(), group)
    lesson = planned(samir, group)
    julie, _enrolment = make_passeur()
    with pytest.raises(Refused) as refused:
        actions.name_helper(lesson, julie, samir, NOW)
    assert refused.value.codes == ["place_full"]
    assert session.scalars(select(SessionHelper)).all() == []
    with transaction() as writing:
        writing.get_one(Place, fablab.place.id).gauge = 5
    actions.name_helper(lesson, julie, samir, NOW)
    session.expire_all()
    [booking] = session.scalars(select(Booking).where(Booking.kind == "session")).all()
    other = Ask(fablab.floor.id, Slot(START, START + HOUR), kind="session", headcount=1, resource_ids=())
    assert "place_full" in [one.code for one in asking.weigh_one(session, other, NOW).refusals]
    assert booking.headcount == 3, "the group's own heads do not change"


def test_who_helps_watches_over_nobody_and_a_minor_who_helps_is_watched(session: Session, samir: Person) -> None:
    make_fablab()
    group = make_group(make_pathway(group_max=12))
    for _one in range(3):
        enrol(make_young(), group)
    lesson = planned(samir, group)

    def room() -> tuple[int, int]:
        there = happening(session, [], Slot(START, START + HOUR), [], NOW)
        return len(there.leads), sum(minors.count for _place, minors in there.groups)

    assert room() == (1, 0)
    adult, enrolment = make_passeur("Julie")
    actions.name_helper(lesson, adult, samir, NOW)
    assert room() == (1, 0), "one who leads, as before"
    minor, _other = make_passeur("Mathilde", enrolment.version, birth_date=date(2010, 5, 3))
    make_authorisation(minor, "participation")
    session.expire_all()
    actions.name_helper(lesson, minor, samir, NOW)
    assert room() == (1, 1)


def test_who_helps_reads_first_names_only_and_of_that_session_only(
    client: FlaskClient, session: Session, samir: Person
) -> None:
    group = make_group(name="Rebond 5")
    tom = make_young("Tom", "Perrinel")
    enrol(tom, group)
    lesson, other = make_session(group, START, leads=(samir,)), make_session(group, START + timedelta(days=2))
    julie, _enrolment = make_passeur()
    actions.name_helper(lesson, julie, samir, NOW)
    log_in(client, julie)
    address = f"/seances-ou-j-aide/{lesson.public_id}"
    assert address in client.get("/mon-parcours").text
    page = client.get(address).text
    assert "Tom" in page
    for hidden in ("Perrinel", "Tom P.", tom.public_id, str(tom.handle), "Haddad"):
        assert hidden not in page
    assert client.get(f"/seances-ou-j-aide/{other.public_id}").status_code == 404
    log_in(client, make_young("Max"))
    assert client.get(address).status_code == 404


def test_who_helps_validates_nothing_and_opens_no_page_of_the_team(
    client: FlaskClient, session: Session, samir: Person
) -> None:
    group = make_group()
    tom = make_young("Tom")
    enrol(tom, group)
    lesson = make_session(group, NOW, leads=(samir,))
    julie, _enrolment = make_passeur()
    actions.name_helper(lesson, julie, samir, NOW)
    log_in(client, julie)
    pages = ("", "/valider", "/appel", "/liste", "/aides")
    for address in (*(f"/seances/{lesson.public_id}{page}" for page in pages), f"/jeunes/{tom.public_id}"):
        assert client.get(address).status_code == 403
    with pytest.raises(Refused) as refused:
        actions.take_attendance(lesson, {}, julie, NOW)
    assert "not_facilitator" in refused.value.codes
    with pytest.raises(Refused):
        actions.validate_batch(lesson.id, julie, [], key="k" * 12, now=NOW)


def test_hours_of_help_count_once_it_is_said_that_they_came(session: Session, samir: Person) -> None:
    julie, enrolment = make_passeur()
    lesson = make_session(make_group(), NOW - HOUR, leads=(samir,))
    helper = actions.name_helper(lesson, julie, samir, NOW)
    assert presences(session, [enrolment])[enrolment.id].count == 0
    actions.say_helper_came(helper, True, samir, NOW)
    assert presences(session, [enrolment])[enrolment.id].count == 2
    actions.say_helper_came(helper, False, samir, NOW)
    assert presences(session, [enrolment])[enrolment.id].count == 0
    with pytest.raises(Refused):
        actions.say_helper_came(helper, True, julie, NOW)


def test_the_team_names_and_takes_away_on_the_page_of_the_session(
    client: FlaskClient, session: Session, samir: Person
) -> None:
    julie, _enrolment = make_passeur()
    lesson = make_session(make_group(), NOW - HOUR, leads=(samir,))
    address = f"/seances/{lesson.public_id}/aides"
    assert address in client.get(f"/seances/{lesson.public_id}").text
    done = client.post(address, data={"who": julie.public_id}, follow_redirects=True).text
    helper = session.scalars(select(SessionHelper)).one()
    assert f"{address}/{helper.id}/retirer" in done
    assert "Julie A." in client.get(f"/seances/{lesson.public_id}").text
    assert "Aide : Julie Arnaud" in client.get(f"/seances/{lesson.public_id}/liste").text.replace("\u00a0", " ")
    assert (
        "Était là" in client.post(f"{address}/{helper.id}/presence", data={"came": "yes"}, follow_redirects=True).text
    )
    assert "Pas venu" in client.post(f"{address}/{helper.id}/presence", data={"came": "no"}, follow_redirects=True).text
    assert "n’aide plus" in client.post(f"{address}/{helper.id}/retirer", follow_redirects=True).text
    assert client.post(address, data={"who": "nobody"}).status_code == 422
    assert client.post(f"{address}/999/retirer").status_code == 404


def test_who_helps_hears_that_the_session_is_moved_or_cancelled(session: Session, samir: Person) -> None:
    make_fablab()
    lesson = planned(samir, make_group())
    julie, _enrolment = make_passeur()
    actions.name_helper(lesson, julie, samir, NOW)
    actions.cancel_session(lesson, "Panne", samir, NOW)
    said = session.scalars(select(Message.notice).where(Message.person_id == julie.id).order_by(Message.id)).all()
    assert said == ["helper-named", "session-cancelled"]
