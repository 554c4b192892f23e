"""At one's own pace: how long, hours from presence, what is chosen, the charter, and what follows from them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db, transaction
from fablab.home import merging_actions
from fablab.journal import JournalEntry
from fablab.outbox import Message
from fablab.people.models import Person
from fablab.permissions import Role
from fablab.refusals import Refused
from pathways import actions, actions_visits, jobs, queries_own_pace_list, queries_papers
from pathways.models import Award, Badge, Enrolment, EnrolmentChoice, Visit
from pathways.queries_own_pace import chosen_by, offers_of
from pathways.queries_presence import presences
from pathways.rules_own_pace import (
    arrival_refusals,
    choice_refusals,
    last_day,
    minutes_of,
    presence_minutes,
    step_of,
)
from pathways.values_own_pace import BADGES, ChoiceFacts, Offer, Option
from tests.conftest import NOW, Statements
from tests.make import log_in, make_minor, make_staff, make_young
from tests.make_own_pace import make_passeur, make_passeur_pathway
from tests.make_pathways import award, enrol, make_group, validate

TODAY = clock.local_day(NOW)
HOUR = timedelta(hours=1)
MINE = {"APP": ["MAC-04", "MAC-05"], BADGES: ["BS-LASER"]}


@pytest.fixture
def samir(client: FlaskClient) -> Person:
    """A facilitator, logged in."""
    samir = make_staff()
    log_in(client, samir)
    return samir


def hours(session: Session, enrolment: Enrolment) -> int:
    session.expire_all()
    return presences(session, [session.get_one(Enrolment, enrolment.id)])[enrolment.id].count


def skills(session: Session, person: Person) -> set[str]:
    held = select(Badge.code).join(Award, Award.badge_id == Badge.id)
    return set(
        session.scalars(held.where(Award.person_id == person.id, Award.ended_at.is_(None), Badge.kind != "safety"))
    )


def come(person: Person, by: Person, start: datetime, length: timedelta) -> Visit:
    """Somebody at the open lab, in and out."""
    return actions.leave_lab(actions.arrive(person, by, start), by, start + length)


# --- rules ----------------------------------------------------------------------------------------


def test_six_months_end_on_the_same_day_of_the_month_or_its_last() -> None:
    assert last_day(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert last_day(date(2026, 1, 15), 6) == date(2026, 7, 15)
    assert last_day(date(2026, 1, 15), None) is None


@pytest.mark.parametrize(("left", "step"), [(31, None), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)])
def test_notices_are_due_thirty_then_seven_days_before(left: int, step: int | None) -> None:
    assert step_of(TODAY + timedelta(days=left), TODAY) == step


def test_time_shared_by_two_presences_counts_once() -> None:
    start = datetime(2026, 11, 25, 14, tzinfo=UTC)
    stretches = [(start, start + 2 * HOUR), (start + HOUR, start + 3 * HOUR), (start + 5 * HOUR, start + 6 * HOUR)]
    assert minutes_of(stretches) == 240
    assert minutes_of([]) == 0


def test_a_day_of_which_nobody_said_how_long_counts_as_a_usual_session_inside_the_months_only() -> None:
    start = datetime(2026, 11, 25, 14, tzinfo=UTC)
    known = {date(2026, 11, 25): [(start, start + HOUR)]}
    seen = {date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 1), date(2027, 6, 1)}
    assert presence_minutes(known, seen, 180, date(2026, 11, 20), date(2027, 5, 20)) == 60 + 180


def offer(**chosen: bool) -> Offer:
    return Offer("APP", "Apprendre", 2, tuple(Option(code, code, done, code in "AB") for code, done in chosen.items()))


OPEN = ChoiceFacts(is_mine=True, ended=False, last_day=TODAY, today=TODAY)


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        (["A", "B"], []),
        (["A"], ["choice_count"]),
        ([], ["choice_count"]),
        (["A", "B", "C"], ["choice_count"]),
        (["A", "Z"], ["choice_unknown"]),
    ],
)
def test_so_many_are_chosen_of_the_list_no_more_no_less(chosen: list[str], codes: list[str]) -> None:
    found = choice_refusals([offer(A=False, B=False, C=False)], {"APP": chosen}, OPEN)
    assert [(one.code, one.field) for one in found] == [(code, "APP") for code in codes]


def test_what_is_chosen_and_validated_stays_and_what_is_not_may_change() -> None:
    offers = [offer(A=True, B=False, C=False)]
    assert [one.code for one in choice_refusals(offers, {"APP": ["B", "C"]}, OPEN)] == ["choice_locked"]
    assert choice_refusals(offers, {"APP": ["A", "C"]}, OPEN) == []


def test_nothing_is_chosen_for_another_nor_once_it_is_over() -> None:
    facts = ChoiceFacts(is_mine=False, ended=True, last_day=TODAY - timedelta(days=1), today=TODAY)
    assert [one.code for one in choice_refusals([], {}, facts)] == ["not_mine", "already_ended", "own_pace_over"]


def test_an_arrival_is_of_today_of_a_young_person_by_the_team() -> None:
    found = arrival_refusals(may_note=False, young=False, at=NOW - timedelta(days=1), now=NOW)
    assert [one.code for one in found] == ["not_facilitator", "not_young", "arrival_time"]
    assert [one.code for one in arrival_refusals(may_note=True, young=True, at=NOW + HOUR, now=NOW)] == ["arrival_time"]


# --- the open lab ---------------------------------------------------------------------------------


def test_hours_come_from_arrival_and_departure_and_each_is_taken_back(session: Session, samir: Person) -> None:
    julie, enrolment = make_passeur()
    visit = actions.arrive(julie, samir, NOW - 3 * HOUR)
    assert actions.arrive(julie, samir, NOW - 2 * HOUR).id == visit.id, "there already"
    assert hours(session, enrolment) == 0, "counted once gone"
    assert session.get_one(Enrolment, enrolment.id).status == "enrolled"
    actions.leave_lab(visit, samir, NOW - HOUR)
    assert hours(session, enrolment) == 2
    assert session.get_one(Enrolment, enrolment.id).first_attended_on == TODAY
    actions.stay(visit, samir, NOW)
    actions.leave_lab(visit, samir, NOW)
    assert hours(session, enrolment) == 3
    actions.not_there(visit, samir, NOW)
    assert hours(session, enrolment) == 0
    assert session.get_one(Enrolment, enrolment.id).first_attended_on is None
    verbs = session.scalars(
        select(JournalEntry.verb).where(JournalEntry.thing == "open_lab_visit").order_by(JournalEntry.id)
    )
    assert list(verbs) == ["visit.arrive", "visit.leave", "visit.stay", "visit.leave", "visit.take_back"]


def test_only_the_team_notes_who_is_there(session: Session, samir: Person) -> None:
    julie, tom = make_young(), make_young("Tom")
    visit = actions.arrive(julie, samir, NOW)
    for act in (actions.leave_lab, actions.stay, actions.not_there):
        with pytest.raises(Refused) as refused:
            act(visit, tom, NOW)
        assert refused.value.codes == ["not_facilitator"]
    with pytest.raises(Refused) as refused:
        actions.arrive(tom, julie, NOW)
    assert refused.value.codes == ["not_facilitator"]


def test_who_is_noted_there_again_is_not_put_back_twice_and_not_another_day(session: Session, samir: Person) -> None:
    julie = make_young()
    first = come(julie, samir, NOW - 3 * HOUR, HOUR)
    again = actions.arrive(julie, samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.stay(first, samir, NOW)
    assert refused.value.codes == ["there_again"]
    actions.not_there(again, samir, NOW)
    with pytest.raises(Refused) as refused:
        actions.stay(first, samir, NOW + timedelta(days=1))
    assert refused.value.codes == ["other_day"]


def test_a_departure_nobody_said_is_noted_the_next_day_by_the_program(session: Session, samir: Person) -> None:
    julie, _enrolment = make_passeur()
    visit = actions.arrive(julie, samir, NOW)
    assert actions_visits.close_forgotten(NOW) == 0, "the day is not over"
    assert jobs.close_forgotten_visits(NOW + timedelta(days=1)) == "1 departures"
    assert jobs.close_forgotten_visits(NOW + timedelta(days=1)) == "0 departures"
    session.refresh(visit)
    assert (visit.left_at, visit.leaving_by_id) == (NOW + HOUR, None)


def test_a_check_in_or_a_validation_without_hours_still_counts_as_a_usual_session(session: Session) -> None:
    julie, enrolment = make_passeur()
    validate(julie, {"SEC-01": 2}, at=NOW)
    assert hours(session, enrolment) == 3


def test_presence_after_the_six_months_does_not_count(session: Session, samir: Person) -> None:
    julie, enrolment = make_passeur(days=200)
    come(julie, samir, NOW - 2 * HOUR, HOUR)
    assert hours(session, enrolment) == 0


# --- choices --------------------------------------------------------------------------------------


def test_choices_are_kept_changed_until_validated_and_their_history_stays(session: Session) -> None:
    julie, enrolment = make_passeur()
    actions.choose(enrolment, MINE, julie, NOW)
    actions.choose(enrolment, MINE, julie, NOW)
    assert chosen_by(session, [enrolment])[enrolment.id] == {
        "APP": frozenset({"MAC-04", "MAC-05"}),
        BADGES: frozenset({"BS-LASER"}),
    }
    actions.choose(enrolment, {"APP": ["MAC-04", "TXT-01"], BADGES: ["BS-3D"]}, julie, NOW)
    assert len(session.scalars(select(EnrolmentChoice)).all()) == 5
    validate(julie, {"MAC-04": 3}, at=NOW)
    with pytest.raises(Refused) as refused:
        actions.choose(enrolment, {"APP": ["MAC-05", "TXT-01"], BADGES: ["BS-3D"]}, julie, NOW)
    assert refused.value.codes == ["choice_locked"]
    made = session.scalars(select(JournalEntry).where(JournalEntry.verb == "choice.make")).all()
    assert len(made) == 2, "sent twice, it is said once"


def test_a_stage_follows_what_was_chosen_not_what_is_validated_beside_it(session: Session, samir: Person) -> None:
    julie, enrolment = make_passeur()
    come(julie, samir, NOW - 3 * HOUR, HOUR)
    actions.choose(enrolment, MINE, julie, NOW)
    validate(julie, {"NUM-01": 2, "TXT-01": 3, "MAC-04": 3}, at=NOW)
    assert "BC-PASSEUR-APP" not in skills(session, julie)
    validate(julie, {"MAC-05": 3}, at=NOW)
    assert "BC-PASSEUR-APP" in skills(session, julie)


def test_choosing_what_is_validated_already_completes_the_stage_at_once(session: Session, samir: Person) -> None:
    julie, enrolment = make_passeur()
    come(julie, samir, NOW - 3 * HOUR, HOUR)
    actions.choose(enrolment, {"APP": ["MAC-05", "TXT-01"], BADGES: ["BS-3D"]}, julie, NOW)
    validate(julie, {"NUM-01": 2, "TXT-01": 3, "MAC-04": 3}, at=NOW)
    assert "BC-PASSEUR-APP" not in skills(session, julie)
    awards = actions.choose(enrolment, {"APP": ["MAC-04", "TXT-01"], BADGES: ["BS-3D"]}, julie, NOW)
    assert [one.badge_name for one in awards] == ["PASSEUR : Apprendre"]


def test_who_never_chose_keeps_what_any_of_the_list_gives(session: Session, samir: Person) -> None:
    julie, _enrolment = make_passeur()
    come(julie, samir, NOW - 3 * HOUR, HOUR)
    validate(julie, {"NUM-01": 2, "TXT-01": 3, "MAC-04": 3}, at=NOW)
    assert "BC-PASSEUR-APP" in skills(session, julie)


def test_the_pathway_badge_asks_hours_stages_and_the_badge_chosen(session: Session, samir: Person) -> None:
    julie, enrolment = make_passeur()
    actions.choose(enrolment, MINE, julie, NOW)
    for number in range(7):
        come(julie, samir, NOW - timedelta(days=number + 1, hours=4), 3 * HOUR)
    validate(julie, {"SEC-01": 2, "NUM-01": 2, "MAC-04": 3, "MAC-05": 3, "PRO-03": 2, "PAR-01": 2}, at=NOW)
    assert hours(session, enrolment) == 24, "seven times three hours, and a day of validations"
    assert "BP-PASSEUR" not in skills(session, julie), "its badge is not there yet"
    laser, other = (session.scalars(select(Badge).where(Badge.code == code)).one() for code in ("BS-LASER", "BS-3D"))
    award(julie, other, at=NOW)
    assert "BP-PASSEUR" not in skills(session, julie), "another badge was chosen"
    given = award(julie, laser, at=NOW)
    assert "BP-PASSEUR" in skills(session, julie)
    assert session.get_one(Enrolment, enrolment.id).status == "finished"
    actions.revoke(given, "Prise de risque.", samir, NOW + HOUR)
    validate(julie, {"SEC-01": 3}, at=NOW + 2 * HOUR)
    assert "BP-PASSEUR" in skills(session, julie), "what is finished stays so"


# --- charter, end, enrolling ----------------------------------------------------------------------


def test_the_charter_is_accepted_by_oneself_once_with_its_day(client: FlaskClient, session: Session) -> None:
    julie, enrolment = make_passeur()
    with pytest.raises(Refused) as refused:
        actions.accept_charter(enrolment, make_young("Tom"), NOW)
    assert refused.value.codes == ["not_mine"]
    log_in(client, julie)
    page = client.get("/mon-parcours").text
    assert "La charte du passeur" in page
    assert page.count("/mon-parcours/PASSEUR/charte") == 2, "the button, and beside the paper that is missing"
    assert "Je le donne à un animateur." not in page, "it is accepted on its page"
    assert "Je montre, je n’impose pas." in client.get("/mon-parcours/PASSEUR/charte").text
    done = client.post("/mon-parcours/PASSEUR/charte", follow_redirects=True).text
    assert "J’ai accepté la charte." in done
    assert "Mes papiers à apporter" not in done
    assert client.post("/mon-parcours/PASSEUR/charte").status_code == 302
    session.expire_all()
    [line] = queries_papers.papers_of(session, [session.get_one(Enrolment, enrolment.id)], TODAY)[enrolment.id]
    assert (line.source, line.on) == ("ticked", TODAY)
    assert client.get("/mon-parcours/DECLIC/charte").status_code == 404


def test_a_pathway_without_a_charter_has_none_to_accept(session: Session) -> None:
    julie, enrolment = make_passeur(version=make_passeur_pathway(charter=None, papers=[]))
    with pytest.raises(Refused) as refused:
        actions.accept_charter(enrolment, julie, NOW)
    assert refused.value.codes == ["no_charter"]


def test_i_choose_on_a_page_that_says_beside_the_list_what_is_wrong(client: FlaskClient, session: Session) -> None:
    julie, enrolment = make_passeur()
    log_in(client, julie)
    address = "/mon-parcours/PASSEUR/choix"
    page = client.get(address).text
    assert "je choisis 2 compétences parmi" in page
    assert "Je choisis 1 badge parmi" in page
    answer = client.post(address, data={"APP": ["MAC-04"], "BADGES": ["BS-LASER", "BS-3D"]})
    assert answer.status_code == 422
    assert 'id="APP-error"' in answer.text
    assert "J’en coche 2, pas plus, pas moins." in answer.text
    assert 'id="BADGES-error"' in answer.text
    assert re.search('<input checked[^>]*value="MAC-04"', answer.text), "what was ticked stays ticked"
    assert client.post(address, data={"APP": ["NOPE", "MAC-04"], "BADGES": ["BS-3D"]}).status_code == 422
    assert client.post(address, data={"APP": ["MAC-04", "TXT-01"], "BADGES": ["BS-3D"]}).status_code == 302
    assert {one.code for one in offers_of(session, enrolment)[0].chosen} == {"MAC-04", "TXT-01"}
    path = client.get("/mon-parcours").text
    assert "J’ai choisi" in path
    assert "Je sais MAC-05." not in path
    stage = client.get("/mon-parcours/PASSEUR/2").text
    assert "J’ai choisi" in stage
    assert "Je sais MAC-05." not in stage


def test_the_end_is_said_thirty_and_seven_days_before_once_each(session: Session) -> None:
    julie, enrolment = make_passeur(days=0)
    last = last_day(enrolment.enrolled_on, 6)
    assert last is not None

    def told(days: int) -> str:
        return jobs.warn_of_own_pace_ends(NOW + timedelta(days=(last - TODAY).days - days))

    assert [told(days) for days in (31, 30, 29, 8, 7, 6, 0, -1)] == [
        "0 told", "1 told", "0 told", "0 told", "1 told", "0 told", "0 told", "0 told",
    ]  # fmt: skip
    said = session.scalars(select(Message.person_id).where(Message.notice == "own-pace-ends")).all()
    assert said == [julie.id, julie.id]


def test_at_the_end_nothing_closes_by_itself_and_the_coordination_is_asked(
    client: FlaskClient, session: Session
) -> None:
    julie, enrolment = make_passeur(days=200)
    nadia = make_staff(roles=(Role.COORDINATOR,))
    log_in(client, nadia)
    assert "1 parcours à son rythme arrivé au bout" in client.get("/").text
    assert "À décider" in client.get("/a-leur-rythme/PASSEUR").text
    page = client.get(f"/jeunes/{julie.public_id}/parcours/PASSEUR/rythme").text
    assert "Rien ne se ferme tout seul" in page
    assert f"/jeunes/{julie.public_id}/parcours/PASSEUR/sortie" in page
    assert session.get_one(Enrolment, enrolment.id).ended_on is None
    client.post(f"/jeunes/{julie.public_id}/parcours/PASSEUR/sortie", data={"status": "interrupted"})
    assert "arrivé au bout" not in client.get("/").text
    with pytest.raises(Refused) as refused:
        actions.choose(session.get_one(Enrolment, enrolment.id), MINE, julie, NOW)
    assert refused.value.codes == ["already_ended", "own_pace_over"]


def test_the_team_enrols_from_the_persons_page_and_from_the_pathways_page(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    make_passeur_pathway(prerequisites=[{"type": "pathway_finished", "any_of": ["DECLIC"]}])
    tom = make_minor("Tom", "Perrin")
    address = f"/jeunes/{tom.public_id}/parcours/PASSEUR/inscrire"
    assert address in client.get(f"/jeunes/{tom.public_id}").text
    assert "/a-leur-rythme/PASSEUR" in client.get("/groupes").text
    assert address in client.post("/a-leur-rythme/PASSEUR", data={"who": "perrin"}).text
    assert "Personne de ce nom" in client.post("/a-leur-rythme/PASSEUR", data={"who": "personne"}).text
    assert "Écrire au moins trois lettres." in client.post("/a-leur-rythme/PASSEUR", data={"who": "pe"}).text
    page = client.get(address).text
    assert "Il faut d’abord terminer un parcours" in page
    assert "Charte du passeur" in page
    assert "#person-plus" not in page, "what is refused for certain has no button"
    assert client.post(address).status_code == 422
    enrol(tom, make_group(), status="finished", ended_on=TODAY)
    assert "#person-plus" in client.get(address).text
    done = client.post(address, follow_redirects=True).text
    assert "Inscription faite" in done
    [enrolment] = session.scalars(select(Enrolment).where(Enrolment.ended_on.is_(None))).all()
    assert (enrolment.group_id, enrolment.enrolled_on) == (None, TODAY)
    assert "Pas encore choisi" in done
    assert address not in client.get(f"/jeunes/{tom.public_id}").text
    assert "Tom P." in client.get("/a-leur-rythme/PASSEUR").text
    assert client.get("/a-leur-rythme/DECLIC").status_code == 404


def test_who_is_at_the_open_lab_is_noted_in_one_tap_and_taken_back(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    julie, _enrolment = make_passeur()
    inès = make_young("Inès", "Benali")
    page = client.get("/presents").text
    assert julie.public_id in page
    assert inès.public_id not in page
    assert inès.public_id in client.post("/presents", data={"who": "benali"}).text
    assert client.post("/presents", data={"who": "personne"}).status_code == 422
    done = client.post("/presents/arrivee", data={"person": julie.public_id}, follow_redirects=True).text
    visit = session.scalars(select(Visit)).one()
    assert f"/presents/{visit.id}/pas-venu" in done
    assert "1 jeune là" in done
    gone = client.post(f"/presents/{visit.id}/parti", follow_redirects=True).text
    assert "Partis aujourd’hui" in gone
    assert "1 jeune là" in client.post(f"/presents/{visit.id}/rester", follow_redirects=True).text
    assert "Personne n’est noté" in client.post(f"/presents/{visit.id}/pas-venu", follow_redirects=True).text
    assert client.post("/presents/arrivee", data={"person": "nobody"}).status_code == 404
    assert client.post("/presents/99/parti").status_code == 404


def test_no_young_person_reads_who_is_there_nor_another_ones_choices(client: FlaskClient) -> None:
    julie, _enrolment = make_passeur()
    log_in(client, make_young("Tom"))
    for address in ("/presents", "/a-leur-rythme/PASSEUR", f"/jeunes/{julie.public_id}/parcours/PASSEUR/rythme"):
        assert client.get(address).status_code == 403
    assert client.get("/mon-parcours/PASSEUR/choix").status_code == 404


def test_the_list_reads_as_few_statements_for_many(
    client: FlaskClient, samir: Person, count_statements: Statements
) -> None:
    version, counts = make_passeur_pathway(), []
    for number in (1, 7):
        for _one in range(number):
            make_passeur(version=version)
        for address in ("/a-leur-rythme/PASSEUR", "/presents"):
            count_statements.clear()
            assert client.get(address).status_code == 200
            counts.append(len(count_statements))
    assert counts[2] <= counts[0] <= 16
    assert counts[3] <= counts[1] <= 10


def test_choices_and_comings_of_an_account_made_twice_follow(session: Session, samir: Person) -> None:
    nadia, version = make_staff("Nadia", roles=(Role.COORDINATOR,)), make_passeur_pathway()
    kept, mine = make_passeur("Julie", version)
    twin, other = make_passeur("Julia", version)
    actions.choose(other, MINE, twin, NOW)
    for person in (kept, twin):
        actions.arrive(person, samir, NOW)
    made = merging_actions.merge(kept, twin, [], nadia, NOW)
    session.expire_all()
    assert chosen_by(session, [mine])[mine.id]["APP"] == frozenset({"MAC-04", "MAC-05"})
    assert [one.person_id for one in queries_own_pace_list.visits_of_day(session, NOW)] == [kept.id]
    merging_actions.undo(made, nadia, NOW)
    session.expire_all()
    assert {one.person_id for one in queries_own_pace_list.visits_of_day(session, NOW)} == {kept.id, twin.id}
    assert mine.id not in chosen_by(session, [mine, other])


def test_two_arrivals_at_once_are_one(session: Session, samir: Person) -> None:
    julie = make_young()
    visit = actions.arrive(julie, samir, NOW)
    with (
        transaction() as writing,
        pytest.raises(Exception, match=r"uq_open_lab_visit_there|UNIQUE"),
        writing.begin_nested(),
    ):
        writing.execute(update(Visit).where(Visit.id == visit.id).values(left_at=NOW + HOUR))
        writing.add_all([Visit(person_id=julie.id, arrived_at=NOW, arrival_by_id=samir.id) for _two in range(2)])
        writing.flush()
    assert db.session().scalars(select(Visit)).one().left_at is None
