"""What every page shares: who may call it, safe headers, filters for days and hours, and error pages."""

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, current_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response

from fablab import i18n, identity, programs, reasons
from fablab.db import db, no_room
from fablab.permissions import VERBS

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
PUBLIC = "public"
#: a device speaks, by the key in the header of its request: no session opens it
KEYED = "key"
#: the address itself is the secret: whoever has it may read, and nothing else opens it
SECRET_ADDRESS = "address"

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: what templates call days, hours, numbers and reasons with
_FILTERS: dict[str, Callable[..., str]] = {
    "address": i18n.say_address,
    "as_typed": i18n.as_typed,
    "in_french": i18n.in_french,
    "because": reasons.say,
    "capital": i18n.say_capital,
    "date": i18n.say_date,
    "day": i18n.say_day,
    "euros": i18n.say_euros,
    "hour": i18n.say_hour,
    "inside": i18n.say_inside,
    "lately": i18n.say_lately,
    "length": i18n.say_length,
    "marks": reasons.marks,
    "naming": i18n.naming,
    "one_stop": i18n.say_one_stop,
    "phone": i18n.say_phone,
    "short_day": i18n.say_short_day,
    "thousands": i18n.say_thousands,
    "when": i18n.say_when,
}


class RowNumber(IntegerConverter):
    """A number in an address, as far as the databases count rows: beyond, nothing can be there (404)."""

    def __init__(self, map_: Map, **limits: Any) -> None:
        super().__init__(map_, **{"max": 2**31 - 1, **limits})


def public(view: View) -> View:
    """Anybody may call this page, logged in or not."""
    view.access = PUBLIC  # type: ignore[attr-defined]  # read by the guard and by the walk of all routes
    return view


def keyed(find: Callable[[], object | None], otherwise: Callable[[], ResponseReturnValue]) -> Callable[[View], View]:
    """Only a device may call this: ``find`` says whose key it is, kept in ``g.device``; else ``otherwise`` answers."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            g.device = find()
            return view(*args, **kwargs) if g.device is not None else otherwise()

        guarded.access = KEYED  # type: ignore[attr-defined]  # read by the guard and by the walk of all routes
        return guarded  # type: ignore[return-value]  # wraps keeps the signature

    return declare


def by_address(find: Callable[..., object | None]) -> Callable[[View], View]:
    """Only who knows the address may call this: ``find`` says what it opens, kept in ``g.opened``; else 404.

    Of a request only the pattern of its address is ever logged (``fablab.logs``), so no secret in it is.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            g.opened = find(**values)
            return view(**values) if g.opened is not None else abort(404)

        guarded.access = SECRET_ADDRESS  # type: ignore[attr-defined]  # read by the guard and by the walk of all routes
        return guarded  # type: ignore[return-value]  # wraps keeps the signature

    return declare


def takes(most: int) -> Callable[[View], View]:
    """This page takes a request of so many bytes, for the files sent to it; the others take what the settings say."""

    def declare(view: View) -> View:
        view.most_bytes = most  # type: ignore[attr-defined]  # read before the request is
        return view

    return declare


def allowed(verb: str) -> Callable[[View], View]:
    """Only people with a role that allows ``verb`` may call this page; others get 403, visitors the log-in."""
    if verb not in VERBS:
        raise KeyError(verb)

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                if request.method != "GET":
                    abort(401)
                return redirect(url_for("people.enter", next=request.full_path.rstrip("?")))
            if not current_user.may(verb):
                abort(403)
            return view(*args, **kwargs)

        guarded.access = verb  # type: ignore[attr-defined]  # read by the guard and by the walk of all routes
        return guarded  # type: ignore[return-value]  # wraps keeps the signature

    return declare


def local_address(address: str | None) -> str | None:
    """A path of this site (with its query) to go on to, or None for anything that could lead elsewhere."""
    # Browsers read "/\\host" and "/<tab>/host" as another site's address.
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    return None if "\\" in address or any(ord(letter) < 33 for letter in address) else address


def access_of(view: Any) -> str | None:
    """Who may call a view: "public", "key" (a device's), "address" (who knows it), a verb; None when nobody said."""
    access: str | None = getattr(view, "access", None)
    return access


def init_app(app: Flask) -> None:
    """Add headers, filters, error pages; called once every blueprint is in place."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and access_of(view) is None:
            raise RuntimeError(f"{endpoint} does not say who may call it")
    app.before_request(_measure)
    app.before_request(_refuse_null_letters)
    app.after_request(_add_headers)
    app.jinja_env.filters.update(_FILTERS)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(OperationalError, _show_busy)
    app.register_error_handler(Exception, _show_bug)


def _measure() -> None:
    # Before anything reads the request: one that is too large is refused by the length it says, unread.
    most = getattr(current_app.view_functions.get(request.endpoint or ""), "most_bytes", None)
    if most is not None:
        request.max_content_length = most


def _refuse_null_letters() -> None:
    # PostgreSQL keeps no text with the letter 0, SQLite does; no browser sends one.
    sent = (request.path, *request.args.values(), *request.form.values())
    if any("\0" in text for text in sent):
        abort(400)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        # What a person sees is theirs: never kept by a proxy, nor shown by «back» after leaving.
        # The cookie is enough to know: after an action the person would be read again just for this.
        response.headers.setdefault("Cache-Control", "no-store" if "_user_id" in session else "no-cache")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def show_error(code: int, **context: Any) -> Response:
    """The error page of a code, with a way on; to a program, in its own terms."""
    if request.path.startswith(i18n.PROGRAMS):
        return programs.error(code)
    response = make_response(render_template("errors/error.html", code=code, **context), code)
    return response


def show_http_error(error: HTTPException) -> Response:
    """The page of an error that a view or the routing raised; a redirect is followed."""
    if error.code is None or error.code < 400:
        return Response.force_type(error.get_response())
    response = show_error(error.code)
    if error.code == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]  # MethodNotAllowed
    return response


def _show_busy(error: OperationalError) -> Response:
    # A lock that does not come: say "try again", never half a change. A disk that is full: say so, the same.
    if no_room(error):
        return _show_fault(error, 507)
    said = str(error.orig).lower()
    from_lock = any(word in said for word in ("locked", "lock timeout", "lock_timeout", "deadlock"))
    return _show_fault(error, 503 if from_lock else 500)


def _show_bug(error: Exception) -> Response:
    return _show_fault(error, 500)


def _show_fault(error: Exception, code: int) -> Response:
    """Log a fault of ours and say so, on a page that asks the database nothing: it may be what failed."""
    db.session.rollback()
    error_id = secrets.token_hex(4)
    # The rule, not the address: addresses hold ids of people.
    rule = request.url_rule.rule if request.url_rule else "unknown"
    current_app.logger.error("error %s on %s %s", error_id, request.method, rule, exc_info=error)
    identity.spare_the_database()
    g._login_user = AnonymousUserMixin()  # where flask_login looks before it asks the database
    return show_error(code, error_id=error_id, demo=False)
