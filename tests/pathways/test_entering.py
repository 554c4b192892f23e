"""Referred, admitted, redirected; what the page says before it is sent; groups that lack people."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, jobs, queries_enrolling
from pathways.models import Enrolment
from pathways.rules_enrolling import small_group
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway, make_session

TODAY = clock.local_day(NOW)


@pytest.fixture
def samir(client: FlaskClient) -> Person:
    """A facilitator, logged in."""
    samir = make_staff()
    log_in(client, samir)
    return samir


def messages(session: Session, notice: str) -> list[int]:
    return list(session.scalars(select(Message.person_id).where(Message.notice == notice).order_by(Message.id)))


def test_who_is_referred_takes_no_place_and_is_told_nothing_until_enrolled(session: Session, samir: Person) -> None:
    group, ines = make_group(make_pathway(group_max=1)), make_young("Inès")
    referred = actions.refer(ines, group.version, samir, NOW, group=group)
    assert (referred.status, referred.first_attended_on) == ("referred", None)
    assert messages(session, "enrolled") == []
    actions.enrol(make_young("Tom"), group.version, samir, NOW, group=group)
    with pytest.raises(Refused) as refused:
        actions.admit(referred, samir, NOW)
    assert refused.value.codes == ["group_full"]
    assert session.get_one(Enrolment, referred.id).status == "referred"


def test_who_is_referred_is_enrolled_once_on_that_day_and_told(session: Session, samir: Person) -> None:
    group, ines = make_group(), make_young("Inès")
    referred = actions.refer(ines, group.version, samir, NOW - timedelta(days=9), group=group)
    for _again in range(2):
        actions.admit(referred, samir, NOW)
    session.refresh(referred)
    assert (referred.status, referred.enrolled_on) == ("enrolled", TODAY)
    assert messages(session, "enrolled") == [ines.id]


def test_nobody_is_referred_twice_nor_by_somebody_outside_the_team(session: Session, samir: Person) -> None:
    group, ines = make_group(), make_young("Inès")
    for by, codes in ((make_young("Tom"), ["not_facilitator"]), (samir, None), (samir, ["already_enrolled"])):
        if codes is None:
            actions.refer(ines, group.version, by, NOW, group=group)
            continue
        with pytest.raises(Refused) as refused:
            actions.refer(ines, group.version, by, NOW, group=group)
        assert refused.value.codes == codes


def test_a_referral_is_noted_then_enrolled_from_the_page_which_says_the_rules_first(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group = make_group(make_pathway("REBOND", min_age=11, max_age=15))
    ines = make_young("Inès", "Benali", birth_date=date(2000, 1, 1))
    address = f"/groupes/{group.public_id}"
    searched = client.post(address, data={"who": "ines", "act": "search"}).get_data(as_text=True)
    assert "est prévu de 11 à 15" in searched, "the page says it before anything is sent"
    assert "Motif de l’exception" in searched
    client.post(address, data={"who": "ines", "person": ines.public_id, "act": "refer"})
    enrolment = session.scalars(select(Enrolment)).one()
    assert enrolment.status == "referred"
    admit = f"/jeunes/{ines.public_id}/parcours/REBOND/inscription"
    for page in (address, f"/jeunes/{ines.public_id}"):
        assert admit in client.get(page).get_data(as_text=True)
    assert "est prévu de 11 à 15" in client.get(admit).get_data(as_text=True)
    assert client.post(admit, data={}).status_code == 422
    assert client.post(admit, data={"reason": "nope"}).status_code == 422
    done = client.post(admit, data={"reason": "prescriber"})
    assert done.headers["Location"].endswith(address)
    session.refresh(enrolment)
    assert (enrolment.status, enrolment.soft_reason) == ("enrolled", "prescriber")
    assert client.get(admit).status_code == 404
    assert "Demande de l’organisme" in client.get(address).get_data(as_text=True)


def test_a_referral_that_goes_no_further_is_left_as_any_other(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group, ines = make_group(make_pathway("REBOND")), make_young("Inès")
    referred = actions.refer(ines, group.version, samir, NOW, group=group)
    client.post(f"/jeunes/{ines.public_id}/parcours/REBOND/sortie", data={"status": "moved_away"})
    session.refresh(referred)
    assert (referred.status, referred.first_attended_on) == ("moved_away", None)
    actions.come_back(referred, samir, NOW)
    assert session.get_one(Enrolment, referred.id).status == "referred", "the rules of entering were never asked"


def test_who_is_redirected_goes_to_another_pathway_and_keeps_the_place_of_the_year(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group, ines = make_group(make_pathway("REBOND")), make_young("Inès")
    other = make_pathway("TREMPLIN")
    enrolment = enrol(ines, group)
    actions.take_attendance(make_session(group), {}, samir, NOW)
    address = f"/jeunes/{ines.public_id}/parcours/REBOND/sortie"
    refused = client.post(address, data={"status": "redirected"})
    assert refused.status_code == 422
    assert "Choisissez l’autre parcours" in refused.get_data(as_text=True)
    assert client.post(address, data={"status": "redirected", "to": "REBOND"}).status_code == 422
    assert client.post(address, data={"status": "redirected", "to": "TREMPLIN"}).status_code == 302
    session.refresh(enrolment)
    assert (enrolment.status, enrolment.redirected_to_id) == ("redirected", other.pathway_id)
    assert enrolment.first_attended_on == TODAY


def test_another_word_keeps_no_other_pathway(session: Session, samir: Person) -> None:
    other, enrolment = make_pathway("TREMPLIN"), enrol(make_young(), make_group())
    actions.leave(enrolment, "dropped", samir, NOW, redirected_to=other.pathway)
    assert session.get_one(Enrolment, enrolment.id).redirected_to_id is None


@pytest.mark.parametrize(
    ("days", "members", "small"),
    [(7, 4, True), (8, 4, False), (7, 5, False), (0, 4, True), (-1, 4, False)],
)
def test_a_group_lacks_people_within_a_week_of_its_first_day(days: int, members: int, small: bool) -> None:
    assert small_group(TODAY + timedelta(days=days), TODAY, members, 5) is small


def test_the_coordination_hears_once_of_a_group_that_lacks_people(session: Session) -> None:
    nadia = make_staff("Nadia", roles=(Role.COORDINATOR,))
    make_staff()
    version = make_pathway(group_min=2)
    starts = TODAY + timedelta(days=7)
    small, full = make_group(version, starts_on=starts), make_group(version, starts_on=starts)
    make_group(version, starts_on=TODAY + timedelta(days=8))
    actions.close_group(make_group(version, starts_on=starts), nadia, NOW)
    enrol(make_young("Inès"), small)
    for name in ("Tom", "Lina"):
        enrol(make_young(name), full)
    assert jobs.warn_of_small_groups(NOW) == "1 small groups"
    jobs.warn_of_small_groups(NOW + timedelta(hours=6))
    assert messages(session, "group-small") == [nadia.id]
    assert small.name in session.scalars(select(Message.text).where(Message.notice == "group-small")).one()


def test_checks_of_many_people_take_as_many_statements_as_of_one(
    session: Session, count_statements: Statements
) -> None:
    group = make_group()
    people = [make_young(name) for name in ("Inès", "Tom", "Lina", "Kenny")]
    counts = []
    queries_enrolling.checks(session, people, group.version, group, NOW)
    for some in (people[:1], people):
        count_statements.clear()
        queries_enrolling.checks(session, some, group.version, group, NOW)
        counts.append(len(count_statements))
    assert counts[0] == counts[1] <= 8


def test_the_first_presence_is_what_puts_an_enrolment_under_way(session: Session, samir: Person) -> None:
    group, ines = make_group(), make_young("Inès")
    referred = actions.refer(ines, group.version, samir, NOW - timedelta(days=2), group=group)
    actions.admit(referred, samir, NOW - timedelta(days=2))
    lesson = make_session(group)
    assert session.get_one(Enrolment, referred.id).status == "enrolled"
    actions.take_attendance(lesson, {}, samir, NOW)
    session.refresh(referred)
    assert referred.status == "under_way"
