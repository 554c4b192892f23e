"""Who helps in a session, for the team: named, taken away, and whether they came."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people import queries as people_queries
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_groups, queries_helpers
from pathways.blueprint import bp
from pathways.forms_own_pace import HelperForm
from pathways.models_groups import TrainingSession
from pathways.models_own_pace import SessionHelper
from pathways.rules_sessions import EARLY
from pathways.views_words import lesson_heading


@bp.route("/seances/<public_id>/aides", methods=["GET", "POST"])
@allowed("group.manage")
def helpers(public_id: str) -> ResponseReturnValue:
    """Who helps in a session; naming somebody."""
    session, now, lesson = db.session(), clock.now(), _lesson(public_id)
    people = {person.public_id: person for person in queries_helpers.may_help(session)}
    named = queries_helpers.helpers_of(session, lesson.id)
    there = {one.person_id for one in named}
    form = HelperForm()
    form.offer([(key, person.full_name) for key, person in people.items() if person.id not in there])
    if form.validate_on_submit():
        chosen = people_queries.young_person(session, form.who.data)
        try:
            helper = actions.name_helper(lesson, chosen, me(), now) if chosen else abort(404)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            said = _("%(name)s aide cette séance.", name=helper.person.short_name)
            say_with_way_back(said, url_for(".helps_no_more", public_id=public_id, helper_id=helper.id))
            return redirect(url_for(".helpers", public_id=public_id))
    page = render_template(
        "pathways/helpers.html",
        lesson=lesson,
        heading=lesson_heading(lesson),
        named=named,
        form=form,
        may_call=lesson.status == "planned" and now >= lesson.starts_at - EARLY,
        over=lesson.ends_at <= now or lesson.status != "planned",
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/seances/<public_id>/aides/<int:helper_id>/retirer")
@allowed("group.manage")
def helps_no_more(public_id: str, helper_id: int) -> ResponseReturnValue:
    """Somebody does not help after all."""
    helper = _helper(public_id, helper_id)
    actions.helps_no_more(helper, me(), clock.now())
    flash(_("%(name)s n’aide plus cette séance.", name=helper.person.short_name))
    return redirect(url_for(".helpers", public_id=public_id))


@bp.post("/seances/<public_id>/aides/<int:helper_id>/presence")
@allowed("session.lead")
def helper_came(public_id: str, helper_id: int) -> ResponseReturnValue:
    """Whether somebody who was to help was there."""
    helper, came = _helper(public_id, helper_id), request.form.get("came") == "yes"
    try:
        actions.say_helper_came(helper, came, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        name = helper.person.short_name
        flash(
            _("Noté\u00a0: %(name)s était là.", name=name)
            if came
            else _("Noté\u00a0: %(name)s n’était pas là.", name=name)
        )
    return redirect(url_for(".helpers", public_id=public_id))


def _lesson(public_id: str) -> TrainingSession:
    found = queries_groups.session_by_public_id(db.session(), public_id)
    if found is None:
        abort(404)
    return found


def _helper(public_id: str, helper_id: int) -> SessionHelper:
    found = queries_helpers.helper_by_id(db.session(), _lesson(public_id).id, helper_id)
    if found is None:
        abort(404)
    return found
