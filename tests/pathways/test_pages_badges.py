"""Badges for the team as pages: handing over, taking back, the right to validate."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.people.models import Person
from fablab.permissions import Role
from pathways import queries, queries_awards, queries_rights
from pathways.models import Award, Badge, ValidatorRight
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_machines import give_badge, make_fablab, make_machine
from tests.make_pathways import award, enrol, make_pathway, make_right, make_safety_badge, make_validator, validate


@pytest.fixture
def badge(session: Session) -> Badge:
    return make_safety_badge("BS-LASER", {"MAC-05": 2})


@pytest.fixture
def samir(badge: Badge, client: FlaskClient) -> Person:
    """A facilitator who holds the right for the badge, logged in."""
    samir = make_validator()
    log_in(client, samir)
    return samir


def make_ready(samir: Person, *names: str) -> list[Person]:
    people = [make_young(name, "Test") for name in names]
    for person in people:
        validate(person, {"MAC-05": 2}, samir)
    return people


def test_who_is_ready_is_listed_by_badge(client: FlaskClient, samir: Person) -> None:
    make_ready(samir, "Ada", "Bob")
    page = client.get("/badges-prets").get_data(as_text=True)
    assert "Badge BS-LASER" in page
    assert "Ada T." in page
    assert "Bob T." in page
    assert "2 personnes prêtes" in page


def test_a_badge_is_handed_to_many_at_once(client: FlaskClient, samir: Person, session: Session) -> None:
    people = make_ready(samir, "Ada", "Bob")
    answer = client.post("/badges-prets/BS-LASER", data={"people": [person.public_id for person in people]})
    assert answer.status_code == 302
    assert len(session.scalars(select(Award)).all()) == 2
    assert "2 badges remis\u00a0: Badge BS-LASER." in client.get("/badges-prets").get_data(as_text=True)


def test_nobody_is_ticked_beforehand_and_the_menu_lights_one_entry(client: FlaskClient, samir: Person) -> None:
    make_ready(samir, "Ada", "Bob")
    page = BeautifulSoup(client.get("/badges-prets").data, "html.parser")
    assert len(page.select("input[name=people]")) == 2
    assert page.select("input[name=people][checked]") == []
    assert "Remettre aux personnes cochées" in page.text
    lit = {
        str(BeautifulSoup(client.get(address).data, "html.parser").select(".side [aria-current]")[0]["href"])
        for address in ("/badges-prets", "/badges/BS-LASER", "/demandes/formations")
    }
    assert len(lit) == 1


def test_sent_twice_it_is_handed_over_once(client: FlaskClient, samir: Person, session: Session) -> None:
    ada = make_ready(samir, "Ada")[0]
    for _time in range(2):
        assert client.post("/badges-prets/BS-LASER", data={"people": ada.public_id}).status_code == 302
    assert len(session.scalars(select(Award)).all()) == 1


def test_a_refusal_keeps_who_was_ticked(client: FlaskClient, samir: Person) -> None:
    ada, bob = make_ready(samir, "Ada", "Bob")
    stranger = make_young("Eve", "Test")
    sent = {"people": [bob.public_id, stranger.public_id]}
    answer = client.post("/badges-prets/BS-LASER", data=sent)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.data, "html.parser")
    assert [box["value"] for box in page.select("input[name=people][checked]")] == [bob.public_id]
    assert ada.public_id in answer.get_data(as_text=True)


def test_without_the_right_the_badge_is_shown_but_not_handed_over(
    client: FlaskClient, samir: Person, session: Session
) -> None:
    ada = make_ready(samir, "Ada")[0]
    log_in(client, make_staff("Chloé", "Martin"))
    page = client.get("/badges-prets").get_data(as_text=True)
    assert f"Peuvent le remettre\u00a0: {samir.short_name}<" in page, "one full stop: the name ends with it"
    assert 'name="people"' not in page
    assert 'action="/badges-prets/' not in page
    answer = client.post("/badges-prets/BS-LASER", data={"people": ada.public_id})
    assert answer.status_code == 422
    assert session.scalars(select(Award)).all() == []


@pytest.mark.parametrize("people", [[], ["unknown"]])
def test_nobody_chosen_is_refused_in_words(client: FlaskClient, samir: Person, people: list[str]) -> None:
    answer = client.post("/badges-prets/BS-LASER", data={"people": people})
    assert answer.status_code == 422
    assert "Choisissez au moins une personne." in answer.get_data(as_text=True)


def test_an_unknown_badge_is_not_found(client: FlaskClient, samir: Person) -> None:
    assert client.post("/badges-prets/BS-NOPE", data={"people": "x"}).status_code == 404


def test_a_badge_is_taken_back_with_a_reason_its_holder_reads(
    client: FlaskClient, samir: Person, badge: Badge, session: Session
) -> None:
    ada = make_young("Ada", "Test")
    held = award(ada, badge, author=samir)
    address = f"/badges/{held.public_id}/retirer"
    assert client.post(address, data={"reason": " "}).status_code == 422
    answer = client.post(address, data={"reason": "La machine est restée sans surveillance."})
    assert answer.status_code == 302
    session.expire_all()
    assert session.get_one(Award, held.id).ended_reason == "La machine est restée sans surveillance."
    assert client.get(address).status_code == 404, "it is ended"
    log_in(client, ada)
    assert "La machine est restée sans surveillance." in client.get("/mes-badges").get_data(as_text=True)


def test_a_coordinator_gives_and_ends_the_right(client: FlaskClient, badge: Badge, session: Session) -> None:
    nadia = make_staff("Nadia", "Ferrand", roles=(Role.COORDINATOR,))
    chloe = make_staff("Chloé", "Martin")
    log_in(client, nadia)
    sent = {"person": chloe.id, "badge": badge.id, "since": "2026-11-24", "until": ""}
    assert client.post("/droits-de-valider", data=sent).status_code == 302
    right = session.scalars(select(ValidatorRight)).one()
    assert "Chloé M." in client.get("/droits-de-valider").get_data(as_text=True)
    assert client.post(f"/droits-de-valider/{right.id}/fin").status_code == 302
    session.expire_all()
    assert session.get_one(ValidatorRight, right.id).until == clock.local_day(NOW)


def test_a_right_ended_before_it_began_holds_on_no_day(client: FlaskClient, badge: Badge, session: Session) -> None:
    log_in(client, make_staff("Nadia", "Ferrand", roles=(Role.COORDINATOR,)))
    chloe = make_staff("Chloé", "Martin")
    client.post("/droits-de-valider", data={"person": chloe.id, "badge": badge.id, "since": "2026-11-26", "until": ""})
    right = session.scalars(select(ValidatorRight)).one()
    days = [NOW + timedelta(days=number) for number in range(5)]
    assert [badge.id in queries.rights_of(session, chloe.id, day) for day in days] == [False, False, True, True, True]
    ended = client.post(f"/droits-de-valider/{right.id}/fin", follow_redirects=True)
    assert "Ce droit ne commencera pas." in ended.text
    assert not any(queries.rights_of(session, chloe.id, day) for day in days)
    assert queries_rights.rights_listed(session, clock.local_day(NOW)) == []


def test_a_right_badly_described_is_refused(client: FlaskClient, badge: Badge, session: Session) -> None:
    log_in(client, make_staff("Nadia", "Ferrand", roles=(Role.COORDINATOR,)))
    chloe = make_staff("Chloé", "Martin")
    sent = {"person": chloe.id, "badge": badge.id, "since": "2026-11-24", "until": "2026-11-01"}
    assert client.post("/droits-de-valider", data=sent).status_code == 422
    assert client.post("/droits-de-valider", data={**sent, "since": "demain"}).status_code == 422
    assert client.post("/droits-de-valider", data={**sent, "person": "99999"}).status_code == 422
    assert session.scalars(select(ValidatorRight)).all() == []


def test_only_the_coordination_gives_rights(client: FlaskClient, samir: Person, badge: Badge) -> None:
    right = make_right(make_staff("Chloé", "Martin"), badge)
    assert client.get("/droits-de-valider").status_code == 403
    assert client.post(f"/droits-de-valider/{right.id}/fin").status_code == 403


@pytest.mark.parametrize("role", [Role.YOUNG, Role.RECEPTION, Role.REFERENT])
def test_only_the_team_hands_over(client: FlaskClient, badge: Badge, role: Role) -> None:
    log_in(client, make_young() if role is Role.YOUNG else make_staff(roles=(role,)))
    assert client.get("/badges-prets").status_code == 403
    assert client.post("/badges-prets/BS-LASER").status_code == 403


def test_the_list_runs_as_many_statements_for_thirty_people_as_for_three(
    client: FlaskClient, samir: Person, count_statements: Statements
) -> None:
    counts = []
    for names in ("ABC", "DEFGHIJKLMNOPQRSTUVWXYZÀÉÈÊ"):
        make_ready(samir, *names)
        client.get("/badges-prets")  # what a badge asks may have changed: it is read again, once
        count_statements.clear()
        assert client.get("/badges-prets").status_code == 200
        counts.append(len(count_statements))
    assert counts[0] == counts[1]


def test_what_was_handed_over_long_ago_is_not_listed(client: FlaskClient, samir: Person, badge: Badge) -> None:
    award(make_young("Ada", "Test"), badge, author=samir, at=NOW - timedelta(days=60))
    assert "Ada T." not in client.get("/badges-prets").get_data(as_text=True)


def test_the_badge_that_all_others_ask_shows_the_workshop(session: Session) -> None:
    workshop = make_safety_badge("BS-ATELIER", {"SEC-01": 2})
    laser = make_safety_badge("BS-LASER", {"MAC-05": 2}, prerequisites=[workshop])
    fablab = make_fablab()
    make_machine(fablab, "ELE-02", badge=workshop, pictogram="carte")
    make_machine(fablab, "LAS-01", badge=laser, pictogram="laser")
    assert queries_awards.badge_families(session) == {"BS-ATELIER": "atelier", "BS-LASER": "laser"}


def test_today_offers_first_badges_and_leads_to_renewals(
    client: FlaskClient, samir: Person, badge: Badge, session: Session
) -> None:
    make_ready(samir, "Ada")
    old = make_young("Dan", "Test")
    award(old, badge, at=NOW - timedelta(days=400))
    enrol(old)
    page = client.get("/").get_data(as_text=True)
    assert "Ada T." in page
    assert "Dan T." not in page
    assert "1 badge à renouveler" in page
    page = client.get("/badges-prets").get_data(as_text=True)
    assert "1 personne prête" in page
    assert "Dan T." in page.partition("<details>")[2].partition("</details>")[0]


def test_badges_that_expire_soon_are_listed_page_by_page_the_first_to_end_first(
    client: FlaskClient, badge: Badge, session: Session, count_statements: Statements
) -> None:
    nadia = make_staff("Nadia", "Ferrand", roles=(Role.COORDINATOR,))
    make_pathway()
    for number in range(31):
        person = make_young(f"Ada{chr(97 + number % 26)}", f"Test{number}")
        give_badge(person, badge, expires_at=NOW + timedelta(days=29, minutes=-number))
    gone = make_young("Partie", "Test", left_at=NOW)
    give_badge(gone, badge, expires_at=NOW + timedelta(days=3))
    give_badge(make_young("Loin", "Test"), badge, expires_at=NOW + timedelta(days=40))
    log_in(client, nadia)
    assert "/badges-qui-expirent" in client.get("/").text
    count_statements.clear()
    first = client.get("/badges-qui-expirent").text
    assert len(count_statements) <= 8
    assert "31 badges, dans les 30 jours" in first
    assert first.count("Ada") == 30
    assert "mercredi 23 décembre" in first
    second = client.get("/badges-qui-expirent?page=2").text
    assert second.count("Ada") == 1
    assert "Partie" not in first + second
    assert "Loin" not in first + second
    assert client.get("/badges-qui-expirent?page=3").status_code == 404
