"""A session as it is lived: notes and accidents, other facilitators, somebody added on the spot, its list to print."""

from datetime import UTC, date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bookings.models import Booking
from fablab.db import transaction
from fablab.journal import JournalEntry
from fablab.outbox import Letter, Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions
from pathways.models import Attendance, Enrolment, SessionLead, SessionNote, TrainingSession
from pathways.rules_notes import named_in
from pathways.values_sessions import NOTE_LENGTH, PartWish
from tests.conftest import NOW, Statements
from tests.make import log_in, make_minor, make_staff, make_young
from tests.make_machines import make_fablab, make_machine
from tests.make_pathways import attend, enrol, make_group, make_pathway, make_safety_badge, make_session, validate

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def samir(client: FlaskClient) -> Person:
    """A facilitator, logged in."""
    samir = make_staff("Samir", "Haddad")
    log_in(client, samir)
    return samir


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return set(refused.value.codes)


# --- what is written about a session ------------------------------------------------------------


def test_a_note_stands_on_the_page_of_the_session_and_is_taken_away(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    lesson = make_session(make_group(), leads=[samir])
    address = f"/seances/{lesson.public_id}"
    assert "jamais sur une personne" in client.get(f"{address}/note").text
    client.post(f"{address}/note", data={"kind": "note", "text": "Il manque du contreplaqué."})
    page = client.get(address).text
    assert "Il manque du contreplaqué." in page
    note = session.scalars(select(SessionNote)).one()
    client.post(f"{address}/note/{note.id}/effacer")
    assert session.scalars(select(SessionNote)).all() == []
    assert "contreplaqué" not in client.get(address).text
    kept = session.scalars(select(JournalEntry).where(JournalEntry.verb.startswith("session.note"))).all()
    assert [one.verb for one in kept] == ["session.note", "session.note_erase"]
    assert all("contreplaqué" not in str(one.details) for one in kept)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Inès n’écoute pas.", "est quelqu’un de la séance"),
        ("ines a cassé la lame", "est quelqu’un de la séance"),
        ("Une crise d’asthme", "jamais de la personne"),
        ("   ", "Écrire quelques mots."),
        ("x" * 501, "500"),
    ],
)
def test_a_note_that_speaks_of_a_person_is_sent_back_with_what_was_typed(
    client: FlaskClient, samir: Person, session: Session, text: str, said: str
) -> None:
    group = make_group()
    enrol(make_young("Inès", "Benali"), group)
    lesson = make_session(group, leads=[samir])
    answer = client.post(f"/seances/{lesson.public_id}/note", data={"kind": "note", "text": text})
    assert answer.status_code == 422
    assert said in answer.text
    assert text.strip() in answer.text
    assert session.scalars(select(SessionNote)).all() == []


def test_a_name_is_found_however_it_is_written_and_short_ones_are_words() -> None:
    assert named_in("La scie d’ÉLODIE", ["Élodie"]) == "ÉLODIE"
    assert named_in("rien ne manque", ["Li", "Martin"]) is None


def test_an_accident_says_who_was_told_and_the_coordination_hears_of_it(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    nadia = make_staff("Nadia", "Benali", roles=(Role.COORDINATOR,))
    lesson = make_session(make_group(), leads=[samir])
    address = f"/seances/{lesson.public_id}"
    sent = {"kind": "accident", "text": "Une coupure légère, pansée."}
    refused = client.post(f"{address}/note", data=sent)
    assert refused.status_code == 422
    assert "Dites qui est prévenu" in refused.text
    client.post(f"{address}/note", data={**sent, "told": ["first_aider", "guardian"]})
    page = client.get(address).text
    assert "Le secouriste de la maison, Un responsable légal" in page
    assert session.scalars(select(Message.person_id).where(Message.notice == "session-incident")).all() == [nadia.id]


def test_the_same_form_sent_twice_writes_once(samir: Person, session: Session) -> None:
    lesson = make_session(make_group(), leads=[samir])
    for _time in range(2):
        actions.write_note(lesson, "note", "Deux fois.", [], samir, NOW, key="k" * 20)
    assert len(session.scalars(select(SessionNote)).all()) == 1
    other = make_session(lesson.group, leads=[samir])
    with pytest.raises(Refused) as refused:
        actions.write_note(other, "note", "Ailleurs.", [], samir, NOW, key="k" * 20)
    assert codes(refused) == {"form_used"}


def test_what_cannot_be_written(samir: Person) -> None:
    lesson = make_session(make_group(), TOMORROW, leads=[samir])
    with pytest.raises(Refused) as refused:
        actions.write_note(lesson, "accident", "Tout.", ["nobody"], make_young(), NOW)
    assert codes(refused) == {"not_facilitator", "not_begun", "told_unknown"}
    with pytest.raises(Refused) as refused:
        actions.write_note(lesson, "gossip", "", [], samir, NOW)
    assert codes(refused) == {"kind_unknown", "text_missing"}
    assert actions.write_note(lesson, "note", f" {'m' * NOTE_LENGTH} ", [], samir, NOW).text == "m" * NOTE_LENGTH
    with pytest.raises(Refused) as refused:
        actions.write_note(lesson, "note", "m" * (NOTE_LENGTH + 1), [], samir, NOW)
    assert codes(refused) == {"note_too_long"}


def test_an_accident_is_erased_by_who_wrote_it_the_same_day_only(samir: Person, session: Session) -> None:
    lesson = make_session(make_group(), leads=[samir])
    note = actions.write_note(lesson, "accident", "Un doigt pincé.", ["direction"], samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.erase_note(note, make_staff("Chloé"), TOMORROW)
    assert codes(refused) == {"other_author", "other_day"}
    with pytest.raises(Refused) as refused:
        actions.erase_note(note, make_young(), NOW)
    assert codes(refused) == {"not_facilitator"}
    actions.erase_note(note, samir, NOW)
    actions.erase_note(note, samir, NOW)  # taken away already
    assert session.scalars(select(SessionNote)).all() == []


# --- who leads it -------------------------------------------------------------------------------


def test_a_facilitator_is_replaced_and_both_are_told_with_their_calendars(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    chloe = make_staff("Chloé", "Martin", email="chloe@example.org")
    lesson = make_session(make_group(), TOMORROW, leads=[samir])
    address = f"/seances/{lesson.public_id}"
    assert "Changer qui anime" in client.get(address).text
    client.post(f"{address}/animation", data={"leads": [chloe.id]})
    session.expire_all()
    assert session.scalars(select(SessionLead.person_id)).all() == [chloe.id]
    assert session.scalars(select(Message.person_id)).all() == [chloe.id]
    states = {letter.person_id: (letter.calendar or [{}])[0].get("state") for letter in session.scalars(select(Letter))}
    assert states == {chloe.id: "confirmed", samir.id: "cancelled"}
    [act] = session.scalars(select(JournalEntry).where(JournalEntry.verb == "session.leads"))
    assert act.details["before"] == [samir.id]
    client.post(f"{address}/animation", data={"leads": [chloe.id]})  # nothing changes, nothing is said
    assert len(session.scalars(select(JournalEntry).where(JournalEntry.verb == "session.leads")).all()) == 1


def test_who_cannot_lead_is_refused(samir: Person, client: FlaskClient) -> None:
    chloe, group = make_staff("Chloé", "Martin"), make_group()
    make_session(group, TOMORROW, leads=[chloe])
    lesson = make_session(group, TOMORROW, leads=[samir])
    answer = client.post(f"/seances/{lesson.public_id}/animation", data={"leads": [chloe.id]})
    assert answer.status_code == 422
    assert "Chloé M. est déjà pris" in answer.text
    for leads, by, moment, said in (
        ([], samir, NOW, {"lead_missing"}),
        ([make_young().id], samir, NOW, {"lead_not_team"}),
        ([samir.id], make_young(), NOW, {"not_facilitator"}),
        ([samir.id], samir, TOMORROW + timedelta(days=1), {"over"}),
    ):
        with pytest.raises(Refused) as refused:
            actions.change_leads(lesson, leads, by, moment)
        assert codes(refused) == said
    actions.cancel_session(lesson, "Pas de chauffage", samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.change_leads(lesson, [samir.id], samir, NOW)
    assert codes(refused) == {"session_cancelled"}


# --- somebody who comes on the spot -------------------------------------------------------------


def test_somebody_comes_on_the_spot_and_is_present_when_the_call_is_made(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group = make_group()
    ines, lesson = make_young("Inès", "Benali"), make_session(group, leads=[samir])
    attend(lesson)
    address = f"/seances/{lesson.public_id}"
    assert "Ajouter quelqu’un" in client.get(address).text
    found = client.post(f"{address}/ajouter", data={"who": "ines", "act": "search"})
    assert "Inès Benali" in found.text
    done = client.post(f"{address}/ajouter", data={"who": "ines", "person": ines.public_id, "act": "add"})
    assert done.location.endswith(address)
    enrolment = session.scalars(select(Enrolment)).one()
    assert (enrolment.person_id, enrolment.status, enrolment.first_attended_on) == (ines.id, "under_way", NOW.date())
    assert session.scalars(select(Attendance.status)).one() == "present"
    with pytest.raises(Refused) as refused:
        actions.add_on_the_spot(lesson, ines, samir, NOW)
    assert codes(refused) >= {"already_there"}


def test_before_the_call_who_was_added_is_on_the_roll_as_present(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    lesson = make_session(make_group(), leads=[samir])
    ines = make_young("Inès", "Benali")
    actions.add_on_the_spot(lesson, ines, samir, NOW)
    assert session.scalars(select(Attendance)).all() == []
    assert f'name="status-{ines.id}" value="present" checked' in client.get(f"/seances/{lesson.public_id}/appel").text


def test_soft_rules_ask_for_a_reason_and_the_others_stay(client: FlaskClient, samir: Person, session: Session) -> None:
    group = make_group(make_pathway("REBOND", min_age=11, max_age=15, group_max=1))
    ines = make_young("Inès", "Benali", birth_date=date(2000, 1, 1))
    lesson = make_session(group, leads=[samir])
    address, sent = f"/seances/{lesson.public_id}/ajouter", {"who": "ines", "person": ines.public_id, "act": "add"}
    refused = client.post(address, data=sent)
    assert refused.status_code == 422
    assert "Motif de l’exception" in refused.text
    client.post(address, data={**sent, "reason": "team"})
    assert session.scalars(select(Enrolment)).one().soft_reason == "team"
    with pytest.raises(Refused) as full:
        actions.add_on_the_spot(lesson, make_young("Bob"), samir, NOW, reason="team")
    assert "group_full" in codes(full)


def test_who_was_referred_is_admitted_on_the_spot(samir: Person, session: Session) -> None:
    group, ines = make_group(), make_young("Inès", "Benali")
    actions.refer(ines, group.version, samir, NOW, group=group)
    actions.add_on_the_spot(make_session(group, leads=[samir]), ines, samir, NOW)
    assert session.scalars(select(Enrolment.status)).all() == ["enrolled"]


def test_whoever_is_somewhere_else_is_said_and_added(samir: Person) -> None:
    busy, group, ines = make_group(), make_group(make_pathway("REBOND")), make_young("Inès", "Benali")
    enrol(ines, busy)
    make_session(busy, leads=[make_staff("Chloé")])
    added = actions.add_on_the_spot(make_session(group, leads=[samir]), ines, samir, NOW)
    assert [warning.code for warning in added.warnings] == ["member_elsewhere"]


def test_nobody_is_added_on_another_day_nor_to_a_cancelled_session(samir: Person) -> None:
    ines, group = make_young("Inès", "Benali"), make_group()
    for moment, by, said in ((TOMORROW, samir, "not_now"), (NOW, make_young(), "not_facilitator")):
        lesson = make_session(group, moment + timedelta(hours=3), leads=[samir])
        with pytest.raises(Refused) as refused:
            actions.add_on_the_spot(lesson, ines, by, NOW if said == "not_now" else moment + timedelta(hours=3))
        assert codes(refused) == {said}
        # Its own sentence: whoever enrols nobody is refused by the rules of enrolling too.
        assert "ajoute quelqu’un" in refused.value.refusals[0].sentence
    cancelled = make_session(group, NOW + timedelta(minutes=10), leads=[samir])
    actions.cancel_session(cancelled, "Pas de chauffage", samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.add_on_the_spot(cancelled, ines, samir, NOW)
    assert codes(refused) == {"session_cancelled"}


def test_nobody_found_and_nobody_chosen_are_said(client: FlaskClient, samir: Person) -> None:
    lesson = make_session(make_group(), leads=[samir])
    address = f"/seances/{lesson.public_id}/ajouter"
    assert "Personne de ce nom" in client.post(address, data={"who": "zzz"}).text
    for name in ("Benali", "Carret"):
        make_young("Inès", name)
    assert "Choisir une personne de la liste." in client.post(address, data={"who": "ines", "act": "add"}).text


# --- its page and its list ----------------------------------------------------------------------


def test_the_page_says_the_aim_the_machines_and_the_papers_missing(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    version = make_pathway()
    group, tom = make_group(version), make_minor("Tom")
    enrol(tom, group)
    machine = make_machine(make_fablab())
    thursday = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    planned = actions.plan_session(
        group, "Découvrir", [PartWish(thursday, thursday + timedelta(hours=2), (machine.id,))], [samir.id], samir, NOW,
        stage_id=version.stages[0].id,
    )  # fmt: skip
    page = client.get(f"/seances/{planned.session.public_id}").text
    for words in ("Essayer.", "Un jalon", machine.simple_name, "1 autorisation absente", "venir aux séances"):
        assert words in page
    printed = BeautifulSoup(client.get(f"/seances/{planned.session.public_id}/liste").data, "html.parser")
    assert "venir aux séances, utiliser les machines" in printed.get_text()
    assert "Autorisation à demander avant le début : Tom" in printed.get_text().replace("\u00a0", " ")
    assert not printed.select("a[href^='tel:']")


def test_an_adult_needs_no_paper(client: FlaskClient, samir: Person) -> None:
    group = make_group()
    enrol(make_young("Inès", "Benali", birth_date=date(2000, 1, 1)), group)
    lesson = make_session(group, TOMORROW, leads=[samir])
    page = client.get(f"/seances/{lesson.public_id}").text
    assert "Autorisation absente" not in page


def test_a_session_moved_by_mistake_goes_back_from_the_toast(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    lesson = make_session(make_group(), TOMORROW, leads=[samir])
    address = f"/seances/{lesson.public_id}"
    client.post(f"{address}/deplacer", data={"day": "2026-12-03", "starts": "14:00"})
    toast = BeautifulSoup(client.get(address).data, "html.parser").select_one(f"form[action='{address}/deplacer']")
    assert toast is not None
    sent = {str(box["name"]): str(box["value"]) for box in toast.select("input[name]:not([name=csrf_token])")}
    client.post(str(toast["action"]), data=sent)
    session.expire_all()
    assert session.scalars(select(TrainingSession.starts_at)).one() == TOMORROW


def test_the_page_runs_as_many_statements_whatever_is_in_the_session(
    client: FlaskClient, samir: Person, count_statements: Statements
) -> None:
    make_safety_badge()
    counts, version = [], make_pathway()
    for people in (2, 9):
        group = make_group(version)
        lesson = make_session(group, leads=[samir])
        members = [make_young(name, "Test") for name in "ABCDEFGHI"[:people]]
        for person in members:
            enrol(person, group)
            actions.write_note(lesson, "note", "Une note.", [], samir, NOW)
        attend(lesson, *members)
        validate(members[0], {"SEC-01": 1}, samir, training_session=lesson)
        client.get(f"/seances/{lesson.public_id}")
        count_statements.clear()
        client.get(f"/seances/{lesson.public_id}")
        counts.append(len(count_statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 13


@pytest.mark.parametrize("role", [Role.YOUNG, Role.RECEPTION, Role.REFERENT, Role.STRUCTURE])
def test_others_see_nothing_of_it(client: FlaskClient, role: Role) -> None:
    lesson = make_session(make_group(), leads=[make_staff("Samir")])
    log_in(client, make_young() if role is Role.YOUNG else make_staff("Léo", roles=(role,)))
    for page in ("", "/liste", "/note", "/animation", "/ajouter"):
        assert client.get(f"/seances/{lesson.public_id}{page}").status_code == 403


@pytest.mark.parametrize("page", ["liste", "note", "animation", "ajouter"])
def test_an_unknown_session_has_no_such_page(client: FlaskClient, samir: Person, page: str) -> None:
    assert client.get(f"/seances/unknown/{page}").status_code == 404


def test_a_note_of_another_session_is_not_erased_here(client: FlaskClient, samir: Person) -> None:
    group = make_group()
    lesson, other = make_session(group, leads=[samir]), make_session(group, leads=[samir])
    note = actions.write_note(other, "note", "Ailleurs.", [], samir, NOW)
    assert client.post(f"/seances/{lesson.public_id}/note/{note.id}/effacer").status_code == 404


def test_what_others_hold_is_asked_again_when_the_lead_changes(samir: Person, session: Session) -> None:
    machine = make_machine(make_fablab())
    lesson = make_session(make_group(), TOMORROW, leads=[samir])
    bob = make_young("Bob")
    with transaction() as writing:
        held = Booking(
            kind="own", resource_id=machine.id, place_id=machine.place_id, holder_id=bob.id,
            starts_at=TOMORROW, ends_at=TOMORROW + timedelta(hours=1), status="confirmed", created_at=NOW,
        )  # fmt: skip
        writing.add(held)
    actions.change_leads(lesson, [make_staff("Chloé").id], samir, NOW)
    again = session.get_one(Booking, held.id, populate_existing=True)
    assert again.status == "cancelled" or again.attention


def test_before_its_time_a_session_offers_neither_call_nor_grid_and_says_from_when(
    client: FlaskClient, samir: Person
) -> None:
    group, starts = make_group(), NOW + timedelta(days=2)
    enrol(make_young("Inès"), group, enrolled_on=NOW.date())
    lesson = make_session(group, starts, leads=[samir])
    address = f"/seances/{lesson.public_id}"
    page = client.get(address).text
    assert "L’appel s’ouvre 30 minutes avant la séance." in page
    assert f'href="{address}/appel"' not in page
    assert f'href="{address}/valider"' not in page
    assert "L’appel se fait au plus tôt 30 minutes avant la séance." in client.get(f"{address}/appel").text
    assert "Cette séance n’a pas commencé." in client.get(f"{address}/valider").text
    begun = make_session(group, NOW - timedelta(minutes=5), leads=[samir])
    page = client.get(f"/seances/{begun.public_id}").text
    assert f'href="/seances/{begun.public_id}/appel"' in page
    assert f'href="/seances/{begun.public_id}/valider"' in page
    assert "L’appel s’ouvre" not in page
