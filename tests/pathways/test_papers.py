"""The papers of an enrolment: a dated checklist that warns; a parent's agreement that blocks what it covers, alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.home import merging_actions
from fablab.journal import JournalEntry
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, queries_papers
from pathways.models import Attendance, Enrolment, EnrolmentPaper
from pathways.rules_papers import checklist, receive_refusals
from pathways.values_papers import PapersKnown, Receipt
from tests.conftest import NOW, Statements
from tests.make import log_in, make_authorisation, make_minor, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway, make_session

TODAY = clock.local_day(NOW)
FORM = {"paper": "registration_form", "label": "fiche d'inscription"}
PARENT = {"paper": "parental_authorisation", "label": "autorisation parentale", "minors_only": True}
PHOTO = {"paper": "photo_choice", "label": "choix pour les photos"}
PAPERS: list[dict[str, Any]] = [FORM, PARENT, PHOTO]
BORN_16_YEARS_AGO, BORN_19_YEARS_AGO = date(2010, 5, 3), date(2007, 5, 3)


@pytest.fixture
def samir(client: FlaskClient) -> Person:
    """A facilitator, logged in."""
    samir = make_staff()
    log_in(client, samir)
    return samir


def asking(**fields: Any) -> Any:
    """A group of a pathway that asks three papers."""
    return make_group(make_pathway("REBOND", papers=PAPERS, **fields), "Rebond 5")


def missing(session: Session, enrolment: Enrolment) -> list[str]:
    session.expire_all()
    found = queries_papers.missing_of(session, [session.get_one(Enrolment, enrolment.id)], TODAY)
    return [line.code for line in found[enrolment.id]]


# --- what is asked --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "codes", "blocks"),
    [
        (PapersKnown(BORN_16_YEARS_AGO), ["registration_form", "parental_authorisation", "photo_choice"], True),
        (PapersKnown(None), ["registration_form", "parental_authorisation", "photo_choice"], True),
        (PapersKnown(BORN_19_YEARS_AGO), ["registration_form", "photo_choice"], False),
        (PapersKnown(BORN_16_YEARS_AGO, photos_said=True), ["registration_form", "parental_authorisation"], True),
        (PapersKnown(BORN_16_YEARS_AGO, held_by="Collège"), ["registration_form", "photo_choice"], False),
        (
            PapersKnown(BORN_19_YEARS_AGO, receipts={"registration_form": Receipt(TODAY, "Samir H.")}),
            ["photo_choice"],
            False,
        ),
    ],
)
def test_what_is_missing_follows_age_agreement_and_who_keeps_it(
    known: PapersKnown, codes: list[str], blocks: bool
) -> None:
    lines = [line for line in checklist(PAPERS, known, TODAY) if line.missing]
    assert [line.code for line in lines] == codes
    assert any(line.blocks for line in lines) is blocks


def test_an_authorisation_not_marked_for_minors_only_is_still_not_asked_of_an_adult() -> None:
    asked = [{"paper": "parental_authorisation", "label": "autorisation parentale"}]
    assert checklist(asked, PapersKnown(BORN_19_YEARS_AGO), TODAY) == []


def test_the_eighteenth_birthday_ends_what_was_asked_of_a_minor() -> None:
    asked: list[dict[str, Any]] = [PARENT]
    birthday = BORN_16_YEARS_AGO.replace(year=2028)
    assert checklist(asked, PapersKnown(BORN_16_YEARS_AGO), birthday - timedelta(days=1))[0].blocks
    assert checklist(asked, PapersKnown(BORN_16_YEARS_AGO), birthday) == []


def test_a_paper_is_refused_for_each_reason_at_once() -> None:
    found = receive_refusals(
        "referral_form", {"registration_form"}, TODAY + timedelta(days=1), TODAY, may_manage=False, ended=True
    )
    assert [one.code for one in found] == ["not_facilitator", "already_ended", "paper_unknown", "received_later"]
    agreement = receive_refusals("parental_authorisation", {"parental_authorisation"}, TODAY, TODAY,
                                 may_manage=True, ended=False)  # fmt: skip
    assert [one.code for one in agreement] == ["paper_is_agreement"]


# --- ticking --------------------------------------------------------------------------------------


def test_a_paper_is_ticked_once_with_its_day_and_taken_back_both_in_the_journal(
    session: Session, samir: Person
) -> None:
    enrolment = enrol(make_young(), asking())
    for _again in range(2):
        actions.receive_paper(enrolment, "registration_form", TODAY - timedelta(days=2), samir, NOW)
    assert missing(session, enrolment) == ["photo_choice"]
    for _again in range(2):
        actions.paper_not_received(enrolment, "registration_form", samir, NOW)
    assert missing(session, enrolment) == ["registration_form", "photo_choice"]
    actions.receive_paper(enrolment, "registration_form", TODAY, samir, NOW)
    assert missing(session, enrolment) == ["photo_choice"]
    verbs = session.scalars(
        select(JournalEntry.verb).where(JournalEntry.verb.like("paper.%")).order_by(JournalEntry.id)
    )
    assert list(verbs) == ["paper.receive", "paper.take_back", "paper.receive"]
    assert len(session.scalars(select(EnrolmentPaper)).all()) == 2, "what was ticked by mistake stays written"


def test_nobody_outside_the_team_ticks_or_takes_back_or_says_who_keeps_them(session: Session, samir: Person) -> None:
    group, ines = asking(), make_young()
    enrolment = enrol(ines, group)
    for act in (
        lambda: actions.receive_paper(enrolment, "registration_form", TODAY, ines, NOW),
        lambda: actions.paper_not_received(enrolment, "registration_form", ines, NOW),
        lambda: actions.say_held_by(group, "Collège", ines, NOW),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.codes == ["not_facilitator"]


# --- what it blocks -------------------------------------------------------------------------------


def test_a_missing_paper_refuses_neither_enrolment_nor_presence(session: Session, samir: Person) -> None:
    group, tom = asking(), make_minor()
    enrolment = actions.enrol(tom, group.version, samir, NOW, group=group)
    make_authorisation(tom, "participation")
    assert missing(session, enrolment) == ["registration_form", "photo_choice"]
    actions.take_attendance(make_session(group), {}, samir, NOW)
    assert session.scalars(select(Attendance.status)).all() == ["present"]


@pytest.mark.parametrize("status", ["present", "late"])
def test_a_minor_without_a_parents_agreement_is_not_noted_there_but_absent_or_excused(
    session: Session, samir: Person, status: str
) -> None:
    group, tom = asking(), make_minor()
    enrol(tom, group)
    enrol(make_young(), group)
    lesson = make_session(group)
    with pytest.raises(Refused) as refused:
        actions.take_attendance(lesson, {tom.id: (status, 0)}, samir, NOW)
    assert refused.value.codes == ["authorisation_missing"]
    assert "Tom P." in refused.value.refusals[0].sentence
    with pytest.raises(Refused):
        actions.take_attendance(lesson, {}, samir, NOW)
    assert session.scalars(select(Attendance)).all() == []
    actions.take_attendance(lesson, {tom.id: ("excused", 0)}, samir, NOW)
    assert sorted(session.scalars(select(Attendance.status))) == ["excused", "present"]


@pytest.mark.parametrize(
    ("kind", "fields", "there"),
    [
        ("participation", {}, True),
        ("participation", {"signed_on": TODAY + timedelta(days=1)}, False),
        ("participation", {"valid_until": TODAY - timedelta(days=1)}, False),
        ("participation", {"withdrawn_at": NOW}, False),
        ("machines", {}, False),
        ("image", {}, False),
    ],
)
def test_only_an_agreement_to_sessions_that_covers_the_day_opens_them(
    session: Session, samir: Person, kind: str, fields: dict[str, Any], there: bool
) -> None:
    group, tom = asking(), make_minor()
    enrol(tom, group)
    make_authorisation(tom, kind, **fields)
    lesson = make_session(group)
    if there:
        actions.take_attendance(lesson, {}, samir, NOW)
        return
    with pytest.raises(Refused):
        actions.take_attendance(lesson, {}, samir, NOW)


def test_a_group_whose_school_keeps_the_agreements_comes_to_its_sessions(session: Session, samir: Person) -> None:
    group, tom = asking(), make_minor()
    enrolment = enrol(tom, group)
    actions.say_held_by(group, "  Collège des Platanes ", samir, NOW)
    assert missing(session, enrolment) == ["registration_form", "photo_choice"]
    actions.take_attendance(make_session(group), {}, samir, NOW)
    actions.say_held_by(group, "", samir, NOW)
    assert "parental_authorisation" in missing(session, enrolment)


def test_who_was_noted_there_stays_so_when_the_agreement_is_withdrawn(session: Session, samir: Person) -> None:
    group, tom, ines = asking(), make_minor(), make_young()
    for one in (tom, ines):
        enrol(one, group)
    agreed = make_authorisation(tom, "participation")
    lesson = make_session(group)
    actions.take_attendance(lesson, {}, samir, NOW)
    agreed.withdrawn_at = NOW
    session.commit()
    actions.take_attendance(lesson, {tom.id: ("present", 0), ines.id: ("absent", 0)}, samir, NOW)
    assert dict(session.execute(select(Attendance.person_id, Attendance.status)).all()) == {
        tom.id: "present",
        ines.id: "absent",
    }


def test_a_pathway_that_asks_no_authorisation_blocks_nobody(session: Session, samir: Person) -> None:
    group = make_group(make_pathway(papers=[FORM]))
    enrol(make_minor(), group)
    actions.take_attendance(make_session(group), {}, samir, NOW)
    assert session.scalars(select(Attendance.status)).all() == ["present"]


# --- pages ----------------------------------------------------------------------------------------


def test_the_team_ticks_a_paper_from_the_group_and_takes_it_back(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group, tom = asking(), make_minor()
    enrolment = enrol(tom, group)
    address = f"/jeunes/{tom.public_id}/parcours/REBOND/papiers"
    for page in (f"/groupes/{group.public_id}", f"/jeunes/{tom.public_id}", "/papiers"):
        assert address in client.get(page).text
    page = client.get(address).text
    assert "3 papiers à recevoir" in page
    assert f"/jeunes/{tom.public_id}/autorisations" in page, "a parent's agreement is noted among the authorisations"
    day = (TODAY - timedelta(days=3)).isoformat()
    done = client.post(address, data={"paper": "registration_form", "received_on": day}, follow_redirects=True).text
    assert "2 papiers à recevoir" in done
    assert f"{address}/annuler" in done
    assert missing(session, enrolment) == ["parental_authorisation", "photo_choice"]
    back = client.post(f"{address}/annuler", data={"paper": "registration_form"}, follow_redirects=True).text
    assert "3 papiers à recevoir" in back


def test_a_day_that_cannot_be_is_said_beside_its_paper(client: FlaskClient, samir: Person) -> None:
    tom = make_minor()
    enrol(tom, asking())
    address = f"/jeunes/{tom.public_id}/parcours/REBOND/papiers"
    for day in ("", "demain", (TODAY + timedelta(days=1)).isoformat()):
        answer = client.post(address, data={"paper": "registration_form", "received_on": day})
        assert answer.status_code == 422
        assert 'id="received-registration_form-error"' in answer.text
        assert 'id="received-photo_choice-error"' not in answer.text
    assert client.post(address, data={"paper": "nope", "received_on": TODAY.isoformat()}).status_code == 422
    assert client.get(f"/jeunes/{tom.public_id}/parcours/NOPE/papiers").status_code == 404


def test_enrolling_says_what_is_to_be_brought_and_does_it_all_the_same(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group, tom = asking(), make_minor("Tom", "Perrin")
    address = f"/groupes/{group.public_id}"
    assert "À apporter" in client.post(address, data={"who": "perrin", "act": "search"}).text
    done = client.post(
        address, data={"who": "perrin", "person": tom.public_id, "act": "enrol"}, follow_redirects=True
    ).text
    assert "Inscription faite" in done
    assert "À apporter\u00a0: Fiche d’inscription, Autorisation parentale, Choix pour les photos." in done
    assert "Pas de séance" in done


def test_who_is_referred_brings_papers_before_being_enrolled(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group, ines = asking(), make_young()
    referred = actions.refer(ines, group.version, samir, NOW, group=group)
    admit = f"/jeunes/{ines.public_id}/parcours/REBOND/inscription"
    assert "Fiche d’inscription" in client.get(admit).text
    actions.receive_paper(referred, "registration_form", TODAY, samir, NOW)
    page = client.get(admit).text
    assert "Fiche d’inscription" not in page
    assert "Choix pour les photos" in page


def test_the_session_and_its_roll_show_who_is_blocked_and_offer_only_what_is_possible(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    group, tom, ines = asking(), make_minor(), make_young()
    for one in (tom, ines):
        enrol(one, group)
    lesson = make_session(group, leads=(samir,))
    page = client.get(f"/seances/{lesson.public_id}").text.replace("\u00a0", " ")
    assert "Autorisation absente : venir aux séances · Manque : Fiche d’inscription, Choix pour les photos" in page
    assert "Pas de séance" in page
    roll = client.get(f"/seances/{lesson.public_id}/appel").text
    assert f'name="status-{tom.id}" value="absent" checked' in roll
    assert f'name="status-{tom.id}" value="present"' not in roll
    assert f'name="status-{ines.id}" value="present" checked' in roll
    sent = {f"status-{tom.id}": "present", f"status-{ines.id}": "present"}
    answer = client.post(f"/seances/{lesson.public_id}/appel", data=sent)
    assert answer.status_code == 422
    assert "Tom P. ne participe pas" in answer.text
    sent[f"status-{tom.id}"] = "absent"
    assert client.post(f"/seances/{lesson.public_id}/appel", data=sent).status_code == 302


def test_who_is_added_on_the_spot_after_the_call_brings_a_parents_agreement(session: Session, samir: Person) -> None:
    group, tom = asking(), make_minor()
    enrol(make_young(), group)
    lesson = make_session(group)
    actions.take_attendance(lesson, {}, samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.add_on_the_spot(lesson, tom, samir, NOW)
    assert refused.value.codes == ["authorisation_missing"]
    make_authorisation(tom, "participation")
    actions.add_on_the_spot(lesson, tom, samir, NOW)
    assert session.scalars(select(Attendance.status)).all() == ["present", "present"]


def test_today_and_the_dashboard_say_how_many_papers_are_missing(client: FlaskClient, samir: Person) -> None:
    group = asking()
    enrol(make_minor(), group)
    make_session(group, NOW + timedelta(hours=1), leads=(samir,))
    assert "1 sans accord d’un parent" in client.get("/").text
    log_in(client, make_staff(roles=(Role.COORDINATOR,)))
    page = client.get("/").text
    assert "1 inscription sans tous ses papiers" in page
    assert "1 mineur sans accord d’un parent." in page
    assert 'href="/papiers"' in page


def test_the_team_says_which_school_keeps_the_agreements(client: FlaskClient, samir: Person) -> None:
    group = asking()
    enrol(make_minor(), group)
    address = f"/groupes/{group.public_id}/autorisations"
    assert address in client.get(f"/groupes/{group.public_id}").text
    assert client.post(address, data={"held_by": "x" * 121}).status_code == 422
    page = client.post(address, data={"held_by": "Collège des Platanes"}, follow_redirects=True).text
    assert "Autorisations gardées par Collège des Platanes." in page
    assert "Pas de séance<" not in page


def test_my_path_says_in_simple_words_what_i_bring(client: FlaskClient) -> None:
    tom = make_minor()
    enrol(tom, asking())
    log_in(client, tom)
    page = client.get("/mon-parcours").text
    assert "Mes papiers à apporter" in page
    for said in ("Ma fiche d’inscription", "L’accord d’un parent", "Mon choix pour les photos", "Je les donne"):
        assert said in page
    assert "Sans ce papier, je ne viens pas aux séances." in page


def test_nothing_is_said_to_who_brought_all(client: FlaskClient, session: Session) -> None:
    samir, ines = make_staff(), make_young(photos_allowed=True)
    enrolment = enrol(ines, asking())
    actions.receive_paper(enrolment, "registration_form", TODAY, samir, NOW)
    log_in(client, ines)
    assert "Mes papiers" not in client.get("/mon-parcours").text
    assert (
        "Fiche d’inscription" in client.get("/mes-donnees/copie").text
        or "Mes papiers" in client.get("/mes-donnees").text
    )


def test_the_list_of_missing_papers_reads_as_few_statements_for_many(
    client: FlaskClient, samir: Person, count_statements: Statements
) -> None:
    group = asking()
    counts = []
    for number in (1, 9):
        for _one in range(number):
            enrol(make_minor(), group)
        count_statements.clear()
        assert "Papiers à recevoir" in client.get("/papiers").text
        counts.append(len(count_statements))
    assert counts[1] <= counts[0] <= 10


def test_papers_of_an_account_made_twice_follow_the_enrolment_that_stays(session: Session) -> None:
    nadia, group = make_staff("Nadia", roles=(Role.COORDINATOR,)), asking()
    kept, twin = make_young("Inès", "Benali"), make_young("Ines", "Benalli")
    mine, other = enrol(kept, group), enrol(twin, group)
    actions.receive_paper(other, "registration_form", TODAY, nadia, NOW)
    actions.receive_paper(other, "photo_choice", TODAY, nadia, NOW)
    actions.receive_paper(mine, "photo_choice", TODAY, nadia, NOW)
    made = merging_actions.merge(kept, twin, [], nadia, NOW)
    assert missing(session, mine) == []
    merging_actions.undo(made, nadia, NOW)
    assert missing(session, mine) == ["registration_form"]
    assert missing(session, other) == []
