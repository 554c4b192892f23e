"""The browsers in which somebody is entered: one's own, and for the administration those of the team."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import actions_sessions, entering, queries, queries_access
from fablab.refusals import Refused

bp = Blueprint("sessions", __name__)


@bp.get("/mon-compte/appareils")
@allowed("account.own")
def index() -> ResponseReturnValue:
    """Where I am entered now."""
    person = entering.me()
    opened = queries_access.open_sessions(db.session(), person, clock.now())
    return render_template("people/sessions.html", person=person, opened=opened, here=entering.here())


@bp.post("/mon-compte/appareils/<int:session_id>/fermer")
@allowed("account.own")
def close(session_id: int) -> ResponseReturnValue:
    """End one of my sessions; when it is this browser's own, I am out."""
    person, own = entering.me(), entering.here() == session_id
    try:
        actions_sessions.close_one(person, session_id, person, clock.now())
    except Refused:
        abort(404)
    flash(_("C’est fermé."))
    return redirect(url_for("people.enter" if own else ".index"))


@bp.post("/equipe/<public_id>/sessions/fermer")
@allowed("staff.manage")
def close_all_of(public_id: str) -> ResponseReturnValue:
    """End all the sessions of somebody of the team."""
    person = queries.by_public_id(db.session(), public_id)
    if person is None or person.email is None:
        abort(404)
    actions_sessions.close_all(person, entering.me(), clock.now())
    flash(_("Sessions fermées."))
    return redirect(url_for("staff.show", public_id=public_id))
