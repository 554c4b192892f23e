"""The name by chance that a browser keeps, so that wrong tries elsewhere do not count against it.

It says nothing of who uses it, and opens nothing: it only tells a phone from which somebody has entered from any other.
"""

import secrets
from datetime import timedelta

from flask import current_app, request
from itsdangerous import BadSignature, Signer
from werkzeug.wrappers import Response

COOKIE = "device"
_LASTS = timedelta(days=400)  # as long as browsers keep one


def here() -> str | None:
    """The name that this browser was given; None without its cookie, or for one that we did not sign."""
    try:
        return _signer().unsign(request.cookies.get(COOKIE, "")).decode()
    except (BadSignature, UnicodeDecodeError):
        return None


def give(response: Response) -> None:
    """Name this browser, unless it has a name: said on the log-in pages, before anybody enters."""
    if here() is None:
        name = _signer().sign(secrets.token_urlsafe(16)).decode()
        secure = request.is_secure
        response.set_cookie(COOKIE, name, max_age=_LASTS, httponly=True, samesite="Lax", secure=secure)


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="device")
