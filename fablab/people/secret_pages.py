"""Pages about secrets: shown with their form, kept by nobody; and a secret just made, shown on the next page once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import make_response, redirect, render_template, session
from werkzeug.wrappers import Response

from fablab.forms import BaseForm
from fablab.people import actions_once, entering
from fablab.people.models import Person

#: where the cookie holds its half of the secret that waits to be shown
_WAITS = "shown_once"


def secret_page(template: str, form: BaseForm | None = None, **context: Any) -> Response:
    """A page that no browser keeps: 422 when its form was refused."""
    failed = form is not None and bool(form.errors)
    page = render_template(template, form=form, form_errors=failed, **context)
    response = make_response(page, 422 if failed else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class Shown:
    """A secret in clear for one page, and where that page leads on."""

    secret: str
    onward: str | None


def show_once(
    what: str, secret: str, reader: Person, address: str, now: datetime, *, onward: str | None = None
) -> Response:
    """Lead to the page that will show this secret to ``reader``. ``what``: which one, for that page to know its own."""
    half = actions_once.hold(secret, reader, now)
    session[_WAITS] = {"what": what, "mark": half.mark, "pad": half.pad, "onward": onward}
    # Seen with 303, the page is one of its own: «back» and «reload» ask it again and send no form.
    return redirect(address, 303)


def shown(what: str, now: datetime) -> Shown | None:
    """The secret that waits for this page, this once; None when it was shown, or when another one waits."""
    held = session.get(_WAITS)
    if not held or held["what"] != what:
        return None
    del session[_WAITS]
    secret = actions_once.take(actions_once.Half(held["mark"], held["pad"]), entering.me(), now)
    return Shown(secret, held["onward"]) if secret else None
