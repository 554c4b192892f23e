"""The page of a stage: for the young person who lives it, and for the team."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.permissions import Role
from pathways import actions
from pathways.models import Competency, Stage
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import enrol, make_group, make_pathway, make_session, validate


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.text.replace("\u00a0", " ")


def test_my_stage_says_its_aim_its_proofs_its_sessions_and_what_is_missing(
    client: FlaskClient, session: Session
) -> None:
    version = make_pathway("DECLIC", {"EXP": {"SEC-01": 2, "NUM-01": 2}})
    stage = session.get_one(Stage, version.stages[0].id)
    stage.expected_proofs = ["croquis de l’idée"]
    session.commit()
    group, ines, samir = make_group(version), make_young("Inès"), make_staff("Samir")
    enrol(ines, group)
    past = make_session(group, NOW - timedelta(days=1), leads=[samir], stage_id=stage.id)
    make_session(group, NOW + timedelta(days=1), leads=[samir], stage_id=stage.id)
    make_session(group, NOW + timedelta(days=8), leads=[samir], stage_id=stage.id)
    make_session(group, NOW + timedelta(days=9), leads=[samir], stage_id=version.stages[1].id)
    actions.take_attendance(past, {ines.id: ("late", 20)}, samir, NOW)
    validate(ines, {"SEC-01": 2}, samir, training_session=past)
    log_in(client, ines)
    assert "/mon-parcours/DECLIC/1" in text(client, "/mon-parcours")
    page = text(client, "/mon-parcours/DECLIC/1")
    for words in (
        "Essayer.", "Croquis de l’idée", "À la fin : Un jalon.", "Il me manque 1 chose.", "Validé par Samir",
        "en retard", "20 min de retard", "Je ne peux pas venir", "étape 1 sur 4",
    ):  # fmt: skip
        assert words in page
    assert page.count("/je-ne-peux-pas-venir") == 2  # not that of the next stage
    assert page.count("séance") < 20


def test_from_the_stage_i_say_that_i_cannot_come_and_come_back_there(client: FlaskClient) -> None:
    version = make_pathway()
    group, ines = make_group(version), make_young("Inès")
    enrol(ines, group)
    lesson = make_session(group, NOW + timedelta(days=1), stage_id=version.stages[0].id)
    log_in(client, ines)
    answer = client.post(f"/seances/{lesson.public_id}/je-ne-peux-pas-venir", data={"next": "/mon-parcours/DECLIC/1"})
    assert answer.location == "/mon-parcours/DECLIC/1"
    assert "Je viens finalement" in text(client, "/mon-parcours/DECLIC/1")


def test_the_team_reads_the_stage_of_somebody_and_reaches_it_from_their_page(client: FlaskClient) -> None:
    version = make_pathway()
    group, ines, samir = make_group(version), make_young("Inès", "Benali"), make_staff("Samir")
    enrol(ines, group)
    lesson = make_session(group, leads=[samir], stage_id=version.stages[0].id)
    actions.take_attendance(lesson, {}, samir, NOW)
    validate(ines, {"SEC-01": 1}, samir, training_session=lesson)
    log_in(client, samir)
    address = f"/jeunes/{ines.public_id}/parcours/DECLIC/etape/1"
    assert address in text(client, f"/jeunes/{ines.public_id}")
    page = text(client, address)
    for words in ("Inès Benali", "Compétence SEC-01", "1 sur 2", "Observation de l’animateur", "Un jalon"):
        assert words in page


def test_sessions_before_i_came_are_not_mine(client: FlaskClient) -> None:
    version = make_pathway()
    group, ines = make_group(version), make_young("Inès")
    enrol(ines, group, enrolled_on=NOW.date())
    make_session(group, NOW - timedelta(days=3), stage_id=version.stages[0].id)
    log_in(client, ines)
    assert "Mes séances" not in text(client, "/mon-parcours/DECLIC/1")


def test_at_ones_own_pace_a_stage_has_choices_and_no_session(client: FlaskClient) -> None:
    choice = {"count": 2, "among": ["MAC-01", "MAC-02", "MAC-03"], "level": 3}
    for code in choice["among"]:  # type: ignore[attr-defined]  # a list
        validate(make_young("Bob"), {code: 1})
    version, ines = make_pathway("PASSEUR", {"EXP": {}}, choices={"EXP": choice}), make_young("Inès")
    enrol(ines, version=version)
    validate(ines, {"MAC-02": 3})
    log_in(client, ines)
    page = text(client, "/mon-parcours/PASSEUR/1")
    assert "Je choisis 2 choses dans cette liste" in page
    assert "Il me manque 1 chose." in page


@pytest.mark.parametrize("address", ["/mon-parcours/NOPE/1", "/mon-parcours/DECLIC/9", "/mon-parcours/REBOND/1"])
def test_a_stage_that_is_not_mine_is_not_found(client: FlaskClient, address: str) -> None:
    ines = make_young("Inès")
    enrol(ines, make_group(make_pathway()))
    make_pathway("REBOND")
    assert log_in(client, ines).get(address).status_code == 404


def test_others_see_nothing_of_it(client: FlaskClient) -> None:
    ines = make_young("Inès")
    enrol(ines, make_group(make_pathway()))
    address = f"/jeunes/{ines.public_id}/parcours/DECLIC/etape/1"
    for role in (Role.YOUNG, Role.RECEPTION, Role.REFERENT, Role.STRUCTURE):
        log_in(client, make_young("Bob") if role is Role.YOUNG else make_staff("Léo", roles=(role,)))
        assert client.get(address).status_code == 403
    log_in(client, make_staff("Samir"))
    assert client.get("/jeunes/unknown/parcours/DECLIC/etape/1").status_code == 404
    assert client.get("/mon-parcours/DECLIC/1").status_code == 403


def test_a_stage_runs_as_many_statements_whatever_is_in_it(client: FlaskClient, count_statements: Statements) -> None:
    counts = []
    for number, code in ((2, "DECLIC"), (9, "REBOND")):
        version = make_pathway(code, {"EXP": {f"A-{one}": 2 for one in range(number)}})
        group, ines, samir = make_group(version), make_young("Inès"), make_staff("Samir")
        enrol(ines, group)
        for day in range(number):
            make_session(group, NOW + timedelta(days=day - 3), stage_id=version.stages[0].id)
        validate(ines, {"A-0": 2, "A-1": 1}, samir)
        address = f"/mon-parcours/{code}/1"
        log_in(client, ines).get(address)
        count_statements.clear()
        client.get(address)
        counts.append(len(count_statements))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_the_team_reads_why_the_badge_of_a_stage_is_not_there(client: FlaskClient, session: Session) -> None:
    version = make_pathway("DECLIC", {"EXP": {"SEC-01": 2, "SEC-02": 2, "NUM-01": 1}})
    group, ines, samir, chloe = make_group(version), make_young("Inès"), make_staff("Samir"), make_staff("Chloé")
    enrol(ines, group)
    address = f"/jeunes/{ines.public_id}/parcours/DECLIC/etape/1"
    log_in(client, samir)
    validate(ines, {"SEC-01": 1, "SEC-02": 2, "NUM-01": 1}, samir)
    page = text(client, address)
    assert "Compétence SEC-01 : niveau 1, il faut 2." in page
    assert "Compétence SEC-02 :" not in page
    validate(ines, {"SEC-01": 2}, chloe)
    page = text(client, address)
    assert "Pas encore noté présent : les badges viennent avec la première présence." in page
    assert "il faut 2" not in page
    lesson = make_session(group, leads=[samir], stage_id=version.stages[0].id)
    actions.take_attendance(lesson, {}, samir, NOW)
    page = text(client, address)
    assert "Pourquoi le badge n’est pas là" not in page
    assert "remis" in page


def test_a_level_that_two_must_see_says_so_where_the_badge_is_missing(client: FlaskClient, session: Session) -> None:
    version = make_pathway("DECLIC", {"EXP": {"SEC-01": 2}})
    session.get_one(Competency, version.stages[0].targets[0].competency_id).second_check = True
    session.commit()
    group, ines, samir = make_group(version), make_young("Inès"), make_staff("Samir")
    enrol(ines, group)
    address = f"/jeunes/{ines.public_id}/parcours/DECLIC/etape/1"
    assert "Compétence SEC-01 : pas encore validé." in text(log_in(client, samir), address)
    validate(ines, {"SEC-01": 2}, samir)
    assert "Compétence SEC-01 : vu une fois, une deuxième personne doit confirmer." in text(client, address)
