"""How the program knows who is there: the session cookie, and the row that says it is still open.

Young people stay in for weeks on their phone; the team's sessions end the same day.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, abort, current_app, flash, g, request, session
from flask_login import LoginManager, current_user, login_user
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import bindparam, inspect, select
from sqlalchemy.orm.attributes import set_committed_value
from werkzeug.wrappers import Response

from fablab import clock, house
from fablab.db import as_read, columns_of, db
from fablab.people import actions_sessions
from fablab.people.models import Person, RoleGrant
from fablab.people.models_access import Kiosk, OpenSession
from fablab.people.values import device_words
from fablab.ready import rows
from fablab.refusals import Refused

TEAM_SESSION = timedelta(hours=12)
#: where the cookie holds the key of its open session
KEY = "key"
#: a kiosk signs out after two minutes without a sign of life; its cookie holds its key, the session when it was seen
KIOSK_IDLE = timedelta(minutes=2)
KIOSK_COOKIE, SEEN = "kiosk", "seen_at"
#: kept when a session is remade: what the person chose for this browser
_KEPT = ("language",)


def init_app(app: Flask) -> None:
    """Recognise people by the unguessable id in their session cookie."""
    manager = LoginManager()
    manager.session_protection = None  # phones change address all day
    manager.user_loader(load_person)
    manager.init_app(app)


# Said once, in plain columns: every page asks it, and the ORM would prepare it anew each time.
_PERSON, _GRANT = columns_of(Person), columns_of(RoleGrant)
_WHO = (
    select(
        house.MARK.label("mark"),
        OpenSession.id.label("open_id"),
        OpenSession.closed_at.label("open_closed"),
        OpenSession.ends_at.label("open_until"),
        OpenSession.kiosk_id.label("open_kiosk"),
        *(column.label(f"person_{name}") for name, column in _PERSON.items()),
        *(column.label(f"grant_{name}") for name, column in _GRANT.items()),
    )
    .select_from(OpenSession)
    .join(Person, Person.id == OpenSession.person_id)
    .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
    .where(Person.public_id == bindparam("public_id"), OpenSession.key_digest == bindparam("digest"))
    .order_by(RoleGrant.id)
)


def load_person(known: str) -> Person | None:
    """The person of a session cookie, roles included, or None when that session was closed."""
    public_id, _dot, version = known.rpartition(".")
    digest = actions_sessions.key_digest(str(session.get(KEY, "")))
    found, now = rows(db.session(), _WHO, {"public_id": public_id, "digest": digest}), clock.now()
    if not found:
        return None
    house.noticed(db.session(), found[0].mark)
    opened, person = found[0], _with_roles(found)
    is_open = opened.open_closed is None and now < opened.open_until
    if str(person.enter_version) != version or not person.is_active or not is_open or _left_alone(now):
        return None
    g.open_session_id, g.on_tablet = opened.open_id, opened.open_kiosk is not None
    return person


def _with_roles(found: Sequence[Any]) -> Person:
    """The person of these rows, one a role."""
    here = db.session()
    person = as_read(here, Person, {name: getattr(found[0], f"person_{name}") for name in _PERSON})
    if "grants" in inspect(person).unloaded:
        grants = [{name: getattr(row, f"grant_{name}") for name in _GRANT} for row in found]
        held = [as_read(here, RoleGrant, grant) for grant in grants if grant["id"] is not None]
        set_committed_value(person, "grants", held)
    return person


def me() -> Person:
    """The person logged in, itself (not flask_login's stand-in): what actions take as ``by``. 401 for a visitor."""
    person: Person | None = current_user._get_current_object()
    if person is None or not person.is_authenticated:
        abort(401)
    return person


def here() -> int | None:
    """The id of the session of this browser, among those that the person has open."""
    found: int | None = g.get("open_session_id")
    return found


def open_session(person: Person, now: datetime, version: int | None = None) -> None:
    """Begin a session of one's own: nothing of the visitor's remains in it but the language.

    ``version`` as in open_one: where everything was closed since the secret was said, that is said and nobody is in.
    """
    young, before, here_is = person.enters_by_pin, session.get(KEY), kiosk()
    # On the team's tablet the session of the one before waits for its code.
    tablet = here_is.id if here_is and here_is.for_team and not young else None
    lasts = current_app.config["PERMANENT_SESSION_LIFETIME"] if young and not here_is else TEAM_SESSION
    device, instead_of = device_words(request.user_agent.string), None if tablet else before
    try:
        key = actions_sessions.open_one(
            person, device, lasts, now, instead_of=instead_of, kiosk_id=tablet, version=version
        )
    except Refused as refused:
        _forget()
        flash(refused.refusals[0].sentence)
        return
    hold_session(person, key)
    session.permanent = young and not here_is
    if here_is and not tablet:
        session[SEEN] = int(now.timestamp())


def hold_session(person: Person, key: str) -> None:
    """This browser holds the key of a session of this person from now on, and nothing of anybody before."""
    _forget()
    # The token of every form then says for whom its page was made: see page_owner.
    session["csrf_token"] = f"{person.public_id}.{secrets.token_hex(20)}"
    session[KEY] = key
    login_user(person)


def step_aside() -> None:
    """On the team's tablet: nobody is in, and the session of the one before waits for its code."""
    _forget()


def kiosk() -> Kiosk | None:
    """The enrolled kiosk that this browser is, or None; asked of the database only where there is a kiosk's cookie."""
    key = request.cookies.get(KIOSK_COOKIE)
    if not key:
        return None
    known = select(Kiosk).where(Kiosk.key_digest == actions_sessions.key_digest(key), Kiosk.ended_at.is_(None))
    return db.session().scalars(known).one_or_none()


def on_kiosk() -> bool:
    """Whether somebody is entered here on a kiosk: the page then warns and signs out."""
    return current_user.is_authenticated and SEEN in session


def on_tablet() -> bool:
    """Whether somebody of the team is entered here on a shared tablet."""
    return bool(current_user.is_authenticated and g.get("on_tablet"))


def _left_alone(now: datetime) -> bool:
    """On a kiosk: whether nothing was asked for too long; otherwise the wait begins anew."""
    if SEEN not in session:
        return False
    if now.timestamp() - session[SEEN] > KIOSK_IDLE.total_seconds():
        return True
    session[SEEN] = int(now.timestamp())
    return False


def close_session(now: datetime) -> None:
    """End this browser's session, and forget everything in it but its language."""
    if KEY in session:
        actions_sessions.close_by_key(session[KEY], now)
    _forget()


def forget_device(answer: Response) -> Response:
    """Ask the browser to forget what forms kept on it (static/js/kept.js): somebody else takes the device next.

    The browser does so on its own, once the session has really ended; a script would have to do it before.
    """
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _forget() -> None:
    kept: dict[str, Any] = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)
    g.pop("csrf_token", None)  # made for the session that ends here


def page_owner() -> str | None:
    """The public id of the person for whom the page was made whose form is sent, as its token says.

    The token may be stale, not forged; None when it is missing or was made for a visitor.
    """
    signer = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="wtf-csrf-token")  # Flask-WTF's
    try:
        told = signer.loads(request.form.get("csrf_token", ""))
    except BadData:
        return None
    return str(told).rpartition(".")[0] or None
