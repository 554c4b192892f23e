"""The front page of each role, the language, messages read, and the texts every public site owes."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.home import public as public_home
from fablab.i18n import LANGUAGES
from fablab.pages import local_address, public

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def front() -> ResponseReturnValue:
    """The public home, or the front page of one's role."""
    session = db.session()
    return render_template(
        "home/public.html",
        pathways=public_home.pathways_offered(session),
        hours=public_home.open_labs(session, clock.now()),
    )


@bp.post("/langue")
@public
def set_language() -> ResponseReturnValue:
    """Speak French or English from now on in this browser."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        abort(400)
    browser["language"] = code
    return redirect(back_to(request.form.get("next")))


@bp.get("/accessibilite")
@public
def accessibility() -> ResponseReturnValue:
    """The declaration of accessibility: not conforming until an audit says otherwise."""
    return render_template("home/accessibility.html")


@bp.get("/mentions-legales")
@public
def legal() -> ResponseReturnValue:
    """Who publishes and hosts."""
    return render_template("home/legal.html")


@bp.get("/donnees-personnelles")
@public
def privacy() -> ResponseReturnValue:
    """What becomes of personal data, in plain words."""
    return render_template("home/privacy.html")


def back_to(address: str | None) -> str:
    """A path of this site to return to; anything else becomes the front page."""
    return local_address(address) or url_for("home.front")
