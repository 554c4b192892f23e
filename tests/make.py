"""Factories: one per concept, each sets up only what its arguments mention. They commit."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fablab import clock
from fablab.db import transaction
from fablab.people import actions_sessions, entering, secrets, upkeep
from fablab.people.models import Authorisation, Person
from fablab.permissions import Role

PIN = "482915"
PASSWORD = "trois vélos bleus"
_numbers = count(1)


@lru_cache
def hashed(secret: str) -> str:
    """A secret's hash, made once a run."""
    return secrets.hash_secret(secret)


def make_person(
    first_name: str = "Inès", last_name: str = "Benali", *, roles: tuple[Role, ...] = (), **fields: Any
) -> Person:
    """Somebody with these roles and nothing else; ``fields`` are columns of Person."""
    with transaction() as session:
        person = add_person(session, first_name, last_name, roles=roles, **fields)
    return person


def make_young(first_name: str = "Inès", last_name: str = "Benali", *, pin: str = PIN, **fields: Any) -> Person:
    """A young person of 19 (no authorisation needed) with a handle and a PIN."""
    fields.setdefault("handle", f"renard-{next(_numbers)}")
    fields.setdefault("birth_date", date(2007, 5, 3))
    fields.setdefault("situation", "integration")
    return make_person(first_name, last_name, roles=(Role.YOUNG,), secret_hash=hashed(pin), **fields)


def make_minor(first_name: str = "Tom", last_name: str = "Perrin", **fields: Any) -> Person:
    """A young person of 16, still at school, without any authorisation."""
    fields.setdefault("birth_date", date(2010, 5, 3))
    fields.setdefault("situation", "in_school")
    return make_young(first_name, last_name, **fields)


def make_staff(
    first_name: str = "Samir",
    last_name: str = "Haddad",
    *,
    roles: tuple[Role, ...] = (Role.FACILITATOR,),
    password: str = PASSWORD,
    **fields: Any,
) -> Person:
    """Somebody of the team (a facilitator) with an e-mail and a password."""
    fields.setdefault("email", f"equipe{next(_numbers)}@example.org")
    return make_person(first_name, last_name, roles=roles, secret_hash=hashed(password), **fields)


def make_authorisation(person: Person, kind: str = "machines", **fields: Any) -> Authorisation:
    """An authorisation of a parent, signed a month ago, until withdrawn, seen by a facilitator made for it."""
    seen_by = fields.pop("seen_by", None) or make_staff()
    fields.setdefault("signed_on", clock.local_day(clock.now()) - timedelta(days=30))
    with transaction() as session:
        authorisation = Authorisation(
            person_id=person.id,
            kind=kind,
            seen_by_id=seen_by.id,
            recorded_at=clock.now(),
            **{"signer_name": "Nadia Perrin", "signer_link": "mother", **fields},
        )
        session.add(authorisation)
    return authorisation


def add_person(
    session: Session, first_name: str, last_name: str, *, roles: tuple[Role, ...] = (), **fields: Any
) -> Person:
    """Somebody, in the caller's transaction."""
    now: datetime = fields.pop("created_at", clock.now())
    if not fields.get("handle") and not fields.get("email"):
        fields["handle"] = f"chamois-{next(_numbers)}"
    person = Person(created_at=now, **fields)
    session.add(person)
    upkeep.rename(person, first_name, last_name)
    session.flush()
    for role in roles:
        upkeep.grant(session, person, role, None, now)
    return person


def log_in(client: FlaskClient, person: Person) -> FlaskClient:
    """The browser as after this person's log-in (the form itself is tested once, in tests/people)."""
    key = actions_sessions.open_one(person, "Firefox, Linux", entering.TEAM_SESSION, clock.now())
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie["_user_id"] = person.get_id()
        cookie["_fresh"] = True
        cookie[entering.KEY] = key
    return client
