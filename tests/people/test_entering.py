"""Entering: the right secret, wrong tries, pauses, the team's help, and what a session is worth."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab.db import transaction
from fablab.people import actions, secrets
from fablab.people.models import Lockout
from fablab.permissions import Role
from machines import actions_team
from tests.conftest import NOW
from tests.make import PASSWORD, PIN, log_in, make_person, make_staff, make_young
from tests.people.given import is_in, knock


def test_a_young_person_enters_with_handle_and_pin(client: FlaskClient) -> None:
    make_young(handle="renard-42")
    assert knock(client, "renard-42").location == "/"
    assert is_in(client)


@pytest.mark.parametrize("typed", ["RENARD-42", "Renard 42", "renard42", " renard-42 "])
def test_the_handle_may_be_typed_in_any_way(client: FlaskClient, typed: str) -> None:
    make_young(handle="renard-42")
    assert knock(client, typed, "482 915").status_code == 302


def test_a_wrong_pin_says_how_many_tries_are_left_and_keeps_the_handle(client: FlaskClient) -> None:
    make_young(handle="renard-42")
    answer = knock(client, "renard-42", "111222")
    assert answer.status_code == 422
    assert "Encore 4 essais." in answer.text
    assert 'value="renard-42"' in answer.text
    assert "111222" not in answer.text
    assert not is_in(client)


def test_five_wrong_pins_lead_to_a_pause_of_a_quarter_of_an_hour(client: FlaskClient) -> None:
    make_young(handle="renard-42")
    for _turn in range(5):
        answer = knock(client, "renard-42", "111222")
    assert "pause de 15\u00a0min" in answer.text
    assert knock(client, "renard-42").status_code == 422, "the right PIN must wait too"
    with time_machine.travel(NOW + timedelta(minutes=14, seconds=59), tick=False):
        assert knock(client, "renard-42").status_code == 422
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        assert knock(client, "renard-42").status_code == 302


def test_after_ten_wrong_pins_only_the_team_helps(client: FlaskClient) -> None:
    person = make_young(handle="renard-42")
    for turn in range(10):
        with time_machine.travel(NOW + timedelta(hours=turn // 5), tick=False):
            answer = knock(client, "renard-42", "111222")
    assert "quelqu’un de l’équipe" in answer.text
    with time_machine.travel(NOW + timedelta(days=300), tick=False):
        assert knock(client, "renard-42").status_code == 422
    actions.unlock(person, make_staff(), NOW)
    assert knock(client, "renard-42").status_code == 302


def test_a_right_pin_forgets_the_wrong_ones(client: FlaskClient) -> None:
    make_young(handle="renard-42")
    for _turn in range(4):
        knock(client, "renard-42", "111222")
    knock(client, "renard-42")
    client.post("/sortir")
    assert "Encore 4 essais." in knock(client, "renard-42", "111222").text


def test_a_handle_that_nobody_has_is_answered_alike(client: FlaskClient) -> None:
    make_young(handle="chamois-33")

    def answers(handle: str) -> list[str]:
        pages = [knock(client, handle, "111222").text.replace(handle, "HANDLE") for _turn in range(11)]
        return [re.sub(r'name="csrf_token"[^>]*', "", page) for page in pages]

    assert answers("chamois-33") == answers("marmotte-77")


def test_the_same_work_is_done_for_a_handle_that_nobody_has(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def heard(hasher: PasswordHasher, known: str, secret: str) -> Any:
        seen.append("verified")
        return real(hasher, known, secret)

    real = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", heard)
    knock(client, "marmotte-77", "111222")
    assert seen == ["verified"]


def test_a_typing_error_leaves_no_name_in_the_database(client: FlaskClient, session: Session) -> None:
    knock(client, "ines.benali", "111222")
    (row,) = session.query(Lockout).all()
    assert len(row.identifier_digest) == 64
    assert "ines" not in row.identifier_digest


def test_the_team_enters_with_an_email_in_any_case(client: FlaskClient) -> None:
    make_staff(email="samir@example.org")
    answer = client.post("/entrer/equipe", data={"email": "Samir@Example.ORG", "secret": PASSWORD})
    assert answer.location == "/"
    assert is_in(client)


def test_the_team_is_paused_after_five_tries_but_never_locked_for_good(client: FlaskClient) -> None:
    make_staff(email="samir@example.org")
    for turn in range(15):
        with time_machine.travel(NOW + timedelta(hours=turn // 5), tick=False):
            answer = client.post("/entrer/equipe", data={"email": "samir@example.org", "secret": "x"})
    assert "pause" in answer.text
    with time_machine.travel(NOW + timedelta(hours=4), tick=False):
        answer = client.post("/entrer/equipe", data={"email": "samir@example.org", "secret": PASSWORD})
    assert answer.status_code == 302


def test_a_pin_opens_nothing_of_the_team_and_a_password_nothing_of_a_young_person(client: FlaskClient) -> None:
    make_staff(handle="loutre-11", password=PIN)
    make_young(email="ines@example.org", pin=PASSWORD)
    both = make_person(roles=(Role.YOUNG, Role.FACILITATOR), handle="castor-12", secret_hash=secrets.hash_secret(PIN))
    assert knock(client, "loutre-11").status_code == 422
    assert knock(client, str(both.handle)).status_code == 422
    assert client.post("/entrer/equipe", data={"email": "ines@example.org", "secret": PASSWORD}).status_code == 422


def test_a_card_opens_with_its_pin_however_it_is_typed(client: FlaskClient, session: Session) -> None:
    code = actions.renew_card(make_young(), make_staff(), NOW)
    typed = "-".join(code[start : start + 4].lower() for start in range(0, 32, 4))
    assert client.post("/entrer/carte", data={"code": typed, "secret": PIN}).location == "/"


def test_a_card_replaced_opens_nothing(client: FlaskClient, session: Session) -> None:
    person = make_young()
    old = actions.renew_card(person, make_staff(), NOW)
    actions.renew_card(person, make_staff(), NOW)
    assert client.post("/entrer/carte", data={"code": old, "secret": PIN}).status_code == 422


def test_tries_with_the_card_and_with_the_handle_are_counted_together(client: FlaskClient) -> None:
    person = make_young(handle="renard-42")
    code = actions.renew_card(person, make_staff(), NOW)
    for _turn in range(3):
        knock(client, "renard-42", "111222")
    assert "Encore 1 essai." in client.post("/entrer/carte", data={"code": code, "secret": "111222"}).text


def test_the_page_of_a_card_is_kept_by_nobody(client: FlaskClient) -> None:
    answer = client.post("/entrer/carte", data={"code": "ABCD", "secret": "111222"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_left_does_not_enter_and_is_put_out_at_once(client: FlaskClient) -> None:
    admin, samir = make_staff("Nour", roles=(Role.ADMINISTRATOR,)), make_staff(email="samir@example.org")
    log_in(client, samir)
    assert is_in(client)
    actions_team.end_mission(samir, admin, NOW)
    assert not is_in(client)
    answer = client.post("/entrer/equipe", data={"email": "samir@example.org", "secret": PASSWORD})
    assert answer.status_code == 422


def test_a_session_begins_anew_at_the_log_in_and_keeps_the_language(client: FlaskClient) -> None:
    make_young(handle="renard-42")
    client.post("/langue", data={"language": "en"})
    with client.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    knock(client, "renard-42")
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["language"] == "en"


def test_a_phone_stays_in_for_thirty_days_and_the_team_for_twelve_hours(client: FlaskClient) -> None:
    make_young(handle="renard-42")
    make_staff(email="samir@example.org")
    assert "Expires=Thu, 24 Dec 2026 09:00:00 GMT" in knock(client, "renard-42").headers["Set-Cookie"]
    client.post("/sortir")
    answer = client.post("/entrer/equipe", data={"email": "samir@example.org", "secret": PASSWORD})
    assert "Expires" not in answer.headers["Set-Cookie"]
    with time_machine.travel(NOW + timedelta(hours=11, minutes=59), tick=False):
        assert is_in(client)
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        assert not is_in(client)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)"],
)
def test_after_the_log_in_one_stays_on_this_site(client: FlaskClient, elsewhere: str) -> None:
    make_young(handle="renard-42")
    assert knock(client, "renard-42", next=elsewhere).location == "/"


def test_the_log_in_leads_where_one_wanted_to_go(client: FlaskClient) -> None:
    make_young(handle="renard-42")
    sent = client.get("/mon-compte")
    assert sent.location == "/entrer?next=/mon-compte"
    assert 'name="next" value="/mon-compte"' in client.get(sent.location).text
    assert knock(client, "renard-42", next="/mon-compte").location == "/mon-compte"


def test_hashes_of_other_parameters_are_renewed_at_the_log_in(client: FlaskClient, session: Session) -> None:
    person = make_young(handle="renard-42")
    with transaction():
        person.secret_hash = secrets._hasher(16, 2).hash(PIN)
    assert secrets.is_outdated(str(person.secret_hash))
    assert knock(client, "renard-42").status_code == 302
    session.expire_all()
    assert not secrets.is_outdated(str(person.secret_hash))
    client.post("/sortir")
    assert knock(client, "renard-42").status_code == 302


def test_nothing_typed_reaches_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    make_young(handle="renard-42")
    knock(client, "renard-42", "111222")
    knock(client, "renard-42")
    assert "renard" not in caplog.text
    assert PIN not in caplog.text


def test_leaving_ends_the_session(client: FlaskClient) -> None:
    log_in(client, make_young())
    assert client.post("/sortir").status_code == 302
    assert not is_in(client)


def test_leaving_everywhere_ends_the_sessions_of_other_devices(app: Flask, client: FlaskClient) -> None:
    person = make_young()
    other = app.test_client()
    log_in(client, person)
    log_in(other, person)
    client.post("/mon-compte/sortir-partout")
    assert not is_in(client)
    assert not is_in(other)


def test_entering_asks_a_bounded_number_of_questions(client: FlaskClient, count_statements: list[str]) -> None:
    make_young(handle="renard-42")
    count_statements.clear()
    knock(client, "renard-42")
    assert len(count_statements) <= 9
