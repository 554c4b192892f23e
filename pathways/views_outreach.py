"""Who drifts away from a group, and what the team does to reach them."""

import secrets

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_drifting, queries_groups
from pathways.blueprint import bp
from pathways.forms_outreach import CallForm
from pathways.models_groups import Enrolment
from pathways.words_outreach import OUTCOME_WORDS


@bp.get("/groupes/qui-s-eloigne")
@allowed("session.read")
def drifting() -> ResponseReturnValue:
    """Those who missed the last sessions of their group, the longest silence first; apart, those set aside."""
    now = clock.now()
    today = clock.local_day(now)
    found = queries_drifting.drifting(db.session(), now)
    return render_template(
        "pathways/drifting.html",
        listed=[one for one in found if not one.is_aside(today)],
        aside=[one for one in found if one.is_aside(today)],
        words=OUTCOME_WORDS,
    )


@bp.route("/jeunes/<public_id>/parcours/<code>/rappels", methods=["GET", "POST"])
@allowed("group.manage")
def call_back(public_id: str, code: str) -> ResponseReturnValue:
    """What was done to reach somebody, and the form of one more call."""
    session, now = db.session(), clock.now()
    enrolment = _enrolment(public_id, code)
    form = CallForm()
    if not form.key.data:
        form.key.data = secrets.token_urlsafe(24)
    if form.validate_on_submit():
        try:
            call = actions.note_call(enrolment, form.outcome.data, form.aside_until.data, me(), now, key=form.key.data)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            said = _("Noté\u00a0: %(what)s.", what=str(OUTCOME_WORDS[call.outcome]))
            say_with_way_back(said, url_for(".not_called", public_id=public_id, code=code), call=call.id)
            return redirect(url_for(".drifting"))
    missed, seen = queries_drifting.silence_of(session, enrolment, now)
    page = render_template(
        "pathways/call_back.html",
        enrolment=enrolment,
        missed=missed,
        seen=seen,
        calls=queries_drifting.calls_of(session, [enrolment.id]),
        words=OUTCOME_WORDS,
        form=form,
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/jeunes/<public_id>/parcours/<code>/rappels/annuler")
@allowed("group.manage")
def not_called(public_id: str, code: str) -> ResponseReturnValue:
    """A call noted by mistake never was."""
    enrolment = _enrolment(public_id, code)
    asked, noted = request.form.get("call", ""), queries_drifting.calls_of(db.session(), [enrolment.id])
    call = next((one for one in noted if str(one.id) == asked), None)
    if call is None:
        abort(404)
    try:
        actions.take_back_call(call, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Ce rappel ne compte plus."))
    return redirect(url_for(".call_back", public_id=public_id, code=code))


def _enrolment(public_id: str, code: str) -> Enrolment:
    """What somebody follows of a pathway now, in a group."""
    found = queries_groups.open_enrolment(db.session(), public_id, code)
    if found is None or found.group_id is None:
        abort(404)
    return found
