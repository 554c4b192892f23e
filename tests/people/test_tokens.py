"""Keys for programs: who may have one, for what and until when; shown once, kept as a digest, taken away."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import db
from fablab.home import my_data_sections
from fablab.journal import JournalEntry
from fablab.people import actions_sessions, actions_tokens, queries_tokens
from fablab.people import queries as people
from fablab.people.actions_sessions import key_digest
from fablab.people.models import Person
from fablab.people.models_tokens import Token
from fablab.people.rules_tokens import MOST
from fablab.people.values_tokens import Kind, Wanted
from fablab.permissions import Role
from fablab.refusals import Refused
from machines.actions_team import end_mission
from tests.conftest import NOW
from tests.make import log_in, make_minor, make_staff, make_young
from tests.people.test_races import at_once

TODAY = clock.local_day(NOW)


def wanted(kind: Kind = "house", *scopes: str, last_day: date = TODAY) -> Wanted:
    return Wanted(kind, "Écran de l’entrée", scopes or ("machines:read",), last_day)


@pytest.fixture
def nadia(session: Session) -> Person:
    return make_staff("Nadia", roles=(Role.COORDINATOR,))


def the_token(session: Session) -> Token:
    return session.scalars(select(Token)).one()


def refused(ask: Wanted, by: Person) -> list[str]:
    with pytest.raises(Refused) as said:
        actions_tokens.make(ask, by, NOW)
    return said.value.codes


def test_a_key_is_shown_once_and_only_its_digest_is_kept(client: FlaskClient, session: Session, nadia: Person) -> None:
    log_in(client, nadia)
    sent = {"name": "Écran", "scopes": ["machines:read", "bookings:read"], "last_day": "2027-11-24"}
    answer = client.post("/cles", data=sent)
    assert (answer.status_code, answer.location) == (303, "/cles")
    page = client.get("/cles")
    assert page.headers["Cache-Control"] == "no-store"
    key = re.search(r"dyn_[\w-]{43}", page.text)
    assert key is not None
    assert key[0] not in client.get("/cles").text
    token = the_token(session)
    assert (token.key_digest, token.kind, token.person_id) == (key_digest(key[0]), "house", nadia.id)
    assert token.expires_at == clock.day_bounds(date(2027, 11, 24))[1]
    entry = session.scalars(select(JournalEntry).where(JournalEntry.verb == "token.make")).one()
    assert (entry.actor_id, entry.details) == (nadia.id, {"scopes": ["machines:read", "bookings:read"]})


def test_a_form_that_is_refused_keeps_what_was_typed_and_says_every_reason(
    client: FlaskClient, session: Session, nadia: Person
) -> None:
    log_in(client, nadia)
    page = client.post("/cles", data={"name": "Écran", "scopes": ["machines:read"], "last_day": "2028-01-01"})
    assert page.status_code == 422
    assert "Une clé dure un an au plus." in page.text
    assert 'value="Écran"' in page.text
    assert refused(wanted("house", "nothing:such", last_day=TODAY - timedelta(days=1)), nadia) == [
        "key_scope",
        "key_past",
    ]
    assert session.scalars(select(Token)).all() == []


def test_nobody_gives_a_key_more_than_they_may_themselves(nadia: Person) -> None:
    administrator = make_staff("Ada", roles=(Role.ADMINISTRATOR,))
    assert actions_tokens.offered(administrator, "house") == ["machines:read", "usage:read"]
    assert refused(wanted("house", "bookings:write"), administrator) == ["key_scope"]
    assert actions_tokens.make(wanted("house", "bookings:write"), nadia, NOW)


def test_a_minor_has_no_key_and_the_page_says_so(client: FlaskClient) -> None:
    tom = make_minor()
    assert refused(wanted("own"), tom) == ["key_adults_only"]
    log_in(client, tom)
    page = client.get("/mes-cles")
    assert "à partir de 18 ans" in page.text
    assert 'name="last_day"' not in page.text
    assert "/mes-cles" not in client.get("/mon-compte").text


def test_a_grown_up_makes_a_key_of_their_own_and_takes_it_away(client: FlaskClient, session: Session) -> None:
    ines = make_young()
    log_in(client, ines)
    assert "/mes-cles" in client.get("/mon-compte").text
    client.post("/mes-cles", data={"name": "Montre", "scopes": ["bookings:write"], "last_day": "2026-12-24"})
    assert "dyn_" in client.get("/mes-cles").text
    token = the_token(session)
    assert token.kind == "own"
    assert client.post(f"/mes-cles/{token.public_id}/retirer").status_code == 303
    assert client.post(f"/mes-cles/{token.public_id}/retirer").status_code == 303
    session.refresh(token)
    assert not token.works(NOW)
    assert len(session.scalars(select(JournalEntry).where(JournalEntry.verb == "token.end")).all()) == 1
    assert any("Montre" in line.more for line in my_data_sections.access(session, ines, 20))


def test_any_coordinator_takes_a_key_of_the_house_away_and_nobody_a_key_of_somebody_else(
    client: FlaskClient, session: Session, nadia: Person
) -> None:
    actions_tokens.make(wanted(), nadia, NOW)
    token = the_token(session)
    log_in(client, make_staff("Odile", roles=(Role.COORDINATOR,)))
    assert client.post(f"/cles/{token.public_id}/retirer").status_code == 303
    session.refresh(token)
    assert token.ended_at == NOW
    ines = make_young()
    actions_tokens.make(wanted("own"), ines, NOW)
    own = queries_tokens.tokens(session, "own", ines.id)[0]
    assert client.post(f"/cles/{own.public_id}/retirer").status_code == 404
    with pytest.raises(Refused, match="not_yours"):
        actions_tokens.end(own, nadia, NOW)


@pytest.mark.parametrize("how", ["end_mission", "close_all"])
def test_a_key_ends_with_the_access_of_whoever_made_it(session: Session, nadia: Person, how: str) -> None:
    actions_tokens.make(wanted(), nadia, NOW)
    administrator = make_staff("Ada", roles=(Role.ADMINISTRATOR,))
    if how == "end_mission":
        end_mission(nadia, administrator, NOW)
    else:
        actions_sessions.close_all(nadia, nadia, NOW)
    token = the_token(session)
    session.refresh(token)
    assert token.ended_at == NOW


def test_one_person_has_ten_working_keys_at_most_even_asked_at_once(shared_database: Flask) -> None:
    nadia, now = make_staff("Nadia", roles=(Role.COORDINATOR,)), clock.now()
    ask = wanted(last_day=clock.local_day(now))
    for _number in range(MOST - 1):
        actions_tokens.make(ask, nadia, now)
    public_id = nadia.public_id
    made = at_once(
        shared_database,
        lambda _number: actions_tokens.make(ask, people.by_public_id(db.session(), public_id) or nadia, now),
        times=3,
    )
    assert sorted(isinstance(one, str) for one in made) == [False, False, True]
    assert [one for one in made if not isinstance(one, str)] == [["key_too_many"]] * 2
    actions_tokens.end(queries_tokens.tokens(db.session(), "house")[0], nadia, now)
    assert actions_tokens.make(ask, nadia, now)
