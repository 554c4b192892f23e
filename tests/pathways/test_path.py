from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.permissions import Role
from pathways import actions, queries_path
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young
from tests.make_pathways import award, enrol, make_group, make_pathway, make_safety_badge, make_session, validate


def test_a_path_says_who_validated_what_and_where_i_am(session: Session) -> None:
    group, ines, samir = make_group(make_pathway()), make_young("Inès"), make_staff("Samir")
    enrol(ines, group)
    actions.take_attendance(make_session(group), {}, samir, NOW)
    validate(ines, {"SEC-01": 2, "NUM-01": 1}, samir)
    path = queries_path.paths_of(session, ines.id)[0]
    assert [stage.state for stage in path.stages] == ["done", "here", "todo", "todo"]
    assert [(aim.by, aim.done) for stage in path.stages for aim in stage.aims] == [
        ("Samir", True),
        ("Samir", False),
        (None, False),
        (None, False),
    ]
    assert path.attendance_words == "J’ai fait 1 séance. Il en faut 3 pour finir."


def test_four_stages_done_are_not_the_end_before_the_attendance(session: Session, client: FlaskClient) -> None:
    group, ines, samir = make_group(make_pathway()), make_young("Inès"), make_staff("Samir")
    enrol(ines, group)
    actions.take_attendance(make_session(group), {}, samir, NOW)
    validate(ines, {"SEC-01": 2, "NUM-01": 2, "PRO-03": 2, "PAR-01": 2}, samir)
    path = queries_path.paths_of(session, ines.id)[0]
    assert path.here is None
    assert not path.finished
    for address in ("/mon-parcours", "/"):
        page = log_in(client, ines).get(address).text
        assert "Mes quatre étapes sont finies." in page
        assert "Il en faut 3 pour finir." in page
    for number in (1, 2):
        actions.take_attendance(make_session(group, NOW - timedelta(days=number)), {}, samir, NOW)
    assert "J’ai fini ce parcours." in log_in(client, ines).get("/mon-parcours").text


def test_a_path_says_few_statements_however_long_it_is(session: Session, count_statements: Statements) -> None:
    stages = {"EXP": {f"A-{number}": 2 for number in range(10)}, "APP": {f"B-{number}": 2 for number in range(10)}}
    group, ines, samir = make_group(make_pathway("DECLIC", stages)), make_young("Inès"), make_staff("Samir")
    enrol(ines, group)
    validate(ines, dict.fromkeys(stages["EXP"], 2), samir)
    session.expunge_all()
    count_statements.clear()
    assert len(queries_path.paths_of(session, ines.id)) == 1
    assert len(count_statements) <= 11


def test_the_coordination_sees_the_places_and_what_waits(client: FlaskClient) -> None:
    group, samir = make_group(make_pathway(places_per_year=280)), make_staff("Samir")
    enrol(make_young("Inès"), group)
    make_session(group, NOW - timedelta(days=1))
    actions.take_attendance(make_session(group, NOW - timedelta(days=2)), {}, samir, NOW)
    award(make_young("Tom"), make_safety_badge(), at=NOW - timedelta(days=350))
    page = log_in(client, make_staff("Paul", roles=(Role.COORDINATOR,))).get("/").text
    assert "1 sur 280" in page
    assert "Appel à faire" in page
    assert "1 badge expire bientôt" in page
