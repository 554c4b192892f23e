"""A form sent too late loses nothing that was typed: its token is stale, or its session ended meanwhile.

What is safe to show again, to whom, and why: docs/decisions/0004-late-forms.md.
"""

from dataclasses import asdict, dataclass

from flask import Flask, current_app, flash, g, make_response, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException, Unauthorized
from werkzeug.wrappers import Response

from fablab.db import db, forbid_writing, writing_forbidden
from fablab.i18n import _
from fablab.pages import PUBLIC, access_of, local_address, show_error, show_http_error
from fablab.people import queries
from fablab.people.entering import kiosk, page_owner
from fablab.people.models import Person
from fablab.people.ways import BY_HANDLE, BY_PASSWORD
from fablab.refusals import Refusal, Refused

#: never sent back, whatever the form: PINs, passwords, codes of cards and links (files are not fields)
SECRETS = frozenset({"secret", "pin", "pin_again", "password", "password_again", "code", "link"})
_NOT_KEPT = SECRETS | {"csrf_token"}
KEPT_SECONDS = 24 * 3600
#: a log-in page carries no more than this; a form is at most 512 kB
KEPT_MAX = 200_000


@dataclass(frozen=True)
class Kept:
    """What was typed: the address it goes to, whose page it was, the fields without secrets."""

    address: str
    owner: str | None
    fields: tuple[tuple[str, str], ...]


def init_app(app: Flask) -> None:
    """Answer stale tokens and ended sessions."""
    app.register_error_handler(CSRFError, _answer_stale_token)
    app.register_error_handler(Unauthorized, _answer_ended_session)
    app.context_processor(_late_words)


def is_same_origin() -> bool:
    """Whether a page of this site sent the request, as browsers say in headers that no page can write."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    here = request.host_url.rstrip("/")
    if origin := request.headers.get("Origin"):
        return origin == here
    return (request.referrer or "").startswith(here + "/")


def kept_in_form() -> str | None:
    """What a log-in page carries along, still signed; None when nothing, or no longer to be believed."""
    text = request.form.get("kept", "")
    return text if _read(text) else None


def take_up(person: Person) -> Response | None:
    """After entering: the page that sends what was kept for this person; None when nothing was."""
    kept = _read(request.form.get("kept", ""))
    if kept is None:
        return None
    if kept.owner != person.public_id:
        flash(_("Une autre personne avait écrit sur cette page. Rien n’est envoyé."))
        return None
    return _send_again(kept, 200)


def _answer_stale_token(_error: CSRFError) -> Response:
    if not is_same_origin():
        return show_error(400, expired=True)
    kept, access = _keep(), access_of(current_app.view_functions[str(request.endpoint)])
    if not current_user.is_authenticated and access != PUBLIC:
        return _ask_to_enter(kept) or show_error(400, expired=True)
    if current_user.is_authenticated and kept.owner not in (None, current_user.public_id):
        return show_error(400, other_account=True)
    if request.accept_mimetypes.best == "application/json":
        answer = {"refusals": [_late().sentence], "csrf_token": generate_csrf()}
        return make_response(answer, 400)
    return _show_form_again(kept) or _send_again(kept, 400)


def _answer_ended_session(error: Unauthorized) -> Response:
    kept = _keep() if request.method == "POST" and is_same_origin() else None
    return (kept and _ask_to_enter(kept)) or show_http_error(error)


def _late_words() -> dict[str, str | None]:
    """What base.html says on top of a form shown again, unless the view said it itself."""
    refusal = writing_forbidden()
    return {"late": refusal.sentence if refusal and not g.get("writing_refused") else None}


def _late() -> Refusal:
    return Refusal("form_late", _("La page est restée ouverte longtemps. Vérifier, puis envoyer encore une fois."))


def _keep() -> Kept:
    pairs = request.form.items(multi=True)
    fields = tuple((name, value) for name, value in pairs if name not in _NOT_KEPT)
    return Kept(request.full_path.rstrip("?"), page_owner(), fields)


def _show_form_again(kept: Kept) -> Response | None:
    """The page of the form itself with what was typed, made by its own view, which may not write; None without one."""
    address = current_app.url_map.bind_to_environ(request.environ)
    if "GET" not in address.allowed_methods():
        return None
    request.form = ImmutableMultiDict(kept.fields)  # secrets are gone from here
    forbid_writing(_late())
    said = list(session.get("_flashes", ()))
    try:
        answer = make_response(current_app.dispatch_request())
    except HTTPException as error:
        return show_http_error(error)
    except Refused:
        return None
    if answer.status_code not in (200, 409, 422):
        # Nothing was done: what the view would have said of it is not true.
        session["_flashes"] = said
        return None
    answer.status_code = 400
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _send_again(kept: Kept, status: int) -> Response:
    """A page of one button, which sends everything once more with a fresh token."""
    answer = make_response(render_template("errors/send_again.html", kept=kept, expired=status == 400), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _ask_to_enter(kept: Kept) -> Response | None:
    """The log-in of the person whose page it was, carrying along what was typed; None when nobody can tell.

    None on a shared device too: the next person could read it in the source of the page.
    """
    if kiosk():
        return None
    person = queries.by_public_id(db.session(), kept.owner) if kept.owner else None
    signed = _signer().dumps(asdict(kept))
    if person is None or len(signed) > KEPT_MAX or request.accept_mimetypes.best == "application/json":
        return None
    way = BY_HANDLE if person.enters_by_pin else BY_PASSWORD
    answer = make_response(render_template(way.template, form=way.form(formdata=None), kept=signed), 401)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _read(text: str) -> Kept | None:
    try:
        told = _signer().loads(text, max_age=KEPT_SECONDS)
    except BadData:
        return None
    fields = tuple((str(name), str(value)) for name, value in told["fields"])
    return Kept(local_address(told["address"]) or "/", told["owner"], fields)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="late-form")
