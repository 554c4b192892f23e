"""A session to come changes: another day, or cancelled. The whole group is told."""

from collections.abc import Sequence
from datetime import timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _, say_when
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries, queries_groups
from pathways.blueprint import bp
from pathways.forms import CancelForm, MoveForm
from pathways.models_groups import TrainingSession
from pathways.values_sessions import PartWish


@bp.route("/seances/<public_id>/deplacer", methods=["GET", "POST"])
@allowed("group.manage")
def move_session(public_id: str) -> ResponseReturnValue:
    """Give a session another day or hour; its parts keep their length, place and machines."""
    lesson = _planned(public_id)
    start = clock.to_local(lesson.starts_at)
    form = MoveForm(data={"day": start.date(), "starts": start.time()})
    if form.validate_on_submit():
        try:
            shift = clock.at(form.day.data, form.starts.data) - lesson.starts_at
            moved = actions.move_session(lesson, _parts(lesson, shift), me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        except clock.NoSuchTime:
            form.starts.errors = [_("Cette heure n’existe pas ce jour-là\u00a0: l’heure change.")]
        else:
            for warning in moved.warnings:
                flash(warning.sentence)
            said = _("Séance déplacée\u00a0: %(when)s. Le groupe est prévenu.", when=say_when(moved.session.starts_at))
            back = url_for(".move_session", public_id=public_id)
            say_with_way_back(said, back, _("Remettre"), day=start.date().isoformat(), starts=f"{start:%H:%M}")
            return redirect(url_for(".session_page", public_id=public_id))
    status = 422 if form.errors else 200
    page = render_template("pathways/move_session.html", lesson=lesson, form=form, form_errors=bool(form.errors))
    return page, status


@bp.route("/seances/<public_id>/annuler", methods=["GET", "POST"])
@allowed("group.manage")
def cancel_session(public_id: str) -> ResponseReturnValue:
    """Cancel a session, with a reason that the group reads."""
    lesson = _planned(public_id)
    form = CancelForm()
    if form.validate_on_submit():
        try:
            actions.cancel_session(lesson, form.reason.data, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            back = url_for(".restore_session", public_id=public_id)
            say_with_way_back(_("Séance annulée. Le groupe est prévenu."), back, _("Remettre"))
            return redirect(url_for(".session_page", public_id=public_id))
    status = 422 if form.errors else 200
    page = render_template("pathways/cancel_session.html", lesson=lesson, form=form, form_errors=bool(form.errors))
    return page, status


@bp.post("/seances/<public_id>/remettre")
@allowed("group.manage")
def restore_session(public_id: str) -> ResponseReturnValue:
    """Put a session cancelled by mistake back, if everything it needs is still free."""
    lesson = queries_groups.session_by_public_id(db.session(), public_id)
    if lesson is None:
        abort(404)
    try:
        actions.restore_session(lesson, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Séance remise. Le groupe est prévenu."))
    return redirect(url_for(".session_page", public_id=public_id))


def _planned(public_id: str) -> TrainingSession:
    found = queries_groups.session_by_public_id(db.session(), public_id)
    if found is None or found.status != "planned":
        abort(404)
    return found


def _parts(lesson: TrainingSession, shift: timedelta) -> Sequence[PartWish]:
    return [part.later(shift) for part in queries.wishes_of(db.session(), lesson)]
