"""Planning a session of a group: what, when, where with which machines, who leads."""

import secrets

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from pathways import actions, queries_grid, queries_groups, queries_rights
from pathways.actions import Planned
from pathways.blueprint import bp
from pathways.forms import SessionForm
from pathways.models_groups import Group
from pathways.values_sessions import PartWish


@bp.route("/groupes/<public_id>/seance", methods=["GET", "POST"])
@allowed("group.manage")
def plan_session(public_id: str) -> ResponseReturnValue:
    """Plan a session of a group. «Ajouter une partie» and back change the form, and only that."""
    found = queries_groups.group_by_public_id(db.session(), public_id)
    if found is None:
        abort(404)
    form = _form(found)
    if "part" in request.form:
        form.add_part() if request.form["part"] == "add" else form.take_part_away()
        return _page(found, form, soft=bool(form.override.data))
    soft = bool(form.override.data)
    if form.validate_on_submit():
        try:
            planned = _plan(form, found)
        except Refused as refused:
            form.show(refused.refusals)
            soft = all(refusal.soft for refusal in refused.refusals)
        except clock.NoSuchTime:
            form.starts.errors = [_("Cette heure n’existe pas ce jour-là\u00a0: l’heure change.")]
        else:
            for warning in planned.warnings:
                flash(warning.sentence)
            flash(_("Séance prévue."))
            return redirect(url_for(".group", public_id=public_id))
    return _page(found, form, soft=soft), 422 if form.errors else 200


def _form(group: Group) -> SessionForm:
    session = db.session()
    form = SessionForm()
    if request.method == "GET":
        form.key.data = secrets.token_urlsafe(16)
    form.offer(
        [(str(stage.id), stage.name) for stage in queries_grid.stages_of(session, group.version_id)],
        [(thing.id, thing.name) for thing in queries_groups.machines(session)],
        [(person.id, person.full_name) for person in queries_rights.team(session)],
    )
    return form


def _page(group: Group, form: SessionForm, *, soft: bool) -> str:
    return render_template(
        "pathways/plan_session.html", group=group, form=form, soft=soft, form_errors=bool(form.errors)
    )


def _plan(form: SessionForm, group: Group) -> Planned:
    return actions.plan_session(
        group,
        form.title.data,
        _parts(form),
        form.leads.data,
        me(),
        clock.now(),
        stage_id=int(form.stage.data),
        override=form.override.data or None,
        key=form.key.data or None,
    )


def _parts(form: SessionForm) -> list[PartWish]:
    """The parts as the form says them: each lasts until the next one begins, the last until the end."""
    day = form.day.data
    elsewhere = form.elsewhere.data if form.place.data == "elsewhere" else None
    rows = [(form.starts.data, elsewhere, form.machines.data)]
    rows += [(part.starts.data, part.elsewhere.data or None, part.machines.data) for part in form.more]
    begins = [clock.at(day, start) for start, _where, _machines in rows]
    ends = [*begins[1:], clock.at(day, form.ends.data)]
    return [
        PartWish(begin, end, elsewhere=where) if where else PartWish(begin, end, tuple(machines or ()))
        for begin, end, (_start, where, machines) in zip(begins, ends, rows, strict=True)
    ]
