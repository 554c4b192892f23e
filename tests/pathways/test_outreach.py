"""Who drifts away: silence counted in sessions missed, and the calls that the team notes."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, queries_drifting
from pathways.models import Enrolment, Group, Outreach, TrainingSession
from pathways.rules_outreach import keeping_refusals, outreach_refusals
from pathways.values_outreach import LONGEST_ASIDE
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway, make_session

TODAY = clock.local_day(NOW)


@pytest.fixture
def samir(app: Flask) -> Person:
    """A facilitator."""
    return make_staff()


@pytest.fixture
def group(app: Flask) -> Group:
    """A group of one pathway, which meets again in a week."""
    return going_on(make_group(make_pathway("REBOND"), "Rebond 5"))


def going_on(group: Group) -> Group:
    """The group, with a session to come."""
    make_session(group, NOW + timedelta(days=7))
    return group


def lived(group: Group, samir: Person, days_ago: int, *missed: Person, how: str = "absent") -> TrainingSession:
    """A session of the past whose roll was called: everybody came but these."""
    then = NOW - timedelta(days=days_ago)
    lesson = make_session(group, then - timedelta(hours=2), leads=(samir,))
    actions.take_attendance(lesson, {one.id: (how, 0) for one in missed}, samir, then)
    return lesson


def silent(session: Session, samir: Person, group: Group, first_name: str = "Inès", sessions: int = 2) -> Enrolment:
    """Somebody who came once and then missed so many sessions."""
    person = make_young(first_name, "Benali")
    enrolment = enrol(person, group)
    lived(group, samir, 21)
    for number in range(sessions):
        lived(group, samir, 14 - number, person)
    return session.get_one(Enrolment, enrolment.id)


def names(session: Session) -> list[tuple[str, int]]:
    """Who is listed, and how many sessions they missed."""
    session.expire_all()
    return [(one.person.first_name, one.missed) for one in queries_drifting.drifting(session, NOW)]


# --- who is listed --------------------------------------------------------------------------------


def test_two_sessions_missed_in_a_row_list_somebody_whatever_the_reason(
    session: Session, samir: Person, group: Group
) -> None:
    ines, tom = make_young("Inès"), make_young("Tom")
    enrol(ines, group)
    enrol(tom, group)
    lived(group, samir, 14)
    lived(group, samir, 7, ines, how="excused")
    assert names(session) == []
    lived(group, samir, 3, ines, tom)
    found = queries_drifting.drifting(session, NOW)
    assert [(one.person.first_name, one.missed) for one in found] == [("Inès", 2)]
    assert found[0].last_seen == TODAY - timedelta(days=14)
    lived(group, samir, 1)
    assert names(session) == []


def test_the_longest_silence_comes_first_and_who_never_came_says_so(
    session: Session, samir: Person, group: Group
) -> None:
    ines, tom = make_young("Inès"), make_young("Tom")
    enrol(ines, group)
    lived(group, samir, 20)
    enrol(tom, group, enrolled_on=TODAY - timedelta(days=16))
    lived(group, samir, 15, tom)
    lived(group, samir, 10, ines, tom)
    lived(group, samir, 5, ines, tom)
    assert names(session) == [("Tom", 3), ("Inès", 2)]
    assert queries_drifting.drifting(session, NOW)[0].last_seen is None


def test_what_was_not_held_or_not_called_or_before_the_enrolment_is_no_silence(
    session: Session, samir: Person, group: Group
) -> None:
    ines = make_young("Inès")
    lived(group, samir, 20)
    enrol(ines, group, enrolled_on=TODAY - timedelta(days=10))
    lived(group, samir, 6, ines)
    make_session(group, NOW - timedelta(days=4))  # nobody called the roll
    make_session(group, NOW - timedelta(days=3), status="cancelled", attendance_at=NOW)
    make_session(group, NOW + timedelta(days=3))
    assert names(session) == []
    lived(group, samir, 1, ines)
    assert names(session) == [("Inès", 2)]


def test_who_left_is_no_longer_listed(session: Session, samir: Person, group: Group) -> None:
    enrolment = silent(session, samir, group)
    assert names(session) == [("Inès", 2)]
    with transaction() as inner:
        inner.get_one(Enrolment, enrolment.id).ended_on = TODAY
    assert names(session) == []


def test_a_group_whose_sessions_are_over_has_nothing_to_come_back_to(session: Session, samir: Person) -> None:
    over = make_group(make_pathway("REBOND"), "Rebond 4")
    silent(session, samir, over)
    assert names(session) == []
    going_on(over)
    assert names(session) == [("Inès", 2)]


# --- the rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "until", "may", "ended", "codes"),
    [
        ("reached", None, True, False, []),
        ("no_answer", TODAY + timedelta(days=1), True, False, []),
        ("body_told", TODAY + LONGEST_ASIDE, True, False, []),
        ("sent flowers", None, True, False, ["outcome_unknown"]),
        ("reached", TODAY, True, False, ["aside_past"]),
        ("reached", TODAY + LONGEST_ASIDE + timedelta(days=1), True, False, ["aside_too_far"]),
        ("reached", None, False, False, ["not_facilitator"]),
        ("reached", None, True, True, ["enrolment_ended"]),
    ],
)
def test_what_may_be_noted(outcome: str, until: date | None, may: bool, ended: bool, codes: list[str]) -> None:
    found = outreach_refusals(outcome, until, TODAY, may_manage=may, ended=ended)
    assert [one.code for one in found] == codes


def test_the_team_alone_takes_a_call_back(words: None) -> None:
    assert keeping_refusals(may_manage=True) == []
    assert [one.code for one in keeping_refusals(may_manage=False)] == ["not_facilitator"]


# --- noting a call --------------------------------------------------------------------------------


def test_a_call_is_noted_with_its_author_set_aside_and_taken_back(
    session: Session, samir: Person, group: Group
) -> None:
    enrolment = silent(session, samir, group)
    call = actions.note_call(enrolment, "no_answer", TODAY + timedelta(days=7), samir, NOW)
    (found,) = queries_drifting.drifting(session, NOW)
    assert found.last is not None
    assert (found.last.outcome, found.last.by_id) == ("no_answer", samir.id)
    assert found.is_aside(TODAY)
    assert not found.is_aside(TODAY + timedelta(days=7)), "listed again on that day"
    actions.take_back_call(call, samir, NOW)
    actions.take_back_call(call, samir, NOW)
    session.expire_all()
    (found,) = queries_drifting.drifting(session, NOW)
    assert found.last is None
    assert [one.outcome for one in queries_drifting.calls_of(session, [enrolment.id])] == ["no_answer"], "still seen"
    verbs = session.query(JournalEntry.verb).filter_by(thing="outreach").order_by(JournalEntry.id).all()
    assert [verb for (verb,) in verbs] == ["outreach.note", "outreach.take_back"]


def test_the_latest_call_that_counts_is_shown(session: Session, samir: Person, group: Group) -> None:
    enrolment = silent(session, samir, group)
    actions.note_call(enrolment, "no_answer", None, samir, NOW - timedelta(days=2))
    later = actions.note_call(enrolment, "coming_back", TODAY + timedelta(days=3), samir, NOW - timedelta(days=1))
    assert queries_drifting.drifting(session, NOW)[0].last == later
    actions.take_back_call(later, samir, NOW)
    session.expire_all()
    last = queries_drifting.drifting(session, NOW)[0].last
    assert last is not None
    assert last.outcome == "no_answer"


def test_a_refused_call_writes_nothing(session: Session, samir: Person, group: Group) -> None:
    enrolment = silent(session, samir, group)
    with transaction() as inner:
        inner.get_one(Enrolment, enrolment.id).ended_on = TODAY
    with pytest.raises(Refused, match="enrolment_ended"):
        actions.note_call(enrolment, "reached", None, samir, NOW)
    reception = make_staff("Rémi", roles=(Role.RECEPTION,))
    with pytest.raises(Refused, match="not_facilitator"):
        actions.note_call(enrolment, "reached", None, reception, NOW)
    call = actions.note_call(silent(session, samir, group, "Tom"), "reached", None, samir, NOW)
    with pytest.raises(Refused, match="not_facilitator"):
        actions.take_back_call(call, reception, NOW)
    assert session.query(Outreach).count() == 1


def test_a_form_sent_twice_notes_once_and_never_for_another(session: Session, samir: Person, group: Group) -> None:
    ines = silent(session, samir, group)
    tom = silent(session, samir, make_group(group.version, "Rebond 6"), "Tom")
    first = actions.note_call(ines, "reached", None, samir, NOW, key="one")
    assert actions.note_call(ines, "reached", None, samir, NOW, key="one").id == first.id
    with pytest.raises(Refused, match="form_used"):
        actions.note_call(tom, "reached", None, samir, NOW, key="one")
    assert session.query(Outreach).count() == 1


# --- pages ----------------------------------------------------------------------------------------


def test_from_the_front_page_to_a_call_noted_and_back(
    client: FlaskClient, session: Session, samir: Person, group: Group
) -> None:
    enrolment = silent(session, samir, group)
    coordinator = make_staff("Chloé", roles=(Role.COORDINATOR,))
    log_in(client, coordinator)
    assert "1 jeune s’éloigne" in client.get("/").text
    page = client.get("/groupes/qui-s-eloigne").text
    assert "2 séances manquées de suite" in page
    assert "Personne n’a encore appelé." in page
    address = f"/jeunes/{enrolment.person.public_id}/parcours/REBOND/rappels"
    assert address in page
    aside = TODAY + timedelta(days=7)
    sent = client.post(address, data={"key": "k", "outcome": "coming_back", "aside_until": aside.isoformat()})
    assert sent.status_code == 302
    page = client.get("/groupes/qui-s-eloigne").text
    assert "Mis de côté" in page
    assert "Va revenir" in page
    assert "s’éloigne</" not in client.get("/").text.replace("Qui s’éloigne", "")
    call = session.query(Outreach).one()
    assert client.post(f"{address}/annuler", data={"call": call.id}).status_code == 302
    assert "noté par erreur" in client.get(address).text
    assert "1 jeune s’éloigne" in client.get("/").text


def test_bad_input_is_said_beside_its_field_and_kept(
    client: FlaskClient, session: Session, samir: Person, group: Group
) -> None:
    enrolment = silent(session, samir, group)
    log_in(client, samir)
    address = f"/jeunes/{enrolment.person.public_id}/parcours/REBOND/rappels"
    empty = client.post(address, data={})
    assert empty.status_code == 422
    assert "Choisissez ce qui s’est passé." in empty.text
    past = client.post(address, data={"outcome": "reached", "aside_until": "2026-01-05"})
    assert past.status_code == 422
    assert "Choisissez un jour à venir." in past.text
    assert 'value="2026-01-05"' in past.text
    assert client.post(address, data={"outcome": "reached", "aside_until": "2026-02-31"}).status_code == 422
    assert client.post(f"{address}/annuler", data={"call": "9"}).status_code == 404
    assert client.get(address.replace("REBOND", "DECLIC")).status_code == 404
    assert session.query(Outreach).count() == 0


def test_the_list_takes_as_many_statements_for_ten_as_for_one(
    client: FlaskClient, session: Session, samir: Person, group: Group, count_statements: Statements
) -> None:
    log_in(client, samir)
    counts = []
    for some in (("Un",), ("Deux", "Trois", "Quatre", "Cinq", "Six")):
        for name in some:
            other = going_on(make_group(group.version, f"Groupe {name}"))
            actions.note_call(silent(session, samir, other, name), "reached", None, samir, NOW)
        client.get("/groupes/qui-s-eloigne")
        count_statements.clear()
        assert client.get("/groupes/qui-s-eloigne").text.count("Rappeler") == session.query(Enrolment).count()
        counts.append(len(count_statements))
    assert counts[0] == counts[1] <= 10
