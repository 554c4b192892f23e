"""What a key opens: its scopes, its days, its maker's roles; nothing else speaks, and noise is told to wait."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab.db import db
from fablab.people import actions_tokens, noise
from fablab.people.models import Person
from fablab.people.models_tokens import Token
from fablab.permissions import Role
from machines import actions_team
from machines.openapi import operations
from tests.api.conftest import Program, make_key
from tests.conftest import NOW, Statements
from tests.make import log_in, make_staff, make_young


def problem_of(answer: object, status: int) -> list[str]:
    """The codes of an answer that says no."""
    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]  # a test answer
    assert answer.mimetype == "application/problem+json"  # type: ignore[attr-defined]
    said = answer.get_json(force=True)  # type: ignore[attr-defined]
    assert (said["type"], said["status"]) == ("about:blank", status)
    return [one["code"] for one in said["refusals"]]


def test_every_operation_wants_its_own_scope(app: Flask, ines: Person) -> None:
    nothing = Program(app.test_client(), make_key(ines, "own", "badges:read"))
    asked = 0
    for method, path, _name, does in operations(app):
        where = path.removeprefix("/api/v1").replace("{code}", "VIN-01").replace("{public_id}", "x")
        if does.scope != "badges:read":
            answer = nothing.post(where, {}) if method == "post" else nothing.get(where)
            assert problem_of(answer, 403) == ["key_lacks_scope"], path
            asked += 1
    assert asked >= 9


def test_without_a_key_nothing_opens_and_a_session_is_not_looked_at(client: FlaskClient, nadia: Person) -> None:
    log_in(client, nadia)
    for header in ("", "Basic bmFkaWE6eA==", "Bearer", "Bearer ", "Bearer dyn_nothing", "dyn_x"):
        answer = client.get("/api/v1/machines", headers={"Authorization": header} if header else {})
        assert problem_of(answer, 401) == ["key_unknown"], header
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_in_the_address_opens_nothing(app: Flask, mine: Program) -> None:
    answer = app.test_client().get(f"/api/v1/machines?key={mine.key}&access_token={mine.key}")
    assert answer.status_code == 401


def test_a_key_ends_with_its_last_day_and_when_it_is_taken_away(
    app: Flask, session: Session, mine: Program, ines: Person
) -> None:
    assert mine.get("/machines").status_code == 200
    with time_machine.travel(NOW + timedelta(hours=14), tick=False):  # midnight in Chambéry
        assert problem_of(mine.get("/machines"), 401) == ["key_over"]
    actions_tokens.end(session.scalars(select(Token)).one(), ines, NOW)
    assert problem_of(mine.get("/machines"), 401) == ["key_over"]


def test_a_key_ends_with_the_mission_and_a_role_that_ends_takes_its_scopes(
    house: Program, nadia: Person, ines: Person
) -> None:
    administrator = make_staff("Ada", roles=(Role.ADMINISTRATOR,))
    assert house.get("/badges", person=ines.public_id).status_code == 200
    actions_team.set_roles(nadia, {Role.ADMINISTRATOR}, administrator, NOW)
    assert problem_of(house.get("/badges", person=ines.public_id), 403) == ["key_maker_may_not"]
    assert house.get("/usage").status_code == 200
    actions_team.end_mission(nadia, administrator, NOW)
    assert problem_of(house.get("/usage"), 401) == ["key_over"]


def test_the_last_use_is_written_every_few_minutes_only(
    session: Session, mine: Program, count_statements: Statements
) -> None:
    mine.get("/machines")
    token = session.scalars(select(Token)).one()
    session.refresh(token)
    assert token.used_at == NOW
    count_statements.clear()
    mine.get("/machines")
    assert not any(one.startswith(("INSERT", "UPDATE")) for one in count_statements)
    with time_machine.travel(NOW + actions_tokens.NOTED_EVERY, tick=False):
        mine.get("/machines")
    session.refresh(token)
    assert token.used_at == NOW + actions_tokens.NOTED_EVERY


def test_many_unknown_keys_are_told_to_wait_and_a_known_one_passes(app: Flask, mine: Program) -> None:
    client = app.test_client()
    statuses = [
        client.get("/api/v1/machines", headers={"Authorization": f"Bearer dyn_{number}"}).status_code
        for number in range(noise.MOST + 5)
    ]
    assert statuses == [401] * noise.MOST + [429] * 5
    answer = client.get("/api/v1/machines", headers={"Authorization": "Bearer dyn_more"})
    assert problem_of(answer, 429) == ["keys_unknown_often"]
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert mine.get("/machines").status_code == 200
    with time_machine.travel(NOW + noise.LASTS, tick=False):
        assert client.get("/api/v1/machines", headers={"Authorization": "Bearer dyn_again"}).status_code == 401


def test_noise_from_everywhere_takes_no_room_for_ever() -> None:
    heard = noise.Noise()
    for number in range(3 * noise.KEPT):
        assert heard.heard(f"address-{number}", NOW) is None
    assert len(heard._seen) <= noise.KEPT


@pytest.mark.parametrize(("asked", "said"), [("fr", "Cette clé n’ouvre rien."), ("en;q=0.9,fr;q=0.1", "opens nothing")])
def test_refusals_are_said_in_the_language_asked_whatever_the_session_says(
    client: FlaskClient, asked: str, said: str
) -> None:
    with client.session_transaction() as cookie:
        cookie["language"] = "fr" if "opens" in said else "en"
    answer = client.get("/api/v1/machines", headers={"Accept-Language": asked})
    assert said in answer.get_json(force=True)["detail"]


def test_errors_of_the_way_are_told_to_programs_in_their_terms(client: FlaskClient, mine: Program) -> None:
    assert problem_of(client.get("/api/v1/nothing"), 404) == []
    answer = client.delete("/api/v1/machines")
    assert problem_of(answer, 405) == []
    assert "GET" in answer.headers["Allow"]
    assert problem_of(mine.get("/machines/NO-01"), 404) == []


def test_no_answer_is_kept_by_anybody_on_the_way(mine: Program) -> None:
    assert mine.get("/machines").headers["Cache-Control"] == "no-store"


def test_a_key_of_a_minor_whose_birth_was_mended_opens_nothing(app: Flask, session: Session) -> None:
    person = make_young("Lou", "Petit")
    program = Program(app.test_client(), make_key(person, "own"))
    person.birth_date = person.birth_date.replace(year=2012) if person.birth_date else None
    db.session.commit()
    assert problem_of(program.get("/bookings"), 403) == ["key_maker_may_not"]
