"""What comes to an end: a group that is over, somebody who leaves a pathway before its end."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.forms import BaseForm
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_groups, queries_restoring
from pathways.blueprint import bp
from pathways.forms import LeaveForm


@bp.route("/groupes/<public_id>/fermer", methods=["GET", "POST"])
@allowed("group.manage")
def close_group(public_id: str) -> ResponseReturnValue:
    """Close a group, asked once in words."""
    session = db.session()
    group = queries_groups.group_by_public_id(session, public_id)
    if group is None:
        abort(404)
    form = BaseForm()
    if form.validate_on_submit():
        try:
            actions.close_group(group, me(), clock.now())
        except Refused as refused:
            form.show(refused.refusals)
        else:
            said = _("Groupe fermé\u00a0: %(name)s.", name=group.name)
            say_with_way_back(said, url_for(".reopen_group", public_id=public_id), _("Rouvrir"))
            return redirect(url_for(".group", public_id=public_id))
    page = render_template(
        "pathways/close_group.html",
        group=group,
        form=form,
        staying=queries_groups.enrolments_of(session, group.id),
        not_called=queries_groups.not_called(group.sessions, clock.now()),
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/groupes/<public_id>/rouvrir")
@allowed("group.manage")
def reopen_group(public_id: str) -> ResponseReturnValue:
    """A group closed by mistake goes on."""
    group = queries_groups.group_by_public_id(db.session(), public_id)
    if group is None:
        abort(404)
    try:
        actions.reopen_group(group, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Groupe rouvert."))
    return redirect(url_for(".group", public_id=public_id))


@bp.post("/jeunes/<public_id>/parcours/<code>/reprise")
@allowed("group.manage")
def come_back(public_id: str, code: str) -> ResponseReturnValue:
    """A pathway left by mistake goes on, if there is still a place."""
    enrolment = queries_restoring.left_enrolment(db.session(), public_id, code)
    if enrolment is None:
        abort(404)
    try:
        actions.come_back(enrolment, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Sortie annulée\u00a0: %(name)s.", name=enrolment.person.short_name))
    if enrolment.group is not None:
        return redirect(url_for(".group", public_id=enrolment.group.public_id))
    return redirect(url_for("person.show", public_id=public_id))


@bp.route("/jeunes/<public_id>/parcours/<code>/sortie", methods=["GET", "POST"])
@allowed("group.manage")
def leave(public_id: str, code: str) -> ResponseReturnValue:
    """Somebody leaves a pathway before its end: how, never why."""
    enrolment = queries_groups.open_enrolment(db.session(), public_id, code)
    if enrolment is None:
        abort(404)
    others = {
        version.pathway.code: version
        for version in queries_groups.versions_to_open(db.session())
        if version.pathway_id != enrolment.version.pathway_id
    }
    form = LeaveForm()
    form.offer([(key, version.short_title) for key, version in others.items()])
    if form.validate_on_submit():
        try:
            other = others.get(form.to.data)
            whither = other.pathway if other else None
            actions.leave(enrolment, form.status.data, me(), clock.now(), redirected_to=whither)
        except Refused as refused:
            form.show(refused.refusals)
        else:
            said = _("Sortie notée\u00a0: %(name)s.", name=enrolment.person.short_name)
            say_with_way_back(said, url_for(".come_back", public_id=public_id, code=code))
            if enrolment.group is not None:
                return redirect(url_for(".group", public_id=enrolment.group.public_id))
            return redirect(url_for("person.show", public_id=public_id))
    page = render_template("pathways/leave.html", enrolment=enrolment, form=form, form_errors=bool(form.errors))
    return page, 422 if form.errors else 200
