"""Where those who left a pathway stand: who is to be asked, and what was answered."""

import secrets
from datetime import date
from itertools import groupby

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from fablab import clock
from fablab.db import db
from fablab.i18n import _
from fablab.pages import allowed
from fablab.people.entering import me
from fablab.refusals import Refused
from fablab.toasts import say_refused, say_with_way_back
from pathways import actions, queries_exits
from pathways.blueprint import bp
from pathways.forms_exits import ExitForm
from pathways.models_groups import Enrolment
from pathways.values_exits import LISTED_FOR


@bp.get("/apres-le-parcours")
@allowed("group.manage")
def exits() -> ResponseReturnValue:
    """Whom to ask where they stand, whoever left longest ago first."""
    session, today = db.session(), clock.local_day(clock.now())
    found = queries_exits.due(session, today)
    count = queries_exits.count_due(session, today) if len(found) == queries_exits.SHOWN else len(found)
    return render_template(
        "pathways/exits.html",
        exits=[(one, list(asked)) for one, asked in groupby(found, key=lambda line: line.enrolment)],
        shown=len(found),
        count=count,
        steps=queries_exits.steps(session),
        days=LISTED_FOR.days,
    )


@bp.route("/jeunes/<public_id>/parcours/<code>/apres/<day>", methods=["GET", "POST"])
@allowed("group.manage")
def exit_check(public_id: str, code: str, day: str) -> ResponseReturnValue:
    """What was noted of one exit, and the form of what is still to ask."""
    session, now = db.session(), clock.now()
    enrolment = _left(public_id, code, day)
    today, ended_on = clock.local_day(now), date.fromisoformat(day)
    checks = queries_exits.checks_of(session, [enrolment.id])
    steps = queries_exits.steps(session)
    open_steps = [one for one in steps if one.due_on(ended_on) <= today]
    form = ExitForm()
    form.offer(open_steps, [(one.code, one.label) for one in queries_exits.situations(session)])
    if request.method == "GET":
        answered = {one.step for one in checks if one.taken_back_at is None and one.told_on >= ended_on}
        form.key.data, form.told_on.data = secrets.token_urlsafe(24), today
        form.step.data = next((one.code for one in open_steps if one.code not in answered), None)
    if form.validate_on_submit():
        try:
            check = actions.note_situation(
                enrolment, form.step.data, form.situation.data, form.told_on.data, me(), now, key=form.key.data
            )
        except Refused as refused:
            form.show(refused.refusals)
        else:
            back = url_for(".exit_check_back", public_id=public_id, code=code, day=day)
            said = _("Noté pour %(name)s.", name=enrolment.person.short_name)
            say_with_way_back(said, back, check=check.public_id)
            return redirect(url_for(".exits"))
    page = render_template(
        "pathways/exit_check.html",
        enrolment=enrolment,
        checks=checks,
        later=[(one, one.due_on(ended_on)) for one in steps if one not in open_steps],
        labels={one.code: one.label for one in steps},
        day=day,
        form=form,
        form_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


@bp.post("/jeunes/<public_id>/parcours/<code>/apres/<day>/annuler")
@allowed("group.manage")
def exit_check_back(public_id: str, code: str, day: str) -> ResponseReturnValue:
    """A situation noted by mistake never was."""
    enrolment = _left(public_id, code, day)
    asked, noted = request.form.get("check", ""), queries_exits.checks_of(db.session(), [enrolment.id])
    check = next((one for one in noted if one.public_id == asked), None)
    if check is None:
        abort(404)
    try:
        actions.take_situation_back(check, me(), clock.now())
    except Refused as refused:
        say_refused(refused)
    else:
        flash(_("Cette situation ne compte plus."))
    return redirect(url_for(".exit_check", public_id=public_id, code=code, day=day))


def _left(public_id: str, code: str, day: str) -> Enrolment:
    """What somebody left on that day."""
    try:
        ended_on = date.fromisoformat(day)
    except ValueError:
        abort(404)
    found = queries_exits.exit_of(db.session(), public_id, code, ended_on)
    if found is None:
        abort(404)
    return found
