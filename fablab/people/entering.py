"""How the program knows who is there: the session cookie and what it proves."""

from flask import Flask
from flask_login import LoginManager
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fablab.db import db
from fablab.people.models import Person


def init_app(app: Flask) -> None:
    """Recognise people by the unguessable id in their session cookie."""
    manager = LoginManager()
    manager.session_protection = None  # phones change address all day
    manager.user_loader(load_person)
    manager.init_app(app)


def load_person(known: str) -> Person | None:
    """The person of a session cookie, roles included, or None when that session was closed."""
    public_id, _dot, version = known.rpartition(".")
    found = select(Person).where(Person.public_id == public_id).options(joinedload(Person.grants))
    person = db.session().scalars(found).unique().one_or_none()
    if person is None or str(person.enter_version) != version or not person.is_active:
        return None
    return person
