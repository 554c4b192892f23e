"""The second step: asked of coordinators and administrators, passed with a phone or paper, guessed by nobody."""

import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock, house
from fablab.db import db, transaction
from fablab.people import actions, actions_second, queries, secrets_second
from fablab.people.models import Lockout, Person
from fablab.people.models_access import RecoveryCode, SecondFactor
from fablab.people.queries_access import SECOND_STEP
from fablab.people.rules_access import needs_second_step
from fablab.permissions import Role
from fablab.refusals import Refused
from machines import actions_team
from tests.conftest import NOW
from tests.make import PASSWORD, log_in, make_staff, make_young
from tests.people.test_races import at_once

NONCE = "0123456789abcdef" * 2


def code_at(moment: Any, nonce: str = NONCE) -> str:
    return pyotp.TOTP(secrets_second.shared_secret(nonce)).at(moment)


def with_phone(person: Person) -> list[str]:
    """Give somebody a second step taken up five minutes ago; returns the recovery codes."""
    before = clock.now() - timedelta(minutes=5)
    return actions_second.take_up(person, NONCE, code_at(before), before)


def say_password(client: FlaskClient, email: str = "nadia@example.org", **more: str) -> Any:
    return client.post("/entrer/equipe", data={"email": email, "secret": PASSWORD, **more})


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/mon-compte").status_code == 200)


@pytest.fixture
def nadia(app: Flask) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,), email="nadia@example.org")


@pytest.mark.parametrize(
    ("roles", "required", "needed"),
    [
        ([Role.COORDINATOR], True, True),
        ([Role.FACILITATOR, Role.ADMINISTRATOR], True, True),
        ([Role.FACILITATOR, Role.RECEPTION, Role.REFERENT, Role.STRUCTURE], True, False),
        ([Role.ADMINISTRATOR], False, False),
    ],
)
def test_who_needs_a_second_step(roles: list[Role], required: bool, needed: bool) -> None:
    assert needs_second_step(roles, required=required) is needed


def test_a_coordinator_takes_it_up_at_the_next_log_in_and_enters_with_it_from_then_on(
    app: Flask, client: FlaskClient, nadia: Person, session: Session
) -> None:
    assert say_password(client, next="/jeunes").location == "/entrer/equipe/activer"
    assert not is_in(client), "the password alone opens nothing"
    page = client.get("/entrer/equipe/activer").text
    nonce = re.search(r'name="nonce"[^>]*value="([0-9a-f]{32})"', page)
    assert nonce is not None
    wrong = client.post("/entrer/equipe/activer", data={"nonce": nonce[1], "code": "000000"})
    assert wrong.status_code == 422
    assert nonce[1] in wrong.text, "the square stays the same"
    right = {"nonce": nonce[1], "code": code_at(NOW, nonce[1])}
    done = client.post("/entrer/equipe/activer", data=right, follow_redirects=True)
    codes = re.findall(r"<li>([A-Z2-7-]{19})</li>", done.text)
    assert len(codes) == secrets_second.RECOVERY_CODES
    assert 'href="/jeunes"' in done.text
    assert done.headers["Cache-Control"] == "no-store"
    assert is_in(client)
    kept = session.scalars(select(RecoveryCode.digest)).all()
    assert not set(codes) & set(kept)
    client.post("/sortir")
    assert say_password(client).location == "/entrer/equipe/code"
    assert not is_in(client)
    again = code_at(NOW, nonce[1])
    assert client.post("/entrer/equipe/code", data={"code": again}).status_code == 422, "no code serves twice"
    with time_machine.travel(NOW + timedelta(seconds=30), tick=False):
        fresh = code_at(NOW + timedelta(seconds=30), nonce[1])
        assert client.post("/entrer/equipe/code", data={"code": f"{fresh[:3]} {fresh[3:]}"}).location == "/"
        assert is_in(client)


@pytest.mark.parametrize(("key", "value"), [(SECOND_STEP, False), ("demo", True)])
def test_a_house_may_waive_it_and_demonstrations_do(client: FlaskClient, nadia: Person, key: str, value: bool) -> None:
    with transaction() as session:
        house.write(session, key, value)
    assert say_password(client).location == "/"
    assert "ne l’exige de personne" in client.get("/mon-compte/deux-etapes").text


def test_a_facilitator_enters_in_one_step_unless_they_chose_two(client: FlaskClient) -> None:
    samir = make_staff(email="samir@example.org")
    assert say_password(client, "samir@example.org").location == "/"
    client.post("/sortir")
    with_phone(samir)
    assert say_password(client, "samir@example.org").location == "/entrer/equipe/code"


def test_nobody_comes_to_the_second_step_without_the_first(client: FlaskClient, nadia: Person) -> None:
    for page in ("/entrer/equipe/code", "/entrer/equipe/activer"):
        assert client.get(page).location == "/entrer/equipe"
        assert client.post(page, data={"code": code_at(NOW), "nonce": NONCE}).location == "/entrer/equipe"


def test_the_first_step_is_worth_ten_minutes_and_ends_with_the_access(client: FlaskClient, nadia: Person) -> None:
    with_phone(nadia)
    say_password(client)
    assert client.get("/entrer/equipe/code").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=10, seconds=1), tick=False):
        assert client.get("/entrer/equipe/code").status_code == 302
    actions_team.end_mission(nadia, make_staff("Nour", roles=(Role.ADMINISTRATOR,)), NOW)
    assert client.get("/entrer/equipe/code").status_code == 302


@pytest.mark.parametrize(("away", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_may_be_half_a_minute_early_or_late(app: Flask, away: int, right: bool) -> None:
    code = code_at(NOW + timedelta(seconds=away))
    assert (secrets_second.step_of(NONCE, code, NOW, after=0) is not None) is right


def test_a_recovery_code_serves_once_however_it_is_typed(client: FlaskClient, nadia: Person) -> None:
    codes = with_phone(nadia)
    for code in (codes[0], codes[1].lower().replace("-", " ")):
        say_password(client)
        assert client.post("/entrer/equipe/code", data={"code": code}).location == "/"
        client.post("/sortir")
    say_password(client)
    assert client.post("/entrer/equipe/code", data={"code": codes[0]}).status_code == 422


def test_ten_wrong_codes_need_the_administration_but_paper_still_passes(nadia: Person) -> None:
    codes = with_phone(nadia)
    for turn in range(10):
        with pytest.raises(Refused):
            actions_second.pass_step(nadia, "000000", NOW + timedelta(minutes=16 * (turn // 5)))
    later = NOW + timedelta(days=3)
    with pytest.raises(Refused, match="locked_until_help"):
        actions_second.pass_step(nadia, code_at(later), later)
    actions.unlock(nadia, make_staff("Nour", roles=(Role.ADMINISTRATOR,)), later)
    actions_second.pass_step(nadia, code_at(later), later)
    for _turn in range(5):
        with pytest.raises(Refused):
            actions_second.pass_step(nadia, "000000", later)
    actions_second.pass_step(nadia, codes[0], later)


def test_codes_guessed_at_the_same_moment_are_weighed_one_after_the_other(shared_database: Flask) -> None:
    person = make_staff(email="nadia@example.org")
    with_phone(person)
    public_id = person.public_id

    def guess(number: int) -> Any:
        mine = queries.by_public_id(db.session(), public_id)
        assert mine is not None
        return actions_second.pass_step(mine, f"{number:06d}", clock.now())

    answers = at_once(shared_database, guess, times=12)
    assert answers.count(["wrong"]) <= 4
    db.session.remove()
    assert db.session().scalars(select(Lockout.tries)).one() == 5


def test_the_same_code_said_twice_at_once_enters_once(shared_database: Flask) -> None:
    person = make_staff(email="nadia@example.org")
    with_phone(person)
    public_id, now = person.public_id, clock.now()

    def enter(_number: int) -> Any:
        mine = queries.by_public_id(db.session(), public_id)
        assert mine is not None
        return actions_second.pass_step(mine, code_at(now), now)

    assert sorted(map(str, at_once(shared_database, enter, times=4))).count("None") == 1


def test_i_make_other_paper_codes_and_stop_when_my_role_lets_me(client: FlaskClient, session: Session) -> None:
    samir = make_staff(email="samir@example.org")
    old = with_phone(samir)
    log_in(client, samir)
    assert "8 codes de secours" in client.get("/mon-compte/deux-etapes").text
    assert client.post("/mon-compte/deux-etapes/codes", data={"code": "000000"}).status_code == 422
    made = client.post("/mon-compte/deux-etapes/codes", data={"code": old[0]}, follow_redirects=True)
    assert len(re.findall(r"<li>([A-Z2-7-]{19})</li>", made.text)) == secrets_second.RECOVERY_CODES
    assert 'href="/mon-compte/deux-etapes"' in made.text
    with pytest.raises(Refused):
        actions_second.pass_step(samir, old[1], NOW)
    assert client.post("/mon-compte/deux-etapes/arreter", data={"code": code_at(NOW)}).status_code == 302
    session.expire_all()
    assert session.get(SecondFactor, samir.id) is None


def test_who_needs_it_cannot_stop_it(client: FlaskClient, nadia: Person) -> None:
    codes = with_phone(nadia)
    log_in(client, nadia)
    assert "Arrêter" not in client.get("/mon-compte/deux-etapes").text
    assert client.post("/mon-compte/deux-etapes/arreter", data={"code": codes[0]}).status_code == 409


def test_a_young_person_has_no_second_step(client: FlaskClient) -> None:
    log_in(client, make_young())
    assert client.get("/mon-compte/deux-etapes").status_code == 404
    assert client.get("/mon-compte/deux-etapes/activer").status_code == 404


def test_the_administration_ends_the_second_step_of_a_lost_phone(
    app: Flask, client: FlaskClient, nadia: Person, session: Session
) -> None:
    with_phone(nadia)
    tablet = log_in(app.test_client(), nadia)
    log_in(client, make_staff("Nour", roles=(Role.ADMINISTRATOR,)))
    assert "Effacer la deuxième étape" in client.get(f"/equipe/{nadia.public_id}").text
    client.post(f"/equipe/{nadia.public_id}/deux-etapes/arreter")
    assert not is_in(tablet)
    session.expire_all()
    assert session.get(SecondFactor, nadia.id) is None
    assert say_password(tablet).location == "/entrer/equipe/activer"


def test_the_phones_secret_is_not_in_the_database(nadia: Person, session: Session) -> None:
    with_phone(nadia)
    factor = session.get_one(SecondFactor, nadia.id)
    assert secrets_second.shared_secret(NONCE) not in factor.nonce
    with pytest.raises(Refused, match="already"):
        actions_second.take_up(nadia, NONCE, code_at(NOW), NOW)
