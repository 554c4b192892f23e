"""How the program knows who is there: the session cookie and what it proves.

Young people stay in for weeks on their phone; the team's sessions end the same day.
"""

from datetime import datetime, timedelta

from flask import Flask, abort, session
from flask_login import LoginManager, current_user, login_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fablab import clock
from fablab.db import db
from fablab.people.models import Person

TEAM_SESSION = timedelta(hours=12)
#: kept when a session is remade: what the person chose for this browser
_KEPT = ("language",)


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
    if not person.enters_by_pin and not _entered_lately(clock.now()):
        return None
    return person


def me() -> Person:
    """The person logged in, itself (not flask_login's stand-in): what actions take as ``by``. 401 for a visitor."""
    person: Person | None = current_user._get_current_object()
    if person is None or not person.is_authenticated:
        abort(401)
    return person


def open_session(person: Person, now: datetime) -> None:
    """Begin a session of one's own: nothing of the visitor's remains in it but the language."""
    close_session()
    session["entered_at"] = int(now.timestamp())
    session.permanent = person.enters_by_pin
    login_user(person)


def close_session() -> None:
    """Forget everything in this browser's session but its language."""
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)


def _entered_lately(now: datetime) -> bool:
    return now.timestamp() - int(session.get("entered_at", 0)) < TEAM_SESSION.total_seconds()
